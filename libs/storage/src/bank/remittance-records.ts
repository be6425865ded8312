import type { CurrencyCode, Finding, LocalDate, Money } from '#canonical';
import type { Row, Transaction } from '../database.js';
import { storableJson, storableText, storableTextOrNull } from './storable-text.js';

export const REMITTANCE_SOURCES = ['Call', 'Email', 'Lockbox', 'EDI', 'Manual Upload', 'Portal', 'API'] as const;
export type RemittanceSource = (typeof REMITTANCE_SOURCES)[number];

/** What a payer says one document was paid with. */
export interface RemittanceLine {
  readonly reference: string;
  readonly paid: Money;
  readonly gross: Money | null;
  readonly discount: Money | null;
  readonly deduction: Money | null;
  readonly deductionCode: string | null;
}

export interface NewRemittance {
  readonly source: RemittanceSource;
  readonly payerName: string | null;
  readonly payerId: string | null;
  readonly reference: string | null;
  readonly total: Money | null;
  readonly currency: CurrencyCode;
  readonly paidOn: LocalDate | null;
  readonly body: string | null;
  readonly bankTransactionId: string | null;
  readonly lines: readonly RemittanceLine[];
  readonly status: 'processing' | 'invalid' | 'processed';
  readonly findings: readonly Finding[];
  readonly createdBy: string;
}

/** A remittance as lists show it. */
export interface RemittanceSummary extends Omit<NewRemittance, 'lines'> {
  readonly id: string;
  readonly lineCount: number;
  /** Sum of the lines' paid amounts. */
  readonly lineTotal: Money;
  readonly version: number;
  readonly receivedAt: Date;
}

export interface RemittanceRecord extends RemittanceSummary {
  readonly lines: readonly RemittanceLine[];
}

interface RemittanceRow extends Row {
  id: string; source: RemittanceSource; payer_name: string | null; payer_id: string | null; reference: string | null; total_minor: string | null; currency: CurrencyCode;
  paid_on: LocalDate | null; body: string | null; bank_transaction_id: string | null; status: NewRemittance['status']; findings: Finding[]; created_by: string;
  version: number; received_at: Date; line_count: string; line_total_minor: string;
}

interface RemittanceLineRow extends Row {
  reference: string; paid_minor: string; gross_minor: string | null; discount_minor: string | null; deduction_minor: string | null; deduction_code: string | null;
}

export const REMITTANCE_SELECT = 'remittance.*, lines.line_count, lines.line_total_minor';
export const REMITTANCE_FROM = `remittance CROSS JOIN LATERAL (
  SELECT count(*) AS line_count, coalesce(sum(line.paid_minor), 0) AS line_total_minor FROM remittance_line line WHERE line.remittance_id = remittance.id) lines`;

export function asRemittanceSummary(given: Row): RemittanceSummary {
  const row = given as RemittanceRow;
  return {
    id: row.id, source: row.source, payerName: row.payer_name, payerId: row.payer_id, reference: row.reference, total: moneyOrNull(row.total_minor, row.currency),
    currency: row.currency, paidOn: row.paid_on, body: row.body, bankTransactionId: row.bank_transaction_id, status: row.status, findings: row.findings,
    createdBy: row.created_by, version: row.version, receivedAt: row.received_at, lineCount: Number(row.line_count),
    lineTotal: { minor: BigInt(row.line_total_minor), currency: row.currency },
  };
}

export async function readRemittance(transaction: Transaction, id: string): Promise<RemittanceRecord | null> {
  const row = await transaction.one(`SELECT ${REMITTANCE_SELECT} FROM ${REMITTANCE_FROM} WHERE remittance.id = $1`, [id]);
  if (row === null) return null;
  const summary = asRemittanceSummary(row);
  const lines = await transaction.query<RemittanceLineRow>('SELECT * FROM remittance_line WHERE remittance_id = $1 ORDER BY position', [id]);
  return { ...summary, lines: lines.map((line) => asLine(line, summary.currency)) };
}

/** The new remittance's id. */
export async function insertRemittance(transaction: Transaction, given: NewRemittance): Promise<string> {
  const row = await transaction.one<{ id: string }>(`
    INSERT INTO remittance (source, payer_name, payer_id, reference, total_minor, currency, paid_on, body, bank_transaction_id, status, findings, created_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
  [
    given.source, storableTextOrNull(given.payerName), storableTextOrNull(given.payerId), storableTextOrNull(given.reference), given.total?.minor ?? null, given.currency,
    given.paidOn, storableTextOrNull(given.body), given.bankTransactionId, given.status, storableJson(given.findings), given.createdBy,
  ]);
  if (row === null) throw new Error('the remittance was not stored');
  await insertLines(transaction, row.id, given.lines);
  return row.id;
}

async function insertLines(transaction: Transaction, remittanceId: string, lines: readonly RemittanceLine[]): Promise<void> {
  const minor = (money: Money | null): string | null => money?.minor.toString() ?? null;
  await transaction.execute(`
    INSERT INTO remittance_line (remittance_id, position, reference, paid_minor, gross_minor, discount_minor, deduction_minor, deduction_code)
    SELECT $1, position, reference, paid, gross, discount, deduction, code
    FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[]) WITH ORDINALITY AS given (reference, paid, gross, discount, deduction, code, position)`,
  [
    remittanceId, lines.map((line) => storableText(line.reference)), lines.map((line) => minor(line.paid)), lines.map((line) => minor(line.gross)),
    lines.map((line) => minor(line.discount)), lines.map((line) => minor(line.deduction)), lines.map((line) => storableTextOrNull(line.deductionCode)),
  ]);
}

/** False when there is no such remittance or it was changed since `version`. Null unlinks. */
export async function linkRemittance(transaction: Transaction, id: string, version: number, bankTransactionId: string | null): Promise<boolean> {
  const changed = await transaction.execute('UPDATE remittance SET bank_transaction_id = $3, version = version + 1 WHERE id = $1 AND version = $2', [id, version, bankTransactionId]);
  return changed === 1;
}

function asLine(row: RemittanceLineRow, currency: CurrencyCode): RemittanceLine {
  return {
    reference: row.reference, paid: { minor: BigInt(row.paid_minor), currency }, gross: moneyOrNull(row.gross_minor, currency), discount: moneyOrNull(row.discount_minor, currency),
    deduction: moneyOrNull(row.deduction_minor, currency), deductionCode: row.deduction_code,
  };
}

function moneyOrNull(minor: string | null, currency: CurrencyCode): Money | null {
  return minor === null ? null : { minor: BigInt(minor), currency };
}
