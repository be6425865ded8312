import type { Where } from '#canonical';
import type { FindingList } from '../finding-list.js';

/** A row as far as the running balance goes: null amount or balance breaks the chain there. */
export interface BalanceRow {
  readonly amountMinor: bigint;
  readonly balanceMinor: bigint | null;
  readonly where: Where;
}

/** How the rows of a file follow each other, found by which reading the balances agree with best. */
export interface BalanceChain {
  readonly order: 'oldestFirst' | 'newestFirst';
  /** Rows whose balance does not follow from its neighbour's. */
  readonly breaks: readonly number[];
  /** True when no reading fits as the amounts are signed, but one fits throughout with every sign turned. */
  readonly signsTurned: boolean;
}

const READINGS = [
  { order: 'oldestFirst', sign: 1n },
  { order: 'newestFirst', sign: 1n },
  { order: 'oldestFirst', sign: -1n },
  { order: 'newestFirst', sign: -1n },
] as const;

/** Checks `rows` (null = a row that could not be read) in both orders. Null when there are no two neighbours to compare. */
export function checkRunningBalance(rows: readonly (BalanceRow | null)[]): BalanceChain | null {
  const results = READINGS.map((reading) => breaksOf(rows, reading.order, reading.sign));
  if ((results[0]?.compared ?? 0) === 0) return null;
  const plain = results.slice(0, 2);
  const best = (plain[1]?.breaks.length ?? 0) < (plain[0]?.breaks.length ?? 0) ? 1 : 0;
  const breaks = results[best]?.breaks ?? [];
  const turned = results.slice(2).some((result) => result.breaks.length === 0);
  return { order: READINGS[best].order, breaks, signsTurned: breaks.length > 0 && turned };
}

/** Says each break, with the balance that would have followed. */
export function reportBreaks(rows: readonly (BalanceRow | null)[], chain: BalanceChain, written: (minor: bigint) => string, findings: FindingList): void {
  for (const index of chain.breaks) {
    const row = rows[index];
    const before = rows[index - 1];
    if (row?.balanceMinor === null || before?.balanceMinor === null || row === null || before === null || row === undefined || before === undefined) continue;
    const expected = chain.order === 'oldestFirst' ? before.balanceMinor + row.amountMinor : before.balanceMinor - before.amountMinor;
    findings.warning(row.where, written(row.balanceMinor), `the running balance does not follow: declared ${written(row.balanceMinor)}, computed ${written(expected)}`);
  }
}

function breaksOf(rows: readonly (BalanceRow | null)[], order: BalanceChain['order'], sign: bigint): { readonly compared: number; readonly breaks: number[] } {
  const breaks: number[] = [];
  let compared = 0;
  for (let index = 1; index < rows.length; index += 1) {
    const row = rows[index];
    const before = rows[index - 1];
    if (row === null || row === undefined || row.balanceMinor === null || before === null || before === undefined || before.balanceMinor === null) continue;
    compared += 1;
    const step = sign * (order === 'oldestFirst' ? row.amountMinor : -before.amountMinor);
    if (before.balanceMinor + step !== row.balanceMinor) breaks.push(index);
  }
  return { compared, breaks };
}
