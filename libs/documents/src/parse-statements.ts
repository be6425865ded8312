import type { CurrencyCode, ParsedDocument } from '#canonical';
import { readBai2 } from './bai2/bai2-reader.js';
import type { CsvLayout, LayoutGuess } from './csv/csv-layout.js';
import { CsvDocument } from './csv/csv-document.js';
import { hasTable } from './csv/plan-text.js';
import { CollectingSink } from './document-sink.js';
import { whereAt } from './finding-list.js';
import { FILE_BYTES_MAX } from './limits.js';
import { decodeText } from './text-decoding.js';

/** What the caller knows of the source. Everything may be left out. */
export interface ParseOptions {
  /** Skips detection. */
  readonly format?: ParsedDocument['format'];
  /** The remembered layout of this source's CSV files. */
  readonly layout?: CsvLayout;
  /** Own account of a CSV file that does not name it. */
  readonly account?: string;
  /** Currency of a CSV file that does not name it. */
  readonly currency?: CurrencyCode;
}

/** A read file. `layout` is how a CSV file was read, for a person to confirm once; null for formats that need none. */
export interface ReadStatements extends ParsedDocument {
  readonly layout: LayoutGuess | null;
}

/** A file header of BAI2, and a second record behind it on the same line or the next. */
export const BAI2_START = /^\s*01,[^\n]*(?:\/[ \t]*|\n\s*)(?:02|03|16|88|98|99)[,/]/;

/**
 * Reads a bank statement file, its format recognised by content. Never throws on content: the answer holds everything understood and a
 * finding for everything that was not; `refused` says why nothing was taken.
 */
export function parseStatements(bytes: Uint8Array, options: ParseOptions = {}): ReadStatements {
  const format = options.format ?? (options.layout === undefined ? null : 'csv');
  if (bytes.length > FILE_BYTES_MAX) return refuse(format ?? 'csv', `the file has ${bytes.length} bytes, ${FILE_BYTES_MAX} are allowed; split it by day or account`);
  if (bytes.length === 0) return refuse(format ?? 'csv', 'the file is empty');
  if (format === 'csv') return readCsvStatements(bytes, options);
  const { text } = decodeText(bytes);
  const found = format ?? detectFormat(text);
  if (found === 'bai2') return { ...readBai2(text), layout: null };
  if (found === 'csv') return readCsvStatements(bytes, options);
  return refuse('csv', 'the file is neither BAI2 (it does not begin with a 01 record) nor a CSV file with a header that names a day and an amount');
}

/** BAI2 by its first record, CSV by a header row; null when it is neither. */
export function detectFormat(text: string): ParsedDocument['format'] | null {
  if (BAI2_START.test(text)) return 'bai2';
  return hasTable(text, true, 'statement') ? 'csv' : null;
}

function readCsvStatements(bytes: Uint8Array, { layout, account, currency }: ParseOptions): ReadStatements {
  const sink = new CollectingSink();
  const document = new CsvDocument(sink, { table: 'statement', ...(layout === undefined ? {} : { layout }), ...(account === undefined ? {} : { account }), ...(currency === undefined ? {} : { currency }) });
  document.push(bytes);
  const { version, refused, layout: guess } = document.end();
  const statements = refused === null && guess?.questions.length === 0 ? sink.statements : [];
  return { format: 'csv', version, refused, statements, remittances: [], entries: [], findings: sink.findings, layout: guess };
}

function refuse(format: ParsedDocument['format'], problem: string): ReadStatements {
  return { format, version: null, refused: { problem, where: whereAt(null, null, null) }, statements: [], remittances: [], entries: [], findings: [], layout: null };
}
