import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from './tenant-table.js';

/** Changes of booked invoices (due day, promise, dispute): stored before the source is asked, settled by what it was found to hold. */
export class InvoiceChanges1764000000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tenantTable('invoice_change', `
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      connection_id bigint NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
      invoice_id bigint NOT NULL,
      request_key text,
      -- What is wanted, what the hub had read, what the source was found to hold when it was settled.
      terms jsonb NOT NULL,
      seen jsonb NOT NULL,
      found jsonb,
      state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'made', 'conflicted', 'refused')),
      problem text,
      requested_by text NOT NULL,
      requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      settled_at timestamptz,
      CHECK ((state = 'open') = (settled_at IS NULL))`));
    await runner.query(`
      CREATE UNIQUE INDEX invoice_change_once ON invoice_change (tenant_id, request_key) WHERE request_key IS NOT NULL;
      CREATE INDEX invoice_change_of_invoice ON invoice_change (invoice_id, id);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE invoice_change;');
  }
}
