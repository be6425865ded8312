import type { DocumentFormat, Remittance } from '#canonical';
import type { DocumentStart, OpenDocument, ReadDocument, ReadOptions } from '../document-reader.js';
import type { DocumentSink } from '../document-sink.js';
import { FindingList, whereAt } from '../finding-list.js';
import { LINE_LENGTH_MAX } from '../limits.js';
import { wholeText } from '../whole-text.js';
import { LOCKBOX_COLUMNS_MAX, LOCKBOX_FIT_LINES_MAX, LOCKBOX_RECORDS_MAX } from './limits.js';
import { type LockboxFit, LockboxParse } from './lockbox-parse.js';
import { checkLockboxProfile } from './profile-check.js';
import type { LockboxProfile } from './profile.js';
import { LOCKBOX_PROFILES } from './shipped-profiles.js';

/** A file header, a service record, and only records of the format behind them. */
const START = /^1[^\n,]{10,}\n2[^\n,]{10,}\n(?:[2-9][^\n]*\n){0,8}?[56]\d{6}/;

/** A lockbox by its first records, which are of digits and columns, not of commas. */
export function recogniseLockbox({ text }: DocumentStart): DocumentFormat | null {
  return START.test(text) ? 'lockbox.bai' : null;
}

/**
 * Reads a BAI lockbox file by the profile given, or by the shipped one that fits it. Each cheque is a remittance; the money itself is a line of
 * the bank's statement and is not told twice.
 */
export function openLockbox(sink: DocumentSink, options: ReadOptions): OpenDocument {
  return wholeText(sink, (text) => readLockbox(text, options));
}

function readLockbox(text: string, options: ReadOptions): ReadDocument {
  const findings = new FindingList();
  const lines = text.split('\n', LOCKBOX_RECORDS_MAX + 1);
  const problem = tooMuch(lines) ?? unusable(options.lockboxProfile);
  if (problem !== null) return document(null, [], findings, problem);
  const profile = options.lockboxProfile ?? chooseProfile(lines, findings);
  if (profile.assumed) {
    findings.warning(whereAt(1, 1, '1'), profile.name, `the profile "${profile.title}" is assumed: ${profile.source}. Preview it and confirm it by the control totals of a real file`);
  }
  const remittances: Remittance[] = [];
  const parse = new LockboxParse(profile, options.currency ?? profile.currency, { remittance: (remittance) => { remittances.push(remittance); } }, findings);
  lines.forEach((line, index) => { parse.line(line, index + 1); });
  parse.end(lines.length);
  return document(profile.name, remittances, findings, null);
}

function document(version: string | null, remittances: readonly Remittance[], findings: FindingList, problem: { readonly text: string; readonly line: number } | null): ReadDocument {
  const refused = problem === null ? null : { problem: problem.text, where: whereAt(problem.line, null, null) };
  return { format: 'lockbox.bai', version, refused, statements: [], remittances, entries: [], findings: findings.all(), layout: null };
}

function tooMuch(lines: readonly string[]): { readonly text: string; readonly line: number } | null {
  if (lines.length > LOCKBOX_RECORDS_MAX) return { text: `the file has more than ${LOCKBOX_RECORDS_MAX} records`, line: LOCKBOX_RECORDS_MAX };
  const long = lines.findIndex((line) => line.length > Math.min(LOCKBOX_COLUMNS_MAX, LINE_LENGTH_MAX));
  return long === -1 ? null : { text: `the line has ${lines[long]?.length ?? 0} columns, ${LOCKBOX_COLUMNS_MAX} are allowed`, line: long + 1 };
}

function unusable(profile: LockboxProfile | undefined): { readonly text: string; readonly line: number } | null {
  const [first, ...others] = profile === undefined ? [] : checkLockboxProfile(profile);
  if (first === undefined) return null;
  return { text: `the profile cannot be used: ${first.place}: ${first.problem}${others.length === 0 ? '' : `, and ${others.length} further problems`}; correct it first`, line: 1 };
}

/**
 * The shipped profile that fits best: first the one whose control totals agree, then the one whose columns are what they should be, then
 * the one whose invoices come to their cheques, then the one that leaves the fewest characters unread. Assumed profiles are never chosen: they must be named.
 */
export function chooseProfile(lines: readonly string[], findings: FindingList): LockboxProfile {
  const fits = LOCKBOX_PROFILES.filter(({ assumed }) => !assumed).map((profile) => ({ profile, fit: fitOf(profile, lines) })).toSorted((left, right) => compareFits(left.fit, right.fit));
  const [best, second] = fits;
  if (best === undefined) throw new RangeError('no lockbox profile is shipped');
  const equal = fits.filter(({ fit }) => compareFits(fit, best.fit) === 0).map(({ profile }) => profile.name);
  if (equal.length > 1) {
    findings.warning(whereAt(1, 1, '1'), equal.join(', '), `the profiles ${equal.join(', ')} fit this file equally; it was read by ${best.profile.name}. Confirm the profile of this source once`);
  } else if (best.fit.disagreements > 0 && second !== undefined) {
    findings.warning(whereAt(1, 1, '1'), best.profile.name, `under no shipped profile do the control totals agree; the file was read by ${best.profile.name}, which comes nearest. Give the profile of this source`);
  }
  return best.profile;
}

function fitOf(profile: LockboxProfile, lines: readonly string[]): LockboxFit {
  const parse = new LockboxParse(profile, profile.currency, { remittance: () => undefined }, new FindingList());
  lines.slice(0, LOCKBOX_FIT_LINES_MAX).forEach((line, index) => { parse.line(line, index + 1); });
  if (lines.length <= LOCKBOX_FIT_LINES_MAX) parse.end(lines.length);
  return parse.fit;
}

function compareFits(left: LockboxFit, right: LockboxFit): number {
  return left.disagreements - right.disagreements || left.unread - right.unread || left.unbalanced - right.unbalanced || left.uncovered - right.uncovered;
}
