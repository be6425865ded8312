import { parseStatements, type ReadStatements } from '#documents';
import { x12Figures } from './documents/x12.js';
import { atLeast, WrongResult, type BenchFigure } from './figure.js';

const TRANSACTIONS = 80_000;
const RUNS = 5;

/** P8 of the benchmark suite: a day of BAI2 with 88 continuations, about 200,000 lines; and P7, X12. */
export async function run(): Promise<BenchFigure[]> {
  const bai2 = baiFile();
  const lines = TRANSACTIONS * 2.5 + 6;
  const baiSeconds = median(() => expectRead(parseStatements(bai2), TRANSACTIONS));
  return [atLeast('P8 BAI2 with 88s, totals checked', Math.round(lines / baiSeconds), 'lines/s', 300_000), ...await x12Figures()];
}

/** A wrong result scores nothing: it stops the bench. */
function expectRead(parsed: ReadStatements, transactions: number): void {
  const count = parsed.statements.reduce((sum, statement) => sum + statement.transactions.length, 0);
  if (count !== transactions || parsed.findings.length > 0) throw new WrongResult(`read ${count} of ${transactions} transactions; first finding: ${parsed.findings[0]?.problem ?? 'none'}`);
}

function median(work: () => void): number {
  const seconds: number[] = [];
  for (let attempt = 0; attempt < RUNS; attempt += 1) {
    const start = performance.now();
    work();
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds.toSorted((left, right) => left - right)[Math.floor(RUNS / 2)] ?? Number.POSITIVE_INFINITY;
}

/** Two transactions in five lines: one with a text of its own, one with two 88s, like a US bank's daily file. */
function baiFile(): Uint8Array {
  const lines: string[] = [];
  let total = 0;
  for (let index = 0; index < TRANSACTIONS; index += 2) {
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
  const records = lines.length + 2;
  const head = ['01,BANK,US,260301,0600,1,80,,2/', '02,US,BANK,1,260228,2400,USD,2/', '03,123456789,USD,010,0,,/'];
  const tail = [`49,${total},${records}/`, `98,${total},1,${records + 2}/`, `99,${total},1,${records + 4}/`];
  return new TextEncoder().encode([...head, ...lines, ...tail].join('\n'));
}
