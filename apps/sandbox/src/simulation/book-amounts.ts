import { formatMinorUnits, parseMinorUnits } from '#canonical';

/**
 * Every amount in the book is an integer count of 10^-4 of its currency's major unit, whatever the currency: one scale lets SUM, comparison and
 * joins work inside SQLite without knowing the currency. Four places hold every ISO 4217 currency (CLF and UYW have four).
 */
export const AMOUNT_DECIMALS = 4;
const SCALE = 10 ** AMOUNT_DECIMALS;

/** The largest amount the book takes; SQLite hands integers to JavaScript as numbers, which are exact to 2^53. */
export const AMOUNT_UNITS_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** Raised when a text is no amount the book can hold exactly. */
export class AmountError extends Error {
  override readonly name = 'AmountError';
}

/**
 * Decimal text to book units.
 * @throws AmountError when the text is no plain decimal, is too large, or has more places than `decimals` (the currency's precision).
 */
export function parseAmount(text: string, decimals: number = AMOUNT_DECIMALS): bigint {
  let units: bigint;
  try {
    units = parseMinorUnits(text, decimals) * 10n ** BigInt(AMOUNT_DECIMALS - decimals);
  } catch (error) {
    throw new AmountError(error instanceof Error ? error.message : String(error));
  }
  if (units > AMOUNT_UNITS_MAX || units < -AMOUNT_UNITS_MAX) throw new AmountError(`"${text}" is larger than the book holds`);
  return units;
}

/** Book units to text with trailing zeros dropped (`1234.5`, `7`), as the services show amounts. */
export function amountText(units: bigint): string {
  return formatMinorUnits(units, AMOUNT_DECIMALS).replace(/\.?0+$/, '');
}

/** The same for a number SQLite returned, without a detour through bigint: pages of 1,000 rows are rendered with this. */
export function amountTextOfNumber(units: number): string {
  const magnitude = units < 0 ? -units : units;
  const fraction = magnitude % SCALE;
  const whole = `${units < 0 ? '-' : ''}${(magnitude - fraction) / SCALE}`;
  if (fraction === 0) return whole;
  if (fraction % 100 === 0) {
    const cents = fraction / 100;
    return cents % 10 === 0 ? `${whole}.${cents / 10}` : `${whole}.${cents < 10 ? `0${cents}` : cents}`;
  }
  return `${whole}.${String(fraction).padStart(AMOUNT_DECIMALS, '0').replace(/0+$/, '')}`;
}

const RATE_DECIMALS = 8;
const RATE_SCALE = 10n ** BigInt(RATE_DECIMALS);

/** An amount in the subsidiary's base currency: units times rate, rounded half away from zero to `decimals` places (the ledger's cents). */
export function toBase(units: bigint, rate: string, decimals = 2): bigint {
  const step = 10n ** BigInt(AMOUNT_DECIMALS - decimals);
  if (rate === '1' && units % step === 0n) return units;
  const product = units * parseMinorUnits(rate, RATE_DECIMALS);
  const divisor = RATE_SCALE * step;
  const half = product < 0n ? -divisor / 2n : divisor / 2n;
  return ((product + half) / divisor) * step;
}
