import { findMaster } from '../book/entry.js';
import type { Identity } from '../book/records.js';
import { columns, fullRow, type Column, type Row } from '../odata/columns.js';
import { DuplicateRecordError, writeFailed } from '../odata/odata-error.js';
import { viewing, type EntitySet, type Viewed, type Write } from './entity-set.js';

/** Columns of CustomersV3 that matter to receivables, out of 309 (specs fno-receivable-openapi.json). */
const CUSTOMER_COLUMNS = columns(`dataAreaId CustomerAccount OrganizationName NameAlias KnownAs PartyType PartyNumber PersonFirstName PersonMiddleName PersonLastName CustomerGroupId InvoiceAccount
  SalesCurrencyCode PaymentTerms PaymentMethod PaymentSchedule PaymentCashDiscount CreditLimit:decimal CreditLimitIsMandatory:enum.NoYes CreditRating OnHoldStatus:enum.CustVendorBlocked IsOneTimeCustomer:enum.NoYes
  PrimaryContactEmail PrimaryContactPhone PrimaryContactURL TaxExemptNumber SalesTaxGroup LanguageId AddressStreet AddressCity AddressState AddressZipCode AddressCountryRegionId AddressCountryRegionISOCode FullPrimaryAddress
  InvoiceAddressCountryRegionId SiteId StatisticsGroupId CompanyChain LineOfBusinessId EmployeeResponsibleNumber CollectionsContactPersonId WriteoffReason OrganizationNumber
  CredManCustomerSince:date CredManGroupId DefaultDimensionDisplayValue`);

function masterSet(set: Pick<EntitySet, 'collection' | 'publicName' | 'entity' | 'label' | 'columns' | 'key' | 'companyColumn'>): EntitySet {
  return { ...set, navigation: [], ...viewing((environment) => environment.book.master(set.collection).all(), (record) => record.row) };
}

const CUSTOMER_BASE = masterSet({
  collection: 'CustomersV3', publicName: 'CustomerV3', entity: 'CustCustomerV3Entity', label: 'Customers V3', columns: CUSTOMER_COLUMNS, key: ['dataAreaId', 'CustomerAccount'], companyColumn: 'dataAreaId',
});

/** The masters a customer names, and how the infolog calls them. */
const REFERENCES: readonly (readonly [column: string, collection: string, key: string, field: string, table: string])[] = [
  ['CustomerGroupId', 'CustomerGroups', 'CustomerGroupId', 'Customer group', 'Customer groups'], ['PaymentTerms', 'PaymentTerms', 'Name', 'Terms of payment', 'Terms of payment'],
  ['PaymentMethod', 'CustomerPaymentMethods', 'Name', 'Method of payment', 'Methods of payment'],
];

function checkCustomer({ environment }: Write, row: Row): void {
  const company = String(row['dataAreaId']);
  for (const [column, collection, key, field, table] of REFERENCES) {
    const value = String(row[column] ?? '');
    if (value === '' || findMaster(environment, collection, { dataAreaId: company, [key]: value }) !== undefined) continue;
    throw writeFailed('CustCustomerV3Entity', `The value '${value}' in field '${field}' is not found in the related table '${table}'.`, `validateField failed on field 'CustCustomerV3Entity.${column}'.`);
  }
}

export const CUSTOMERS: EntitySet = {
  ...CUSTOMER_BASE,
  create: (write): Identity => {
    const { environment: { book }, given } = write;
    const company = String(given['dataAreaId']);
    const account = String(given['CustomerAccount'] ?? '') || book.nextNumber(`customer ${company}`, 'C');
    if (findMaster(write.environment, 'CustomersV3', { dataAreaId: company, CustomerAccount: account }) !== undefined) throw new DuplicateRecordError('CustCustomerV3Entity', `Customers (CustTable). Customer account: ${account}`);
    const row = fullRow(CUSTOMER_COLUMNS, { PartyType: 'Organization', ...given, CustomerAccount: account });
    if (row['CustomerGroupId'] === '') throw writeFailed('CustCustomerV3Entity', "Field 'Customer group' must be filled in.", 'validateWrite failed on data source \'CustTable (CustTable)\'.');
    checkCustomer(write, row);
    return book.master('CustomersV3').insert({ recId: book.nextRecId(), version: 1, row });
  },
  update: (write, target): void => {
    const row = { ...target.row, ...write.given };
    checkCustomer(write, row);
    write.environment.book.master('CustomersV3').change(target.recId, { row });
  },
  remove: ({ environment }, target): void => { environment.book.master('CustomersV3').remove(target.recId); },
};

