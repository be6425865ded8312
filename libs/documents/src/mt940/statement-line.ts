import { isLocalDate, type LocalDate } from '#canonical';
import { parseShortDay } from '../short-day.js';

/** What the first line of a :61: says, as written. */
export interface StatementLine {
  readonly valueOn: LocalDate;
  readonly bookedOn: LocalDate;
  /** True when the entry date was given and is no day: the value date was taken. */
  readonly entryDateUnread: boolean;
  /** 1 money in, -1 money out. */
  readonly direction: 1 | -1;
  readonly reversal: boolean;
  readonly expected: boolean;
  /** Digits with at most one comma. */
  readonly amount: string;
  /** Three characters behind N, F or S, blanks dropped. */
  readonly type: string;
  readonly code: string;
  readonly customerReference: string;
  readonly bankReference: string;
}

/**
 * Value date, entry date, mark, funds code, amount, transaction type, rest. The mark is read before the funds code, so that `CR` is a credit
 * with funds code R, while `RC` is the reversal of a credit. Some banks leave the type letter or the blanks of the code out.
 */
const SHAPE = /^(\d{6})(\d{4}| {4})?(RC|RD|EC|ED|C|D)([A-Z])?(\d{1,36},?\d{0,36})([A-Z][A-Z0-9 ]{0,3})(.*)$/;

/** Reads a :61: line; a sentence when it cannot be read. */
export function readStatementLine(text: string): StatementLine | string {
  const match = SHAPE.exec(text);
  if (match === null) return 'it is not value date, entry date, C or D mark, amount with a comma, and transaction type';
  const [, value = '', entry = '', mark = '', , amount = '', code = '', rest = ''] = match;
  const valueOn = parseShortDay(value);
  if (valueOn === null) return `the value date "${value}" is no day (YYMMDD)`;
  const entryOn = entry.trim() === '' ? valueOn : entryDay(entry, valueOn);
  const slashes = rest.indexOf('//');
  return {
    valueOn,
    bookedOn: entryOn ?? valueOn,
    entryDateUnread: entryOn === null,
    direction: mark === 'C' || mark === 'EC' || mark === 'RD' ? 1 : -1,
    reversal: mark.startsWith('R'),
    expected: mark.startsWith('E'),
    amount,
    type: code.slice(1).trim(),
    code: code.trim(),
    customerReference: (slashes === -1 ? rest : rest.slice(0, slashes)).trim(),
    bankReference: slashes === -1 ? '' : rest.slice(slashes + 2).trim(),
  };
}

/** Rows of one day stand together, so the last answer serves most of them. */
let lastEntry = '';
let lastValueOn = '';
let lastDay: LocalDate | null = null;

/** `MMDD` in the year that brings it nearest to the value date: an entry of 0102 for a value of 31 December is of the next year. */
export function entryDay(entry: string, valueOn: LocalDate): LocalDate | null {
  if (entry === lastEntry && valueOn === lastValueOn) return lastDay;
  const year = Number(valueOn.slice(0, 4));
  let nearest: LocalDate | null = null;
  let distance = Number.POSITIVE_INFINITY;
  for (const candidate of [year, year - 1, year + 1]) {
    const day = `${String(candidate).padStart(4, '0')}-${entry.slice(0, 2)}-${entry.slice(2)}`;
    if (!isLocalDate(day)) continue;
    const days = Math.abs(Date.parse(day) - Date.parse(valueOn));
    if (days >= distance) continue;
    nearest = day;
    distance = days;
  }
  lastEntry = entry;
  lastValueOn = valueOn;
  lastDay = nearest;
  return nearest;
}
