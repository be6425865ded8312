import type { Row, Transaction } from '../database.js';
import { BATCH_COLUMNS, type PostingBatchMoveRow, type PostingBatchRow } from './batch-rows.js';
import { INSTANT_TEXT } from './posting-rows.js';

export interface ClaimedBatch {
  readonly batch: PostingBatchRow;
  readonly leaseToken: string;
  /** The database's clock when the claim was made, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** Takes the batch of a connection that is due first, for `leaseMs` on the **database's** clock. Null when none is, or the connection is paused. */
export async function claimBatch(transaction: Transaction, connectionId: string, leaseMs: number): Promise<ClaimedBatch | null> {
  const row = await transaction.one<PostingBatchRow & Row & { leaseToken: string; nowMs: number }>(`
    WITH due AS MATERIALIZED (
      SELECT id FROM posting_batch
      WHERE connection_id = $1 AND due_at <= clock_timestamp() AND (lease_expires_at IS NULL OR lease_expires_at <= clock_timestamp())
        AND EXISTS (SELECT FROM connection WHERE id = $1 AND status = 'active')
      ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    UPDATE posting_batch AS batch SET lease_token = nextval('lease_token'), lease_expires_at = clock_timestamp() + $2 * interval '1 millisecond'
    FROM due WHERE batch.id = due.id
    RETURNING ${BATCH_COLUMNS}, batch.lease_token AS "leaseToken", (extract(epoch FROM clock_timestamp()) * 1000)::double precision AS "nowMs"`, [connectionId, leaseMs]);
  return row === null ? null : { batch: row, leaseToken: row.leaseToken, nowMs: row.nowMs };
}

/** Locks a batch this claim still holds and gives the database's clock; null when it is somebody else's by now. */
export async function lockHeldBatch(transaction: Transaction, batchId: string, leaseToken: string): Promise<{ readonly at: string; readonly nowMs: number } | null> {
  return transaction.one<{ at: string; nowMs: number }>(`
    SELECT ${INSTANT_TEXT('clock_timestamp()')} AS at, (extract(epoch FROM clock_timestamp()) * 1000)::double precision AS "nowMs"
    FROM posting_batch WHERE id = $1 AND lease_token = $2 AND lease_expires_at > clock_timestamp() FOR UPDATE`, [batchId, leaseToken]);
}

/** Locks a batch that no lane holds at the moment, for a person's decision. */
export async function lockIdleBatch(transaction: Transaction, batchId: string): Promise<PostingBatchRow | 'held' | null> {
  const row = await transaction.one<PostingBatchRow & Row & { held: boolean }>(`
    SELECT ${BATCH_COLUMNS}, coalesce(batch.lease_expires_at > clock_timestamp(), false) AS held FROM posting_batch AS batch WHERE id = $1 FOR UPDATE`, [batchId]);
  return row === null ? null : row.held ? 'held' : row;
}

/** What one move leaves in the batch's row. Times are from now. */
export interface BatchWrite {
  readonly id: string;
  readonly state: string;
  readonly because: string;
  /** Null takes it off the lane. */
  readonly dueInMs: number | null;
  /** Null gives the lease back. */
  readonly leaseMs: number | null;
  readonly attempts: number;
  readonly attemptsBeforeRetry: number;
  readonly lookUps: number;
  readonly polls: number;
  /** Null leaves what is stored, as with the next two. */
  readonly resendAfterMs: number | null;
  readonly deliveredNow: boolean;
  readonly confirmWithinMs: number | null;
  readonly moveCount: number;
  readonly chainHash: string;
}

export async function writeBatch(transaction: Transaction, write: BatchWrite): Promise<void> {
  const after = (place: number): string => `clock_timestamp() + $${place}::double precision * interval '1 millisecond'`;
  await transaction.execute(`
    UPDATE posting_batch SET state = $2, state_because = $3, due_at = ${after(4)}, lease_token = CASE WHEN $5::double precision IS NULL THEN NULL ELSE lease_token END,
      lease_expires_at = ${after(5)}, attempts = $6, attempts_before_retry = $7, look_ups = $8, polls = $9, resend_after = coalesce(${after(10)}, resend_after),
      delivered_at = CASE WHEN $11 THEN clock_timestamp() ELSE delivered_at END, confirm_by = coalesce(${after(12)}, confirm_by),
      move_count = $13, chain_hash = $14, updated_at = clock_timestamp()
    WHERE id = $1`,
  [write.id, write.state, write.because, write.dueInMs, write.leaseMs, write.attempts, write.attemptsBeforeRetry, write.lookUps, write.polls, write.resendAfterMs, write.deliveredNow, write.confirmWithinMs,
    write.moveCount, write.chainHash]);
}

export async function appendBatchMove(transaction: Transaction, link: PostingBatchMoveRow): Promise<void> {
  await transaction.execute(`
    INSERT INTO posting_batch_move (posting_batch_id, sequence, from_state, to_state, because, by_whom, evidence, at, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
  [link.batchId, link.sequence, link.fromState, link.toState, link.because, link.byWhom, JSON.stringify(link.evidence), link.at, link.hash]);
}

/** Asked without news: nothing moves but the time of the next question. False when the claim was lost. */
export async function deferBatch(transaction: Transaction, batchId: string, leaseToken: string, inMs: number, polls: number): Promise<boolean> {
  return await transaction.execute(`
    UPDATE posting_batch SET due_at = clock_timestamp() + $3 * interval '1 millisecond', polls = $4, lease_token = NULL, lease_expires_at = NULL
    WHERE id = $1 AND lease_token = $2`, [batchId, leaseToken, inMs, polls]) === 1;
}

/** Milliseconds until this connection's file lane has work; null when none is known. Zero or less: now. */
export async function nextFileDueInMs(transaction: Transaction, connectionId: string): Promise<number | null> {
  const row = await transaction.one<{ inMs: number | null }>(`
    SELECT (extract(epoch FROM min(at) - clock_timestamp()) * 1000)::double precision AS "inMs" FROM (
      SELECT min(greatest(due_at, coalesce(lease_expires_at, due_at))) AS at FROM posting_batch WHERE connection_id = $1 AND due_at IS NOT NULL
      UNION ALL SELECT min(due_at) FROM posting WHERE connection_id = $1 AND by_file AND state = 'planned') AS due`, [connectionId]);
  return row?.inMs ?? null;
}

/** Makes due what is the lane's turn and has no time set; none in a sound database. */
export async function rouseStuckBatches(transaction: Transaction, laneStates: readonly string[]): Promise<number> {
  return transaction.execute('UPDATE posting_batch SET due_at = clock_timestamp() WHERE state = ANY ($1) AND due_at IS NULL', [laneStates]);
}
