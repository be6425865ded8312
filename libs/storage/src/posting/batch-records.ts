import type { Json } from '#canonical';
import type { Row, Transaction } from '../database.js';
import { BATCH_COLUMNS, BATCH_MOVE_COLUMNS, type PostingBatchMoveRow, type PostingBatchRow } from './batch-rows.js';
import { POSTING_COLUMNS, STEP_COLUMNS, type PostingRow, type PostingStepRow } from './posting-rows.js';

/** A connection's settings of its file lane. Null is the default. */
export interface FileLaneRow {
  readonly nextSequence: number;
  readonly closing: Json;
  readonly confirmWithinMinutes: number | null;
  readonly confirmByConnectionId: string | null;
}
const LANE_COLUMNS = 'next_sequence AS "nextSequence", closing, confirm_within_minutes AS "confirmWithinMinutes", confirm_by_connection_id AS "confirmByConnectionId"';

/** Locks the connection's counter until the transaction ends: two closings wait for each other, and a rolled-back one leaves no hole. */
export async function lockFileLane(transaction: Transaction, connectionId: string): Promise<FileLaneRow> {
  await transaction.execute('INSERT INTO posting_file_lane (connection_id) VALUES ($1) ON CONFLICT (connection_id) DO NOTHING', [connectionId]);
  const row = await transaction.one<FileLaneRow & Row>(`SELECT ${LANE_COLUMNS} FROM posting_file_lane WHERE connection_id = $1 FOR UPDATE`, [connectionId]);
  if (row === null) throw new Error(`connection ${connectionId} has no file lane`);
  return row;
}

export async function readFileLane(transaction: Transaction, connectionId: string): Promise<FileLaneRow | null> {
  return transaction.one<FileLaneRow & Row>(`SELECT ${LANE_COLUMNS} FROM posting_file_lane WHERE connection_id = $1`, [connectionId]);
}

/** Settings of a lane the caller has locked; what waits is looked at again at once. */
export async function writeFileLane(transaction: Transaction, connectionId: string, lane: Pick<FileLaneRow, 'closing' | 'confirmWithinMinutes' | 'confirmByConnectionId'>): Promise<void> {
  await transaction.execute(`
    UPDATE posting_file_lane SET closing = $2, confirm_within_minutes = $3, confirm_by_connection_id = $4, updated_at = clock_timestamp() WHERE connection_id = $1`,
  [connectionId, lane.closing === null ? null : JSON.stringify(lane.closing), lane.confirmWithinMinutes, lane.confirmByConnectionId]);
  await transaction.execute(`UPDATE posting SET due_at = clock_timestamp() WHERE connection_id = $1 AND by_file AND state = 'planned'`, [connectionId]);
}

/** What waits for a file: how many, and since when, milliseconds since 1970 on the database's clock. Null when nothing waits. */
export async function readWaitingForFile(transaction: Transaction, connectionId: string): Promise<{ readonly count: number; readonly oldestMs: number; readonly nowMs: number } | null> {
  const row = await transaction.one<{ count: number; oldestMs: number | null; nowMs: number }>(`
    SELECT count(*)::int AS count, (extract(epoch FROM min(updated_at)) * 1000)::double precision AS "oldestMs", (extract(epoch FROM clock_timestamp()) * 1000)::double precision AS "nowMs"
    FROM posting WHERE connection_id = $1 AND by_file AND state = 'planned'`, [connectionId]);
  return row === null || row.oldestMs === null ? null : { count: row.count, oldestMs: row.oldestMs, nowMs: row.nowMs };
}

/** When the lane looks again at what waits for a file; null takes it off the clock: somebody has to ask. */
export async function deferWaitingForFile(transaction: Transaction, connectionId: string, inMs: number): Promise<void> {
  await transaction.execute(`
    UPDATE posting SET due_at = clock_timestamp() + $2 * interval '1 millisecond' WHERE connection_id = $1 AND by_file AND state = 'planned'`, [connectionId, inMs]);
}

export interface PostingWithStep {
  readonly posting: PostingRow;
  readonly step: PostingStepRow;
}

