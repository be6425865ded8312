import { lesser, magnitude } from '../decimals.js';
import type { Environment } from '../environment.js';
import { companyKey, lineKey, type Writer } from './book.js';
import { enterTransaction, periodKey, rateOf } from './entry.js';
import type { Journal, JournalLine, Mark, Transaction } from './records.js';
import { openOf, openRows, settlePair, SettlementError, type Occasion } from './settlement.js';

/** Why a journal did not post: it goes to the infolog of whoever posted, never to a client (reference 3.6). */
export class PostingError extends Error {
  override readonly name = 'PostingError';
}

export interface PostingOutcome {
  readonly batch: string;
  readonly posted: boolean;
  /** The infolog of a journal that stays unposted; '' when it posted. */
  readonly infolog: string;
}

export function findJournal({ book }: Environment, dataAreaId: string, batch: string): Journal | undefined {
  return book.journals.group('batch', companyKey(dataAreaId, batch))[0];
}

export function linesOf({ book }: Environment, journal: Journal): readonly JournalLine[] {
  return [...book.lines.group('batch', companyKey(journal.dataAreaId, journal.batch))].sort((left, right) => (left.lineNumber < right.lineNumber ? -1 : 1));
}

export function marksOf({ book }: Environment, line: JournalLine): readonly Mark[] {
  return book.marks.group('line', lineKey(line.dataAreaId, line.batch, line.lineNumber));
}

/** Signed as the customer's account sees it: money in is negative. */
export function lineAmount(line: JournalLine): bigint {
  return BigInt(line.row['DebitAmount'] ?? 0n) - BigInt(line.row['CreditAmount'] ?? 0n);
}

/** Posts a journal as person or batch job do: all its lines or none. */
export function postJournal(environment: Environment, journal: Journal, writer: Writer): PostingOutcome {
  try {
    environment.book.write(writer, () => {
      if (journal.posted) throw new PostingError(`Journal ${journal.batch} is posted already.`);
      if (journal.refusal !== '') throw new PostingError(journal.refusal);
      const lines = linesOf(environment, journal);
      if (lines.length === 0) throw new PostingError(`Journal ${journal.batch} has no lines.`);
      for (const line of lines) postLine(environment, line);
      environment.book.journals.change(journal.recId, { posted: true });
    });
    return { batch: journal.batch, posted: true, infolog: '' };
  } catch (error) {
    if (error instanceof PostingError || error instanceof SettlementError) return { batch: journal.batch, posted: false, infolog: error.message };
    throw error;
  }
}

/** Every journal with lines, as the batch job takes them: half-written ones too. */
export function runPostingJob(environment: Environment): PostingOutcome[] {
  const due = environment.book.journals.all().filter((journal) => !journal.posted && linesOf(environment, journal).length > 0);
  return due.map((journal) => postJournal(environment, journal, 'batch'));
}

function postLine(environment: Environment, line: JournalLine): void {
  const { book, settings } = environment;
  const text = (name: string): string => String(line.row[name] ?? '');
  const day = text('TransactionDate');
  const amount = lineAmount(line);
  if (book.closedPeriods.has(periodKey(line.dataAreaId, day))) throw new PostingError(`The period for the date ${day} is not open.`);
  if (amount === 0n && !settings.zeroAmountLinesPost) throw new PostingError(`Line ${line.lineNumber / 1_000_000n}: the transaction must have an amount.`);
  const rate = BigInt(line.row['ExchangeRate'] ?? 0n) || rateOf(environment, line.dataAreaId, text('CurrencyCode'), day);
  if (rate === null) throw new PostingError(`No exchange rate for ${text('CurrencyCode')} on ${day}.`);
  const voucher = text('Voucher') === '' ? nextVoucher(environment, line.dataAreaId) : text('Voucher');
  const payment = enterTransaction(environment, {
    dataAreaId: line.dataAreaId, account: text('AccountDisplayValue').replaceAll('\\-', '-'), kind: 'Payment', day, dueDate: day, voucher, currency: text('CurrencyCode'), amount, rate,
    paymentReference: text('PaymentReference'), paymentId: text('PaymentId'), paymentMethod: text('PaymentMethodName'), text: text('TransactionText'), prepayment: text('IsPrepayment') === 'Yes',
  });
  const occasion = { group: book.nextRecId(), day, voucher };
  settleMarks(environment, payment, marksOf(environment, line), occasion);
  if (settings.automaticSettlement) settleOldest(environment, payment.recId, occasion);
  book.lines.change(line.recId, { row: { ...line.row, Voucher: voucher } });
}

