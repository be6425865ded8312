import { type FindingList, whereAt } from '../finding-list.js';
import { COLUMNS_MAX, HEADER_ROWS_MAX, RECORDS_MAX } from '../limits.js';
import { CellRow, ownText } from '../table/table-row.js';
import { XML_NUMERIC_REFERENCES_MAX } from '../xml/index.js';
import { resolveReferences } from '../xml/references.js';
import { dayOfSerial } from './day-serial.js';
import { MERGED_REGIONS_MAX, SHEET_CELLS_MAX } from './limits.js';
import { GENERAL, type NumberFormat } from './number-format.js';
import { numberText } from './number-text.js';
import type { RawCell, SheetHandler } from './sheet-scanner.js';
import { unescaped } from './workbook-parts.js';
import { XlsxError } from './xlsx-error.js';

/** What cells refer to. */
export interface SheetContext {
  readonly sheet: string;
  readonly part: string;
  readonly strings: readonly string[];
  readonly styles: readonly NumberFormat[];
  readonly since1904: boolean;
}

const TEXT = /<(?:[\w.-]+:)?t(?:\s[^>]*)?>([^<]*)<\//g;
const PHONETIC = /<(?:[\w.-]+:)?rPh[\s>].*?<\/(?:[\w.-]+:)?rPh>/gs;
const VALUE = /<(?:[\w.-]+:)?v(?:\s[^>]*)?>([^<]*)<\//;
const FORMULA = /<(?:[\w.-]+:)?f[\s/>]/;
const DAYS_REMEMBERED_MAX = 4_096;
const SHAPES_REMEMBERED_MAX = 1_000;
const MARKUP = /<!/;

/** Collects the rows of one sheet, cells as text: days as `YYYY-MM-DD`, numbers as they are stored. */
export class SheetRows implements SheetHandler {
  readonly #rows: { readonly line: number; readonly cells: string[]; readonly numbers: ReadonlySet<number> | null }[] = [];
  /** Sets of number columns by their members: nearly all rows share one. */
  readonly #shapes = new Map<string, ReadonlySet<number>>();
  readonly #days = new Map<string, string>();
  readonly #merged: string[] = [];
  #cellCount = 0;
  #line = 0;
  #hidden: number[] = [];
  #hiddenCount = 0;
  #references = 0;

  constructor(private readonly context: SheetContext, private readonly findings: FindingList) {}

