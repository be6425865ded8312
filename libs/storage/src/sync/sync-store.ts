import type { EntityName, Json } from '#canonical';
import type { Transaction } from '../database.js';
import { entityTable } from './entity-tables.js';

export type SyncKind = 'full' | 'incremental' | 'sweep' | 'deletions' | 'retryQuarantine' | 'tieOut';
export type SyncStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'interrupted';

export interface SyncRun {
  readonly id: string;
  readonly connectionId: string;
  readonly kind: SyncKind;
  readonly status: SyncStatus;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly counts: Readonly<Record<string, EntityCounts>>;
  readonly problem: { readonly kind: string; readonly message: string } | null;
  /** Null while it runs, and where it made none. */
  readonly tieOut: 'compared' | 'notOffered' | 'failed' | null;
  /** Why the source's totals could not be had. */
  readonly tieOutProblem: string | null;
}

/** Per entity: records read, of them changed, refused by the mapping, deleted, held back from deletion. */
export interface EntityCounts {
  read: number;
  changed: number;
  quarantined: number;
  deleted: number;
  held: number;
}

interface SyncRunRow extends Record<string, unknown> {
  id: string; connection_id: string; kind: SyncKind; status: SyncStatus; requested_by: string; requested_at: Date;
  started_at: Date | null; finished_at: Date | null; counts: Record<string, EntityCounts>; problem: { kind: string; message: string } | null;
  tie_out: SyncRun['tieOut']; tie_out_problem: string | null;
}

export function asSyncRun(row: Record<string, unknown>): SyncRun {
  const run = row as SyncRunRow;
  return {
    id: run.id, connectionId: run.connection_id, kind: run.kind, status: run.status, requestedBy: run.requested_by, requestedAt: run.requested_at,
    startedAt: run.started_at, finishedAt: run.finished_at, counts: run.counts, problem: run.problem, tieOut: run.tie_out, tieOutProblem: run.tie_out_problem,
  };
}

export async function requestSyncRun(transaction: Transaction, connectionId: string, kind: SyncKind, requestedBy: string): Promise<SyncRun> {
  // One of a kind waiting is enough: a second request joins it.
  const waiting = await transaction.one(`SELECT * FROM sync_run WHERE connection_id = $1 AND kind = $2 AND status = 'queued' ORDER BY id LIMIT 1`, [connectionId, kind]);
  if (waiting !== null) return asSyncRun(waiting);
  const row = await transaction.one('INSERT INTO sync_run (connection_id, kind, requested_by) VALUES ($1, $2, $3) RETURNING *', [connectionId, kind, requestedBy]);
  if (row === null) throw new Error('the run was not stored');
  return asSyncRun(row);
}

/** The oldest waiting run becomes the running one; what a dead worker left running is marked interrupted first. Call under the connection's lease. */
export async function startNextRun(transaction: Transaction, connectionId: string): Promise<SyncRun | null> {
  await transaction.execute(`UPDATE sync_run SET status = 'interrupted', finished_at = now(), problem = '{"kind":"interrupted","message":"the worker stopped; the next run goes on from its last page"}'
    WHERE connection_id = $1 AND status = 'running'`, [connectionId]);
  const row = await transaction.one(`
    UPDATE sync_run SET status = 'running', started_at = clock_timestamp()
    WHERE id = (SELECT id FROM sync_run WHERE connection_id = $1 AND status = 'queued' ORDER BY id LIMIT 1) RETURNING *`, [connectionId]);
  return row === null ? null : asSyncRun(row);
}

export async function finishRun(transaction: Transaction, runId: string, status: 'succeeded' | 'failed', problem: { kind: string; message: string } | null): Promise<void> {
  await transaction.execute(`UPDATE sync_run SET status = $2, finished_at = clock_timestamp(), problem = $3 WHERE id = $1`, [runId, status, problem === null ? null : JSON.stringify(problem)]);
}

/** Adds to an entity's counts of a run, in the page's own transaction: what the run shows is what was committed. */
export async function addCounts(transaction: Transaction, runId: string, entity: EntityName | 'bankFeed', counts: Partial<EntityCounts>): Promise<void> {
  const { read = 0, changed = 0, quarantined = 0, deleted = 0, held = 0 } = counts;
  await transaction.execute(`
    UPDATE sync_run SET counts = jsonb_set(counts, ARRAY[$2], jsonb_build_object(
      'read', coalesce((counts #>> ARRAY[$2, 'read'])::bigint, 0) + $3, 'changed', coalesce((counts #>> ARRAY[$2, 'changed'])::bigint, 0) + $4,
      'quarantined', coalesce((counts #>> ARRAY[$2, 'quarantined'])::bigint, 0) + $5, 'deleted', coalesce((counts #>> ARRAY[$2, 'deleted'])::bigint, 0) + $6,
      'held', coalesce((counts #>> ARRAY[$2, 'held'])::bigint, 0) + $7)) WHERE id = $1`, [runId, entity, read, changed, quarantined, deleted, held]);
}

