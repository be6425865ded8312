import { addDays, parseLocalDate } from '#canonical';
import { enterTransaction, type Instalment } from '../book/entry.js';
import type { Identity, Invoice, Transaction } from '../book/records.js';
import { decimalOf, ONE, RATE_ONE } from '../decimals.js';
import type { Environment } from '../environment.js';
import { ENTITY_SETS } from '../entities/catalogue.js';
import { fullRow, type Row } from '../odata/columns.js';

/** A legal entity of the simulated group. */
export interface CompanyPlan {
  /** Lower case: `usmf`. */
  readonly dataAreaId: string;
  readonly name: string;
  readonly country: string;
  readonly currency: string;
}

export const DEFAULT_COMPANIES: readonly CompanyPlan[] = [
  { dataAreaId: 'usmf', name: 'Honeycomb Trading USA', country: 'USA', currency: 'USD' }, { dataAreaId: 'gbsi', name: 'Honeycomb Trading UK', country: 'GBR', currency: 'GBP' },
];

export const TERM_DAYS: Readonly<Record<string, number>> = { Net30: 30, Net15: 15, Net45: 45, '2%10Net30': 30 };
const CURRENCIES: Readonly<Record<string, { name: string; perHundredUsd: string }>> = {
  USD: { name: 'US Dollar', perHundredUsd: '100' }, GBP: { name: 'Pound Sterling', perHundredUsd: '127.15' }, EUR: { name: 'Euro', perHundredUsd: '108.42' }, CAD: { name: 'Canadian Dollar', perHundredUsd: '73.11' },
  JPY: { name: 'Yen', perHundredUsd: '0.664' }, KWD: { name: 'Kuwaiti Dinar', perHundredUsd: '325.41' },
};
const RATES_FROM = '2020-01-01';

/** Writes a master record as it stands; the rules of the entity are not asked. */
export function insertMaster({ book }: Environment, collection: string, cells: Row): Identity {
  const set = ENTITY_SETS.find((each) => each.collection === collection);
  if (set === undefined) throw new RangeError(`no collection ${collection}`);
  return book.master(collection).insert({ recId: book.nextRecId(), version: 1, row: fullRow(set.columns, cells) });
}

/** Currencies, rates, legal entities with ledgers, terms, groups, payment methods and journal names. */
export function layFoundation(environment: Environment, companies: readonly CompanyPlan[]): void {
  for (const [code, { name, perHundredUsd }] of Object.entries(CURRENCIES)) {
    insertMaster(environment, 'Currencies', { CurrencyCode: code, Name: name, Symbol: code, GeneralRoundingRule: decimalOf('0.01') });
    for (const company of new Set(companies.map((each) => each.currency))) {
      if (company === code) continue;
      const rate = (decimalOf(perHundredUsd) * RATE_ONE) / decimalOf(CURRENCIES[company]?.perHundredUsd ?? '100');
      insertMaster(environment, 'ExchangeRates', { RateTypeName: 'Default', FromCurrency: code, ToCurrency: company, StartDate: RATES_FROM, EndDate: '2154-12-31', Rate: rate, ConversionFactor: 'Hundred' });
    }
  }
  for (const company of companies) layCompany(environment, company);
}

function layCompany(environment: Environment, { dataAreaId, name, country, currency }: CompanyPlan): void {
  insertMaster(environment, 'LegalEntities', { LegalEntityId: dataAreaId, Name: name, CompanyCountry: country, AddressCountryRegionId: country, LanguageId: 'en-US' });
  insertMaster(environment, 'Companies', { DataArea: dataAreaId, KnownAs: name, LanguageId: 'en-US', Name: name });
  insertMaster(environment, 'Ledgers', { LegalEntityId: dataAreaId, Name: name, AccountingCurrency: currency, ReportingCurrency: currency, ChartOfAccounts: 'Shared', FiscalCalendar: 'Fiscal', ExchangeRateType: 'Default' });
  for (const [term, days] of Object.entries(TERM_DAYS)) insertMaster(environment, 'PaymentTerms', { dataAreaId, Name: term, Description: `${days} days`, NumberOfDays: BigInt(days) });
  for (const [id, description] of [['10', 'Wholesale customers'], ['30', 'Retail customers']] as const) insertMaster(environment, 'CustomerGroups', { dataAreaId, CustomerGroupId: id, Description: description, PaymentTermId: 'Net30' });
  for (const method of ['CHECK', 'WIRE', 'ACH']) insertMaster(environment, 'CustomerPaymentMethods', { dataAreaId, Name: method, Description: method, PaymentType: 'Other', AccountType: 'Bank', PaymentAccountDisplayValue: bankOf(dataAreaId) });
  insertMaster(environment, 'JournalNames', { dataAreaId, Name: 'ARPay', Description: 'Customer payments', Type: 'CustPayment', OffsetAccountType: 'Bank', OffsetAccountDisplayValue: bankOf(dataAreaId), VoucherAllocationAtPosting: 'Yes', AllowOnlyPositiveDebitsAndCredits: 'Yes' });
  insertMaster(environment, 'JournalNames', { dataAreaId, Name: 'GenJrn', Description: 'Daily journal', Type: 'Daily', OffsetAccountType: 'Ledger' });
}

