import { BLANK_GUID } from '../ledger/tables.js';
import { choice, code, date, decimal, guid, ID, integer, many, MODIFIED, string, variable, type Field, type Page } from '../odata/page.js';
import { ACCOUNT_TYPES, CASH_RECEIPT_TEMPLATE } from './names.js';

/** Only a G/L account shows its id; a bank account shows its number alone (2.8.1). */
const BALANCING: readonly Field[] = [
  guid('balancingAccountId', `CASE t.balancing_type WHEN 'G/L Account' THEN coalesce((SELECT a.id FROM account a WHERE a.number = t.balancing_number), '${BLANK_GUID}') ELSE '${BLANK_GUID}' END`),
  code('balancingAccountNumber', 't.balancing_number', 20),
];

export const customerPaymentJournals: Page = {
  entitySet: 'customerPaymentJournals', entityName: 'customerPaymentJournal', table: 'journal_batch', from: 'journal_batch t', where: `t.template = '${CASH_RECEIPT_TEMPLATE}'`, key: 't.id',
  fields: [ID, code('code', 't.code', 10), string('displayName', 't.name', 100), MODIFIED, ...BALANCING],
  navigations: [many('customerPayments', 'customerPayments', 't.batch_id = ?')],
};

/** Batches of every template (2.8.4). */
export const journals: Page = {
  entitySet: 'journals', entityName: 'journal', table: 'journal_batch', from: 'journal_batch t', key: 't.id',
  fields: [ID, code('code', 't.code', 10), string('displayName', 't.name', 100), code('templateDisplayName', 't.template', 10), MODIFIED, ...BALANCING],
  navigations: [many('journalLines', 'journalLines', 't.batch_id = ?')],
};

const BATCH_CODE = '(SELECT b.code FROM journal_batch b WHERE b.id = t.batch_id)';
const LINE: readonly Field[] = [date('postingDate', 't.posting_date'), code('documentNumber', 't.document_number', 20), code('externalDocumentNumber', 't.external_document_number', 35), decimal('amount', 't.amount')];

/** Unposted lines only. A line without the document type Payment and the applies-to type Invoice is posted with the batch, but not shown (2.8.2). */
export const customerPayments: Page = {
  entitySet: 'customerPayments', entityName: 'customerPayment', table: 'journal_line', from: 'journal_line t', key: 't.id',
  where: "t.account_type = 'Customer' AND t.document_type = 'Payment' AND t.applies_to_type = 'Invoice'",
  fields: [
    ID, guid('journalId', 't.batch_id'), code('journalDisplayName', BATCH_CODE, 10), integer('lineNumber', 't.line_number'), guid('customerId', `coalesce((SELECT c.id FROM customer c WHERE c.number = t.account_number), '${BLANK_GUID}')`),
    code('customerNumber', 't.account_number', 20), ...LINE,
    variable(guid('appliesToInvoiceId', `coalesce((SELECT i.id FROM sales_invoice i WHERE i.number = t.applies_to_number AND i.posted = 1), '${BLANK_GUID}')`)),
    variable(code('appliesToInvoiceNumber', 't.applies_to_number', 20)), string('description', 't.description', 100), string('comment', 't.comment', 250), MODIFIED,
  ],
  navigations: [many('dimensionSetLines', 'dimensionSetLines', 't.line_id = ?')],
};

/** G/L and bank lines with a blank document type (2.8.2). */
export const journalLines: Page = {
  entitySet: 'journalLines', entityName: 'journalLine', table: 'journal_line', from: 'journal_line t', key: 't.id', where: "t.document_type = ' ' AND t.account_type IN ('G/L Account', 'Bank Account')",
  fields: [
    ID, guid('journalId', 't.batch_id'), variable(code('journalDisplayName', BATCH_CODE, 10)), integer('lineNumber', 't.line_number'), choice('accountType', 't.account_type', ACCOUNT_TYPES),
    guid('accountId', `coalesce((SELECT a.id FROM account a WHERE a.number = t.account_number), '${BLANK_GUID}')`), code('accountNumber', 't.account_number', 20), ...LINE, string('description', 't.description', 100),
    string('comment', 't.comment', 250), choice('balanceAccountType', 't.balancing_type', ACCOUNT_TYPES), ...BALANCING, MODIFIED,
  ],
  navigations: [many('dimensionSetLines', 'dimensionSetLines', 't.line_id = ?')],
};

export const dimensionSetLines: Page = {
  entitySet: 'dimensionSetLines', entityName: 'dimensionSetLine', table: 'journal_line_dimension', from: 'journal_line_dimension t', key: 't.id', navigations: [],
  fields: [
    ID, code('code', 't.dimension_code', 20), guid('parentId', 't.line_id'), choice('parentType', "'Journal Line'", ['Journal Line']),
    string('displayName', "coalesce((SELECT d.dimension_name FROM dimension_value d WHERE d.dimension_code = t.dimension_code LIMIT 1), '')", 30), code('valueCode', 't.value_code', 20),
    string('valueDisplayName', "coalesce((SELECT d.name FROM dimension_value d WHERE d.dimension_code = t.dimension_code AND d.code = t.value_code), '')", 50),
  ],
};
