import type { LayoutPart } from '#connector-kit';
import { decodedPieces, type Piece } from './decoded-lines.js';
import { DelimitedScanner, type ScannedRow } from './delimited-scanner.js';
import { encodingOf } from './encodings.js';
import { recordsOf, type LayoutTable, type RecordTable } from './layout-table.js';
import { COLUMNS_MAX, QUOTED_VALUE_MAX, RECORD_LENGTH_MAX } from './limits.js';
import { RowReader, type ColumnOf } from './row-reader.js';
import { shown } from './value-problem.js';

/** Which cell each field of a record stands in; -1 where the file has no such column. */
interface Columns {
  readonly record: RecordTable;
  readonly cells: readonly number[];
  readonly columnOf: ColumnOf;
  /** Cells a row of this kind has. */
  readonly width: number;
  /** Columns no field claims, kept under their heading. */
  readonly extra: readonly { readonly name: string; readonly cell: number }[];
}

/** Reads a delimited file. Every row gives one part; see {@link RowReader}. */
export async function* readDelimited(table: LayoutTable, bytes: AsyncIterable<Uint8Array>, skipRows: number): AsyncGenerator<LayoutPart> {
  const reader = new DelimitedReader(table, skipRows);
  for await (const piece of decodedPieces(bytes, encodingOf(table.encoding), 'lines')) {
    for (const part of reader.piece(piece)) yield part;
    if (reader.stopped) return;
  }
  yield* reader.end();
}

class DelimitedReader {
  readonly #rows: RowReader;
  readonly #scanner: DelimitedScanner;
  readonly #byTag: ReadonlyMap<string, Columns>;
  /** Of files without tags; null until the header row was read. */
  #columns: Columns | null;

  constructor(private readonly table: LayoutTable, skipRows: number) {
    const { delimiter, quote, quoting, header } = table.delimited;
    this.#rows = new RowReader(table, skipRows);
    this.#scanner = new DelimitedScanner(delimiter, quoting === 'never' ? null : quote);
    const tagCell = table.tag !== null && 'column' in table.tag ? table.tag.column - 1 : -1;
    const all = recordsOf(table.records);
    this.#byTag = new Map(all.flatMap((record) => (record.tag === null ? [] : [[record.tag, columnsByPosition(record, tagCell)] as const])));
    this.#columns = header || table.tag !== null || all[0] === undefined ? null : columnsByPosition(all[0], -1);
  }

  get stopped(): boolean {
    return this.#rows.stopped;
  }

