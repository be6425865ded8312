import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPLICATION_ROLE, BULK, CANONICAL_COLUMNS, tenantTable } from './tenant-table.js';

/**
 * The canonical records. References are the source's ids (`…_external_id`) joined on (connection_id, external_id): a record may
 * arrive before the one it refers to. Amounts are bigint minor units in the row's currency.
 */
export class Canonical1764000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tenantTable('company', `${CANONICAL_COLUMNS}
      name text NOT NULL,
      parent_external_id text,
      currency char(3) NOT NULL,
      active boolean NOT NULL`, BULK));
    await runner.query(tenantTable('ledger_account', `${CANONICAL_COLUMNS}
      number text,
      name text NOT NULL,
      kind text NOT NULL,
      currency char(3),
      company_external_id text,
      active boolean NOT NULL`, BULK));
    await runner.query(tenantTable('customer', `${CANONICAL_COLUMNS}
      number text,
      name text NOT NULL,
      other_names text[] NOT NULL,
      parent_external_id text,
      company_external_id text,
      currency char(3),
      email text,
      phone text,
      active boolean NOT NULL`, BULK));
    await runner.query(tenantTable('contact', `${CANONICAL_COLUMNS}
      customer_external_id text,
      name text NOT NULL,
      role text,
      email text,
      phone text,
      is_primary boolean NOT NULL,
      active boolean NOT NULL`, BULK));
    await runner.query(tenantTable('invoice', `${CANONICAL_COLUMNS}
      number text NOT NULL,
      customer_external_id text NOT NULL,
      company_external_id text,
      currency char(3) NOT NULL,
      issued_on date NOT NULL,
      due_on date,
      total_minor bigint NOT NULL,
      open_minor bigint NOT NULL,
      status text NOT NULL,
      purchase_order text,
      memo text,
      instalments jsonb NOT NULL DEFAULT '[]'`, BULK));
    // The connection comes second in every index but the unique one: for a connection that is new the planner expects no rows, and
    // would look each record of a page up through whatever index begins with the connection, reading all of it every time.
    await runner.query(`
      CREATE INDEX invoice_open ON invoice (customer_external_id, connection_id) WHERE open_minor <> 0 AND deleted_at IS NULL;
      CREATE INDEX invoice_by_number ON invoice (tenant_id, number);
    `);
    await runner.query(tenantTable('credit_memo', `${CANONICAL_COLUMNS}
      number text NOT NULL,
      customer_external_id text NOT NULL,
      company_external_id text,
      currency char(3) NOT NULL,
      issued_on date NOT NULL,
      total_minor bigint NOT NULL,
      open_minor bigint NOT NULL,
      status text NOT NULL,
      memo text`, BULK));
    await runner.query(tenantTable('payment', `${CANONICAL_COLUMNS}
      number text NOT NULL,
      kind text NOT NULL,
      customer_external_id text NOT NULL,
      company_external_id text,
      currency char(3) NOT NULL,
      received_on date NOT NULL,
      total_minor bigint NOT NULL,
      unapplied_minor bigint NOT NULL,
      status text NOT NULL,
      reference text,
      idempotency_key text,
      memo text`, BULK));
    await runner.query(`
      CREATE INDEX credit_memo_open ON credit_memo (customer_external_id, connection_id) WHERE open_minor <> 0 AND deleted_at IS NULL;
      CREATE INDEX payment_by_customer ON payment (customer_external_id, connection_id);
      CREATE INDEX payment_by_key ON payment (idempotency_key, connection_id) WHERE idempotency_key IS NOT NULL;
    `);
    // The applications of one payment or credit memo; the set is replaced whole when its document changes.
    await runner.query(tenantTable('allocation', `
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      connection_id bigint NOT NULL,
      source_entity text NOT NULL CHECK (source_entity IN ('payment', 'creditMemo')),
      source_external_id text NOT NULL,
      position integer NOT NULL,
      invoice_external_id text NOT NULL,
      line_external_id text,
      currency char(3) NOT NULL,
      amount_minor bigint NOT NULL,
      discount_minor bigint,
      applied_on date,
      raw_record_id bigint NOT NULL,
      UNIQUE (connection_id, source_entity, source_external_id, position)`, BULK));
    await runner.query(`CREATE INDEX allocation_by_invoice ON allocation (invoice_external_id, connection_id)`);
    // Only an owner may analyze; after a first sync the planner would work with empty tables until autovacuum comes by a minute later.
    await runner.query(`
      CREATE FUNCTION refresh_canonical_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
        BEGIN ANALYZE company, ledger_account, customer, contact, invoice, credit_memo, payment, allocation; END $$;
      REVOKE ALL ON FUNCTION refresh_canonical_statistics() FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION refresh_canonical_statistics() TO ${APPLICATION_ROLE};
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION refresh_canonical_statistics(); DROP TABLE allocation; DROP TABLE payment; DROP TABLE credit_memo; DROP TABLE invoice;
      DROP TABLE contact; DROP TABLE customer; DROP TABLE ledger_account; DROP TABLE company;
    `);
  }
}
