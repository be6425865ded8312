import { type ChildEnd, programFile, runChild } from '../child/child-program.js';
import type { PageText } from '../paper/page-text.js';
import { PAGE_RUNS_MAX, PDF_HEAP_MEGABYTES_MAX, PDF_PAGES_MAX, PDF_TIME_MS_MAX } from './limits.js';

/** The text of a PDF, or the sentence that says why there is none. */
export async function pdfText(bytes: Uint8Array): Promise<PageText[] | string> {
  const pages: PageText[] = [];
  const file = programFile(import.meta.dirname, 'pdf-program', import.meta.filename);
  const end = await runChild(file, { bytes, pagesMax: PDF_PAGES_MAX, runsMax: PAGE_RUNS_MAX }, { timeMsMax: PDF_TIME_MS_MAX, heapMegabytesMax: PDF_HEAP_MEGABYTES_MAX }, (page) => { pages.push(page as PageText); });
  return end.kind === 'done' ? pages : whyNot(end);
}

function whyNot(end: Exclude<ChildEnd, { kind: 'done' }>): string {
  if (end.kind === 'problem') return end.problem;
  if (end.kind === 'time') return `the PDF was not read within ${PDF_TIME_MS_MAX / 1000} seconds; split it`;
  return `the program that reads PDFs died on this file (${end.detail}); print it to a new PDF`;
}
