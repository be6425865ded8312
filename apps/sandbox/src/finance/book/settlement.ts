import { inAccountingCurrency, lesser, magnitude } from '../decimals.js';
import type { Environment } from '../environment.js';
import type { OpenItem, Settlement, Transaction } from './records.js';

/** Raised when two transactions cannot be settled with each other; the text is what the infolog would say. */
export class SettlementError extends Error {
  override readonly name = 'SettlementError';
}

/** One pair to settle: `amount` is positive and taken off both sides. */
export interface Pair {
  /** Invoice or other debit. */
  readonly debit: bigint;
  /** Instalment to take from first; the others follow by due date. */
  readonly debitOpen?: bigint | undefined;
  readonly credit: bigint;
  readonly amount: bigint;
  /** Of the amount, what was taken as cash discount; noted on the debit side. */
  readonly discount?: bigint;
}

/** What one settlement has in common over all its pairs. */
export interface Occasion {
  readonly group: bigint;
  readonly day: string;
  readonly voucher: string;
}

/** Open rows of a transaction: the named one first, then by due date. */
export function openRows(environment: Environment, transaction: bigint, first?: bigint): readonly OpenItem[] {
  const rows = [...environment.book.opens.group('transaction', String(transaction))];
  return rows.sort((left, right) => Number(right.recId === first) - Number(left.recId === first) || (left.dueDate < right.dueDate ? -1 : left.dueDate > right.dueDate ? 1 : 0));
}

/** What is open of a transaction, signed as it is; 0n when it is closed. */
export function openOf(environment: Environment, transaction: bigint): bigint {
  return environment.book.opens.group('transaction', String(transaction)).reduce((total, row) => total + row.amount, 0n);
}

function transactionOf(environment: Environment, recId: bigint): Transaction {
  const transaction = environment.book.transactions.get(recId);
  if (transaction === undefined) throw new SettlementError('The transaction no longer exists.');
  return transaction;
}

/**
 * Takes an amount off both sides and writes the two settlement rows (reference 3.4: one row a side, invoices positive, payments negative).
 * @throws SettlementError when a side has less open, or the currencies differ
 */
export function settlePair(environment: Environment, pair: Pair, occasion: Occasion): void {
  const debit = transactionOf(environment, pair.debit);
  const credit = transactionOf(environment, pair.credit);
  if (debit.currency !== credit.currency) throw new SettlementError(`Settlement of ${debit.currency} with ${credit.currency} is not possible.`);
  if (pair.amount <= 0n) throw new SettlementError('The amount to settle must be positive.');
  if (openOf(environment, debit.recId) < pair.amount) throw new SettlementError(`The settlement amount of the invoice ${debit.invoice} is greater than the remaining amount.`);
  if (openOf(environment, credit.recId) > -pair.amount) throw new SettlementError(`The settlement amount of voucher ${credit.voucher} is greater than the remaining amount.`);
  const debitMst = takeOff(environment, debit, pair.amount, occasion, credit.account, pair.debitOpen);
  const creditMst = takeOff(environment, credit, -pair.amount, occasion, debit.account);
  const { book, clock } = environment;
  const createdOn = clock.now().toISOString();
  const side = (own: Transaction, other: Transaction, amount: bigint, amountMst: bigint, extra: { discount: bigint; exchangeDifference: bigint }): void => {
    book.settlements.insert({
      recId: book.nextRecId(), version: 1, dataAreaId: own.dataAreaId, transaction: own.recId, account: own.account, kind: own.kind, day: occasion.day, dueDate: own.dueDate, offset: other.recId,
      offsetCompany: other.dataAreaId, offsetVoucher: other.voucher, offsetAccount: other.account, amount, amountMst, group: occasion.group, voucher: occasion.voucher, reversible: true, createdOn, ...extra,
    });
  };
  side(debit, credit, pair.amount, debitMst, { discount: pair.discount ?? 0n, exchangeDifference: -(debitMst + creditMst) });
  side(credit, debit, -pair.amount, creditMst, { discount: 0n, exchangeDifference: 0n });
}

/** Takes a signed amount off a transaction and its open rows. @returns the same in the company's currency; the last of it takes what rounding left */
function takeOff(environment: Environment, transaction: Transaction, amount: bigint, occasion: Occasion, otherAccount: string, first?: bigint): bigint {
  const { book } = environment;
  let left = magnitude(amount);
  let takenMst = 0n;
  for (const open of openRows(environment, transaction.recId, first)) {
    if (left === 0n) break;
    const part = lesser(left, magnitude(open.amount));
    left -= part;
    const signed = amount < 0n ? -part : part;
    const whole = signed === open.amount;
    const partMst = whole ? open.amountMst : inAccountingCurrency(signed, transaction.rate);
    takenMst += partMst;
    if (whole) book.opens.remove(open.recId);
    else book.opens.change(open.recId, { amount: open.amount - signed, amountMst: open.amountMst - partMst });
  }
  const settled = transaction.settled + amount;
  book.transactions.change(transaction.recId, {
    settled, settledMst: transaction.settledMst + takenMst, closed: settled === transaction.amount ? occasion.day : '',
    lastSettleDate: occasion.day, lastSettleVoucher: occasion.voucher, lastSettleAccount: otherAccount,
  });
  book.touch(transaction.recId);
  return takenMst;
}

/**
 * Undoes a settlement: opposite rows under the same group, CanBeReversed cleared, what was settled open again in new rows. Invoice and payment stay posted:
 * reversing those is another step (reference 3.6).
 * @throws SettlementError when nothing of the group can be undone
 */
export function undoSettlement(environment: Environment, group: bigint): void {
  const { book, clock } = environment;
  const rows = book.settlements.group('group', String(group)).filter((row) => row.reversible);
  if (rows.length === 0) throw new SettlementError(`Settlement ${group} cannot be reversed.`);
  const createdOn = clock.now().toISOString();
  for (const row of rows) {
    book.settlements.change(row.recId, { reversible: false });
    book.settlements.insert({ ...row, recId: book.nextRecId(), version: 1, amount: -row.amount, amountMst: -row.amountMst, exchangeDifference: -row.exchangeDifference, discount: -row.discount, reversible: false, createdOn });
    reopen(environment, row);
  }
}

function reopen(environment: Environment, row: Settlement): void {
  const { book } = environment;
  const transaction = transactionOf(environment, row.transaction);
  book.transactions.change(transaction.recId, { settled: transaction.settled - row.amount, settledMst: transaction.settledMst - row.amountMst, closed: '' });
  const [open] = openRows(environment, transaction.recId);
  if (open === undefined) insertOpen(environment, transaction, row.amount, row.amountMst, transaction.dueDate);
  else book.opens.change(open.recId, { amount: open.amount + row.amount, amountMst: open.amountMst + row.amountMst });
  book.touch(transaction.recId);
}

export function insertOpen({ book }: Environment, transaction: Transaction, amount: bigint, amountMst: bigint, dueDate: string, discount: { day: string; amount: bigint } = { day: '', amount: 0n }): OpenItem {
  return book.opens.insert({
    recId: book.nextRecId(), version: 1, dataAreaId: transaction.dataAreaId, transaction: transaction.recId, account: transaction.account, day: transaction.day, dueDate, amount, amountMst,
    discountDay: discount.day, possibleDiscount: discount.amount,
  });
}
