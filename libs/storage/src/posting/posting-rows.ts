import type { BookedRecord, Json, PlannedStep } from '#canonical';

/** A posting as stored. `state` is a text here: what it means is the posting room's business. Instants are ISO texts, UTC. */
export interface PostingRow {
  readonly id: string;
  readonly connectionId: string;
  readonly kind: 'payment' | 'reversal';
  readonly reversesPostingId: string | null;
  readonly reversalReason: string | null;
  readonly bankTransactionId: string | null;
  readonly customerId: string | null;
  /** Travels in a file. */
  readonly byFile: boolean;
  /** The file it stands in, or stood in last. */
  readonly batchId: string | null;
  readonly idempotencyKey: string;
  readonly intent: Json;
  readonly currency: string;
  readonly amountMinor: string;
  readonly state: string;
  readonly stateBecause: string | null;
  readonly refusals: Json;
  readonly differences: Json;
  readonly dueAt: string | null;
  readonly leaseExpiresAt: string | null;
  readonly moveCount: number;
  readonly chainHash: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly verifiedAt: string | null;
}

export interface PostingStepRow {
  readonly postingId: string;
  readonly position: number;
  readonly stepKey: string;
  readonly step: PlannedStep;
  readonly state: string;
  readonly attempts: number;
  readonly attemptsBeforeRetry: number;
  readonly lookUps: number;
  readonly sentAt: string | null;
  /** Milliseconds of the database's clock since 1970. */
  readonly resendAfterMs: number | null;
  readonly externalId: string | null;
  readonly problem: string | null;
  readonly booked: BookedRecord | null;
}

export interface PostingMoveRow {
  readonly postingId: string;
  readonly sequence: number;
  readonly stepKey: string | null;
  readonly fromState: string | null;
  readonly toState: string;
  readonly because: string;
  readonly byWhom: string;
  readonly evidence: Json;
  /** `2026-11-22T14:00:00.000001Z`, as it went into the hash. */
  readonly at: string;
  readonly hash: string;
}

/** What a posting takes from a document. */
export interface PostingShareRow {
  readonly document: 'invoice' | 'creditMemo' | 'payment';
  readonly role: 'settles' | 'gives' | 'writesOff';
  readonly externalId: string;
  readonly lineExternalId: string | null;
  readonly amountMinor: bigint;
}

/** An instant as the evidence chain hashes it. */
export const INSTANT_TEXT = (expression: string): string => `to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

export const POSTING_COLUMNS = `posting.id, posting.connection_id AS "connectionId", posting.kind, posting.reverses_posting_id AS "reversesPostingId",
  posting.reversal_reason AS "reversalReason", posting.bank_transaction_id AS "bankTransactionId", posting.customer_id AS "customerId", posting.by_file AS "byFile", posting.posting_batch_id AS "batchId",
  posting.idempotency_key AS "idempotencyKey", posting.intent, posting.currency, posting.amount_minor AS "amountMinor", posting.state,
  posting.state_because AS "stateBecause", posting.refusals, posting.differences, ${INSTANT_TEXT('posting.due_at')} AS "dueAt",
  ${INSTANT_TEXT('posting.lease_expires_at')} AS "leaseExpiresAt", posting.move_count AS "moveCount", posting.chain_hash AS "chainHash",
  posting.created_by AS "createdBy", ${INSTANT_TEXT('posting.created_at')} AS "createdAt", ${INSTANT_TEXT('posting.updated_at')} AS "updatedAt",
  ${INSTANT_TEXT('posting.verified_at')} AS "verifiedAt"`;

export const STEP_COLUMNS = `posting_id AS "postingId", position, step_key AS "stepKey", step, state, attempts, attempts_before_retry AS "attemptsBeforeRetry", look_ups AS "lookUps", ${INSTANT_TEXT('sent_at')} AS "sentAt",
  (extract(epoch FROM resend_after) * 1000)::double precision AS "resendAfterMs", external_id AS "externalId", problem, booked`;

export const MOVE_COLUMNS = `posting_id AS "postingId", sequence, step_key AS "stepKey", from_state AS "fromState", to_state AS "toState", because, by_whom AS "byWhom",
  evidence, ${INSTANT_TEXT('at')} AS at, hash`;
