import type { DocumentFormat, DocumentRefusal } from '#canonical';
import type { DocumentStart, OpenDocument, ReadEnd, ReadOptions } from '../document-reader.js';
import type { DocumentSink } from '../document-sink.js';
import { FindingList, whereAt } from '../finding-list.js';
import { FILE_BYTES_MAX } from '../limits.js';
import { LineStream, LineTooLongError } from '../line-stream.js';
import { OfxStatement } from './ofx-statement.js';
import { ACCOUNTS, BALANCES, LISTS, type OfxContent, OfxRefusal, OfxStructure, ROWS, STATEMENTS, UNREAD } from './ofx-structure.js';
import { OfxTokens } from './ofx-tokens.js';
import type { OfxRecord } from './record.js';

const HEADER = /OFXHEADER\s*[:=]/i;
const ROOT = /<OFX[\s>]/i;
const VERSION = /(?:^|[\s"])VERSION\s*[:=]\s*"?(\d{3})/i;
/** Characters of the header looked at for the version. */
const HEADER_LENGTH_MAX = 1_000;

/** OFX by its header or its root element. */
export function recogniseOfx({ text }: DocumentStart): DocumentFormat | null {
  return HEADER.test(text) || ROOT.test(text) ? 'ofx' : null;
}

/**
 * Reads OFX 1 (SGML) and 2 (XML), and QFX, which is OFX with a bank's number. What the header says of the encoding is not believed. Never
 * throws on content; a document type is refused.
 */
export function openOfx(sink: DocumentSink, options: ReadOptions): OpenDocument {
  return new OfxDocument(sink, options);
}

class OfxDocument implements OpenDocument {
  readonly #findings = new FindingList();
  readonly #answers: OfxAnswers;
  readonly #structure: OfxStructure;
  readonly #tokens: OfxTokens;
  // A bank may send the whole file as one line.
  readonly #lines = new LineStream((line, number) => { this.#line(line, number); }, FILE_BYTES_MAX);
  readonly #sink: DocumentSink;
  #refused: DocumentRefusal | null = null;
  #begun = false;

  constructor(sink: DocumentSink, options: ReadOptions) {
    this.#sink = sink;
    this.#answers = new OfxAnswers(sink, options, this.#findings);
    this.#structure = new OfxStructure(this.#answers, this.#findings);
    this.#tokens = new OfxTokens(this.#structure);
  }

  push(bytes: Uint8Array): void {
    this.#guarded(() => { this.#lines.push(bytes); });
  }

  end(): ReadEnd {
    this.#guarded(() => {
      this.#lines.end();
      this.#tokens.end();
      this.#answers.finish(this.#structure.open, this.#tokens.unended, Math.max(1, this.#lines.lines));
    });
    for (const finding of this.#findings.all()) this.#sink.finding(finding);
    return { version: this.#answers.version, refused: this.#refused, layout: null };
  }

  #guarded(work: () => void): void {
    if (this.#refused !== null) return;
    try {
      work();
    } catch (error) {
      if (error instanceof OfxRefusal) this.#refused = { problem: error.message, where: error.where };
      else if (error instanceof LineTooLongError) this.#refused = { problem: error.message, where: whereAt(error.line, null, null) };
      else throw error;
    }
  }

  /** The header of OFX 1 is lines of its own before the first tag. */
  #line(text: string, number: number): void {
    if (!this.#begun) {
      const first = text.indexOf('<');
      this.#answers.instruction(first === -1 ? text : text.slice(0, first));
      if (first === -1) return;
      this.#begun = true;
    }
    this.#tokens.line(text, number);
  }
}

/** The bank's answers in one file: statements, refusals of its own, and messages this room does not read. */
class OfxAnswers implements OfxContent {
  version: string | null = null;
  readonly #sink: DocumentSink;
  readonly #options: ReadOptions;
  readonly #findings: FindingList;
  readonly #unread = new Map<string, OfxRecord>();
  #statement: OfxStatement | null = null;
  #statements = 0;

  constructor(sink: DocumentSink, options: ReadOptions, findings: FindingList) {
    this.#sink = sink;
    this.#options = options;
    this.#findings = findings;
  }

  instruction(content: string): void {
    // `<?xml version="1.0"?>` has a version too, of XML.
    this.version ??= VERSION.exec(content.slice(0, HEADER_LENGTH_MAX))?.[1] ?? null;
  }

  opened(record: OfxRecord, inside: readonly string[]): void {
    const what = UNREAD[record.name];
    if (what !== undefined && !this.#unread.has(what)) {
      this.#unread.set(what, record);
      this.#findings.error(record.where, record.name, `${what} are not read: they hold no lines of a bank account; ask the bank for the account's own statement`);
    }
    if (!STATEMENTS.has(record.name) || isUnread(inside)) return;
    this.#statements += 1;
    this.#statement = new OfxStatement(record, { account: this.#options.account ?? null, currency: this.#options.currency ?? null }, this.#sink, this.#findings);
  }

  taken(record: OfxRecord): void {
    // The day of the statement is wanted before its rows, and the list ends behind them.
    if (LISTS.has(record.name)) this.#statement?.period(record);
  }

  closed(record: OfxRecord, inside: readonly string[]): void {
    const { name } = record;
    if (isUnread(inside)) return;
    if (name === 'STATUS') return this.#status(record, inside);
    if (ROWS.has(name) || BALANCES.has(name)) return this.#ofStatement(record);
    if (ACCOUNTS.has(name)) this.#statement?.account(record);
    if (!STATEMENTS.has(name)) return;
    this.#statement?.finish();
    this.#statement = null;
  }

  /** @param open aggregates that were never closed: the file was cut */
  finish(open: readonly string[], unended: boolean, line: number): void {
    if (open.length > 0 || unended) {
      const row = open.some((name) => ROWS.has(name)) ? '; the row it was cut in was not taken' : '';
      this.#findings.error(whereAt(line, null, open.at(-1) ?? null), open.join('/'), `the file ends inside ${open.at(-1) ?? 'a comment or a tag'}: its end is missing${row}; ask the bank to send it again`);
    }
    this.#statement?.finish();
    if (this.#statements > 0) return;
    const [what, record] = [...this.#unread][0] ?? [];
    if (what !== undefined && record !== undefined) throw new OfxRefusal(`the file holds ${what} only, which are not read: they hold no lines of a bank account`, record.where);
    throw new OfxRefusal('the file holds no statement of a bank account or a card (STMTRS, CCSTMTRS)', whereAt(1, null, null));
  }

  #ofStatement(record: OfxRecord): void {
    if (this.#statement === null) this.#findings.error(record.where, record.text('TRNAMT'), `${record.name} stands outside a statement; it was not taken`);
    else if (ROWS.has(record.name)) this.#statement.row(record);
    else this.#statement.balance(record);
  }

  /** The bank's own refusal: an account it does not know, a day it does not have. */
  #status(record: OfxRecord, inside: readonly string[]): void {
    if (record.text('SEVERITY').toUpperCase() !== 'ERROR') return;
    this.#findings.error(record.whereOf('CODE'), record.text('CODE'), `the bank answered ${inside.at(-1) ?? 'the request'} with error ${record.text('CODE')}: ${record.textOrNull('MESSAGE') ?? 'no message'}`);
  }
}

function isUnread(inside: readonly string[]): boolean {
  return inside.some((name) => UNREAD[name] !== undefined);
}
