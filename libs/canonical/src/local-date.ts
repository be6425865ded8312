/** A calendar day, `YYYY-MM-DD`, without time or zone. Only {@link parseLocalDate} makes one. */
export type LocalDate = string & { readonly __brand: 'LocalDate' };

/** Raised for a text that is no day of the Gregorian calendar. */
export class LocalDateError extends Error {
  override readonly name = 'LocalDateError';
}

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const MILLISECONDS_PER_DAY = 86_400_000;

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function digitAt(text: string, index: number): number {
  const digit = text.charCodeAt(index) - 48;
  return digit >= 0 && digit <= 9 ? digit : Number.NaN;
}

/** True for `YYYY-MM-DD` that exists: 2024-02-29 does, 2026-02-29 does not. */
export function isLocalDate(text: string): text is LocalDate {
  if (text.length !== 10 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return false;
  const year = digitAt(text, 0) * 1000 + digitAt(text, 1) * 100 + digitAt(text, 2) * 10 + digitAt(text, 3);
  const month = digitAt(text, 5) * 10 + digitAt(text, 6);
  const day = digitAt(text, 8) * 10 + digitAt(text, 9);
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1)) return false;
  const last = month === 2 && isLeapYear(year) ? 29 : DAYS_IN_MONTH[month - 1] ?? 0;
  return day <= last;
}

/** @throws LocalDateError naming the value when it is no calendar day. */
export function parseLocalDate(text: string): LocalDate {
  if (!isLocalDate(text)) throw new LocalDateError(`"${text}" is not a calendar day (YYYY-MM-DD)`);
  return text;
}

/** The day `days` later (or earlier, when negative). */
export function addDays(date: LocalDate, days: number): LocalDate {
  return localDateOfInstant(new Date(Date.parse(`${date}T00:00:00Z`) + days * MILLISECONDS_PER_DAY), 'UTC');
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / MILLISECONDS_PER_DAY);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** The calendar day an instant falls on in an IANA time zone. A UTC day would make "overdue" wrong by one. */
export function localDateOfInstant(instant: Date, timeZone: string): LocalDate {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formatters.set(timeZone, formatter);
  }
  return parseLocalDate(formatter.format(instant));
}
