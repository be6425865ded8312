import type { BankTransactionStatus, CurrencyCode, JsonObject, LocalDate, Money, StatementTransaction } from '#canonical';
import type { Row, Transaction } from '../database.js';
import { storableJson, storableText, storableTextOrNull } from './storable-text.js';

/** Rows handed to one statement; bounds the text it carries. */
const WRITE_ROWS = 5_000;

/** A row of a feed as kept: which line an id stands for, and what it said. */
export interface KnownFeedRow {
  readonly externalId: string;
  readonly feedAccountId: string;
  readonly accountExternalId: string;
  readonly bankTransactionId: string | null;
  readonly state: 'live' | 'replaced' | 'removed';
  readonly replacedBy: string | null;
  readonly pending: boolean;
  readonly contentHash: string;
  readonly likeness: string;
  /** Its account has another id at the source now. */
  readonly accountRenumbered: boolean;
}

/** The kept rows of these ids, those that stand for them now, and the live ones of accounts whose id has changed. */
export async function readKnownFeedRows(transaction: Transaction, connectionId: string, externalIds: readonly string[]): Promise<KnownFeedRow[]> {
  return transaction.query<KnownFeedRow & Row>(`
    WITH asked AS (
      SELECT external_id, replaced_by FROM bank_feed_row WHERE connection_id = $1 AND external_id = ANY ($2)
    ), wanted AS (
      SELECT external_id FROM asked UNION SELECT replaced_by FROM asked WHERE replaced_by IS NOT NULL
      UNION SELECT feed_row.external_id FROM bank_feed_row feed_row JOIN bank_feed_account account ON account.id = feed_row.bank_feed_account_id
        WHERE feed_row.connection_id = $1 AND feed_row.state = 'live' AND account.former_external_ids <> '{}' AND feed_row.account_external_id <> account.external_id
    )
    SELECT feed_row.external_id AS "externalId", feed_row.bank_feed_account_id AS "feedAccountId", feed_row.account_external_id AS "accountExternalId",
      feed_row.bank_transaction_id AS "bankTransactionId", feed_row.state, feed_row.replaced_by AS "replacedBy", feed_row.pending, feed_row.content_hash AS "contentHash",
      feed_row.likeness, feed_row.account_external_id <> account.external_id AS "accountRenumbered"
    FROM bank_feed_row feed_row JOIN wanted USING (external_id) JOIN bank_feed_account account ON account.id = feed_row.bank_feed_account_id
    WHERE feed_row.connection_id = $1 ORDER BY feed_row.id`, [connectionId, [...externalIds]]);
}

/** A row to be kept; a known id is written over. */
export interface FeedRowWrite extends Omit<KnownFeedRow, 'accountRenumbered'> {
  readonly payload: JsonObject;
  readonly problem: string | null;
}

export async function saveFeedRows(transaction: Transaction, connectionId: string, rows: readonly FeedRowWrite[]): Promise<void> {
  for (const part of partsOf(rows)) {
    await transaction.execute(`
      INSERT INTO bank_feed_row (connection_id, external_id, bank_feed_account_id, account_external_id, bank_transaction_id, state, replaced_by, pending, content_hash, likeness, payload, problem)
      SELECT $1, given.* FROM json_to_recordset($2) AS given ("externalId" text, "feedAccountId" bigint, "accountExternalId" text, "bankTransactionId" bigint, state text,
        "replacedBy" text, pending boolean, "contentHash" text, likeness text, payload json, problem text)
      ON CONFLICT (connection_id, external_id) DO UPDATE SET bank_feed_account_id = excluded.bank_feed_account_id, account_external_id = excluded.account_external_id,
        bank_transaction_id = excluded.bank_transaction_id, state = excluded.state, replaced_by = excluded.replaced_by, pending = excluded.pending,
        content_hash = excluded.content_hash, likeness = excluded.likeness, payload = excluded.payload, problem = excluded.problem, changed_at = now()`,
    [connectionId, storableJson(part)]);
  }
}

