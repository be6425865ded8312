import { parse } from 'csv-parse';
import { atLeast, atMost, type BenchFigure, expectEqual, reported } from '../figure.js';
import { measureStream } from './counting-sink.js';

const ROWS = 1_000_000;
const BLOCK_ROWS = 1_000;
const HEADER = 'Booking Date,Value Date,Description,Amount,Currency,Balance,Account,Reference\n';

/** P9: a bank's CSV of a million rows from a stream, its layout guessed and its running balance checked, beside csv-parse, which only cuts cells. */
export async function run(): Promise<BenchFigure[]> {
  const { cpuSeconds, bytes, peakMb, sink } = await measureStream({}, HEADER, block(), ROWS / BLOCK_ROWS, '');
  expectEqual('transactions read', sink.transactions, ROWS);
  const rivalSeconds = await secondsOfRival();
  return [
    atLeast('P9 CSV, streamed, layout guessed, balance checked', ROWS / cpuSeconds, 'rows/s of processor time', 250_000, `${Math.round(bytes / 1_000_000)} MB`),
    atLeast('P9 CSV, the same', bytes / cpuSeconds / 1_000_000, 'MB/s of processor time', 60),
    atMost('P9 CSV, peak memory', peakMb, 'MB', 150),
    reported('csv-parse, cells only', ROWS / rivalSeconds, 'rows/s of processor time', 'the same stream, nothing understood'),
  ];
}

async function secondsOfRival(): Promise<number> {
  const parser = parse({ bom: true });
  let rows = 0;
  parser.on('data', () => { rows += 1; });
  const ended = new Promise<void>((resolve, reject) => { parser.on('end', resolve).on('error', reject); });
  const [head, body] = [Buffer.from(HEADER), Buffer.from(block())];
  const start = process.cpuUsage();
  parser.write(head);
  for (let index = 0; index < ROWS / BLOCK_ROWS; index += 1) {
    if (!parser.write(body)) await new Promise((resolve) => { parser.once('drain', resolve); });
  }
  parser.end();
  await ended;
  expectEqual('rows of csv-parse', rows, ROWS + 1);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/** Rows whose amounts sum to nothing, so that a block can be repeated under one running balance. */
function block(): string {
  const lines: string[] = [];
  let cents = 1_000_000;
  for (let index = 0; index < BLOCK_ROWS; index += 1) {
    const amount = (100 + ((Math.floor(index / 2) * 7919) % 90_000)) * (index % 2 === 0 ? 1 : -1);
    cents += amount;
    lines.push(`2026-03-${String(1 + (index % 28)).padStart(2, '0')},2026-03-28,"PAYMENT INVOICE ${100_000 + index}, THANK YOU",${decimal(amount)},USD,${decimal(cents)},123456789,REF${100_000 + index}`);
  }
  return `${lines.join('\n')}\n`;
}

function decimal(cents: number): string {
  const magnitude = Math.abs(cents);
  return `${cents < 0 ? '-' : ''}${Math.floor(magnitude / 100)}.${String(magnitude % 100).padStart(2, '0')}`;
}
