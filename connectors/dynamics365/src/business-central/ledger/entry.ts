import type { DecimalText, Json, JsonObject, LocalDate } from '#canonical';
import { isLocalDate } from '#canonical';
import { textOf } from '../../odata/json.js';
import { memberName } from '../../odata/literal.js';

/** One customer ledger entry (table 21), whichever route it came by. */
export interface LedgerEntry {
  /** Digits; grows with every posting. */
  readonly entryNumber: string;
  /** `Payment`, `Invoice`, `Credit Memo`, `Refund`, …, or a blank. */
  readonly documentType: string;
  readonly documentNumber: string;
  readonly externalDocumentNumber: string;
  readonly description: string;
  readonly customerNumber: string;
  readonly postingDate: LocalDate | null;
  readonly open: boolean;
  /** Signed: invoices positive, payments and credits negative. */
  readonly amount: DecimalText;
  readonly amountLocal: DecimalText;
  /** Blank for the company's own currency. */
  readonly currencyCode: string;
  /** Signed; null where the route does not tell it. */
  readonly remaining: DecimalText | null;
  /** Only the companion extension tells it. */
  readonly reversed: boolean;
  readonly balancingAccountType: string;
  /** UTC, milliseconds. Moves with every application (reference, 2.6). */
  readonly modified: string;
  readonly row: JsonObject;
}

/** @returns null for a row that is no ledger entry: one without number, amount or moment. */
export function entryOf(row: JsonObject): LedgerEntry | null {
  const [entryNumber, amount, modified] = [textOf(row['entryNumber']), textOf(row['amount']), momentOf(row['lastModifiedDateTime'])];
  if (entryNumber === null || !/^\d+$/.test(entryNumber) || amount === null || modified === null) return null;
  return {
    entryNumber, amount, modified, row, documentType: memberName(textOf(row['documentType']) ?? '').trim(), documentNumber: textOf(row['documentNumber']) ?? '',
    externalDocumentNumber: textOf(row['externalDocumentNumber']) ?? '', description: textOf(row['description']) ?? '', customerNumber: textOf(row['customerNumber']) ?? '',
    postingDate: dayOrNull(row['postingDate']), open: row['open'] === true, amountLocal: textOf(row['amountLocalCurrency']) ?? amount,
    currencyCode: textOf(row['currencyCode']) ?? '', remaining: textOf(row['remainingAmount']), reversed: row['reversed'] === true,
    balancingAccountType: memberName(textOf(row['balancingAccountType']) ?? ''),
  };
}

/** A day of the API; null for its empty day and for what is none. */
export function dayOrNull(value: Json | undefined): LocalDate | null {
  const text = textOf(value) ?? '';
  return isLocalDate(text) && text !== EMPTY_DAY ? text : null;
}

const EMPTY_DAY = '0001-01-01';

/** An instant in the one form that compares as text. @returns null for what is none. */
export function momentOf(value: unknown): string | null {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

export const PAYMENT_ENTRY = 'Payment';
export const INVOICE_ENTRY = 'Invoice';
export const CREDIT_MEMO_ENTRY = 'Credit Memo';

/** Money that came in. Positive payment entries are the counterparts of reversed ones. */
export function isReceipt(entry: LedgerEntry): boolean {
  return entry.documentType === PAYMENT_ENTRY && entry.amount.startsWith('-');
}

/** Documents that nobody wrote a sales document for: opening balances, finance charges, reminders, lines of a general journal without a type. */
const DEBIT_TYPES: ReadonlySet<string> = new Set([INVOICE_ENTRY, 'Finance Charge Memo', 'Reminder', '']);
const CREDIT_TYPES: ReadonlySet<string> = new Set([CREDIT_MEMO_ENTRY, '']);

/** What a customer owes. A negative entry of these types is the counterpart of one that was reversed. */
export function isDebit(entry: LedgerEntry): boolean {
  return DEBIT_TYPES.has(entry.documentType) && !entry.amount.startsWith('-');
}

/** What a customer has to his credit, money apart. */
export function isCredit(entry: LedgerEntry): boolean {
  return CREDIT_TYPES.has(entry.documentType) && entry.amount.startsWith('-');
}

const LEDGER_ID = /^entry-(\d+)$/;

/** Id of a document that only its ledger entry shows; other documents have ids of Business Central's own, which are GUIDs. */
export function ledgerIdOf(entryNumber: string): string {
  return `entry-${entryNumber}`;
}

/** The entry number in such an id; null for the id of a sales document. */
export function entryNumberIn(externalId: string): string | null {
  return LEDGER_ID.exec(externalId)?.[1] ?? null;
}
