import type { DocumentReader } from '../document-reader.js';
import { whereAt } from '../finding-list.js';
import { FILE_BYTES_MAX } from '../limits.js';

/** How XML begins; a byte order mark of UTF-8 looks like three letters where other bytes of the file are none of UTF-8. */
export const XML_BEGINNING = /^(?:\ufeff|\u00ef\u00bb\u00bf)?\s*</;
const DECLARED = /^(?:\ufeff|\u00ef\u00bb\u00bf)?\s*<(?:\?xml[\s?]|!DOCTYPE\s+(?!html))/i;

/** Refuses XML that no other reader claims: read as text, its numbers would mean anything, and its document type is nobody's to expand. */
export const UNKNOWN_XML_READER: DocumentReader = {
  formats: [],
  bytesMax: FILE_BYTES_MAX,
  recognise: ({ text }) => (DECLARED.test(text) ? 'text' : null),
  open: () => ({
    push: () => { /* Nothing of it is looked at. */ },
    end: () => ({ version: null, refused: { problem: 'the file is XML of no kind that is read here (camt.052, camt.053, camt.054, OFX); ask the sender for one of them', where: whereAt(1, 1, null) }, layout: null }),
  }),
};
