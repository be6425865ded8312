import type { CurrencyCode } from './currency.js';
import type { LocalDate } from './local-date.js';
import type { Money } from './money.js';
import type { Where } from './where.js';

/** An amount the payer took off a payment or put on it, with his reason. Negative = paid less. */
export interface RemittanceAdjustment {
  readonly amount: Money;
  /** The payer's code as written: X12 element 426 `53`, a retailer's own. */
  readonly code: string | null;
  readonly text: string | null;
  /** His number for it: a debit memo, a claim. */
  readonly reference: string | null;
}

export const REMITTANCE_LINE_KINDS = ['invoice', 'credit', 'debit', 'purchaseOrder', 'onAccount', 'adjustment', 'other'] as const;
export type RemittanceLineKind = (typeof REMITTANCE_LINE_KINDS)[number];

/** One item the payer says he pays. */
export interface RemittanceLine {
  /** As the payer wrote it, leading zeros kept; empty for `onAccount` and `adjustment` lines that name nothing. */
  readonly reference: string;
  readonly kind: RemittanceLineKind;
  /** Net of discount and adjustments; negative for a credit he takes. Null where he names the item and no amount. */
  readonly paid: Money | null;
  readonly gross: Money | null;
  /** Early-payment discount he took, positive. */
  readonly discount: Money | null;
  readonly adjustments: readonly RemittanceAdjustment[];
  readonly memo: string | null;
  readonly where: Where;
}

/** What the lines of a remittance come to. Not zero in `difference` is out of balance: shown with the gap, never corrected. */
export interface RemittanceSums {
  /** Sum of `paid` over the lines that have one, `adjustment` lines left out. */
  readonly lines: Money;
  /** Sum of `paid` over `adjustment` lines, which stand beside the items; adjustments inside a line are in its `paid` already. */
  readonly adjustments: Money;
  /** `total - lines - adjustments`; null without a total. */
  readonly difference: Money | null;
}

/** One payment explained by its payer. */
export interface Remittance {
  readonly payer: { readonly name: string | null; readonly id: string | null };
  readonly payee: string | null;
  /** What the bank line repeats: trace number, cheque number, end-to-end id. */
  readonly reference: string | null;
  /** As the format names it: `ACH`, `CHK`, `FWT`. */
  readonly method: string | null;
  readonly total: Money | null;
  readonly currency: CurrencyCode;
  readonly paidOn: LocalDate | null;
  readonly lines: readonly RemittanceLine[];
  /** Its sender marks it as a test (X12 ISA15): nobody pays with it. */
  readonly test?: true;
  readonly sums: RemittanceSums;
  readonly where: Where;
}

/** A return or a notification of change of an ACH entry we or our customer originated (Nacha rules, addenda 99 and 98). */
export interface AchEntry {
  readonly kind: 'return' | 'dishonoredReturn' | 'contestedReturn' | 'notificationOfChange';
  /** `R01`, `C01`. */
  readonly code: string;
  /** The code's title in the Nacha rules; null for a code not listed. */
  readonly title: string | null;
  /** Signed as the original moved our money: a returned debit takes back money in, hence is negative; zero in a notification of change. */
  readonly amount: Money;
  readonly standardEntryClass: string | null;
  readonly trace: string;
  readonly originalTrace: string | null;
  readonly receiver: { readonly name: string | null; readonly id: string | null; readonly account: string | null; readonly bank: string | null };
  /** New account, routing number or name of a notification of change, as written. */
  readonly correctedData: string | null;
  readonly information: string | null;
  readonly settledOn: LocalDate | null;
  readonly where: Where;
}
