import { isLocalDate, type LocalDate, MONEY_DIGITS_MAX } from '#canonical';

/** Years from here on are 19xx; BAI2 is of 1987. */
const FIRST_YEAR_OF_LAST_CENTURY = 80;
const PLAIN_INTEGER = /^[+-]?\d+$/;
/** Digits a double holds exactly. */
const EXACT_DIGITS_MAX = 15;

const days = new Map<string, LocalDate | null>();
const DAYS_CACHED_MAX = 4_096;

/** `YYMMDD` (or `YYYYMMDD`, which newer banks send) as a day; null when it is none. */
export function parseBaiDate(text: string): LocalDate | null {
  const cached = days.get(text);
  if (cached !== undefined) return cached;
  const made = makeDate(text);
  if (days.size >= DAYS_CACHED_MAX) days.clear();
  days.set(text, made);
  return made;
}

function makeDate(text: string): LocalDate | null {
  if (!/^(\d{6}|\d{8})$/.test(text)) return null;
  const century = Number(text.slice(0, 2)) >= FIRST_YEAR_OF_LAST_CENTURY ? '19' : '20';
  const digits = text.length === 8 ? text : century + text;
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  return isLocalDate(day) ? day : null;
}

/** An amount of BAI2: an integer in the smallest unit of its currency, perhaps signed. Null when it is anything else. */
export function parseBaiInteger(text: string): bigint | null {
  if (text.length > MONEY_DIGITS_MAX || !PLAIN_INTEGER.test(text)) return null;
  return text.length <= EXACT_DIGITS_MAX ? BigInt(Number(text)) : BigInt(text.startsWith('+') ? text.slice(1) : text);
}

/** A count; null when it is none. */
export function parseCount(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
