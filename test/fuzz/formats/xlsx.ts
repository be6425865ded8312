import { type BuiltWorkbook, type PackedFile, rowsXml, workbook, workbookFiles, zip } from '../../../libs/documents/src/testing/index.js';
import { mutateBytes } from '../byte-mutants.js';
import type { FuzzFormat } from '../fuzz-format.js';
import type { Random } from '../random.js';

/** Pieces of a sheet's XML that change what a cell means, or how much of it there is. */
const VALUES = [
  '<v>', '</v>', '<c r="A1" t="s"><v>9</v></c>', '<c t="e"><v>#REF!</v></c>', '<c r="ZZZ9"><v>1</v></c>', '<c r="A1" s="99"><v>1e400</v></c>', '<row r="1">', '<row r="0">', '</row>', '<f>1+1</f>', '<f/>', ' t="d"',
  ' t="b"', ' t="str"', ' t="inlineStr"', ' s="1"', ' s="2"', ' hidden="1"', '1234.5600000000001', '0.1', '-5', '1E-9', '60', '2958466', '&amp;', '&#0;', '&lol;', '<!DOCTYPE a>', '<!-- -->', '_x0000_', '<mergeCell ref="A1:XFD9"/>',
] as const;

const MONEY = 2;
const BUILT: readonly BuiltWorkbook[] = [
  {
    sheets: [{
      name: 'Statement',
      rows: rowsXml([
        ['Date', 'Description', 'Amount', 'Balance', 'Currency', 'Account'], [{ number: '46101', style: 1 }, 'ACME INV-7', { number: '125.5', style: MONEY }, { number: '1125.5', style: MONEY }, 'USD', '991'],
        [{ number: '46102', style: 1 }, 'FEE', { number: '-4.5', style: MONEY }, { number: '1121', style: MONEY }, 'USD', '991'],
      ]),
    }],
    formats: ['yyyy-mm-dd', '#,##0.00'],
  },
  {
    sheets: [
      { name: 'Advice', rows: rowsXml([['Invoice', null, 'Paid'], ['Number', 'Discount', 'Amount paid USD'], [{ xml: '<c t="s"><v>0</v></c>' }, { number: '2' }, { number: '98' }], ['INV-2', null, { number: '50' }], ['Total', null, { number: '148' }]]), behind: '<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>' },
      { name: 'Hidden', rows: '', hidden: true },
    ],
    strings: ['INV-1'],
    formats: ['yyyy-mm-dd'],
  },
];

/** Workbooks: half of the mutants are of a part inside, packed soundly again, since a changed byte of an archive only breaks its checksum. */
export const fuzzFormat: FuzzFormat = {
  format: 'xlsx',
  seeds: () => BUILT.map(workbook),
  mutate: (random) => zip(mutated(random, workbookFiles(random.pick(BUILT)))),
};

function mutated(random: Random, files: readonly PackedFile[]): PackedFile[] {
  const chosen = random.below(files.length);
  return files.map((file, index) => (index === chosen || random.once(4) ? { ...file, content: mutatedPart(random, Buffer.from(file.content)) } : file));
}

function mutatedPart(random: Random, content: Buffer): Uint8Array {
  if (random.once(3)) return mutateBytes(random, content, content);
  const at = random.below(content.length);
  return Buffer.concat([content.subarray(0, at), Buffer.from(random.pick(VALUES)), content.subarray(at + random.below(20))]);
}
