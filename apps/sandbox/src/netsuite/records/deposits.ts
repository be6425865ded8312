import type { Row } from '../book/book.js';
import { insertDocument } from '../book/documents.js';
import { currencyDecimals, accountNow, resolve, type Account } from './account.js';
import { mergeLines, standingLines, totalOf } from './applications.js';
import { appliedBy, link, settle, touch } from './balances.js';
import { amountField, dateField, externalIdField, sublistField, textField, type Body } from './body.js';
import { applyCredit, fresh } from './credit-memos.js';
import { accountOfType, cashAccount, checkExternalId, readHeader, scopeOfRow } from './drafting.js';
import { editHeader } from './editing.js';
import { postingPeriod } from './periods.js';
import { userError, valueMissing } from './record-error.js';

/** Money taken before there is an invoice: a liability, no receivable, until a deposit application (reference A5). */
export function createDeposit(account: Account, body: Body): number {
  const header = readHeader(account, 'CustDep', body, 'customer', 'arAcct');
  const payment = amountField(body, 'payment', header.decimals);
  if (payment === undefined) throw valueMissing('Payment Amount', 'payment');
  if (payment <= 0n) throw userError('The payment amount must be positive.', 'payment');
  const cash = cashAccount(account, body, header.currency);
  const checkNumber = textField(body, 'checkNumber');
  insertDocument(account.book, {
    id: header.id, type: 'CustDep', tranId: header.tranId, entity: header.customer.id, subsidiary: header.subsidiary, currency: header.currency,
    exchangeRate: header.exchangeRate, total: payment, tranDate: header.tranDate, period: header.period, modified: header.now,
    receivableAccount: header.receivableAccount, account: cash.account, undeposited: cash.undeposited,
    ...(header.externalId === undefined ? {} : { externalId: header.externalId }), ...(header.memo === undefined ? {} : { memo: header.memo }),
    ...(checkNumber === undefined ? {} : { checkNumber }),
    lines: [{ account: cash.account, amount: payment }, { account: accountOfType(account, 'deposits', header.currency), amount: -payment }],
  });
  return header.id;
}

/** Only made by transforming a deposit; as large as what it applies. */
export function createDepositApplication(account: Account, depositId: number, body: Body): number {
  const deposit = resolve(account, 'transaction', { id: String(depositId) }, 'deposit');
  const externalId = externalIdField(body);
  checkExternalId(account, externalId);
  const tranDate = dateField(body, 'tranDate') ?? accountNow(account).slice(0, 10);
  const period = postingPeriod(account, tranDate);
  const applied = mergeLines(account, scopeOfRow(account, deposit), new Map(), sublistField(body, 'apply'), 'apply', false);
  const total = totalOf(applied);
  if (total === 0n) throw userError('You must enter at least one line item for this transaction.', 'apply');
  const source = fresh(account, deposit.id, 0);
  if (total > source.open) throw userError('The total of the applied amounts exceeds the remaining deposit.', 'apply.items[0]');
  const id = account.book.nextId('transaction');
  const memo = textField(body, 'memo');
  const currency = Number(deposit['currency']);
  const receivable = Number(deposit['x_araccount']);
  insertDocument(account.book, {
    id, type: 'DepAppl', tranId: `DA${id}`, entity: Number(deposit['entity']), subsidiary: Number(deposit['x_subsidiary']), currency,
    exchangeRate: String(deposit['exchangerate']), total, settled: 0n, tranDate, period, modified: accountNow(account), receivableAccount: receivable, deposit: deposit.id,
    ...(externalId === undefined ? {} : { externalId }), ...(memo === undefined ? {} : { memo }),
    lines: [{ account: accountOfType(account, 'deposits', currency), amount: total }, { account: receivable, amount: -total }],
  });
  link(account, { source: { document: id, line: 0, type: 'DepAppl' }, target: source, amount: total });
  for (const ticked of applied.values()) link(account, { source: { document: id, line: 1, type: 'DepAppl' }, target: ticked.item, amount: ticked.amount });
  account.book.run('UPDATE "transaction" SET foreignpaymentamountused = ?, foreignpaymentamountunused = 0 WHERE id = ?', total, id);
  account.book.run('UPDATE transactionaccountingline SET paymentamountused = abs(amount), amountlinked = abs(amount), paymentamountunused = 0 WHERE "transaction" = ? AND paymentamountused IS NOT NULL', id);
  return id;
}

export function updateDeposit(account: Account, row: Row & { id: number }, body: Body): void {
  const payment = amountField(body, 'payment', currencyDecimals(account, Number(row['currency'])));
  if (payment !== undefined && payment !== BigInt(Number(row['foreigntotal']))) throw userError('Changing the amount of a saved deposit is not simulated.', 'payment');
  editHeader(account, row, body, 'customer');
}

/** Deposit applications are not re-spread here: their note can change, and deleting one gives the deposit back. */
export function updateDepositApplication(account: Account, row: Row & { id: number }, body: Body): void {
  if (body['apply'] !== undefined) throw userError('Changing the lines of a deposit application is not simulated: delete it and apply the deposit again.', 'apply');
  editHeader(account, row, body, 'customer');
}

export function withdrawDepositApplication(account: Account, row: Row & { id: number }): void {
  for (const applied of appliedBy(account, row.id)) settle(account, fresh(account, applied.document, applied.line), -applied.amount);
  const deposit = Number(row['x_deposit']);
  const taken = account.book.one<{ amount: number }>("SELECT sum(foreignamount) AS amount FROM transactionlink WHERE nextdoc = ? AND previousdoc = ?", row.id, deposit);
  settle(account, fresh(account, deposit, 0), -BigInt(taken?.amount ?? 0));
  account.book.run('DELETE FROM transactionlink WHERE nextdoc = ?', row.id);
  touch(account, deposit);
}

/** A credit memo before it goes: what it settled is open again. */
export function withdrawCredit(account: Account, credit: number, total: bigint): void {
  applyCredit(account, credit, total, new Map(), standingLines(account, appliedBy(account, credit), 'apply'));
}
