import { LayoutError } from '#connector-kit';
import { loadLayout, type LoadedLayout } from './index.js';
import { partsOf, told } from './testing/reading.js';

/** Batches of checks with their invoices, totals for each batch and for the file. */
const BATCHES = `
layout: test.batches
version: 1
says: Batches of checks.
source: This file.
kind: fixed
encoding: ascii
recordLength: 30
tag: { at: 1-1 }
records:
  head:
    place: header
    tag: H
    fields: { sequence: { at: 2-5, type: integer }, batches: { at: 6-8, count: [batch] } }
  batch:
    tag: B
    fields: { number: { at: 2-4, number: details }, name: { at: 5-14 } }
    records:
      check:
        tag: C
        each: checks
        fields: { number: { at: 2-4, number: siblings }, account: { at: 5-12 }, amount: { at: 13-20, type: amount, decimals: 2, implied: true } }
        records:
          invoice:
            tag: I
            each: invoices
            fields: { end: { at: 2, last: { yes: "9", no: "0" } }, number: { at: 3-12 }, amount: { at: 13-20, type: amount, decimals: 2, sign: leading } }
      total:
        tag: T
        fields: { checks: { at: 2-4, count: [check] }, amount: { at: 5-14, sum: check.amount, decimals: 2, implied: true } }
  tail:
    place: trailer
    tag: Z
    fields: { records: { at: 2-6, count: all }, hash: { at: 7-14, hash: check.account }, paid: { at: 15-26, sum: invoice.amount, decimals: 2 } }
`;

const CONTENT = { file: { sequence: '12' }, details: [
  { name: 'First', checks: [{ account: '00123', amount: '10.00', invoices: [{ number: 'A', amount: '12.50' }, { number: 'B', amount: '-2.50' }] }, { account: '99', amount: '5.25', invoices: [] }] },
  { name: 'Second', checks: [{ account: '12-7', amount: '1.00', invoices: [{ number: 'C', amount: '1.00' }] }] },
] };

const LINES = [
  'H0012002', 'B001First', 'C00100123   00001000', 'I0A         00012.50', 'I9B         -0002.50', 'C00299      00000525', 'T0020000001525',
  'B002Second', 'C00112-7    00000100', 'I9C         00001.00', 'T0010000000100', 'Z0001200000349000000011.00',
].map((line) => line.padEnd(30));

