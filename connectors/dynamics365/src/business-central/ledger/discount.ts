import { addDays, currencyExponent, formatMinorUnits, isCurrencyCode, isLocalDate, parseMinorUnits, type DecimalText, type JsonObject, type LocalDate } from '#canonical';
import type { Context } from '#connector-kit';
import { textOf } from '../../odata/json.js';
import { companyPath, rowsOf } from '../api.js';
import { isPermission } from '../errors.js';
import { dayOrNull, type LedgerEntry } from './entry.js';

/** What Business Central takes off an invoice by itself when a payment up to a day leaves no more than this open (reference, 2.8.3). */
export interface EarlyDiscount {
  readonly amount: DecimalText;
  readonly until: LocalDate;
}

/** An open invoice, and its entry where a ledger can be read. */
export interface DiscountableInvoice {
  readonly row: JsonObject;
  readonly entry: LedgerEntry | null;
  readonly currency: string;
}

/**
 * Discounts by invoice id. The extension tells what is still possible on the entry; elsewhere the invoice's payment terms do, which is what
 * the entry was given when it was posted, and what a person may have changed on it since (README, "Not confirmed").
 */
export async function earlyDiscounts(context: Context, invoices: readonly DiscountableInvoice[]): Promise<ReadonlyMap<string, EarlyDiscount>> {
  const untold = invoices.filter(({ entry }) => discountOfEntry(entry) === undefined);
  const terms = untold.some(({ row }) => isId(textOf(row['paymentTermsId']))) ? await paymentTerms(context) : new Map<string, JsonObject>();
  return new Map(invoices.flatMap((invoice) => {
    const told = discountOfEntry(invoice.entry);
    const discount = told === undefined ? discountByTerms(invoice.row, terms.get(textOf(invoice.row['paymentTermsId']) ?? ''), invoice.currency) : told;
    return discount === null ? [] : [[textOf(invoice.row['id']) ?? '', discount] as const];
  }));
}

/** Undefined where the route does not tell. */
function discountOfEntry(entry: LedgerEntry | null): EarlyDiscount | null | undefined {
  const amount = textOf(entry?.row['remainingDiscountPossible']);
  if (entry === null || amount === null) return undefined;
  const until = dayOrNull(entry.row['discountDate']);
  return until === null || /^-?0*(\.0*)?$/.test(amount) ? null : { amount, until };
}

const TERMS_KEY = 'businessCentral.paymentTerms';
/** Terms are set up once and seldom changed; a posting is not held up by asking for them every time. */
const TERMS_KEPT_MS = 60_000;

interface KeptTerms {
  readonly untilMs: number;
  readonly terms: ReadonlyMap<string, JsonObject>;
}

async function paymentTerms(context: Context): Promise<ReadonlyMap<string, JsonObject>> {
  const nowMs = context.now().getTime();
  const kept = context.memory.get(TERMS_KEY) as KeptTerms | undefined;
  if (kept !== undefined && nowMs < kept.untilMs && kept.untilMs - nowMs <= TERMS_KEPT_MS) return kept.terms;
  const terms = await readTerms(context);
  context.memory.set(TERMS_KEY, { untilMs: nowMs + TERMS_KEPT_MS, terms } satisfies KeptTerms);
  return terms;
}

/** Without permission for the terms nothing is foreseen. */
async function readTerms(context: Context): Promise<ReadonlyMap<string, JsonObject>> {
  try {
    return new Map((await rowsOf(context, companyPath(context, 'paymentTerms'))).map((row) => [textOf(row['id']) ?? '', row]));
  } catch (error) {
    if (isPermission(error)) return new Map();
    throw error;
  }
}

const PERCENT_DECIMALS = 5;
const HUNDRED_PERCENT = 100n * 10n ** BigInt(PERCENT_DECIMALS);

/** Percent of the total, to the nearest unit, until the document's day plus the terms' formula. Null where there is none. */
export function discountByTerms(row: JsonObject, terms: JsonObject | undefined, currency: string): EarlyDiscount | null {
  const [percent, total, formula] = [textOf(terms?.['discountPercent']) ?? '0', textOf(row['totalAmountIncludingTax']) ?? '', textOf(terms?.['discountDateCalculation']) ?? ''];
  const from = dayOrNull(row['invoiceDate']);
  const until = from === null ? null : dayAfter(from, formula);
  if (until === null || !isCurrencyCode(currency) || !/^\d+(\.\d{1,5})?$/.test(percent) || !/^\d+(\.\d+)?$/.test(total)) return null;
  const decimals = currencyExponent(currency);
  const units = (parseMinorUnits(total, decimals) * parseMinorUnits(percent, PERCENT_DECIMALS) * 2n + HUNDRED_PERCENT) / (HUNDRED_PERCENT * 2n);
  return units === 0n ? null : { amount: formatMinorUnits(units, decimals), until };
}

/** `10D`, `1M+10D`, `CM`: days, weeks, months and years, and the end of the month. @returns null for a formula of another kind, and for none */
export function dayAfter(day: LocalDate, formula: string): LocalDate | null {
  const text = formula.replace(/[<>\s]/g, '').toUpperCase();
  if (!/^[+-]?(CM|\d{1,3}[DWMY])([+-](CM|\d{1,3}[DWMY]))*$/.test(text)) return null;
  return [...text.matchAll(/([+-]?)(?:(CM)|(\d+)([DWMY]))/g)].reduce((reached, [, sign, endOfMonth, count, unit]) => {
    if (endOfMonth !== undefined) return addDays(monthsLater(`${reached.slice(0, 8)}01` as LocalDate, 1), -1);
    const number = Number(count) * (sign === '-' ? -1 : 1);
    switch (unit) {
      case 'M': return monthsLater(reached, number);
      case 'Y': return monthsLater(reached, number * 12);
      default: return addDays(reached, unit === 'W' ? number * 7 : number);
    }
  }, day);
}

/** The same day of another month, or its last. */
function monthsLater(day: LocalDate, months: number): LocalDate {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0));
  const text = new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), Math.min(date, last.getUTCDate()))).toISOString().slice(0, 10);
  return isLocalDate(text) ? text : day;
}

function isId(text: string | null): boolean {
  return text !== null && text !== '' && !/^[0-]+$/.test(text);
}
