import { type CurrencyCode, type Finding, type LocalDate, type Money, parseMoney, type RemittanceAdjustment, type RemittanceLine, type Where } from '#canonical';
import type { Row, Transaction } from '../database.js';
import { amountJson, storableJson, storableText, storableTextOrNull } from './storable-text.js';

export const REMITTANCE_SOURCES = ['Call', 'Email', 'Lockbox', 'EDI', 'Manual Upload', 'Portal', 'API'] as const;
export type RemittanceSource = (typeof REMITTANCE_SOURCES)[number];

export interface NewRemittance {
  readonly source: RemittanceSource;
  /** The document it was read from; null for one handed in as data. */
  readonly receivedDocumentId: string | null;
  readonly payerName: string | null;
  readonly payerId: string | null;
  readonly payee: string | null;
  readonly method: string | null;
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
  /** Where it stands in its document. */
  readonly where: Where | null;
}

/** A remittance as lists show it. */
export interface RemittanceSummary extends Omit<NewRemittance, 'lines'> {
  readonly id: string;
  readonly lineCount: number;
  /** Sum of the lines' paid amounts; lines that name an item without an amount count nothing. */
  readonly lineTotal: Money;
  readonly version: number;
  readonly receivedAt: Date;
}

export interface RemittanceRecord extends RemittanceSummary {
  readonly lines: readonly RemittanceLine[];
}

interface RemittanceRow extends Row {
  id: string; source: RemittanceSource; received_document_id: string | null; payer_name: string | null; payer_id: string | null;
  payee: string | null; method: string | null; reference: string | null; place: Where | null; total_minor: string | null; currency: CurrencyCode;
  paid_on: LocalDate | null; body: string | null; bank_transaction_id: string | null; status: NewRemittance['status']; findings: Finding[]; created_by: string;
  version: number; received_at: Date; line_count: string; line_total_minor: string;
}

interface RemittanceLineRow extends Row {
  reference: string; kind: RemittanceLine['kind']; paid_minor: string | null; gross_minor: string | null; discount_minor: string | null; adjustments: StoredAdjustment[]; memo: string | null; place: Where | null;
}

/** An adjustment inside the line's JSON; the amount is decimal text. */
interface StoredAdjustment extends Omit<RemittanceAdjustment, 'amount'> {
  readonly amount: string;
  readonly currency: CurrencyCode;
}

/** Of a line that was handed in as data and stands in no document. */
const NOWHERE: Where = { line: null, column: null, record: null, page: null };

export const REMITTANCE_SELECT = 'remittance.*, lines.line_count, lines.line_total_minor';
export const REMITTANCE_FROM = `remittance CROSS JOIN LATERAL (
  SELECT count(*) AS line_count, coalesce(sum(line.paid_minor), 0) AS line_total_minor FROM remittance_line line WHERE line.remittance_id = remittance.id) lines`;

export function asRemittanceSummary(given: Row): RemittanceSummary {
  const row = given as RemittanceRow;
  return {
    id: row.id, source: row.source, receivedDocumentId: row.received_document_id, payerName: row.payer_name, payerId: row.payer_id, payee: row.payee, method: row.method, reference: row.reference, total: moneyOrNull(row.total_minor, row.currency),
    currency: row.currency, paidOn: row.paid_on, body: row.body, bankTransactionId: row.bank_transaction_id, status: row.status, findings: row.findings,
    createdBy: row.created_by, where: row.place, version: row.version, receivedAt: row.received_at, lineCount: Number(row.line_count),
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

/**
 * The new remittance's id; null when one of this identity is there already.
 * @param identity key of its content; null for one that may be repeated
 */
export async function insertRemittance(transaction: Transaction, given: NewRemittance, identity: string | null = null): Promise<string | null> {
  const row = await transaction.one<{ id: string }>(`
    INSERT INTO remittance (source, received_document_id, identity, payer_name, payer_id, payee, method, reference, total_minor, currency, paid_on, body, bank_transaction_id, status, findings, created_by, place)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (tenant_id, identity) DO NOTHING RETURNING id`,
  [
    given.source, given.receivedDocumentId, identity, storableTextOrNull(given.payerName), storableTextOrNull(given.payerId), storableTextOrNull(given.payee), storableTextOrNull(given.method),
    storableTextOrNull(given.reference), given.total?.minor ?? null, given.currency, given.paidOn, storableTextOrNull(given.body), given.bankTransactionId, given.status,
    storableJson(given.findings), given.createdBy, given.where === null ? null : storableJson(given.where),
  ]);
  if (row === null) return null;
  await insertLines(transaction, row.id, given.lines);
  return row.id;
}

async function insertLines(transaction: Transaction, remittanceId: string, lines: readonly RemittanceLine[]): Promise<void> {
  const minor = (money: Money | null): string | null => money?.minor.toString() ?? null;
  await transaction.execute(`
    INSERT INTO remittance_line (remittance_id, position, reference, kind, paid_minor, gross_minor, discount_minor, adjustments, memo, place)
    SELECT $1, position, reference, kind, paid, gross, discount, adjustments::jsonb, memo, place::jsonb
    FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::text[]) WITH ORDINALITY
      AS given (reference, kind, paid, gross, discount, adjustments, memo, place, position)`,
  [
    remittanceId, lines.map((line) => storableText(line.reference)), lines.map((line) => line.kind), lines.map((line) => minor(line.paid)), lines.map((line) => minor(line.gross)),
    lines.map((line) => minor(line.discount)), lines.map((line) => storableJson(line.adjustments.map(({ amount, ...words }) => ({ ...words, ...amountJson(amount) })))),
    lines.map((line) => storableTextOrNull(line.memo)), lines.map((line) => storableJson(line.where)),
  ]);
}

/** False when there is no such remittance or it was changed since `version`. Null unlinks. */
export async function linkRemittance(transaction: Transaction, id: string, version: number, bankTransactionId: string | null): Promise<boolean> {
  const changed = await transaction.execute('UPDATE remittance SET bank_transaction_id = $3, version = version + 1 WHERE id = $1 AND version = $2', [id, version, bankTransactionId]);
  return changed === 1;
}

function asLine(row: RemittanceLineRow, currency: CurrencyCode): RemittanceLine {
  return {
    reference: row.reference, kind: row.kind, paid: moneyOrNull(row.paid_minor, currency), gross: moneyOrNull(row.gross_minor, currency), discount: moneyOrNull(row.discount_minor, currency),
    adjustments: row.adjustments.map(({ amount, currency: own, ...words }) => ({ ...words, amount: parseMoney(amount, own) })), memo: row.memo, where: row.place ?? NOWHERE,
  };
}

function moneyOrNull(minor: string | null, currency: CurrencyCode): Money | null {
  return minor === null ? null : { minor: BigInt(minor), currency };
}
