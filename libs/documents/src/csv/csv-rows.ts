import { COLUMNS_MAX, QUOTED_CELL_LENGTH_MAX } from '../limits.js';
import type { TableRow } from '../table/table-row.js';

/** Characters whose codes are unpacked at a time: an array is read several times faster than a string. */
const WINDOW_LENGTH = 16_384;
const NEWLINE = 10;
const BLANK = 32;
const QUOTE = 34;
/** Up to this code only ASCII's own blanks need trimming. */
const ASCII_MAX = 127;

/**
 * Splits text into rows by RFC 4180: quoted cells may hold delimiters, doubled quotes and line breaks. Lines end in `\n`. The text may come
 * in pieces. The scanner is itself the row it stands on: nothing is cut out of the text before somebody asks for the cell, which is most of
 * the speed of reading a file.
 */
export class CsvRowScanner implements TableRow {
  readonly record = 'row';
  line = 0;
  length = 0;
  problem: string | null = null;
  #text = '';
  #complete = false;
  #position = 0;
  #nextLine = 1;
  readonly #delimiter: number;
  /** Codes of the characters from `#windowFrom` to before `#windowTo`. */
  #codes = new Uint16Array();
  #windowFrom = 0;
  #windowTo = 0;
  readonly #starts = new Int32Array(COLUMNS_MAX);
  readonly #ends = new Int32Array(COLUMNS_MAX);
  /** Index behind the closing quote; -1 for a plain cell. */
  readonly #closes = new Int32Array(COLUMNS_MAX);
  /** Cells cut out already, and the row for which they were: a cell is asked for several times. */
  readonly #cells: string[] = [];
  readonly #cutFor = new Float64Array(COLUMNS_MAX);
  #row = 0;

  constructor(delimiter: string, text?: string) {
    this.#delimiter = delimiter.charCodeAt(0);
    if (text !== undefined) this.feed(text, true);
  }

