import { loadLayout, RECORD_LENGTH_MAX, type LoadedLayout } from './index.js';
import { partsOf, told } from './testing/reading.js';

const HEAD = 'layout: test.rows\nversion: 1\nsays: Rows of a test.\nsource: This file.\nkind: delimited\n';
const FIELDS = 'records:\n  detail:\n    fields:\n      id: {}\n      amount: { type: amount }\n      memo: { optional: true }\n';
const layout = (words = '', fields = FIELDS): LoadedLayout => loadLayout(`${HEAD}${words}${fields}`, 'test.layout.yaml');

describe('reading a delimited file', () => {
  it('gives a row for each line and says when the file is whole', async () => {
    expect(await told(layout(), 'id,amount,memo\n1,10.50,a\n\n2,-3,\n')).toEqual([
      '2 detail {"id":"1","amount":"10.50","memo":"a"}', '4 detail {"id":"2","amount":"-3","memo":""}', 'end 2',
    ]);
  });

  it.each([1, 2, 3, 5, 64, 4096])('is the same in chunks of %i bytes: quotes, doubled quotes, line ends and commas inside', async (size) => {
    expect(await told(layout(), 'memo,id,amount\r\n"a ""b"",\r\nc",1,2\r\nx"y,2,3\r\n"",3,4\r\n', size)).toEqual([
      '2 detail {"id":"1","amount":"2","memo":"a \\"b\\",\\r\\nc"}', '4 detail {"id":"2","amount":"3","memo":"x\\"y"}', '5 detail {"id":"3","amount":"4","memo":""}', 'end 3',
    ]);
  });

  it('tells line, column and value of what is wrong, all of a row in one problem, and goes on', async () => {
    expect(await told(layout(), 'id,amount\n,1.2.3\n2,1e3\n3,5\n')).toEqual([
      '2:1 "" id: is empty; amount: "1.2.3" is not an amount (digits with "." before the decimals, no grouping)',
      '3:2 "1e3" amount: "1e3" is not an amount (digits with "." before the decimals, no grouping)',
      '4 detail {"id":"3","amount":"5"}', 'end 3',
    ]);
  });

  it('tells a row with too few or too many cells', async () => {
    expect(await told(layout(), 'id,amount\n1\n2,3,4\n')).toEqual([
      '2 "1" the row has 1 columns instead of 2: it is cut, or a delimiter stands in a cell without quotes',
      '3 "2,3,4" the row has 3 columns instead of 2: it is cut, or a delimiter stands in a cell without quotes', 'end 2',
    ]);
  });

  it.each([
    ['a missing column', 'id,memo\n1,x\n', 'the header row lacks "amount"; it has "id", "memo"'],
    ['an unknown column', 'id,amount,region\n1,2,x\n', 'the layout has no column "region": correct the heading, or let the layout keep or ignore extra columns'],
    ['a heading twice', 'id,amount,id\n1,2,3\n', 'the heading "id" stands twice'],
    ['no header', '', 'the file is empty: it has no header row'],
    ['a header that is cut', 'id,amo', 'the last line has no line end: the file is cut (or the layout should say lastLineEnd: optional)'],
  ])('reads nothing under a header with %s', async (_, text, problem) => {
    const [first, ...rest] = await told(layout(), text);
    expect(first).toContain(problem);
    expect(rest.filter((part) => part.startsWith('end') || part.includes('detail'))).toEqual([]);
  });

  it('keeps or ignores extra columns where the layout says so', async () => {
    expect(await told(layout('extraColumns: keep\n'), 'id,amount,region\n1,2,x\n')).toEqual(['2 detail {"id":"1","amount":"2","region":"x"}', 'end 1']);
    expect(await told(layout('extraColumns: ignore\n'), 'id,amount,region\n1,2,x\n')).toEqual(['2 detail {"id":"1","amount":"2"}', 'end 1']);
    expect((await told(layout('extraColumns: ignore\n'), 'id,amount\n1,2,x\n'))[0]).toContain('the row has 3 columns instead of 2');
    expect(await told(layout('extraColumns: keep\n'), 'id,amount,__proto__\n1,2,x\n')).toEqual(['1 "id,amount,__proto__" the heading "__proto__" cannot be kept: it is the name of a field']);
  });

  it('says that a quote never closes, where it opened, and reads the lines behind it', async () => {
    expect(await told(layout(), 'id,amount,memo\n1,2,"open\n3,4,ok\n')).toEqual([
      '2 "1,2,\\"open" the row opens a quote that does not close: the row is cut, or a quote inside it is not doubled', '3 detail {"id":"3","amount":"4","memo":"ok"}', 'end 2',
    ]);
  });

  it('gives a quote up after the longest row there may be, so that memory stays bounded', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `${index},1,x\n`).join('');
    const parts = await partsOf(layout(), `id,amount,memo\n0,1,"open\n${lines}`, 1000);
    expect(parts.filter((part) => part.kind === 'problem').map((part) => part.line)).toEqual([2]);
    expect(parts.at(-1)).toEqual({ kind: 'end', rows: 20_001 });
  });

  it('says that text stands behind a closing quote', async () => {
    expect((await told(layout(), 'id,amount,memo\n1,2,"a"b\n'))[0]).toBe('2 "1,2,\\"a\\"b" the row has "b\\n" behind a closing quote: a quote inside a cell must be doubled');
  });

  it('does not trust a last row without line end, unless the layout does', async () => {
    expect(await told(layout(), 'id,amount\n1,2\n3,4')).toEqual([
      '2 detail {"id":"1","amount":"2"}', '3 the last line has no line end: the file is cut (or the layout should say lastLineEnd: optional)'.replace('3 ', '3 "" '),
      '3 "3,4" the row may be cut: the file ends here without a line end',
    ]);
    expect(await told(layout('lastLineEnd: optional\n'), 'id,amount\n1,2\n3,4')).toEqual(['2 detail {"id":"1","amount":"2"}', '3 detail {"id":"3","amount":"4"}', 'end 2']);
  });

  it('tells a line longer than any row and reads on', async () => {
    const parts = await told(layout(), `id,amount\n${'x'.repeat(RECORD_LENGTH_MAX * 5)}\n1,2\n`, 60_000);
    expect(parts).toEqual([expect.stringContaining(`the line has more than ${RECORD_LENGTH_MAX} characters`), '3 detail {"id":"1","amount":"2"}', 'end 2']);
  });

  it.each([
    ['utf-8', Buffer.from('id,amount\nM\xfcller,1\nok,2\n', 'latin1'), '2:2 "Müller,1" the byte 0xFC at offset 11 of the file means nothing in utf-8: the file has another encoding, or is damaged'],
    ['ascii', Buffer.from('id,amount\nMüller,1\nok,2\n'), '2:2 "MÃ¼ller,1" the byte 0xC3 at offset 11 of the file means nothing in ascii: the file has another encoding, or is damaged'],
    ['windows-1252', Buffer.from('id,amount\nM\x81ller,1\nok,2\n', 'latin1'), '2:2 "M\u0081ller,1" the byte 0x81 at offset 11 of the file means nothing in windows-1252: the file has another encoding, or is damaged'],
    ['iso-8859-1', Buffer.from('id,amount\nM\x80ller,1\nok,2\n', 'latin1'), '2:2 "M\u0080ller,1" the byte 0x80 at offset 11 of the file means nothing in iso-8859-1: the file has another encoding, or is damaged'],
  ])('tells the first wrong byte of %s with its offset, and reads the other lines', async (encoding, bytes, problem) => {
    expect(await told(layout(`encoding: ${encoding}\n`), bytes)).toEqual([problem, '3 detail {"id":"ok","amount":"2"}', 'end 2']);
  });

  it('tells every one of many wrong lines, without losing its pace', async () => {
    const parts = await partsOf(layout(), Buffer.concat([Buffer.from('id,amount\n'), Buffer.from('\xff,1\n'.repeat(60_000), 'latin1'), Buffer.from('ok,2\n')]), 1 << 16);
    expect(parts).toHaveLength(60_002);
    expect(parts.slice(-3)).toEqual([expect.objectContaining({ kind: 'problem', line: 60_001, value: '\u00ff,1', problem: expect.stringContaining(`at offset ${10 + 59_999 * 4} of the file`) }), expect.objectContaining({ line: 60_002 }), { kind: 'end', rows: 60_001 }]);
  });

  it('passes over a UTF-8 mark, and refuses the marks of other encodings', async () => {
    expect(await told(layout(), '\ufeffid,amount\n1,2\n')).toEqual(['2 detail {"id":"1","amount":"2"}', 'end 1']);
    expect(await told(layout(), Buffer.from('\ufeffid,amount\n', 'utf16le'))).toEqual(['1 "" the byte order mark at offset 0 says the file is UTF-16 (little endian), the layout says utf-8']);
    expect(await told(layout('encoding: windows-1252\n'), '\ufeffid,amount\n1,2\n')).toEqual(['1 "" the byte order mark at offset 0 says the file is UTF-8, the layout says windows-1252']);
  });

  it('resumes behind rows that were taken before, good and bad', async () => {
    const parts = await partsOf(layout(), 'id,amount\n1,2\nbad\n3,4\n4,5\n', 7, 2);
    expect(parts).toEqual([{ kind: 'row', record: 'detail', line: 4, fields: { id: '3', amount: '4' } }, { kind: 'row', record: 'detail', line: 5, fields: { id: '4', amount: '5' } }, { kind: 'end', rows: 4 }]);
  });

  it('takes off the apostrophe that keeps a formula harmless', async () => {
    const details = ['=1+1', '+49 30', '-x', '@a', "'=quoted", '\t=tab', '  "=x', '＝full', '−minus', 'plain', "'plain", 'a=b'].map((memo) => ({ id: '1', amount: '-2', memo }));
    const bytes = layout().render({ file: {}, details });
    const lines = Buffer.from(bytes).toString().split('\n');
    expect(lines.slice(1, 10).every((line) => /^1,-2,"?'/.test(line))).toBe(true);
    expect(lines.slice(10, 13)).toEqual(['1,-2,plain', "1,-2,'plain", '1,-2,a=b']);
    expect((await partsOf(layout(), bytes)).flatMap((part) => (part.kind === 'row' ? [part.fields['memo']] : []))).toEqual(details.map((detail) => detail.memo));
    expect(Buffer.from(layout('formulas: asIs\n').render({ file: {}, details: details.slice(0, 1) })).toString()).toBe('id,amount,memo\n1,-2,=1+1\n');
  });
});
