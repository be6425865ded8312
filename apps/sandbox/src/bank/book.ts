import type { CurrencyCode, LocalDate } from '#canonical';

/** What a company's customers owe: all the simulated world knows. Plain data, so that any ERP sandbox or data set can provide it. */
export interface Book {
  readonly customers: readonly BookCustomer[];
  readonly invoices: readonly BookInvoice[];
  readonly credits: readonly BookCredit[];
}

export interface BookCustomer {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly parentId?: string | null;
  readonly currency: CurrencyCode;
}

/** Amounts in the smallest unit of `currency`. */
export interface BookInvoice {
  readonly id: string;
  readonly number: string;
  readonly customerId: string;
  readonly currency: CurrencyCode;
  readonly openMinor: bigint;
  readonly totalMinor: bigint;
  readonly issuedOn: LocalDate;
  readonly dueOn: LocalDate;
  readonly purchaseOrder?: string | null;
}

export interface BookCredit {
  readonly id: string;
  readonly number: string;
  readonly customerId: string;
  readonly currency: CurrencyCode;
  readonly openMinor: bigint;
  readonly issuedOn: LocalDate;
}

export type Channel = 'ach' | 'wire' | 'check' | 'lockbox' | 'internal';

/** One line of the bank's ledger. Nothing here tells what it pays except what the payer and the bank wrote. */
export interface BankPayment {
  /** Unique, random, and the bank's reference on the line. */
  readonly key: string;
  readonly bookedOn: LocalDate;
  /** Positive = money in, in the smallest unit of `currency`. */
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  readonly channel: Channel;
  /** BAI2 type code. */
  readonly typeCode: string;
  readonly customerReference: string;
  readonly checkNumber: string | null;
  /** The text the bank prints, in its lines. No line is longer than {@link TEXT_LINE_LENGTH_MAX}. */
  readonly text: readonly string[];
}

export const TEXT_LINE_LENGTH_MAX = 140;

export type PaymentKind =
  | 'payment' | 'shortPay' | 'feeTaken' | 'overPay' | 'creditNetted' | 'onAccount' | 'duplicate'
  | 'interest' | 'sweep' | 'taxRefund' | 'transfer' | 'bankFee';

/** What a line really is; never shown to anything that matches. Allocations - credits + unallocated = the line's amount. */
export interface TruthRow {
  readonly bankLineKey: string;
  /** Whose documents it settles: the parent when it settles several children's. Null when it is no customer's money. */
  readonly customerId: string | null;
  /** Who sent it: the customer or its parent. */
  readonly payerId: string | null;
  readonly allocations: readonly { readonly invoiceId: string; readonly amountMinor: bigint }[];
  readonly credits: readonly { readonly creditId: string; readonly amountMinor: bigint }[];
  readonly unallocatedMinor: bigint;
  readonly kind: PaymentKind;
  /** How the documents were named, and every noise that touched the text. */
  readonly tags: readonly string[];
}

/** Raised for a book or options nothing can be generated from. */
export class BookError extends Error {
  override readonly name = 'BookError';
}
