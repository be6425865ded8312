import type { FuzzFormat } from '../fuzz-format.js';
import { mutateFields } from '../line-mutants.js';

/** Record types, amounts, counts, days and texts that a column may or may not hold. */
const VALUES = ['', '1', '2', '3', '4', '5', '6', '7', '8', '9', '001', '0000070000', '00000700O0', '9999999999', '260302', '260230', '000', '0180', 'INV-1', 'ACME, INC', '   ', '4001001', '6001001', '\u00e9', '-100', '1.50'] as const;

const HEAD = ['100DEST0000010ORIGIN00012603020800', '2DEST0000010ORIGIN00010000000000100008001', '50010000002222260302DEST000001ORIGIN0001'];
const SEEDS: readonly (readonly string[])[] = [
  [
    ...HEAD, '6001001000007000002100002100009876540000000180', '4001001601' + '0INV-1          0000030000', '4001001602' + '9INV-2          0000040000', '6001002000000100102100002100009876540000000009', '4001002601' + '97              0000001001',
    '700100000022222603020020000071001', '8000000000222226030200020000071001', '9000010',
  ],
  [
    ...HEAD, '6001001000070000005500270700123455550000000180030226BOB SMITH                     MY COMPANY', '40010016019INV7', '70010000002222260302' + '0010000700000', '80000000002222260302' + '00010000700000', '9000008',
  ],
];

/** BAI lockbox: its 7, 8 and 9 records count and sum, so a mutant that changes money is found by the file itself. */
export const fuzzFormat: FuzzFormat = {
  format: 'lockbox.bai',
  seeds: () => SEEDS.map((lines) => Buffer.from(`${lines.join('\n')}\n`)),
  mutate: (random, seed) => mutateFields(random, seed, /( +|0{2,}|(?<=[1-9]{2})(?=[1-9]))/, VALUES),
};
