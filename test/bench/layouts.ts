import { join } from 'node:path';
import { loadLayoutFolder, type LoadedLayout } from '#layouts';
import type { JsonObject } from '#canonical';
import { atLeast, atMost, expectEqual, type BenchFigure, type BenchOptions, WrongResult } from './figure.js';
import { openItems } from './open-items.js';

const MAPPINGS = join(import.meta.dirname, '..', '..', '..', 'mappings');
const OPEN_ITEMS = 1_000_000;
const POSTING_LINES = 100_000;
const RUNS = 3;

/** A ledger's open items by the plain CSV template, made and read in pieces; and posting files of 100,000 lines. */
export async function run(options: BenchOptions): Promise<BenchFigure[]> {
  const layouts = await loadLayoutFolder(MAPPINGS, 'mappings');
  const rows = options.rows ?? OPEN_ITEMS;
  const open = named(layouts, 'csv.invoices');
  const making = await seconds(async () => { for await (const chunk of openItems(rows)) if (chunk.length === 0) throw new WrongResult('an empty chunk'); });
  const processorBefore = process.cpuUsage();
  const reading = await seconds(async () => { await readOpenItems(open, rows); });
  const processor = process.cpuUsage(processorBefore);
  const peakMb = process.resourceUsage().maxRSS / 1024;
  const csv = named(layouts, 'csv.postings.post');
  const lockbox = named(layouts, 'oracle.autolockbox.post');
  // A lockbox file takes 999 payments, so each has a hundred invoices.
  const [small, large] = [batch(POSTING_LINES / 4, 3), batch(990, 100)];
  return [
    atLeast('open-items CSV into rows', rows / Math.max(reading - making, 0.001), 'rows/s', 250_000, `${rows} rows of 12 columns; making the bytes (${making.toFixed(2)} s) taken off; ${((processor.user + processor.system) / 1e6).toFixed(1)} processor seconds with it; peak of the process ${Math.round(peakMb)} MB`),
    atMost('posting file by the CSV template', await median(() => { renderLines(csv, small); }), 's', 2, `${POSTING_LINES} lines`),
    atMost('posting file by Oracle AutoLockbox', await median(() => { renderLines(lockbox, large); }), 's', 2, `${POSTING_LINES} lines`),
  ];
}

function named(layouts: ReadonlyMap<string, LoadedLayout>, name: string): LoadedLayout {
  const layout = layouts.get(name);
  if (layout === undefined) throw new WrongResult(`there is no layout ${name}`);
  return layout;
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function readOpenItems(layout: LoadedLayout, rows: number): Promise<void> {
  let seen = 0;
  let cents = 0n;
  for await (const part of layout.read(openItems(rows))) {
    if (part.kind === 'problem') throw new WrongResult(`line ${part.line}: ${part.problem}`);
    if (part.kind === 'end') expectEqual('rows', part.rows, rows);
    else { seen += 1; if (seen % 1000 === 0) cents += BigInt((part.fields['open'] ?? '').replace('.', '')); }
  }
  expectEqual('rows handed out', seen, rows);
  if (cents === 0n) throw new WrongResult('no amount was read');
}

interface Batch { readonly file: JsonObject; readonly details: readonly JsonObject[] }

function batch(postings: number, invoices: number): Batch {
  const details = Array.from({ length: postings }, (_, index): JsonObject => ({
    stepKey: `trb-${String(index).padStart(32, '0')}-file`, customerExternalId: `C${index}`, companyExternalId: '1', postedOn: '2026-03-01', currency: 'USD',
    amount: `${invoices * 20}.00`, onAccount: '0.00', reference: `CHK${index}`, memo: 'Cheque, several invoices',
    invoices: Array.from({ length: invoices }, (_each, number) => ({ externalId: `${index}${number}`, number: `INV${index}-${number}`, amount: '20.00' })),
  }));
  return { file: { sequence: '1', closedAt: '2026-03-01T12:00:00Z', closedOn: '2026-03-01', postedOn: '2026-03-01', currency: 'USD', lockbox: '1234567', destination: '1234567890', origin: '0210000890' }, details };
}

function renderLines(layout: LoadedLayout, content: Batch): void {
  const bytes = Buffer.from(layout.render(content));
  let lines = 0;
  for (let index = bytes.indexOf(10); index >= 0; index = bytes.indexOf(10, index + 1)) lines += 1;
  if (lines < POSTING_LINES - 10) throw new WrongResult(`${lines} lines, expected about ${POSTING_LINES}`);
}

async function median(work: () => void): Promise<number> {
  const all: number[] = [];
  for (let attempt = 0; attempt < RUNS; attempt += 1) all.push(await seconds(() => { work(); return Promise.resolve(); }));
  return all.toSorted((left, right) => left - right)[Math.floor(RUNS / 2)] ?? Number.POSITIVE_INFINITY;
}
