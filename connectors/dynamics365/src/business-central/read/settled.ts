import { currencyExponent, formatMoney, isCurrencyCode, parseMinorUnits, type DecimalText, type JsonObject } from '#canonical';
import type { Context } from '#connector-kit';
import { textOf } from '../../odata/json.js';
import { memberName } from '../../odata/literal.js';
import { companyPath, rowsWith } from '../api.js';
import { localCurrency } from '../company.js';
import { applicationsAround, settlementsOf, type Settlement } from '../ledger/applications.js';
import { CREDIT_MEMO_ENTRY, INVOICE_ENTRY, isDebit, isReceipt, ledgerIdOf, type LedgerEntry } from '../ledger/entry.js';
import { inferredShares, type InferableCredit, type InferableInvoice } from '../ledger/inferred.js';
import { applicationRoute, entriesOf, entriesWithNumbers, ledgerPath } from '../ledger/routes.js';
import { idOf, magnitudeOrNull, numberOf } from './rows.js';

/** What payments and credit memos settle, and how we know: read from applications, or inferred from balances. */
export interface Settled {
  readonly from: 'extension' | 'analytics' | 'inferred';
  /** By entry number of the credit. `invoice` is the invoice's id. */
  readonly shares: ReadonlyMap<string, readonly { readonly invoice: string; readonly amount: DecimalText }[]>;
}

/** @param credits entries of payments and credit memos, signed as the ledger has them */
export async function settledBy(context: Context, credits: readonly LedgerEntry[]): Promise<Settled> {
  const route = await applicationRoute(context);
  if (route === 'none') return { from: 'inferred', shares: await inferred(context, credits) };
  const rows = await applicationsAround(context, credits.map(({ entryNumber }) => entryNumber));
  const own = new Set(credits.map(({ entryNumber }) => entryNumber));
  const others = [...new Set(rows.flatMap(({ entry, applied }) => [entry, applied]))].filter((number) => /^[1-9]\d*$/.test(number) && !own.has(number));
  const debits = (await entriesWithNumbers(context, others)).filter(isDebit);
  const invoiceOf = await debitIds(context, debits);
  const settlements = settlementsOf(rows, new Set(debits.map(({ entryNumber }) => entryNumber)));
  const local = await localCurrency(context);
  const shares = new Map(credits.map((credit) => [credit.entryNumber, sharesOf(credit, settlements, invoiceOf, route === 'analytics' ? local : null)]));
  return { from: route, shares };
}

/** @param local the company's currency where amounts are in it alone; null where they are in the entry's own */
function sharesOf(credit: LedgerEntry, settlements: readonly Settlement[], invoiceOf: ReadonlyMap<string, string | undefined>, local: string | null): readonly { invoice: string; amount: DecimalText }[] {
  const own = settlements.filter((settlement) => settlement.credit === credit.entryNumber);
  return own.flatMap((settlement) => {
    const invoice = invoiceOf.get(settlement.debit);
    if (invoice === undefined) return [];
    const foreign = local !== null && credit.currencyCode !== '' && credit.currencyCode !== local;
    return [{ invoice, amount: foreign ? inOwnCurrency(credit, settlement.amount, own.length === 1) : settlement.amount }];
  });
}

/**
 * Analytics tells applications in the company's currency alone. A credit that is used up by one application settled its own amount;
 * any other share is converted at the credit's own rate, to the nearest unit.
 */
