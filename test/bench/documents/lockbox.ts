import { atLeast, type BenchFigure, expectEqual, reported } from '../figure.js';
import { measureStream } from './counting-sink.js';

const BATCHES = 400;
const CHEQUES = 200;

/** A day of a large lockbox: each cheque with two invoices, the profile found by the lockbox total at the end of the file. */
export async function run(): Promise<BenchFigure[]> {
  const { cpuSeconds, bytes, peakMb, sink } = await measureStream({}, '', file(), 1, '');
  expectEqual('cheques read', sink.remittances, BATCHES * CHEQUES);
  expectEqual('invoices read', sink.lines, BATCHES * CHEQUES * 2);
  return [
    atLeast('lockbox by profile, profile found by its totals', (BATCHES * CHEQUES * 3) / cpuSeconds, 'records/s of processor time', 100_000, `${(bytes / 1_000_000).toFixed(1)} MB`),
    reported('lockbox, peak memory', peakMb, 'MB', 'its lines are kept until the end tells the profile'),
  ];
}

function file(): string {
  const lines = ['100DEST0000010ORIGIN00012603020800', '2DEST0000010ORIGIN00010000000000100008001'];
  let whole = 0;
  for (let batch = 1; batch <= BATCHES; batch += 1) {
    const number = String(batch % 1_000).padStart(3, '0');
    lines.push(`5${number}0000002222260302DEST000001ORIGIN0001`);
    let sum = 0;
    for (let item = 1; item <= CHEQUES; item += 1) {
      const cents = 1_000 + ((item * 7_919 + batch) % 90_000);
      const key = `${number}${String(item).padStart(3, '0')}`;
      sum += cents;
      lines.push(
        `6${key}${padded(cents)}021000021${padded(item)}${padded(batch * 1_000 + item)}`, `4${key}6010${`INV-${batch}-${item}`.padEnd(15)}${padded(600)}`, `4${key}6029${`INV-${batch}-${item}B`.padEnd(15)}${padded(cents - 600)}`,
      );
    }
    whole += sum;
    lines.push(`7${number}0000002222260302${String(CHEQUES).padStart(3, '0')}${padded(sum)}`);
  }
  // Four columns hold no more than 9999 cheques: a lockbox of more leaves the count blank, as banks do.
  lines.push(`80000000002222260302    ${padded(whole)}`);
  return [...lines, `9${String(lines.length + 1).padStart(6, '0')}`].join('\n');
}

function padded(value: number): string {
  return String(value).padStart(10, '0');
}
