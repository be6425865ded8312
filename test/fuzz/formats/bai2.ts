import type { FuzzFormat } from '../fuzz-format.js';
import { mutateFields } from '../line-mutants.js';

/** Codes, funds types, amounts and days that a field of BAI2 may or may not be. */
const VALUES = [
  '', '0', '1', '2', 'Z', 'S', 'V', 'D', '99', '010', '015', '100', '142', '195', '475', '698', '890', '16', '88', '49', '98', '99', '03', '02', '01', '-5', '+5', '500', '12.5', 'ABC',
  '99999999999999999999999999999999999999999', '260228', '260230', '2400', '9999', 'USD', 'JPY', 'ZZZ', '/', 'TEXT, WITH "MARKS"/', '//',
] as const;

const HEAD = ['01,BANK,HUB,260301,0800,7,,,2/', '02,HUB,021000021,1,260228,,USD,2/'];
const SEEDS: readonly (readonly string[])[] = [
  [
    ...HEAD, '03,123456,,010,100000,,,015,100500,,/', '16,142,300,0,BREF,CREF,ORIG CO NAME:ACME INC CO ID:1234567890', '88,RMR*IV*INV-7**3.00\\', '16,195,200,V,260303,1200,WIRE1,,WIRE IN',
    '49,201000,6/', '98,201000,1,8/', '99,201000,1,10/',
  ],
  [
    ...HEAD, '03,1,,/', '16,165,700,S,100,200,400,A,B,TEXT/', '16,475,250,D,2,0,100,1,150,CHECK,1001,PAID/', '16,142,300,/', '88,D,1,0,300,B,C,LATE FIELDS', '49,1250,6/',
    '03,2,EUR,040,-500,,Z,045,+700,3,1/', '49,200,2/', '98,1450,2,10/', '99,1450,1,12/',
  ],
  ['01,BANK,HUB,260301,0800,7,,,2/02,HUB,B,3,260228,,JPY,2/03,9,,/16,142,5,,,,X/49,5,3/98,5,1,5/99,5,1,7/'],
];

/** BAI2: its trailers count records and sum amounts, so a mutant that changes money is found by the file itself. */
export const fuzzFormat: FuzzFormat = {
  format: 'bai2',
  seeds: () => SEEDS.map((lines) => Buffer.from(`${lines.join('\n')}\n`)),
  mutate: (random, seed) => mutateFields(random, seed, /([,/])/, VALUES),
};
