import { fieldsIn, type Body } from '../http/body.js';
import { insertPayment, modifyPayment, nextLineNumber, type FieldValue } from '../ledger/journal-lines.js';
import { postBatch } from '../ledger/journal-posting.js';
import { badRequest, dialog, ODataError, sameKey } from '../odata/odata-error.js';
import { CASH_RECEIPT_TEMPLATE, GENERAL_TEMPLATE } from './names.js';
import type { WriteContext, Writers } from './writers.js';

const BATCH_COLUMNS: Readonly<Record<string, string>> = { code: 'code', displayName: 'name' };

function batchValues(context: WriteContext, body: Body): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [field, value] of fieldsIn(context.page, body)) {
    const column = BATCH_COLUMNS[field.name];
    if (column !== undefined) values[column] = String(value);
    else if (field.name === 'balancingAccountId') Object.assign(values, balancingOf(context, String(value)));
    else if (field.name !== 'templateDisplayName') throw badRequest(`The property '${field.name}' is read-only.`);
  }
  return values;
}

/** Only a G/L account: a bank account is set on the batch by a person (2.8.1). */
function balancingOf(context: WriteContext, id: string): Record<string, string> {
  const account = context.book.one('SELECT number FROM account WHERE id = ?', id);
  if (account === undefined) throw dialog('The "balancingAccountId" does not match to a G/L Account.');
  return { balancing_type: 'G/L Account', balancing_number: String(account['number']) };
}

function createBatch(template: string) {
  return (context: WriteContext, body: Body): string => {
    const values = batchValues(context, body);
    const { settings, book } = context;
    if (book.one('SELECT 1 AS one FROM journal_batch WHERE template = ? AND code = ?', template, values['code'] ?? '') !== undefined) {
      throw sameKey(`The record in table Gen. Journal Batch already exists. Identification fields and values: Journal Template Name='${template}',Name='${values['code']}'`);
    }
    return book.insert('journal_batch', {
      template, number_series: settings.manualNumbersForbidden ? 'GJNL-RCPT' : '', posting_number_series: settings.postingNumberSeries ? 'GJNL-PRCPT' : '',
      ...(settings.defaultBalancingAccount === '' ? {} : defaultBalancing(context, settings.defaultBalancingAccount)), ...values,
    });
  };
}

function defaultBalancing(context: WriteContext, number: string): Record<string, string> {
  const bank = context.book.one('SELECT number FROM bank_account WHERE number = ?', number);
  return { balancing_type: bank === undefined ? 'G/L Account' : 'Bank Account', balancing_number: number };
}

function removeBatch(context: WriteContext, id: string): void {
  for (const line of context.book.all('SELECT id FROM journal_line WHERE batch_id = ?', id)) context.book.remove('journal_line', String(line['id']));
  context.book.remove('journal_batch', id);
}

/** `Microsoft.NAV.post`: 204 whether it posted or only put the batch into the job queue (2.8.4). */
function post(context: WriteContext, id: string): null {
  const { book, settings } = context;
  if (settings.postWithJobQueue) {
    context.postLater(id);
    return null;
  }
  postBatch(book, settings, id);
  book.commitWithin();
  return null;
}

export const customerPaymentJournalWriters: Writers = {
  create: createBatch(CASH_RECEIPT_TEMPLATE),
  update: (context, id, body) => { context.book.update('journal_batch', id, batchValues(context, body)); },
  remove: removeBatch,
};

export const journalWriters: Writers = { create: createBatch(GENERAL_TEMPLATE), update: customerPaymentJournalWriters.update as NonNullable<Writers['update']>, remove: removeBatch, actions: { 'Microsoft.NAV.post': post } };

const PAYMENT_READ_ONLY = new Set(['id', 'journalDisplayName', 'lastModifiedDateTime']);

