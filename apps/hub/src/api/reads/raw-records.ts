import { parseJsonKeepingNumberText, type EntityName, type JsonObject } from '#canonical';
import type { Transaction } from '#storage';

/** A record as a source sent it. */
export interface RawRecord {
  readonly id: string;
  readonly externalId: string;
  readonly revision: string;
  readonly payload: JsonObject;
  readonly syncRunId: string;
  readonly receivedAt: Date;
}

interface RawRow extends Record<string, unknown> {
  id: string; external_id: string; revision: string; payload: string; sync_run_id: string; received_at: Date;
}

const COLUMNS = 'id, external_id, revision, payload::text AS payload, sync_run_id, received_at';

/** Numbers stay the text they were sent as: amounts never pass through a binary float on the way to a person either. */
function asRawRecord(row: RawRow): RawRecord {
  return {
    id: row.id, externalId: row.external_id, revision: row.revision, payload: parseJsonKeepingNumberText(row.payload) as JsonObject,
    syncRunId: row.sync_run_id, receivedAt: row.received_at,
  };
}

export async function readRawRecord(transaction: Transaction, id: string): Promise<RawRecord | null> {
  const row = await transaction.one<RawRow>(`SELECT ${COLUMNS} FROM raw_record WHERE id = $1 AND NOT deleted`, [id]);
  return row === null ? null : asRawRecord(row);
}

/** What the source sent last under this id. Null when it sent nothing, or a tombstone. */
export async function readLatestRawRecord(transaction: Transaction, connectionId: string, entity: EntityName, externalId: string): Promise<RawRecord | null> {
  const row = await transaction.one<RawRow & { deleted: boolean }>(`
    SELECT ${COLUMNS}, deleted FROM raw_record WHERE connection_id = $1 AND entity = $2 AND external_id = $3 ORDER BY id DESC LIMIT 1`, [connectionId, entity, externalId]);
  return row === null || row.deleted ? null : asRawRecord(row);
}

/** The newest raw records of an entity, each id once, newest first; what the source deleted is left out. */
export async function readNewestRawRecords(transaction: Transaction, connectionId: string, entity: EntityName, limit: number): Promise<RawRecord[]> {
  const rows = await transaction.query<RawRow>(`
    SELECT ${COLUMNS} FROM raw_record r
    WHERE connection_id = $1 AND entity = $2 AND NOT deleted AND NOT EXISTS (
      SELECT FROM raw_record later WHERE later.connection_id = $1 AND later.entity = $2 AND later.external_id = r.external_id AND later.id > r.id)
    ORDER BY id DESC LIMIT $3`, [connectionId, entity, limit]);
  return rows.map(asRawRecord);
}
