import { BAI2_READER } from './bai2/bai2-reader.js';
import { CAMT_READER } from './camt/camt-reader.js';
import { CsvDocument } from './csv/csv-document.js';
import { CSV_BYTES_MAX } from './csv/limits.js';
import { hasTable } from './csv/plan-text.js';
import type { DocumentReader } from './document-reader.js';
import { parseDocumentWith } from './document-reading.js';
import { emailReader } from './email/email-reader.js';
import { FILE_BYTES_MAX } from './limits.js';
import { LOCKBOX_READER } from './lockbox/lockbox-reader.js';
import { MT940_BYTES_MAX } from './mt940/limits.js';
import { openMt940, recogniseMt940 } from './mt940/mt940-reader.js';
import { NACHA_READER } from './nacha/ach-reader.js';
import { openOfx, recogniseOfx } from './ofx/ofx-reader.js';
import { IMAGE_READER } from './ocr/scan-reader.js';
import { PDF_READER } from './pdf/pdf-reader.js';
import { TEXT_READER } from './text/text-reader.js';
import { X12_READER } from './x12/x12-reader.js';
import { UNKNOWN_XML_READER } from './xml/index.js';
import { XLSX_READER } from './xlsx/xlsx-reader.js';

/** Every format, those first that say most surely what they are: a CSV file is what no other format claims. */
export const READERS: readonly DocumentReader[] = [
  PDF_READER,
  IMAGE_READER,
  CAMT_READER,
  XLSX_READER,
  X12_READER,
  NACHA_READER,
  emailReader((bytes, options) => parseDocumentWith(READERS, bytes, options)),
  BAI2_READER,
  { formats: ['ofx'], bytesMax: FILE_BYTES_MAX, recognise: recogniseOfx, open: (_format, sink, options) => openOfx(sink, options) },
  { formats: ['mt940', 'mt942'], bytesMax: MT940_BYTES_MAX, recognise: recogniseMt940, open: (_format, sink, options) => openMt940(sink, options) },
  LOCKBOX_READER,
  {
    formats: ['csv'],
    bytesMax: CSV_BYTES_MAX,
    recognise: ({ text, complete }) => (hasTable(text, complete) ? 'csv' : null),
    open: (_format, sink, options) => new CsvDocument(sink, options),
  },
  UNKNOWN_XML_READER,
  TEXT_READER,
];