export async function readCheckpoint(transaction: Transaction, connectionId: string, entity: EntityName): Promise<Json | null> {
  const row = await transaction.one<{ checkpoint: Json }>('SELECT checkpoint FROM sync_checkpoint WHERE connection_id = $1 AND entity = $2', [connectionId, entity]);
  return row?.checkpoint ?? null;
}

export async function saveCheckpoint(transaction: Transaction, connectionId: string, entity: EntityName, checkpoint: Json): Promise<void> {
  await transaction.execute(`
    INSERT INTO sync_checkpoint (connection_id, entity, checkpoint) VALUES ($1, $2, $3)
    ON CONFLICT (connection_id, entity) DO UPDATE SET checkpoint = excluded.checkpoint, updated_at = now()`, [connectionId, entity, JSON.stringify(checkpoint)]);
}

/** The entity is complete as of `readFrom`, the instant its read began. */
export async function markFresh(transaction: Transaction, connectionId: string, entity: EntityName, readFrom: Date): Promise<void> {
  await transaction.execute('UPDATE sync_checkpoint SET fresh_at = $3 WHERE connection_id = $1 AND entity = $2', [connectionId, entity, readFrom]);
}

export async function forgetCheckpoints(transaction: Transaction, connectionId: string): Promise<void> {
  await transaction.execute('DELETE FROM sync_checkpoint WHERE connection_id = $1', [connectionId]);
  await transaction.execute('UPDATE bank_feed SET checkpoint = NULL WHERE connection_id = $1', [connectionId]);
}

/** Remembers documents to re-read, across a crash. */
export async function rememberTouched(transaction: Transaction, connectionId: string, entity: EntityName, externalIds: readonly string[]): Promise<void> {
  if (externalIds.length === 0) return;
  await transaction.execute(`INSERT INTO touched_document (connection_id, entity, external_id) SELECT $1, $2, unnest($3::text[]) ON CONFLICT DO NOTHING`, [connectionId, entity, [...new Set(externalIds)]]);
}

export async function nextTouched(transaction: Transaction, connectionId: string, entity: EntityName, limit: number): Promise<string[]> {
  const rows = await transaction.query<{ external_id: string }>('SELECT external_id FROM touched_document WHERE connection_id = $1 AND entity = $2 ORDER BY external_id LIMIT $3', [connectionId, entity, limit]);
  return rows.map((row) => row.external_id);
}

export async function forgetTouched(transaction: Transaction, connectionId: string, entity: EntityName, externalIds: readonly string[]): Promise<void> {
  await transaction.execute('DELETE FROM touched_document WHERE connection_id = $1 AND entity = $2 AND external_id = ANY ($3)', [connectionId, entity, [...externalIds]]);
}

/** Invoices that these payments or credit memos settle, by what the hub has stored: before a change it names what may re-open. */
export async function allocatedInvoices(transaction: Transaction, connectionId: string, entity: EntityName, externalIds: readonly string[]): Promise<string[]> {
  const rows = await transaction.query<{ id: string }>(`
    SELECT DISTINCT invoice_external_id AS id FROM allocation WHERE connection_id = $1 AND source_entity = $2 AND source_external_id = ANY ($3)`, [connectionId, entity, [...externalIds]]);
  return rows.map((row) => row.id);
}

/** Marks records as gone: row kept with `deleted_at`, applications of the document removed, event told, tombstone in the raw history. */
export async function deleteRecords(transaction: Transaction, origin: { connectionId: string; syncRunId: string; entity: EntityName }, externalIds: readonly string[]): Promise<number> {
  if (externalIds.length === 0) return 0;
  const { table } = entityTable(origin.entity);
  const values = [origin.connectionId, origin.entity, [...externalIds]];
  await transaction.execute(`
    INSERT INTO raw_record (connection_id, entity, external_id, revision, deleted, content_hash, payload, sync_run_id)
    SELECT $1, $2, external_id, '', true, '\\x', 'null', $4 FROM ${table} WHERE connection_id = $1 AND external_id = ANY ($3) AND deleted_at IS NULL`, [...values, origin.syncRunId]);
  await transaction.execute('DELETE FROM allocation WHERE connection_id = $1 AND source_entity = $2 AND source_external_id = ANY ($3)', values);
  await transaction.execute('DELETE FROM quarantined_record WHERE connection_id = $1 AND entity = $2 AND external_id = ANY ($3)', values);
  return transaction.execute(`
    WITH gone AS (
      UPDATE ${table} SET deleted_at = now(), updated_at = now(), sync_run_id = $4 WHERE connection_id = $1 AND external_id = ANY ($3) AND deleted_at IS NULL RETURNING id
    ) INSERT INTO event (type, subject, subject_id) SELECT $2 || '.deleted', $2, id FROM gone`, [...values, origin.syncRunId]);
}
