import { blank, blankGuid, boolean, choice, code, date, decimal, guid, ID, integer, many, MODIFIED, moment, no, one, string, variable, type Page } from '../odata/page.js';
import { ACCOUNT_CATEGORIES, BLOCKED, BUSINESS_RELATIONS, PARTY_TYPES } from './names.js';
import { BLANK_DAY, BLANK_GUID } from '../ledger/tables.js';
import type { TenantSettings } from '../settings.js';

const CURRENCY_ID = `coalesce((SELECT c.id FROM currency c WHERE c.code = t.currency_code), '${BLANK_GUID}')`;
const OPEN_OF_CUSTOMER = 'FROM cust_ledger_entry e WHERE e.customer_number = t.number AND e.is_open = 1';
/** Sums over the ledger, kept as page fields: they move nothing on the customer (2.4). */
const BALANCE = `(SELECT coalesce(sum(e.remaining), 0) ${OPEN_OF_CUSTOMER})`;
const BALANCE_LCY = `(SELECT coalesce(sum(e.remaining_lcy), 0) ${OPEN_OF_CUSTOMER})`;
const DUE = `(SELECT coalesce(sum(e.remaining), 0) ${OPEN_OF_CUSTOMER} AND e.due_date < today())`;
const DUE_LCY = `(SELECT coalesce(sum(e.remaining_lcy), 0) ${OPEN_OF_CUSTOMER} AND e.due_date < today())`;

const ADDRESS = [string('addressLine1', 't.address', 100), string('addressLine2', 't.address_2', 50), string('city', 't.city', 30), string('state', 't.county', 30), code('country', 't.country', 10), code('postalCode', 't.post_code', 20)];

export const customers: Page = {
  entitySet: 'customers', entityName: 'customer', table: 'customer', from: 'customer t', key: 't.id',
  fields: [
    ID, code('number', 't.number', 20), string('displayName', 't.name', 100), choice('type', 't.contact_type', PARTY_TYPES), ...ADDRESS, string('phoneNumber', 't.phone', 30), string('email', 't.email', 80),
    string('website', 't.website', 255), code('salespersonCode', 't.salesperson', 20), decimal('balanceDue', DUE), decimal('creditLimit', 't.credit_limit'), no('taxLiable'), blankGuid('taxAreaId'),
    variable(blank('taxAreaDisplayName')), variable(string('taxRegistrationNumber', 't.tax_registration_number', 50)), guid('currencyId', CURRENCY_ID),
    variable(code('currencyCode', "CASE WHEN t.currency_code = '' THEN local_currency() ELSE t.currency_code END", 10)), guid('paymentTermsId', 't.payment_terms_id'), blankGuid('shipmentMethodId'),
    guid('paymentMethodId', 't.payment_method_id'), choice('blocked', 't.blocked', BLOCKED), MODIFIED,
  ],
  navigations: [
    one('customerFinancialDetails', 'customerFinancialDetails', 't.id = ?'), one('agedAccountsReceivable', 'agedAccountsReceivables', 't.id = ?'),
    many('contactsInformation', 'contacts', "t.company_number = (SELECT c.number FROM customer c WHERE c.id = ?)"),
  ],
};

export const customerFinancialDetails: Page = {
  entitySet: 'customerFinancialDetails', entityName: 'customerFinancialDetail', table: 'customer', from: 'customer t', key: 't.id', navigations: [],
  fields: [
    ID, code('number', 't.number', 20), decimal('balance', BALANCE_LCY),
    decimal('totalSalesExcludingTax', '(SELECT coalesce(sum(i.amount_excluding_tax), 0) FROM sales_invoice i WHERE i.bill_to_number = t.number AND i.posted = 1)'), decimal('overdueAmount', DUE_LCY), MODIFIED,
  ],
};

const aged = (condition: string): string => `(SELECT coalesce(sum(e.remaining), 0) ${OPEN_OF_CUSTOMER} AND ${condition})`;
const AGE = 'julianday(today()) - julianday(e.due_date)';

/** A report in a temporary table: no delta, no ETag that means anything (2.4). */
export const agedAccountsReceivables: Page = {
  entitySet: 'agedAccountsReceivables', entityName: 'agedAccountsReceivable', table: 'customer', from: 'customer t', key: 't.id', navigations: [],
  fields: [
    guid('customerId', 't.id'), code('customerNumber', 't.number', 20), string('name', 't.name', 100), code('currencyCode', "CASE WHEN t.currency_code = '' THEN local_currency() ELSE t.currency_code END", 10),
    decimal('balanceDue', BALANCE), decimal('currentAmount', aged(`${AGE} <= 0`)), string('period1Label', "'1-30'", 30), decimal('period1Amount', aged(`${AGE} BETWEEN 1 AND 30`)),
    string('period2Label', "'31-60'", 30), decimal('period2Amount', aged(`${AGE} BETWEEN 31 AND 60`)), string('period3Label', "'over 60'", 30), decimal('period3Amount', aged(`${AGE} > 60`)),
    date('agedAsOfDate', 'today()'), string('periodLengthFilter', "'30D'", 10),
  ],
};

export const contacts: Page = {
  entitySet: 'contacts', entityName: 'contact', table: 'contact', from: 'contact t', key: 't.id', navigations: [],
  fields: [
    ID, code('number', 't.number', 20), choice('type', 't.contact_type', PARTY_TYPES), string('displayName', 't.name', 100), string('jobTitle', 't.job_title', 30), code('companyNumber', 't.company_number', 20),
    string('companyName', 't.company_name', 100), choice('contactBusinessRelation', 't.business_relation', BUSINESS_RELATIONS), ...ADDRESS, string('phoneNumber', 't.phone', 30), string('mobilePhoneNumber', 't.mobile', 30),
    string('email', 't.email', 80), blank('website'), code('searchName', 'upper(t.name)', 100), no('privacyBlocked'), variable(blank('taxRegistrationNumber')), date('lastInteractionDate', "'0001-01-01'"), MODIFIED,
  ],
};

