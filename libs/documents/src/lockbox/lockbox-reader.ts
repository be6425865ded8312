import type { DocumentFormat, DocumentRefusal } from '#canonical';
import type { DocumentReader, DocumentStart, OpenDocument, ReadEnd, ReadOptions } from '../document-reader.js';
import type { DocumentSink } from '../document-sink.js';
import { FindingList, whereAt } from '../finding-list.js';
import { LineStream, LineTooLongError } from '../line-stream.js';
import { LOCKBOX_BYTES_MAX, LOCKBOX_COLUMNS_MAX, LOCKBOX_RECORDS_MAX } from './limits.js';
import { LockboxParse } from './lockbox-parse.js';
import { checkLockboxProfile } from './profile-check.js';
import { ProfileChoice } from './profile-choice.js';
import type { LockboxProfile } from './profile.js';
import { LOCKBOX_PROFILES } from './shipped-profiles.js';

/** A file header, a service record, and only records of the format behind them. */
const START = /^1[^\n,]{10,}\n2[^\n,]{10,}\n(?:[2-9][^\n]*\n){0,8}?[56]\d{6}/;

/** A lockbox by its first records, which are of digits and columns, not of commas. */
function recogniseLockbox({ text }: DocumentStart): DocumentFormat | null {
  return START.test(text) ? 'lockbox.bai' : null;
}

/**
 * Reads a BAI lockbox file by the profile given, or by the shipped one that fits it. Each cheque is a remittance, handed on as soon as it is
 * complete; the money itself is a line of the bank's statement and is not told twice.
 */
export class LockboxDocument implements OpenDocument {
  readonly #findings = new FindingList();
  readonly #lines = new LineStream((line, number) => { this.#line(line, number); });
  readonly #sink: DocumentSink;
  readonly #options: ReadOptions;
  #choice: ProfileChoice | null = null;
  #parse: LockboxParse | null = null;
  #profile: LockboxProfile | null = null;
  #refused: DocumentRefusal | null = null;

  constructor(sink: DocumentSink, options: ReadOptions) {
    this.#sink = sink;
    this.#options = options;
    this.#refused = unusable(options.lockboxProfile);
    if (options.lockboxProfile === undefined) this.#choice = new ProfileChoice(LOCKBOX_PROFILES);
    else if (this.#refused === null) this.#begin(options.lockboxProfile);
  }

  push(bytes: Uint8Array): void {
    this.#guarded(() => { this.#lines.push(bytes); });
  }

  end(): ReadEnd {
    this.#guarded(() => {
      this.#lines.end();
      if (this.#choice !== null) this.#settle(this.#choice, true);
      this.#parse?.end(this.#lines.lines);
    });
    for (const finding of this.#findings.all()) this.#sink.finding(finding);
    return { version: this.#refused === null ? this.#profile?.name ?? null : null, refused: this.#refused, layout: null };
  }

  #guarded(work: () => void): void {
    if (this.#refused !== null) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof LineTooLongError)) throw error;
      this.#refused = { problem: error.message, where: whereAt(error.line, null, null) };
    }
  }

  #line(line: string, number: number): void {
    if (this.#refused !== null) return;
    if (number > LOCKBOX_RECORDS_MAX) return this.#refuse(`the file has more than ${LOCKBOX_RECORDS_MAX} records`, number);
    if (line.length > LOCKBOX_COLUMNS_MAX) return this.#refuse(`the line has ${line.length} columns, ${LOCKBOX_COLUMNS_MAX} are allowed`, number);
    const choice = this.#choice;
    if (choice === null) this.#parse?.line(line, number);
    else if (choice.line(line)) this.#settle(choice, false);
  }

  #refuse(problem: string, line: number): void {
    this.#refused = { problem, where: whereAt(line, null, null) };
  }

  /** Reads the lines that were kept by the profile they chose. */
  #settle(choice: ProfileChoice, whole: boolean): void {
    this.#choice = null;
    this.#begin(choice.settle(whole, this.#findings));
    for (const [index, line] of choice.lines.entries()) this.#parse?.line(line, index + 1);
  }

  #begin(profile: LockboxProfile): void {
    this.#profile = profile;
    if (profile.assumed) {
      this.#findings.warning(whereAt(1, 1, '1'), profile.name, `the profile "${profile.title}" is assumed: ${profile.source}. Preview it and confirm it by the control totals of a real file`);
    }
    this.#parse = new LockboxParse(profile, this.#options.currency ?? profile.currency, { remittance: (remittance) => { this.#sink.remittance(remittance); } }, this.#findings);
  }
}

function unusable(profile: LockboxProfile | undefined): DocumentRefusal | null {
  const [first, ...others] = profile === undefined ? [] : checkLockboxProfile(profile);
  if (first === undefined) return null;
  const more = others.length === 0 ? '' : `, and ${others.length} further problems`;
  return { problem: `the profile cannot be used: ${first.place}: ${first.problem}${more}; correct it first`, where: whereAt(1, null, null) };
}

export const LOCKBOX_READER: DocumentReader = { formats: ['lockbox.bai'], bytesMax: LOCKBOX_BYTES_MAX, recognise: recogniseLockbox, open: (_format, sink, options) => new LockboxDocument(sink, options) };
