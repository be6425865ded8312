import type { LayoutPart } from '#connector-kit';
import { decodedPieces, type Piece } from './decoded-lines.js';
import { encodingOf } from './encodings.js';
import { recordsOf, type FieldTable, type LayoutTable, type RecordTable } from './layout-table.js';
import { RECORD_LENGTH_MAX } from './limits.js';
import { wrongByte } from './read-delimited.js';
import { RowReader } from './row-reader.js';
import { shown } from './value-problem.js';

/** Reads a fixed-width file, record by record. Every record gives one part; see {@link RowReader}. */
export async function* readFixed(table: LayoutTable, bytes: AsyncIterable<Uint8Array>, skipRows: number): AsyncGenerator<LayoutPart> {
  const reader = new FixedReader(table, skipRows);
  const cut = table.lineEnd === '' && table.recordLength !== null ? { recordBytes: table.recordLength } : 'lines' as const;
  for await (const piece of decodedPieces(bytes, encodingOf(table.encoding), cut)) {
    for (const part of reader.piece(piece)) yield part;
    if (reader.stopped) return;
  }
  yield* reader.end();
}

class FixedReader {
  readonly #rows: RowReader;
  readonly #byTag: ReadonlyMap<string, RecordTable>;
  readonly #single: RecordTable | undefined;
  readonly #tag: { readonly from: number; readonly to: number } | null;
  #line = 0;

  constructor(private readonly table: LayoutTable, skipRows: number) {
    this.#rows = new RowReader(table, skipRows);
    const all = recordsOf(table.records);
    this.#byTag = new Map(all.flatMap((record) => (record.tag === null ? [] : [[record.tag, record] as const])));
    this.#single = table.tag === null ? all[0] : undefined;
    this.#tag = table.tag !== null && 'from' in table.tag ? table.tag : null;
  }

  get stopped(): boolean {
    return this.#rows.stopped;
  }

  *piece(piece: Piece): Generator<LayoutPart> {
    if (piece.kind === 'stop') { yield* this.#rows.stop(this.#line, '', piece.problem); return; }
    if (piece.kind === 'text') { yield* this.table.lineEnd === '' ? this.#packed(piece.text) : this.#lines(piece.text); return; }
    this.#line += 1;
    yield* this.#rows.badRow(this.#line, piece.kind === 'wrong' ? piece.column : null, piece.text, piece.kind === 'wrong' ? wrongByte(piece, this.table) : `the line has more than ${RECORD_LENGTH_MAX} characters`);
  }

  end(): LayoutPart[] {
    return this.#rows.end(this.#line + 1);
  }

  *#lines(text: string): Generator<LayoutPart> {
    for (let start = 0; start < text.length && !this.stopped;) {
      const end = text.indexOf('\n', start);
      const stop = end < 0 ? text.length : end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
      this.#line += 1;
      if (stop > start) yield* this.#record(text.slice(start, stop), end < 0);
      start = end < 0 ? text.length : end + 1;
    }
  }

  /** Records without line ends between them. */
  *#packed(text: string): Generator<LayoutPart> {
    const length = this.table.recordLength ?? text.length;
    for (let start = 0; start < text.length && !this.stopped; start += length) {
      this.#line += 1;
      const record = text.slice(start, start + length);
      yield* record.length < length ? this.#cut(record) : this.#record(record, false);
    }
  }

  #cut(text: string): LayoutPart[] {
    this.#rows.fileProblem(this.#line, null, '', 'the file ends inside a record: it is cut');
    return this.#rows.badRow(this.#line, null, text, 'the record is cut: the file ends here');
  }

  #record(text: string, open: boolean): LayoutPart[] {
    if (open && this.table.lastLineEnd === 'required') return this.#cut(text);
    const { recordLength } = this.table;
    if (recordLength !== null && text.length !== recordLength) {
      if (open) this.#rows.fileProblem(this.#line, null, '', 'the file ends inside a record: it is cut');
      return this.#rows.badRow(this.#line, Math.min(text.length, recordLength) + 1, text, `the record has ${text.length} characters instead of ${recordLength}: it is cut, or of another layout`);
    }
    const tag = this.#tag === null ? '' : text.slice(this.#tag.from - 1, this.#tag.to).trimEnd();
    const record = this.#single ?? this.#byTag.get(tag);
    if (record === undefined) return this.#rows.badRow(this.#line, this.#tag?.from ?? 1, text, `no record has the tag ${shown(tag)}: there are ${[...this.#byTag.keys()].join(', ')}`);
    const texts = record.fields.map((field) => (field.from > text.length ? undefined : withoutPadding(text.slice(field.from - 1, field.to), field)));
    return this.#rows.row(record, texts, null, this.#line, (index) => record.fields[index]?.from ?? null);
  }
}

/** Blanks around a number are padding too: a field that was never filled is blank, whatever its padding. */
function withoutPadding(text: string, { form }: FieldTable): string {
  const { character, justify } = form.padding;
  if (character === ' ') return justify === 'left' ? text.trimEnd() : text.trimStart();
  const bare = text.trim();
  if (bare === '' || form.kind !== 'text') return bare;
  let start = 0;
  let end = bare.length;
  if (justify === 'right') while (start < end - 1 && bare[start] === character) start += 1;
  else while (end > start + 1 && bare[end - 1] === character) end -= 1;
  return bare.slice(start, end);
}
