import { BLANK_GUID } from '../ledger/tables.js';
import { boolean, choice, code, date, decimal, guid, ID, integer, many, MODIFIED, string, type Page } from '../odata/page.js';
import { ACCOUNT_TYPES, CASH_RECEIPT_TEMPLATE, DETAILED_ENTRY_TYPES, DOCUMENT_TYPES } from '../pages/names.js';

/** The contract is in README.md of this folder. */
export const ledgerEntries: Page = {
  entitySet: 'customerLedgerEntries', entityName: 'customerLedgerEntry', table: 'cust_ledger_entry', from: 'cust_ledger_entry t', key: 't.id', navigations: [],
  fields: [
    ID, integer('entryNumber', 't.entry_no'), choice('documentType', 't.document_type', DOCUMENT_TYPES), code('documentNumber', 't.document_number', 20), code('externalDocumentNumber', 't.external_document_number', 35),
    guid('customerId', `coalesce((SELECT c.id FROM customer c WHERE c.number = t.customer_number), '${BLANK_GUID}')`), code('customerNumber', 't.customer_number', 20), string('description', 't.description', 100),
    date('postingDate', 't.posting_date'), date('documentDate', 't.document_date'), date('dueDate', 't.due_date'), code('currencyCode', 't.currency_code', 10), decimal('amount', 't.amount'), decimal('remainingAmount', 't.remaining'),
    decimal('amountLocalCurrency', 't.amount_lcy'), decimal('remainingAmountLocalCurrency', 't.remaining_lcy'), boolean('open', 't.is_open'), integer('closedByEntryNumber', 't.closed_by_entry_no'), date('closedAtDate', 't.closed_at'),
    boolean('reversed', 't.reversed'), integer('transactionNumber', 't.transaction_no'), code('appliesToId', 't.applies_to_id', 50), decimal('amountToApply', 't.amount_to_apply'), date('discountDate', 't.discount_day'),
    decimal('remainingDiscountPossible', 't.discount_possible'), MODIFIED,
  ],
};

export const detailedLedgerEntries: Page = {
  entitySet: 'detailedCustomerLedgerEntries', entityName: 'detailedCustomerLedgerEntry', table: 'detailed_cust_ledger_entry', from: 'detailed_cust_ledger_entry t', key: 't.id', navigations: [],
  fields: [
    ID, integer('entryNumber', 't.entry_no'), integer('customerLedgerEntryNumber', 't.cust_ledger_entry_no'), choice('entryType', 't.entry_type', DETAILED_ENTRY_TYPES), choice('documentType', 't.document_type', DOCUMENT_TYPES),
    code('documentNumber', 't.document_number', 20), date('postingDate', 't.posting_date'), code('customerNumber', 't.customer_number', 20), code('currencyCode', 't.currency_code', 10), decimal('amount', 't.amount'),
    decimal('amountLocalCurrency', 't.amount_lcy'), integer('applicationNumber', 't.application_no'), integer('appliedCustomerLedgerEntryNumber', 't.applied_entry_no'), integer('transactionNumber', 't.transaction_no'),
    boolean('unapplied', 't.unapplied'), integer('unappliedByEntryNumber', 't.unapplied_by'), MODIFIED,
  ],
};

const BALANCING = [choice('balancingAccountType', 't.balancing_type', ACCOUNT_TYPES), code('balancingAccountNumber', 't.balancing_number', 20)];

export const cashReceiptJournals: Page = {
  entitySet: 'cashReceiptJournals', entityName: 'cashReceiptJournal', table: 'journal_batch', from: 'journal_batch t', where: `t.template = '${CASH_RECEIPT_TEMPLATE}'`, key: 't.id',
  fields: [ID, code('code', 't.code', 10), string('displayName', 't.name', 100), ...BALANCING, MODIFIED], navigations: [many('cashReceiptLines', 'cashReceiptLines', 't.batch_id = ?')],
};

export const cashReceiptLines: Page = {
  entitySet: 'cashReceiptLines', entityName: 'cashReceiptLine', table: 'journal_line', from: 'journal_line t', where: "t.account_type = 'Customer'", key: 't.id', navigations: [],
  fields: [
    ID, guid('journalId', 't.batch_id'), integer('lineNumber', 't.line_number'), choice('documentType', 't.document_type', DOCUMENT_TYPES), code('documentNumber', 't.document_number', 20),
    code('externalDocumentNumber', 't.external_document_number', 35), code('customerNumber', 't.account_number', 20), date('postingDate', 't.posting_date'), decimal('amount', 't.amount'), code('currencyCode', 't.currency_code', 10),
    choice('appliesToDocumentType', "CASE t.applies_to_type WHEN '' THEN ' ' ELSE t.applies_to_type END", DOCUMENT_TYPES), code('appliesToDocumentNumber', 't.applies_to_number', 20), code('appliesToId', 't.applies_to_id', 50), ...BALANCING,
    string('description', 't.description', 100), MODIFIED,
  ],
};
