import type { FuzzFormat } from '../fuzz-format.js';
import { mutateFields } from '../line-mutants.js';

const HEAD = '101 231380104 1210428822611010000A094101Federal Reserve Bank   My Bank Name           '.padEnd(94);
const batch = (entryClass: string): string => `5200${'Acme Retail'.padEnd(36)}1234567890${entryClass}PAYMENTS        2611053091121042880000001`;
const entry = (code: string, cents: number, addenda: string): string => `6${code}121042882987654321        ${String(cents).padStart(10, '0')}ID-1           ${addenda.padEnd(22)}  1121042880000001`;
const control = (records: number, debit: number, credit: number): string[] => {
  const totals = `0012104288${String(debit).padStart(12, '0')}${String(credit).padStart(12, '0')}`;
  return [`8200${String(records).padStart(6, '0')}${totals}1234567890${' '.repeat(25)}121042880000001`, `9000001000001${String(records).padStart(8, '0')}${totals}`.padEnd(94)];
};
const addenda = (payload: string, sequence: number): string => `705${payload.padEnd(80)}${String(sequence).padStart(4, '0')}0000001`;
const SET = 'ST*820*1\\BPR*C*52*C*ACH\\TRN*1*T9*1234567890\\RMR*IV*1001**50*60\\ADX*-10*04\\RMR*IV*1002**2\\SE*7*1\\';

const SEEDS: readonly (readonly string[])[] = [
  [HEAD, batch('CCD'), entry('22', 520_000, 'Our House'), addenda('RMR*IV*INV-1001**5200.00\\', 1), ...control(2, 0, 520_000)],
  [HEAD, batch('CTX'), entry('22', 5_200, '0002Our House'), addenda(SET.slice(0, 80), 1), addenda(SET.slice(80), 2), ...control(3, 0, 5_200)],
  [HEAD, batch('PPD'), entry('26', 700, 'Our Payer'), `799R02121042880000009      12104288${' '.repeat(44)}121042880000001`, ...control(2, 700, 0)],
  [HEAD, batch('COR'), entry('21', 0, 'Our Payer'), `798C01121042880000009      121042881918171614${' '.repeat(34)}121042880000001`, ...control(2, 0, 0)],
];

/** ACH: counts, hash and totals of batch and file stand against every entry. */
export const fuzzFormat: FuzzFormat = {
  format: 'nacha',
  seeds: () => SEEDS.map((lines) => Buffer.from(`${lines.join('\n')}\n`)),
  mutate: (random, seed) => mutateFields(random, seed, /( {2,}|\d{2}|[*\\])/, ['', '0', '9', '22', '27', '26', '98', '99', '705', 'R01', 'R68', 'C01', 'X', 'RMR*IV*1**5\\', 'é', '9'.repeat(94), '6', '7', '8', '5225', 'ADV', 'IAT', 'CTX']),
};
