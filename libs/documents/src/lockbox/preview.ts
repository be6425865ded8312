import { type Finding, formatMinorUnits, formatMoney } from '#canonical';
import { FindingList } from '../finding-list.js';
import { decodeText } from '../text-decoding.js';
import { gapsOf, type LockboxValue, uncoveredLength } from './fields.js';
import { LOCKBOX_COLUMNS_MAX, LOCKBOX_PREVIEW_RECORDS_MAX, LOCKBOX_RECORDS_MAX } from './limits.js';
import { LockboxParse } from './lockbox-parse.js';
import { checkLockboxProfile, type LockboxProfileProblem } from './profile-check.js';
import type { LockboxMeaning, LockboxProfile } from './profile.js';
import type { LockboxTotal } from './totals.js';

/** One column as a profile reads it. `value` is a decimal text, a day or the text itself; null when it is blank or not what it should be. */
export interface PreviewedField {
  readonly meaning: LockboxMeaning;
  readonly from: number;
  readonly to: number | null;
  readonly text: string;
  readonly value: string | null;
  readonly problem: string | null;
}

export interface PreviewedRecord {
  readonly line: number;
  readonly type: string;
  readonly text: string;
  readonly fields: readonly PreviewedField[];
  /** Characters of the line that stand in no column of the profile. */
  readonly uncovered: number;
}

/** What a profile makes of a file, for the person who edits it. Nothing is taken. */
export interface LockboxPreview {
  /** What is wrong with the profile itself; nothing was read when there is anything. */
  readonly problems: readonly LockboxProfileProblem[];
  /** The first {@link LOCKBOX_PREVIEW_RECORDS_MAX}. */
  readonly records: readonly PreviewedRecord[];
  /** Declared beside computed, of the whole file. */
  readonly totals: readonly LockboxTotal[];
  readonly cheques: { readonly count: number; readonly amount: string };
  /** The cheques shown: number, amount, invoices. */
  readonly remittances: readonly { readonly reference: string | null; readonly total: string; readonly invoices: readonly string[] }[];
  readonly findings: readonly Finding[];
}

/** Reads a file by a profile without taking anything. Never throws on content or on a profile's faults. */
export function previewLockbox(bytes: Uint8Array, profile: LockboxProfile): LockboxPreview {
  const problems = checkLockboxProfile(profile);
  if (problems.length > 0) return { problems, records: [], totals: [], cheques: { count: 0, amount: '0' }, remittances: [], findings: [] };
  const findings = new FindingList();
  const records: PreviewedRecord[] = [];
  const remittances: LockboxPreview['remittances'][number][] = [];
  const parse = new LockboxParse(profile, profile.currency, {
    line: ({ number, text, values }) => {
      if (records.length >= LOCKBOX_PREVIEW_RECORDS_MAX) return;
      records.push({ line: number, type: text.charAt(0), text, fields: values.map(previewed), uncovered: uncoveredLength(text, gapsOf(values.map(({ field }) => field))) });
    },
    remittance: ({ reference, total, lines }) => {
      if (remittances.length < LOCKBOX_PREVIEW_RECORDS_MAX) remittances.push({ reference, total: total === null ? '' : formatMoney(total), invoices: lines.map((line) => line.reference) });
    },
  }, findings);
  const lines = decodeText(bytes).text.split('\n', LOCKBOX_RECORDS_MAX);
  lines.forEach((line, index) => { parse.line(line.slice(0, LOCKBOX_COLUMNS_MAX), index + 1); });
  parse.end(lines.length);
  const { count, minor } = parse.totals.cheques;
  return { problems, records, totals: parse.totals.all, cheques: { count, amount: formatMoney({ minor, currency: profile.currency }) }, remittances, findings: findings.all() };
}

function previewed({ field, text, integer, day, problem }: LockboxValue): PreviewedField {
  const { meaning, from, to, type, decimals } = field;
  const value = type === 'text' ? textOrNull(text) : type === 'date' ? day : integer === null ? null : formatMinorUnits(integer, type === 'amount' ? decimals ?? 0 : 0);
  return { meaning, from, to, text, value, problem };
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}
