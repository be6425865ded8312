import { type CurrencyCode, currencyExponent, isLocalDate, type LocalDate, type Money, MoneyError, parseMinorUnits } from '#canonical';

const BLANKS_AND_SIGNS = /[\s$€£]/g;
const POINT_AND_CENTS = /^-?\d{1,14}\.\d\d$/;
const PLAIN = /^([+-]?)(\d{1,36})(?:[.,](\d{0,36}))?$/;
const GROUPED = /^([+-]?)(\d{1,3}(?:([.,'])\d{3}){1,10})(?:([.,])(\d{0,36}))?$/;

/**
 * A signed amount of OFX: decimal point or comma; some banks add blanks, a currency sign or thousands. `1,234` could be either and is refused.
 * @returns the amount, or the sentence that says why it is none
 */
export function parseOfxAmount(text: string, currency: CurrencyCode): Money | string {
  // What nearly every amount is, in one look.
  if (POINT_AND_CENTS.test(text) && currencyExponent(currency) === 2) return { minor: parseMinorUnits(text, 2), currency };
  const written = text.replace(BLANKS_AND_SIGNS, '');
  const decimal = PLAIN.exec(written) ?? grouped(written);
  if (decimal === null) return 'it is no decimal number with one decimal mark';
  const [, sign = '', whole = '', fraction = ''] = decimal;
  try {
    return { minor: parseMinorUnits(`${sign === '-' ? '-' : ''}${whole}.${fraction}`, currencyExponent(currency)), currency };
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    return error.message;
  }
}

/** `1.234,56` or `1,234.56`: two marks, the last of which is the decimal one. */
function grouped(written: string): readonly (string | undefined)[] | null {
  const match = GROUPED.exec(written);
  if (match === null) return null;
  const [, sign = '', whole = '', group = '', mark = '', fraction = ''] = match;
  const groups = whole.split(group);
  if (mark === '' || mark === group || !groups.slice(1).every((part) => part.length === 3)) return null;
  return [written, sign, groups.join(''), fraction];
}

const days = new Map<string, LocalDate | null>();
const DAYS_CACHED_MAX = 4_096;

/** The calendar day of `YYYYMMDDHHMMSS.mmm[-5:EST]` in the zone it names; null for zeros and for what is no day. */
export function parseOfxDay(text: string): LocalDate | null {
  const digits = text.slice(0, 8);
  const cached = days.get(digits);
  if (cached !== undefined) return cached;
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  const made = /^\d{8}$/.test(digits) && isLocalDate(day) ? day : null;
  if (days.size >= DAYS_CACHED_MAX) days.clear();
  days.set(digits, made);
  return made;
}