const inCompany = (collection: string, publicName: string, entity: string, label: string, definition: readonly Column[], key: string): EntitySet =>
  masterSet({ collection, publicName, entity, label, columns: definition, key: ['dataAreaId', key], companyColumn: 'dataAreaId' });
const shared = (collection: string, publicName: string, entity: string, label: string, definition: readonly Column[], key: readonly string[]): EntitySet =>
  masterSet({ collection, publicName, entity, label, columns: definition, key, companyColumn: null });

const LEGAL_ENTITY_BASE = shared('LegalEntities', 'LegalEntity', 'OMLegalEntity', 'Legal entities', columns('LegalEntityId Name NameAlias PartyNumber CompanyCountry AddressCountryRegionId AddressCity LanguageId VATNum PrimaryContactEmail UseForFinancialConsolidationProcess:enum.NoYes'), ['LegalEntityId']);

/** LegalEntityId in the case the tenant shows it in. */
const LEGAL_ENTITIES: EntitySet = {
  ...LEGAL_ENTITY_BASE,
  view: (environment): readonly Viewed[] => {
    const viewed = LEGAL_ENTITY_BASE.view(environment);
    if (environment.settings.legalEntityIdCase === 'lower') return viewed;
    return viewed.map((each) => ({ ...each, row: { ...each.row, LegalEntityId: String(each.row['LegalEntityId']).toUpperCase() } }));
  },
};

/** Masters beside the customers, all read-only here. */
export const MASTERS: readonly EntitySet[] = [
  LEGAL_ENTITIES,
  shared('Companies', 'Company', 'CDMCompanyEntity', 'Companies', columns('DataArea KnownAs LanguageId Name PartyNumber'), ['DataArea']),
  shared('Ledgers', 'Ledger', 'LedgerEntity', 'Ledger', columns('LegalEntityId Name Description AccountingCurrency ReportingCurrency ChartOfAccounts FiscalCalendar ExchangeRateType'), ['LegalEntityId']),
  shared('Currencies', 'Currency', 'CurrencyEntity', 'Currencies', columns('CurrencyCode Name Symbol GeneralRoundingRule:decimal DecimalsCount_MX:int32'), ['CurrencyCode']),
  shared('ExchangeRates', 'ExchangeRate', 'ExchangeRateEntity', 'Exchange rates', columns('RateTypeName FromCurrency ToCurrency StartDate:date EndDate:date Rate:decimal RateTypeDescription ConversionFactor:enum.ExchangeRateDisplayFactor'), ['RateTypeName', 'FromCurrency', 'ToCurrency', 'StartDate']),
  inCompany('CustomerGroups', 'CustomerGroup', 'CustCustomerGroupEntity', 'Customer groups', columns('dataAreaId CustomerGroupId Description PaymentTermId TaxGroupId'), 'CustomerGroupId'),
  inCompany('PaymentTerms', 'PaymentTerm', 'PaymentTermEntity', 'Terms of payment', columns('dataAreaId Name Description NumberOfDays:int32 NumberOfMonths:int32 PaymentMethodType:enum.NetCurrent PaymentScheduleName IsCashPayment:enum.NoYes IsDefaultPaymentTerm:enum.NoYes'), 'Name'),
  inCompany('CustomerPaymentMethods', 'CustomerPaymentMethod', 'CustPaymModeTableEntity', 'Customer payment method', columns('dataAreaId Name Description PaymentType:enum.CustPaymentType AccountType:enum.LedgerJournalACType PaymentAccountDisplayValue PaymentJournalName BridgingPostingEnabled:enum.NoYes'), 'Name'),
  inCompany('JournalNames', 'JournalName', 'LedgerJournalNameEntity', 'Journal names', columns('dataAreaId Name Description Type:enum.LedgerJournalType OffsetAccountType:enum.LedgerJournalACType OffsetAccountDisplayValue VoucherSeriesCode VoucherAllocationAtPosting:enum.NoYes AllowOnlyPositiveDebitsAndCredits:enum.NoYes IsWorkflowApprovalActive:enum.NoYes Currency'), 'Name'),
  masterSet({
    collection: 'CustomerElectronicAddresses', publicName: 'CustomerElectronicAddress', entity: 'CustCustomerElectronicAddressEntity', label: 'Customer electronic addresses',
    columns: columns('dataAreaId CustomerAccount ElectronicAddressId Type:enum.LogisticsElectronicAddressMethodType Locator LocatorExtension Description Purpose IsPrimary:enum.NoYes IsPrivate:enum.NoYes IsMobilePhone:enum.NoYes CountryRegionCode LocationId'),
    key: ['dataAreaId', 'ElectronicAddressId', 'CustomerAccount'], companyColumn: 'dataAreaId',
  }),
];
