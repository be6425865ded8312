import type { Row } from '../book/book.js';
import { KINDS, type TransactionType } from '../book/documents.js';
import { accountNow, currencyDecimals, family, resolve, type Account } from './account.js';
import type { Scope } from './applications.js';
import { dateField, externalIdField, referenceField, textField, type Body } from './body.js';
import { invalidValue, userError, valueMissing } from './record-error.js';
import { postingPeriod } from './periods.js';

/** What every new transaction needs, read from the body and filled from the customer's defaults (reference A7). */
export interface Header {
  readonly id: number;
  readonly type: TransactionType;
  readonly tranId: string;
  readonly customer: Row & { readonly id: number };
  readonly externalId: string | undefined;
  readonly subsidiary: number;
  readonly currency: number;
  readonly decimals: number;
  readonly exchangeRate: string;
  readonly tranDate: string;
  readonly period: number;
  readonly memo: string | undefined;
  readonly receivableAccount: number;
  readonly now: string;
}

/**
 * @param customerField `customer` on payments and deposits, `entity` on invoices and credit memos (reference A7 "Field naming traps")
 * @param receivableField `arAcct` on payments, `account` on invoices and credit memos
 */
export function readHeader(account: Account, type: TransactionType, body: Body, customerField: string, receivableField: string): Header {
  const reference = referenceField(body, customerField);
  if (reference === undefined || reference === null) throw valueMissing('Customer', customerField);
  const customer = resolve(account, 'customer', reference, customerField);
  const externalId = externalIdField(body);
  checkExternalId(account, externalId);
  const subsidiary = readSubsidiary(account, body, customer);
  const currency = idOf(account, 'currency', body, 'currency') ?? Number(customer['currency']);
  const tranDate = dateField(body, 'tranDate') ?? accountNow(account).slice(0, 10);
  const period = postingPeriod(account, tranDate, idOf(account, 'accountingperiod', body, 'postingPeriod'));
  const id = account.book.nextId('transaction');
  return {
    id, type, customer, externalId, subsidiary, currency, decimals: currencyDecimals(account, currency), tranDate, period,
    tranId: textField(body, 'tranId') ?? `${KINDS[type].numberPrefix}${id}`,
    exchangeRate: textField(body, 'exchangeRate') ?? defaultRate(account, currency, subsidiary),
    memo: textField(body, 'memo'), receivableAccount: receivable(account, body, receivableField, customer), now: accountNow(account),
  };
}

function readSubsidiary(account: Account, body: Body, customer: Row & { readonly id: number }): number {
  const asked = idOf(account, 'subsidiary', body, 'subsidiary');
  if (asked === undefined) return Number(customer['subsidiary']);
  const shared = account.book.one('SELECT 1 AS one FROM customersubsidiaryrelationship WHERE entity = ? AND subsidiary = ?', customer.id, asked);
  if (shared === undefined) throw invalidValue(String(asked), 'subsidiary', 'subsidiary');
  return asked;
}

function receivable(account: Account, body: Body, field: string, customer: Row): number {
  const asked = idOf(account, 'account', body, field);
  if (asked === undefined) return Number(customer['receivablesaccount']);
  const row = account.book.one<{ accttype: string }>('SELECT accttype FROM account WHERE id = ?', asked);
  if (row?.accttype !== 'AcctRec') throw invalidValue(String(asked), field, field);
  return asked;
}

export function idOf(account: Account, table: string, body: Body, field: string): number | undefined {
  const reference = referenceField(body, field);
  return reference === undefined || reference === null ? undefined : resolve(account, table, reference, field).id;
}

/** The rate of a currency against the subsidiary's own; 1 when they are the same. */
export function defaultRate(account: Account, currency: number, subsidiary: number): string {
  const base = account.book.one<{ currency: number }>('SELECT currency FROM subsidiary WHERE id = ?', subsidiary)?.currency;
  if (base === currency) return '1';
  return account.book.one<{ exchangerate: string }>('SELECT exchangerate FROM currency WHERE id = ?', currency)?.exchangerate ?? '1';
}

/** Transactions share one external-id space (reference A2 "External ids"). @throws RecordError "This record already exists" */
export function checkExternalId(account: Account, externalId: string | undefined, except?: number): void {
  if (externalId === undefined || !account.settings.enforceUniqueExternalIds) return;
  const taken = account.book.one<{ id: number }>('SELECT id FROM "transaction" WHERE externalid = ?', externalId);
  if (taken !== undefined && taken.id !== except) throw userError('This record already exists.');
}

export function scopeOf(account: Account, header: Pick<Header, 'customer' | 'currency' | 'decimals' | 'receivableAccount' | 'subsidiary'>): Scope {
  return {
    customers: family(account, header.customer.id), currency: header.currency, decimals: header.decimals,
    receivableAccount: header.receivableAccount, subsidiary: header.subsidiary,
  };
}

/** The scope of a stored transaction. */
export function scopeOfRow(account: Account, row: Row): Scope {
  return {
    customers: family(account, Number(row['entity'])), currency: Number(row['currency']), decimals: currencyDecimals(account, Number(row['currency'])),
    receivableAccount: row['x_araccount'] === null ? null : Number(row['x_araccount']), subsidiary: Number(row['x_subsidiary']),
  };
}

/** The bank account of a currency, or undeposited funds: `undepFunds` true wins over `account` (reference A5). */
export function cashAccount(account: Account, body: Body, currency: number): { account: number; undeposited: boolean } {
  const undeposited = body['undepFunds'];
  const asked = idOf(account, 'account', body, 'account');
  const wantsUndeposited = undeposited === true || undeposited === 'T' || (typeof undeposited === 'object' && undeposited !== null && 'id' in undeposited && undeposited.id === 'T');
  if (wantsUndeposited || asked === undefined) return { account: accountOfType(account, 'undeposited', currency), undeposited: true };
  const row = account.book.one<{ accttype: string; currency: number | null }>('SELECT accttype, currency FROM account WHERE id = ?', asked);
  if (row?.accttype !== 'Bank' || (row.currency !== null && row.currency !== currency)) throw invalidValue(String(asked), 'account', 'account');
  return { account: asked, undeposited: false };
}

const ROLE_ACCOUNTS: Readonly<Record<'undeposited' | 'income' | 'deposits' | 'tax', { number: string; name: string }>> = {
  undeposited: { number: '1099', name: 'Undeposited Funds' }, income: { number: '4000', name: 'Sales' },
  deposits: { number: '2300', name: 'Customer Deposits' }, tax: { number: '2200', name: 'Sales Taxes Payable' },
};

export function accountOfType(account: Account, role: keyof typeof ROLE_ACCOUNTS, currency: number): number {
  const row = account.book.one<{ id: number }>('SELECT id FROM account WHERE acctnumber = ? AND (currency IS NULL OR currency = ?)', ROLE_ACCOUNTS[role].number, currency);
  if (row === undefined) throw userError(`The account ${ROLE_ACCOUNTS[role].name} is missing.`);
  return row.id;
}
