import { parseJsonKeepingNumberText } from '#canonical';
import type { LayoutPart } from '#connector-kit';
import { decodedPieces, type Piece } from './decoded-lines.js';
import { encodingOf } from './encodings.js';
import { JsonElements, type JsonElement } from './json-elements.js';
import { recordsOf, type LayoutTable, type RecordTable } from './layout-table.js';
import { RECORD_LENGTH_MAX } from './limits.js';
import { wrongByte } from './read-delimited.js';
import { RowReader } from './row-reader.js';
import { shown } from './value-problem.js';

/** Reads JSON lines or one JSON array, element by element. A group inside an element gives rows of its own, behind its parent's. */
export async function* readJson(table: LayoutTable, bytes: AsyncIterable<Uint8Array>, skipRows: number): AsyncGenerator<LayoutPart> {
  const reader = table.kind === 'jsonLines' ? new JsonLinesReader(table, skipRows) : new JsonArrayReader(table, skipRows);
  for await (const piece of decodedPieces(bytes, encodingOf(table.encoding), table.kind === 'jsonLines' ? 'lines' : 'anywhere')) {
    for (const part of reader.piece(piece)) yield part;
    if (reader.stopped) return;
  }
  yield* reader.end();
}

abstract class JsonReader {
  protected readonly rows: RowReader;
  readonly #byTag: ReadonlyMap<string, RecordTable>;

  constructor(protected readonly table: LayoutTable, skipRows: number) {
    this.rows = new RowReader(table, skipRows);
    this.#byTag = new Map(recordsOf(table.records).flatMap((record) => (record.tag === null ? [] : [[record.tag, record] as const])));
  }

  get stopped(): boolean {
    return this.rows.stopped;
  }

  protected *element(text: string, line: number): Generator<LayoutPart> {
    let value: unknown;
    try {
      value = parseJsonKeepingNumberText(text);
    } catch (error) {
      yield* this.rows.badRow(line, null, text, `is no JSON: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    if (!isObject(value)) { yield* this.rows.badRow(line, null, text, 'is no JSON object'); return; }
    const tag = this.table.tag !== null && 'path' in this.table.tag ? value[this.table.tag.path] : null;
    const record = tag === null ? this.table.records[0] : this.#byTag.get(String(tag));
    if (record === undefined) yield* this.rows.badRow(line, null, text, `no record has the tag ${shown(String(tag))}: there are ${[...this.#byTag.keys()].join(', ')}`);
    else yield* this.#record(record, value, line);
  }

  *#record(record: RecordTable, value: Readonly<Record<string, unknown>>, line: number): Generator<LayoutPart> {
    yield* this.rows.row(record, record.fields.map((field) => textAt(value, field.path)), null, line, () => null);
    for (const nested of record.nested) {
      const list = at(value, nested.each?.steps ?? []);
      if (list === undefined || list === null) continue;
      for (const item of Array.isArray(list) ? list as readonly unknown[] : [list]) {
        if (isObject(item)) yield* this.#record(nested, item, line);
        else yield* this.rows.badRow(line, null, JSON.stringify(item), `${nested.name}: is no JSON object`);
      }
    }
  }
}

class JsonLinesReader extends JsonReader {
  #line = 0;

  *piece(piece: Piece): Generator<LayoutPart> {
    if (piece.kind === 'stop') { yield* this.rows.stop(this.#line, '', piece.problem); return; }
    if (piece.kind !== 'text') {
      this.#line += 1;
      yield* this.rows.badRow(this.#line, piece.kind === 'wrong' ? piece.column : null, piece.text, piece.kind === 'wrong' ? wrongByte(piece, this.table) : `the line has more than ${RECORD_LENGTH_MAX} characters`);
      return;
    }
    for (let start = 0; start < piece.text.length && !this.stopped;) {
      const end = piece.text.indexOf('\n', start);
      const text = piece.text.slice(start, end < 0 ? piece.text.length : end).trim();
      this.#line += 1;
      start = end < 0 ? piece.text.length : end + 1;
      if (text === '') continue;
      if (end < 0 && this.table.lastLineEnd === 'required') {
        this.rows.fileProblem(this.#line, null, '', 'the last line has no line end: the file is cut (or the layout should say lastLineEnd: optional)');
        yield* this.rows.badRow(this.#line, null, text, 'the row may be cut: the file ends here without a line end');
      } else yield* this.element(text, this.#line);
    }
  }

  end(): LayoutPart[] {
    return this.rows.end(this.#line + 1);
  }
}

class JsonArrayReader extends JsonReader {
  readonly #elements = new JsonElements();

  *piece(piece: Piece): Generator<LayoutPart> {
    if (piece.kind === 'stop') { yield* this.rows.stop(1, '', piece.problem); return; }
    if (piece.kind === 'wrong') { yield* this.rows.stop(this.#elements.line, piece.text, wrongByte(piece, this.table)); return; }
    yield* this.#all(this.#elements.take(piece.text));
  }

  *end(): Generator<LayoutPart> {
    const left = this.#elements.end();
    if (left !== null) {
      this.rows.fileProblem(this.#elements.line, null, '', left.problem ?? '');
      if (left.text !== '') yield* this.rows.badRow(left.line, null, left.text, 'the element is cut: the file ends here');
    }
    yield* this.rows.end(this.#elements.line);
  }

  *#all(elements: Iterable<JsonElement>): Generator<LayoutPart> {
    for (const element of elements) {
      if (element.problem === null) yield* this.element(element.text, element.line);
      else yield* this.rows.stop(element.line, element.text, element.problem);
      if (this.stopped) return;
    }
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(value: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  let inner: unknown = value;
  for (const step of path) {
    if (!isObject(inner) || !Object.hasOwn(inner, step)) return undefined;
    inner = inner[step];
  }
  return inner;
}

/** Numbers are text already; null is nothing; a list or an object is told as its JSON, which no form takes. */
function textAt(value: Readonly<Record<string, unknown>>, path: readonly string[]): string | undefined {
  const found = at(value, path);
  if (found === undefined || found === null) return undefined;
  return typeof found === 'string' ? found : JSON.stringify(found);
}