const setup = (entitySet: string, entityName: string, table: string, fields: Page['fields']): Page => ({ entitySet, entityName, table, from: `${table} t`, key: 't.id', fields: [ID, ...fields], navigations: [] });
const CODE = code('code', 't.code', 10);

export const setupPages: readonly Page[] = [
  setup('paymentTerms', 'paymentTerm', 'payment_terms', [
    CODE, string('displayName', 't.name', 100), string('dueDateCalculation', 't.due_date_calculation'), string('discountDateCalculation', 't.discount_date_calculation'), decimal('discountPercent', 't.discount_percent'),
    no('calculateDiscountOnCreditMemos'), MODIFIED,
  ]),
  setup('paymentMethods', 'paymentMethod', 'payment_method', [CODE, string('displayName', 't.name', 100), MODIFIED]),
  setup('currencies', 'currency', 'currency', [
    CODE, string('displayName', 't.name', 30), string('symbol', 't.symbol', 10), string('amountDecimalPlaces', "t.decimals || ':' || t.decimals", 5),
    decimal('amountRoundingPrecision', 'CASE t.decimals WHEN 0 THEN 10000 WHEN 2 THEN 100 ELSE 10 END'), MODIFIED,
  ]),
  setup('disputeStatus', 'disputeStatus', 'dispute_status', [CODE, string('displayName', 't.name', 100), MODIFIED]),
  setup('salespeoplePurchasers', 'salespersonPurchaser', 'salesperson', [
    code('code', 't.code', 20), string('displayName', 't.name', 50), string('email', 't.email', 80), blank('email2'), string('phoneNo', 't.phone', 30), blank('jobTitle'), decimal('commisionPercent', '0'),
    no('privacyBlocked'), no('blocked'), MODIFIED,
  ]),
  setup('accounts', 'account', 'account', [
    code('number', 't.number', 20), string('displayName', 't.name', 100), choice('category', 't.category', ACCOUNT_CATEGORIES), blank('subCategory'), boolean('blocked', 't.blocked'), choice('accountType', "'Posting'", ['Posting']),
    boolean('directPosting', 't.direct_posting'), decimal('netChange', '(SELECT coalesce(sum(g.amount), 0) FROM gl_entry g WHERE g.account_number = t.number)'), blank('consolidationDebitAccount'), blank('consolidationCreditAccount'),
    no('excludeFromConsolidation'), MODIFIED,
  ]),
  setup('bankAccounts', 'bankAccount', 'bank_account', [
    code('number', 't.number', 20), string('displayName', 't.name', 100), MODIFIED, string('bankAccountNumber', 't.bank_account_number', 30), boolean('blocked', 't.blocked'),
    variable(code('currencyCode', "CASE WHEN t.currency_code = '' THEN local_currency() ELSE t.currency_code END", 10)), variable(guid('currencyId', CURRENCY_ID)), string('iban', 't.iban', 50), no('intercompanyEnabled'),
  ]),
];

export const companyInformation: Page = {
  entitySet: 'companyInformation', entityName: 'companyInformation', table: 'company_information', key: 't.id', navigations: [],
  from: 'company_information t',
  fields: [ID, string('displayName', 't.name', 100), blank('addressLine1'), blank('city'), code('country', 't.country', 10), variable(code('currencyCode', 'local_currency()', 10)), moment('lastModifiedDateTime', 't.modified_at')],
};

/**
 * General Ledger Setup: one record, read-only (microsoft/BCApps, APIV2GLSetup.Page.al). The days of posting are switches of the tenant here,
 * so the record's own moment does not move with them.
 */
export function generalLedgerSetup({ postingAllowedFrom: from, postingAllowedTo: to }: TenantSettings): Page {
  const day = (text: string): string => `'${text.replace(/[^0-9-]/g, '') || BLANK_DAY}'`;
  return {
    entitySet: 'generalLedgerSetup', entityName: 'generalLedgerSetup', table: 'general_ledger_setup', from: 'company_information t', key: 't.id', navigations: [],
    fields: [
      ID, date('allowPostingFrom', day(from)), date('allowPostingTo', day(to)), blank('additionalReportingCurrency'), code('localCurrencyCode', 'local_currency()', 10),
      string('localCurrencySymbol', "coalesce((SELECT c.symbol FROM currency c WHERE c.code = local_currency()), '')", 10), MODIFIED, no('allowQueryFromConsolidation'),
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((number) => blank(`shortcutDimension${number}Code`)),
    ],
  };
}

export const generalLedgerEntries = (documentTypes: readonly string[]): Page => ({
  entitySet: 'generalLedgerEntries', entityName: 'generalLedgerEntry', table: 'gl_entry', from: 'gl_entry t', key: 't.id', navigations: [],
  fields: [
    ID, integer('entryNumber', 't.entry_no'), date('postingDate', 't.posting_date'), code('documentNumber', 't.document_number', 20), choice('documentType', 't.document_type', documentTypes),
    guid('accountId', '(SELECT a.id FROM account a WHERE a.number = t.account_number)'), code('accountNumber', 't.account_number', 20), string('description', 't.description', 100),
    decimal('debitAmount', 'max(t.amount, 0)'), decimal('creditAmount', 'max(-t.amount, 0)'), decimal('additionalCurrencyDebitAmount', '0'), decimal('additionalCurrencyCreditAmount', '0'), MODIFIED,
  ],
});
