import type { DocumentFormat, DocumentRefusal } from '#canonical';
import type { DocumentStart, OpenDocument, ReadEnd, ReadOptions } from '../document-reader.js';
import type { DocumentSink } from '../document-sink.js';
import { FindingList, whereAt } from '../finding-list.js';
import { LineStream, LineTooLongError } from '../line-stream.js';
import { type FieldHandler, FieldScanner, type TaggedField } from './field-scanner.js';
import { FIELD_LINES_MAX } from './limits.js';
import { type OpenPart, StatementMessage } from './message.js';
import { readTransaction } from './transaction.js';

const MESSAGE_START = /^(?:\{1:[^\n]*\{4:[ \t]*)?:20:/m;
const STATEMENT_FIELD = /^:(?:25P?|28C?|60[FM]|61|34F|13D?|86):/m;
const INTERIM_FIELD = /^:(?:34F|13D|90[CD]):|\{2:[IO]942/m;
const OPENING_BALANCE = /^:60[FM]:/m;

/** MT940 or MT942 by its fields; a file with opening balances is of statements, whatever else it holds. */
export function recogniseMt940({ text }: DocumentStart): DocumentFormat | null {
  if (!MESSAGE_START.test(text) || !STATEMENT_FIELD.test(text)) return null;
  return INTERIM_FIELD.test(text) && !OPENING_BALANCE.test(text) ? 'mt942' : 'mt940';
}

/**
 * Reads MT940 and MT942 as the bytes arrive, bare or in FIN blocks. Never throws on content: a row that cannot be taken is an error finding,
 * a statement that does not foot is a warning with the gap. Statements are never summed up.
 */
export function openMt940(sink: DocumentSink, options: ReadOptions): OpenDocument {
  return new Mt940Document(sink, options);
}

class Mt940Document implements OpenDocument, FieldHandler {
  readonly #findings = new FindingList();
  readonly #scanner = new FieldScanner(this);
  readonly #lines = new LineStream((line, number) => { this.#scanner.line(line, number); });
  readonly #sink: DocumentSink;
  readonly #options: ReadOptions;
  #refused: DocumentRefusal | null = null;
  #message: StatementMessage | null = null;
  #messages = 0;
  #openPart: OpenPart | null = null;
  #envelope: { readonly bank: string | null; readonly interim: boolean } = { bank: null, interim: false };
  /** The :61: and its :86:, not read before the next field tells that nothing more belongs to it. */
  #row: TaggedField | null = null;
  #rowInformation: (TaggedField & { readonly lines: string[] }) | null = null;

  constructor(sink: DocumentSink, options: ReadOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  push(bytes: Uint8Array): void {
    this.#guarded(() => { this.#lines.push(bytes); });
  }

  end(): ReadEnd {
    this.#guarded(() => {
      this.#lines.end();
      this.#scanner.flush();
      this.#endMessage(this.#lines.lines);
    });
    if (this.#messages === 0) this.#refused ??= { problem: 'the file holds no MT940 or MT942 message: no line begins with :20: or :25:', where: whereAt(1, null, null) };
    for (const finding of this.#findings.all()) this.#sink.finding(finding);
    return { version: null, refused: this.#refused, layout: null };
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

  block(header: string, line: number): void {
    this.#endMessage(line);
    this.#envelope = { bank: /\{1:[A-Z]\d{2}([A-Z]{6}[A-Z0-9]{2})/.exec(header)?.[1] ?? this.#envelope.bank, interim: /\{2:[IO]942/.test(header) || (this.#envelope.interim && !header.includes('{1:')) };
  }

  messageEnd(line: number): void {
    this.#endMessage(line);
    this.#envelope = { bank: null, interim: false };
  }

  unknownTag(content: string, line: number): void {
    if (this.#message !== null) this.#findings.warning(whereAt(line, 1, null), content, 'the line is shaped like a field this format does not have; it was kept as text of the field above');
  }

  field(field: TaggedField): void {
    const { tag } = field;
    if (tag === '86' || tag === 'NS') return this.#information(field);
    this.#takeRow();
    if (tag === '20') {
      this.#begin(field);
      return;
    }
    if (tag === '61') return this.#rowField(field);
    if (this.#message === null && tag !== '25' && tag !== '25P') {
      this.#findings.error(whereAt(field.line, 1, `:${tag}:`), field.lines[0] ?? '', 'the field stands outside a message: no :20: begins one; it was not taken');
      return;
    }
    this.#messageField(field, this.#message ?? this.#begin(field));
  }

  #messageField(field: TaggedField, message: StatementMessage): void {
    const { tag } = field;
    if (tag === '25' || tag === '25P') message.account(field);
    else if (tag === '28' || tag === '28C') message.sequence(field);
    else if (tag === '34F') message.floorLimit(field);
    else if (tag === '13' || tag === '13D') message.madeAt(field);
    else if (tag === '90C' || tag === '90D') message.declaredTotal(field);
    else if (tag !== '21') message.balance(field, this.#openPart);
  }

  #begin(field: TaggedField): StatementMessage {
    this.#endMessage(field.line);
    this.#messages += 1;
    const message = new StatementMessage(
      { line: field.line, ...this.#envelope, currency: this.#options.currency ?? null, account: this.#options.account ?? null }, this.#sink, this.#findings,
    );
    this.#message = message;
    return message;
  }

  #rowField(field: TaggedField): void {
    if (this.#message !== null && !this.#message.closed) {
      this.#row = field;
      return;
    }
    const problem = this.#message === null ? 'the row stands outside a message: no :20: begins one' : 'the row stands behind the closing balance, where only text can stand: text comes from the payer';
    this.#findings.error(whereAt(field.line, 1, ':61:'), field.lines[0] ?? '', `${problem}; it was not taken`);
  }

  #information(field: TaggedField): void {
    if (this.#row === null) {
      if (field.tag === '86') this.#message?.information(field);
      return;
    }
    if (this.#rowInformation === null) {
      this.#rowInformation = { ...field, lines: [...field.lines] };
      return;
    }
    const { lines } = this.#rowInformation;
    for (const line of field.lines) if (lines.length < FIELD_LINES_MAX) lines.push(line);
    if (lines.length >= FIELD_LINES_MAX) this.#findings.warning(whereAt(field.line, 1, `:${field.tag}:`), field.lines[0] ?? '', `the text of one row has more than ${FIELD_LINES_MAX} lines; the rest was left out`);
  }

  #takeRow(): void {
    const row = this.#row;
    const information = this.#rowInformation;
    this.#row = null;
    this.#rowInformation = null;
    if (row === null || this.#message === null) return;
    const transaction = readTransaction(row, information, this.#message.currency, this.#findings);
    if (transaction === null) this.#message.lost();
    else this.#message.transaction(transaction);
  }

  #endMessage(line: number): void {
    this.#takeRow();
    const message = this.#message;
    this.#message = null;
    if (message !== null) this.#openPart = message.finish(line);
  }
}
