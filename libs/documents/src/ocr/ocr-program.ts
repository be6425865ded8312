/**
 * A program: reads the words in pictures, or in the pages of a PDF drawn as pictures. It runs in a process of its own (see
 * `child/child-program.ts`), imports nothing of this room at run time, and never reaches for the network: the language data is a package.
 * The recogniser, its data and the canvas are optional packages.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PageText, TextRun } from '../paper/page-text.js';
import type { ImagePage } from './image-pages.js';

interface Request {
  readonly bytes: Uint8Array;
  /** Pages of a picture file; null for a PDF. */
  readonly pages: readonly ImagePage[] | null;
  /** Numbers of the pages of a PDF that are read; null reads all. */
  readonly pageNumbers: readonly number[] | null;
  /** File URL from which the optional packages are looked for; null: from this program. */
  readonly packagesFrom: string | null;
  readonly pagesMax: number;
  readonly pixelsMax: number;
  readonly dotsPerInch: number;
}

interface Picture {
  /** Number of its page. */
  readonly page: number;
  readonly bytes: Uint8Array;
  /** Points of a dot. */
  readonly scale: number;
}

interface Line {
  readonly bbox: { readonly y0: number; readonly y1: number };
  readonly words: readonly { readonly text: string; readonly confidence: number; readonly bbox: { readonly x0: number; readonly x1: number } }[];
}

const require = createRequire(import.meta.url);
const POINTS_PER_INCH = 72;
/** Points of the width of a page whose dots per inch are not known: a letter's. */
const PAGE_POINTS = 612;
const MISSING = 'scans are read by optional packages that are not installed; install them with: npm install tesseract.js@7 @tesseract.js-data/eng@1 @napi-rs/canvas@1.0.11';
/** One block of rows: columns of a table stay in one row. */
const SINGLE_BLOCK = '6';

function tell(message: unknown): void {
  process.send?.(message);
}

class Refusal extends Error {}

/** The smaller of the two data sets: as good on print, a third of the size. */
function languageFolder(packages: NodeJS.Require): string {
  const folder = join(dirname(packages.resolve('@tesseract.js-data/eng/package.json')), '4.0.0_best_int');
  if (!existsSync(join(folder, 'eng.traineddata.gz'))) throw new Refusal(MISSING);
  return folder;
}

async function read(request: Request): Promise<void> {
  const packages = request.packagesFrom === null ? require : createRequire(request.packagesFrom);
  const langPath = languageFolder(packages);
  const { createWorker } = packages('tesseract.js') as typeof import('tesseract.js');
  let problem: unknown = null;
  const worker = await createWorker('eng', 1, { langPath, cacheMethod: 'none', gzip: true, errorHandler: (error: unknown) => { problem = error; } });
  await worker.setParameters({ tessedit_pageseg_mode: SINGLE_BLOCK as never });
  for await (const { page, bytes, scale } of request.pages === null ? drawn(request, packages) : pictures(request.bytes, request.pages, request.pixelsMax)) {
    const { data } = await worker.recognize(Buffer.from(bytes), {}, { blocks: true, text: false });
    if (problem !== null) throw new Refusal(`the picture of page ${page} cannot be read; ask for it as PNG, JPEG or TIFF`);
    const lines = (data.blocks ?? []).flatMap(({ paragraphs }) => paragraphs.flatMap((paragraph) => paragraph.lines as readonly Line[]));
    const text: PageText = { page, runs: lines.flatMap((line) => runsOf(line, scale)), slanted: 0 };
    tell(text);
  }
  await worker.terminate();
}

function runsOf({ bbox, words }: Line, scale: number): TextRun[] {
  const height = (bbox.y1 - bbox.y0) * scale;
  return words.map(({ text, confidence, bbox: { x0, x1 } }) => ({ text, x: x0 * scale, y: bbox.y1 * scale, width: (x1 - x0) * scale, height, confidence }));
}

function* pictures(bytes: Uint8Array, pages: readonly ImagePage[], pixelsMax: number): Generator<Picture> {
  const file = Buffer.from(bytes);
  for (const [index, { width, height, directory }] of pages.entries()) {
    if (width * height > pixelsMax || width === 0 || height === 0) throw new Refusal(`a page of ${width} x ${height} dots: at most ${pixelsMax} are read; send it with fewer dots per inch`);
    if (directory !== null) {
      // The file is made to begin, and to end, with this page.
      if (directory.littleEndian) file.writeUInt32LE(directory.at, 4);
      else file.writeUInt32BE(directory.at, 4);
      file.writeUInt32LE(0, directory.nextAt);
    }
    yield { page: index + 1, bytes: file, scale: PAGE_POINTS / width };
  }
}

async function* drawn({ bytes, pageNumbers, pagesMax, pixelsMax, dotsPerInch }: Request, packages: NodeJS.Require): AsyncGenerator<Picture> {
  const { createCanvas } = packages('@napi-rs/canvas') as typeof import('@napi-rs/canvas');
  const { getDocument, VerbosityLevel } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const folder = dirname(require.resolve('pdfjs-dist/package.json'));
  const document = await getDocument({
    data: new Uint8Array(bytes), verbosity: VerbosityLevel.ERRORS, enableXfa: false, useSystemFonts: false, useWorkerFetch: false, disableAutoFetch: true, disableRange: true, disableStream: true, maxImageSize: pixelsMax,
    cMapUrl: `${join(folder, 'cmaps')}/`, cMapPacked: true, standardFontDataUrl: `${join(folder, 'standard_fonts')}/`, wasmUrl: `${join(folder, 'wasm')}/`,
  }).promise;
  const numbers = pageNumbers ?? Array.from({ length: document.numPages }, (_, index) => index + 1);
  if (numbers.length > pagesMax) throw new Refusal(`the PDF has ${numbers.length} scanned pages, ${pagesMax} are read; split it`);
  for (const number of numbers) {
    const page = await document.getPage(number);
    const viewport = page.getViewport({ scale: dotsPerInch / POINTS_PER_INCH });
    const [width, height] = [Math.ceil(viewport.width), Math.ceil(viewport.height)];
    if (width * height > pixelsMax) throw new Refusal(`page ${number} of the PDF is larger than is read; print it on letter or A4 paper`);
    const canvas = createCanvas(width, height);
    await page.render({ canvas: canvas as never, viewport }).promise;
    yield { page: number, bytes: canvas.toBuffer('image/png'), scale: POINTS_PER_INCH / dotsPerInch };
    page.cleanup();
  }
}

// Who asked is gone: nobody waits for the answer.
process.once('disconnect', () => { process.exit(1); });
process.once('message', (request: Request) => {
  read(request).then(() => tell({ end: 'done' }), (error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    tell({ end: 'problem', problem: missing ? MISSING : error instanceof Refusal ? error.message : `the scan cannot be read: ${error instanceof Error ? error.message : String(error)}` });
  });
});
