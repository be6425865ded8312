import { LayoutError, type LayoutContent } from '#connector-kit';
import { encodingOf } from './encodings.js';
import type { FieldTable, LayoutTable, RecordTable } from './layout-table.js';
import { RENDERED_BYTES_MAX } from './limits.js';
import { renderJson } from './render-json.js';
import { renderRows, type RenderedRow } from './render-rows.js';
import { shown } from './value-problem.js';

/** The bytes of a file. The same content gives the same bytes. @throws LayoutError naming the record, the field and the value. */
export function renderFile(table: LayoutTable, content: LayoutContent): Uint8Array {
  const rows = renderRows(table, content);
  const text = table.kind === 'fixed' ? fixedText(table, rows) : table.kind === 'delimited' ? delimitedText(table, rows) : renderJson(table, rows);
  const { encode, mark } = encodingOf(table.encoding);
  const bytes = Buffer.concat([mark, encode(text)]);
  if (bytes.length > RENDERED_BYTES_MAX) throw new LayoutError(`layout ${table.name}: the file would have ${bytes.length} bytes, more than ${RENDERED_BYTES_MAX}; split the batch`);
  return bytes;
}

function delimitedText(table: LayoutTable, rows: readonly RenderedRow[]): string {
  const { delimiter, header } = table.delimited;
  const tagCell = table.tag !== null && 'column' in table.tag ? table.tag.column - 1 : -1;
  const cellOf = cellWriter(table);
  const [first] = table.records;
  const lines: string[] = header && first !== undefined ? [first.fields.map((field) => cellOf(field.column, first, field)).join(delimiter)] : [];
  for (const { record, texts } of rows) {
    const cells = texts.map((text, index) => cellOf(text, record, record.fields[index]));
    if (tagCell >= 0) cells.splice(tagCell, 0, cellOf(record.tag ?? '', record, undefined));
    // A row of one empty cell would be an empty line, which readers pass over.
    lines.push(cells.length === 1 && cells[0] === '' ? table.delimited.quote.repeat(2) : cells.join(delimiter));
  }
  lines.push('');
  return lines.join(table.lineEnd);
}

type CellWriter = (text: string, record: RecordTable, field: FieldTable | undefined) => string;

function cellWriter(table: LayoutTable): CellWriter {
  const { delimiter, quote, quoting } = table.delimited;
  const special = new RegExp(`[\\r\\n${[delimiter, quote].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}]|^\\s|\\s$`);
  const quoted = (text: string): string => quote + text.replaceAll(quote, quote + quote) + quote;
  if (quoting === 'always') return quoted;
  if (quoting === 'asNeeded') return (text) => (special.test(text) ? quoted(text) : text);
  const forbidden = new RegExp(`[\\r\\n\\u${delimiter.charCodeAt(0).toString(16).padStart(4, '0')}]`);
  return (text, record, field) => {
    if (!forbidden.test(text)) return text;
    throw new LayoutError(`layout ${table.name}, record ${record.name}, field ${field?.name ?? 'tag'}: ${shown(text)} holds the delimiter or a line break, and nothing is quoted`, { record: record.name, field: field?.name ?? 'tag', value: text, detail: 0 });
  };
}

function fixedText(table: LayoutTable, rows: readonly RenderedRow[]): string {
  const lines = rows.map(({ record, texts }) => fixedRecord(table, record, texts));
  return table.lineEnd === '' ? lines.join('') : `${lines.join(table.lineEnd)}${lines.length === 0 ? '' : table.lineEnd}`;
}

function fixedRecord(table: LayoutTable, record: RecordTable, texts: readonly string[]): string {
  const places = record.fields.map((field, index) => ({ from: field.from, text: fitted(table, record, field, texts[index] ?? '') }));
  if (table.tag !== null && 'from' in table.tag) places.push({ from: table.tag.from, text: (record.tag ?? '').padEnd(table.tag.to - table.tag.from + 1) });
  places.sort((left, right) => left.from - right.from);
  let line = '';
  for (const { from, text } of places) line = line.padEnd(from - 1) + text;
  return line.padEnd(table.recordLength ?? 0);
}

/** @throws LayoutError for a text wider than its place. */
function fitted(table: LayoutTable, record: RecordTable, field: FieldTable, text: string): string {
  const width = field.to - field.from + 1;
  if (text.length > width) throw new LayoutError(`layout ${table.name}, record ${record.name}, field ${field.name}: ${shown(text)} has ${text.length} characters, its place has ${width}`, { record: record.name, field: field.name, value: text, detail: 0 });
  const { character, justify } = field.form.padding;
  if (text === '') return ' '.repeat(width);
  if (justify === 'left') return text.padEnd(width, character);
  // The sign stands before the zeros that fill a number up.
  return text.startsWith('-') && character === '0' ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, character);
}
