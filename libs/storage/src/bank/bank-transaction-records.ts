import type { BankTransactionStatus, CurrencyCode, LocalDate, Money, Payer, StatementTransaction, Where } from '#canonical';
import type { Row, Transaction } from '../database.js';
import { storableText } from './storable-text.js';

/** A bank line as stored. */
export interface BankTransactionRecord {
  readonly id: string;
  readonly bankAccountId: string;
  /** The file and statement that brought it first; null for a line of a feed. */
  readonly receivedDocumentId: string | null;
  readonly bankStatementId: string | null;
  /** The feed's account; null for a line of a file. */
  readonly bankFeedAccountId: string | null;
  readonly bookedOn: LocalDate;
  readonly valueOn: LocalDate | null;
  /** Positive = money in. */
  readonly amount: Money;
  readonly code: string | null;
  readonly kind: StatementTransaction['kind'];
  readonly reversal: boolean;
  readonly pending: boolean;
  readonly bankReference: string | null;
  readonly customerReference: string | null;
  readonly endToEndId: string | null;
  readonly checkNumber: string | null;
  readonly payer: Payer;
  readonly memo: string;
  /** References with a check of their own: ISO 11649, QR, KID. */
  readonly structuredReferences: readonly string[];
  /** Where it stands in its file. */
  readonly where: Where;
  readonly status: BankTransactionStatus;
  readonly statusBecause: string | null;
  /** Who decided the status by hand; null while rules and the matcher do. */
  readonly decidedBy: string | null;
  /** The bank took the line back: by a statement, or in its feed. */
  readonly withdrawn: boolean;
  /** The matcher's current proposal. */
  readonly proposalId: string | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface BankTransactionRow extends Row {
  id: string; bank_account_id: string; received_document_id: string | null; bank_statement_id: string | null; bank_feed_account_id: string | null; booked_on: LocalDate; value_on: LocalDate | null; amount_minor: string; currency: CurrencyCode;
  code: string | null; kind: StatementTransaction['kind']; reversal: boolean; pending: boolean; bank_reference: string | null; customer_reference: string | null;
  end_to_end_id: string | null; check_number: string | null; payer_name: string | null; payer_account: string | null; payer_id: string | null; memo: string; structured_references: string[]; place: Where;
  status: BankTransactionStatus; status_because: string | null; decided_by: string | null; withdrawn: boolean; proposal_id: string | null;
  version: number; created_at: Date; updated_at: Date;
}

export const BANK_TRANSACTION_SELECT = 'bank_transaction.*, bank_statement.received_document_id, match_proposal.id AS proposal_id';
export const BANK_TRANSACTION_FROM = `bank_transaction LEFT JOIN bank_statement ON bank_statement.id = bank_transaction.bank_statement_id
  LEFT JOIN match_proposal ON match_proposal.bank_transaction_id = bank_transaction.id AND match_proposal.status = 'current'`;

export function asBankTransaction(given: Row): BankTransactionRecord {
  const row = given as BankTransactionRow;
  return {
    id: row.id, bankAccountId: row.bank_account_id, receivedDocumentId: row.received_document_id, bankStatementId: row.bank_statement_id, bankFeedAccountId: row.bank_feed_account_id, bookedOn: row.booked_on, valueOn: row.value_on,
    amount: { minor: BigInt(row.amount_minor), currency: row.currency }, code: row.code, kind: row.kind, reversal: row.reversal, pending: row.pending,
    bankReference: row.bank_reference, customerReference: row.customer_reference, endToEndId: row.end_to_end_id, checkNumber: row.check_number,
    payer: { name: row.payer_name, account: row.payer_account, id: row.payer_id }, memo: row.memo, structuredReferences: row.structured_references, where: row.place, status: row.status,
    statusBecause: row.status_because, decidedBy: row.decided_by, withdrawn: row.withdrawn, proposalId: row.proposal_id,
    version: row.version, createdAt: row.created_at, updatedAt: row.updated_at,
  };
}

export async function readBankTransaction(transaction: Transaction, id: string): Promise<BankTransactionRecord | null> {
  const row = await transaction.one(`SELECT ${BANK_TRANSACTION_SELECT} FROM ${BANK_TRANSACTION_FROM} WHERE bank_transaction.id = $1`, [id]);
  return row === null ? null : asBankTransaction(row);
}

/** The same, its row locked until the transaction ends. */
export async function lockBankTransaction(transaction: Transaction, id: string): Promise<BankTransactionRecord | null> {
  await transaction.query('SELECT 1 FROM bank_transaction WHERE id = $1 FOR UPDATE', [id]);
  return readBankTransaction(transaction, id);
}

export interface BankTransactionDecision {
  readonly status: 'potentialPayment' | 'notPayment';
  readonly because: string | null;
  /** Null: a rule decided. */
  readonly decidedBy: string | null;
}

/** Writes a decision on these lines. What the matcher proposed for them is superseded. */
export async function decideBankTransactions(transaction: Transaction, ids: readonly string[], decision: BankTransactionDecision): Promise<void> {
  if (ids.length === 0) return;
  await transaction.execute(`
    UPDATE bank_transaction SET status = $2, status_because = $3, decided_by = $4, version = version + 1, updated_at = now() WHERE id = ANY ($1)`,
  [[...ids], decision.status, decision.because === null ? null : storableText(decision.because), decision.decidedBy]);
  await transaction.execute(`UPDATE match_proposal SET status = 'superseded' WHERE status = 'current' AND bank_transaction_id = ANY ($1)`, [[...ids]]);
}

/** What a rule looks at, of one line. */
export interface UndecidedLine {
  readonly id: string;
  readonly memo: string;
  readonly payerName: string | null;
  readonly payerId: string | null;
  readonly code: string | null;
}

/** The next lines nobody has decided on, by id, locked; lines somebody else is working on are waited for. */
export async function lockUndecidedLines(transaction: Transaction, afterId: string, limit: number): Promise<readonly UndecidedLine[]> {
  return transaction.query<Row & { id: string; memo: string; payerName: string | null; payerId: string | null; code: string | null }>(`
    SELECT id, memo, payer_name AS "payerName", payer_id AS "payerId", code FROM bank_transaction
    WHERE status IN ('potentialPayment', 'needsAllocation') AND decided_by IS NULL AND id > $1 ORDER BY id LIMIT $2 FOR UPDATE`, [afterId, limit]);
}

/** Ids of lines by `account identity`. */
export async function bankTransactionIds(transaction: Transaction, lines: readonly { readonly bankAccountId: string; readonly identity: string }[]): Promise<ReadonlyMap<string, string>> {
  if (lines.length === 0) return new Map();
  const rows = await transaction.query<Row & { id: string; key: string }>(`
    SELECT line.id, line.bank_account_id || ' ' || line.identity AS key FROM unnest($1::bigint[], $2::text[]) AS given (account, identity)
    JOIN bank_transaction line ON line.bank_account_id = given.account AND line.identity = given.identity`,
  [lines.map(({ bankAccountId }) => bankAccountId), lines.map(({ identity }) => identity)]);
  return new Map(rows.map(({ key, id }) => [key, id]));
}