/** Other ids stand for their lines now. */
export async function markReplaced(transaction: Transaction, connectionId: string, pairs: readonly { readonly externalId: string; readonly replacedBy: string }[]): Promise<void> {
  await transaction.execute(`
    UPDATE bank_feed_row SET state = 'replaced', replaced_by = given.successor, changed_at = now() FROM unnest($2::text[], $3::text[]) AS given (external_id, successor)
    WHERE connection_id = $1 AND bank_feed_row.external_id = given.external_id`, [connectionId, pairs.map(({ externalId }) => externalId), pairs.map(({ replacedBy }) => replacedBy)]);
}

export async function markRemoved(transaction: Transaction, connectionId: string, externalIds: readonly string[]): Promise<void> {
  await transaction.execute(`UPDATE bank_feed_row SET state = 'removed', changed_at = now() WHERE connection_id = $1 AND external_id = ANY ($2)`, [connectionId, [...externalIds]]);
}

/** A line a feed is about to change, locked until the transaction ends. */
export interface LockedFeedLine {
  readonly id: string;
  readonly status: BankTransactionStatus;
  readonly statusBecause: string | null;
  readonly decidedBy: string | null;
  readonly amount: Money;
  readonly withdrawn: boolean;
  /** Its payments that are neither cancelled nor reversed. */
  readonly postingIds: readonly string[];
}

export async function lockFeedLines(transaction: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, LockedFeedLine>> {
  if (ids.length === 0) return new Map();
  const rows = await transaction.query<Omit<LockedFeedLine, 'amount'> & Row & { minor: string; currency: CurrencyCode }>(`
    SELECT line.id, line.status, line.status_because AS "statusBecause", line.decided_by AS "decidedBy", line.amount_minor AS minor, line.currency, line.withdrawn,
      ARRAY (SELECT posting.id::text FROM posting WHERE posting.bank_transaction_id = line.id AND posting.kind = 'payment' AND posting.state NOT IN ('cancelled', 'reversed') ORDER BY posting.id) AS "postingIds"
    FROM bank_transaction line WHERE line.id = ANY ($1) ORDER BY line.id FOR UPDATE OF line`, [[...ids]]);
  return new Map(rows.map(({ minor, currency, ...row }) => [row.id, { ...row, amount: { minor: BigInt(minor), currency } }]));
}

/** What a feed says of a line. */
export interface FeedLineContent {
  readonly feedAccountId: string;
  readonly bookedOn: LocalDate;
  readonly amount: Money;
  readonly code: string | null;
  readonly kind: StatementTransaction['kind'];
  readonly pending: boolean;
  readonly bankReference: string | null;
  readonly checkNumber: string | null;
  readonly payer: StatementTransaction['payer'];
  readonly memo: string;
  readonly status: BankTransactionStatus;
  readonly because: string | null;
}
export interface NewFeedLine extends FeedLineContent {
  readonly bankAccountId: string;
  /** Unique on its account. */
  readonly identity: string;
}
export interface ChangedFeedLine extends FeedLineContent {
  readonly id: string;
}

const CONTENT = `"feedAccountId" bigint, "bookedOn" date, minor bigint, currency char(3), code text, kind text, pending boolean, "bankReference" text, "checkNumber" text,
  "payerName" text, "payerAccount" text, "payerId" text, memo text, status text, because text`;

function contentOf(line: FeedLineContent): Record<string, unknown> {
  return {
    feedAccountId: line.feedAccountId, bookedOn: line.bookedOn, minor: line.amount.minor.toString(), currency: line.amount.currency, code: storableTextOrNull(line.code), kind: line.kind,
    pending: line.pending, bankReference: storableTextOrNull(line.bankReference), checkNumber: storableTextOrNull(line.checkNumber), payerName: storableTextOrNull(line.payer.name),
    payerAccount: storableTextOrNull(line.payer.account), payerId: storableTextOrNull(line.payer.id), memo: storableText(line.memo), status: line.status, because: storableTextOrNull(line.because),
  };
}

/** Ids by identity. */
export async function insertFeedLines(transaction: Transaction, lines: readonly NewFeedLine[]): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const part of partsOf(lines)) {
    const rows = await transaction.query<{ id: string; identity: string }>(`
      WITH made AS (
        INSERT INTO bank_transaction (bank_account_id, identity, bank_feed_account_id, booked_on, amount_minor, currency, code, kind, pending, bank_reference, check_number,
          payer_name, payer_account, payer_id, memo, status, status_because, reversal, place)
        SELECT given.*, false, '{"line":null,"column":null,"record":null,"page":null}' FROM json_to_recordset($1) AS given ("bankAccountId" bigint, identity text, ${CONTENT})
        RETURNING id, identity
      ), told AS (INSERT INTO event (type, subject, subject_id) SELECT 'bankTransaction.created', 'bankTransaction', id FROM made)
      SELECT id, identity FROM made`,
    [JSON.stringify(part.map((line) => ({ bankAccountId: line.bankAccountId, identity: line.identity, ...contentOf(line) })))]);
    for (const { id, identity } of rows) ids.set(identity, id);
  }
  return ids;
}

