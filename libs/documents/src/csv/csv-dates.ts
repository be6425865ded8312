import { isLocalDate, type LocalDate } from '#canonical';
import type { DateOrder } from './csv-layout.js';

const YEAR_FIRST = /^(\d{4})([-/.]?)(\d{2})\2(\d{2})(?:[T ].*)?$/;
const YEAR_LAST = /^(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})(?:[T ,].*)?$/;
const NAMED_MONTH = /^(\d{1,2})[-/. ]*([\p{L}]{3,9})\.?[-/., ]*(\d{4}|\d{2})$/u;
const MONTH_FIRST = /^([\p{L}]{3,9})\.?[- ]*(\d{1,2}),?[- ]+(\d{4})$/u;

/** How month names begin in English, German, Dutch and French; four letters where three are shared. */
const MONTHS: readonly (readonly string[])[] = [
  ['jan'], ['feb', 'fev', 'fév'], ['mar', 'mär', 'maa', 'mrt', 'mrz'], ['apr', 'avr'], ['may', 'mai', 'mei'], ['jun', 'juin'],
  ['jul', 'juil'], ['aug', 'aoû', 'aou'], ['sep'], ['oct', 'okt'], ['nov'], ['dec', 'dez', 'déc'],
];

/** Two-digit years are of this century; a bank's export is never older than the hub by that much. */
const CENTURY = '20';

/** A written day; null when it is none. Times after a day are ignored. `order` settles `04/05/2026` alone. */
export function parseCsvDate(text: string, order: DateOrder): LocalDate | null {
  const yearFirst = YEAR_FIRST.exec(text);
  if (yearFirst !== null) return made(yearFirst[1] ?? '', yearFirst[3] ?? '', yearFirst[4] ?? '');
  const yearLast = YEAR_LAST.exec(text);
  if (yearLast !== null) {
    const [, first = '', separator, second = '', year = ''] = yearLast;
    // No bank that writes dots puts the month first.
    return separator === '.' || order === 'dayMonthYear' ? made(year, second, first) : made(year, first, second);
  }
  const named = NAMED_MONTH.exec(text);
  if (named !== null) return made(named[3] ?? '', monthNumber(named[2] ?? ''), named[1] ?? '');
  const monthFirst = MONTH_FIRST.exec(text);
  return monthFirst === null ? null : made(monthFirst[3] ?? '', monthNumber(monthFirst[1] ?? ''), monthFirst[2] ?? '');
}

/** Which order a written day proves: `31/12/2026` the day first, `04/05/2026` is `undecided`, `2026-05-04` and `04.05.2026` need none. */
export function dateEvidence(text: string): DateOrder | 'undecided' | 'none' {
  const match = YEAR_FIRST.test(text) ? null : YEAR_LAST.exec(text);
  if (match === null || match[2] === '.') return 'none';
  const first = Number(match[1]);
  const second = Number(match[3]);
  if (first === second) return 'none';
  if (first > 12) return second > 12 ? 'none' : 'dayMonthYear';
  return second > 12 ? 'monthDayYear' : 'undecided';
}

function made(year: string, month: string, day: string): LocalDate | null {
  const text = `${year.length === 2 ? CENTURY : ''}${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isLocalDate(text) ? text : null;
}

function monthNumber(name: string): string {
  const lower = name.toLowerCase();
  const index = MONTHS.findIndex((starts) => starts.some((start) => lower.startsWith(start)));
  return index === -1 ? '' : String(index + 1);
}
