import { RECORD_LENGTH_MAX } from './limits.js';

/** One row of a delimited file, cut into cells; or why it cannot be cut. */
export interface ScannedRow {
  /** Where it begins. */
  readonly line: number;
  readonly cells: readonly string[];
  /** The row as it stands, without its line end. */
  readonly text: string;
  readonly problem: string | null;
  /** True for a last row without line end. */
  readonly open: boolean;
}

interface QuotedRow {
  readonly cells: readonly string[];
  /** Behind its line end. */
  readonly next: number;
  readonly open: boolean;
}

/**
 * Cuts text into rows and cells (RFC 4180): a cell that begins with the quote ends at the next single one, and may hold delimiters,
 * line ends and doubled quotes. A quote inside another cell is a character like others. A row that is malformed costs its first
 * line alone: reading goes on with the next line.
 */
export class DelimitedScanner {
  #line = 1;
  #carry = '';

  /** `quote: null` where no cell is quoted. */
  constructor(private readonly delimiter: string, private readonly quote: string | null) {}

  /** Lines that are passed over elsewhere: longer than any row, or with a wrong byte. An open quote ends before them. */
  *interrupted(): Generator<ScannedRow> {
    yield* this.#rows('', true);
    this.#line += 1;
  }

  get line(): number {
    return this.#line;
  }

  rows(text: string): Generator<ScannedRow> {
    return this.#rows(text, false);
  }

  /** What is left when the file ends. */
  end(): Generator<ScannedRow> {
    return this.#rows('', true);
  }

  *#rows(piece: string, last: boolean): Generator<ScannedRow> {
    const text = this.#carry === '' ? piece : this.#carry + piece;
    this.#carry = '';
    let nextQuote = this.#indexOfQuote(text, 0);
    for (let start = 0; start < text.length;) {
      const feed = text.indexOf('\n', start);
      const end = feed < 0 ? text.length : feed;
      if (nextQuote < start) nextQuote = this.#indexOfQuote(text, start);
      if (feed < 0 && !last) { this.#carry = text.slice(start); return; }
      if (nextQuote > end) {
        const line = text.slice(start, end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end);
        if (line !== '') yield { line: this.#line, cells: line.split(this.delimiter), text: line, problem: null, open: feed < 0 };
        this.#line += 1;
        start = end + 1;
        continue;
      }
      const row = this.#quotedRow(text, start);
      if (this.#mayGoOn(row, text.length - start, last)) { this.#carry = text.slice(start); return; }
      const next = row === null || typeof row === 'string' ? end + 1 : row.next;
      yield this.#scanned(row, text.slice(start, Math.min(next, text.length)).replace(/\r?\n$/, ''), feed < 0);
      this.#line += row === null || typeof row === 'string' ? 1 : countLines(text, start, next);
      start = next;
    }
  }

  /** A row that reaches the end of the text may go on in the next piece, unless it is longer than any row. */
  #mayGoOn(row: QuotedRow | string | null, length: number, last: boolean): boolean {
    if (last || typeof row === 'string') return false;
    return row === null ? length <= RECORD_LENGTH_MAX : row.open;
  }

  #scanned(row: QuotedRow | string | null, text: string, open: boolean): ScannedRow {
    if (row !== null && typeof row !== 'string') return { line: this.#line, cells: row.cells, text, problem: null, open: row.open };
    return { line: this.#line, cells: [], text, problem: row ?? 'opens a quote that does not close: the row is cut, or a quote inside it is not doubled', open };
  }

  #indexOfQuote(text: string, from: number): number {
    const index = this.quote === null ? -1 : text.indexOf(this.quote, from);
    return index < 0 ? Number.POSITIVE_INFINITY : index;
  }

  /** Null when the text ends inside a quote; a sentence when the row is malformed. */
  #quotedRow(text: string, start: number): QuotedRow | string | null {
    const quote = this.quote ?? '';
    const cells: string[] = [];
    for (let index = start; ;) {
      let end: number;
      if (text[index] === quote) {
        const close = closingQuote(text, index, quote);
        if (close < 0) return null;
        const cell = text.slice(index + 1, close);
        cells.push(cell.includes(quote) ? cell.replaceAll(quote + quote, quote) : cell);
        end = close + 1;
      } else {
        end = endOfPlainCell(text, index, this.delimiter);
        const stop = text[end] === '\n' && text.charCodeAt(end - 1) === 13 && end > index ? end - 1 : end;
        cells.push(text.slice(index, stop));
      }
      if (text[end] === this.delimiter) { index = end + 1; continue; }
      if (end >= text.length) return { cells, next: end, open: true };
      if (text[end] === '\r' && text[end + 1] === '\n') end += 1;
      if (text[end] === '\n') return { cells, next: end + 1, open: false };
      if (text[end] === '\r' && end + 1 >= text.length) return { cells, next: end + 1, open: true };
      return `has ${JSON.stringify(text.slice(end, end + 10))} behind a closing quote: a quote inside a cell must be doubled`;
    }
  }
}

function closingQuote(text: string, open: number, quote: string): number {
  for (let index = text.indexOf(quote, open + 1); index >= 0; index = text.indexOf(quote, index + 2)) {
    if (text[index + 1] !== quote) return index;
  }
  return -1;
}

function endOfPlainCell(text: string, start: number, delimiter: string): number {
  let index = start;
  while (index < text.length && text[index] !== delimiter && text[index] !== '\n') index += 1;
  return index;
}

function countLines(text: string, start: number, end: number): number {
  let lines = 0;
  for (let index = text.indexOf('\n', start); index >= 0 && index < end; index = text.indexOf('\n', index + 1)) lines += 1;
  return Math.max(1, lines);
}
