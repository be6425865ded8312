import { currencyExponent, type CurrencyCode } from './currency.js';

/**
 * An exact amount: integer minor units (cents, yen, fils) and an ISO 4217 currency.
 * Decimal text exists only on the wire, in files and on screen; {@link parseMoney} and {@link formatMoney} are the two crossings.
 */
export interface Money {
  readonly minor: bigint;
  readonly currency: CurrencyCode;
}

/** A decimal number as plain text: `-1234.50`. No exponent, no grouping, no currency sign. */
export type DecimalText = string;

/** Digits an amount may have before it is refused; far above any ledger, far below what would slow a parser down. */
export const MONEY_DIGITS_MAX = 36;

/** Raised when a text is not an exact amount of its currency. The message names the value and what is wrong with it. */
export class MoneyError extends Error {
  override readonly name = 'MoneyError';
}

const PLAIN_DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?$/;

/**
 * Reads decimal text exactly. Zeros beyond the currency's exponent are accepted (`12.3400` is 12.34 USD), other digits are not.
 * @throws MoneyError when the text is no plain decimal number or is finer than the currency's smallest unit.
 */
export function parseMoney(text: DecimalText, currency: CurrencyCode): Money {
  return { minor: parseMinorUnits(text, currencyExponent(currency)), currency };
}

/** The integer count of `10^-exponent` units in a decimal text. See {@link parseMoney} for what is refused. */
export function parseMinorUnits(text: DecimalText, exponent: number): bigint {
  const quick = parseShortDecimal(text, exponent);
  if (quick !== null) return quick;
  if (text.length > MONEY_DIGITS_MAX) throw new MoneyError(`"${text.slice(0, 40)}" has more than ${MONEY_DIGITS_MAX} characters`);
  const match = PLAIN_DECIMAL.exec(text);
  if (match === null) throw new MoneyError(`"${text}" is not a plain decimal number`);
  const fraction = match[3] ?? '';
  if (/[^0]/.test(fraction.slice(exponent))) {
    throw new MoneyError(`"${text}" has more than ${exponent} decimal places`);
  }
  const magnitude = BigInt((match[2] ?? '') + fraction.slice(0, exponent).padEnd(exponent, '0'));
  return match[1] === '-' ? -magnitude : magnitude;
}

/** Below 15 digits every step is exact in a double, and about ten times faster than through a regular expression and BigInt text. */
const EXACT_DIGITS_MAX = 15;

/** The common case by hand: at most 15 significant digits and no more decimals than the exponent. `null` sends the caller the long way. */
function parseShortDecimal(text: string, exponent: number): bigint | null {
  const length = text.length;
  if (length === 0 || length > EXACT_DIGITS_MAX) return null;
  const negative = text.charCodeAt(0) === 45;
  let units = 0;
  let decimals = -1;
  for (let index = negative ? 1 : 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 46 && decimals < 0 && index > (negative ? 1 : 0)) { decimals = 0; continue; }
    if (code < 48 || code > 57) return null;
    if (decimals >= exponent && decimals >= 0) return null;
    units = units * 10 + (code - 48);
    if (decimals >= 0) decimals += 1;
  }
  if (length === (negative ? 1 : 0)) return null;
  for (let place = Math.max(decimals, 0); place < exponent; place += 1) units *= 10;
  if (units > Number.MAX_SAFE_INTEGER) return null;
  return BigInt(negative ? -units : units);
}

/** Decimal text with exactly the currency's decimals: `1234.50`, `-7`, `0.125`. */
export function formatMoney(money: Money): DecimalText {
  return formatMinorUnits(money.minor, currencyExponent(money.currency));
}

/** Decimal text of an integer count of `10^-exponent` units. */
export function formatMinorUnits(minor: bigint, exponent: number): DecimalText {
  const sign = minor < 0n ? '-' : '';
  const digits = (minor < 0n ? -minor : minor).toString();
  if (exponent === 0) return sign + digits;
  const padded = digits.padStart(exponent + 1, '0');
  return `${sign}${padded.slice(0, -exponent)}.${padded.slice(-exponent)}`;
}

export function zeroMoney(currency: CurrencyCode): Money {
  return { minor: 0n, currency };
}

/** @throws MoneyError when the currencies differ: amounts of two currencies have no sum. */
export function addMoney(left: Money, right: Money): Money {
  assertSameCurrency(left, right);
  return { minor: left.minor + right.minor, currency: left.currency };
}

/** @throws MoneyError when the currencies differ. */
export function subtractMoney(left: Money, right: Money): Money {
  assertSameCurrency(left, right);
  return { minor: left.minor - right.minor, currency: left.currency };
}

export function negateMoney(money: Money): Money {
  return { minor: -money.minor, currency: money.currency };
}

/** -1, 0 or 1. @throws MoneyError when the currencies differ. */
export function compareMoney(left: Money, right: Money): -1 | 0 | 1 {
  assertSameCurrency(left, right);
  if (left.minor === right.minor) return 0;
  return left.minor < right.minor ? -1 : 1;
}

/** The exact total of amounts in one currency; zero of `currency` when there are none. */
export function sumMoney(amounts: Iterable<Money>, currency: CurrencyCode): Money {
  let total = zeroMoney(currency);
  for (const amount of amounts) total = addMoney(total, amount);
  return total;
}

/**
 * Splits an amount by integer weights so that the parts add up exactly; the remainder goes to the first parts, one unit each.
 * @throws MoneyError when there is no positive weight.
 */
export function allocateMoney(money: Money, weights: readonly bigint[]): Money[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total <= 0n || weights.some((weight) => weight < 0n)) throw new MoneyError('weights must be positive and not all zero');
  const parts = weights.map((weight) => (money.minor * weight) / total);
  let remainder = money.minor - parts.reduce((sum, part) => sum + part, 0n);
  const unit = remainder < 0n ? -1n : 1n;
  for (let index = 0; remainder !== 0n; index = (index + 1) % parts.length) {
    if (weights[index] === 0n) continue;
    parts[index] = (parts[index] ?? 0n) + unit;
    remainder -= unit;
  }
  return parts.map((minor) => ({ minor, currency: money.currency }));
}

function assertSameCurrency(left: Money, right: Money): void {
  if (left.currency !== right.currency) throw new MoneyError(`${left.currency} and ${right.currency} cannot be combined`);
}
