import type { Remittance } from '#canonical';
import { FindingList } from '../finding-list.js';
import { distrust, pointOut } from '../ocr/scan-reader.js';
import { scanText } from '../ocr/scan-text.js';
import { readAdvices } from '../paper/advice-reader.js';
import type { PageRow } from '../paper/page-rows.js';
import type { PageText } from '../paper/page-text.js';
import type { KnownCurrency } from '../text/prose-amounts.js';

/** The pages of a PDF with the words of those that are pictures. */
export interface MixedPages {
  readonly pages: readonly PageText[];
  /** Numbers of the pages that were read from pictures. */
  readonly scanned: ReadonlySet<number>;
}

/** Has the pages without text read as scans; a warning says why where they could not be. A blank page gives no words and no warning. */
export async function withScannedPages(bytes: Uint8Array, pages: readonly PageText[], findings: FindingList): Promise<MixedPages> {
  const pageNumbers = pages.flatMap(({ page, runs }) => (runs.length === 0 ? [page] : []));
  if (pageNumbers.length === 0) return { pages, scanned: new Set() };
  const read = await scanText({ bytes, pages: null, pageNumbers });
  if (typeof read !== 'string') {
    const words = new Map(read.map((page) => [page.page, page]));
    return { pages: pages.map((page) => (page.runs.length === 0 ? words.get(page.page) ?? page : page)), scanned: new Set(pageNumbers) };
  }
  for (const page of pageNumbers) findings.warning({ line: null, column: null, record: null, page }, '', `the page has no text and was not read as a scan: ${read}`);
  return { pages, scanned: new Set() };
}

/**
 * Advices of pages of which some were read from pictures. As in a scan, what stands on such a page is taken only where its advice comes to
 * the printed total; the others' items there are findings, and the advice is read again without those pages.
 */
export function readMixedAdvices(rows: readonly PageRow[], scanned: ReadonlySet<number>, known: KnownCurrency, findings: FindingList): Remittance[] {
  const onScan = (page: number | null): boolean => page !== null && scanned.has(page);
  for (let kept = rows; ;) {
    const said = new FindingList();
    const advices = readAdvices(kept, known, said).map((advice) => ({ ...advice, read: advice.remittance.lines.filter(({ where }) => onScan(where.page)) }));
    const unproven = advices.filter(({ balanced, read }) => !balanced && read.length > 0);
    if (unproven.length === 0) {
      for (const { severity, where, value, problem } of said.all()) findings[severity](where, value, problem);
      for (const { remittance, read } of advices) if (read.length > 0) pointOut({ ...remittance, lines: read }, kept, findings);
      return advices.map(({ remittance }) => remittance);
    }
    const pages = new Set(unproven.flatMap(({ read }) => read.map(({ where }) => where.page)));
    for (const { remittance, read } of unproven) distrust({ ...remittance, total: null, lines: read }, findings);
    kept = kept.filter(({ page }) => !pages.has(page));
  }
}