  /** Adds text behind what has not been scanned; `complete` when no more will come. */
  feed(text: string, complete: boolean): void {
    this.#text = this.#position >= this.#text.length ? text : this.#text.slice(this.#position) + text;
    this.#position = 0;
    this.#windowTo = 0;
    const windowLength = Math.min(WINDOW_LENGTH, this.#text.length);
    if (this.#codes.length < windowLength) this.#codes = new Uint16Array(windowLength);
    this.#complete = complete;
  }

  /** Characters fed and not scanned: of a row whose end has not come yet. */
  get waiting(): number {
    return this.#text.length - this.#position;
  }

  /** Goes to the next row that is not empty; false where the text ends or the rest of the row has not come yet. */
  next(): boolean {
    const text = this.#text;
    let at = this.#position;
    while (at < text.length && text.charCodeAt(at) === NEWLINE) {
      at += 1;
      this.#nextLine += 1;
    }
    this.#position = at;
    if (at >= text.length) return false;
    this.line = this.#nextLine;
    this.problem = null;
    this.length = 0;
    this.#row += 1;
    if (this.#scan(at)) return true;
    this.#nextLine = this.line;
    return false;
  }

  cell(index: number): string {
    if (index < 0 || index >= this.length) return '';
    if (this.#cutFor[index] === this.#row) return this.#cells[index] ?? '';
    const cell = this.#cut(index);
    this.#cells[index] = cell;
    this.#cutFor[index] = this.#row;
    return cell;
  }

  #cut(index: number): string {
    const close = this.#closes[index] ?? -1;
    const start = this.#starts[index] ?? 0;
    const end = this.#ends[index] ?? 0;
    return close === -1 ? this.#plain(start, end) : this.#quoted(start, close, end);
  }

  isNumber(): boolean {
    return false;
  }

  columnOf(index: number): number {
    const start = index < this.length ? this.#starts[index] ?? 0 : 0;
    return start - (start === 0 ? -1 : this.#text.lastIndexOf('\n', start - 1));
  }

  /** False when the row's end is not in the text yet; the scanner then stands where it stood. */
  #scan(from: number): boolean {
    const text = this.#text;
    const { length } = text;
    const delimiter = this.#delimiter;
    let at = from;
    for (;;) {
      if (this.length >= COLUMNS_MAX) return this.#tooWide(at);
      const behind = this.#quoteEnd(at);
      let end = behind === -1 ? at : behind;
      end = this.#cellEnd(end, delimiter);
      if (end >= length && !this.#complete) return false;
      this.#keep(at, end, behind);
      if (end >= length || text.charCodeAt(end) === NEWLINE) return this.#endRow(end);
      at = end + 1;
    }
  }

  /** Index of the next delimiter or line end, or the text's length. */
  #cellEnd(from: number, delimiter: number): number {
    const { length } = this.#text;
    const codes = this.#codes;
    for (let end = from; end < length;) {
      if (end < this.#windowFrom || end >= this.#windowTo) this.#unpack(end);
      const windowFrom = this.#windowFrom;
      for (const windowTo = this.#windowTo; end < windowTo; end += 1) {
        const code = codes[end - windowFrom];
        if (code === delimiter || code === NEWLINE) return end;
      }
    }
    return length;
  }

  #unpack(from: number): void {
    this.#windowFrom = from;
    this.#windowTo = Math.min(this.#text.length, from + this.#codes.length);
    Buffer.from(this.#codes.buffer).write(this.#text.slice(from, this.#windowTo), 'utf16le');
  }

  #keep(start: number, end: number, close: number): void {
    this.#starts[this.length] = start;
    this.#ends[this.length] = end;
    this.#closes[this.length] = close;
    this.length += 1;
    if (close !== -1 && end > close && this.#text.slice(close, end).trim() !== '') this.problem = 'characters follow a closing quote';
  }

  #endRow(end: number): true {
    this.#position = end + 1;
    this.#nextLine += 1;
    return true;
  }

  #tooWide(at: number): boolean {
    const end = this.#text.indexOf('\n', at);
    if (end === -1 && !this.#complete) return false;
    this.problem = `the row has more than ${COLUMNS_MAX} columns`;
    return this.#endRow(end === -1 ? this.#text.length : end);
  }

  /** Index behind the quote that closes the cell beginning at `at`; -1 when it is plain, or no quote closes it, which makes the quote a character. */
  #quoteEnd(at: number): number {
    const text = this.#text;
    const first = text.charCodeAt(at);
    if (first !== QUOTE && first !== BLANK) return -1;
    let open = at;
    while (text.charCodeAt(open) === BLANK) open += 1;
    if (text.charCodeAt(open) !== QUOTE) return -1;
    let close = text.indexOf('"', open + 1);
    while (close !== -1 && close - open <= QUOTED_CELL_LENGTH_MAX && text.charCodeAt(close + 1) === QUOTE) close = text.indexOf('"', close + 2);
    if (close === -1 && !this.#complete && text.length - open <= QUOTED_CELL_LENGTH_MAX) return text.length;
    if (close === -1 || close - open > QUOTED_CELL_LENGTH_MAX) {
      this.problem = 'a quote is opened and never closed';
      return -1;
    }
    const content = text.slice(open, close);
    for (let index = content.indexOf('\n'); index !== -1; index = content.indexOf('\n', index + 1)) this.#nextLine += 1;
    return close + 1;
  }

  #plain(start: number, end: number): string {
    const text = this.#text;
    const first = text.charCodeAt(start);
    const last = text.charCodeAt(end - 1);
    const cell = text.slice(start, end);
    return first > BLANK && first < ASCII_MAX && last > BLANK && last < ASCII_MAX ? cell : cell.trim();
  }

  #quoted(start: number, close: number, end: number): string {
    const content = this.#text.slice(this.#text.indexOf('"', start) + 1, close - 1);
    const value = content.includes('""') ? content.replaceAll('""', '"') : content;
    return end > close ? value + this.#text.slice(close, end).trim() : value;
  }
}
