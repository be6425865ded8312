import type { JsonObject } from '#canonical';
import type { Probe } from '#connector-kit';
import { readList, type ListDefinition, type ListPage, type ListRequest, type Transaction } from '#storage';

/** A connection as stored. Secrets are sealed; only {@link Connections} opens them. */
export interface ConnectionRecord {
  readonly id: string;
  readonly name: string;
  readonly connector: string;
  readonly config: JsonObject;
  readonly hasSecrets: boolean;
  readonly probe: Probe | null;
  /** Mapping name -> YAML text that overrides fields for this connection alone. */
  readonly mappingOverlays: Readonly<Record<string, string>>;
  readonly status: 'active' | 'paused';
  readonly pausedBecause: string | null;
  readonly failuresInARow: number;
  readonly syncEveryMinutes: number | null;
  /** Grows with each change of settings; edits name the version they were made from. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface ConnectionRow extends Record<string, unknown> {
  id: string; name: string; connector: string; config: JsonObject; secrets: Buffer | null; probe: Probe | null; mapping_overlays: Record<string, string>;
  status: 'active' | 'paused'; paused_because: string | null; failures_in_a_row: number; sync_every_minutes: number | null; version: number;
  created_at: Date; updated_at: Date;
}

export interface StoredConnection {
  readonly record: ConnectionRecord;
  readonly sealedSecrets: Buffer | null;
}

export async function readConnection(transaction: Transaction, id: string): Promise<StoredConnection | null> {
  const row = await transaction.one<ConnectionRow>('SELECT * FROM connection WHERE id = $1', [id]);
  return row === null ? null : { record: asRecord(row), sealedSecrets: row.secrets };
}

/** Connections as a list of the API. */
export const CONNECTIONS: ListDefinition = {
  select: 'connection.*',
  from: 'connection',
  id: 'connection.id',
  sorts: { id: { sql: 'connection.id', type: 'bigint' }, name: { sql: 'connection.name', type: 'text' } },
  defaultSort: 'id',
  filters: {
    name: { sql: 'connection.name = $', kind: 'text', says: 'Called exactly so' },
    connector: { sql: 'connection.connector = $', kind: 'text', says: 'Of this connector' },
    status: { sql: 'connection.status = $', kind: 'text', says: 'active or paused' },
  },
};

export async function listConnections(transaction: Transaction): Promise<ConnectionRecord[]> {
  return (await transaction.query<ConnectionRow>('SELECT * FROM connection ORDER BY id')).map(asRecord);
}

/** @throws ListError */
export async function pageOfConnections(transaction: Transaction, request: ListRequest): Promise<ListPage<ConnectionRecord>> {
  const page = await readList<ConnectionRow>(transaction, CONNECTIONS, request);
  return { rows: page.rows.map(asRecord), nextCursor: page.nextCursor };
}

export interface NewConnection {
  readonly name: string;
  readonly connector: string;
  readonly config: JsonObject;
  readonly mappingOverlays: Readonly<Record<string, string>>;
  readonly syncEveryMinutes: number | null;
}

/**
 * Null when the name is taken.
 * @param keepsBooks whether it holds a ledger: bank accounts that are linked to nothing post to the tenant's only connection that does.
 */
export async function insertConnection(transaction: Transaction, given: NewConnection, keepsBooks: boolean): Promise<ConnectionRecord | null> {
  const row = await transaction.one<ConnectionRow>(`
    INSERT INTO connection (name, connector, config, mapping_overlays, sync_every_minutes, keeps_books) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (tenant_id, name) DO NOTHING RETURNING *`,
  [given.name, given.connector, JSON.stringify(given.config), JSON.stringify(given.mappingOverlays), given.syncEveryMinutes, keepsBooks]);
  return row === null ? null : asRecord(row);
}

/** Null when somebody else changed it since `version`. */
export async function updateConnection(transaction: Transaction, id: string, version: number, given: Omit<NewConnection, 'connector'>): Promise<ConnectionRecord | null> {
  const row = await transaction.one<ConnectionRow>(`
    UPDATE connection SET name = $3, config = $4, mapping_overlays = $5, sync_every_minutes = $6, version = version + 1, updated_at = now()
    WHERE id = $1 AND version = $2 RETURNING *`,
  [id, version, given.name, JSON.stringify(given.config), JSON.stringify(given.mappingOverlays), given.syncEveryMinutes]);
  return row === null ? null : asRecord(row);
}

export async function saveSecrets(transaction: Transaction, id: string, sealed: Buffer): Promise<void> {
  await transaction.execute('UPDATE connection SET secrets = $2, version = version + 1, updated_at = now() WHERE id = $1', [id, sealed]);
}

/** A probe changes what the connection can do, so what is cached of it must be loaded anew: the version grows. */
export async function saveProbe(transaction: Transaction, id: string, probe: Probe): Promise<void> {
  await transaction.execute('UPDATE connection SET probe = $2, version = version + 1, updated_at = now() WHERE id = $1', [id, JSON.stringify(probe)]);
}

export async function setPaused(transaction: Transaction, id: string, because: string | null): Promise<boolean> {
  const changed = await transaction.execute(`
    UPDATE connection SET status = CASE WHEN $2::text IS NULL THEN 'active' ELSE 'paused' END, paused_because = $2,
      failures_in_a_row = CASE WHEN $2::text IS NULL THEN 0 ELSE failures_in_a_row END, updated_at = now() WHERE id = $1`, [id, because]);
  return changed === 1;
}

function asRecord(row: ConnectionRow): ConnectionRecord {
  return {
    id: row.id, name: row.name, connector: row.connector, config: row.config, hasSecrets: row.secrets !== null, probe: row.probe,
    mappingOverlays: row.mapping_overlays, status: row.status, pausedBecause: row.paused_because, failuresInARow: row.failures_in_a_row,
    syncEveryMinutes: row.sync_every_minutes, version: row.version, createdAt: row.created_at, updatedAt: row.updated_at,
  };
}
