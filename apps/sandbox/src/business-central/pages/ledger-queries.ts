import { boolean, blank, blankDay, choice, code, date, decimal, integer, moment, string, type Field, type Page } from '../odata/page.js';
import { ACCOUNT_TYPES, DETAILED_ENTRY_TYPES, DOCUMENT_TYPES } from './names.js';
import type { TenantSettings } from '../settings.js';

const amounts = (amount: string, local: string): readonly Field[] => [
  decimal('amount', amount), decimal('debitAmount', `max(${amount}, 0)`), decimal('creditAmount', `max(-${amount}, 0)`), decimal('amountLocalCurrency', local),
  decimal('debitAmountLocalCurrency', `max(${local}, 0)`), decimal('creditAmountLocalCurrency', `max(-${local}, 0)`),
];
/** "Amount" of an entry is a sum over its rows except the application rows: a discount taken makes it smaller than what was invoiced. */
const ledgerAmount = (column: string): string => `(SELECT coalesce(sum(d.${column}), 0) FROM detailed_cust_ledger_entry d WHERE d.cust_ledger_entry_no = t.entry_no AND d.ledger_entry_amount = 1)`;
const MODIFIED = moment('lastModifiedDateTime', 't.modified_at');

/** API Reports - Finance: no due date, no remaining amount, no closed-by (2.6). */
export const financeCustomerLedgerEntries: Page = {
  entitySet: 'customerLedgerEntries', entityName: 'customerLedgerEntry', table: 'cust_ledger_entry', from: 'cust_ledger_entry t', key: 't.entry_no', keyless: true, navigations: [],
  fields: [
    integer('entryNumber', 't.entry_no'), choice('documentType', 't.document_type', DOCUMENT_TYPES), string('description', 't.description', 100), date('postingDate', 't.posting_date'), code('documentNumber', 't.document_number', 20),
    code('externalDocumentNumber', 't.external_document_number', 35), code('balancingAccountNumber', 't.balancing_number', 20), choice('balancingAccountType', 't.balancing_type', ACCOUNT_TYPES),
    code('customerNumber', 't.customer_number', 20), boolean('open', 't.is_open'), ...amounts(ledgerAmount('amount'), ledgerAmount('amount_lcy')), integer('dimensionSetID', '0'), code('currencyCode', 't.currency_code', 10), blank('yourReference'), MODIFIED,
  ],
};

/** No link to the ledger entry, no applied entry, no document, no unapplied flag (2.6). */
export const financeDetailedCustomerLedgerEntries: Page = {
  entitySet: 'detailedCustomerLedgerEntries', entityName: 'detailedCustomerLedgerEntry', table: 'detailed_cust_ledger_entry', from: 'detailed_cust_ledger_entry t', key: 't.entry_no', keyless: true, navigations: [],
  fields: [
    integer('entryNumber', 't.entry_no'), choice('entryType', 't.entry_type', DETAILED_ENTRY_TYPES), code('customerNumber', 't.customer_number', 20), ...amounts('t.amount', 't.amount_lcy'), blank('initialEntryGLobalDim1'),
    blank('initialEntryGLobalDim2'), date('postingDate', 't.posting_date'), code('currencyCode', 't.currency_code', 10), MODIFIED,
  ],
};

/** Power BI Reports: ledger entries joined to their detailed rows; no transaction-currency amount, no unapplied flag, no modified date (2.6). */
export function analyticsCustomerLedgerEntries(settings: TenantSettings): Page {
  const window = settings.analyticsDateWindow;
  const day = (text: string): string => `'${text.replace(/[^0-9-]/g, '')}'`;
  return {
    entitySet: 'customerLedgerEntries', entityName: 'customerLedgerEntry', table: 'cust_ledger_entry', key: 't.entry_no', keyless: true, navigations: [],
    from: 'detailed_cust_ledger_entry t JOIN cust_ledger_entry e ON e.entry_no = t.cust_ledger_entry_no LEFT JOIN sales_invoice i ON i.entry_no = e.entry_no AND e.document_type = \'Invoice\'',
    ...(window === null ? {} : { where: `e.posting_date BETWEEN ${day(window.from)} AND ${day(window.to)}` }),
    fields: [
      integer('cleEntryNo', 'e.entry_no'), date('cleDueDate', 'e.due_date'), boolean('cleOpen', 'e.is_open'), date('clePostingDate', 'e.posting_date'), date('cleDocumentDate', 'e.document_date'), integer('cleDimensionSetID', '0'),
      date('cleClosedAtDate', 'e.closed_at'), blank('cleReasonCode'), integer('dcleEntryNo', 't.entry_no'), date('dclePostingDate', 't.posting_date'), boolean('dcleLedgerEntryAmount', 't.ledger_entry_amount'),
      choice('dcleEntryType', 't.entry_type', DETAILED_ENTRY_TYPES), choice('dcleDocumentType', 't.document_type', DOCUMENT_TYPES), code('dcleDocumentNo', 't.document_number', 20),
      date('dcleInitialEntryDueDate', 't.initial_due_date'), decimal('dcleAmountLCY', 't.amount_lcy'), code('dcleCustomerNo', 't.customer_number', 20), integer('dcleApplicationNo', 't.application_no'),
      integer('dcleAppliedCustLedgerEntryNo', 't.applied_entry_no'), code('salesInvHeaderDocumentNo', "coalesce(i.number, '')", 20), blank('salesInvHeaderPaymentTermsCode'), blankDay('salesInvHeaderPmtDiscountDate'),
    ],
  };
}
