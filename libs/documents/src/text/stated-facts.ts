import type { RemittanceLineKind } from '#canonical';
import type { Token } from './tokens.js';

/** A number the text names, and what it is. */
export interface StatedReference {
  readonly text: string;
  readonly kind: Extract<RemittanceLineKind, 'invoice' | 'credit' | 'debit' | 'purchaseOrder' | 'other'>;
  /** Index of its first and last token in the sentence. */
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

/** An amount taken off, in the payer's words. */
export interface StatedDeduction {
  /** Null where he names none. */
  readonly amount: Token | null;
  readonly text: string;
  readonly discount: boolean;
  /** His number for it. */
  readonly reference: string | null;
  /** The item it is taken off; null where the sentence does not say which. */
  readonly target: string | null;
  /** `500.00 less 20.00`: the item's amount stands before the deduction. False for `500.00, short paid by 20.00`, where it may be either. */
  readonly fromGross: boolean;
  readonly at: number;
}

/** An item the payer says he pays. */
export interface StatedItem {
  readonly reference: StatedReference;
  readonly amount: Token | null;
}

/** What one sentence says of a payment. */
export interface StatedFacts {
  readonly items: readonly StatedItem[];
  readonly deductions: readonly StatedDeduction[];
  readonly totals: readonly Token[];
  /** Amounts of a payment for one item: its total where the text names no other item. */
  readonly implied: readonly Token[];
  readonly dates: readonly Token[];
  /** Number of the cheque or transfer. */
  readonly payment: StatedReference | null;
  readonly cheque: boolean;
  readonly onAccount: { readonly amount: Token | null; readonly at: number } | null;
  /** What was read and not taken, each with its reason. */
  readonly doubts: readonly StatedDoubt[];
}

/** Something in the text that a person should look at. */
export interface StatedDoubt {
  readonly severity: 'error' | 'warning';
  readonly at: number;
  readonly value: string;
  readonly problem: string;
  /** Said only where the text explains a payment at all: in any other text every number would be one. */
  readonly weak?: boolean;
}
