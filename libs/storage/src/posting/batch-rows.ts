import type { Json } from '#canonical';
import type { ListDefinition } from '../lists/list.js';
import { INSTANT_TEXT } from './posting-rows.js';

/** A batch as stored, without its bytes. `state` is a text here: what it means is the posting room's business. Instants are ISO texts, UTC. */
export interface PostingBatchRow {
  readonly id: string;
  readonly connectionId: string;
  readonly sequence: number;
  readonly key: string;
  readonly name: string;
  readonly sha256: string;
  readonly byteCount: number;
  readonly postings: number;
  readonly currency: string;
  readonly totalMinor: string;
  readonly closedAt: string;
  readonly closedOn: string;
  readonly state: string;
  readonly stateBecause: string | null;
  readonly dueAt: string | null;
  readonly attempts: number;
  readonly attemptsBeforeRetry: number;
  readonly lookUps: number;
  readonly polls: number;
  /** Milliseconds of the database's clock since 1970, as is `confirmByMs`. */
  readonly resendAfterMs: number | null;
  readonly deliveredAt: string | null;
  readonly confirmBy: string | null;
  readonly confirmByMs: number | null;
  readonly moveCount: number;
  readonly chainHash: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface PostingBatchMoveRow {
  readonly batchId: string;
  readonly sequence: number;
  readonly fromState: string | null;
  readonly toState: string;
  readonly because: string;
  readonly byWhom: string;
  readonly evidence: Json;
  readonly at: string;
  readonly hash: string;
}

const EPOCH_MS = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::double precision`;

export const BATCH_COLUMNS = `batch.id, batch.connection_id AS "connectionId", batch.sequence, batch.key, batch.name, batch.sha256, batch.byte_count AS "byteCount", batch.postings,
  batch.currency, batch.total_minor AS "totalMinor", ${INSTANT_TEXT('batch.closed_at')} AS "closedAt", batch.closed_on AS "closedOn", batch.state, batch.state_because AS "stateBecause",
  ${INSTANT_TEXT('batch.due_at')} AS "dueAt", batch.attempts, batch.attempts_before_retry AS "attemptsBeforeRetry", batch.look_ups AS "lookUps", batch.polls,
  ${EPOCH_MS('batch.resend_after')} AS "resendAfterMs", ${INSTANT_TEXT('batch.delivered_at')} AS "deliveredAt", ${INSTANT_TEXT('batch.confirm_by')} AS "confirmBy",
  ${EPOCH_MS('batch.confirm_by')} AS "confirmByMs", batch.move_count AS "moveCount", batch.chain_hash AS "chainHash", batch.created_by AS "createdBy",
  ${INSTANT_TEXT('batch.created_at')} AS "createdAt", ${INSTANT_TEXT('batch.updated_at')} AS "updatedAt"`;

export const BATCH_MOVE_COLUMNS = `posting_batch_id AS "batchId", sequence, from_state AS "fromState", to_state AS "toState", because, by_whom AS "byWhom", evidence, ${INSTANT_TEXT('at')} AS at, hash`;

/** Newest first unless asked otherwise. */
export const POSTING_BATCHES: ListDefinition = {
  select: BATCH_COLUMNS,
  from: 'posting_batch AS batch',
  id: 'batch.id',
  sorts: { id: { sql: 'batch.id', type: 'bigint' }, updatedAt: { sql: 'batch.updated_at', type: 'timestamptz' } },
  defaultSort: '-id',
  filters: {
    state: { sql: `batch.state = ANY (string_to_array($, ','))`, kind: 'text', says: 'States, separated by commas' },
    connectionId: { sql: 'batch.connection_id = $::bigint', kind: 'id', says: 'Into this connection' },
    name: { sql: 'batch.name = $', kind: 'text', says: 'With this file name' },
    postingId: { sql: 'EXISTS (SELECT FROM posting_batch_member member WHERE member.posting_batch_id = batch.id AND member.posting_id = $::bigint)', kind: 'id', says: 'That hold this posting' },
  },
};
