import type { Finding, StatementTransaction } from '#canonical';
import { type DocumentSink, readDocument, type ReadOptions } from '#documents';
import { WrongResult } from '../figure.js';

/** Counts and keeps nothing, so that a bench measures the reader. */
export class CountingSink implements DocumentSink {
  statements = 0;
  transactions = 0;
  remittances = 0;
  lines = 0;
  minor = 0n;
  findings = 0;
  first: Finding | null = null;

  openStatement(): void {
    this.statements += 1;
  }

  transaction({ amount }: StatementTransaction): void {
    this.transactions += 1;
    this.minor += amount.minor;
  }

  closeStatement(): void {}

  remittance({ lines }: { readonly lines: readonly unknown[] }): void {
    this.remittances += 1;
    this.lines += lines.length;
  }

  entry(): void {}

  finding(finding: Finding): void {
    this.findings += 1;
    this.first ??= finding;
  }
}

/** Bytes pushed at a time, as a file system or a socket hands them on. */
const PIECE_BYTES = 64 * 1024;
const RUNS = 5;

export interface Measured {
  readonly cpuSeconds: number;
  readonly bytes: number;
  readonly peakMb: number;
  readonly sink: CountingSink;
}

/**
 * Reads `head`, `repeats` times `block` and `tail` as one stream, several times, and gives the median by processor time. The stream is made
 * of one block so that the input itself needs no memory.
 */
export async function measureStream(options: ReadOptions, head: string, block: string, repeats: number, tail: string): Promise<Measured> {
  const parts = { head: Buffer.from(head), block: Buffer.from(block), tail: Buffer.from(tail) };
  const measured: Measured[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const sink = new CountingSink();
    const start = process.cpuUsage();
    const end = await readDocument(pieces(parts.head, parts.block, repeats, parts.tail), sink, options);
    const { user, system } = process.cpuUsage(start);
    if (end.refused !== null) throw new WrongResult(`refused: ${end.refused.problem}`);
    if (sink.first !== null) throw new WrongResult(`${sink.findings} findings; first: ${sink.first.problem} at line ${sink.first.where.line ?? 'none'}`);
    measured.push({ cpuSeconds: (user + system) / 1e6, bytes: parts.head.length + parts.block.length * repeats + parts.tail.length, peakMb: process.resourceUsage().maxRSS / 1024, sink });
  }
  const median = measured.toSorted((left, right) => left.cpuSeconds - right.cpuSeconds)[Math.floor(RUNS / 2)];
  if (median === undefined) throw new RangeError('nothing was measured');
  return median;
}

function* pieces(head: Buffer, block: Buffer, repeats: number, tail: Buffer): Generator<Uint8Array> {
  if (head.length > 0) yield head;
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (let from = 0; from < block.length; from += PIECE_BYTES) yield block.subarray(from, from + PIECE_BYTES);
  }
  if (tail.length > 0) yield tail;
}