/** Writes what the source says now; a line that was taken back is back. */
export async function changeFeedLines(transaction: Transaction, lines: readonly ChangedFeedLine[]): Promise<void> {
  for (const part of partsOf(lines)) {
    await transaction.execute(`
      WITH changed AS (
        UPDATE bank_transaction line SET bank_feed_account_id = given."feedAccountId", booked_on = given."bookedOn", amount_minor = given.minor, currency = given.currency, code = given.code,
          kind = given.kind, pending = given.pending, bank_reference = given."bankReference", check_number = given."checkNumber", payer_name = given."payerName",
          payer_account = given."payerAccount", payer_id = given."payerId", memo = given.memo, status = given.status, status_because = given.because,
          withdrawn_by_feed_at = NULL, version = version + 1, updated_at = now()
        FROM json_to_recordset($1) AS given (id bigint, ${CONTENT}) WHERE line.id = given.id RETURNING line.id
      ) INSERT INTO event (type, subject, subject_id) SELECT 'bankTransaction.changed', 'bankTransaction', id FROM changed`,
    [JSON.stringify(part.map((line) => ({ id: line.id, ...contentOf(line) })))]);
  }
}

export interface WithdrawnFeedLine {
  readonly id: string;
  readonly status: BankTransactionStatus;
  readonly because: string | null;
  /** What has to be reversed in the ERP. */
  readonly postingIds: readonly string[];
}

/** The source took these lines back. They stay, marked; the event names the postings that need a reversal. */
export async function withdrawFeedLines(transaction: Transaction, lines: readonly WithdrawnFeedLine[]): Promise<void> {
  for (const part of partsOf(lines)) {
    await transaction.execute(`
      WITH withdrawn AS (
        UPDATE bank_transaction line SET withdrawn_by_feed_at = now(), status = given.status, status_because = given.because, version = version + 1, updated_at = now()
        FROM json_to_recordset($1) AS given (id bigint, status text, because text, detail json) WHERE line.id = given.id RETURNING line.id, given.detail
      ) INSERT INTO event (type, subject, subject_id, detail) SELECT 'bankTransaction.withdrawn', 'bankTransaction', id, detail::jsonb FROM withdrawn`,
    [storableJson(part.map(({ id, status, because, postingIds }) => ({ id, status, because, detail: postingIds.length === 0 ? null : { reversalNeeded: true, postingIds } })))]);
  }
}

/** What the matcher proposed for these lines rests on content that is gone. */
export async function supersedeProposals(transaction: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await transaction.execute(`UPDATE match_proposal SET status = 'superseded' WHERE status = 'current' AND bank_transaction_id = ANY ($1)`, [[...ids]]);
}

function partsOf<T>(rows: readonly T[]): readonly T[][] {
  return Array.from({ length: Math.ceil(rows.length / WRITE_ROWS) }, (_, index) => rows.slice(index * WRITE_ROWS, (index + 1) * WRITE_ROWS));
}
