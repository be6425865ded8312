import type { Json, PlannedStep } from '#canonical';
import type { Row, Transaction } from '../database.js';
import type { ListDefinition } from '../lists/list.js';
import { INSTANT_TEXT, MOVE_COLUMNS, POSTING_COLUMNS, type PostingMoveRow, type PostingRow, type PostingShareRow } from './posting-rows.js';

export interface NewPosting {
  readonly connectionId: string;
  readonly kind: 'payment' | 'reversal';
  readonly reversesPostingId: string | null;
  readonly reversalReason: string | null;
  readonly bankTransactionId: string | null;
  readonly customerId: string | null;
  readonly byFile: boolean;
  readonly idempotencyKey: string;
  readonly intent: Json;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly state: string;
  readonly stateBecause: string;
  readonly chainHash: string;
  readonly createdBy: string;
  readonly steps: readonly PlannedStep[];
  readonly shares: readonly PostingShareRow[];
}

/** Stores a posting with its steps and shares, due at once. Null when it reverses a posting that another one reverses already. */
export async function insertPosting(transaction: Transaction, posting: NewPosting): Promise<string | null> {
  const row = await transaction.one<{ id: string }>(`
    INSERT INTO posting (connection_id, kind, reverses_posting_id, reversal_reason, bank_transaction_id, customer_id, idempotency_key, intent, currency, amount_minor,
      state, state_because, due_at, chain_hash, created_by, by_file)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, clock_timestamp(), $13, $14, $15)
    ON CONFLICT (reverses_posting_id) WHERE reverses_posting_id IS NOT NULL AND state <> 'cancelled' DO NOTHING
    RETURNING id`,
  [posting.connectionId, posting.kind, posting.reversesPostingId, posting.reversalReason, posting.bankTransactionId, posting.customerId, posting.idempotencyKey,
    JSON.stringify(posting.intent), posting.currency, posting.amountMinor, posting.state, posting.stateBecause, posting.chainHash, posting.createdBy, posting.byFile]);
  if (row === null) return null;
  await transaction.execute(`
    INSERT INTO posting_step (posting_id, position, step_key, step, state)
    SELECT $1, ordinality - 1, value ->> 'stepKey', value, 'planned' FROM json_array_elements($2::json) WITH ORDINALITY`, [row.id, JSON.stringify(posting.steps)]);
  await transaction.execute(`
    INSERT INTO posting_share (posting_id, position, connection_id, document, role, external_id, line_external_id, currency, amount_minor)
    SELECT $1, ordinality - 1, $2, value ->> 'document', value ->> 'role', value ->> 'externalId', value ->> 'lineExternalId', $3, (value ->> 'amountMinor')::bigint
    FROM json_array_elements($4::json) WITH ORDINALITY`,
  [row.id, posting.connectionId, posting.currency, JSON.stringify(posting.shares.map((share) => ({ ...share, amountMinor: share.amountMinor.toString() })))]);
  return row.id;
}

/** Of a posting just inserted, whose first move is what its id went into. */
export async function writeChainHead(transaction: Transaction, postingId: string, moveCount: number, chainHash: string): Promise<void> {
  await transaction.execute('UPDATE posting SET move_count = $2, chain_hash = $3 WHERE id = $1', [postingId, moveCount, chainHash]);
}

/** The database's clock, as the evidence chain writes it. */
export async function databaseInstant(transaction: Transaction): Promise<string> {
  const row = await transaction.one<{ at: string }>(`SELECT ${INSTANT_TEXT('clock_timestamp()')} AS at`);
  if (row === null) throw new Error('the database gave no time');
  return row.at;
}

export async function readPosting(transaction: Transaction, postingId: string): Promise<PostingRow | null> {
  return transaction.one<PostingRow & Row>(`SELECT ${POSTING_COLUMNS} FROM posting WHERE id = $1`, [postingId]);
}

/** Locks a posting that no lane holds at the moment, for a person's decision. `held` when one does: ask again in a few seconds. */
export async function lockIdlePosting(transaction: Transaction, postingId: string): Promise<PostingRow | 'held' | null> {
  const row = await transaction.one<PostingRow & Row & { held: boolean }>(`
    SELECT ${POSTING_COLUMNS}, coalesce(posting.lease_expires_at > clock_timestamp(), false) AS held FROM posting WHERE id = $1 FOR UPDATE`, [postingId]);
  return row === null ? null : row.held ? 'held' : row;
}

