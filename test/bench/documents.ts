import { x12Figures } from './documents/x12.js';
import { measureStream } from './documents/counting-sink.js';
import { atLeast, atMost, type BenchFigure, expectEqual } from './figure.js';

/** Transactions of the block that is repeated, so that the input itself needs no memory. */
const BLOCK_TRANSACTIONS = 2_000;
const BLOCKS = 40;
const LINES_OF_A_BLOCK = BLOCK_TRANSACTIONS * 2.5;

/** P8 of the benchmark suite: a day of BAI2 with 88 continuations, 200,000 lines; and P7, X12. */
export async function run(): Promise<BenchFigure[]> {
  const block = baiBlock();
  const records = LINES_OF_A_BLOCK * BLOCKS + 2;
  const total = block.total * BLOCKS;
  const head = '01,BANK,US,260301,0600,1,80,,2/\n02,US,BANK,1,260228,2400,USD,2/\n03,123456789,USD,010,0,,/\n';
  const tail = `49,${total},${records}/\n98,${total},1,${records + 2}/\n99,${total},1,${records + 4}/\n`;
  const { cpuSeconds, bytes, peakMb, sink } = await measureStream({}, head, block.text, BLOCKS, tail);
  expectEqual('transactions read', sink.transactions, BLOCK_TRANSACTIONS * BLOCKS);
  expectEqual('sum of the transactions', sink.minor, BigInt(total));
  return [
    atLeast('P8 BAI2 with 88s, streamed, totals checked', (records + 4) / cpuSeconds, 'lines/s of processor time', 300_000, `${(bytes / 1_000_000).toFixed(1)} MB`),
    atMost('P8 BAI2, peak memory', peakMb, 'MB', 150),
    ...await x12Figures(),
  ];
}

/** Two transactions in five lines: one with a text of its own, one with three 88s, like a US bank's daily file. */
function baiBlock(): { readonly text: string; readonly total: number } {
  const lines: string[] = [];
  let total = 0;
  for (let index = 0; index < BLOCK_TRANSACTIONS; index += 2) {
    const amount = 1000 + ((index * 7919) % 900_000);
    total += 2 * amount;
    lines.push(
      `16,165,${amount},0,${100_000 + index},CUST${index},ORIG CO NAME:CUSTOMER ${index % 997} INC/`,
      `16,195,${amount},V,260301,,${200_000 + index},REF${index},WIRE IN/`,
      `88,BO:${3_000_000 + index} BO1:CUSTOMER ${index % 997} INC`,
      `88,PY:INVOICE ${index} AND ${index + 1}`,
      '88,OB:SOME BANK',
    );
  }
  return { text: `${lines.join('\n')}\n`, total };
}
