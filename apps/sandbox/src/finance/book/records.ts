import type { Row } from '../odata/columns.js';

/** What every record of the book has: the RecId the product gives, and how often it was changed (the ETag is made of both). */
export interface Identity {
  readonly recId: bigint;
  readonly version: number;
}

/** Customers, terms, journal names...: a row of public columns and nothing behind it. */
export interface Master extends Identity {
  readonly row: Row;
}

/** CustTrans: an invoice (positive), a credit note or a payment (negative). */
export interface Transaction extends Identity {
  readonly dataAreaId: string;
  readonly account: string;
  readonly orderAccount: string;
  /** LedgerTransType: `Sales`, `Cust`, `Payment`. */
  readonly kind: string;
  readonly day: string;
  readonly invoice: string;
  readonly documentNumber: string;
  readonly voucher: string;
  readonly dueDate: string;
  readonly currency: string;
  /** For a hundred units. */
  readonly rate: bigint;
  readonly amount: bigint;
  readonly amountMst: bigint;
  readonly settled: bigint;
  readonly settledMst: bigint;
  /** '' while open. */
  readonly closed: string;
  readonly lastSettleDate: string;
  readonly lastSettleVoucher: string;
  readonly lastSettleAccount: string;
  readonly paymentReference: string;
  readonly paymentId: string;
  readonly paymentMethod: string;
  readonly terms: string;
  readonly text: string;
  readonly prepayment: boolean;
}

/** CustTransOpen: what is open of a transaction, one row an instalment; gone when nothing is. */
export interface OpenItem extends Identity {
  readonly dataAreaId: string;
  readonly transaction: bigint;
  readonly account: string;
  readonly day: string;
  readonly dueDate: string;
  readonly amount: bigint;
  readonly amountMst: bigint;
  readonly discountDay: string;
  readonly possibleDiscount: bigint;
}

/** CustSettlement: one side of a pair. */
export interface Settlement extends Identity {
  readonly dataAreaId: string;
  readonly transaction: bigint;
  readonly account: string;
  readonly kind: string;
  readonly day: string;
  readonly dueDate: string;
  readonly offset: bigint;
  readonly offsetCompany: string;
  readonly offsetVoucher: string;
  readonly offsetAccount: string;
  readonly amount: bigint;
  readonly amountMst: bigint;
  readonly exchangeDifference: bigint;
  readonly discount: bigint;
  readonly group: bigint;
  readonly voucher: string;
  readonly reversible: boolean;
  readonly createdOn: string;
}

/** A posted sales-order invoice, or a free text invoice, which may be a draft. Total and tax are negative on credit notes. */
export interface Invoice extends Identity {
  readonly dataAreaId: string;
  readonly kind: 'sales' | 'freeText';
  readonly number: string;
  readonly day: string;
  readonly dueDate: string;
  readonly voucher: string;
  readonly account: string;
  readonly orderAccount: string;
  readonly currency: string;
  readonly rate: bigint;
  readonly total: bigint;
  readonly tax: bigint;
  readonly terms: string;
  readonly salesOrder: string;
  readonly customerReference: string;
  readonly posted: boolean;
}

export interface Journal extends Identity {
  readonly dataAreaId: string;
  readonly batch: string;
  readonly name: string;
  readonly description: string;
  readonly posted: boolean;
  readonly overrideSalesTax: string;
  /** Why it cannot be posted, when somebody decided so; '' otherwise. */
  readonly refusal: string;
}

export interface JournalLine extends Identity {
  readonly dataAreaId: string;
  readonly batch: string;
  readonly lineNumber: bigint;
  /** All public columns; Voucher among them. */
  readonly row: Row;
}

/** A mark: what of an open transaction a journal line settles when it is posted. Positive on invoices, negative on credit notes. */
export interface Mark extends Identity {
  readonly company: string;
  readonly batch: string;
  readonly lineNumber: bigint;
  readonly invoiceCompany: string;
  readonly invoice: string;
  readonly dueDate: string;
  readonly account: string;
  readonly transaction: bigint;
  readonly amount: bigint;
  readonly discount: bigint;
  readonly crossRate: bigint;
}
