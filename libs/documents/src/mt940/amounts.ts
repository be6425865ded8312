import { type CurrencyCode, currencyExponent, isCurrencyCode, type LocalDate, type Money, MoneyError, parseMinorUnits } from '#canonical';
import { parseShortDay } from '../short-day.js';

/**
 * An amount of SWIFT: digits and one comma, the fraction perhaps empty or shorter than the currency's: `9,`, `500`, `1125250,4`.
 * @returns minor units, or the sentence that says why it is none
 */
export function parseSwiftAmount(text: string, currency: CurrencyCode): bigint | string {
  try {
    return parseMinorUnits(text.replace(',', '.'), currencyExponent(currency));
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    return error.message;
  }
}

/** A :60F:, :62F:, :64: or :65:. */
export interface BalanceField {
  readonly on: LocalDate;
  readonly amount: Money;
}

const BALANCE = /^([CD])(\d{6})([A-Z]{3})?(\d{1,36},?\d{0,36})\s*$/;

/**
 * Reads a balance, negative for D. Some banks leave the currency out where :60: has it already.
 * @param inherited the currency of the statement so far; null when nothing has said it
 */
export function readBalance(text: string, inherited: CurrencyCode | null): BalanceField | string {
  const match = BALANCE.exec(text);
  if (match === null) return 'it is not C or D, day, currency and amount with a comma';
  const [, mark = '', day = '', written, digits = ''] = match;
  const on = parseShortDay(day);
  if (on === null) return `"${day}" is no day (YYMMDD)`;
  const currency = written ?? inherited;
  if (currency === null) return 'it names no currency, and nothing before it does';
  if (!isCurrencyCode(currency)) return `"${currency}" is no ISO 4217 currency code`;
  const minor = parseSwiftAmount(digits, currency);
  if (typeof minor === 'string') return minor;
  return { on, amount: { minor: mark === 'C' ? minor : -minor, currency } };
}
