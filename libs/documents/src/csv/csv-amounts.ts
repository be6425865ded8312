import { type CurrencyCode, currencyExponent, isCurrencyCode, type Money, MoneyError, parseMoney } from '#canonical';
import type { DecimalMark } from './csv-layout.js';

/** Raised for a text that is no amount in the file's style. The message says what is wrong, without the value. */
export class CsvAmountError extends Error {
  override readonly name = 'CsvAmountError';
}

const GROUPS: Readonly<Record<DecimalMark, RegExp>> = {
  '.': /^\d{1,3}(?:([,'’ ])\d{3})(?:\1\d{3})*$/,
  ',': /^\d{1,3}(?:([.'’ ])\d{3})(?:\1\d{3})*$/,
};
const [MINUS, COMMA, DOT, ZERO, NINE] = [45, 44, 46, 48, 57];
const DIGITS = /^\d+$/;

/** What may stand around the digits, and what it does to the sign. */
interface Stripped {
  readonly digits: string;
  readonly negative: boolean;
  /** Currency sign or code found beside the number. */
  readonly currency: string | null;
}

/**
 * An amount as a bank's CSV writes it, exactly: `-1.234,56`, `1,234.56-`, `(12.00)`, `EUR 3 500,00`, `12.00 CR`.
 * Grouping must be sound (three digits each), so that a decimal mark is never swallowed as a thousands mark.
 * @throws CsvAmountError when it is no amount in this style, is finer than the currency's unit, or names another currency.
 */
export function parseCsvAmount(text: string, decimalMark: DecimalMark, currency: CurrencyCode): Money {
  return isPlain(text, decimalMark === '.' ? DOT : COMMA) ? exactly(decimalMark === '.' ? text : text.replace(',', '.'), currency) : parseDressedAmount(text, decimalMark, currency);
}

/** What nearly every cell of nearly every file looks like: a minus perhaps, digits, and perhaps the mark and digits. The rest takes the long way. */
function isPlain(text: string, mark: number): boolean {
  const first = text.charCodeAt(0) === MINUS ? 1 : 0;
  let at = -1;
  for (let index = first; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= ZERO && code <= NINE) continue;
    if (code !== mark || at !== -1) return false;
    at = index;
  }
  return at === -1 ? text.length > first : at > first && at < text.length - 1;
}

function exactly(plain: string, currency: CurrencyCode): Money {
  try {
    return parseMoney(plain, currency);
  } catch (error) {
    if (error instanceof MoneyError) throw new CsvAmountError(`it is no amount in ${currency}, which has ${currencyExponent(currency)} decimals`);
    throw error;
  }
}

function parseDressedAmount(text: string, decimalMark: DecimalMark, currency: CurrencyCode): Money {
  const { digits, negative, currency: beside } = strip(text);
  if (beside !== null && beside !== currency) throw new CsvAmountError(`it is in ${beside}, the row in ${currency}`);
  const at = digits.lastIndexOf(decimalMark);
  const whole = at === -1 ? digits : digits.slice(0, at);
  const fraction = at === -1 ? '' : digits.slice(at + 1);
  if (!DIGITS.test(whole) && !GROUPS[decimalMark].test(whole) && !(whole === '' && fraction !== '')) throw new CsvAmountError(`it is no number with the decimal mark "${decimalMark}"`);
  if (at !== -1 && fraction !== '' && !DIGITS.test(fraction)) throw new CsvAmountError('there is something other than digits after the decimal mark');
  return exactly(`${negative ? '-' : ''}${whole.replace(/\D/g, '') || '0'}${fraction === '' ? '' : `.${fraction}`}`, currency);
}

/** True for digits with a minus, dots and commas at most: what nearly every cell of nearly every file is. */
export function isBareNumber(text: string): boolean {
  for (let index = text.charCodeAt(0) === MINUS ? 1 : 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if ((code < ZERO || code > NINE) && code !== DOT && code !== COMMA) return false;
  }
  return true;
}

/** What {@link decimalEvidence} says of a plain number without a mark or with two decimals, found faster; null for everything else. */
export function plainEvidence(text: string): DecimalMark | 'none' | null {
  const mark = text.charCodeAt(text.length - 3);
  if (mark === DOT || mark === COMMA) return isPlain(text, mark) ? mark === DOT ? '.' : ',' : null;
  return isPlain(text, DOT) && !text.includes('.') ? 'none' : null;
}

/** Which decimal mark a written amount proves: `1.234,56` and `4,5` prove the comma, `1.234` proves nothing (`undecided`), `12` needs none. */
export function decimalEvidence(text: string): DecimalMark | 'undecided' | 'none' {
  let digits: string;
  try {
    ({ digits } = strip(text));
  } catch (error) {
    if (error instanceof CsvAmountError) return 'none';
    throw error;
  }
  // Two tests, because one expression for both is quadratic in a cell of digits.
  if (!/^[\d.,'’ ]+$/.test(digits) || !/\d/.test(digits)) return 'none';
  const dot = digits.lastIndexOf('.');
  const comma = digits.lastIndexOf(',');
  if (dot === -1 && comma === -1) return 'none';
  if (dot !== -1 && comma !== -1) return dot > comma ? '.' : ',';
  const mark = dot !== -1 ? '.' : ',';
  const at = Math.max(dot, comma);
  const other = mark === '.' ? ',' : '.';
  if (digits.indexOf(mark) !== at) return other;
  if (/['’ ]/.test(digits.slice(0, at)) || at === 0 || at > 3) return mark;
  if (digits.slice(0, at) === '0') return mark;
  return digits.length - at - 1 === 3 ? 'undecided' : mark;
}

/** `$` and `¥` are of several currencies: they are allowed beside a number and prove nothing. */
const SIGNS: Readonly<Record<string, string | null>> = { $: null, '€': 'EUR', '£': 'GBP', '¥': null };

/** The currency written beside a number; null when there is none or its sign is of several. */
export function currencyBeside(text: string): CurrencyCode | null {
  const code = /(?<![\p{L}])([A-Z]{3}|[€£])(?![\p{L}])/u.exec(text)?.[1];
  const currency = code === undefined ? null : SIGNS[code] ?? code;
  return currency !== null && isCurrencyCode(currency) ? currency : null;
}

function strip(text: string): Stripped {
  let rest = text.replace(/[\s\u00a0\u202f\u2009]+/g, ' ').replace(/[\u2212\u2013]/g, '-').trim();
  let negative = false;
  let signs = 0;
  let currency: string | null = null;
  for (let before = ''; before !== rest;) {
    before = rest;
    if (rest.startsWith('(') && rest.endsWith(')')) [rest, negative, signs] = [rest.slice(1, -1), !negative, signs + 1];
    if (rest.startsWith('-')) [rest, negative, signs] = [rest.slice(1), !negative, signs + 1];
    else if (rest.startsWith('+')) [rest, signs] = [rest.slice(1), signs + 1];
    if (rest.endsWith('-')) [rest, negative, signs] = [rest.slice(0, -1), !negative, signs + 1];
    else if (rest.endsWith('+')) [rest, signs] = [rest.slice(0, -1), signs + 1];
    const side = /(CR|DR)$/i.exec(rest)?.[1]?.toUpperCase();
    if (side !== undefined) [rest, negative, signs] = [rest.slice(0, -2), side === 'DR', signs + 1];
    const code = /^([A-Z]{3}|[$€£¥])|([A-Z]{3}|[$€£¥])$/.exec(rest.trim())?.[0];
    if (code !== undefined && currency === null) {
      currency = code in SIGNS ? SIGNS[code] ?? null : code;
      rest = rest.trim().startsWith(code) ? rest.trim().slice(code.length) : rest.trim().slice(0, -code.length);
    }
    rest = rest.trim();
  }
  if (signs > 1) throw new CsvAmountError('it has more than one sign');
  return { digits: rest, negative, currency };
}