  /** Under a header row every row has its columns: one more is a delimiter without quotes. */
  get #mayHaveMore(): boolean {
    return this.table.delimited.extraColumns === 'ignore' && !this.table.delimited.header;
  }

  *piece(piece: Piece): Generator<LayoutPart> {
    if (piece.kind === 'text') { yield* this.#all(this.#scanner.rows(piece.text)); return; }
    if (piece.kind === 'stop') { yield* this.#rows.stop(1, '', piece.problem); return; }
    const before = [...this.#scanner.interrupted()];
    yield* this.#all(before);
    if (this.stopped) return;
    const line = this.#scanner.line - 1;
    if (piece.kind === 'long') yield* this.#rows.badRow(line, null, piece.text, `the line has more than ${RECORD_LENGTH_MAX} characters`);
    else if (this.table.delimited.header && this.#columns === null) yield* this.#rows.stop(line, piece.text, wrongByte(piece, this.table));
    else yield* this.#rows.badRow(line, piece.column, piece.text, wrongByte(piece, this.table));
  }

  *end(): Generator<LayoutPart> {
    yield* this.#all(this.#scanner.end());
    if (this.stopped) return;
    if (this.#columns === null && this.table.delimited.header) { yield* this.#rows.stop(1, '', 'the file is empty: it has no header row'); return; }
    yield* this.#rows.end(this.#scanner.line);
  }

  *#all(rows: Iterable<ScannedRow>): Generator<LayoutPart> {
    for (const row of rows) {
      const parts = this.#row(row);
      for (let index = 0; index < parts.length; index += 1) yield parts[index] as LayoutPart;
      if (this.stopped) return;
    }
  }

  #row(row: ScannedRow): LayoutPart[] {
    const { line, cells, text } = row;
    if (text.length > RECORD_LENGTH_MAX) return this.#rows.badRow(line, null, text, `the line has more than ${RECORD_LENGTH_MAX} characters`);
    if (row.problem !== null) {
      if (row.open) this.#rows.fileProblem(line, null, '', 'the file ends inside a row: it is cut');
      if (this.table.delimited.header && this.#columns === null) return this.#rows.stop(line, text, `the header row ${row.problem}`);
      return this.#rows.badRow(line, null, text, `the row ${row.problem}`);
    }
    if (row.open && this.table.lastLineEnd === 'required') return this.#cut(row);
    if (this.table.tag === null && this.#columns === null) return this.#header(row);
    const columns = this.#columns ?? this.#byTag.get(cells[tagCellOf(this.table)] ?? '');
    if (columns === undefined) return this.#rows.badRow(line, tagCellOf(this.table) + 1, text, `no record begins with ${shown(cells[tagCellOf(this.table)] ?? '')}: there are ${[...this.#byTag.keys()].join(', ')}`);
    if (cells.length !== columns.width && !(cells.length > columns.width && this.#mayHaveMore)) {
      if (row.open) this.#rows.fileProblem(line, null, '', 'the file ends inside a row: it is cut');
      return this.#rows.badRow(line, null, text, `the row has ${cells.length} columns instead of ${columns.width}: it is cut, or a delimiter stands in a cell without quotes`);
    }
    return this.#rows.row(columns.record, cells, columns.cells, line, columns.columnOf, extraOf(columns, cells));
  }

  #cut({ line, text }: ScannedRow): LayoutPart[] {
    this.#rows.fileProblem(line, null, '', 'the last line has no line end: the file is cut (or the layout should say lastLineEnd: optional)');
    if (this.table.delimited.header && this.#columns === null) return this.#rows.stop(line, text, 'the header row is cut');
    return this.#rows.badRow(line, null, text, 'the row may be cut: the file ends here without a line end');
  }

  /** Headings to columns. A header row that does not fit ends the reading: no row could be trusted. */
  #header({ line, cells, text }: ScannedRow): LayoutPart[] {
    const [record] = this.table.records;
    const problem = record === undefined ? 'the layout has no record' : headerProblem(record, cells, this.table);
    if (record === undefined || problem !== null) return this.#rows.stop(line, text.slice(0, QUOTED_VALUE_MAX), problem ?? '');
    const headings = cells.map((cell) => cell.trim());
    const claimed = new Set(record.fields.map((field) => field.column));
    const keep = this.table.delimited.extraColumns === 'keep';
    const places = record.fields.map((field) => headings.indexOf(field.column));
    this.#columns = {
      record, width: cells.length, cells: places, columnOf: (index) => (places[index] ?? 0) + 1,
      extra: keep ? headings.flatMap((name, cell) => (claimed.has(name) ? [] : [{ name, cell }])) : [],
    };
    return [];
  }
}

function columnsByPosition(record: RecordTable, tagCell: number): Columns {
  const cells = record.fields.map((_, index) => (tagCell >= 0 && index >= tagCell ? index + 1 : index));
  return { record, cells, columnOf: (index) => (cells[index] ?? 0) + 1, width: record.fields.length + (tagCell >= 0 ? 1 : 0), extra: [] };
}

function tagCellOf(table: LayoutTable): number {
  return table.tag !== null && 'column' in table.tag ? table.tag.column - 1 : -1;
}

function extraOf(columns: Columns, cells: readonly string[]): Readonly<Record<string, string>> | null {
  return columns.extra.length === 0 ? null : Object.fromEntries(columns.extra.map(({ name, cell }) => [name, cells[cell] ?? '']));
}

function headerProblem(record: RecordTable, cells: readonly string[], table: LayoutTable): string | null {
  if (cells.length > COLUMNS_MAX) return `the header row has ${cells.length} columns, more than ${COLUMNS_MAX}`;
  const headings = cells.map((cell) => cell.trim());
  const twice = headings.find((name, index) => headings.indexOf(name) !== index);
  if (twice !== undefined) return `the heading ${shown(twice)} stands twice`;
  const missing = record.fields.filter((field) => !field.optional && !headings.includes(field.column)).map((field) => shown(field.column));
  if (missing.length > 0) return `the header row lacks ${missing.join(', ')}; it has ${headings.map(shown).join(', ')}`;
  const known = new Set(record.fields.map((field) => field.column));
  const unknown = headings.filter((name) => !known.has(name));
  if (unknown.length > 0 && table.delimited.extraColumns === 'refuse') return `the layout has no column ${unknown.map(shown).join(', ')}: correct the heading, or let the layout keep or ignore extra columns`;
  // A kept column stands beside the fields; it must not hide one, nor be the name every object has.
  const hiding = unknown.find((name) => name === '__proto__' || record.fields.some((field) => field.name === name));
  return hiding === undefined || table.delimited.extraColumns !== 'keep' ? null : `the heading ${shown(hiding)} cannot be kept: it is the name of a field`;
}

export function wrongByte(piece: Extract<Piece, { readonly kind: 'wrong' }>, table: LayoutTable): string {
  return `the byte 0x${piece.byte.toString(16).toUpperCase().padStart(2, '0')} at offset ${piece.offset} of the file means nothing in ${table.encoding}: the file has another encoding, or is damaged`;
}
