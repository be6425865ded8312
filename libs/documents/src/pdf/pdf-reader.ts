import type { DocumentReader, OpenDocument, ReadEnd, ReadOptions } from '../document-reader.js';
import type { DocumentSink } from '../document-sink.js';
import { FindingList } from '../finding-list.js';
import { readScan } from '../ocr/scan-reader.js';
import { readByModel } from '../model/model-reader.js';
import { pageRows, rowLines } from '../paper/page-rows.js';
import type { PageText } from '../paper/page-text.js';
import { knownCurrency } from '../text/prose-amounts.js';
import { PDF_BYTES_MAX } from './limits.js';
import { pdfText } from './pdf-text.js';
import { readMixedAdvices, withScannedPages } from './scanned-pages.js';

/** Bytes at the beginning among which `%PDF-` may stand: some programs put something before it. */
const SIGNATURE_WITHIN_BYTES = 1024;

/** A remittance advice as PDF, read in a process of its own. */
export const PDF_READER: DocumentReader = {
  formats: ['pdf'],
  bytesMax: PDF_BYTES_MAX,
  recognise: ({ bytes }) => (Buffer.from(bytes.subarray(0, SIGNATURE_WITHIN_BYTES)).includes('%PDF-') ? 'pdf' : null),
  open: (_format, sink, options) => openPdf(sink, options),
};

function openPdf(sink: DocumentSink, options: ReadOptions): OpenDocument {
  const pieces: Uint8Array[] = [];
  return { push: (bytes) => { pieces.push(bytes); }, end: () => readPdf(Buffer.concat(pieces), sink, options) };
}

async function readPdf(bytes: Uint8Array, sink: DocumentSink, options: ReadOptions): Promise<ReadEnd> {
  const version = /%PDF-(\d\.\d)/.exec(Buffer.from(bytes.subarray(0, SIGNATURE_WITHIN_BYTES)).toString('latin1'))?.[1] ?? null;
  const pages = await pdfText(bytes);
  if (typeof pages === 'string') return refused(version, pages);
  // Pages without text are pictures.
  if (pages.every(({ runs }) => runs.length === 0)) return readScan({ bytes, pages: null }, sink, options);
  return readPages(bytes, pages, version, sink, options);
}

async function readPages(bytes: Uint8Array, given: readonly PageText[], version: string | null, sink: DocumentSink, options: ReadOptions): Promise<ReadEnd> {
  const findings = new FindingList();
  const { pages, scanned } = await withScannedPages(bytes, given, findings);
  for (const { page, slanted } of pages) {
    if (slanted > 0) findings.warning({ line: null, column: null, record: null, page }, String(slanted), `${slanted} pieces of text are not written from left to right and were not read`);
  }
  const rows = pages.flatMap(({ page, runs }) => pageRows(page, runs));
  const remittances = readMixedAdvices(rows, scanned, knownCurrency(options), findings);
  if (remittances.length === 0 && options.model !== undefined) remittances.push(...await readByModel(rowLines(rows), options.model, knownCurrency(options), findings));
  for (const finding of findings.all()) sink.finding(finding);
  for (const remittance of remittances) sink.remittance(remittance);
  if (remittances.length > 0) return { version, refused: null, layout: null };
  return refused(version, 'the PDF names no invoice that is paid and no amount of a payment; enter the remittance by hand');
}

function refused(version: string | null, problem: string): ReadEnd {
  return { version, refused: { problem, where: { line: null, column: null, record: null, page: 1 } }, layout: null };
}