/** Locks a posting whoever holds it; for the reversal that marks its original, which no lane touches any more. */
export async function lockPosting(transaction: Transaction, postingId: string): Promise<PostingRow | null> {
  return transaction.one<PostingRow & Row>(`SELECT ${POSTING_COLUMNS} FROM posting WHERE id = $1 FOR UPDATE`, [postingId]);
}

export async function readReversalOf(transaction: Transaction, postingId: string): Promise<PostingRow | null> {
  return transaction.one<PostingRow & Row>(`SELECT ${POSTING_COLUMNS} FROM posting WHERE reverses_posting_id = $1 AND state <> 'cancelled'`, [postingId]);
}

export async function readMoves(transaction: Transaction, postingId: string): Promise<PostingMoveRow[]> {
  return transaction.query<PostingMoveRow & Row>(`SELECT ${MOVE_COLUMNS} FROM posting_move WHERE posting_id = $1 ORDER BY sequence`, [postingId]);
}

/** A document as the hub last read it, less what other postings have promised of it and the ERP does not show yet. */
export interface OpenDocument {
  readonly document: 'invoice' | 'creditMemo' | 'payment';
  readonly externalId: string;
  readonly number: string;
  readonly currency: string;
  readonly openMinor: bigint;
  readonly reservedMinor: bigint;
}

/**
 * Locks documents against other finalizes of this connection until the transaction ends, then reads them. The locks are advisory:
 * a sync that rewrites the rows meanwhile neither waits nor can be deadlocked.
 */
export async function lockOpenDocuments(transaction: Transaction, connectionId: string, externalIds: readonly string[]): Promise<OpenDocument[]> {
  await transaction.query(`
    SELECT pg_advisory_xact_lock(key) FROM (
      SELECT DISTINCT hashtextextended('posting:' || $1 || ':' || id, 0) AS key FROM unnest($2::text[]) AS id ORDER BY 1 OFFSET 0) AS keys`, [connectionId, externalIds]);
  // A second statement: its snapshot begins after the locks were granted and sees what the finalize before us committed.
  const rows = await transaction.query<{ document: OpenDocument['document']; externalId: string; number: string; currency: string; openMinor: string; reservedMinor: string }>(`
    WITH document AS (
      SELECT 'invoice' AS document, external_id, number, currency, open_minor FROM invoice WHERE connection_id = $1 AND external_id = ANY ($2) AND deleted_at IS NULL
      UNION ALL
      SELECT 'creditMemo', external_id, number, currency, open_minor FROM credit_memo WHERE connection_id = $1 AND external_id = ANY ($2) AND deleted_at IS NULL
      UNION ALL
      SELECT 'payment', external_id, number, currency, unapplied_minor FROM payment WHERE connection_id = $1 AND external_id = ANY ($2) AND deleted_at IS NULL)
    SELECT document.document, document.external_id AS "externalId", number, document.currency, open_minor AS "openMinor",
      (SELECT coalesce(sum(share.amount_minor), 0)::text FROM posting_share share WHERE share.connection_id = $1 AND share.document = document.document
        AND share.external_id = document.external_id AND share.released_at IS NULL) AS "reservedMinor"
    FROM document`, [connectionId, externalIds]);
  return rows.map((row) => ({ ...row, openMinor: BigInt(row.openMinor), reservedMinor: BigInt(row.reservedMinor) }));
}

/** The open amount is free again: the posting was given up or undone. */
export async function releaseShares(transaction: Transaction, postingIds: readonly string[]): Promise<void> {
  await transaction.execute('UPDATE posting_share SET released_at = clock_timestamp() WHERE posting_id = ANY ($1) AND released_at IS NULL', [postingIds]);
}

export interface BankTransactionRow {
  readonly id: string;
  readonly status: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  /** Announced by the bank, not booked yet. */
  readonly pending: boolean;
  /** The bank took it back. */
  readonly withdrawn: boolean;
}

