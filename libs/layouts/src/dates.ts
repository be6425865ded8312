import { isLocalDate } from '#canonical';
import { shown, ValueProblem } from './value-problem.js';

/** Years of a two-digit date: 2000 to 2099. Ledgers this hub reads have no older open item. */
const CENTURY = '20';
const TOKEN = /YYYY|YY|MM|DD|[^YMD]/g;
const DIGITS: Readonly<Record<string, string>> = { YYYY: '(?<year>\\d{4})', YY: '(?<short>\\d{2})', MM: '(?<month>\\d{2})', DD: '(?<day>\\d{2})' };

/** A calendar day as a file writes it: `YYYY-MM-DD`, `MM/DD/YYYY`, `YYMMDD`. */
export interface DayFormat {
  readonly pattern: string;
  /** To `YYYY-MM-DD`. @throws ValueProblem for a day that does not exist. */
  read(text: string): string;
  /** From `YYYY-MM-DD`. @throws ValueProblem for a day that does not exist or, with two digits, of another century. */
  write(day: string): string;
}

/** The format, or a sentence saying what is wrong with its pattern. */
export function compileDayFormat(pattern: string): DayFormat | string {
  const tokens = pattern.match(TOKEN) ?? [];
  const words = tokens.filter((token) => DIGITS[token] !== undefined).map((token) => token.slice(0, 1)).sort().join('');
  if (tokens.join('') !== pattern || words !== 'DMY' || tokens.some((token) => DIGITS[token] === undefined && /[A-Za-z0-9]/.test(token))) {
    return `"${pattern}" is not a date format: write YYYY or YY, MM and DD once each, with separators`;
  }
  if (pattern === 'YYYY-MM-DD') return { pattern, read: checkDay, write: checkDay };
  const expression = new RegExp(`^${tokens.map((token) => DIGITS[token] ?? token.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('')}$`);
  return {
    pattern,
    read: (text) => {
      const groups = expression.exec(text)?.groups;
      const year = groups?.['year'] ?? `${CENTURY}${groups?.['short'] ?? ''}`;
      const day = `${year}-${groups?.['month'] ?? ''}-${groups?.['day'] ?? ''}`;
      if (!isLocalDate(day)) throw new ValueProblem(`${shown(text)} is not a calendar day (${pattern})`);
      return day;
    },
    write: (given) => {
      const day = checkDay(given);
      if (!pattern.includes('YYYY') && !day.startsWith(CENTURY)) throw new ValueProblem(`${shown(day)} is not in the years 2000 to 2099, which is all ${pattern} can say`);
      return tokens.map((token) => partOf(day, token)).join('');
    },
  };
}

function checkDay(text: string): string {
  if (!isLocalDate(text)) throw new ValueProblem(`${shown(text)} is not a calendar day (YYYY-MM-DD)`);
  return text;
}

function partOf(day: string, token: string): string {
  switch (token) {
    case 'YYYY': return day.slice(0, 4);
    case 'YY': return day.slice(2, 4);
    case 'MM': return day.slice(5, 7);
    case 'DD': return day.slice(8, 10);
    default: return token;
  }
}

const CLOCK = /^(?:\d{4}-\d{2}-\d{2}T)?([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?Z?$/;
export const TIME_FORMATS = ['HHMM', 'HHMMSS', 'HH:MM', 'HH:MM:SS'] as const;

/** The time of a UTC instant (or of `HH:MM`), as the format says. @throws ValueProblem for anything else. */
export function writeTime(text: string, format: string): string {
  const match = CLOCK.exec(text);
  if (match === null) throw new ValueProblem(`${shown(text)} is not a time (an ISO instant in UTC, or HH:MM)`);
  const parts = [match[1] ?? '', match[2] ?? '', ...format.endsWith('SS') ? [match[3] ?? '00'] : []];
  return parts.join(format.includes(':') ? ':' : '');
}

/** To `HH:MM` or `HH:MM:SS`. @throws ValueProblem for an hour that does not exist. */
export function readTime(text: string, format: string): string {
  const digits = format.includes(':') ? text.replaceAll(':', '') : text;
  const time = [digits.slice(0, 2), digits.slice(2, 4), ...format.endsWith('SS') ? [digits.slice(4)] : []].join(':');
  if (text.length !== format.length || !CLOCK.test(time)) throw new ValueProblem(`${shown(text)} is not a time (${format})`);
  return time;
}
