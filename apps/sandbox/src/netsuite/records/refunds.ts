import type { Row } from '../book/book.js';
import { insertDocument } from '../book/documents.js';
import { resolve, type Account } from './account.js';
import { itemsOf, link, settle, type OpenItem } from './balances.js';
import { amountField, flagField, referenceField, sublistField, textField, type Body } from './body.js';
import { cashAccount, readHeader, scopeOf, type Header } from './drafting.js';
import { editHeader } from './editing.js';
import { invalidValue, userError } from './record-error.js';

interface Refunded {
  readonly item: OpenItem;
  readonly amount: bigint;
}

/** Money back for unapplied payments, credit memos, deposits and journal credits; the refund is as large as what it takes. */
export function createRefund(account: Account, body: Body): number {
  const header = readHeader(account, 'CustRfnd', body, 'customer', 'arAcct');
  const refunded = [...readRefunded(account, body, 'apply', header), ...readRefunded(account, body, 'deposit', header)];
  const total = refunded.reduce((sum, line) => sum + line.amount, 0n);
  if (total === 0n) throw userError('You must enter at least one line item for this transaction.', 'apply');
  const cash = cashAccount(account, body, header.currency);
  insertDocument(account.book, {
    id: header.id, type: 'CustRfnd', tranId: header.tranId, entity: header.customer.id, subsidiary: header.subsidiary, currency: header.currency,
    exchangeRate: header.exchangeRate, total, tranDate: header.tranDate, period: header.period, modified: header.now, receivableAccount: header.receivableAccount,
    account: cash.account, ...(header.externalId === undefined ? {} : { externalId: header.externalId }), ...(header.memo === undefined ? {} : { memo: header.memo }),
    lines: [{ account: cash.account, amount: -total }, { account: header.receivableAccount, amount: total }],
  });
  for (const line of refunded) link(account, { source: { document: header.id, line: 1, type: 'CustRfnd' }, target: line.item, amount: line.amount });
  account.book.run('UPDATE transactionaccountingline SET paymentamountused = abs(amount), amountlinked = abs(amount), paymentamountunused = 0 WHERE "transaction" = ? AND paymentamountused IS NOT NULL', header.id);
  return header.id;
}

function readRefunded(account: Account, body: Body, sublist: 'apply' | 'deposit', header: Header): Refunded[] {
  const scope = scopeOf(account, header);
  return (sublistField(body, sublist)?.items ?? []).flatMap((line, index) => {
    const path = `${sublist}.items[${index}]`;
    const reference = referenceField(line, 'doc', `${path}.doc`);
    if (reference === undefined || reference === null) throw userError('You must enter a value for doc.', `${path}.doc`);
    const document = resolve(account, 'transaction', reference, 'doc', `${path}.doc`).id;
    const wantedLine = textField(line, 'line', `${path}.line`);
    const items = itemsOf(account, document).filter((item) => item.side === 'used');
    const item = wantedLine === undefined ? items.find((candidate) => candidate.open > 0n) ?? items[0] : items.find((candidate) => String(candidate.line) === wantedLine);
    const matches = item !== undefined && item.posting && item.entity !== null && scope.customers.has(item.entity) && item.currency === scope.currency
      && item.subsidiary === scope.subsidiary && (item.type === 'CustDep') === (sublist === 'deposit');
    if (!matches) throw invalidValue(String(document), 'doc', `${path}.doc`);
    const amount = amountField(line, 'amount', scope.decimals, `${path}.amount`) ?? item.open;
    if (flagField(line, 'apply', `${path}.apply`) === false || amount === 0n) return [];
    if (amount < 0n) throw invalidValue(String(line['amount']), 'amount', `${path}.amount`);
    if (amount > item.open) throw userError(`The amount refunded from ${item.tranId} cannot exceed what is left of it.`, path);
    return [{ item, amount }];
  });
}

export function updateRefund(account: Account, row: Row & { id: number }, body: Body): void {
  if (body['apply'] !== undefined || body['deposit'] !== undefined) throw userError('Changing the lines of a refund is not simulated: delete it and refund again.', 'apply');
  editHeader(account, row, body, 'customer');
}

export function withdrawRefund(account: Account, refund: number): void {
  const rows = account.book.all<{ document: number; line: number; amount: number }>(
    'SELECT previousdoc AS document, previousline AS line, sum(foreignamount) AS amount FROM transactionlink WHERE nextdoc = ? GROUP BY 1, 2', refund,
  );
  for (const row of rows) {
    const item = itemsOf(account, row.document).find((candidate) => candidate.line === row.line);
    if (item !== undefined) settle(account, item, -BigInt(row.amount));
  }
  account.book.run('DELETE FROM transactionlink WHERE nextdoc = ?', refund);
}
