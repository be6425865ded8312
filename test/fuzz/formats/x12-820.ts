import type { FuzzFormat } from '../fuzz-format.js';
import { mutateFields } from '../line-mutants.js';

/** Elements that mean something, mean something else, or nothing. */
export const X12_VALUES = [
  '', '0', '1', '-1', '-0', '.5', '-.5', '+5', '5.', '100', '100.005', '1,000.00', '1E5', 'NaN', '99999999999999999999999999999999999999', 'C', 'D', 'I', 'NON', 'ACH', 'CHK', 'IV', 'CM', 'PO', 'PP', 'ZZ', '52',
  'USD', 'JPY', 'XXQ', '20260230', '20261105', '261105', 'ISA', 'GS', 'ST', 'SE', 'GE', 'IEA', 'BPR', 'BPS', 'RMR', 'RMT', 'ADX', 'ENT', 'TRN', 'N1', 'NTE', 'CUR', '820', '823', '997', '000000017', '17', '~', '\\', '|', '*', 'INV*1', 'é\u00a6',
] as const;

export function x12Seed(set: string, segments: readonly string[], { element = '*', terminator = '~\n' } = {}): Uint8Array {
  const lines = [
    'ISA*00*          *00*          *ZZ*PAYER          *ZZ*PAYEE          *261101*1200*U*00401*000000017*0*P*>', `GS*${set === '823' ? 'LB' : 'RA'}*PAYER*PAYEE*20261101*1200*5*X*004010`, `ST*${set}*0007`,
    ...segments, `SE*${segments.length + 2}*0007`, 'GE*1*5', 'IEA*1*000000017',
  ];
  return Buffer.from(lines.map((line) => `${line.replaceAll('*', element)}${terminator}`).join(''));
}

const HEAD = ['BPR*C*1000.00*C*ACH*CTX*01*021000021*DA*111*1234567890**01*011000015*DA*222*20261105', 'TRN*1*TRACE9*1234567890', 'CUR*PR*USD', 'N1*PR*Acme Retail', 'N1*PE*Our House'];
const ITEMS = ['ENT*1*2J*34*99', 'ADX*-50*53*CM*DM9', 'NTE*ADD*CLAIM', 'RMR*IV*0001**650*700*20', 'ADX*-30*04', 'REF*PO*45', 'DTM*003*20261001', 'ENT*2', 'RMR*IV*1002**400.50', 'RMR*CM*CR7**-.50'];

/** 820: a mutant that changes money leaves its payment out of balance, and an envelope whose counts are wrong says so. */
export const fuzzFormat: FuzzFormat = {
  format: 'x12.820',
  seeds: () => [
    x12Seed('820', [...HEAD, ...ITEMS]), x12Seed('820', [...HEAD, ...ITEMS], { element: '|', terminator: '\n' }),
    x12Seed('820', ['BPR*I*0*C*NON************20261105', 'TRN*3*77', 'RMR*ZZ*A**25', 'RMR*ZZ*B**-25'], { terminator: '\\\r\n' }),
    x12Seed('820', ['BPS*ACH*98*C*01*021000021*111*1234567890**01*011000015*222*931105', 'RMT*IV*1**100***2']),
  ],
  mutate: (random, seed) => mutateFields(random, seed, /([*|~\\])/, X12_VALUES),
};
