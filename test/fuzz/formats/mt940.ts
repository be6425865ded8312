import type { FuzzFormat } from '../fuzz-format.js';
import { mutateFields } from '../line-mutants.js';

/** Tags, marks, amounts, days, dialect marks and envelope parts that a piece of MT940 may or may not be. */
const VALUES = [
  '', '-', '-}', ':20:', ':25:', ':60F:', ':60M:', ':61:', ':62F:', ':62M:', ':64:', ':86:', ':90D:', ':34F:', ':NS:', ':99X:', '{4:', '{1:F01BANKDEFFXXXX}{2:O942}{4:', 'C', 'D', 'RC', 'RD', 'EC', 'CR', 'RDR',
  '9,', '500', '0,005', ',5', '1.234,56', '99999999999999999999999999999999999999999,', '251231', '260230', '0102', '    ', 'EUR', 'JPY', 'ZZZ', '?20', '<20', 'EREF+', 'SVWZ+', '/REMI/', '/EREF/', '//', 'NTRF', 'F',
] as const;

const SEEDS: readonly (readonly string[])[] = [
  [
    '{1:F01BANKDEFFXXXX0000000000}{2:O940BANKDEFFXXXXN}{3:}{4:', ':20:STARTUMS', ':25:50880050/0194787400888', ':28C:5/1', ':60F:C251230EUR100,', ':61:2512310102CR50,05NTRFNONREF//B1',
    ':86:166?00GUTSCHRIFT?20EREF+E-1?21SVWZ+RE 1002?30COBADEFF?31DE02500105170137075030?32ACME', ':61:251231D20,NTRFEREF//B2', '/OCMT/USD25,/', ':86:/EREF/E-2/BENM//NAME/JOHN/REMI/INVOICE 7',
    ':61:2512311231RD1,NCHK4711', ':62M:C251231EUR131,05', '-}', ':20:STARTUMS', ':25:50880050/0194787400888', ':28C:5/2', ':60M:C251231EUR131,05', ':61:260102RCR31,05NTRFX', ':86:free text', 'goes on',
    ':62F:C260102EUR100,', ':64:C260102EUR90,', ':86:D000000C000001D0,C-', '-',
  ],
  [':20:A', ':25:NL71RABO0123456789', ':28:1', ':60F:D260101JPY500', ':61:260101C700,N102X', ':62F:C260101JPY200', ':20:B', ':25:1', ':28C:2', ':60F:C260101KWD1,001', ':61:260101C0,009S051', ':NS:01PURPOSE', '15NAME', ':62F:C260101KWD1,010'],
  [':20:I', ':25:1', ':28C:1/1', ':34F:EURD0,', ':34F:EURC0,', ':13D:2601021200+0100', ':61:260102EC5,NTRFX', ':61:260102D2,NTRFY', ':86:TEXT', ':90D:1EUR2,', ':90C:1EUR5,'],
];

/** MT940 and MT942: a statement names its opening and closing balance, so a mutant that changes money is found by the file itself. */
export const fuzzFormat: FuzzFormat = {
  format: 'mt940',
  seeds: () => SEEDS.map((lines) => Buffer.from(`${lines.join('\r\n')}\r\n`)),
  mutate: (random, seed) => mutateFields(random, seed, /(:\d\d[A-Z]?:|[,/?]|EUR|JPY)/, VALUES),
};
