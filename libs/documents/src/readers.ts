import { readBai2 } from './bai2/bai2-reader.js';
import { readCsv } from './csv/csv-reader.js';
import { findHeader } from './csv/layout-guess.js';
import type { DocumentReader } from './document-reader.js';
import { FILE_BYTES_MAX } from './limits.js';
import { openLockbox, recogniseLockbox } from './lockbox/lockbox-reader.js';
import { MT940_BYTES_MAX } from './mt940/limits.js';
import { openMt940, recogniseMt940 } from './mt940/mt940-reader.js';
import { BAI2_START } from './parse-statements.js';
import { openOfx, recogniseOfx } from './ofx/ofx-reader.js';
import { wholeText } from './whole-text.js';

/** Every format, those first that say most surely what they are: a CSV file is what no other format claims. */
export const READERS: readonly DocumentReader[] = [
  {
    formats: ['bai2'],
    bytesMax: FILE_BYTES_MAX,
    recognise: ({ text }) => (BAI2_START.test(text) ? 'bai2' : null),
    open: (_format, sink) => wholeText(sink, (text) => ({ ...readBai2(text), layout: null })),
  },
  { formats: ['ofx'], bytesMax: FILE_BYTES_MAX, recognise: recogniseOfx, open: (_format, sink, options) => openOfx(sink, options) },
  { formats: ['mt940', 'mt942'], bytesMax: MT940_BYTES_MAX, recognise: recogniseMt940, open: (_format, sink, options) => openMt940(sink, options) },
  { formats: ['lockbox.bai'], bytesMax: FILE_BYTES_MAX, recognise: recogniseLockbox, open: (_format, sink, options) => openLockbox(sink, options) },
  {
    formats: ['csv'],
    bytesMax: FILE_BYTES_MAX,
    recognise: ({ text }) => (findHeader(text) === null ? null : 'csv'),
    open: (_format, sink, { layout, account, currency }) => wholeText(sink, (text) => readCsv(text, layout ?? null, { account: account ?? null, currency: currency ?? null })),
  },
];