export async function lockBankTransactions(transaction: Transaction, ids: readonly string[]): Promise<BankTransactionRow[]> {
  const rows = await transaction.query<{ id: string; status: string; currency: string; amountMinor: string; pending: boolean; withdrawn: boolean }>(`
    SELECT id, status, currency, amount_minor AS "amountMinor", pending, withdrawn FROM bank_transaction WHERE id = ANY ($1) ORDER BY id FOR UPDATE`, [ids]);
  return rows.map((row) => ({ ...row, amountMinor: BigInt(row.amountMinor) }));
}

export interface PostingOfTransaction {
  readonly bankTransactionId: string;
  readonly kind: 'payment' | 'reversal';
  readonly state: string;
  readonly amountMinor: bigint;
}

export async function readPostingsOfTransactions(transaction: Transaction, ids: readonly string[]): Promise<PostingOfTransaction[]> {
  const rows = await transaction.query<{ bankTransactionId: string; kind: 'payment' | 'reversal'; state: string; amountMinor: string }>(`
    SELECT bank_transaction_id AS "bankTransactionId", kind, state, amount_minor AS "amountMinor" FROM posting WHERE bank_transaction_id = ANY ($1)`, [ids]);
  return rows.map((row) => ({ ...row, amountMinor: BigInt(row.amountMinor) }));
}

/** A line the bank took back is never posted in silence, and never waits for an allocation again. */
export async function writeBankStatuses(transaction: Transaction, statuses: readonly { readonly id: string; readonly status: string; readonly because: string }[]): Promise<void> {
  await transaction.execute(`
    UPDATE bank_transaction b SET status = w.status, status_because = w.because, version = b.version + 1, updated_at = clock_timestamp()
    FROM (
      SELECT line.id, CASE WHEN NOT line.withdrawn THEN given.status WHEN given.status = 'posted' THEN 'attention' WHEN given.status = 'needsAllocation' THEN 'notPayment' ELSE given.status END AS status,
        CASE WHEN line.withdrawn AND given.status = 'posted' THEN 'the bank took this line back: a reversal is needed; ' || given.because
          WHEN line.withdrawn AND given.status = 'needsAllocation' THEN 'the bank took this line back; ' || given.because ELSE given.because END AS because
      FROM unnest($1::bigint[], $2::text[], $3::text[]) AS given (id, status, because) JOIN bank_transaction line ON line.id = given.id
    ) w WHERE b.id = w.id AND b.status <> w.status`,
  [statuses.map(({ id }) => id), statuses.map(({ status }) => status), statuses.map(({ because }) => because)]);
}

export interface NewEvent {
  readonly type: string;
  readonly subject: string;
  readonly subjectId: string;
  readonly detail: Json;
}

export async function appendEvents(transaction: Transaction, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await transaction.execute(`
    INSERT INTO event (type, subject, subject_id, detail)
    SELECT type, subject, "subjectId", detail FROM json_to_recordset($1::json) AS e (type text, subject text, "subjectId" bigint, detail jsonb)`, [JSON.stringify(events)]);
}

export const POSTINGS: ListDefinition = {
  select: `${POSTING_COLUMNS}, customer.name AS "customerName"`,
  from: 'posting LEFT JOIN customer ON customer.id = posting.customer_id',
  id: 'posting.id',
  sorts: {
    id: { sql: 'posting.id', type: 'bigint' },
    updatedAt: { sql: 'posting.updated_at', type: 'timestamptz' },
    amount: { sql: 'posting.amount_minor', type: 'bigint' },
  },
  defaultSort: '-id',
  filters: {
    state: { sql: `posting.state = ANY (string_to_array($, ','))`, kind: 'text', says: 'States, separated by commas' },
    connectionId: { sql: 'posting.connection_id = $::bigint', kind: 'id', says: 'Into this connection' },
    customerId: { sql: 'posting.customer_id = $::bigint', kind: 'id', says: 'Of this customer' },
    bankTransactionId: { sql: 'posting.bank_transaction_id = $::bigint', kind: 'id', says: 'From this bank transaction' },
    batchId: { sql: 'posting.posting_batch_id = $::bigint', kind: 'id', says: 'In this file' },
    kind: { sql: 'posting.kind = $', kind: 'text', says: '`payment` or `reversal`' },
    idempotencyKey: { sql: 'posting.idempotency_key = $', kind: 'text', says: 'With this key, as it stands in the target' },
  },
};
