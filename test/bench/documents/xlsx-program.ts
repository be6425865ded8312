import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { parseDocument } from '#documents';
import { residentMb } from '../process-usage.js';

/** What reading one workbook took, in a process that did nothing else. */
export interface WorkbookReading {
  readonly milliseconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
  readonly rows: number;
  readonly refused: string | null;
}

/** `node xlsx-program.js ours|exceljs FILE` writes a {@link WorkbookReading} as JSON. */
async function main(): Promise<void> {
  const [rival = '', path = ''] = process.argv.slice(2);
  const bytes = readFileSync(path);
  const read = rival === 'exceljs' ? await excelReader() : readOurs;
  const start = performance.now();
  const cpu = process.cpuUsage();
  const found = await read(bytes);
  const { user, system } = process.cpuUsage(cpu);
  const reading: WorkbookReading = { milliseconds: performance.now() - start, cpuSeconds: (user + system) / 1e6, peakMb: residentMb(process.pid)?.peak ?? Number.NaN, ...found };
  process.stdout.write(JSON.stringify(reading));
}

async function readOurs(bytes: Buffer): Promise<{ readonly rows: number; readonly refused: string | null }> {
  const { remittances, refused } = await parseDocument(bytes);
  return { rows: remittances.reduce((sum, { lines }) => sum + lines.length, 0), refused: refused?.problem ?? null };
}

async function excelReader(): Promise<typeof readOurs> {
  const { default: exceljs } = await import('exceljs');
  return async (bytes) => {
    const book = new exceljs.Workbook();
    await book.xlsx.read(Readable.from([bytes]));
    return { rows: (book.worksheets[0]?.rowCount ?? 1) - 1, refused: null };
  };
}

await main();
