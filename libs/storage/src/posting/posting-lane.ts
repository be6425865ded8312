import type { Json } from '#canonical';
import type { Row, Transaction } from '../database.js';
import { INSTANT_TEXT, POSTING_COLUMNS, STEP_COLUMNS, type PostingMoveRow, type PostingRow, type PostingStepRow } from './posting-rows.js';

export interface ClaimedPostings {
  readonly postings: readonly PostingRow[];
  readonly steps: readonly PostingStepRow[];
  /** Names this claim in every later write. */
  readonly leaseToken: string;
  /** The database's clock when the claim was made, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** Takes due postings of one connection for `leaseMs` on the **database's** clock; those another worker holds are passed over. None while it is paused. */
export async function claimPostings(transaction: Transaction, connectionId: string, limit: number, leaseMs: number): Promise<ClaimedPostings> {
  const rows = await transaction.query<PostingRow & Row & { leaseToken: string; nowMs: number }>(`
    WITH due AS MATERIALIZED (
      SELECT id FROM posting
      WHERE connection_id = $1 AND NOT by_file AND due_at <= clock_timestamp() AND (lease_expires_at IS NULL OR lease_expires_at <= clock_timestamp())
        AND EXISTS (SELECT FROM connection WHERE id = $1 AND status = 'active')
      ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)
    UPDATE posting SET lease_token = (SELECT nextval('lease_token')), lease_expires_at = clock_timestamp() + $3 * interval '1 millisecond'
    FROM due WHERE posting.id = due.id
    RETURNING ${POSTING_COLUMNS}, posting.lease_token AS "leaseToken", (extract(epoch FROM clock_timestamp()) * 1000)::double precision AS "nowMs"`, [connectionId, limit, leaseMs]);
  const first = rows[0];
  if (first === undefined) return { postings: [], steps: [], leaseToken: '0', nowMs: 0 };
  const steps = await readSteps(transaction, rows.map((row) => row.id));
  return { postings: rows.sort((left, right) => Number(BigInt(left.id) - BigInt(right.id))), steps, leaseToken: first.leaseToken, nowMs: first.nowMs };
}

export async function readSteps(transaction: Transaction, postingIds: readonly string[]): Promise<PostingStepRow[]> {
  return transaction.query<PostingStepRow & Row>(`SELECT ${STEP_COLUMNS} FROM posting_step WHERE posting_id = ANY ($1) ORDER BY posting_id, position`, [postingIds]);
}

export interface HeldPosting {
  readonly id: string;
  /** The database's clock, as it is hashed. */
  readonly at: string;
}

/** Locks those of the postings that this claim still holds. The others are somebody else's by now: nothing may be written about them. */
export async function lockHeldPostings(transaction: Transaction, postingIds: readonly string[], leaseTokens: readonly string[]): Promise<HeldPosting[]> {
  return transaction.query<HeldPosting & Row>(`
    SELECT posting.id, ${INSTANT_TEXT('clock_timestamp()')} AS at
    FROM unnest($1::bigint[], $2::bigint[]) AS held (id, token) JOIN posting ON posting.id = held.id
    WHERE posting.lease_token = held.token AND posting.lease_expires_at > clock_timestamp()
    ORDER BY posting.id FOR UPDATE OF posting`, [postingIds, leaseTokens]);
}

/** What one move leaves in the posting's row. */
export interface PostingWrite {
  readonly id: string;
  readonly state: string;
  readonly because: string;
  /** From now; null takes it off the lane. */
  readonly dueInMs: number | null;
  /** From now; null gives the lease back. */
  readonly leaseMs: number | null;
  readonly moveCount: number;
  readonly chainHash: string;
  readonly refusals: Json | null;
  readonly differences: Json | null;
  readonly verified: boolean;
}

export interface StepWrite {
  readonly postingId: string;
  readonly position: number;
  readonly state: string;
  readonly attempts: number;
  readonly lookUps: number;
  /** Null leaves what is stored. */
  readonly attemptsBeforeRetry: number | null;
  readonly sentNow: boolean;
  readonly answeredNow: boolean;
  /** From now; null leaves what is stored. */
  readonly resendAfterMs: number | null;
  readonly externalId: string | null;
  readonly problem: string | null;
  readonly booked: Json | null;
}

export async function writePostings(transaction: Transaction, writes: readonly PostingWrite[]): Promise<void> {
  await transaction.execute(`
    UPDATE posting SET state = w.state, state_because = w.because, updated_at = clock_timestamp(), move_count = w."moveCount", chain_hash = w."chainHash",
      -- What is due stays due at the time it had: its place in line, and one index entry less to write.
      due_at = CASE WHEN w."dueInMs" = 0 AND posting.due_at <= clock_timestamp() THEN posting.due_at ELSE clock_timestamp() + w."dueInMs" * interval '1 millisecond' END,
      lease_token = CASE WHEN w."leaseMs" IS NULL THEN NULL ELSE posting.lease_token END,
      lease_expires_at = clock_timestamp() + w."leaseMs" * interval '1 millisecond',
      refusals = coalesce(w.refusals, posting.refusals), differences = coalesce(w.differences, posting.differences),
      verified_at = CASE WHEN w.verified THEN clock_timestamp() ELSE posting.verified_at END
    FROM json_to_recordset($1::json) AS w (id bigint, state text, because text, "dueInMs" double precision, "leaseMs" double precision, "moveCount" integer,
      "chainHash" text, refusals jsonb, differences jsonb, verified boolean)
    WHERE posting.id = w.id`, [JSON.stringify(writes)]);
}

export async function writeSteps(transaction: Transaction, writes: readonly StepWrite[]): Promise<void> {
  if (writes.length === 0) return;
  await transaction.execute(`
    UPDATE posting_step s SET state = w.state, attempts = w.attempts, look_ups = w."lookUps",
      attempts_before_retry = coalesce(w."attemptsBeforeRetry", s.attempts_before_retry),
      sent_at = CASE WHEN w."sentNow" THEN clock_timestamp() ELSE s.sent_at END,
      answered_at = CASE WHEN w."answeredNow" THEN clock_timestamp() ELSE s.answered_at END,
      resend_after = coalesce(clock_timestamp() + w."resendAfterMs" * interval '1 millisecond', s.resend_after),
      external_id = coalesce(w."externalId", s.external_id), problem = w.problem, booked = coalesce(w.booked, s.booked)
    FROM json_to_recordset($1::json) AS w ("postingId" bigint, position integer, state text, attempts integer, "lookUps" integer, "attemptsBeforeRetry" integer, "sentNow" boolean, "answeredNow" boolean,
      "resendAfterMs" double precision, "externalId" text, problem text, booked json)
    WHERE s.posting_id = w."postingId" AND s.position = w.position`, [JSON.stringify(writes)]);
}

export async function appendMoves(transaction: Transaction, moves: readonly PostingMoveRow[]): Promise<void> {
  await transaction.execute(`
    INSERT INTO posting_move (posting_id, sequence, step_key, from_state, to_state, because, by_whom, evidence, at, hash)
    SELECT "postingId", sequence, "stepKey", "fromState", "toState", because, "byWhom", coalesce(evidence, 'null'), at, hash
    FROM json_to_recordset($1::json) AS m ("postingId" bigint, sequence integer, "stepKey" text, "fromState" text, "toState" text, because text, "byWhom" text,
      evidence json, at timestamptz, hash text)`, [JSON.stringify(moves)]);
}

/** Gives back leases without a move: what was claimed and not begun. */
export async function releasePostings(transaction: Transaction, postingIds: readonly string[], leaseToken: string): Promise<void> {
  await transaction.execute(`UPDATE posting SET lease_token = NULL, lease_expires_at = NULL WHERE id = ANY ($1) AND lease_token = $2`, [postingIds, leaseToken]);
}

/** Milliseconds until the next posting of a connection can be claimed; null when none waits. Zero or less: now. */
export async function nextDueInMs(transaction: Transaction, connectionId: string): Promise<number | null> {
  const row = await transaction.one<{ inMs: number | null }>(`
    SELECT (extract(epoch FROM min(greatest(due_at, coalesce(lease_expires_at, due_at))) - clock_timestamp()) * 1000)::double precision AS "inMs"
    FROM posting WHERE connection_id = $1 AND NOT by_file AND due_at IS NOT NULL`, [connectionId]);
  return row?.inMs ?? null;
}

/** Connections with postings or batches that can be claimed now. Paused connections wait for a person. */
export async function lanesDue(transaction: Transaction): Promise<string[]> {
  const rows = await transaction.query<{ id: string }>(`
    SELECT c.id FROM connection c WHERE c.status = 'active' AND (EXISTS (
      SELECT FROM posting p WHERE p.connection_id = c.id AND p.due_at <= clock_timestamp() AND (p.lease_expires_at IS NULL OR p.lease_expires_at <= clock_timestamp()))
      OR EXISTS (
      SELECT FROM posting_batch b WHERE b.connection_id = c.id AND b.due_at <= clock_timestamp() AND (b.lease_expires_at IS NULL OR b.lease_expires_at <= clock_timestamp())))
    ORDER BY c.id`);
  return rows.map((row) => row.id);
}

/** Makes due what is the lane's turn and has no time set; gives how many. None in a sound database: the count is an alarm. */
export async function rouseStuckPostings(transaction: Transaction, laneStates: readonly string[]): Promise<number> {
  return transaction.execute(`UPDATE posting SET due_at = clock_timestamp() WHERE state = ANY ($1) AND due_at IS NULL`, [laneStates]);
}

export async function pauseConnection(transaction: Transaction, connectionId: string, because: string): Promise<boolean> {
  return await transaction.execute(`UPDATE connection SET status = 'paused', paused_because = $2, updated_at = now() WHERE id = $1 AND status = 'active'`, [connectionId, because]) === 1;
}

export async function connectionIsActive(transaction: Transaction, connectionId: string): Promise<boolean> {
  return await transaction.one(`SELECT 1 FROM connection WHERE id = $1 AND status = 'active'`, [connectionId]) !== null;
}
