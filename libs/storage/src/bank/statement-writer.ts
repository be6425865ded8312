import type { BankStatement, LocalDate, StatementTransaction, Where } from '#canonical';
import type { Transaction } from '../database.js';
import { copyLine, copyLines } from '../sync/copy-text.js';
import { amountJson, storableJson, storableText, storableTextOrNull } from './storable-text.js';

/** Lines handed to one COPY; bounds the text held in memory at a time. */
const COPY_LINES = 20_000;
/** A file of two million lines takes longer than a request's statement may. */
export const IMPORT_STATEMENT_TIMEOUT_MS = 600_000;

/** A statement as kept with its file. */
export interface NewStatement {
  readonly bankAccountId: string;
  /** Which statement of the file, from 1. */
  readonly position: number;
  readonly statement: BankStatement;
}

/** A bank line with its key and its first status. */
export interface NewTransaction {
  readonly bankAccountId: string;
  readonly statementId: string;
  readonly identity: string;
  readonly transaction: StatementTransaction;
  readonly status: 'potentialPayment' | 'notPayment';
  readonly because: string | null;
}

export interface MergedTransactions {
  readonly created: number;
  readonly changed: number;
}

export async function allowLongImport(transaction: Transaction): Promise<void> {
  await transaction.query(`SET LOCAL statement_timeout = ${IMPORT_STATEMENT_TIMEOUT_MS}`);
}

/** Ids by position. */
export async function insertStatements(transaction: Transaction, fileId: string, statements: readonly NewStatement[]): Promise<ReadonlyMap<number, string>> {
  const rows = await transaction.query<{ id: string; position: number }>(`
    INSERT INTO bank_statement (received_document_id, bank_account_id, position, as_of, sequence, status, balances)
    SELECT $1, account, position, as_of, sequence, status, balances::jsonb
    FROM unnest($2::bigint[], $3::int[], $4::date[], $5::text[], $6::text[], $7::text[]) AS given (account, position, as_of, sequence, status, balances)
    ON CONFLICT (received_document_id, position) DO UPDATE SET bank_account_id = excluded.bank_account_id, as_of = excluded.as_of, sequence = excluded.sequence,
      status = excluded.status, balances = excluded.balances
    RETURNING id, position`,
  [
    fileId, statements.map((each) => each.bankAccountId), statements.map((each) => each.position), statements.map(({ statement }) => statement.asOf),
    statements.map(({ statement }) => storableTextOrNull(statement.sequence)), statements.map(({ statement }) => statement.status),
    statements.map(({ statement }) => storableJson(statement.balances.map(({ amount, ...balance }) => ({ ...balance, ...amountJson(amount) })))),
  ]);
  return new Map(rows.map((row) => [row.position, row.id]));
}

const COLUMNS = `bank_account_id, bank_statement_id, identity, booked_on, value_on, amount_minor, currency, code, kind, reversal, pending, bank_reference, customer_reference,
  end_to_end_id, check_number, payer_name, payer_account, payer_id, memo, structured_references, place, status, status_because`;

/**
 * Brings lines in, set-based: new identities become rows, known ones stay as they are, except that a pending line the bank has now booked is
 * settled and a line it had taken back returns; both then get the first status again unless a person has decided.
 * The staged lines stay readable to {@link withdrawDay} in the same transaction.
 */
export async function mergeTransactions(transaction: Transaction, lines: readonly NewTransaction[]): Promise<MergedTransactions> {
  await stage(transaction, lines);
  const changed = await transaction.query<{ id: string }>(`
    WITH changed AS (
      UPDATE bank_transaction known SET pending = staged.pending, value_on = staged.value_on, withdrawn_by_statement_id = NULL,
        status = CASE WHEN known.status = 'notPayment' AND known.decided_by IS NULL THEN staged.status ELSE known.status END,
        status_because = CASE WHEN known.status = 'notPayment' AND known.decided_by IS NULL THEN staged.status_because ELSE known.status_because END,
        version = known.version + 1, updated_at = now()
      FROM staged_bank_transaction staged
      WHERE known.bank_account_id = staged.bank_account_id AND known.identity = staged.identity
        AND ((known.pending AND NOT staged.pending) OR known.withdrawn_by_statement_id IS NOT NULL)
      RETURNING known.id
    ), told AS (INSERT INTO event (type, subject, subject_id) SELECT 'bankTransaction.changed', 'bankTransaction', id FROM changed)
    SELECT id FROM changed`);
  const [row] = await transaction.query<{ created: string }>(`
    WITH created AS (
      INSERT INTO bank_transaction (${COLUMNS}) SELECT ${COLUMNS} FROM staged_bank_transaction ORDER BY ordinal
      ON CONFLICT (bank_account_id, identity) DO NOTHING RETURNING id
    ), told AS (INSERT INTO event (type, subject, subject_id) SELECT 'bankTransaction.created', 'bankTransaction', id FROM created)
    SELECT count(*) AS created FROM created`);
  return { created: Number(row?.created ?? 0), changed: changed.length };
}

