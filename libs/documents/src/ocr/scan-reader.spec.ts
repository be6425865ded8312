import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatMoney } from '#canonical';
import type { ReadDocument } from '../document-reader.js';
import { CollectingSink } from '../document-sink.js';
import { parseDocument } from '../parse-document.js';
import { pageRows } from '../paper/page-rows.js';
import type { TextRun } from '../paper/page-text.js';
import { mixedPdf, type PdfRun, scannedPdf } from '../pdf/testing/pdf-builder.js';
import { imagePages } from './image-pages.js';
import { scanText } from './scan-text.js';
import { takeScan } from './scan-reader.js';

/** Null, or the sentence that says why scans cannot be read in this run. */
function whyNoScans(): string | null {
  const require = createRequire(import.meta.url);
  for (const name of ['tesseract.js', '@tesseract.js-data/eng/package.json', '@napi-rs/canvas']) {
    try {
      require.resolve(name);
    } catch {
      return `the optional package ${name} is not installed: the reading of scans was not checked in this run`;
    }
  }
  return null;
}

const WIDTH = 1700;
const HEIGHT = 1100;
const ADVICE: readonly (readonly [x: number, y: number, text: string])[] = [
  [120, 120, 'REMITTANCE ADVICE'], [120, 200, 'Payment number: 4711'], [900, 200, 'Payment date: 14 March 2026'], [120, 260, 'Currency: USD'],
  [120, 380, 'Invoice'], [800, 380, 'Gross amount'], [1300, 380, 'Net paid'], [120, 450, 'INV-1001'], [800, 450, '4,000.00'], [1300, 450, '4,000.00'], [120, 520, 'INV-1002'], [800, 520, '500.00'], [1300, 520, '500.00'],
  [120, 660, 'Total'], [1300, 660, '4,500.00'],
];

async function drawn(texts: typeof ADVICE): Promise<{ png: Buffer; jpeg: Buffer; grey: Buffer }> {
  const { createCanvas } = await import('@napi-rs/canvas');
  const canvas = createCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = 'black';
  context.font = '40px sans-serif';
  for (const [x, y, text] of texts) context.fillText(text, x, y);
  const { data } = context.getImageData(0, 0, WIDTH, HEIGHT);
  const grey = Buffer.from(Array.from({ length: WIDTH * HEIGHT }, (_, index) => data[index * 4] ?? 255));
  return { png: canvas.toBuffer('image/png'), jpeg: canvas.toBuffer('image/jpeg', 95), grey };
}

/** A TIFF of uncompressed grey pages, one directory each. */
function tiff(pages: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.from('II*\0\0\0\0\0', 'latin1')];
  let length = 8;
  let link: { part: Buffer; at: number } = { part: parts[0] ?? Buffer.alloc(8), at: 4 };
  for (const pixels of pages) {
    const fields = [[256, 4, WIDTH], [257, 4, HEIGHT], [258, 3, 8], [259, 3, 1], [262, 3, 1], [273, 4, length], [277, 3, 1], [278, 4, HEIGHT], [279, 4, pixels.length]];
    const directory = Buffer.alloc(2 + fields.length * 12 + 4);
    directory.writeUInt16LE(fields.length, 0);
    for (const [index, [tag = 0, type = 0, value = 0]] of fields.entries()) {
      directory.writeUInt16LE(tag, 2 + index * 12);
      directory.writeUInt16LE(type, 4 + index * 12);
      directory.writeUInt32LE(1, 6 + index * 12);
      directory.writeUInt32LE(value, 10 + index * 12);
    }
    link.part.writeUInt32LE(length + pixels.length, link.at);
    parts.push(pixels, directory);
    length += pixels.length + directory.length;
    link = { part: directory, at: directory.length - 4 };
  }
  return Buffer.concat(parts);
}

function told({ remittances }: ReadDocument): string[] {
  return remittances.flatMap(({ reference, lines }) => lines.map(({ reference: item, paid, where }) => `${reference ?? ''} ${item} ${paid === null ? '' : formatMoney(paid)} page ${String(where.page)}`));
}

const BOTH = ['4711 INV-1001 4000.00 page 1', '4711 INV-1002 500.00 page 1'];

