import { formatMinorUnits, parseMinorUnits } from '#canonical';

/** Fine enough for every currency and for the unofficial ones (8 decimals); amounts are integers of 10^-8, positive = money out. */
export const AMOUNT_DECIMALS = 8;

/** @throws MoneyError for a text that is no plain decimal number of at most eight decimals */
export function readAmount(text: string): bigint {
  return parseMinorUnits(text, AMOUNT_DECIMALS);
}

/** `72.1`, `-5200`: without zeros at the end, as a JSON number is printed. */
export function amountText(units: bigint): string {
  return formatMinorUnits(units, AMOUNT_DECIMALS).replace(/\.?0+$/, '');
}

/** A JSON number with exactly these digits. */
export function amountNumber(units: bigint): object {
  return JSON.rawJSON(amountText(units));
}