/** Locks what waits for a file, oldest first. Each is one step: its records in the file. */
export async function lockWaitingForFile(transaction: Transaction, connectionId: string, limit: number): Promise<PostingWithStep[]> {
  const postings = await transaction.query<PostingRow & Row>(`
    SELECT ${POSTING_COLUMNS} FROM posting WHERE connection_id = $1 AND by_file AND state = 'planned' ORDER BY id LIMIT $2 FOR UPDATE`, [connectionId, limit]);
  return withSteps(transaction, postings);
}

/** Locks the postings of a batch that have these step keys and stand in it now; `elsewhere` has those that only once did. */
export async function lockBatchPostings(transaction: Transaction, batchId: string, stepKeys: readonly string[] | 'all'): Promise<{ readonly here: PostingWithStep[]; readonly elsewhere: PostingWithStep[] }> {
  const postings = await transaction.query<PostingRow & Row & { here: boolean }>(`
    SELECT ${POSTING_COLUMNS}, coalesce(posting.posting_batch_id = $1, false) AS here FROM posting_batch_member member JOIN posting ON posting.id = member.posting_id
    WHERE member.posting_batch_id = $1 AND ($2::text[] IS NULL OR EXISTS (SELECT FROM posting_step step WHERE step.posting_id = posting.id AND step.step_key = ANY ($2)))
    ORDER BY posting.id FOR UPDATE OF posting`, [batchId, stepKeys === 'all' ? null : [...stepKeys]]);
  const here = new Map(postings.map((row) => [row.id, row.here]));
  const all = await withSteps(transaction, postings);
  return { here: all.filter(({ posting }) => here.get(posting.id) === true), elsewhere: all.filter(({ posting }) => here.get(posting.id) !== true) };
}

async function withSteps(transaction: Transaction, postings: readonly PostingRow[]): Promise<PostingWithStep[]> {
  const steps = await transaction.query<PostingStepRow & Row>(`SELECT ${STEP_COLUMNS} FROM posting_step WHERE posting_id = ANY ($1) ORDER BY posting_id, position`, [postings.map(({ id }) => id)]);
  const first = new Map<string, PostingStepRow>();
  for (const step of steps) if (!first.has(step.postingId)) first.set(step.postingId, step);
  return postings.map((posting) => {
    const step = first.get(posting.id);
    if (step === undefined) throw new Error(`posting ${posting.id} has no step`);
    return { posting, step };
  });
}

export interface NewBatch {
  readonly connectionId: string;
  readonly sequence: number;
  readonly key: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
  readonly currency: string;
  readonly totalMinor: bigint;
  readonly closedAt: string;
  readonly closedOn: string;
  readonly state: string;
  readonly stateBecause: string;
  readonly chainHash: string;
  readonly createdBy: string;
  readonly postingIds: readonly string[];
}

/** Stores a batch, its bytes and its members, counts the sequence up, and puts the postings into it. Under {@link lockFileLane}. */
export async function insertBatch(transaction: Transaction, batch: NewBatch): Promise<string> {
  const row = await transaction.one<{ id: string }>(`
    INSERT INTO posting_batch (connection_id, sequence, key, name, sha256, byte_count, postings, currency, total_minor, closed_at, closed_on, state, state_because, due_at, chain_hash, created_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, clock_timestamp(), $14, $15) RETURNING id`,
  [batch.connectionId, batch.sequence, batch.key, batch.name, batch.sha256, batch.bytes.byteLength, batch.postingIds.length, batch.currency, batch.totalMinor, batch.closedAt, batch.closedOn,
    batch.state, batch.stateBecause, batch.chainHash, batch.createdBy]);
  if (row === null) throw new Error('a batch was not stored');
  await transaction.execute('INSERT INTO posting_batch_file (posting_batch_id, bytes) VALUES ($1, $2)', [row.id, Buffer.from(batch.bytes)]);
  await transaction.execute(`
    INSERT INTO posting_batch_member (posting_batch_id, position, posting_id) SELECT $1, ordinality - 1, id FROM unnest($2::bigint[]) WITH ORDINALITY AS member (id, ordinality)`, [row.id, [...batch.postingIds]]);
  await transaction.execute('UPDATE posting SET posting_batch_id = $1 WHERE id = ANY ($2)', [row.id, [...batch.postingIds]]);
  await transaction.execute('UPDATE posting_file_lane SET next_sequence = $2 + 1 WHERE connection_id = $1', [batch.connectionId, batch.sequence]);
  return row.id;
}

