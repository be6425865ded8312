import { isLocalDate, type LocalDate, MoneyError, parseMinorUnits } from '#canonical';

/** Years from here on are 19xx where a date has two digits of them. */
const FIRST_YEAR_OF_LAST_CENTURY = 80;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;

/** `CCYYMMDD`, or `YYMMDD` of versions before 004010; null when it is no day. */
export function parseX12Date(text: string): LocalDate | null {
  if (!/^(\d{6}|\d{8})$/.test(text)) return null;
  const century = Number(text.slice(0, 2)) >= FIRST_YEAR_OF_LAST_CENTURY ? '19' : '20';
  const digits = text.length === 8 ? text : century + text;
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  return isLocalDate(day) ? day : null;
}

/**
 * A decimal (type R): a point only where there are decimals, a leading zero not needed (`.5`), a minus in front.
 * @returns the minor units, or a sentence saying what is wrong.
 */
export function parseX12Amount(text: string, exponent: number): bigint | string {
  try {
    return parseMinorUnits(startsWithPoint(text) ? text.replace('.', '0.') : text, exponent);
  } catch (error) {
    if (error instanceof MoneyError) return error.message;
    throw error;
  }
}

function startsWithPoint(text: string): boolean {
  const first = text.charCodeAt(0);
  return first === POINT || ((first === MINUS || first === PLUS) && text.charCodeAt(1) === POINT);
}

/** A count, leading zeros allowed; null when it is none. */
export function parseX12Count(text: string): number | null {
  return /^\d{1,10}$/.test(text) ? Number(text) : null;
}