export function nextVoucher({ book }: Environment, dataAreaId: string): string {
  return book.nextNumber(`voucher ${dataAreaId}`, 'ARPM');
}

/** A side of the settlement that still has something to give. */
interface Side {
  readonly transaction: bigint;
  readonly open: bigint | undefined;
  left: bigint;
  discount: bigint;
}

/** Credit notes are used up first, then the payment; the discounts become a transaction of their own, so that every pair nets to zero. */
function settleMarks(environment: Environment, payment: Transaction, marks: readonly Mark[], occasion: Occasion): void {
  const side = (mark: Mark): Side => ({ transaction: mark.transaction, open: openRowOf(environment, mark), left: magnitude(mark.amount), discount: mark.discount });
  const debits = marks.filter((mark) => mark.amount > 0n).map(side);
  const credits = marks.filter((mark) => mark.amount < 0n).map(side);
  const own: Side = { transaction: payment.recId, open: undefined, left: magnitude(payment.amount), discount: 0n };
  (payment.amount > 0n ? debits : credits).push(own);
  for (const debit of debits) takeDiscount(environment, payment, debit, occasion);
  for (const debit of debits) {
    for (const credit of credits) {
      const amount = lesser(debit.left, credit.left);
      if (amount === 0n) continue;
      settlePair(environment, { debit: debit.transaction, debitOpen: debit.open, credit: credit.transaction, amount }, occasion);
      debit.left -= amount;
      credit.left -= amount;
    }
  }
  const starved = [...debits, ...credits].some((each) => each !== own && each.left > 0n);
  if (starved && environment.settings.marksAbovePayment === 'failPosting') throw new PostingError('The amount marked for settlement is greater than the payment.');
}

/** The instalment a mark names by its due date. */
function openRowOf(environment: Environment, mark: Mark): bigint | undefined {
  return environment.book.opens.group('transaction', String(mark.transaction)).find((row) => row.dueDate === mark.dueDate)?.recId;
}

function takeDiscount(environment: Environment, payment: Transaction, debit: Side, occasion: Occasion): void {
  if (debit.discount <= 0n) return;
  const discount = enterTransaction(environment, {
    dataAreaId: payment.dataAreaId, account: payment.account, kind: 'Cust', day: payment.day, dueDate: payment.day, voucher: payment.voucher, currency: payment.currency, rate: payment.rate,
    amount: -debit.discount, text: 'Cash discount',
  });
  settlePair(environment, { debit: debit.transaction, debitOpen: debit.open, credit: discount.recId, amount: debit.discount, discount: debit.discount }, occasion);
}

function settleOldest(environment: Environment, payment: bigint, occasion: Occasion): void {
  const { book } = environment;
  const own = book.transactions.get(payment);
  if (own === undefined || own.amount >= 0n) return;
  const candidates = book.transactions.group('account', companyKey(own.dataAreaId, own.account)).filter((each) => each.amount > 0n && each.closed === '' && each.currency === own.currency);
  for (const invoice of [...candidates].sort((left, right) => (left.dueDate < right.dueDate ? -1 : 1))) {
    const amount = lesser(openOf(environment, invoice.recId), -openOf(environment, payment));
    if (amount > 0n) settlePair(environment, { debit: invoice.recId, debitOpen: openRows(environment, invoice.recId)[0]?.recId, credit: payment, amount }, occasion);
  }
}

/** Takes a journal with its lines and marks out of the book, as a person does. Posted ones stay. @throws PostingError */
export function removeJournal({ book }: Environment, journal: Journal): void {
  if (journal.posted) throw new PostingError(`Journal ${journal.batch} is posted and cannot be deleted.`);
  const key = companyKey(journal.dataAreaId, journal.batch);
  for (const mark of book.marks.group('batch', key)) book.marks.remove(mark.recId);
  for (const line of book.lines.group('batch', key)) book.lines.remove(line.recId);
  book.journals.remove(journal.recId);
}
