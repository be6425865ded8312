import { BLANK_GUID } from '../ledger/tables.js';
import { blank, blankDay, blankGuid, choice, code, date, decimal, guid, ID, integer, many, MODIFIED, no, string, variable, type Field, type Page } from '../odata/page.js';
import { CREDIT_MEMO_STATUSES, INVOICE_STATUSES, LINE_TYPES } from './names.js';

/** The two customers of a document beside it: `sell`, `bill`. Numbers are unique, so a document stays one row. */
const withParties = (table: string): string => `${table} t LEFT JOIN customer sell ON sell.number = t.sell_to_number LEFT JOIN customer bill ON bill.number = t.bill_to_number`;
const customerId = (party: 'sell' | 'bill'): string => `coalesce(${party}.id, '${BLANK_GUID}')`;
const customerText = (party: 'sell' | 'bill', of: string): string => `coalesce(${party}.${of}, '')`;

/** Sell-to is who bought; bill-to is who owes (2.4). */
const PARTIES: readonly Field[] = [
  guid('customerId', customerId('sell')), code('customerNumber', 't.sell_to_number', 20), string('customerName', customerText('sell', 'name'), 100), string('billToName', customerText('bill', 'name'), 100),
  guid('billToCustomerId', customerId('bill')), code('billToCustomerNumber', 't.bill_to_number', 20),
];
const side = (prefix: string, party: 'sell' | 'bill'): Field[] => [
  string(`${prefix}AddressLine1`, customerText(party, 'address'), 100), string(`${prefix}AddressLine2`, customerText(party, 'address_2'), 50), string(`${prefix}City`, customerText(party, 'city'), 30),
  code(`${prefix}Country`, customerText(party, 'country'), 10), string(`${prefix}State`, customerText(party, 'county'), 30), code(`${prefix}PostCode`, customerText(party, 'post_code'), 20),
];
const CURRENCY: readonly Field[] = [
  guid('currencyId', `coalesce((SELECT c.id FROM currency c WHERE c.code = t.currency_code), '${BLANK_GUID}')`), blank('shortcutDimension1Code'), blank('shortcutDimension2Code'),
  // The local currency has no code in the table; the page shows it all the same (2.4).
  variable(code('currencyCode', "CASE WHEN t.currency_code = '' THEN local_currency() ELSE t.currency_code END", 10)),
];
const TOTALS: readonly Field[] = [
  decimal('discountAmount', '0'), no('discountAppliedBeforeTax'), decimal('totalAmountExcludingTax', 't.amount_excluding_tax'), decimal('totalTaxAmount', 't.tax_amount'), decimal('totalAmountIncludingTax', 't.amount_including_tax'),
];
const REACH: readonly Field[] = [string('phoneNumber', customerText('sell', 'phone'), 30), string('email', customerText('sell', 'email'), 80)];

/** From the ledger entry; nothing of it is in the aggregate's row (2.2). An unposted document shows its whole total; 0 when canceled (2.4). */
const REMAINING = `CASE WHEN t.status = 'Canceled' THEN 0 WHEN t.posted = 0 THEN t.amount_including_tax ELSE coalesce((SELECT e.remaining FROM cust_ledger_entry e WHERE e.entry_no = t.entry_no), 0) END`;

export const salesInvoices: Page = {
  entitySet: 'salesInvoices', entityName: 'salesInvoice', table: 'sales_invoice', from: withParties('sales_invoice'), key: 't.id',
  fields: [
    ID, code('number', 't.number', 20), code('externalDocumentNumber', 't.external_document_number', 35), date('invoiceDate', 't.document_date'), date('postingDate', 't.posting_date'), date('dueDate', 't.due_date'),
    date('promisedPayDate', 't.promised_pay_date'), string('customerPurchaseOrderReference', 't.your_reference', 35), ...PARTIES, blank('shipToName'), blank('shipToContact'), ...side('sellTo', 'sell'),
    ...side('billTo', 'bill'), ...CURRENCY, guid('orderId', 't.order_id'), code('orderNumber', 't.order_number', 20), guid('paymentTermsId', 't.payment_terms_id'), blankGuid('shipmentMethodId'),
    code('salesperson', 't.salesperson', 20), guid('disputeStatusId', 't.dispute_status_id'), code('disputeStatus', 't.dispute_status', 10), no('pricesIncludeTax'), variable(decimal('remainingAmount', REMAINING)), ...TOTALS,
    choice('status', 't.status', INVOICE_STATUSES), MODIFIED, ...REACH,
  ],
  navigations: [many('salesInvoiceLines', 'salesInvoiceLines', 't.document_id = ?')],
};

const APPLIED = `(SELECT i.id FROM sales_invoice i WHERE i.number = t.applies_to_number AND t.applies_to_number <> '')`;

/** No `remainingAmount` here: what is left of a credit memo is only in the ledger (2.4). */
export const salesCreditMemos: Page = {
  entitySet: 'salesCreditMemos', entityName: 'salesCreditMemo', table: 'sales_credit_memo', from: withParties('sales_credit_memo'), key: 't.id',
  fields: [
    ID, code('number', 't.number', 20), code('externalDocumentNumber', 't.external_document_number', 35), date('creditMemoDate', 't.document_date'), date('postingDate', 't.posting_date'), date('dueDate', 't.due_date'), ...PARTIES,
    ...side('sellTo', 'sell'), ...side('billTo', 'bill'), ...CURRENCY, guid('paymentTermsId', 't.payment_terms_id'), blankGuid('shipmentMethodId'), code('salesperson', 't.salesperson', 20), no('pricesIncludeTax'),
    ...TOTALS, choice('status', 't.status', CREDIT_MEMO_STATUSES), MODIFIED, variable(guid('invoiceId', `coalesce(${APPLIED}, '${BLANK_GUID}')`)), code('invoiceNumber', 't.applies_to_number', 20), ...REACH,
    blankGuid('customerReturnReasonId'),
  ],
  navigations: [many('salesCreditMemoLines', 'salesCreditMemoLines', 't.document_id = ?')],
};

const linePage = (entitySet: string, entityName: string, table: string): Page => ({
  entitySet, entityName, table, from: `${table} t`, key: 't.id', navigations: [],
  fields: [
    ID, guid('documentId', 't.document_id'), integer('sequence', 't.sequence'), blankGuid('itemId'), guid('accountId', `coalesce((SELECT a.id FROM account a WHERE a.number = t.account_number), '${BLANK_GUID}')`),
    choice('lineType', 't.line_type', LINE_TYPES), code('lineObjectNumber', 't.account_number', 20), string('description', 't.description', 100), blank('unitOfMeasureCode'), decimal('quantity', 't.quantity'),
    decimal('unitPrice', 't.unit_price'), decimal('discountAmount', '0'), decimal('discountPercent', '0'), decimal('amountExcludingTax', 't.amount_excluding_tax'), blank('taxCode'), decimal('totalTaxAmount', 't.tax_amount'),
    decimal('amountIncludingTax', 't.amount_excluding_tax + t.tax_amount'), decimal('netAmount', 't.amount_excluding_tax'), decimal('netTaxAmount', 't.tax_amount'),
    decimal('netAmountIncludingTax', 't.amount_excluding_tax + t.tax_amount'), blankDay('shipmentDate'),
  ],
});
export const salesInvoiceLines = linePage('salesInvoiceLines', 'salesInvoiceLine', 'sales_invoice_line');
export const salesCreditMemoLines = linePage('salesCreditMemoLines', 'salesCreditMemoLine', 'sales_credit_memo_line');
