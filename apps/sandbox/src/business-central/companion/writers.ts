import { parseAmount } from '../../simulation/book-amounts.js';
import { fieldsIn, NumberLiteral, type Body } from '../http/body.js';
import type { Binding } from '../ledger/company-book.js';
import { tableCurrency } from '../ledger/exchange.js';
import { nextLineNumber } from '../ledger/journal-lines.js';
import { postBatch } from '../ledger/journal-posting.js';
import { applyPosted, reverseTransaction, unapplyLast } from '../ledger/unapplying.js';
import { badRequest, dialog, sameKey } from '../odata/odata-error.js';
import { CASH_RECEIPT_TEMPLATE } from '../pages/names.js';
import type { WriteContext, Writers } from '../pages/writers.js';

type Columns = Readonly<Record<string, string>>;

/** The properties of a body as columns; what is no column of the page's is read-only. */
function columnsIn(context: WriteContext, body: Body, columns: Columns): Record<string, Binding> {
  const values: Record<string, Binding> = {};
  for (const [field, value] of fieldsIn(context.page, body)) {
    const column = columns[field.name];
    if (column === undefined) throw badRequest(`The property '${field.name}' is read-only.`);
    values[column] = value;
  }
  return values;
}

function entryNumberOf(context: WriteContext, id: string): number {
  return Number(context.book.existing('cust_ledger_entry', 'id', id)['entry_no']);
}

function textOf(body: Body, name: string): string | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw badRequest(`Cannot convert the parameter '${name}' to the expected type.`);
  return value;
}

function digitsOf(body: Body, name: string): string | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (!(value instanceof NumberLiteral)) throw badRequest(`Cannot convert the parameter '${name}' to the expected type.`);
  return value.text;
}

export const ledgerEntryWriters: Writers = {
  update: (context, id, body) => { context.book.update('cust_ledger_entry', id, columnsIn(context, body, { appliesToId: 'applies_to_id', amountToApply: 'amount_to_apply' })); },
  actions: {
    'Microsoft.NAV.apply': (context, id, body) => {
      const amount = digitsOf(body, 'amount');
      const appliedTo = digitsOf(body, 'appliedToEntryNumber');
      if (appliedTo === undefined) throw badRequest("The parameter 'appliedToEntryNumber' is missing.");
      applyPosted(context.book, context.settings, entryNumberOf(context, id), Number(appliedTo), amount === undefined ? undefined : parseAmount(amount), textOf(body, 'postingDate') ?? context.book.today());
      return null;
    },
    'Microsoft.NAV.unapply': (context, id, body) => {
      unapplyLast(context.book, context.settings, entryNumberOf(context, id), textOf(body, 'postingDate') ?? context.book.today());
      return null;
    },
    'Microsoft.NAV.reverse': (context, id) => {
      reverseTransaction(context.book, context.settings, entryNumberOf(context, id));
      return null;
    },
  },
};

const JOURNAL_COLUMNS: Columns = { code: 'code', displayName: 'name', balancingAccountType: 'balancing_type', balancingAccountNumber: 'balancing_number' };

export const cashReceiptJournalWriters: Writers = {
  create: (context, body) => {
    const values = columnsIn(context, body, JOURNAL_COLUMNS);
    if (context.book.one('SELECT 1 AS one FROM journal_batch WHERE template = ? AND code = ?', CASH_RECEIPT_TEMPLATE, values['code'] ?? '') !== undefined) throw sameKey('The record in table Gen. Journal Batch already exists.');
    return context.book.insert('journal_batch', { template: CASH_RECEIPT_TEMPLATE, ...values });
  },
  update: (context, id, body) => { context.book.update('journal_batch', id, columnsIn(context, body, JOURNAL_COLUMNS)); },
  remove: (context, id) => {
    for (const line of context.book.all('SELECT id FROM journal_line WHERE batch_id = ?', id)) context.book.remove('journal_line', String(line['id']));
    context.book.remove('journal_batch', id);
  },
  actions: {
    'Microsoft.NAV.postWithResult': (context, id) => {
      const posted = postBatch(context.book, context.settings, id);
      context.book.commitWithin();
      return JSON.stringify({ value: JSON.stringify(posted) });
    },
  },
};

const LINE_COLUMNS: Columns = {
  lineNumber: 'line_number', documentType: 'document_type', documentNumber: 'document_number', externalDocumentNumber: 'external_document_number', customerNumber: 'account_number', postingDate: 'posting_date', amount: 'amount',
  currencyCode: 'currency_code', appliesToDocumentType: 'applies_to_type', appliesToDocumentNumber: 'applies_to_number', appliesToId: 'applies_to_id', balancingAccountType: 'balancing_type',
  balancingAccountNumber: 'balancing_number', description: 'description', journalId: 'batch_id',
};

export const cashReceiptLineWriters: Writers = {
  create: (context, body) => {
    const { book } = context;
    const values = columnsIn(context, body, LINE_COLUMNS);
    const batchId = context.parent?.id ?? String(values['batch_id'] ?? '');
    const batch = book.one('SELECT * FROM journal_batch WHERE id = ?', batchId);
    if (batch === undefined) throw dialog('You must specify a journal batch ID or a journal ID to insert a journal line.');
    const customer = book.one('SELECT * FROM customer WHERE number = ?', String(values['account_number'] ?? ''));
    if (customer === undefined) throw dialog('The "customerNumber" does not match to a Customer.');
    const currency = values['currency_code'] ?? customer['currency_code'] ?? '';
    return book.insert('journal_line', {
      line_number: nextLineNumber(book, batchId), document_type: 'Payment', posting_date: book.today(), balancing_type: String(batch['balancing_type']), balancing_number: String(batch['balancing_number']), ...values,
      batch_id: batchId, account_type: 'Customer', currency_code: tableCurrency(book, String(currency)),
    });
  },
  update: (context, id, body) => { context.book.update('journal_line', id, columnsIn(context, body, LINE_COLUMNS)); },
  remove: (context, id) => { context.book.remove('journal_line', id); },
};
