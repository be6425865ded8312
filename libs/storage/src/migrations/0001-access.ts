import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPEND_ONLY, APPLICATION_ROLE, CURRENT_TENANT, tenantTable } from './tenant-table.js';

/** Tenants, who may act for them, what they did, and the locks everything else leans on. */
export class Access1764000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Roles belong to the server, the lock of the migrations to one database: another database's migration may make the role meanwhile.
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${APPLICATION_ROLE}') THEN
          BEGIN CREATE ROLE ${APPLICATION_ROLE} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END;
        END IF;
        IF NOT pg_has_role(current_user, '${APPLICATION_ROLE}', 'MEMBER') THEN
          BEGIN EXECUTE format('GRANT ${APPLICATION_ROLE} TO %I', current_user); EXCEPTION WHEN unique_violation THEN NULL; END;
        END IF;
      END $$;
      GRANT USAGE ON SCHEMA public TO ${APPLICATION_ROLE};

      CREATE TABLE tenant (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
      ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
      -- Schedulers walk all tenants; nothing else about another tenant is visible to them.
      CREATE POLICY tenant_itself ON tenant FOR ALL TO ${APPLICATION_ROLE}
        USING (id = ${CURRENT_TENANT} OR current_setting('tributary.all_tenants', true) = 'on')
        WITH CHECK (current_setting('tributary.all_tenants', true) = 'on');
      GRANT SELECT, INSERT ON tenant TO ${APPLICATION_ROLE};

      CREATE TABLE lease (
        name text PRIMARY KEY,
        token bigint NOT NULL,
        holder text NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE SEQUENCE lease_token;
      GRANT SELECT, INSERT, UPDATE, DELETE ON lease TO ${APPLICATION_ROLE};
      GRANT USAGE ON SEQUENCE lease_token TO ${APPLICATION_ROLE};
    `);
    await runner.query(`
      CREATE TABLE api_key (
        tenant_id bigint NOT NULL DEFAULT (${CURRENT_TENANT}) REFERENCES tenant (id),
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL,
        key_hash bytea NOT NULL UNIQUE,
        prefix text NOT NULL,
        scopes text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz
      );
      ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;
      ALTER TABLE api_key FORCE ROW LEVEL SECURITY;
      -- A caller is found by the hash of the key it presents, before its tenant is known: that row and no other.
      CREATE POLICY api_key_presented ON api_key FOR SELECT USING (encode(key_hash, 'hex') = nullif(current_setting('tributary.api_key_hash', true), ''));
      CREATE POLICY api_key_of_tenant ON api_key USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT});
      GRANT SELECT, INSERT, UPDATE ON api_key TO ${APPLICATION_ROLE};
    `);
    await runner.query(tenantTable('audit_entry', `
      sequence bigint NOT NULL,
      at timestamptz NOT NULL,
      actor text NOT NULL,
      action text NOT NULL,
      subject text NOT NULL,
      detail jsonb NOT NULL,
      previous_hash bytea NOT NULL,
      hash bytea NOT NULL,
      PRIMARY KEY (tenant_id, sequence)`, { grants: APPEND_ONLY }));
    await runner.query(tenantTable('request_key', `
      key text NOT NULL,
      route text NOT NULL,
      body_hash bytea NOT NULL,
      status integer,
      response json,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, key)`));
    await runner.query(tenantTable('tenant_setting', `
      key text NOT NULL,
      value jsonb NOT NULL,
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, key)`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE tenant_setting; DROP TABLE request_key; DROP TABLE audit_entry; DROP TABLE api_key;
      DROP TABLE lease; DROP SEQUENCE lease_token; DROP TABLE tenant;
      REVOKE USAGE ON SCHEMA public FROM ${APPLICATION_ROLE};
    `);
  }
}
