import { readBai2 } from './bai2/bai2-reader.js';
import { CsvDocument } from './csv/csv-document.js';
import { CSV_BYTES_MAX } from './csv/limits.js';
import { hasTable } from './csv/plan-text.js';
import type { DocumentReader } from './document-reader.js';
import { FILE_BYTES_MAX } from './limits.js';
import { BAI2_START } from './parse-statements.js';
import { wholeText } from './whole-text.js';

/** Every format, those first that say most surely what they are: a CSV file is what no other format claims. */
export const READERS: readonly DocumentReader[] = [
  {
    formats: ['bai2'],
    bytesMax: FILE_BYTES_MAX,
    recognise: ({ text }) => (BAI2_START.test(text) ? 'bai2' : null),
    open: (_format, sink) => wholeText(sink, (text) => ({ ...readBai2(text), layout: null })),
  },
  {
    formats: ['csv'],
    bytesMax: CSV_BYTES_MAX,
    recognise: ({ text, complete }) => (hasTable(text, complete) ? 'csv' : null),
    open: (_format, sink, options) => new CsvDocument(sink, options),
  },
];
