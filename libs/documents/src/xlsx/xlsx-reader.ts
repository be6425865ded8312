import type { DocumentReader } from '../document-reader.js';
import { XLSX_BYTES_MAX } from './limits.js';
import { OLE_START, XlsxDocument } from './xlsx-document.js';

/** The header of the first file in an archive. */
const ZIP_START = Buffer.from('504b0304', 'hex');

/** Workbooks; other archives and OLE containers come here too, to be refused with a sentence that says what they are. */
export const XLSX_READER: DocumentReader = {
  formats: ['xlsx'],
  bytesMax: XLSX_BYTES_MAX,
  recognise: ({ bytes }) => ([ZIP_START, OLE_START].some((start) => Buffer.compare(bytes.subarray(0, start.length), start) === 0) ? 'xlsx' : null),
  open: (_format, sink, options) => new XlsxDocument(sink, options),
};
