import { atLeast, atMost, type BenchFigure, expectEqual } from '../figure.js';
import { measureStream } from './counting-sink.js';

const STATEMENTS = 100;
const ROWS = 30;
const REPEATS = 130;

/** P9: 50 MB of daily statements in the German dialect, each checked against its balances. */
export async function run(): Promise<BenchFigure[]> {
  const { cpuSeconds, bytes, peakMb, sink } = await measureStream({}, '', block(), REPEATS, '');
  expectEqual('transactions read', sink.transactions, STATEMENTS * ROWS * REPEATS);
  return [
    atLeast('P9 MT940, streamed, every statement checked', bytes / cpuSeconds / 1_000_000, 'MB/s of processor time', 60, `${Math.round(bytes / 1_000_000)} MB, ${sink.transactions} rows; no npm reader of MT940 is sound enough to race (mt940-js does not start)`),
    atMost('P9 MT940, peak memory', peakMb, 'MB', 150),
  ];
}

function block(): string {
  const lines: string[] = [];
  for (let statement = 0; statement < STATEMENTS; statement += 1) {
    lines.push('{1:F01BANKDEFFXXXX0000000000}{2:O940BANKDEFFXXXXN}{3:}{4:', ':20:STARTUMS', ':25:50880050/0194787400888', `:28C:${statement + 1}/1`, ':60F:C260301EUR0,00');
    let cents = 0;
    for (let row = 0; row < ROWS; row += 1) {
      const amount = 1000 + ((row * 7919 + statement) % 90_000);
      cents += amount;
      lines.push(
        `:61:2603020302CR${decimal(amount)}NTRFNONREF//B${statement}X${row}`, `:86:166?00GUTSCHRIFT?100399?20EREF+E2E-${statement}-${row}?21SVWZ+RECHNUNG 10${row}02 UND ?22`,
        `10${row}07 VOM 01.02.2026?30COBADEFFXXX?31DE0250010517013707${row}?32KUNDE ${row} GMBH?34166`,
      );
    }
    lines.push(`:62F:C260302EUR${decimal(cents)}`, `:64:C260302EUR${decimal(cents)}`, '-}');
  }
  return `${lines.join('\r\n')}\r\n`;
}

function decimal(cents: number): string {
  return `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, '0')}`;
}
