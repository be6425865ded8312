import { formatMoney } from '#canonical';
import type { ReadDocument, ReadOptions } from '../document-reader.js';
import { parseDocument } from '../parse-document.js';
import { type BuiltCell, type BuiltWorkbook, rowsXml, workbook, workbookFiles, zip } from './testing/workbook-builder.js';

const FORMATS = ['yyyy-mm-dd', '#,##0.00 "EUR"', '00000000', '[$-407]d. mmm yyyy;@'];
const DAY = 1;
const MONEY = 2;
const HEADER: BuiltCell[] = ['Date', 'Text', 'Amount', 'Currency', 'Account'];

function sheet(rows: readonly (readonly BuiltCell[])[], more: Partial<BuiltWorkbook> = {}): Buffer {
  return workbook({ sheets: [{ name: 'Sheet1', rows: rowsXml(rows) }], formats: FORMATS, ...more });
}

function row(day: string, amount: BuiltCell, text: BuiltCell = 'x'): BuiltCell[] {
  return [{ number: day, style: DAY }, text, amount, 'EUR', '9'];
}

function read(bytes: Uint8Array, options: ReadOptions = {}): Promise<ReadDocument> {
  return parseDocument(bytes, options);
}

function transactions(parsed: ReadDocument): unknown[] {
  return parsed.statements.flatMap(({ transactions: lines }) => lines.map(({ bookedOn, amount, memo }) => [bookedOn, formatMoney(amount), memo]));
}

describe('a workbook', () => {
  it('gives a statement with days, numbers and shared texts, each with its place', async () => {
    const parsed = await read(sheet([HEADER, row('46082', { number: '1250.5', style: MONEY }, { xml: '<c t="s"><v>0</v></c>' }), row('46083.75', { number: '-3', style: MONEY })], { strings: ['INVOICE &amp; CO_x000D_'] }));
    expect([parsed.format, parsed.refused, parsed.findings]).toEqual(['xlsx', null, []]);
    expect(transactions(parsed)).toEqual([['2026-03-01', '1250.50', 'INVOICE & CO'], ['2026-03-02', '-3.00', 'x']]);
    expect(parsed.statements[0]?.transactions[1]?.where).toEqual({ line: 3, column: 1, record: 'Sheet1', page: null });
    expect(parsed.layout).toMatchObject({ questions: [], layout: { columns: { bookedOn: 'Date', amount: 'Amount' } } });
  });

  it('counts days from 1904 where the workbook says so, and knows the day that never was', async () => {
    const rows = [HEADER, row('44620', { number: '1' })];
    expect(transactions(await read(sheet(rows, { since1904: true })))).toEqual([['2026-03-01', '1.00', 'x']]);
    expect(transactions(await read(sheet([HEADER, row('59', { number: '1' }), row('61', { number: '2' })])))).toEqual([['1900-02-28', '1.00', 'x'], ['1900-03-01', '2.00', 'x']]);
    expect((await read(sheet([HEADER, row('60', { number: '1' })]))).findings).toMatchObject([{ severity: 'error', value: '60' }, { severity: 'warning' }]);
  });

  it('takes numbers as they are stored; only traces of binary arithmetic are rounded, and said', async () => {
    const stored = ['1234.5600000000001', '12345678901.23', '1.5E+3', '99.999999999999986'].map((number) => row('46082', { number, style: MONEY }));
    const parsed = await read(sheet([HEADER, ...stored]));
    expect(transactions(parsed).map((line) => (line as string[])[1])).toEqual(['1234.56', '12345678901.23', '1500.00', '100.00']);
    expect(parsed.findings.map(({ severity, value, where }) => [severity, value, where.line, where.column])).toEqual([['warning', '1234.5600000000001', 2, 3], ['warning', '99.999999999999986', 5, 3]]);
    const fine = await read(sheet([HEADER, row('46082', { number: '1.005', style: MONEY }), row('46082', { number: '1234.5678' })]));
    expect([transactions(fine), fine.findings.filter(({ severity }) => severity === 'error').map(({ value }) => value)]).toEqual([[], ['1.005', '1234.5678']]);
  });

  it('keeps the zeros of texts and of number formats, and reads texts that are amounts in their own style', async () => {
    const parsed = await read(sheet([['Invoice', 'Amount paid', 'Currency'], ['00012345', { number: '10' }, 'EUR'], [{ number: '12345', style: 3 }, '1.234,50', 'EUR'], [{ number: '7' }, { number: '5.25' }, 'EUR']]));
    expect(parsed.findings).toEqual([]);
    expect(parsed.remittances[0]?.lines.map(({ reference, paid }) => [reference, paid === null ? null : formatMoney(paid)])).toEqual([['00012345', '10.00'], ['00012345', '1234.50'], ['7', '5.25']]);
  });

  it('takes the results of formulas, and reports errors and formulas without a result', async () => {
    const cells = ['<c><f>1+1</f><v>2</v></c>', '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', '<c><f>1+1</f></c>'].map((xml) => row('46082', { xml }));
    const parsed = await read(sheet([HEADER, ...cells]));
    expect(transactions(parsed)).toEqual([['2026-03-01', '2.00', 'x']]);
    expect(parsed.findings.filter(({ severity }) => severity === 'error').map(({ where, problem }) => [where.line, where.column, problem.slice(0, 40)])).toEqual([
      [3, 3, 'the cell holds the error #DIV/0! instead'], [4, 3, 'the cell holds a formula and no result; '], [3, 3, 'the amount "#DIV/0!" cannot be read: it '], [4, 3, 'there is no amount; the row was not take'],
    ]);
  });

  it('tries every sheet, and says which were hidden or had no table', async () => {
    const rows = rowsXml([HEADER, row('46082', { number: '1' })]);
    const parsed = await read(workbook({ sheets: [{ name: 'Cover', rows: rowsXml([['Dear customer']]) }, { name: 'A', rows }, { name: 'B', rows: rows.replace('<row r="2">', '<row r="2" hidden="1">') }, { name: 'C', rows, hidden: true }], formats: FORMATS }));
    expect(parsed.statements.map((statement) => statement.transactions.map(({ where }) => where.record))).toEqual([['A'], ['B']]);
    expect(parsed.findings.map(({ severity, where, problem }) => [severity, where.record, problem.split(' ').slice(0, 5).join(' ')])).toEqual([
      ['warning', 'Cover', 'the sheet has 1 rows'], ['warning', 'B', '1 rows of the sheet'], ['warning', 'C', 'the sheet is hidden and'],
    ]);
  });

  it('reads a header of two rows with merged cells', async () => {
    const rows = rowsXml([['Remittance advice'], ['Invoice', null, 'Payment', null], ['Number', 'Date', 'Currency', 'Amount paid'], ['A1', { number: '46082', style: DAY }, 'USD', { number: '10' }]]);
    const parsed = await read(workbook({ sheets: [{ name: 'S', rows, behind: '<mergeCells count="2"><mergeCell ref="A2:B2"/><mergeCell ref="C2:D2"/></mergeCells>' }], formats: FORMATS }));
    expect([parsed.findings, parsed.remittances[0]?.lines.map(({ reference, paid }) => [reference, paid?.minor])]).toEqual([[], [['A1', 1000n]]]);
  });

  it('asks and remembers like a CSV file', async () => {
    const rows: BuiltCell[][] = [['Date', 'Text', 'Amount'], ['03/04/2026', 'x', { number: '1' }]];
    const asked = await read(sheet(rows), { currency: 'USD', account: '1' });
    expect([asked.statements, asked.layout?.questions]).toEqual([[], ['dateOrder']]);
    const layout = asked.layout?.layout;
    if (layout === undefined) throw new Error('no layout');
    expect(transactions(await read(sheet(rows), { layout: { ...layout, dateOrder: 'monthDayYear' } }))).toEqual([['2026-03-04', '1.00', 'x']]);
  });

  it('reads names with a prefix, and cells without addresses', async () => {
    const rows = '<x:row><x:c t="inlineStr"><x:is><x:t>Invoice</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>Paid USD</x:t></x:is></x:c></x:row><x:row><x:c><x:v>17</x:v></x:c><x:c><x:v>2.5</x:v></x:c></x:row>';
    const files = workbookFiles({ sheets: [{ name: 'S', rows: '' }] }).map((file) => (file.name.endsWith('sheet1.xml') ? { ...file, content: `<x:worksheet xmlns:x="m"><x:sheetData>${rows}</x:sheetData></x:worksheet>` } : file));
    expect((await read(zip(files))).remittances[0]?.lines).toMatchObject([{ reference: '17', paid: { minor: 250n } }]);
  });
});

