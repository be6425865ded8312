import type { CurrencyCode } from './currency.js';
import type { LocalDate } from './local-date.js';
import type { Money } from './money.js';

/** Where in a file something stands, precise enough to highlight it. 1-based; null where the format has no such thing. */
export interface Where {
  readonly line: number | null;
  readonly column: number | null;
  readonly record: string | null;
  readonly page: number | null;
}

/** Something a parser could not take as it stands. A row that cannot be read is a finding, never a zero and never silence. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly where: Where;
  readonly value: string;
  readonly problem: string;
}

export interface Payer {
  readonly name: string | null;
  readonly account: string | null;
  /** Originator's company id (ACH) or another id the bank vouches for. */
  readonly id: string | null;
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

/** Result of reading one file: everything understood, and a finding for everything that was not. */
export interface ParsedStatements {
  readonly format: 'bai2' | 'csv';
  readonly version: string | null;
  readonly refused: { readonly problem: string; readonly where: Where } | null;
  readonly statements: readonly BankStatement[];
  readonly findings: readonly Finding[];
}

/** Life of a bank transaction in the hub (capability 39). `posting`, `attention` and `notPayment` are ours, the four others the product's words. */
export const BANK_TRANSACTION_STATUSES = [
  'potentialPayment', 'needsAllocation', 'readyToPost', 'posting', 'posted', 'attention', 'notPayment',
] as const;
export type BankTransactionStatus = (typeof BANK_TRANSACTION_STATUSES)[number];
