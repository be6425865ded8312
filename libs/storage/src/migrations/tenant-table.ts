/** The role every request and every job runs as: no owner, no superuser, no BYPASSRLS. */
export const APPLICATION_ROLE = 'tributary_app';

/** The current tenant as row-level security sees it. Unset gives null, null equals nothing: a forgotten tenant sees no row. */
export const CURRENT_TENANT = `nullif(current_setting('tributary.tenant_id', true), '')::bigint`;

interface TenantTableOptions {
  /** What the application role may do; append-only tables leave out UPDATE and DELETE. */
  readonly grants?: string;
  /** Written by the million: no foreign keys, whose per-row triggers would cost more than the insert. The one writer holds the connection row. */
  readonly bulk?: boolean;
}

/**
 * SQL of a table whose rows belong to one tenant: `tenant_id` first, row-level security enabled **and** forced
 * (an owner without FORCE would skip its own policies), one policy for all commands.
 */
export function tenantTable(name: string, columns: string, options: TenantTableOptions = {}): string {
  return `
    CREATE TABLE ${name} (
      tenant_id bigint NOT NULL DEFAULT (${CURRENT_TENANT})${options.bulk === true ? '' : ' REFERENCES tenant (id)'},
      ${columns}
    );
    ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE ${name} FORCE ROW LEVEL SECURITY;
    CREATE POLICY ${name}_of_tenant ON ${name} USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT});
    GRANT ${options.grants ?? 'SELECT, INSERT, UPDATE, DELETE'} ON ${name} TO ${APPLICATION_ROLE};
  `;
}

export const APPEND_ONLY = 'SELECT, INSERT';
export const BULK = { bulk: true } as const;

/** Every column a canonical row has beside its own: source, lineage, change detection. See DESIGN "The words". */
export const CANONICAL_COLUMNS = `
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      connection_id bigint NOT NULL,
      external_id text NOT NULL,
      raw_record_id bigint NOT NULL,
      mapping_name text NOT NULL,
      mapping_version integer NOT NULL,
      sync_run_id bigint NOT NULL,
      content_hash bytea NOT NULL,
      extras jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      deleted_at timestamptz,
      UNIQUE (connection_id, external_id),`;
