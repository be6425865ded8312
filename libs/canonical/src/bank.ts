import type { CurrencyCode } from './currency.js';
import type { LocalDate } from './local-date.js';
import type { DecimalText, Money } from './money.js';
import type { AchEntry, Remittance, RemittanceLine } from './remittance.js';
import type { Finding, Where } from './where.js';

export interface Payer {
  readonly name: string | null;
  readonly account: string | null;
  /** Originator's company id (ACH) or another id the bank vouches for. */
  readonly id: string | null;
}

/** What the bank says of a line beyond the line itself. */
export interface TransactionParticulars {
  /** Numbers given on its way, as written: to trace a payment, not to match it. */
  readonly references: readonly { readonly kind: 'instruction' | 'transaction' | 'mandate' | 'clearing' | 'uetr'; readonly value: string }[];
  /** What banks took, signed: negative = taken from us. Already inside the line's amount when `included`; null where the bank does not say. */
  readonly charges: readonly { readonly amount: Money; readonly included: boolean | null }[];
  /** What the payer was asked to pay in his currency, and the rate as written. */
  readonly original: { readonly amount: Money; readonly exchangeRate: DecimalText | null } | null;
  /** Why it came back: an ISO 20022 return reason such as `AC04`. */
  readonly returned: { readonly code: string | null; readonly text: string | null } | null;
}

/** One line of a bank statement. Positive = money in. */
export interface StatementTransaction {
  readonly bookedOn: LocalDate;
  readonly valueOn: LocalDate | null;
  readonly amount: Money;
  /** The format's own type code: BAI2 `108`, `NTRF`. */
  readonly code: string | null;
  readonly kind: 'ach' | 'wire' | 'check' | 'lockbox' | 'card' | 'transfer' | 'fee' | 'interest' | 'other';
  readonly reversal: boolean;
  readonly pending: boolean;
  readonly bankReference: string | null;
  readonly customerReference: string | null;
  readonly endToEndId: string | null;
  readonly checkNumber: string | null;
  readonly payer: Payer;
  readonly memo: string;
  /** References under a standard with a check of its own: ISO 11649 `RF`, QR, KID. As written, without blanks. */
  readonly structuredReferences: readonly string[];
  /** What the bank's own record says the payment is for: structured remittance of camt, an `RMR` in an addenda or a text. */
  readonly lines: readonly RemittanceLine[];
  /** Left out where the format has no such thing or the bank sends nothing of it. */
  readonly particulars?: TransactionParticulars;
  readonly where: Where;
}

export interface StatementBalance {
  readonly kind: 'opening' | 'closing' | 'available' | 'other';
  readonly code: string;
  readonly amount: Money;
  readonly on: LocalDate | null;
}

export interface BankStatement {
  readonly account: string;
  readonly bank: string | null;
  readonly currency: CurrencyCode;
  readonly asOf: LocalDate;
  readonly sequence: string | null;
  readonly status: 'add' | 'replace' | 'delete' | 'test' | 'interim';
  readonly balances: readonly StatementBalance[];
  readonly transactions: readonly StatementTransaction[];
}

/** What a file can be (`design/parse-output`). */
export const DOCUMENT_FORMATS = [
  'bai2', 'mt940', 'mt942', 'camt.052', 'camt.053', 'camt.054', 'ofx', 'nacha', 'x12.820', 'x12.823', 'lockbox.bai', 'csv', 'xlsx', 'pdf', 'image', 'email', 'text',
] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

/** Why nothing of a file was taken. */
export interface DocumentRefusal {
  readonly problem: string;
  readonly where: Where;
}

/** Result of reading one file: everything understood, and a finding for everything that was not. */
export interface ParsedDocument {
  readonly format: DocumentFormat;
  readonly version: string | null;
  readonly refused: DocumentRefusal | null;
  readonly statements: readonly BankStatement[];
  readonly remittances: readonly Remittance[];
  readonly entries: readonly AchEntry[];
  readonly findings: readonly Finding[];
}

/** Life of a bank transaction in the hub (capability 39). `posting`, `attention` and `notPayment` are ours, the four others the product's words. */
export const BANK_TRANSACTION_STATUSES = [
  'potentialPayment', 'needsAllocation', 'readyToPost', 'posting', 'posted', 'attention', 'notPayment',
] as const;
export type BankTransactionStatus = (typeof BANK_TRANSACTION_STATUSES)[number];
