import type { EntityName, JsonObject } from '#canonical';
import { storableJson } from '../bank/storable-text.js';
import type { Transaction } from '../database.js';
import { UNREADABLE } from './page-writer.js';

export async function noteConnectionSuccess(transaction: Transaction, connectionId: string): Promise<void> {
  await transaction.execute('UPDATE connection SET failures_in_a_row = 0 WHERE id = $1 AND failures_in_a_row <> 0', [connectionId]);
}

/** Counts a failed run and pauses the connection when `pauseBecause` gives a reason. */
export async function noteConnectionFailure(transaction: Transaction, connectionId: string, pauseBecause: (failuresInARow: number) => string | null): Promise<void> {
  const row = await transaction.one<{ failures: number }>('UPDATE connection SET failures_in_a_row = failures_in_a_row + 1 WHERE id = $1 RETURNING failures_in_a_row AS failures', [connectionId]);
  const because = row === null ? null : pauseBecause(row.failures);
  if (because !== null) await transaction.execute(`UPDATE connection SET status = 'paused', paused_because = $2, updated_at = now() WHERE id = $1`, [connectionId, because]);
}

/**
 * Ends the reservation of open amounts by postings that were proven before this run began: the run has read their documents
 * again, so the ERP's own open amounts show them now.
 */
export async function releaseSeenShares(transaction: Transaction, connectionId: string, syncRunId: string): Promise<void> {
  await transaction.execute(`
    UPDATE posting_share s SET released_at = now() FROM posting p, sync_run r
    WHERE s.posting_id = p.id AND s.connection_id = $1 AND s.released_at IS NULL AND r.id = $2
      AND coalesce(p.verified_at, CASE WHEN p.state = 'settledByPerson' THEN p.updated_at END) < r.started_at
      AND NOT EXISTS (SELECT FROM touched_document t WHERE t.connection_id = $1 AND t.external_id = s.external_id)`, [connectionId, syncRunId]);
}

export interface QuarantinedPayload {
  readonly externalId: string;
  readonly revision: string;
  readonly payload: string;
}

/** Quarantined records as received, in the order of their ids. Rows that never became a record are left out: there is nothing to map. */
export async function readQuarantined(transaction: Transaction, connectionId: string, entity: EntityName, after: string, limit: number): Promise<QuarantinedPayload[]> {
  const rows = await transaction.query<{ external_id: string; revision: string; payload: string }>(`
    SELECT q.external_id, r.revision, r.payload::text AS payload FROM quarantined_record q JOIN raw_record r ON r.id = q.raw_record_id
    WHERE q.connection_id = $1 AND q.entity = $2 AND q.external_id > $3 AND q.mapping_fingerprint <> $5 ORDER BY q.external_id LIMIT $4`, [connectionId, entity, after, limit, UNREADABLE]);
  return rows.map((row) => ({ externalId: row.external_id, revision: row.revision, payload: row.payload }));
}

/** Tells the planner what a run brought. True when the run changed enough for it to matter. */
export async function refreshStatistics(transaction: Transaction, syncRunId: string, changedMin: number): Promise<boolean> {
  const row = await transaction.one<{ changed: string }>(`SELECT coalesce(sum((value ->> 'changed')::bigint), 0) AS changed FROM sync_run, jsonb_each(counts) WHERE id = $1`, [syncRunId]);
  if (Number(row?.changed ?? 0) < changedMin) return false;
  await transaction.query('SELECT refresh_canonical_statistics()');
  return true;
}

export interface DueConnection {
  readonly connectionId: string;
}

/** Active connections whose schedule has come round and that have nothing in line. */
export async function connectionsDue(transaction: Transaction): Promise<DueConnection[]> {
  const rows = await transaction.query<{ id: string }>(`
    SELECT c.id FROM connection c
    WHERE c.status = 'active' AND c.sync_every_minutes IS NOT NULL
      AND NOT EXISTS (SELECT FROM sync_run r WHERE r.connection_id = c.id AND (r.status IN ('queued', 'running')
        OR (r.kind IN ('full', 'incremental') AND r.requested_at > clock_timestamp() - c.sync_every_minutes * interval '1 minute')))`);
  return rows.map((row) => ({ connectionId: row.id }));
}

export interface NightlyConnection extends DueConnection {
  readonly timeZone: string | null;
  readonly sweepAt: Date | null;
  readonly deletionsAt: Date | null;
}

/** Active connections on a schedule that have read everything once and have nothing in line, with when their nightly runs were last asked for. */
export async function connectionsForTheNight(transaction: Transaction): Promise<NightlyConnection[]> {
  return transaction.query<NightlyConnection & Record<string, unknown>>(`
    SELECT c.id AS "connectionId", c.probe ->> 'timeZone' AS "timeZone",
      (SELECT max(requested_at) FROM sync_run r WHERE r.connection_id = c.id AND r.kind = 'sweep') AS "sweepAt",
      (SELECT max(requested_at) FROM sync_run r WHERE r.connection_id = c.id AND r.kind = 'deletions') AS "deletionsAt"
    FROM connection c
    WHERE c.status = 'active' AND c.sync_every_minutes IS NOT NULL
      AND EXISTS (SELECT FROM sync_run r WHERE r.connection_id = c.id AND r.kind IN ('full', 'incremental') AND r.status = 'succeeded')
      AND NOT EXISTS (SELECT FROM sync_run r WHERE r.connection_id = c.id AND r.status IN ('queued', 'running'))`);
}

/** Connections with runs in line: what a worker is woken for after a restart or an emptied queue. */
export async function connectionsWaiting(transaction: Transaction): Promise<DueConnection[]> {
  const rows = await transaction.query<{ id: string }>(`SELECT DISTINCT connection_id AS id FROM sync_run WHERE status IN ('queued', 'running')`);
  return rows.map((row) => ({ connectionId: row.id }));
}

/** Tells the change feed of a connection: `connection.expiring`, `bankFeed.healthChanged`. */
export async function recordConnectionEvent(transaction: Transaction, connectionId: string, type: string, detail: JsonObject): Promise<void> {
  await transaction.execute(`INSERT INTO event (type, subject, subject_id, detail) VALUES ($1, 'connection', $2, $3)`, [type, connectionId, storableJson(detail)]);
}