  row(number: string, hidden: boolean, raw: readonly RawCell[]): void {
    const line = number === '' ? this.#line + 1 : Number(number);
    if (!Number.isInteger(line) || line <= this.#line) throw new XlsxError(`row "${number.slice(0, 20)}" stands behind row ${this.#line}: the workbook is damaged`, this.context.sheet, this.#line || null);
    this.#line = line;
    const cells: string[] = [];
    const numbers: number[] = [];
    raw.forEach((cell) => { this.#cell(cell, line, cells, numbers); });
    if (cells.every((cell) => cell === '')) return;
    if (hidden) {
      this.#hiddenCount += 1;
      if (this.#hidden.length === 0) this.#hidden.push(line);
    }
    if (this.#rows.length >= RECORDS_MAX || this.#cellCount > SHEET_CELLS_MAX) throw new XlsxError(`the sheet has more than ${RECORDS_MAX} rows or ${SHEET_CELLS_MAX} filled cells; divide it`, this.context.sheet, line);
    this.#rows.push({ line, cells, numbers: this.#shapeOf(numbers) });
  }

  merged(region: string): void {
    if (this.#merged.length < MERGED_REGIONS_MAX) this.#merged.push(region);
  }

  /** The rows that have something; each as wide as the widest of the first, where a header stands. */
  all(): CellRow[] {
    for (const region of this.#merged) this.#fill(region);
    const width = this.#rows.slice(0, HEADER_ROWS_MAX).reduce((most, { cells }) => Math.max(most, cells.length), 0);
    const [first] = this.#hidden;
    if (first !== undefined) this.findings.warning(this.#where(first, null), String(this.#hiddenCount), `${this.#hiddenCount} rows of the sheet are hidden, this one first; they were read like the others`);
    return this.#rows.map(({ line, cells, numbers }) => new CellRow(line, cells, this.context.sheet, numbers, width));
  }

  #cell(raw: RawCell, line: number, cells: string[], numbers: number[]): void {
    const column = raw.address === '' ? cells.length : columnOf(raw.address);
    if (raw.content === '') return;
    const place = this.#where(line, column + 1);
    if (column < 0 || column >= COLUMNS_MAX) return this.findings.error(place, raw.address, `the cell is beyond column ${COLUMNS_MAX}; it was not read`);
    if (MARKUP.test(raw.content)) throw new XlsxError('a cell holds a comment or a CDATA section, which no spreadsheet program writes', this.context.sheet, line);
    const value = this.#value(raw, column, place, numbers);
    if (value === '') return;
    while (cells.length <= column) cells.push('');
    cells[column] = value;
    this.#cellCount += 1;
  }

  #value({ type, style, content }: RawCell, column: number, place: ReturnType<typeof whereAt>, numbers: number[]): string {
    if (type === 'inlineStr') return kept(this.#resolved([...content.replace(PHONETIC, '').matchAll(TEXT)].map(([, text = '']) => text).join(''), place));
    const stored = VALUE.exec(content)?.[1] ?? '';
    if (stored === '') {
      if (FORMULA.test(content)) this.findings.error(place, '', 'the cell holds a formula and no result; open the workbook in a spreadsheet program, save it, and send that');
      return '';
    }
    if (type === 's') return this.#shared(stored, place);
    if (type === 'str') return kept(this.#resolved(stored, place));
    if (type === 'e') {
      this.findings.error(place, stored, `the cell holds the error ${stored.slice(0, 20)} instead of a value; correct the formula`);
      return stored;
    }
    if (type === 'b') return stored === '1' ? 'TRUE' : 'FALSE';
    if (type === 'd') return stored.slice(0, 10);
    return this.#number(stored.trim(), this.context.styles[Number(style || '0')] ?? GENERAL, column, place, numbers);
  }

  #shared(stored: string, place: ReturnType<typeof whereAt>): string {
    const text = /^\d{1,9}$/.test(stored) ? this.context.strings[Number(stored)] : undefined;
    if (text !== undefined) return text.trim();
    this.findings.error(place, stored, `the cell names the text ${stored.slice(0, 20)} of ${this.context.strings.length}, which is not there: the workbook is damaged`);
    return '';
  }

  #number(stored: string, format: NumberFormat, column: number, place: ReturnType<typeof whereAt>, numbers: number[]): string {
    const day = format.kind === 'day' ? this.#day(stored) : '';
    if (day !== '') return day;
    const read = numberText(stored, format);
    if (read === null) {
      this.findings.error(place, stored, 'the cell is a number by its kind and holds none');
      return stored;
    }
    if (read.rounded) this.findings.warning(place, stored, `the number is stored as ${stored}, a trace of binary arithmetic; ${read.text} was read, as the cell shows it`);
    numbers.push(column);
    return read.text;
  }

  /** Empty for what is no day. */
  #day(stored: string): string {
    const known = this.#days.get(stored);
    if (known !== undefined) return known;
    const day = dayOfSerial(stored, this.context.since1904) ?? '';
    if (this.#days.size < DAYS_REMEMBERED_MAX) this.#days.set(stored, day);
    return day;
  }

  #shapeOf(numbers: readonly number[]): ReadonlySet<number> | null {
    if (numbers.length === 0) return null;
    const key = numbers.join(' ');
    const shape = this.#shapes.get(key) ?? new Set(numbers);
    if (this.#shapes.size < SHAPES_REMEMBERED_MAX) this.#shapes.set(key, shape);
    return shape;
  }

  #resolved(raw: string, place: ReturnType<typeof whereAt>): string {
    if (!raw.includes('&')) return raw;
    const { text, numeric, problem } = resolveReferences(raw);
    this.#references += numeric;
    if (problem !== null) throw new XlsxError(problem, this.context.sheet, place.line);
    if (this.#references > XML_NUMERIC_REFERENCES_MAX) throw new XlsxError(`the sheet has more than ${XML_NUMERIC_REFERENCES_MAX} numeric references`, this.context.sheet, place.line);
    return text;
  }

  /** Merged cells hold their text once; a header may stand above several columns or beside several rows. */
  #fill(region: string): void {
    const [, left = '', top = '', right = '', bottom = ''] = /^([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})$/.exec(region) ?? [];
    const [from, to] = [columnOf(left), Math.min(columnOf(right), COLUMNS_MAX - 1)];
    const inHead = this.#rows.slice(0, HEADER_ROWS_MAX);
    const source = inHead.find(({ line }) => line === Number(top))?.cells[from] ?? '';
    if (left === '' || source === '') return;
    for (const { line, cells } of inHead) {
      if (line < Number(top) || line > Number(bottom)) continue;
      for (let column = from; column <= to; column += 1) {
        while (cells.length <= column) cells.push('');
        if (cells[column] === '') cells[column] = source;
      }
    }
  }

  #where(line: number, column: number | null): ReturnType<typeof whereAt> {
    return whereAt(line, column, this.context.sheet);
  }
}

/** Trimmed, and without the piece of the sheet it stood in. */
function kept(text: string): string {
  return ownText(unescaped(text).trim());
}

/** `A` is 0; -1 for what is no address. */
function columnOf(address: string): number {
  let column = 0;
  let index = 0;
  for (; index < address.length; index += 1) {
    const letter = address.charCodeAt(index) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return index === 0 || index > 3 ? -1 : column - 1;
}
