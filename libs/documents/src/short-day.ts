import { isLocalDate, type LocalDate } from '#canonical';

/** Two-digit years from here on are 19xx: bank formats that write them are of the eighties. */
const FIRST_YEAR_OF_LAST_CENTURY = 80;
const DAYS_CACHED_MAX = 4_096;

const days = new Map<string, LocalDate | null>();

/** `YYMMDD`, or `YYYYMMDD` as newer banks send it, as a day; null when it is none. */
export function parseShortDay(text: string): LocalDate | null {
  const cached = days.get(text);
  if (cached !== undefined) return cached;
  const made = makeDay(text);
  if (days.size >= DAYS_CACHED_MAX) days.clear();
  days.set(text, made);
  return made;
}

function makeDay(text: string): LocalDate | null {
  if (!/^(\d{6}|\d{8})$/.test(text)) return null;
  const century = Number(text.slice(0, 2)) >= FIRST_YEAR_OF_LAST_CENTURY ? '19' : '20';
  const digits = text.length === 8 ? text : century + text;
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  return isLocalDate(day) ? day : null;
}
