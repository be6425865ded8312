import { formatMoney, type Remittance } from '#canonical';
import type { DocumentReader, OpenDocument, ReadEnd, ReadOptions } from '../document-reader.js';
import type { DocumentSink } from '../document-sink.js';
import { FindingList } from '../finding-list.js';
import { readAdvices } from '../paper/advice-reader.js';
import { type PageRow, pageRows, whereOf } from '../paper/page-rows.js';
import type { PageText } from '../paper/page-text.js';
import { knownCurrency } from '../text/prose-amounts.js';
import { imageKind, imagePages } from './image-pages.js';
import { CONFIDENCE_MIN, IMAGE_BYTES_MAX, SCAN_PAGES_MAX } from './limits.js';
import { type Scan, scanText } from './scan-text.js';

/** A scanned advice as PNG, JPEG or TIFF of several pages. */
export const IMAGE_READER: DocumentReader = {
  formats: ['image'],
  bytesMax: IMAGE_BYTES_MAX,
  recognise: ({ bytes }) => (imageKind(bytes) === null ? null : 'image'),
  open: (_format, sink, options) => openImage(sink, options),
};

function openImage(sink: DocumentSink, options: ReadOptions): OpenDocument {
  const pieces: Uint8Array[] = [];
  return {
    push: (bytes) => { pieces.push(bytes); },
    end: async () => {
      const bytes = Buffer.concat(pieces);
      const kind = imageKind(bytes);
      if (kind === null) return refused('the picture is neither PNG nor JPEG nor TIFF; ask for one of these or a PDF');
      const pages = imagePages(bytes, kind, SCAN_PAGES_MAX);
      return typeof pages === 'string' ? refused(pages) : readScan({ bytes, pages }, sink, options);
    },
  };
}

/**
 * Reads a scan. A recogniser takes an 8 for a 3, so nothing it reads is trusted by itself: only an advice whose items come to its printed
 * total to the cent is taken, marked by a warning. Of any other everything is a finding for a person, and nothing is taken.
 */
export async function readScan(scan: Scan, sink: DocumentSink, options: ReadOptions): Promise<ReadEnd> {
  const pages = await scanText(scan);
  if (typeof pages === 'string') return refused(pages);
  return takeScan(pages, sink, options);
}

/** The words of a scan judged: what is proven by the printed total goes to the sink, the rest to a person. */
export function takeScan(pages: readonly PageText[], sink: DocumentSink, options: ReadOptions): ReadEnd {
  const findings = new FindingList();
  const rows = pages.flatMap(({ page, runs }) => pageRows(page, runs));
  let taken = 0;
  for (const { remittance, balanced } of readAdvices(rows, knownCurrency(options), findings)) {
    if (balanced) {
      sink.remittance(remittance);
      taken += 1;
      pointOut(remittance, rows, findings);
    } else distrust(remittance, findings);
  }
  for (const finding of findings.all()) sink.finding(finding);
  if (taken > 0) return { version: 'scan', refused: null, layout: null };
  return refused('read from a scan, and nothing in it comes to a printed total: nothing was taken; the findings list what was read, check it against the picture');
}

/** Says that a proven remittance was read from a scan, and where the recogniser was not sure. */
export function pointOut(remittance: Remittance, rows: readonly PageRow[], findings: FindingList): void {
  findings.warning(remittance.where, remittance.total === null ? '' : formatMoney(remittance.total), 'read from a scan; its items come to the printed total. Numbers of items are not proven by that: compare them with the picture');
  for (const row of rows) {
    if (!remittance.lines.some(({ where }) => where.page === row.page && where.line === row.line)) continue;
    for (const cell of row.cells) {
      if (cell.confidence < CONFIDENCE_MIN) findings.warning(whereOf(row, cell), cell.text, `read with a confidence of ${Math.round(cell.confidence)} of 100; compare it with the picture`);
    }
  }
}

/** Says what was read and not taken, for a person to look at. */
export function distrust({ lines, where, total }: Pick<Remittance, 'lines' | 'where' | 'total'>, findings: FindingList): void {
  if (total !== null) findings.error(where, formatMoney(total), 'read from a scan as the total of the payment; not taken');
  for (const { where: place, reference, paid } of lines) findings.error(place, `${reference} ${paid === null ? '' : formatMoney(paid)}`.trim(), 'read from a scan and not proven by a printed total: not taken; enter it by hand if it is right');
}

function refused(problem: string): ReadEnd {
  return { version: 'scan', refused: { problem, where: { line: null, column: null, record: null, page: 1 } }, layout: null };
}