function paymentFields(context: WriteContext, body: Body): { fields: FieldValue[]; amount: bigint | null } {
  const pairs = fieldsIn(context.page, body);
  for (const [field] of pairs) if (PAYMENT_READ_ONLY.has(field.name)) throw badRequest(`The property '${field.name}' is read-only.`);
  const amount = pairs.find(([field]) => field.name === 'amount')?.[1];
  return { fields: pairs.filter(([field]) => field.name !== 'amount').map(([field, value]): FieldValue => [field.name, String(value)]), amount: amount === undefined ? null : BigInt(amount) };
}

/** The batch of a new line: from the path, or `journalId` in the body (2.8.2). */
function batchOf(context: WriteContext, body: Body): string {
  if (context.parent !== null) return context.parent.id;
  const id = body['journalId'];
  if (typeof id !== 'string') throw dialog('You must specify a journal batch ID or a journal ID to insert a journal line.');
  if (context.book.one('SELECT 1 AS one FROM journal_batch WHERE id = ?', id.toLowerCase()) === undefined) throw new ODataError(404, 'Internal_RecordNotFound', 'The Gen. Journal Batch does not exist.');
  return id.toLowerCase();
}

function removeLine(context: WriteContext, id: string): void {
  context.book.run('DELETE FROM journal_line_dimension WHERE line_id = ?', id);
  context.book.remove('journal_line', id);
}

export const customerPaymentWriters: Writers = {
  create: (context, body) => {
    const { fields, amount } = paymentFields(context, body);
    return insertPayment(context.book, batchOf(context, body), fields, amount);
  },
  update: (context, id, body) => {
    const { fields, amount } = paymentFields(context, body);
    modifyPayment(context.book, context.book.existing('journal_line', 'id', id), fields, amount);
  },
  remove: removeLine,
};

const LINE_COLUMNS: Readonly<Record<string, string>> = {
  accountNumber: 'account_number', postingDate: 'posting_date', documentNumber: 'document_number', externalDocumentNumber: 'external_document_number', amount: 'amount', description: 'description', comment: 'comment',
  balancingAccountNumber: 'balancing_number', balanceAccountType: 'balancing_type', accountType: 'account_type',
};

/** G/L and bank lines alone: a customer is refused (2.8.2). */
export const journalLineWriters: Writers = {
  create: (context, body) => {
    const { book } = context;
    const batchId = batchOf(context, body);
    const values: Record<string, string | bigint | number> = { posting_date: book.today() };
    for (const [field, value] of fieldsIn(context.page, body)) {
      const column = LINE_COLUMNS[field.name];
      if (column !== undefined) values[column] = value;
      if (field.name === 'accountId') values['account_number'] = String(book.one('SELECT number FROM account WHERE id = ?', value)?.['number'] ?? '');
    }
    const type = String(values['account_type'] ?? 'G/L Account');
    if (type !== 'G/L Account' && type !== 'Bank Account') throw dialog('The account type must be G/L Account or Bank Account.');
    const table = type === 'Bank Account' ? 'bank_account' : 'account';
    if (book.one(`SELECT 1 AS one FROM ${table} WHERE number = ?`, String(values['account_number'] ?? '')) === undefined) throw dialog('The "accountNumber" does not match to an Account.');
    return book.insert('journal_line', { batch_id: batchId, line_number: nextLineNumber(book, batchId), ...values });
  },
  remove: removeLine,
};

export const dimensionWriters: Writers = {
  create: (context, body) => {
    const values = new Map(fieldsIn(context.page, body).map(([field, value]) => [field.name, String(value)]));
    const parent = context.parent?.id ?? values.get('parentId');
    if (parent === undefined) throw dialog('You must specify a parentId to insert a dimension set line.');
    const code = values.get('code') ?? '';
    const valueCode = values.get('valueCode') ?? '';
    if (context.book.one('SELECT 1 AS one FROM dimension_value WHERE dimension_code = ? AND code = ?', code, valueCode) === undefined) {
      throw new ODataError(400, 'Internal_InvalidTableRelation', `The field Dimension Value Code contains a value (${valueCode}) that cannot be found in the related table (Dimension Value).`);
    }
    return context.book.insert('journal_line_dimension', { line_id: parent, dimension_code: code, value_code: valueCode });
  },
  remove: (context, id) => { context.book.remove('journal_line_dimension', id); },
};
