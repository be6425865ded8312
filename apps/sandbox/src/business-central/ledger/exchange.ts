import { AMOUNT_DECIMALS, toBase } from '../../simulation/book-amounts.js';
import type { CompanyBook } from './company-book.js';

/** Decimals of a currency; the blank code is the local currency. */
export function decimalsOf(book: CompanyBook, currencyCode: string): number {
  const code = currencyCode === '' ? book.company.currency : currencyCode;
  return Number(book.one<{ decimals: number }>('SELECT decimals FROM currency WHERE code = ?', code)?.decimals ?? 2);
}

/** Amount in local currency at the rate of a day, rounded to the local currency's cents. */
export function toLocal(book: CompanyBook, amount: bigint, currencyCode: string, day: string): bigint {
  if (currencyCode === '') return amount;
  const rate = book.one<{ rate: string }>('SELECT rate FROM exchange_rate WHERE currency_code = ? AND starting_day <= ? ORDER BY starting_day DESC LIMIT 1', currencyCode, day)?.rate;
  if (rate === undefined) throw new RangeError(`no exchange rate for ${currencyCode} on ${day}`);
  return toBase(amount, rate, decimalsOf(book, ''));
}

/** The code as tables hold it: blank for the local currency. */
export function tableCurrency(book: CompanyBook, code: string): string {
  return code === book.company.currency ? '' : code;
}

/** An amount rounded to the currency's decimals, half away from zero, as a journal line's amount is when it is set. */
export function roundToCurrency(book: CompanyBook, amount: bigint, currencyCode: string): bigint {
  const unit = 10n ** BigInt(AMOUNT_DECIMALS - decimalsOf(book, currencyCode));
  const half = amount < 0n ? -unit / 2n : unit / 2n;
  return ((amount + half) / unit) * unit;
}
