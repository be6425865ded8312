import { type CurrencyCode, currencyExponent, type Money, MoneyError, parseMoney } from '#canonical';
import { decimalEvidence } from '../csv/csv-amounts.js';
import type { DecimalMark } from '../csv/csv-layout.js';
import type { Token } from './tokens.js';

/** How the amounts of one text are written, as far as they prove it. */
export interface AmountStyle {
  /** Null when nothing in the text proves one. */
  readonly decimalMark: DecimalMark | null;
  /** Both marks are proven: amounts that prove nothing themselves cannot be read. */
  readonly mixed: boolean;
  readonly currency: CurrencyCode;
  /** The currency is neither written nor known of the source. */
  readonly assumed: boolean;
  /** Why it was assumed; null where nothing better was known. */
  readonly because: string | null;
}

/** A currency taken, aloud, where a document names none. */
export interface AssumedCurrency {
  readonly currency: CurrencyCode;
  /** As the finding says it: `every bank account is in EUR`. */
  readonly because: string;
}

/** What is known of a document's currency besides its content. */
export interface KnownCurrency {
  /** Of its source; null where it is not known. */
  readonly currency: CurrencyCode | null;
  /** Taken where neither the document nor its source says it; {@link CURRENCY_ASSUMED} when left out. */
  readonly assumed?: AssumedCurrency | undefined;
}

/** Of a document that names no currency where nothing is known of its source; said in a finding. */
export const CURRENCY_ASSUMED: CurrencyCode = 'USD';

/** What a caller says of a document's currency. */
export function knownCurrency({ currency, assumedCurrency }: { readonly currency?: CurrencyCode; readonly assumedCurrency?: AssumedCurrency }): KnownCurrency {
  return { currency: currency ?? null, assumed: assumedCurrency };
}

/** The finding of an assumed currency. @param what `the text`, `the table`, `the advice` */
export function currencyFinding(what: string, currency: CurrencyCode, because: string | null): string {
  return `${what} names no currency; ${currency} was assumed${because === null ? '' : `, because ${because}`}. State the currency of this source`;
}

/** Currencies a sign may stand for; the first is assumed where nothing says which. */
const SHARED_SIGNS: readonly (readonly [sign: RegExp, currencies: readonly CurrencyCode[]])[] = [
  [/\$|dollar/i, ['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'TWD', 'MXN', 'BRL', 'CLP', 'COP', 'ARS', 'JMD', 'TTD', 'BBD', 'XCD']],
  [/¥/, ['JPY', 'CNY']],
];

/** How a text writes its amounts. A known or assumed currency counts only where the signs in the text allow it. */
export function amountStyle(amounts: readonly Token[], { currency: known, assumed }: KnownCurrency): AmountStyle {
  const marks = new Set(amounts.map(({ digits }) => decimalEvidence(digits ?? '')).filter((mark) => mark === '.' || mark === ','));
  const [written] = amounts.flatMap(({ currency }) => (currency === null ? [] : [currency]));
  const decimalMark = marks.size === 1 ? [...marks][0] ?? null : null;
  const allowed = SHARED_SIGNS.find(([sign]) => amounts.some(({ text, currency }) => currency === null && sign.test(text)))?.[1];
  const fits = (currency: CurrencyCode): boolean => allowed === undefined || allowed.includes(currency);
  const certain = written ?? (known !== null && fits(known) ? known : undefined);
  const guess = assumed !== undefined && fits(assumed.currency) ? assumed : { currency: allowed?.[0] ?? CURRENCY_ASSUMED, because: null };
  return { decimalMark, mixed: marks.size > 1, currency: certain ?? guess.currency, assumed: certain === undefined, because: certain === undefined ? guess.because : null };
}

/** An amount read, or the sentence that says why it was not. */
export type ReadAmount = Money | string;

/** Reads a written amount exactly. Three digits behind a single mark are a group where the currency has fewer decimals and nothing speaks against it. */
export function readAmount({ digits, currency, negative }: Pick<Token, 'digits' | 'currency' | 'negative'>, style: AmountStyle): ReadAmount {
  const inCurrency = currency ?? style.currency;
  if (inCurrency !== style.currency) return `it is in ${inCurrency}, the rest of the text in ${style.currency}; enter it by hand`;
  const written = digits ?? '';
  const evidence = decimalEvidence(written);
  const mark = evidence === 'undecided' ? undecidedMark(written, style) : evidence === 'none' ? style.decimalMark ?? '.' : evidence;
  if (mark === null) return 'it may be thousands or decimals, and nothing in the text settles which; enter it by hand';
  const at = written.lastIndexOf(mark);
  const whole = at === -1 ? written : written.slice(0, at);
  const fraction = at === -1 ? '' : written.slice(at + 1);
  try {
    return parseMoney(`${negative ? '-' : ''}${whole.replace(/\D/g, '') || '0'}${fraction === '' ? '' : `.${fraction}`}`, inCurrency);
  } catch (error) {
    if (error instanceof MoneyError) return `it is no amount in ${inCurrency}, which has ${currencyExponent(inCurrency)} decimals; enter it by hand`;
    throw error;
  }
}

/** The decimal mark by which `1.234` is read; null when it stays open. */
function undecidedMark(written: string, { decimalMark, mixed, currency }: AmountStyle): DecimalMark | null {
  const single: DecimalMark = written.includes('.') ? '.' : ',';
  const other: DecimalMark = single === '.' ? ',' : '.';
  if (mixed || decimalMark === single || currencyExponent(currency) > 2) return null;
  return other;
}

/** True for `12 345,00` whose blank may part two numbers instead of thousands. */
export function hasBlankGroup(digits: string): boolean {
  return digits.includes(' ');
}
