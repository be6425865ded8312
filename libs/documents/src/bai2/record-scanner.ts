import { textStartOfDetail } from './detail-fields.js';
import { LINE_LENGTH_MAX } from '../limits.js';

/** Raised for a file that is beyond a named limit. The reader turns it into a refusal. */
export class Bai2LimitError extends Error {
  override readonly name = 'Bai2LimitError';
  constructor(message: string, readonly line: number) {
    super(message);
  }
}

const BLANK = 32;
const COMMA = 44;
const SLASH = 47;
const COLON = 58;
const RECORD_CODES: ReadonlySet<string> = new Set(['01', '02', '03', '16', '49', '88', '98', '99']);
/** What may follow a "/" on the same line and be another record, not more of the same text. */
const RECORD_SHAPE = /[ \t]*(?:0[12],[^,/\n]*,|03,[^,/\n]+,|16,\d{3}[,/]|88[,:]|49,[+-]?\d*,\d|9[89],[+-]?\d*,\d)/y;

/**
 * Walks over the physical records of a BAI2 file. One object for the whole walk: a record is described by the fields until `next` is
 * called again, so that 300,000 lines a second need no 300,000 objects.
 *
 * Several records may stand on one line. Inside a text this is believed only in a file that starts that way ("01,.../02,..."): text comes
 * from whoever sends the money, and `/16,195,...` typed into a memo must not become a transaction.
 */
export class RecordScanner {
  /** Two digits, or '' for a line that starts with no record code. */
  code = '';
  /** Range of the content: after the code and its comma, before terminator and padding. */
  from = 0;
  to = 0;
  /** Index where the record starts. */
  start = 0;
  line = 0;
  /** True when a "/" ended the record. */
  terminated = false;
  /** True when the text holds something shaped like a record. */
  suspicious = false;

  readonly text: string;
  readonly #packed: boolean;
  #lineStart = 0;
  #lineEnd = -1;
  #position = 0;
  #owner = '';

  constructor(text: string) {
    this.text = text;
    const end = text.indexOf('\n');
    const first = end === -1 ? text : text.slice(0, end);
    this.#packed = /^\s*01,[^/]*\/[ \t]*02,/.test(first);
  }

  /** Of the record, counted from 1. */
  get column(): number {
    return this.start - this.#lineStart + 1;
  }

  /** Column of an index on the record's line. */
  columnOf(index: number): number {
    return index - this.#lineStart + 1;
  }

  /** Moves to the next record; false at the end. @throws Bai2LimitError for a line beyond LINE_LENGTH_MAX. */
  next(): boolean {
    const { text } = this;
    for (;;) {
      while (this.#position < this.#lineEnd && text.charCodeAt(this.#position) <= BLANK) this.#position += 1;
      if (this.#position < this.#lineEnd) break;
      if (!this.#nextLine()) return false;
    }
    this.start = this.#position;
    this.#readCode();
    if (this.code !== '' && this.code !== '88') this.#owner = this.code;
    const split = this.#endOnThisLine();
    this.to = split === -1 ? this.#lineEnd : split;
    this.#position = split === -1 ? this.#lineEnd : split + 1;
    this.#trim(split !== -1);
    return true;
  }

  #nextLine(): boolean {
    if (this.#lineEnd >= this.text.length) return false;
    this.#lineStart = this.#lineEnd + 1;
    const end = this.text.indexOf('\n', this.#lineStart);
    this.#lineEnd = end === -1 ? this.text.length : end;
    this.#position = this.#lineStart;
    this.line += 1;
    const length = this.#lineEnd - this.#lineStart;
    if (length > LINE_LENGTH_MAX) throw new Bai2LimitError(`the line has ${length} characters, ${LINE_LENGTH_MAX} are allowed`, this.line);
    return this.#lineStart < this.text.length;
  }

  #readCode(): void {
    const code = this.text.slice(this.start, this.start + 2);
    const after = this.start + 2 < this.#lineEnd ? this.text.charCodeAt(this.start + 2) : -1;
    const known = RECORD_CODES.has(code) && (after === COMMA || after === SLASH || after === -1 || (code === '88' && after === COLON));
    this.code = known ? code : '';
    this.from = !known ? this.start : Math.min(this.#lineEnd, this.start + (after === COMMA || after === COLON ? 3 : 2));
  }

  /** Index of the "/" that ends the record before the end of its line; -1 when the record has the rest of the line. */
  #endOnThisLine(): number {
    this.suspicious = false;
    let slash = this.text.indexOf('/', this.from);
    while (slash !== -1 && slash < this.#lineEnd) {
      RECORD_SHAPE.lastIndex = slash + 1;
      if (RECORD_SHAPE.test(this.text) && RECORD_SHAPE.lastIndex <= this.#lineEnd) {
        if (this.#packed || slash <= this.#textStart()) return slash;
        this.suspicious = true;
      }
      slash = this.text.indexOf('/', slash + 1);
    }
    return -1;
  }

  #textStart(): number {
    if (this.code === '16') return textStartOfDetail(this.text, this.from, this.#lineEnd);
    if (this.code === '88' || this.code === '') return this.#owner === '16' ? this.from : this.#lineEnd;
    return this.#lineEnd;
  }

  #trim(terminated: boolean): void {
    this.terminated = terminated;
    let end = this.to;
    while (end > this.from && this.text.charCodeAt(end - 1) <= BLANK) end -= 1;
    if (!terminated && end > this.from && this.text.charCodeAt(end - 1) === SLASH) {
      this.terminated = true;
      end -= 1;
    }
    this.to = end;
  }
}
