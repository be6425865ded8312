import { textStartOfDetail } from './detail-fields.js';

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
const RECORD_SHAPE = /[ \t]*(?:0[12],[^,/]*,|03,[^,/]+,|16,\d{3}[,/]|88[,:]|49,[+-]?\d*,\d|9[89],[+-]?\d*,\d)/y;

/** What the first line shows of a file that packs records on lines. */
const PACKED_START = /^\s*01,[^/]*\/[ \t]*02,/;

/**
 * Walks over the physical records of a BAI2 file, line by line. One object for the whole walk: a record is described by the fields until
 * `next` is called again, so that 300,000 lines a second need no 300,000 objects.
 *
 * Several records may stand on one line. Inside a text this is believed only in a file that starts that way ("01,.../02,..."): text comes
 * from whoever sends the money, and `/16,195,...` typed into a memo must not become a transaction.
 */
export class RecordScanner {
  /** Two digits, or '' for a line that starts with no record code. */
  code = '';
  /** The line the record stands on. */
  text = '';
  /** Range of the content on the line: after the code and its comma, before terminator and padding. */
  from = 0;
  to = 0;
  /** Index on the line where the record starts. */
  start = 0;
  line = 0;
  /** True when a "/" ended the record. */
  terminated = false;
  /** True when the text holds something shaped like a record. */
  suspicious = false;

  #packed: boolean | null = null;
  #position = 0;
  #owner = '';

  /** Of the record, counted from 1. */
  get column(): number {
    return this.start + 1;
  }

  /** Takes the next line, without its end; the records of the one before are read. */
  feed(text: string, line: number): void {
    this.text = text;
    this.line = line;
    this.#position = 0;
    this.#packed ??= PACKED_START.test(text);
  }

  /** Moves to the next record of the line; false at its end. */
  next(): boolean {
    const { text } = this;
    let at = this.#position;
    while (at < text.length && text.charCodeAt(at) <= BLANK) at += 1;
    this.#position = at;
    if (at >= text.length) return false;
    this.start = at;
    this.#readCode();
    if (this.code !== '' && this.code !== '88') this.#owner = this.code;
    const split = this.#endOnThisLine();
    this.to = split === -1 ? text.length : split;
    this.#position = split === -1 ? text.length : split + 1;
    this.#trim(split !== -1);
    return true;
  }

  #readCode(): void {
    const code = this.text.slice(this.start, this.start + 2);
    const after = this.start + 2 < this.text.length ? this.text.charCodeAt(this.start + 2) : -1;
    const known = RECORD_CODES.has(code) && (after === COMMA || after === SLASH || after === -1 || (code === '88' && after === COLON));
    this.code = known ? code : '';
    this.from = !known ? this.start : Math.min(this.text.length, this.start + (after === COMMA || after === COLON ? 3 : 2));
  }

  /** Index of the "/" that ends the record before the end of its line; -1 when the record has the rest of the line. */
  #endOnThisLine(): number {
    this.suspicious = false;
    let slash = this.text.indexOf('/', this.from);
    while (slash !== -1) {
      RECORD_SHAPE.lastIndex = slash + 1;
      if (RECORD_SHAPE.test(this.text)) {
        if (this.#packed === true || slash <= this.#textStart()) return slash;
        this.suspicious = true;
      }
      slash = this.text.indexOf('/', slash + 1);
    }
    return -1;
  }

  #textStart(): number {
    if (this.code === '16') return textStartOfDetail(this.text, this.from, this.text.length);
    if (this.code === '88' || this.code === '') return this.#owner === '16' ? this.from : this.text.length;
    return this.text.length;
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
