import { formatMinorUnits, parseMinorUnits } from '#canonical';

/** Every Edm.Decimal of the sandbox (amounts, rates, line numbers) is an integer count of 10^-6, whatever it measures. */
export const DECIMAL_PLACES = 6;
export const ONE = 1_000_000n;
/** Rates are stated for a hundred units of the foreign currency, as exchange rates of the product are. */
export const RATE_ONE = 100n * ONE;

/** Decimal text to units of 10^-6. @throws MoneyError when the text is no plain decimal number or finer than that */
export function decimalOf(text: string): bigint {
  return parseMinorUnits(text, DECIMAL_PLACES);
}

/** Plain text without trailing zeros: `1234.5`, `7`. */
export function decimalText(units: bigint): string {
  return formatMinorUnits(units, DECIMAL_PLACES).replace(/\.?0+$/, '');
}

/** The amount in the company's currency, to the cent, half away from zero. */
export function inAccountingCurrency(units: bigint, rate: bigint): bigint {
  const cent = ONE / 100n;
  if (rate === RATE_ONE && units % cent === 0n) return units;
  const divisor = RATE_ONE * cent;
  const product = units * rate;
  const half = product < 0n ? -divisor / 2n : divisor / 2n;
  return ((product + half) / divisor) * cent;
}

export function magnitude(units: bigint): bigint {
  return units < 0n ? -units : units;
}

export function lesser(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}
