import type { Row } from '../book/book.js';
import { insertDocument } from '../book/documents.js';
import { currencyDecimals, type Account } from './account.js';
import { autoApplied, mergeLines, standingLines, totalOf, type Scope, type Ticked, type TickedLines } from './applications.js';
import { appliedBy, creditsVia, itemsOf, link, settle, touch } from './balances.js';
import { amountField, flagField, sublistField, textField, type Body } from './body.js';
import { cashAccount, readHeader, scopeOf, scopeOfRow } from './drafting.js';
import { userError } from './record-error.js';
import { editHeader } from './editing.js';

/**
 * customerPayment (reference A5). Money = `payment` plus the credits ticked in `credit`; it settles what is ticked in `apply`; what is left stays
 * unapplied. A payment of 0 nets credits against invoices.
 */
export function createPayment(account: Account, body: Body): number {
  refuseDepositSublist(body);
  const header = readHeader(account, 'CustPymt', body, 'customer', 'arAcct');
  const scope = scopeOf(account, header);
  const credits = mergeLines(account, scope, new Map(), sublistField(body, 'credit'), 'credit', false);
  let applied = mergeLines(account, scope, new Map(), sublistField(body, 'apply'), 'apply', false);
  const asked = amountField(body, 'payment', header.decimals);
  if (flagField(body, 'autoApply') === true && applied.size === 0) applied = autoApplied(account, scope, (asked ?? 0n) + totalOf(credits));
  const needed = totalOf(applied) - totalOf(credits);
  const payment = asked ?? (needed > 0n ? needed : 0n);
  if (payment < 0n) throw userError('The payment amount must not be negative.', 'payment');
  if (payment === 0n && applied.size === 0) throw userError('You must enter at least one line item for this transaction.', 'apply');
  const cash = cashAccount(account, body, header.currency);
  const checkNumber = textField(body, 'checkNumber');
  insertDocument(account.book, {
    id: header.id, type: 'CustPymt', tranId: header.tranId, entity: header.customer.id, subsidiary: header.subsidiary, currency: header.currency,
    exchangeRate: header.exchangeRate, total: payment, tranDate: header.tranDate, period: header.period, modified: header.now,
    receivableAccount: header.receivableAccount, account: cash.account, undeposited: cash.undeposited,
    ...(header.externalId === undefined ? {} : { externalId: header.externalId }), ...(header.memo === undefined ? {} : { memo: header.memo }),
    ...(checkNumber === undefined ? {} : { checkNumber }),
    lines: [{ account: cash.account, amount: payment }, { account: header.receivableAccount, amount: -payment }],
  });
  applyMoney(account, header.id, payment, applied, credits);
  return header.id;
}

export function updatePayment(account: Account, row: Row & { id: number }, body: Body, replace: ReadonlySet<string>): void {
  refuseDepositSublist(body);
  editHeader(account, row, body, 'customer');
  const standing = standingLines(account, appliedBy(account, row.id, true), 'apply');
  const standingCredits = standingLines(account, creditsVia(account, row.id), 'credit');
  const before = BigInt(Number(row['foreigntotal']));
  const payment = amountField(body, 'payment', currencyDecimals(account, Number(row['currency']))) ?? before;
  const applyBody = sublistField(body, 'apply');
  const creditBody = sublistField(body, 'credit');
  const auto = flagField(body, 'autoApply') === true;
  if (auto && standing.size > 0) throw userError('Automatic application is not possible while lines are applied: un-apply them first.', 'autoApply');
  if (applyBody === undefined && creditBody === undefined && payment === before && !auto) return;
  if (row['x_bankdeposit'] !== null && payment !== before) throw userError('This payment has been deposited; its amount cannot be changed.', 'payment');
  const scope: Scope = scopeOfRow(account, row);
  const credits = mergeLines(account, scope, standingCredits, creditBody, 'credit', replace.has('credit'));
  let applied = mergeLines(account, scope, standing, applyBody, 'apply', replace.has('apply'));
  if (auto && applied.size === 0) applied = autoApplied(account, scope, payment + totalOf(credits));
  if (payment < 0n) throw userError('The payment amount must not be negative.', 'payment');
  withdraw(account, row.id);
  if (payment !== before) setAmount(account, row, payment);
  applyMoney(account, row.id, payment, reread(account, applied), reread(account, credits));
  touch(account, row.id);
}

