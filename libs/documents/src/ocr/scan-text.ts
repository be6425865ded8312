import { type ChildEnd, programFile, runChild } from '../child/child-program.js';
import type { PageText } from '../paper/page-text.js';
import type { ImagePage } from './image-pages.js';
import { IMAGE_PIXELS_MAX, SCAN_DOTS_PER_INCH, SCAN_HEAP_MEGABYTES_MAX, SCAN_PAGES_MAX, SCAN_TIME_MS_MAX } from './limits.js';

/** What is scanned. */
export interface Scan {
  readonly bytes: Uint8Array;
  /** Pages of a picture file; null for a PDF, which is drawn. */
  readonly pages: readonly ImagePage[] | null;
  /** Numbers of the pages of a PDF that are pictures; left out, all are. */
  readonly pageNumbers?: readonly number[] | null;
}

/**
 * The words of a scan, or the sentence that says why there are none.
 * @param packagesFrom file URL of a place whose packages are taken instead of this house's
 */
export async function scanText({ bytes, pages: images, pageNumbers = null }: Scan, packagesFrom: string | null = null): Promise<PageText[] | string> {
  const pages: PageText[] = [];
  const request = { bytes, pages: images, pageNumbers, packagesFrom, pagesMax: SCAN_PAGES_MAX, pixelsMax: IMAGE_PIXELS_MAX, dotsPerInch: SCAN_DOTS_PER_INCH };
  const file = programFile(import.meta.dirname, 'ocr-program', import.meta.filename);
  const end = await runChild(file, request, { timeMsMax: SCAN_TIME_MS_MAX, heapMegabytesMax: SCAN_HEAP_MEGABYTES_MAX }, (page) => { pages.push(page as PageText); });
  return end.kind === 'done' ? pages : whyNot(end);
}

function whyNot(end: Exclude<ChildEnd, { kind: 'done' }>): string {
  if (end.kind === 'problem') return end.problem;
  if (end.kind === 'time') return `the scan was not read within ${SCAN_TIME_MS_MAX / 1000} seconds; split it`;
  return `the program that reads scans died on this file (${end.detail}); scan it again in black and white`;
}
