import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { BENCH_FOLDER } from '../bench-database.js';
import { atLeast, atMost, type BenchFigure, expectEqual, reported } from '../figure.js';
import type { X12Run } from './x12-program.js';

const MEGABYTE = 1_000_000;
const FILE_MB = 52;
const ITEMS_OF_A_PAYMENT = 400;

/**
 * P7 of the benchmark suite: a file of 52 MB with 820s, streamed from disk and decoded to remittance lines whose sums are checked; beside it
 * x12-parser, which only cuts it into segments. Each in a process of its own. Processor seconds count, because they are the same on a busy machine.
 */
export async function x12Figures(): Promise<BenchFigure[]> {
  mkdirSync(BENCH_FOLDER, { recursive: true });
  const file = join(BENCH_FOLDER, 'remittances.edi');
  const { bytes, items } = await writeFile820(file);
  const ours = await runOnce('ours', file);
  const rival = await runOnce('x12-parser', file);
  if (existsSync(file)) rmSync(file);
  expectEqual('remittance lines', ours.items, items);
  expectEqual('findings', ours.findings, 0);
  const rate = bytes / MEGABYTE / ours.cpuSeconds;
  const rivalRate = bytes / MEGABYTE / rival.cpuSeconds;
  return [
    atLeast('P7 X12 820, 52 MB streamed and decoded', rate, 'MB per CPU second', 45, `${Math.round(items / ours.cpuSeconds).toLocaleString('en')} lines/s`),
    atMost('P7 X12 820, resident memory', ours.peakMb, 'MB', 150),
    reported('x12-parser, the same file, segments only', rivalRate, 'MB per CPU second', `ours is ${(rate / rivalRate).toFixed(1)} times as fast; ${Math.round(rival.peakMb)} MB`),
  ];
}

async function runOnce(reader: 'ours' | 'x12-parser', file: string): Promise<X12Run> {
  const told: X12Run[] = [];
  const child = fork(join(import.meta.dirname, 'x12-program.js'), [reader, file]);
  child.on('message', (message) => told.push(message as X12Run));
  await once(child, 'exit');
  const [run] = told;
  if (run === undefined) throw new Error(`${reader} did not finish`);
  return run;
}

/** A retailer's payments: invoice, purchase order and date for every item, discounts and deductions here and there. */
async function writeFile820(path: string): Promise<{ bytes: number; items: number }> {
  const out = createWriteStream(path);
  let bytes = 0;
  let sets = 0;
  const write = async (text: string): Promise<void> => {
    bytes += text.length;
    if (!out.write(text)) await once(out, 'drain');
  };
  await write('ISA*00*          *00*          *ZZ*PAYER          *ZZ*PAYEE          *261101*1200*U*00401*000000001*0*P*>~\nGS*RA*PAYER*PAYEE*20261101*1200*1*X*004010~\n');
  while (bytes < FILE_MB * MEGABYTE) {
    sets += 1;
    await write(payment(sets));
  }
  await write(`GE*${sets}*1~\nIEA*1*000000001~\n`);
  out.end();
  await finished(out);
  return { bytes, items: sets * ITEMS_OF_A_PAYMENT };
}

function payment(number: number): string {
  const segments: string[] = [];
  let total = 0;
  for (let index = 0; index < ITEMS_OF_A_PAYMENT; index += 1) {
    const gross = 10_000 + ((number * ITEMS_OF_A_PAYMENT + index) * 7919) % 900_000;
    const discount = index % 5 === 0 ? Math.floor(gross / 50) : 0;
    const deduction = index % 7 === 0 ? 500 : 0;
    const paid = gross - discount - deduction;
    total += paid;
    segments.push(`RMR*IV*INV${10_000_000 + number * ITEMS_OF_A_PAYMENT + index}*PI*${decimal(paid)}*${decimal(gross)}${discount === 0 ? '' : `*${decimal(discount)}`}`, `REF*PO*4500${100_000 + index}`, 'DTM*003*20261001');
    if (deduction > 0) segments.push('ADX*-5.00*54*CM*CLAIM7');
  }
  const control = String(number).padStart(4, '0');
  const head = [`ST*820*${control}`, `BPR*C*${decimal(total)}*C*ACH*CTX*01*021000021*DA*123*1234567890**01*011000015*DA*9*20261105`, `TRN*1*TRACE${number}*1234567890`, 'N1*PR*BIG RETAIL CO', 'ENT*1'];
  return [...head, ...segments, `SE*${head.length + segments.length + 1}*${control}`].map((segment) => `${segment}~\n`).join('');
}

function decimal(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}