export async function readBatch(transaction: Transaction, batchId: string): Promise<PostingBatchRow | null> {
  return transaction.one<PostingBatchRow & Row>(`SELECT ${BATCH_COLUMNS} FROM posting_batch AS batch WHERE id = $1`, [batchId]);
}

export async function readBatchBytes(transaction: Transaction, batchId: string): Promise<Uint8Array | null> {
  return (await transaction.one<{ bytes: Buffer }>('SELECT bytes FROM posting_batch_file WHERE posting_batch_id = $1', [batchId]))?.bytes ?? null;
}

export async function readBatchMoves(transaction: Transaction, batchId: string): Promise<PostingBatchMoveRow[]> {
  return transaction.query<PostingBatchMoveRow & Row>(`SELECT ${BATCH_MOVE_COLUMNS} FROM posting_batch_move WHERE posting_batch_id = $1 ORDER BY sequence`, [batchId]);
}

/** Step keys whose contradicting answers were told of in this batch before. */
export async function readBatchContradictions(transaction: Transaction, batchId: string): Promise<string[]> {
  const rows = await transaction.query<{ stepKey: string }>(`
    SELECT DISTINCT told.value ->> 'stepKey' AS "stepKey" FROM posting_batch_move link, json_array_elements(link.evidence -> 'contradictions') AS told
    WHERE link.posting_batch_id = $1 AND json_typeof(link.evidence -> 'contradictions') = 'array'`, [batchId]);
  return rows.map(({ stepKey }) => stepKey);
}

export interface BatchMember {
  readonly position: number;
  readonly postingId: string;
  readonly stepKey: string;
  readonly state: string;
  readonly stepState: string;
  readonly externalId: string | null;
  readonly problem: string | null;
  readonly amountMinor: string;
  readonly currency: string;
  readonly idempotencyKey: string;
  /** It stands in this batch now, and in no later one. */
  readonly here: boolean;
}

export async function readBatchMembers(transaction: Transaction, batchId: string): Promise<BatchMember[]> {
  return transaction.query<BatchMember & Row>(`
    SELECT member.position, member.posting_id AS "postingId", step.step_key AS "stepKey", posting.state, step.state AS "stepState", step.external_id AS "externalId", step.problem,
      posting.amount_minor AS "amountMinor", posting.currency, posting.idempotency_key AS "idempotencyKey", coalesce(posting.posting_batch_id = member.posting_batch_id, false) AS here
    FROM posting_batch_member member JOIN posting ON posting.id = member.posting_id JOIN posting_step step ON step.posting_id = posting.id AND step.position = 0
    WHERE member.posting_batch_id = $1 ORDER BY member.position`, [batchId]);
}

/** A payment an ERP shows, by the key or the reference it bears. */
export interface SeenPayment {
  readonly key: string;
  readonly externalId: string;
  readonly totalMinor: string;
  readonly currency: string;
}

/** Payments of a connection that bear one of these keys, in their key's own field or as their reference. */
export async function findPaymentsByKey(transaction: Transaction, connectionId: string, keys: readonly string[]): Promise<SeenPayment[]> {
  const columns = 'external_id AS "externalId", total_minor AS "totalMinor", currency';
  return transaction.query<SeenPayment & Row>(`
    SELECT idempotency_key AS key, ${columns} FROM payment WHERE connection_id = $1 AND idempotency_key = ANY ($2) AND deleted_at IS NULL
    UNION SELECT reference, ${columns} FROM payment WHERE connection_id = $1 AND reference = ANY ($2) AND deleted_at IS NULL`, [connectionId, [...keys]]);
}
