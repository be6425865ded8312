/**
 * A program: reads the text of one PDF and its place on the pages. It runs in a process of its own (see `child/child-program.ts`), takes one
 * request and sends a page a message. It imports nothing of this room at run time, so that it runs built and unbuilt alike. Scripts in the
 * file are never run, forms are not laid out, nothing is fetched.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PageText, TextRun } from '../paper/page-text.js';

interface Request {
  readonly bytes: Uint8Array;
  readonly pagesMax: number;
  readonly runsMax: number;
}

type PdfLibrary = typeof import('pdfjs-dist/legacy/build/pdf.mjs');
type PdfPage = Awaited<ReturnType<Awaited<ReturnType<PdfLibrary['getDocument']>['promise']>['getPage']>>;

/** The rest of its words tell a programmer something; these tell a person what to do. */
const PROBLEMS: Readonly<Record<string, string>> = {
  PasswordException: 'the PDF is protected by a password; ask for one without',
  InvalidPDFException: 'the PDF is damaged; ask for it to be sent again',
};

function tell(message: unknown): void {
  process.send?.(message);
}

async function read({ bytes, pagesMax, runsMax }: Request): Promise<void> {
  const library = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const folder = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  const task = library.getDocument({
    data: new Uint8Array(bytes), verbosity: library.VerbosityLevel.ERRORS, enableXfa: false, useSystemFonts: false, disableFontFace: true, useWorkerFetch: false, stopAtErrors: false,
    disableAutoFetch: true, disableRange: true, disableStream: true,
    // Local files: the character maps of Asian fonts, and the widths of fonts that a file does not bring along.
    cMapUrl: `${join(folder, 'cmaps')}/`, cMapPacked: true, standardFontDataUrl: `${join(folder, 'standard_fonts')}/`,
  });
  const document = await task.promise;
  if (document.numPages > pagesMax) return tell({ end: 'problem', problem: `the PDF has ${document.numPages} pages, ${pagesMax} are read; split it` });
  for (let number = 1; number <= document.numPages; number += 1) {
    const page = await document.getPage(number);
    const text = await pageText(page, number, runsMax);
    if (typeof text === 'string') return tell({ end: 'problem', problem: text });
    tell(text);
    page.cleanup();
  }
  tell({ end: 'done' });
}

async function pageText(page: PdfPage, number: number, runsMax: number): Promise<PageText | string> {
  const viewport = page.getViewport({ scale: 1 });
  const { items } = await page.getTextContent();
  const runs: TextRun[] = [];
  let slanted = 0;
  for (const item of items) {
    if (!('str' in item) || item.str.trim() === '') continue;
    // The page's own rotation is part of the viewport: what is upright on screen is upright here.
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = item.transform as number[];
    const [va = 1, vb = 0, vc = 0, vd = -1, ve = 0, vf = 0] = viewport.transform as number[];
    const along = { x: a * va + b * vc, y: a * vb + b * vd };
    const height = item.height > 0 ? item.height : Math.hypot(c, d);
    if (along.x <= 0 || Math.abs(along.y) > Math.abs(along.x) / 10) slanted += 1;
    else runs.push({ text: item.str, x: e * va + f * vc + ve, y: e * vb + f * vd + vf, width: item.width, height });
    if (runs.length > runsMax) return `page ${number} has more than ${runsMax} pieces of text; print it to a new PDF`;
  }
  return { page: number, runs, slanted };
}

// Who asked is gone: nobody waits for the answer.
process.once('disconnect', () => { process.exit(1); });
process.once('message', (request: Request) => {
  read(request).catch((error: unknown) => {
    const name = error instanceof Error ? error.name : '';
    tell({ end: 'problem', problem: PROBLEMS[name] ?? `the PDF cannot be read: ${error instanceof Error ? error.message : String(error)}` });
  });
});
