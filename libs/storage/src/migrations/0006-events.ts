import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPEND_ONLY, tenantTable } from './tenant-table.js';

/** The change feed. An event commits with the change it tells of; `xid` lets readers wait for transactions that started earlier. */
export class Events1764000000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tenantTable('event', `
      id bigint GENERATED ALWAYS AS IDENTITY,
      xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
      type text NOT NULL,
      subject text NOT NULL,
      subject_id bigint NOT NULL,
      at timestamptz NOT NULL DEFAULT now(),
      detail jsonb,
      -- The order in which the feed is read: by transaction, so that one that began earlier and committed later is not skipped.
      PRIMARY KEY (tenant_id, xid, id)`, { grants: APPEND_ONLY, bulk: true }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE event;`);
  }
}
