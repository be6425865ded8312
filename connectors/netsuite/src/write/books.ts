import { currencyExponent, formatMinorUnits, isCurrencyCode, parseMinorUnits } from '#canonical';
import type { Context } from '#connector-kit';
import { applicationsOf, type Application } from '../read/applications.js';
import { rowsByIds } from '../read/id-walk.js';
import type { Source } from '../read/sources.js';
import { netsuiteSettings } from '../settings.js';
import { idList, queryAll, quoted, slices, type Row } from '../suiteql.js';
import type { UnappliedShare } from './words.js';

/** A transaction as the write door looks at it. Journals have no header line, so nothing is joined to one. */
const TRANSACTIONS: Source = {
  entity: 'payment', from: 'transaction t JOIN currency cur ON cur.id = t.currency', where: null, id: 't.id', modified: null, deletedAs: [],
  columns: [
    { sql: 't.id' }, { sql: 't.type' }, { sql: 't.tranid' }, { sql: 't.entity' }, { sql: 't.status' }, { sql: 't.currency' }, { sql: 'cur.symbol', as: 'currencysymbol' },
    { sql: 't.foreigntotal' }, { sql: 't.foreignamountunpaid' }, { sql: 't.foreignpaymentamountunused' }, { sql: 't.memo' },
    { sql: 'TO_CHAR(t.trandate,\'YYYY-MM-DD\')', as: 'trandate' },
  ],
};

/** Transactions by id; what is gone is absent. */
export async function transactionsById(context: Context, ids: readonly string[]): Promise<ReadonlyMap<string, Row>> {
  const found = new Map<string, Row>();
  for await (const rows of rowsByIds(context, TRANSACTIONS, ids.filter(isId), netsuiteSettings(context).pageSize)) {
    for (const row of rows) found.set(row['id'] ?? '', row);
  }
  return found;
}

/** Keys in one `IN (…)`: they are up to 60 characters each, and the query has a length of its own. */
const KEYS_MAX = 200;

/** Ids by external id. All transactions share one space of external ids. */
export async function idsByKey(context: Context, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const slice of slices(keys, KEYS_MAX)) {
    const rows = await queryAll(context, `SELECT t.id, t.externalid FROM transaction t WHERE t.externalid IN (${slice.map(quoted).join(', ')}) ORDER BY t.id`);
    for (const row of rows) found.set(row['externalid'] ?? '', row['id'] ?? '');
  }
  return found;
}

/** What the documents settle, by document. */
export async function applicationsBySource(context: Context, ids: readonly string[]): Promise<ReadonlyMap<string, readonly Application[]>> {
  const found = new Map<string, Application[]>();
  for (const application of await applicationsOf(context, ids.filter(isId))) {
    found.set(application.source, [...found.get(application.source) ?? [], application]);
  }
  return found;
}

/** Ledger lines of journals, one row an account, in the journal's currency, debits positive. */
export async function journalSums(context: Context, ids: readonly string[]): Promise<ReadonlyMap<string, readonly Row[]>> {
  const { accountingBookId } = netsuiteSettings(context);
  const found = new Map<string, Row[]>();
  for (const slice of slices(ids.filter(isId))) {
    const rows = await queryAll(context, 'SELECT tal.transaction, tal.account, SUM(tl.foreignamount) AS amount FROM transactionaccountingline tal '
      + 'JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline '
      + `WHERE tal.accountingbook = ${accountingBookId} AND tal.transaction IN (${idList(slice)}) GROUP BY tal.transaction, tal.account ORDER BY tal.transaction, tal.account`);
    for (const row of rows) found.set(row['transaction'] ?? '', [...found.get(row['transaction'] ?? '') ?? [], row]);
  }
  return found;
}

/** Line of a journal that is booked on an account, as `apply` and `credit` want it. Null when it has none. */
export async function lineOfAccount(context: Context, journalId: string, accountId: string): Promise<string | null> {
  const { accountingBookId } = netsuiteSettings(context);
  const rows = await queryAll(context, `SELECT tal.transactionline FROM transactionaccountingline tal WHERE tal.transaction = ${idList([journalId])} `
    + `AND tal.account = ${idList([accountId])} AND tal.accountingbook = ${accountingBookId} ORDER BY tal.transactionline`);
  return rows[0]?.['transactionline'] ?? null;
}

/** An amount in the currency's decimals; the text as it came when it is no amount of that currency, so that a comparison shows it. */
export function amountText(text: string | undefined, currency: string): string {
  if (text === undefined || !isCurrencyCode(currency)) return text ?? '';
  try {
    const exponent = currencyExponent(currency);
    return formatMinorUnits(parseMinorUnits(text, exponent), exponent);
  } catch {
    return text;
  }
}

/** A payment's or credit's amount: positive whatever sign the ledger gives it. A zero may be left out. */
export function magnitudeText(text: string | undefined, currency: string): string {
  return amountText((text ?? '0').replace(/^-/, ''), currency);
}

/** Why a payment cannot give what a step needs to find unapplied; null when it can. `released`: what earlier steps will have given back. */
export function unappliedProblem({ paymentId, amount }: UnappliedShare, row: Row | undefined, released = 0n): string | null {
  if (row === undefined) return `there is no payment ${paymentId} in NetSuite`;
  const currency = row['currencysymbol'] ?? '';
  if (!isCurrencyCode(currency)) return `payment ${paymentId} is in "${currency}", which is no currency`;
  const exponent = currencyExponent(currency);
  const free = parseMinorUnits(magnitudeText(row['foreignpaymentamountunused'], currency), exponent) + released;
  if (free >= parseMinorUnits(amount, exponent)) return null;
  return `payment ${row['tranid'] ?? paymentId} has ${formatMinorUnits(free, exponent)} of ${amount} ${currency} to give back; the rest is applied elsewhere, or it was reversed before`;
}

/** Minor units of an amount as NetSuite states it; nothing where it is no amount of the currency. */
export function minorOf(text: string, currency: string): bigint {
  return isCurrencyCode(currency) && /^-?\d+(\.\d+)?$/.test(text) ? parseMinorUnits(text, currencyExponent(currency)) : 0n;
}

export function isId(id: string): boolean {
  return /^\d{1,18}$/.test(id);
}