describe('a workbook made to hurt', () => {
  const files = workbookFiles({ sheets: [{ name: 'S', rows: rowsXml([HEADER, row('46082', { number: '1' })]) }], formats: FORMATS });
  const replaced = (name: string, content: string, more: object = {}): Buffer => zip(files.map((file) => (file.name === name ? { ...file, content, ...more } : file)));
  const SHEET = 'xl/worksheets/sheet1.xml';

  it.each<[string, () => Buffer, string]>([
    ['a bomb', () => replaced(SHEET, ' '.repeat(60_000_000)), 'times its size'],
    ['a bomb whose header lies', () => replaced(SHEET, ' '.repeat(60_000_000), { declaredBytes: 900_000 }), 'is larger'],
    ['a name that leads out', () => zip([...files, { name: '../../etc/passwd', content: 'x' }]), 'leads out'],
    ['a symbolic link', () => zip([...files, { name: 'xl/link', content: '/etc/passwd', mode: 0o120777 }]), 'symbolic link'],
    ['a password', () => zip(files.map((file) => ({ ...file, flags: 1 }))), 'encrypted'],
    ['too many files', () => zip([...files, ...Array.from({ length: 3_000 }, (_, index) => ({ name: `f${index}`, content: '' }))]), 'more than 2000 files'],
    ['two files of one name', () => zip([...files, ...files]), 'two files of one name'],
    ['a document type in the sheet', () => replaced(SHEET, '<!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData/></worksheet>'), 'document type'],
    ['a document type in the workbook', () => replaced('xl/workbook.xml', '<!DOCTYPE x><workbook/>'), 'document type'],
    ['a cut archive', () => zip(files).subarray(0, -30), 'cut'],
    ['no workbook', () => zip([{ name: 'word/document.xml', content: '<x/>' }]), 'no workbook'],
    ['words between rows', () => replaced(SHEET, '<worksheet><sheetData><row r="1"></row><rxw r="2"></rxw></sheetData></worksheet>'), 'between two rows'],
    ['an .xls of before 2007', () => Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]), 'before 2007'],
  ])('%s is refused with a sentence', async (_, made, problem) => {
    const parsed = await read(made());
    expect(parsed.refused?.problem).toContain(problem);
    expect([parsed.statements, parsed.refused?.where.record === null]).toEqual([[], false]);
  });
});
