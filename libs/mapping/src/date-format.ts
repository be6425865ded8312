import { isLocalDate, type LocalDate } from '#canonical';
import { ValueRefused } from './problem.js';

/**
 * A day written as `YYYY`, `MM` or `M`, `DD` or `D` with separators: `MM/DD/YYYY`, `D.M.YYYY`, `YYYYMMDD`.
 * `MM` is exactly two digits, `M` one or two. There is no two-digit year: which century is a guess.
 */
export interface DateFormat {
  parse(text: string): LocalDate;
  format(day: LocalDate): string;
}

const TOKEN = /YYYY|MM?|DD?|[^YMD]+/g;
const DIGITS: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})', MM: '(?<month>\\d{2})', M: '(?<month>\\d{1,2})', DD: '(?<day>\\d{2})', D: '(?<day>\\d{1,2})',
};

/** The format, or a sentence saying what is wrong with its pattern. */
export function compileDateFormat(pattern: string): DateFormat | string {
  const tokens = pattern.match(TOKEN) ?? [];
  const letters = tokens.filter((token) => DIGITS[token] !== undefined).map((token) => token.slice(0, 1));
  if (tokens.join('') !== pattern || [...letters].sort().join('') !== 'DMY') {
    return `"${pattern}" is not a date format: write YYYY, MM or M, and DD or D once each, with separators`;
  }
  const expression = new RegExp(`^${tokens.map((token) => DIGITS[token] ?? literal(token)).join('')}$`);
  return {
    parse: (text) => parseWith(expression, pattern, text),
    format: (day) => tokens.map((token) => partOf(day, token)).join(''),
  };
}

function parseWith(expression: RegExp, pattern: string, text: string): LocalDate {
  const groups = expression.exec(text)?.groups;
  const day = groups === undefined ? '' : `${groups['year']}-${groups['month']?.padStart(2, '0')}-${groups['day']?.padStart(2, '0')}`;
  if (!isLocalDate(day)) throw new ValueRefused(`"${text.slice(0, 40)}" is not a calendar day (${pattern})`);
  return day;
}

function literal(token: string): string {
  return token.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function partOf(day: LocalDate, token: string): string {
  switch (token) {
    case 'YYYY': return day.slice(0, 4);
    case 'MM': return day.slice(5, 7);
    case 'M': return String(Number(day.slice(5, 7)));
    case 'DD': return day.slice(8, 10);
    case 'D': return String(Number(day.slice(8, 10)));
    default: return token;
  }
}