const missing = whyNoScans();
if (missing === null) {
  describe('a scanned advice', () => {
    it('is taken, marked, when its items come to the printed total: PNG, and a scanned PDF', async () => {
      const { png, jpeg } = await drawn(ADVICE);
      const image = await parseDocument(png);
      expect([image.format, image.version, told(image)]).toEqual(['image', 'scan', BOTH]);
      expect(image.findings[0]).toMatchObject({ severity: 'warning', problem: expect.stringContaining('read from a scan') as string });
      const document = await parseDocument(scannedPdf([{ bytes: jpeg, width: WIDTH, height: HEIGHT }]));
      expect([document.format, document.version, told(document)]).toEqual(['pdf', 'scan', BOTH]);
    });

    it('is not taken without a proof: every item becomes a finding for a person', async () => {
      const { jpeg } = await drawn(ADVICE.filter(([, , text]) => text !== 'INV-1002' && text !== '500.00'));
      const parsed = await parseDocument(jpeg);
      expect([parsed.remittances, parsed.refused?.problem.includes('nothing was taken')]).toEqual([[], true]);
      expect(parsed.findings.filter(({ severity }) => severity === 'error').map(({ value }) => value)).toEqual(['4500.00', 'INV-1001 4000.00']);
    });

    it('is read where it is a page among pages of text, and believed only with them: a printed total proves both', async () => {
      const printed: PdfRun[] = [[50, 740, 'Payment number: 4711'], [50, 720, 'Currency: USD'], [43, 650, 'Invoice'], [288, 650, 'Gross amount'], [468, 650, 'Net paid'], [43, 630, 'INV-1000'], [288, 630, '100.00'], [468, 630, '100.00']];
      const { jpeg } = await drawn([[120, 120, 'INV-1002'], [800, 120, '500.00'], [1300, 120, '500.00'], [120, 260, 'Total'], [1300, 260, '600.00']]);
      const picture = { bytes: jpeg, width: WIDTH, height: HEIGHT };
      const proven = await parseDocument(mixedPdf([printed, picture]));
      expect([proven.version, told(proven)]).toEqual(['1.4', ['4711 INV-1000 100.00 page 1', '4711 INV-1002 500.00 page 2']]);
      expect(proven.findings.map(({ problem, where }) => [where.page, problem.includes('read from a scan')])).toContainEqual([1, true]);
      const unproven = await parseDocument(mixedPdf([printed.with(-1, [468, 630, '99.00']), picture]));
      expect(told(unproven)).toEqual(['4711 INV-1000 99.00 page 1']);
      expect(unproven.findings).toContainEqual(expect.objectContaining({ severity: 'error', value: 'INV-1002 500.00', where: expect.objectContaining({ page: 2 }) as object }));
    });

    it('is read on every page of a TIFF', async () => {
      const first = await drawn(ADVICE.slice(0, 10));
      const second = await drawn([[120, 120, 'INV-1002'], [800, 120, '500.00'], [1300, 120, '500.00'], ...ADVICE.slice(-2)]);
      expect(told(await parseDocument(tiff([first.grey, second.grey])))).toEqual(['4711 INV-1001 4000.00 page 1', '4711 INV-1002 500.00 page 2']);
    });
  });
} else {
  describe(`a scanned advice: skipped, ${missing}`, () => {
    it('is refused with what to install', async () => {
      console.warn(missing);
      const parsed = await parseDocument(tiff([Buffer.alloc(WIDTH * HEIGHT, 255)]));
      expect(parsed.refused?.problem).toContain('npm install');
    });
  });
}

describe('the optional packages of scans', () => {
  it('are named with what installs them where they are not there', async () => {
    const nowhere = mkdtempSync(join(tmpdir(), 'tributary-no-packages-'));
    const problem = await scanText({ bytes: tiff([Buffer.alloc(WIDTH * HEIGHT, 255)]), pages: [{ width: WIDTH, height: HEIGHT, directory: null }] }, pathToFileURL(join(nowhere, 'program.js')).href);
    rmSync(nowhere, { recursive: true });
    expect(problem).toMatch(/not installed.*npm install tesseract\.js@\S+ @tesseract\.js-data\/eng@\S+ @napi-rs\/canvas@\S+$/);
  });
});

describe('the headers of a picture', () => {
  it('bound it before it is unpacked, and name what is wrong with it', async () => {
    const bomb = Buffer.from('89504e470d0a1a0a0000000d494844520000ffff0000ffff0806000000', 'hex');
    expect(imagePages(bomb, 'png', 20)).toEqual([{ width: 65_535, height: 65_535, directory: null }]);
    expect(imagePages(Buffer.from('89504e470d0a1a0a', 'hex'), 'png', 20)).toContain('cut off');
    expect(imagePages(Buffer.from('II*\0\x08\0\0\0\0\0\x08\0\0\0', 'latin1'), 'tiff', 20)).toContain('circle');
    const parsed = await parseDocument(bomb);
    expect(parsed.refused).not.toBeNull();
  });
});

describe('words of a scan', () => {
  const run = (text: string, x: number, y: number, confidence: number): TextRun => ({ text, x, y, width: text.length * 5, height: 10, confidence });

  it('are pointed out where the recogniser is not sure', () => {
    const runs = [run('Invoice', 10, 10, 99), run('Paid', 300, 10, 99), run('INV-1', 10, 30, 60), run('5.00', 300, 30, 99), run('Total', 10, 50, 99), run('5.00', 300, 50, 99)];
    const sink = new CollectingSink();
    const end = takeScan([{ page: 1, runs, slanted: 0 }], sink, { currency: 'USD' });
    expect([end.refused, sink.remittances.length, pageRows(1, runs).length]).toEqual([null, 1, 3]);
    expect(sink.findings.map(({ value }) => value)).toEqual(['5.00', 'INV-1']);
  });
});
