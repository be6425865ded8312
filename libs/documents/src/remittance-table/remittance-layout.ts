import type { CurrencyCode } from '#canonical';
import type { DateOrder, DecimalMark, Delimiter, LayoutQuestion } from '../csv/csv-layout.js';

/** What a column of a payer's table can mean. Each is a header text, `#3` the third column of a table without a header, or null. */
export interface RemittanceColumns {
  /** His number for the item: invoice, credit memo, document. */
  readonly reference: string | null;
  /** Invoice, credit memo, on account, ... in words. */
  readonly kind: string | null;
  /** Net of discount and deduction. */
  readonly paid: string | null;
  readonly gross: string | null;
  readonly discount: string | null;
  /** What he took off beside the discount. */
  readonly deduction: string | null;
  readonly deductionCode: string | null;
  readonly deductionReason: string | null;
  readonly purchaseOrder: string | null;
  readonly customer: string | null;
  readonly payerName: string | null;
  /** Number of the cheque, transfer or payment: rows with the same one are one payment. */
  readonly payment: string | null;
  readonly paidOn: string | null;
  /** Total of the payment, repeated in its rows. */
  readonly paymentAmount: string | null;
  readonly currency: string | null;
  readonly memo: readonly string[];
}

export type RemittanceRole = keyof RemittanceColumns;

/** How one source writes its remittance tables: guessed once, confirmed by a person, remembered and handed back. Plain JSON. */
export interface RemittanceLayout {
  readonly table: 'remittance';
  /** Means nothing in a sheet or in a pasted table. */
  readonly delimiter: Delimiter;
  /** False when the first row is data; every column is then named `#1`, `#2`, ... */
  readonly hasHeader: boolean;
  readonly columns: RemittanceColumns;
  readonly decimalMark: DecimalMark;
  readonly dateOrder: DateOrder;
  /** Where no column says it. */
  readonly currency: CurrencyCode | null;
}

/** What was used, or would be once the questions are answered. */
export interface RemittanceLayoutGuess {
  readonly layout: RemittanceLayout;
  readonly questions: readonly LayoutQuestion[];
}