async function stage(transaction: Transaction, lines: readonly NewTransaction[]): Promise<void> {
  // COPY does not go through row-level security, so lines land in a temporary table of the session and are merged from there.
  await transaction.execute(`CREATE TEMP TABLE IF NOT EXISTS staged_bank_transaction (
    ordinal int, bank_account_id bigint, bank_statement_id bigint, identity text, booked_on date, value_on date, amount_minor bigint, currency char(3), code text, kind text,
    reversal boolean, pending boolean, bank_reference text, customer_reference text, end_to_end_id text, check_number text, payer_name text, payer_account text, payer_id text,
    memo text, structured_references text[], place jsonb, status text, status_because text) ON COMMIT DELETE ROWS`);
  await transaction.execute('DELETE FROM staged_bank_transaction');
  for (let start = 0; start < lines.length; start += COPY_LINES) {
    await copyLines(transaction, 'staged_bank_transaction', lines.slice(start, start + COPY_LINES).map((line, index) => lineOf(line, start + index)));
  }
  if (lines.length > 0) await transaction.execute('ANALYZE staged_bank_transaction');
}

function lineOf({ bankAccountId, statementId, identity, transaction, status, because }: NewTransaction, ordinal: number): string {
  return copyLine([
    String(ordinal), bankAccountId, statementId, identity, transaction.bookedOn, transaction.valueOn, transaction.amount.minor.toString(), transaction.amount.currency,
    storableTextOrNull(transaction.code), transaction.kind, String(transaction.reversal), String(transaction.pending), storableTextOrNull(transaction.bankReference),
    storableTextOrNull(transaction.customerReference), storableTextOrNull(transaction.endToEndId), storableTextOrNull(transaction.checkNumber),
    storableTextOrNull(transaction.payer.name), storableTextOrNull(transaction.payer.account), storableTextOrNull(transaction.payer.id), storableText(transaction.memo),
    textArray(transaction.structuredReferences), placeJson(transaction.where), status, because,
  ]);
}

/** A `text[]` as COPY takes it. */
function textArray(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${storableText(text).replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

/** Written once per line of a file, so without the sorting and walking of {@link storableJson}. */
function placeJson({ line, column, record, page }: Where): string {
  return JSON.stringify({ line, column, record: storableTextOrNull(record), page });
}

/** A line that a statement took back. `undecided` ones are `notPayment` now; of the others only the mark was set. */
export interface WithdrawnLine {
  readonly id: string;
  readonly undecided: boolean;
  readonly status: string;
}

/**
 * Takes back the lines of one account and statement day, except those staged by the {@link mergeTransactions} before (a replacing statement
 * keeps what it repeats). Source of the rule: BAI2 manual of 10/2005, group status 2 and 3, which speak of an account and its as-of date.
 */
export async function withdrawDay(transaction: Transaction, given: { bankAccountId: string; asOf: LocalDate; statementId: string; because: string }): Promise<readonly WithdrawnLine[]> {
  return transaction.query<{ id: string; undecided: boolean; status: string }>(`
    WITH lines AS (
      SELECT line.id, line.status, line.decided_by IS NULL AND line.status IN ('potentialPayment', 'needsAllocation', 'notPayment') AS undecided
      FROM bank_transaction line JOIN bank_statement ON bank_statement.id = line.bank_statement_id
      WHERE line.bank_account_id = $1 AND line.booked_on = $2 AND bank_statement.as_of = $2 AND line.withdrawn_by_statement_id IS NULL
        AND NOT EXISTS (SELECT FROM staged_bank_transaction staged WHERE staged.bank_account_id = line.bank_account_id AND staged.identity = line.identity)
      FOR UPDATE OF line
    ), withdrawn AS (
      UPDATE bank_transaction line SET withdrawn_by_statement_id = $3, version = version + 1, updated_at = now(),
        status = CASE WHEN lines.undecided THEN 'notPayment' ELSE line.status END,
        status_because = CASE WHEN lines.undecided THEN $4 ELSE line.status_because END
      FROM lines WHERE line.id = lines.id RETURNING line.id, lines.undecided, lines.status
    ), superseded AS (
      UPDATE match_proposal SET status = 'superseded' WHERE status = 'current' AND bank_transaction_id IN (SELECT id FROM withdrawn WHERE undecided)
    ), told AS (INSERT INTO event (type, subject, subject_id) SELECT 'bankTransaction.withdrawn', 'bankTransaction', id FROM withdrawn)
    SELECT id, undecided, status FROM withdrawn ORDER BY id`, [given.bankAccountId, given.asOf, given.statementId, given.because]);
}

/** Empties the staging table, so that {@link withdrawDay} spares nothing. */
export async function stageNothing(transaction: Transaction): Promise<void> {
  await stage(transaction, []);
}
