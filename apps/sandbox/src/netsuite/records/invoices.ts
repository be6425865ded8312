import { addDays, parseLocalDate } from '#canonical';
import type { Row } from '../book/book.js';
import { insertDocument } from '../book/documents.js';
import type { Account } from './account.js';
import { dateField, sublistField, textField, amountField, type Body } from './body.js';
import { readItems } from './credit-memos.js';
import { idOf, readHeader } from './drafting.js';
import { editHeader } from './editing.js';
import { userError } from './record-error.js';

export function createInvoice(account: Account, body: Body): number {
  const header = readHeader(account, 'CustInvc', body, 'entity', 'account');
  const lines = readItems(account, body, header, -1n);
  if (lines.length === 0) throw userError('You must enter at least one line item for this transaction.', 'item');
  const total = -lines.reduce((sum, line) => sum + line.amount, 0n);
  if (total < 0n) throw userError('The total of an invoice must not be negative.', 'item');
  const terms = idOf(account, 'term', body, 'terms') ?? (header.customer['terms'] === null ? undefined : Number(header.customer['terms']));
  const days = Number(account.book.one<{ days: string }>('SELECT daysuntilnetdue AS days FROM term WHERE id = ?', terms ?? null)?.days ?? 0);
  const dueDate = dateField(body, 'dueDate') ?? addDays(parseLocalDate(header.tranDate), days);
  const otherRefNum = textField(body, 'otherRefNum');
  insertDocument(account.book, {
    id: header.id, type: 'CustInvc', tranId: header.tranId, entity: header.customer.id, subsidiary: header.subsidiary, currency: header.currency,
    exchangeRate: header.exchangeRate, total, tranDate: header.tranDate, dueDate, period: header.period, modified: header.now,
    receivableAccount: header.receivableAccount, ...(terms === undefined ? {} : { terms }), ...(otherRefNum === undefined ? {} : { otherRefNum }),
    ...(header.externalId === undefined ? {} : { externalId: header.externalId }), ...(header.memo === undefined ? {} : { memo: header.memo }),
    lines: [{ account: header.receivableAccount, amount: total }, ...lines],
  });
  addInstallments(account, header.id, total, header.decimals, body);
  return header.id;
}

/** `overrideInstallments` with an `installment` list that adds up to the total (reference A3 "Invoice instalments"). */
function addInstallments(account: Account, invoice: number, total: bigint, decimals: number, body: Body): void {
  const items = sublistField(body, 'installment')?.items ?? [];
  let sum = 0n;
  items.forEach((item, index) => {
    const amount = amountField(item, 'amount', decimals, `installment.items[${index}].amount`) ?? 0n;
    sum += amount;
    insertInstallment(account, invoice, index + 1, dateField(item, 'dueDate') ?? null, amount, amount);
  });
  if (items.length > 0 && sum !== total) throw userError('The instalments do not add up to the total of the invoice.', 'installment');
}

/** Lines of instalments start at 101, apart from the lines of the document. */
export const INSTALLMENT_LINE_BASE = 100;

export function insertInstallment(account: Pick<Account, 'book'>, invoice: number, number: number, dueDate: string | null, amount: bigint, unpaid: bigint): void {
  account.book.run('INSERT INTO x_installment ("transaction", line, number, duedate, amount, unpaid) VALUES (?,?,?,?,?,?)', invoice, INSTALLMENT_LINE_BASE + number, number, dueDate, amount, unpaid);
}

export function updateInvoice(account: Account, row: Row & { id: number }, body: Body): void {
  if (body['item'] !== undefined) throw userError('Changing the lines of a saved invoice is not simulated.', 'item');
  editHeader(account, row, body, 'entity');
}