const layout = loadLayout(BATCHES, 'test.layout.yaml');
const without = (index: number): string => `${LINES.filter((_, at) => at !== index).join('\n')}\n`;
const changed = (index: number, from: string, to: string): string => `${LINES.map((line, at) => (at === index ? line.replace(from, to) : line)).join('\n')}\n`;
const problems = async (text: string): Promise<readonly string[]> => (await told(layout, text)).filter((part) => !/^\d+ (head|batch|check|invoice|total|tail) \{/.test(part));

describe('a fixed-width file of nested groups', () => {
  it('is written with tags, positions, padding, counters, flags and totals', () => {
    expect(Buffer.from(layout.render(CONTENT)).toString()).toBe(`${LINES.join('\n')}\n`);
  });

  it('is read back: blanks and zeros of the padding are gone, amounts are decimals', async () => {
    const parts = await partsOf(layout, `${LINES.join('\r\n')}\r\n`, 5);
    expect(parts[4]).toEqual({ kind: 'row', record: 'invoice', line: 5, fields: { end: '9', number: 'B', amount: '-2.50' } });
    expect(parts[2]).toEqual({ kind: 'row', record: 'check', line: 3, fields: { number: '1', account: '00123', amount: '10.00' } });
    expect(parts.at(-1)).toEqual({ kind: 'end', rows: 10 });
  });

  it.each([
    ['a batch total that does not fit', changed(6, '0001525', '0001526'), ['7:5 "15.26" total.amount: says 15.26, the rows read give 15.25: 0.01 too little']],
    ['a count that does not fit', changed(0, '002 ', '003 '), ['13:6 "3" head.batches: says 3, the rows read give 2: 1 too little'.replace('13', '1')]],
    ['a hash total that does not fit', changed(11, '00000349', '00000350'), ['12:7 "350" tail.hash: says 350, the rows read give 349: 1 too little']],
    ['no header', without(0), ['1 "" there is no "head" record', expect.stringContaining('tail.records: says 12, the rows read give 11')]],
    ['no trailer', without(11), ['12 "" the file ends without its "tail" record: it is cut']],
    ['a group without its total', without(6), ['7 "" the "batch" of line 2 ends without its "total" record: the file is cut, or a row is missing', expect.stringContaining('tail.records')]],
    ['a counter that jumps', without(2), [
      expect.stringContaining('invoice: stands without the record it belongs to'), expect.stringContaining('invoice: stands without the record it belongs to'),
      '5:2 "2" check.number: is 2, the next is 1: a row is missing, or stands twice',
      '6:2 "2" total.checks: says 2, the rows read give 1: 1 too little', '6:5 "15.25" total.amount: says 15.25, the rows read give 5.25: 10 too little',
      '11:2 "12" tail.records: says 12, the rows read give 11: 1 too little', '11:7 "349" tail.hash: says 349, the rows read give 226: 123 too little',
    ]],
    ['a last row that is missing', without(4), ['4:2 "0" "invoice" says more of its group follow, and none does: the file is cut, or a row is missing', expect.any(String), expect.any(String)]],
    ['a row behind the last', changed(3, 'I0', 'I9'), ['4:2 "9" "invoice" says it is the last of its group, and line 5 is another']],
    ['a row of no kind', changed(5, 'C002', 'X002'), [
      '6:1 "X00299      00000525          " no record has the tag "X": there are H, B, C, I, T, Z', expect.stringContaining('total: belongs to the row on line 6, which could not be read'),
      '7:2 "2" total.checks: says 2, the rows read give 1: 1 too little', '7:5 "15.25" total.amount: says 15.25, the rows read give 10: 5.25 too little',
      '12:7 "349" tail.hash: says 349, the rows read give 250: 99 too little',
    ]],
    ['a record of another length', changed(1, 'First     ', 'First'), expect.arrayContaining(['2:26 "B001First                " the record has 25 characters instead of 30: it is cut, or of another layout'])],
  ])('tells %s', async (_, text, expected) => {
    const found = await problems(text);
    expect(found).toEqual(expected);
    expect(found.filter((part) => part.startsWith('end'))).toEqual([]);
  });

  it('makes problems of what belongs to a row that could not be read: it would be taken for the row before', async () => {
    expect(await problems(changed(2, '00001000', '0000x000'))).toEqual([
      '3:13 "0000x000" amount: "0000x000" is not an amount without a point (digits only)',
      '4 "0 A 00012.50" invoice: belongs to the row on line 3, which could not be read', '5 "9 B -0002.50" invoice: belongs to the row on line 3, which could not be read',
      '7:5 "15.25" total.amount: says 15.25, the rows read give 5.25: 10 too little',
    ]);
  });

  it.each([
    ['a text too long for its place', { ...CONTENT, details: [{ name: 'A name that is too long', checks: [] }] }, 'record batch, field name, detail 1: "A name that is too long" has 23 characters, more than 10'],
    ['an amount finer than the layout', { ...CONTENT, details: [{ name: 'A', checks: [{ account: '1', amount: '1.005', invoices: [] }] }] }, 'record check, field amount, detail 1: "1.005" has more than 2 decimal places'],
    ['an amount wider than its place', { ...CONTENT, details: [{ name: 'A', checks: [{ account: '1', amount: '1000000.00', invoices: [] }] }] }, 'record check, field amount: "100000000" has 9 characters, its place has 8'],
    ['a negative amount without a sign', { ...CONTENT, details: [{ name: 'A', checks: [{ account: '1', amount: '-1', invoices: [] }] }] }, 'record check, field amount, detail 1: "-1" is negative, and the layout has no sign'],
    ['a character the encoding lacks', { ...CONTENT, details: [{ name: 'Müller', checks: [] }] }, 'record batch, field name, detail 1: "Müller" holds "ü", which ascii lacks'],
    ['a float', { ...CONTENT, details: [{ name: 'A', checks: [{ account: '1', amount: 1.5, invoices: [] }] }] }, 'record check, field amount: 1.5'],
    ['something that is no list', { ...CONTENT, details: [{ name: 'A', checks: 'none' }] }, 'record check, detail 1: "checks" is "\\"none\\"", not a list'],
    ['a missing value', { file: {}, details: [] }, 'record head, field sequence: is empty, and the layout needs it'],
  ])('refuses to write %s, naming record, field and value', (_, content, message) => {
    const attempt = (): unknown => layout.render(content);
    expect(attempt).toThrow(LayoutError);
    expect(attempt).toThrow(message.split(': 1.5')[0]);
  });

  it('replaces what the encoding lacks where the layout names the character', () => {
    const lenient: LoadedLayout = loadLayout(BATCHES.replace('encoding: ascii', 'encoding: ascii\nreplacement: "?"'), 'test.layout.yaml');
    expect(Buffer.from(lenient.render({ ...CONTENT, details: [{ name: 'Müll 😀', checks: [] }] })).toString()).toContain('B001M?ll ?');
  });

  it('does without line ends where records have one length, and says where one is cut', async () => {
    const packed = loadLayout(BATCHES.replace('recordLength: 30', 'recordLength: 30\nlineEnd: none'), 'test.layout.yaml');
    const bytes = packed.render(CONTENT);
    expect(Buffer.from(bytes).toString()).toBe(LINES.join(''));
    expect((await partsOf(packed, bytes, 11)).at(-1)).toEqual({ kind: 'end', rows: 10 });
    expect((await told(packed, bytes.subarray(0, 47))).slice(1)).toEqual([
      '2 "" the file ends inside a record: it is cut', '2 "B001First        " the record is cut: the file ends here', '3 "" the file ends without its "tail" record: it is cut',
      '1:6 "2" head.batches: says 2, the rows read give 0: 2 too little',
    ]);
  });
});
