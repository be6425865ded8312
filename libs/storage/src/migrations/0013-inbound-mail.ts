import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPLICATION_ROLE, CURRENT_TENANT } from './tenant-table.js';

/** Addresses at which a tenant receives remittances by mail. */
export class InboundMail1764000000013 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE inbound_address (
        tenant_id bigint NOT NULL DEFAULT (${CURRENT_TENANT}) REFERENCES tenant (id),
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL,
        local_part text NOT NULL,
        local_part_hash bytea NOT NULL UNIQUE,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz
      );
      ALTER TABLE inbound_address ENABLE ROW LEVEL SECURITY;
      ALTER TABLE inbound_address FORCE ROW LEVEL SECURITY;
      -- A mail is accepted by the address it names, before a tenant is known: that row and no other.
      CREATE POLICY inbound_address_presented ON inbound_address FOR SELECT USING (encode(local_part_hash, 'hex') = nullif(current_setting('tributary.mail_address_hash', true), ''));
      CREATE POLICY inbound_address_of_tenant ON inbound_address USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT});
      GRANT SELECT, INSERT, UPDATE ON inbound_address TO ${APPLICATION_ROLE};
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE inbound_address');
  }
}
