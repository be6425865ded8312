import { decimalText, magnitude } from '../decimals.js';
import type { Journal, JournalLine, OpenItem, Settlement, Transaction } from './records.js';
import type { Table } from './table.js';

/** The part of the book that must add up. */
export interface Ledger {
  readonly transactions: Table<Transaction>;
  readonly opens: Table<OpenItem>;
  readonly settlements: Table<Settlement>;
  readonly journals: Table<Journal>;
  readonly lines: Table<JournalLine>;
}

/** The sandbox's own book does not add up: a fault of the sandbox, never of its client. Counted in the stats. */
export class BookInvariantError extends Error {
  override readonly name = 'BookInvariantError';
}

function sum(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}

function demand(holds: boolean, what: string, transaction: Transaction, expected: bigint, found: bigint): void {
  if (holds) return;
  throw new BookInvariantError(`${what}: transaction ${transaction.recId} (${transaction.invoice === '' ? transaction.voucher : transaction.invoice}): expected ${decimalText(expected)}, found ${decimalText(found)}`);
}

/** Proves the transactions a unit of work moved, each from its settlements and open rows afresh. @throws BookInvariantError */
export function assertTransactions(book: Ledger, recIds: Iterable<bigint>): void {
  const groups = new Set<bigint>();
  for (const recId of recIds) {
    const transaction = book.transactions.get(recId);
    if (transaction === undefined) continue;
    for (const settlement of assertTransaction(book, transaction)) groups.add(settlement.group);
  }
  for (const group of groups) assertGroup(book, group);
}

function assertTransaction(book: Ledger, transaction: Transaction): readonly Settlement[] {
  const settlements = book.settlements.group('transaction', String(transaction.recId));
  const opens = book.opens.group('transaction', String(transaction.recId));
  const settled = sum(settlements.map((row) => row.amount));
  demand(settled === transaction.settled, 'settled = sum of settlements', transaction, settled, transaction.settled);
  const open = sum(opens.map((row) => row.amount));
  demand(open === transaction.amount - transaction.settled, 'open = amount - settled', transaction, transaction.amount - transaction.settled, open);
  const openMst = sum(opens.map((row) => row.amountMst));
  demand(openMst === transaction.amountMst - transaction.settledMst, 'open = amount - settled, in the company\'s currency', transaction, transaction.amountMst - transaction.settledMst, openMst);
  demand(magnitude(transaction.settled) <= magnitude(transaction.amount) && transaction.settled * transaction.amount >= 0n, 'settled is within the amount', transaction, transaction.amount, transaction.settled);
  const whole = transaction.settled === transaction.amount;
  demand(whole === (transaction.closed !== ''), 'closed when nothing is open', transaction, transaction.amount, transaction.settled);
  return settlements;
}

/** The settlements of one group are pairs: in the transactions' currency they net to zero. */
function assertGroup(book: Ledger, group: bigint): void {
  const rows = book.settlements.group('group', String(group));
  const net = sum(rows.map((row) => row.amount));
  if (net !== 0n || rows.length % 2 !== 0) throw new BookInvariantError(`settlement group ${group}: ${rows.length} rows net to ${decimalText(net)}, expected pairs that net to 0`);
}

/** The whole book, journals included: every posted line has a voucher and its payment. @throws BookInvariantError */
export function assertBook(book: Ledger): void {
  assertTransactions(book, book.transactions.all().map((transaction) => transaction.recId));
  for (const open of book.opens.all()) {
    if (book.transactions.get(open.transaction) === undefined) throw new BookInvariantError(`open row ${open.recId} belongs to no transaction`);
  }
  for (const journal of book.journals.all()) {
    if (!journal.posted) continue;
    for (const line of book.lines.group('batch', `${journal.dataAreaId}\u0000${journal.batch}`.toLowerCase())) {
      const voucher = String(line.row['Voucher']);
      const posted = book.transactions.group('voucher', `${journal.dataAreaId}\u0000${voucher}`.toLowerCase()).filter((transaction) => transaction.kind === 'Payment');
      if (voucher === '' || posted.length !== 1) throw new BookInvariantError(`journal ${journal.batch} line ${decimalText(line.lineNumber)}: ${posted.length} payments under voucher "${voucher}", expected 1`);
    }
  }
}