function inOwnCurrency(credit: LedgerEntry, local: DecimalText, single: boolean): DecimalText {
  const exponent = isCurrencyCode(credit.currencyCode) ? currencyExponent(credit.currencyCode) : 2;
  const magnitude = (text: DecimalText, decimals: number): bigint => { const units = parseMinorUnits(text, decimals); return units < 0n ? -units : units; };
  const whole = magnitude(credit.amount, exponent);
  const wholeLocal = magnitude(credit.amountLocal, LOCAL_DECIMALS);
  const units = (single && !credit.open) || wholeLocal === 0n ? whole : (magnitude(local, LOCAL_DECIMALS) * whole * 2n + wholeLocal) / (wholeLocal * 2n);
  const digits = units.toString().padStart(exponent + 1, '0');
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

const LOCAL_DECIMALS = 6;

/** Ids of invoices by number. Drafts have numbers of their own and are left out. */
export async function invoiceIds(context: Context, numbers: readonly string[]): Promise<ReadonlyMap<string, string>> {
  return await documentIds(context, 'salesInvoices', numbers);
}

async function documentIds(context: Context, list: string, numbers: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await rowsWith(context, companyPath(context, list), 'number', numbers.filter((number) => number !== ''), { $select: 'id,number,status' });
  return new Map(rows.filter((row) => !['Draft', 'In Review', ' '].includes(memberName(textOf(row['status']) ?? ''))).map((row) => [numberOf(row), idOf(row)]));
}

/** Ids of documents by their entries: of the list's own, and where the list has none of that number, of the entry. @param documentType of entries that documents of the list make */
async function idsOfEntries(context: Context, list: string, documentType: string, entries: readonly LedgerEntry[]): Promise<ReadonlyMap<string, string>> {
  const ids = await documentIds(context, list, entries.filter((entry) => entry.documentType === documentType).map(({ documentNumber }) => documentNumber));
  return new Map(entries.map((entry) => [entry.entryNumber, (entry.documentType === documentType ? ids.get(entry.documentNumber) : undefined) ?? ledgerIdOf(entry.entryNumber)]));
}

/** Ids of what debit entries are invoices of, by entry number. */
export async function debitIds(context: Context, debits: readonly LedgerEntry[]): Promise<ReadonlyMap<string, string>> {
  return await idsOfEntries(context, 'salesInvoices', INVOICE_ENTRY, debits);
}

/** The same of credit entries and credit memos. */
export async function creditIds(context: Context, credits: readonly LedgerEntry[]): Promise<ReadonlyMap<string, string>> {
  return await idsOfEntries(context, 'salesCreditMemos', CREDIT_MEMO_ENTRY, credits);
}

/** No application can be read: whole customers are looked at, because a share is only certain when nothing else is possible. */
async function inferred(context: Context, credits: readonly LedgerEntry[]): Promise<Settled['shares']> {
  const path = await ledgerPath(context);
  const numbers = [...new Set(credits.map(({ customerNumber }) => customerNumber))].filter((number) => number !== '');
  if (path === null || numbers.length === 0) return new Map();
  const local = await localCurrency(context);
  const { entries } = entriesOf(await rowsWith(context, path, 'customerNumber', numbers));
  const invoices = await rowsWith(context, companyPath(context, 'salesInvoices'), 'billToCustomerNumber', numbers, {
    $select: 'id,number,status,billToCustomerNumber,currencyCode,totalAmountIncludingTax,remainingAmount',
  });
  const groups = new Map<string, { credits: LedgerEntry[]; invoices: JsonObject[] }>();
  const groupOf = (customer: string, currency: string): { credits: LedgerEntry[]; invoices: JsonObject[] } => {
    const key = `${customer} ${currency || local}`;
    const group = groups.get(key) ?? { credits: [], invoices: [] };
    groups.set(key, group);
    return group;
  };
  for (const entry of entries) if (isReceipt(entry) || entry.documentType === CREDIT_MEMO_ENTRY) groupOf(entry.customerNumber, entry.currencyCode).credits.push(entry);
  for (const invoice of invoices) groupOf(textOf(invoice['billToCustomerNumber']) ?? '', textOf(invoice['currencyCode']) ?? '').invoices.push(invoice);
  const shares = new Map<string, readonly { invoice: string; amount: DecimalText }[]>();
  for (const [key, group] of groups) {
    const currency = key.split(' ').at(-1) ?? '';
    if (!isCurrencyCode(currency)) continue;
    const found = inferredShares(
      group.credits.flatMap((entry) => inferableCredit(entry, currency)),
      group.invoices.flatMap((row) => settledInvoice(row, currency)),
    );
    for (const [credit, own] of found) shares.set(credit, own.map(({ invoiceId, amount }) => ({ invoice: invoiceId, amount })));
  }
  return shares;
}

function settledInvoice(row: JsonObject, currency: string): readonly InferableInvoice[] {
  const status = memberName(textOf(row['status']) ?? '');
  const [total, open] = [magnitudeOrNull(textOf(row['totalAmountIncludingTax']) ?? '', currency), magnitudeOrNull(textOf(row['remainingAmount']) ?? '', currency)];
  if (total === null || open === null || (status !== 'Open' && status !== 'Paid')) return [];
  return [{ id: idOf(row), settled: { minor: total.minor - open.minor, currency } }];
}

function inferableCredit(entry: LedgerEntry, currency: string): readonly InferableCredit[] {
  const amount = magnitudeOrNull(entry.amount, currency);
  return amount === null ? [] : [{ key: entry.entryNumber, closed: !entry.open, amount }];
}

/** What is left of a total after its shares, as decimal text of the currency. Never less than nothing. */
export function leftOf(total: DecimalText, shares: readonly { readonly amount: DecimalText }[], currency: string): DecimalText {
  const whole = magnitudeOrNull(total, currency);
  const taken = shares.map((share) => magnitudeOrNull(share.amount, currency)?.minor ?? null);
  if (whole === null || taken.includes(null)) return total;
  const left = taken.reduce<bigint>((rest, minor) => rest - (minor ?? 0n), whole.minor);
  return formatMoney({ minor: left < 0n ? 0n : left, currency });
}
