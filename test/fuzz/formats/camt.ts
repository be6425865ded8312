import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ReadDocument } from '#documents';
import type { FuzzFormat } from '../fuzz-format.js';
import { mutateXml } from '../xml-mutants.js';

const FIXTURES = resolve('libs', 'documents', 'fixtures', 'camt');
const VALUES = [
  '', ' ', '0', '0.00', '-5.00', '+5', '.5', '5.', '5.001', '1e3', '1,50', '99999999999999999999', '0.00001', 'NaN', 'CRDT', 'DBIT', 'BOOK', 'PDNG', 'INFO', 'true', 'false', 'EUR', 'JPY', 'USD', 'QQQ',
  '2026-03-02', '2026-02-30', '2026-03-02T10:00:00Z', '20260302', 'OPBD', 'CLBD', 'PRCD', 'CLAV', 'CINV', 'CREN', 'RF18539007547034', 'RF19539007547034', '210000000003139471430009017', 'NOTPROVIDED', 'CHRG',
  '\u0661\u0662', '&lt;', '&#10;', '__proto__', 'constructor', '<Amt Ccy="EUR">1.00</Amt>', '<Cd>BOOK</Cd>', 'camt.053.001.99', 'camt.054.001.02',
] as const;

/** camt: its balances and its summary say when money is missing. */
export const fuzzFormat: FuzzFormat = {
  format: 'camt.053',
  seeds: () => readdirSync(FIXTURES).toSorted().map((name) => readFileSync(join(FIXTURES, name))),
  mutate: (random, seed) => mutateXml(random, seed, VALUES),
  checks: everyEntryAccounted,
};

/** Each entry of a file that is taken is a transaction, or a finding says why it is none; an amount of zero is written as one. */
function everyEntryAccounted({ refused, statements, findings }: ReadDocument, source: Uint8Array): string[] {
  const text = Buffer.from(source).toString('utf8').replace(/\r\n?/g, '\n');
  // Comments, CDATA and a declaration without end may hold what looks like an entry, and another encoding has other bytes.
  if (refused !== null || /<!--|<!\[CDATA\[(?!charges)|\0|<\?(?!xml)|<\?xml[^?]*</.test(text)) return [];
  const zero = statements.flatMap(({ transactions }) => transactions).some(({ amount }) => amount.minor === 0n);
  const problems = zero && !/>\s*\+?[0.]+\s*</.test(text) ? ['an amount was read as zero where none is written'] : [];
  if (findings.some(({ where, problem }) => where.record === 'Stmt' || where.record === 'Rpt' || problem.includes('passed over'))) return problems;
  const lines = new Set([...statements.flatMap(({ transactions }) => transactions.map(({ where }) => where.line)), ...findings.map(({ where }) => where.line)]);
  for (const { index, 0: entry } of text.matchAll(/<(?:n:)?Ntry>.*?<\/(?:n:)?Ntry>/gs)) {
    const first = text.slice(0, index).split('\n').length;
    const last = first + entry.split('\n').length - 1;
    if (![...lines].some((line) => line !== null && line >= first && line <= last)) problems.push(`the entry of lines ${first} to ${last} is lost and no finding says so`);
  }
  return problems;
}
