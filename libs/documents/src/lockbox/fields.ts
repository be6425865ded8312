import { isLocalDate, type LocalDate } from '#canonical';
import { LOCKBOX_COLUMNS_MAX } from './limits.js';
import type { LockboxDateFormat, LockboxField, LockboxMeaning } from './profile.js';

const BLANK = 32;

/** One column of one line: its text without the padding, and its value. */
export interface LockboxValue {
  readonly field: LockboxField;
  readonly text: string;
  /** Integer of the implied decimals or of the count; null for text, dates, blanks and what is none. */
  readonly integer: bigint | null;
  readonly day: LocalDate | null;
  /** Why the column is not what the profile says; null when it is, or is blank. */
  readonly problem: string | null;
}

/** The columns of one line by meaning. The first column of a meaning counts; further ones of `memo` and `text` are joined by {@link texts}. */
export class LockboxLine {
  constructor(readonly number: number, readonly text: string, readonly values: readonly LockboxValue[]) {}

  of(meaning: LockboxMeaning): LockboxValue | null {
    return this.values.find(({ field }) => field.meaning === meaning) ?? null;
  }

  textOf(meaning: LockboxMeaning): string {
    return this.of(meaning)?.text ?? '';
  }

  integerOf(meaning: LockboxMeaning): bigint | null {
    return this.of(meaning)?.integer ?? null;
  }

  texts(meaning: LockboxMeaning): string {
    return this.values.filter(({ field, text }) => field.meaning === meaning && text !== '').map(({ text }) => text).join('\n');
  }
}

/** Cuts a line at the columns of its record. */
export function readLockboxLine(text: string, number: number, fields: readonly LockboxField[]): LockboxLine {
  return new LockboxLine(number, text, fields.map((field) => readValue(text, field)));
}

/** Indexes of a line, from 0, that stand in no column of its record. */
export interface ColumnGap {
  readonly from: number;
  readonly to: number;
}

/** The columns of a record that a profile does not describe. */
export function gapsOf(fields: readonly LockboxField[]): readonly ColumnGap[] {
  const covered = new Uint8Array(LOCKBOX_COLUMNS_MAX).fill(1, 0, 1);
  for (const { from, to } of fields) covered.fill(1, from - 1, to ?? LOCKBOX_COLUMNS_MAX);
  const gaps: ColumnGap[] = [];
  for (let from = covered.indexOf(0); from !== -1;) {
    const end = covered.indexOf(1, from);
    const to = end === -1 ? covered.length : end;
    gaps.push({ from, to });
    from = covered.indexOf(0, to);
  }
  return gaps;
}

/** Characters of a line that stand in no column of its record: the fewer, the better the profile fits. */
export function uncoveredLength(text: string, gaps: readonly ColumnGap[]): number {
  let uncovered = 0;
  for (const { from, to } of gaps) {
    for (let index = from; index < Math.min(to, text.length); index += 1) if (text.charCodeAt(index) !== BLANK) uncovered += 1;
  }
  return uncovered;
}

function readValue(line: string, field: LockboxField): LockboxValue {
  const text = line.slice(field.from - 1, field.to ?? line.length).trim();
  if (text === '' || field.type === 'text') return { field, text, integer: null, day: null, problem: null };
  if (field.type === 'date') {
    if (/^0+$/.test(text)) return { field, text, integer: null, day: null, problem: null };
    const day = parseLockboxDay(text, field.dateFormat ?? 'YYMMDD');
    return { field, text, integer: null, day, problem: day === null ? `"${text}" is no day (${field.dateFormat ?? 'YYMMDD'})` : null };
  }
  const integer = parseInteger(text);
  return { field, text, integer, day: null, problem: integer === null ? `"${text}" is no whole number` : null };
}

/** Digits of one column. */
const DIGITS_MAX = 36;
/** Digits a double holds exactly. */
const EXACT_DIGITS_MAX = 15;
const [ZERO, NINE] = [48, 57];

function parseInteger(text: string): bigint | null {
  if (text.length > DIGITS_MAX) return null;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < ZERO || code > NINE) return null;
  }
  return BigInt(text.length <= EXACT_DIGITS_MAX ? Number(text) : text);
}

/** Two-digit years are of this century: lockbox files live days. */
export function parseLockboxDay(text: string, format: LockboxDateFormat): LocalDate | null {
  if (text.length !== format.length || !/^\d+$/.test(text)) return null;
  const part = (letter: string): string => text.slice(format.indexOf(letter), format.lastIndexOf(letter) + 1);
  const year = part('Y');
  const day = `${year.length === 2 ? '20' : ''}${year}-${part('M')}-${part('D')}`;
  return isLocalDate(day) ? day : null;
}
