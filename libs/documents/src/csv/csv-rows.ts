import { COLUMNS_MAX, QUOTED_CELL_LENGTH_MAX } from '../limits.js';

const NEWLINE = 10;
const BLANK = 32;
const QUOTE = 34;

/** One row of cells with the places they stand at. Lines and columns count from 1. */
export interface CsvRow {
  readonly cells: readonly string[];
  readonly line: number;
  /** Index in the file where each cell starts; see {@link CsvRowScanner.columnOf}. */
  readonly starts: readonly number[];
  /** What is wrong with the quotes or the number of columns; null when nothing is. */
  readonly problem: string | null;
}

/** Splits text into rows by RFC 4180: quoted cells may hold delimiters, doubled quotes and line breaks. Lines end in `\n`. */
export class CsvRowScanner {
  #position = 0;
  #line = 1;
  #lineEnd = -1;
  #nextDelimiter = -1;
  #problem: string | null = null;

  constructor(readonly text: string, readonly delimiter: string) {}

  /** The next row that is not empty; null at the end. */
  next(): CsvRow | null {
    while (this.#position < this.text.length && this.text.charCodeAt(this.#position) === NEWLINE) this.#newline(this.#position);
    if (this.#position >= this.text.length) return null;
    this.#problem = null;
    const line = this.#line;
    const cells: string[] = [];
    const starts: number[] = [];
    for (;;) {
      starts.push(this.#position);
      cells.push(this.#cell());
      if (this.text.charCodeAt(this.#position) !== this.delimiter.charCodeAt(0) || this.#position >= this.text.length) break;
      this.#position += 1;
      if (cells.length >= COLUMNS_MAX) return this.#tooWide(cells, starts, line);
    }
    if (this.#position < this.text.length) this.#newline(this.#position);
    return { cells, starts, line, problem: this.#problem };
  }

  /** Column, on its own line, of an index in the text. */
  columnOf(index: number): number {
    return index - (index === 0 ? -1 : this.text.lastIndexOf('\n', index - 1));
  }

  #newline(index: number): void {
    this.#position = index + 1;
    this.#line += 1;
  }

  #tooWide(cells: string[], starts: number[], line: number): CsvRow {
    const end = this.text.indexOf('\n', this.#position);
    if (end === -1) this.#position = this.text.length;
    else this.#newline(end);
    return { cells, starts, line, problem: `the row has more than ${COLUMNS_MAX} columns` };
  }

  #cell(): string {
    const { text } = this;
    let from = this.#position;
    while (text.charCodeAt(from) === BLANK) from += 1;
    if (text.charCodeAt(from) === QUOTE) {
      const quoted = this.#quotedCell(from);
      if (quoted !== null) return quoted;
    }
    const end = this.#plainEnd(this.#position);
    const cell = text.slice(this.#position, end).trim();
    this.#position = end;
    return cell;
  }

  #plainEnd(from: number): number {
    // Both finds are kept until they are passed: a delimiter the file does not have must not be searched for to its end at every cell.
    let delimiter = this.#nextDelimiter;
    if (delimiter < from) {
      const found = this.text.indexOf(this.delimiter, from);
      delimiter = found === -1 ? this.text.length : found;
      this.#nextDelimiter = delimiter;
    }
    let newline = this.#lineEnd;
    if (newline < from) {
      const found = this.text.indexOf('\n', from);
      newline = found === -1 ? this.text.length : found;
      this.#lineEnd = newline;
    }
    return Math.min(delimiter, newline);
  }

  /** Reads from the opening quote; null when no quote closes it, which makes the quote a plain character. */
  #quotedCell(open: number): string | null {
    const { text } = this;
    let close = text.indexOf('"', open + 1);
    while (close !== -1 && close - open <= QUOTED_CELL_LENGTH_MAX && text.charCodeAt(close + 1) === QUOTE) close = text.indexOf('"', close + 2);
    if (close === -1 || close - open > QUOTED_CELL_LENGTH_MAX) {
      this.#problem = 'a quote is opened and never closed';
      return null;
    }
    const content = text.slice(open + 1, close);
    for (let index = content.indexOf('\n'); index !== -1; index = content.indexOf('\n', index + 1)) this.#line += 1;
    const end = this.#plainEnd(close + 1);
    this.#position = end;
    const behind = text.slice(close + 1, end).trim();
    if (behind !== '') this.#problem = 'characters follow a closing quote';
    const value = content.includes('""') ? content.replaceAll('""', '"') : content;
    return behind === '' ? value : value + behind;
  }
}
