import { inAccountingCurrency, RATE_ONE } from '../decimals.js';
import type { Environment } from '../environment.js';
import type { Master, Transaction } from './records.js';
import { insertOpen } from './settlement.js';

/** What a new transaction needs; the rest is empty. */
export interface TransactionDraft {
  readonly dataAreaId: string;
  readonly account: string;
  readonly kind: string;
  readonly day: string;
  readonly dueDate: string;
  readonly voucher: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly orderAccount?: string;
  readonly rate?: bigint;
  readonly invoice?: string;
  readonly documentNumber?: string;
  readonly paymentReference?: string;
  readonly paymentId?: string;
  readonly paymentMethod?: string;
  readonly terms?: string;
  readonly text?: string;
  readonly prepayment?: boolean;
}

/** One instalment; together they are the transaction's amount. */
export interface Instalment {
  readonly amount: bigint;
  readonly dueDate: string;
  readonly discount?: { readonly day: string; readonly amount: bigint };
}

/** Enters a transaction with its open rows; one row over everything when no instalments are given. A transaction of nothing is closed at once. */
export function enterTransaction(environment: Environment, draft: TransactionDraft, instalments: readonly Instalment[] = [{ amount: draft.amount, dueDate: draft.dueDate }]): Transaction {
  const { book } = environment;
  const rate = draft.rate ?? RATE_ONE;
  const transaction = book.transactions.insert({
    orderAccount: draft.account, invoice: '', documentNumber: '', paymentReference: '', paymentId: '', paymentMethod: '', terms: '', text: '', prepayment: false,
    ...draft, recId: book.nextRecId(), version: 1, rate, amountMst: inAccountingCurrency(draft.amount, rate), settled: 0n, settledMst: 0n,
    closed: draft.amount === 0n ? draft.day : '', lastSettleDate: '', lastSettleVoucher: '', lastSettleAccount: '',
  });
  let leftMst = transaction.amountMst;
  instalments.filter((each) => each.amount !== 0n).forEach((each, index, every) => {
    const amountMst = index === every.length - 1 ? leftMst : inAccountingCurrency(each.amount, rate);
    leftMst -= amountMst;
    insertOpen(environment, transaction, each.amount, amountMst, each.dueDate, each.discount);
  });
  book.touch(transaction.recId);
  return transaction;
}

/** The master with these key values, or none. Texts are compared as the database does, without case. */
export function findMaster({ book }: Environment, collection: string, key: Readonly<Record<string, string>>): Master | undefined {
  return book.master(collection).all().find((master) => Object.entries(key).every(([column, value]) => String(master.row[column]).toLowerCase() === value.toLowerCase()));
}

/** The company's accounting currency. */
export function currencyOf(environment: Environment, dataAreaId: string): string {
  return String(findMaster(environment, 'Ledgers', { LegalEntityId: dataAreaId })?.row['AccountingCurrency'] ?? 'USD');
}

/** The rate of a currency in a company on a day, for a hundred units. @returns null when none is kept */
export function rateOf(environment: Environment, dataAreaId: string, currency: string, day: string): bigint | null {
  const accounting = currencyOf(environment, dataAreaId);
  if (currency === accounting) return RATE_ONE;
  const rates = environment.book.master('ExchangeRates').all().filter(({ row }) => row['FromCurrency'] === currency && row['ToCurrency'] === accounting && String(row['StartDate']) <= day);
  const latest = rates.sort((left, right) => (String(left.row['StartDate']) < String(right.row['StartDate']) ? 1 : -1))[0];
  return latest === undefined ? null : BigInt(latest.row['Rate'] ?? 0n);
}

/** `2026-09` of a company, as closed periods are kept. */
export function periodKey(dataAreaId: string, day: string): string {
  return `${dataAreaId} ${day.slice(0, 7)}`;
}
