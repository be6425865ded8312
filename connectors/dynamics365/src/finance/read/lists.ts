import type { JsonObject } from '#canonical';
import type { Context, SourceRecord } from '#connector-kit';
import { listOf, objectOf } from '../../odata/json.js';
import { rowsOf, seesEntity } from '../service.js';
import { financeSettings } from '../settings.js';
import { allOf, anyOf, companyOf, equalsText, externalIdOf, field, keyOf, type Row } from '../words.js';
import type { ListSource } from './list-reader.js';

const CUSTOMER_COLUMNS = [
  'dataAreaId', 'CustomerAccount', 'OrganizationName', 'PersonFirstName', 'PersonLastName', 'NameAlias', 'CustomerGroupId', 'InvoiceAccount', 'SalesCurrencyCode',
  'PaymentTerms', 'PaymentMethod', 'CreditLimit', 'OnHoldStatus', 'PrimaryContactEmail', 'PrimaryContactPhone', 'TaxExemptNumber',
] as const;

export const CUSTOMERS: ListSource = {
  entity: 'CustomersV3',
  select: CUSTOMER_COLUMNS,
  key: ['dataAreaId', 'CustomerAccount'],
  filter: (context) => companiesFilter(context, 'dataAreaId'),
  externalId: (row) => externalIdOf(companyOf(row), field(row, 'CustomerAccount')),
  condition: customerCondition,
  records: async (_context, rows) => rows.map(customerRecord),
};

export const COMPANIES: ListSource = {
  entity: 'LegalEntities',
  select: ['LegalEntityId', 'Name'],
  key: ['LegalEntityId'],
  filter: (context) => companiesFilter(context, 'LegalEntityId'),
  externalId: (row) => companyOf(row, 'LegalEntityId'),
  condition: (externalId) => equalsText('LegalEntityId', externalId),
  records: async (context, rows) => {
    const currencies = await accountingCurrencies(context);
    return rows.map((row) => listed(companyOf(row, 'LegalEntityId'), row, { AccountingCurrency: currencies.get(companyOf(row, 'LegalEntityId')) ?? '' }));
  },
};

/**
 * Where money goes: the accounts that methods of payment name. No source names an entity of bank accounts; these are the ones payments are booked on.
 * `usmf/Bank/USMF OPER`: company, kind of account, and the account as a journal line takes it.
 */
export const PAYMENT_ACCOUNTS: ListSource = {
  entity: 'CustomerPaymentMethods',
  select: ['dataAreaId', 'Name', 'Description', 'AccountType', 'PaymentAccountDisplayValue'],
  key: ['dataAreaId', 'Name'],
  idColumns: ['AccountType', 'PaymentAccountDisplayValue'],
  filter: (context) => allOf([companiesFilter(context, 'dataAreaId'), "PaymentAccountDisplayValue ne ''"]),
  externalId: (row) => externalIdOf(companyOf(row), `${field(row, 'AccountType')}/${field(row, 'PaymentAccountDisplayValue')}`),
  condition: (externalId) => {
    const key = keyOf(externalId);
    const account = key === null ? null : accountOf(key.key);
    return key === null || account === null ? null : `(${equalsText('dataAreaId', key.company)} and ${equalsText('PaymentAccountDisplayValue', account.display)})`;
  },
  records: async (_context, rows) => rows.map((row) => listed(PAYMENT_ACCOUNTS.externalId(row), row, { company: companyOf(row) })),
};

/** `Bank/USMF OPER` -> its two parts; null for what is none. */
export function accountOf(key: string): { readonly type: string; readonly display: string } | null {
  const parts = /^(?<type>[A-Za-z_]+)\/(?<display>.+)$/.exec(key)?.groups;
  return parts === undefined ? null : { type: parts['type'] ?? '', display: parts['display'] ?? '' };
}

/** Restricts a list to the connection's legal entities; null where it reads all that the service user may see. */
export function companiesFilter(context: Context, column: string): string | null {
  const { companyCodes } = financeSettings(context);
  return companyCodes === null ? null : anyOf(companyCodes.map((code) => equalsText(column, code)));
}

export function customerCondition(externalId: string): string | null {
  const key = keyOf(externalId);
  return key === null ? null : `(${equalsText('dataAreaId', key.company)} and ${equalsText('CustomerAccount', key.key)})`;
}

/** The customer who is billed is the debtor; where that is another account, it is the parent. A person's name comes in parts. */
function customerRecord(row: Row): SourceRecord {
  const [company, account, billTo] = [companyOf(row), field(row, 'CustomerAccount'), field(row, 'InvoiceAccount')];
  return listed(externalIdOf(company, account), row, {
    company, personName: [field(row, 'PersonFirstName'), field(row, 'PersonLastName')].filter((part) => part !== '').join(' '),
    billTo: billTo === '' || billTo === account ? '' : externalIdOf(company, billTo),
  });
}

/** Lists carry no change date, so their records have no revision; what changed is told by the content. */
function listed(id: string, row: Row, added: Readonly<Record<string, string>>): SourceRecord {
  const payload: JsonObject = { ...withoutAnnotations(row), ...added, id };
  return { externalId: id, revision: '', deleted: false, payload };
}

/** The row as data: ETags and the like say nothing about it. */
export function withoutAnnotations(row: Row): JsonObject {
  const entries = Object.entries(row).filter(([name]) => !name.includes('@'));
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? listOf(value).map((entry) => withoutAnnotations(objectOf(entry))) : value]));
}

/** Accounting currency by legal entity: from the entity Ledgers where the role reads it, else from the settings. */
export async function accountingCurrencies(context: Context): Promise<ReadonlyMap<string, string>> {
  const { accountingCurrencies: given } = financeSettings(context);
  const stated = Object.entries(given).map(([company, currency]): [string, string] => [company.toLowerCase(), currency]);
  const probed = context.probe?.features['entity.Ledgers'];
  const readable = probed === undefined ? await seesEntity(context, 'Ledgers') === 'yes' : probed === true;
  if (!readable) return new Map(stated);
  const rows = await rowsOf(context, { entity: 'Ledgers', filter: null, select: ['LegalEntityId', 'AccountingCurrency'], order: ['LegalEntityId'] });
  return new Map([...rows.map((row): [string, string] => [companyOf(row, 'LegalEntityId'), field(row, 'AccountingCurrency')]), ...stated]);
}
