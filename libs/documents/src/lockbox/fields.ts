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

/** Which columns of a record a profile describes: 1 at the index of each, from 0. */
export function coverageOf(fields: readonly LockboxField[]): Uint8Array {
  const covered = new Uint8Array(LOCKBOX_COLUMNS_MAX).fill(1, 0, 1);
  for (const { from, to } of fields) covered.fill(1, from - 1, to ?? LOCKBOX_COLUMNS_MAX);
  return covered;
}

/** Characters of a line that stand in no column of its record: the fewer, the better the profile fits. */
export function uncoveredLength(text: string, covered: Uint8Array): number {
  let uncovered = 0;
  for (let index = 1; index < text.length; index += 1) if (covered[index] !== 1 && text.charCodeAt(index) !== BLANK) uncovered += 1;
  return uncovered;
}

function readValue(line: string, field: LockboxField): LockboxValue {
  const text = line.slice(field.from - 1, field.to ?? line.length).trim();
  const value = { field, text, integer: null, day: null, problem: null };
  if (text === '' || field.type === 'text') return value;
  if (field.type === 'date') {
    if (/^0+$/.test(text)) return value;
    const day = parseLockboxDay(text, field.dateFormat ?? 'YYMMDD');
    return day === null ? { ...value, problem: `"${text}" is no day (${field.dateFormat ?? 'YYMMDD'})` } : { ...value, day };
  }
  if (!/^\d{1,36}$/.test(text)) return { ...value, problem: `"${text}" is no whole number` };
  return { ...value, integer: BigInt(text) };
}

/** Two-digit years are of this century: lockbox files live days. */
export function parseLockboxDay(text: string, format: LockboxDateFormat): LocalDate | null {
  if (text.length !== format.length || !/^\d+$/.test(text)) return null;
  const part = (letter: string): string => text.slice(format.indexOf(letter), format.lastIndexOf(letter) + 1);
  const year = part('Y');
  const day = `${year.length === 2 ? '20' : ''}${year}-${part('M')}-${part('D')}`;
  return isLocalDate(day) ? day : null;
}
