import type { Row } from '../book/book.js';
import { insertDocument, type LineDraft } from '../book/documents.js';
import { accountNow, currencyDecimals, resolve, type Account } from './account.js';
import { amountField, dateField, externalIdField, flagField, referenceField, sublistField, textField, type Body } from './body.js';
import { checkExternalId, defaultRate, idOf } from './drafting.js';
import { editHeader } from './editing.js';
import { postingPeriod } from './periods.js';
import { invalidValue, userError, valueMissing } from './record-error.js';

/**
 * A journal (reference A5 "Write-offs"): balanced lines of one subsidiary. A line on a receivables account needs a customer and becomes an open
 * item of its own: a debit can be paid, a credit can pay. The journal alone closes no invoice.
 */
export function createJournal(account: Account, body: Body): number {
  const subsidiary = idOf(account, 'subsidiary', body, 'subsidiary');
  if (subsidiary === undefined && account.settings.oneWorld) throw valueMissing('Subsidiary', 'subsidiary');
  const home = subsidiary ?? 1;
  const base = account.book.one<{ currency: number }>('SELECT currency FROM subsidiary WHERE id = ?', home)?.currency ?? 1;
  const currency = idOf(account, 'currency', body, 'currency') ?? base;
  const externalId = externalIdField(body);
  checkExternalId(account, externalId);
  const tranDate = dateField(body, 'tranDate') ?? accountNow(account).slice(0, 10);
  const period = postingPeriod(account, tranDate, idOf(account, 'accountingperiod', body, 'postingPeriod'));
  const approved = !account.settings.journalApproval;
  const lines = readLines(account, body, currency);
  const id = account.book.nextId('transaction');
  const memo = textField(body, 'memo');
  insertDocument(account.book, {
    id, type: 'Journal', tranId: textField(body, 'tranId') ?? `JE${id}`, entity: null, subsidiary: home, currency,
    exchangeRate: textField(body, 'exchangeRate') ?? defaultRate(account, currency, home),
    total: lines.reduce((sum, line) => (line.amount > 0n ? sum + line.amount : sum), 0n), tranDate, period, modified: accountNow(account),
    status: approved ? 'B' : 'A', posting: approved, approvalStatus: approved ? 2 : 1, lines,
    ...(externalId === undefined ? {} : { externalId }), ...(memo === undefined ? {} : { memo }),
  });
  return id;
}

function readLines(account: Account, body: Body, currency: number): LineDraft[] {
  const decimals = currencyDecimals(account, currency);
  const items = sublistField(body, 'line')?.items ?? [];
  const lines = items.map((item, index) => readLine(account, item, index, decimals));
  if (lines.length < 2) throw userError('You must enter at least two lines for this transaction.', 'line');
  const difference = lines.reduce((sum, line) => sum + line.amount, 0n);
  if (difference !== 0n) throw userError('The amounts in a journal entry must balance.', 'line');
  return lines;
}

function readLine(account: Account, item: Body, index: number, decimals: number): LineDraft {
  const path = `line.items[${index}]`;
  const reference = referenceField(item, 'account', `${path}.account`);
  if (reference === undefined || reference === null) throw valueMissing('Account', `${path}.account`);
  const ledger = resolve(account, 'account', reference, 'account', `${path}.account`);
  const debit = amountField(item, 'debit', decimals, `${path}.debit`) ?? 0n;
  const credit = amountField(item, 'credit', decimals, `${path}.credit`) ?? 0n;
  if (debit < 0n || credit < 0n || (debit > 0n && credit > 0n)) throw invalidValue(String(item['debit'] ?? item['credit']), 'amount', path);
  const entityReference = referenceField(item, 'entity', `${path}.entity`);
  const entity = entityReference === undefined || entityReference === null ? undefined : resolve(account, 'customer', entityReference, 'entity', `${path}.entity`).id;
  const receivable = ledger['accttype'] === 'AcctRec';
  if (receivable && entity === undefined) throw userError('Please choose a customer for the line on the receivables account.', `${path}.entity`);
  const memo = textField(item, 'memo', `${path}.memo`);
  return { account: ledger.id, amount: debit - credit, open: receivable && debit !== credit, ...(entity === undefined ? {} : { entity }), ...(memo === undefined ? {} : { memo }) };
}

export function updateJournal(account: Account, row: Row & { id: number }, body: Body): void {
  if (body['line'] !== undefined) throw userError('Changing the lines of a saved journal is not simulated.', 'line');
  editHeader(account, row, body, 'entity');
  const approval = referenceField(body, 'approvalStatus');
  if (flagField(body, 'approved') === true || (approval !== undefined && approval !== null && 'id' in approval && approval.id === '2')) approve(account, row.id);
}

/** A journal that was pending becomes posted, and its receivable lines open items. */
export function approve(account: Pick<Account, 'book'>, journal: number): void {
  account.book.run("UPDATE \"transaction\" SET status = 'B', posting = 'T', approvalstatus = 2 WHERE id = ?", journal);
  account.book.run("UPDATE transactionaccountingline SET posting = 'T' WHERE \"transaction\" = ?", journal);
}