/** The company's bank account, as an account display value. */
export function bankOf(dataAreaId: string): string {
  return `${dataAreaId.toUpperCase()} OPER`;
}

export interface CustomerDraft {
  readonly dataAreaId: string;
  readonly account: string;
  readonly name: string;
  readonly currency: string;
  readonly group?: string;
  readonly terms?: string;
  readonly paymentMethod?: string;
  /** Who is billed; the customer itself when absent. */
  readonly invoiceAccount?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly city?: string;
  readonly country?: string;
  readonly creditLimit?: bigint;
}

export function enterCustomer(environment: Environment, draft: CustomerDraft): Identity {
  const { dataAreaId, account } = draft;
  const identity = insertMaster(environment, 'CustomersV3', {
    dataAreaId, CustomerAccount: account, OrganizationName: draft.name, NameAlias: draft.name.slice(0, 20), PartyType: 'Organization', PartyNumber: `P-${dataAreaId}-${account}`, CustomerGroupId: draft.group ?? '30',
    InvoiceAccount: draft.invoiceAccount ?? '', SalesCurrencyCode: draft.currency, PaymentTerms: draft.terms ?? 'Net30', PaymentMethod: draft.paymentMethod ?? 'CHECK', CreditLimit: draft.creditLimit ?? 0n, PrimaryContactEmail: draft.email ?? '',
    PrimaryContactPhone: draft.phone ?? '', AddressCity: draft.city ?? '', AddressCountryRegionId: draft.country ?? 'USA', LanguageId: 'en-US', OnHoldStatus: 'No',
  });
  for (const [type, locator, id] of [['Email', draft.email, 'E'], ['Phone', draft.phone, 'P']] as const) {
    if (locator !== undefined) insertMaster(environment, 'CustomerElectronicAddresses', { dataAreaId, CustomerAccount: account, ElectronicAddressId: `${account}-${id}`, Type: type, Locator: locator, Description: 'Accounts payable', Purpose: 'Invoice', IsPrimary: 'Yes' });
  }
  return identity;
}

export interface InvoiceDraft {
  readonly dataAreaId: string;
  /** The invoice account: who owes. */
  readonly account: string;
  readonly orderAccount?: string;
  readonly kind?: 'sales' | 'freeText';
  readonly number: string;
  readonly day: string;
  readonly terms?: string;
  readonly dueDate?: string;
  readonly currency: string;
  readonly rate?: bigint;
  /** Negative for a credit note (reference 3.3: there is no entity of its own). */
  readonly total: bigint;
  readonly tax?: bigint;
  readonly customerReference?: string;
  readonly instalments?: readonly Instalment[];
}

/** A posted invoice or credit note with its transaction and open rows. */
export function enterInvoice(environment: Environment, draft: InvoiceDraft): { invoice: Invoice; transaction: Transaction } {
  const { book } = environment;
  const kind = draft.kind ?? 'sales';
  const terms = draft.terms ?? 'Net30';
  const dueDate = draft.dueDate ?? addDays(parseLocalDate(draft.day), TERM_DAYS[terms] ?? 30);
  const voucher = book.nextNumber(`invoice voucher ${draft.dataAreaId}`, kind === 'sales' ? 'ARI' : 'FTI', 8);
  const orderAccount = draft.orderAccount ?? draft.account;
  const rate = draft.rate ?? RATE_ONE;
  const invoice = book.invoices.insert({
    recId: book.nextRecId(), version: 1, dataAreaId: draft.dataAreaId, kind, number: draft.number, day: draft.day, dueDate, voucher, account: draft.account, orderAccount, currency: draft.currency, rate, total: draft.total,
    tax: draft.tax ?? 0n, terms, salesOrder: kind === 'sales' ? `SO-${draft.number}` : '', customerReference: draft.customerReference ?? '', posted: true,
  });
  const discount = terms === '2%10Net30' && draft.total > 0n ? { discount: { day: addDays(parseLocalDate(draft.day), 10), amount: roundToCent((draft.total * 2n) / 100n) } } : {};
  const instalments = draft.instalments ?? [{ amount: draft.total, dueDate, ...discount }];
  const transaction = enterTransaction(environment, {
    dataAreaId: draft.dataAreaId, account: draft.account, orderAccount, kind: kind === 'sales' ? 'Sales' : 'Cust', day: draft.day, dueDate, voucher, currency: draft.currency, rate, amount: draft.total, invoice: draft.number, terms,
    text: draft.customerReference ?? '',
  }, instalments);
  return { invoice, transaction };
}

/** A free text invoice that is not posted: a header and nothing to collect. */
export function enterDraftInvoice({ book }: Environment, draft: InvoiceDraft): Invoice {
  return book.invoices.insert({
    recId: book.nextRecId(), version: 1, dataAreaId: draft.dataAreaId, kind: 'freeText', number: '', day: draft.day, dueDate: draft.dueDate ?? draft.day, voucher: '', account: draft.account, orderAccount: draft.account, currency: draft.currency,
    rate: draft.rate ?? RATE_ONE, total: draft.total, tax: 0n, terms: draft.terms ?? 'Net30', salesOrder: '', customerReference: '', posted: false,
  });
}

function roundToCent(units: bigint): bigint {
  const cent = ONE / 100n;
  return (units / cent) * cent;
}
