import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { X12parser } from 'x12-parser';
import { readDocument } from '#documents';
import { CountingSink } from './counting-sink.js';

/** What one reading of the file took, in this process alone. */
export interface X12Run {
  /** Remittance lines, or segments of the parser that has no lines. */
  readonly items: number;
  readonly findings: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
}

const CHUNK_BYTES = 64 * 1024;

async function ours(file: string): Promise<[items: number, findings: number]> {
  const sink = new CountingSink();
  const end = await readDocument(createReadStream(file, { highWaterMark: CHUNK_BYTES }), sink);
  if (end.refused !== null) throw new Error(end.refused.problem);
  return [sink.lines, sink.findings];
}

async function rival(file: string): Promise<[items: number, findings: number]> {
  let segments = 0;
  const count = new Writable({ objectMode: true, write: (_segment, _encoding, done) => { segments += 1; done(); } });
  await pipeline(createReadStream(file, { highWaterMark: CHUNK_BYTES }), new X12parser('utf8'), count);
  return [segments, 0];
}

const [reader = '', file = ''] = process.argv.slice(2);
const before = process.cpuUsage();
const [items, findings] = await (reader === 'ours' ? ours(file) : rival(file));
const { user, system } = process.cpuUsage(before);
const run: X12Run = { items, findings, cpuSeconds: (user + system) / 1_000_000, peakMb: process.resourceUsage().maxRSS / 1024 };
process.send?.(run);
process.disconnect();
