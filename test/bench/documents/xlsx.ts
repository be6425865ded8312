import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowsXml, workbook, workbookFiles, zip } from '../../../libs/documents/src/testing/index.js';
import { BENCH_FOLDER } from '../bench-database.js';
import { atMost, type BenchFigure, expectEqual, reported, WrongResult } from '../figure.js';
import type { WorkbookReading } from './xlsx-program.js';

const ROWS = 100_000;
const BOMB_BYTES = 310_000_000;

/**
 * P9, P17, S5: a workbook of 100,000 items read as a remittance, beside exceljs, which gives cells only; and one that unpacks to 310 MB. Each
 * is read by a process of its own, so that its memory is the reader's.
 */
export function run(): Promise<BenchFigure[]> {
  const book = stored('items.xlsx', workbook({ sheets: [{ name: 'Advice', rows: rowsXml([['Invoice', 'Date', 'Purchase order', 'Gross', 'Discount', 'Amount paid', 'Currency', 'Description'], ...items()]) }], formats: ['yyyy-mm-dd', '#,##0.00'] }));
  const bomb = stored('bomb.xlsx', zip(workbookFiles({ sheets: [{ name: 'S', rows: ' '.repeat(BOMB_BYTES) }] })));
  const ours = read('ours', book);
  expectEqual('items read', ours.rows, ROWS);
  const rival = read('exceljs', book);
  expectEqual('rows of exceljs', rival.rows, ROWS);
  const refusal = read('ours', bomb);
  if (refusal.refused === null) throw new WrongResult('a workbook of 310 MB was read');
  return Promise.resolve([
    atMost('XLSX of 100,000 rows, 8 columns', ours.cpuSeconds, 's of processor time', 3, `${(ours.milliseconds / 1000).toFixed(1)} s on the clock`),
    atMost('XLSX, peak memory', ours.peakMb, 'MB', 250),
    reported('exceljs, cells only', rival.cpuSeconds, 's of processor time', `${Math.round(rival.peakMb)} MB`),
    atMost('S5 a bomb of 310 MB, refused', refusal.milliseconds, 'ms', 200),
    atMost('S5 the bomb, peak memory', refusal.peakMb, 'MB', 100),
  ]);
}

function stored(name: string, bytes: Buffer): string {
  mkdirSync(BENCH_FOLDER, { recursive: true });
  const path = join(BENCH_FOLDER, name);
  writeFileSync(path, bytes);
  return path;
}

function read(reader: 'ours' | 'exceljs', path: string): WorkbookReading {
  return JSON.parse(execFileSync(process.execPath, ['--max-semi-space-size=8', join(import.meta.dirname, 'xlsx-program.js'), reader, path], { encoding: 'utf8' })) as WorkbookReading;
}

function items(): (string | { readonly number: string; readonly style: number })[][] {
  return Array.from({ length: ROWS }, (_, index) => {
    const gross = 10_000 + ((index * 7919) % 900_000);
    const discount = index % 3 === 0 ? Math.floor(gross / 50) : 0;
    const amount = (cents: number): { readonly number: string; readonly style: number } => ({ number: String(cents / 100), style: 2 });
    return [`INV-${100_000 + index}`, { number: String(46_000 + (index % 90)), style: 1 }, `PO${index % 977}`, amount(gross), amount(discount), amount(gross - discount), 'USD', `Delivery ${index}`];
  });
}