/** Takes every application of the payment back: its own and those of the credits ticked on it. */
export function withdraw(account: Account, payment: number): void {
  for (const applied of appliedBy(account, payment, true)) settleLine(account, applied.document, applied.line, -applied.amount);
  for (const credit of creditsVia(account, payment)) settleLine(account, credit.document, credit.line, -credit.amount);
  const own = appliedBy(account, payment).reduce((sum, applied) => sum + applied.amount, 0n);
  settleLine(account, payment, 0, -own);
  account.book.run('DELETE FROM transactionlink WHERE (nextdoc = ? OR x_via = ?)', payment, payment);
}

function settleLine(account: Account, document: number, line: number, amount: bigint): void {
  const item = itemsOf(account, document).find((candidate) => candidate.line === line);
  if (item !== undefined && amount !== 0n) settle(account, item, amount);
}

function reread(account: Account, lines: TickedLines): TickedLines {
  const fresh: TickedLines = new Map();
  for (const [key, ticked] of lines) {
    const item = itemsOf(account, ticked.item.document).find((candidate) => candidate.line === ticked.item.line);
    if (item !== undefined) fresh.set(key, { ...ticked, item });
  }
  return fresh;
}

/**
 * Credits are spent first, in the order ticked, then the payment itself: a ticked credit memo or journal line ends up linked to the invoice, as it
 * does in the real book, and the payment keeps only what its own money settles.
 */
function applyMoney(account: Account, payment: number, total: bigint, applied: TickedLines, credits: TickedLines): void {
  const needed = totalOf(applied);
  if (needed > total + totalOf(credits)) throw userError('The total of the applied amounts exceeds the payment and the credits.', firstPath(applied));
  if (totalOf(credits) > needed) throw userError('The total of the credits exceeds the applied amounts.', firstPath(credits));
  const spending = [...credits.values()].map((credit) => ({ credit, left: credit.amount }));
  let spent = 0n;
  for (const target of applied.values()) {
    let left = target.amount;
    for (const source of spending) {
      const part = source.left < left ? source.left : left;
      if (part === 0n) continue;
      const { item } = source.credit;
      link(account, { source: item, target: target.item, amount: part, via: payment });
      settle(account, item, part);
      source.left -= part;
      left -= part;
    }
    if (left === 0n) continue;
    link(account, { source: { document: payment, line: 0, type: 'CustPymt' }, target: target.item, amount: left });
    spent += left;
  }
  settleLine(account, payment, 0, spent);
}

function firstPath(lines: TickedLines): string {
  const [first] = lines.values() as IterableIterator<Ticked>;
  return first?.path ?? 'apply';
}

function setAmount(account: Account, row: Row & { id: number }, payment: bigint): void {
  account.book.run('UPDATE "transaction" SET foreigntotal = ?, foreignpaymentamountunused = ? - foreignpaymentamountused WHERE id = ?', payment, payment, row.id);
  account.book.run('UPDATE transactionline SET foreignamount = CASE id WHEN 0 THEN ? ELSE -? END, netamount = CASE id WHEN 0 THEN ? ELSE -? END WHERE "transaction" = ?', payment, payment, payment, payment, row.id);
  rewriteAccounting(account, row.id);
}

/** Accounting lines again from the lines, after an amount changed. */
export function rewriteAccounting(account: Account, document: number): void {
  account.book.run(
    `UPDATE transactionaccountingline SET
       amount = (SELECT CAST(round(l.foreignamount * CAST(transactionaccountingline.exchangerate AS REAL) / 100) AS INTEGER) * 100 FROM transactionline l WHERE l."transaction" = ? AND l.id = transactionline)
     WHERE "transaction" = ?`, document, document,
  );
  account.book.run(
    `UPDATE transactionaccountingline SET netamount = amount, debit = CASE WHEN amount > 0 THEN amount END, credit = CASE WHEN amount < 0 THEN -amount END,
       paymentamountunused = CASE WHEN paymentamountunused IS NOT NULL THEN abs(amount) - paymentamountused END WHERE "transaction" = ?`, document,
  );
}

function refuseDepositSublist(body: Body): void {
  const deposits = sublistField(body, 'deposit');
  if (deposits?.items !== undefined && deposits.items !== null && deposits.items.length > 0) {
    throw userError('The deposit sublist is not simulated: transform the deposit into a depositApplication.', 'deposit');
  }
}
