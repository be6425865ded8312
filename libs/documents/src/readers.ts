import { readBai2 } from './bai2/bai2-reader.js';
import { readCsv } from './csv/csv-reader.js';
import { findHeader } from './csv/layout-guess.js';
import type { DocumentReader } from './document-reader.js';
import { parseDocumentWith } from './document-reading.js';
import { emailReader } from './email/email-reader.js';
import { FILE_BYTES_MAX } from './limits.js';
import { BAI2_START } from './parse-statements.js';
import { IMAGE_READER } from './ocr/scan-reader.js';
import { PDF_READER } from './pdf/pdf-reader.js';
import { TEXT_READER } from './text/text-reader.js';
import { wholeText } from './whole-text.js';

/** Every format, those first that say most surely what they are: a CSV file is what no other format claims. */
export const READERS: readonly DocumentReader[] = [
  PDF_READER,
  IMAGE_READER,
  emailReader((bytes, options) => parseDocumentWith(READERS, bytes, options)),
  {
    formats: ['bai2'],
    bytesMax: FILE_BYTES_MAX,
    recognise: ({ text }) => (BAI2_START.test(text) ? 'bai2' : null),
    open: (_format, sink) => wholeText(sink, (text) => ({ ...readBai2(text), layout: null })),
  },
  {
    formats: ['csv'],
    bytesMax: FILE_BYTES_MAX,
    recognise: ({ text }) => (findHeader(text) === null ? null : 'csv'),
    open: (_format, sink, { layout, account, currency }) => wholeText(sink, (text) => readCsv(text, layout ?? null, { account: account ?? null, currency: currency ?? null })),
  },
  TEXT_READER,
];
