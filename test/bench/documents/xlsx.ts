import { Readable } from 'node:stream';
import exceljs from 'exceljs';
import { rowsXml, workbook, workbookFiles, zip } from '../../../libs/documents/src/testing/index.js';
import { parseDocument } from '#documents';
import { atMost, type BenchFigure, expectEqual, reported, WrongResult } from '../figure.js';

const ROWS = 100_000;
const BOMB_BYTES = 310_000_000;
const EXCELJS_MB_MIN = 1;

/** P9, P17, S5: a workbook of 100,000 items read as a remittance, beside exceljs, which gives cells only; and a workbook that unpacks to 310 MB. */
export async function run(): Promise<BenchFigure[]> {
  const bomb = zip(workbookFiles({ sheets: [{ name: 'S', rows: ' '.repeat(BOMB_BYTES) }] }));
  const bombMb = process.resourceUsage().maxRSS / 1024;
  const bombMs = await refuses(bomb);
  const book = workbook({ sheets: [{ name: 'Advice', rows: rowsXml([['Invoice', 'Date', 'Purchase order', 'Gross', 'Discount', 'Amount paid', 'Currency', 'Description'], ...items()]) }], formats: ['yyyy-mm-dd', '#,##0.00'] });
  const start = process.cpuUsage();
  const parsed = await parseDocument(book);
  const cpuSeconds = secondsSince(start);
  expectEqual('refused', parsed.refused, null);
  expectEqual('items read', parsed.remittances[0]?.lines.length, ROWS);
  const residentMb = process.memoryUsage.rss() / 2 ** 20;
  const rival = await secondsOfRival(book);
  return [
    atMost('XLSX of 100,000 rows', cpuSeconds, 's of processor time', 3, `${(book.length / 1e6).toFixed(1)} MB packed, 8 columns`),
    reported('XLSX, memory after it', residentMb, 'MB', 'with the bench\'s own generator and bomb; see the memory program for the reader alone'),
    reported('exceljs, cells only', rival, 's of processor time', 'whole file, the same workbook'),
    atMost(`S5 ${Math.round(bomb.length / 1000)} kB that unpack to 310 MB, refused`, bombMs, 'ms', 200, `peak before ${Math.round(bombMb)} MB is the generator's`),
  ];
}

async function refuses(bomb: Buffer): Promise<number> {
  const start = performance.now();
  const { refused } = await parseDocument(bomb);
  const milliseconds = performance.now() - start;
  if (refused === null) throw new WrongResult('a workbook of 310 MB was read');
  return milliseconds;
}

async function secondsOfRival(book: Buffer): Promise<number> {
  const start = process.cpuUsage();
  const rival = new exceljs.Workbook();
  await rival.xlsx.read(Readable.from([book]));
  expectEqual('rows of exceljs', rival.worksheets[0]?.rowCount, ROWS + 1);
  if (book.length < EXCELJS_MB_MIN) throw new WrongResult('the workbook is too small to say anything');
  return secondsSince(start);
}

function items(): (string | { readonly number: string; readonly style: number })[][] {
  return Array.from({ length: ROWS }, (_, index) => {
    const gross = 10_000 + ((index * 7919) % 900_000);
    const discount = index % 3 === 0 ? Math.floor(gross / 50) : 0;
    const amount = (cents: number): { readonly number: string; readonly style: number } => ({ number: String(cents / 100), style: 2 });
    return [`INV-${100_000 + index}`, { number: String(46_000 + (index % 90)), style: 1 }, `PO${index % 977}`, amount(gross), amount(discount), amount(gross - discount), 'USD', `Delivery ${index}`];
  });
}

function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}
