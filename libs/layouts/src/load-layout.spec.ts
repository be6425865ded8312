import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LayoutFileError, loadConnectionLayout, loadLayout, loadLayoutFolder } from './index.js';
import { told } from './testing/reading.js';

function mistakesOf(load: () => unknown): readonly string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof LayoutFileError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const GOOD = `layout: test.items
version: 1
says: Items.
source: This file.
kind: delimited
records:
  detail:
    fields:
      id: { column: Id }
      amount: { column: Amount, type: amount, decimals: 2 }
`;

describe('a layout file', () => {
  it('tells every mistake at once, with file, line, place and cure', () => {
    const text = `layout: Test
version: one
kind: delimeted
delimiter: ","
colour: red
records:
  detail:
    fields:
      Id: { colum: Id }
      amount: { type: amount, decimals: many, sum: detail.none }
      day: { type: date, format: YYYY/QQ }
      state: { type: code }
  trailer:
    place: trailer
    tag: T
    fields: { rows: { count: [nothing] } }
`;
    expect(mistakesOf(() => loadLayout(text, 'mappings/test/x.layout.yaml'))).toEqual([
      'mappings/test/x.layout.yaml:1 layout: "Test" is not a layout name; write <target>.<what>, or <target>.<what>.post',
      'mappings/test/x.layout.yaml:1 says: is missing; say in a sentence what the file is for',
      'mappings/test/x.layout.yaml:1 source: is missing; say where the rule comes from: a document, an address, a person',
      'mappings/test/x.layout.yaml:2 version: "one" is not a whole number above zero; write digits',
      'mappings/test/x.layout.yaml:3 kind: "delimeted" means nothing here; write delimited or fixed or jsonLines or jsonArray',
      expect.stringMatching(/^mappings\/test\/x\.layout\.yaml:5 colour: "colour" means nothing here; there are layout, /),
      'mappings/test/x.layout.yaml:9 records.detail.Id: "Id" is not a field name; write letters and digits, a small letter first',
      expect.stringMatching(/:9 records\.detail\.Id\.colum: "colum" means nothing here/),
      'mappings/test/x.layout.yaml:10 records.detail.amount.decimals: "many" is no number of decimals; write 0 to 4, or currency',
      'mappings/test/x.layout.yaml:10 records.detail.amount: no record has a field "detail.none"; name a record and its field: check.amount',
      'mappings/test/x.layout.yaml:11 records.detail.day.format: "YYYY/QQ" is not a date format: write YYYY or YY, MM and DD once each, with separators; write format: YYYY-MM-DD',
      'mappings/test/x.layout.yaml:12 records.detail.state.of: is missing; list every word: of: { booked: OK, refused: ERR }',
      'mappings/test/x.layout.yaml:13 records: nothing tells the records apart; add tag: { column: 1 } or tag: { at: 1-1 }; a delimited layout of direction "write" needs none when all records have the same columns',
      'mappings/test/x.layout.yaml:15 records.trailer.tag: the layout does not say where tags stand; add tag: { column: 1 } or tag: { at: 1-1 } at the top',
      'mappings/test/x.layout.yaml:16 records.trailer.rows: no record is called "nothing"; there are detail, trailer',
    ]);
  });

  it('may look like the example of the README', () => {
    const [, example = ''] = /```yaml\n(layout:[\s\S]*?)```/.exec(readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')) ?? [];
    const layout = loadLayout(example, 'libs/layouts/README.md');
    const bytes = layout.render({ file: { sequence: '7' }, details: [{ checks: [{ amount: '1.00' }, { amount: '2.50' }] }] });
    expect(Buffer.from(bytes).toString().split('\r\n').map((line) => line.trimEnd())).toEqual(['1000007001', '5001', '60010000000100', '60020000000250', '70020000000350', '9000006', '']);
  });

  it('refuses positions that overlap or leave the record', () => {
    const text = `layout: test.fixed\nversion: 1\nsays: x\nsource: x\nkind: fixed\nrecordLength: 10\ntag: { at: 1 }\nrecords:\n  detail:\n    tag: D\n    fields:\n      a: { at: 1-3 }\n      b: { at: 3-11 }\n      c: { at: 0-1 }\n      d: {}\n`;
    expect(mistakesOf(() => loadLayout(text, 'f')).map((line) => line.replace(/;.*/, ''))).toEqual(expect.arrayContaining([
      'f:12 records.detail.a: begins at 1, where "tag" has not ended', 'f:13 records.detail.b: begins at 3, where "a" has not ended',
      'f:13 records.detail.b: ends at 11, behind the record\'s 10 characters', 'f:14 records.detail.c.at: "0-1" is no position', 'f:15 records.detail.d.at: is missing',
    ]));
  });

  it('refuses fixed records without line ends in an encoding of several bytes', () => {
    expect(mistakesOf(() => loadLayout('layout: test.fixed\nversion: 1\nsays: x\nsource: x\nkind: fixed\nrecordLength: 3\nlineEnd: none\nrecords:\n  detail: { fields: { a: { at: 1-3 } } }\n', 'f'))).toEqual([
      'f:7 lineEnd: only fixed-width records of one length and one byte a character can do without; write lf or crlf, or add recordLength and a single-byte encoding',
    ]);
  });

  it('does only what its direction says', () => {
    const bytes = { async* [Symbol.asyncIterator](): AsyncGenerator<Uint8Array> { yield await Promise.resolve(Buffer.from('x')); } };
    expect(() => loadLayout(GOOD.replace('kind:', 'direction: write\nkind:'), 'f').read(bytes)).toThrow('layout test.items is for writing (f): it cannot read a file');
    expect(() => loadLayout(GOOD.replace('kind:', 'direction: read\nkind:'), 'f').render({ file: {}, details: [] })).toThrow('layout test.items is for reading (f): it cannot write a file');
  });
});

describe('a connection\'s own layout', () => {
  const known = new Map([['test.items', loadLayout(GOOD, 'mappings/test/items.layout.yaml')]]);

  it('changes what it names and keeps the rest', async () => {
    const own = loadConnectionLayout('overlays: test.items\ndelimiter: ";"\nrecords: { detail: { fields: { amount: { column: Betrag, point: "," } } } }\n', 'connection "x"', known);
    expect(await told(own, 'Id;Betrag\n1;2,50\n')).toEqual(['2 detail {"id":"1","amount":"2.50"}', 'end 1']);
    expect(Buffer.from(own.render({ file: {}, details: [{ id: '1', amount: '2.5' }] })).toString()).toBe('Id;Betrag\n1;2,50\n');
  });

  it('may be a whole one', async () => {
    expect(await told(loadConnectionLayout(GOOD.replace('Amount', 'Sum'), 'connection "x"', known), 'Id,Sum\n1,2\n')).toEqual(['2 detail {"id":"1","amount":"2"}', 'end 1']);
  });

  it('has its mistakes told under its own name and line, the base\'s under the base\'s', () => {
    expect(mistakesOf(() => loadConnectionLayout('overlays: test.items\nquoting: often\nrecords: { detail: { fields: { amount: { type: fraction } } } }\n', 'connection "x" layouts.own', known))).toEqual([
      'mappings/test/items.layout.yaml:10 records.detail.amount.decimals: "decimals" means nothing here; there are type, optional, because, column, from, value, count, sum, hash, number, last, trim, breaks, length, tooLong, formulas, pad, justify',
      'connection "x" layouts.own:2 quoting: "often" means nothing here; write asNeeded or always or never',
      'connection "x" layouts.own:3 records.detail.amount.type: "fraction" means nothing here; write text or amount or date or time or integer or code',
    ]);
    expect(mistakesOf(() => loadConnectionLayout('overlays: test.other\n', 'connection "x"', known))).toEqual(['connection "x":1 overlays: there is no layout "test.other"; there are test.items']);
  });
});

describe('the folder of layouts', () => {
  it('tells the mistakes of all files, and a file that is not named as its layout', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'layouts-'));
    try {
      await mkdir(join(folder, 'test'));
      await writeFile(join(folder, 'test', 'items.layout.yaml'), GOOD);
      expect([...(await loadLayoutFolder(folder)).keys()]).toEqual(['test.items']);
      await writeFile(join(folder, 'test', 'other.layout.yaml'), GOOD);
      await writeFile(join(folder, 'test', 'third.layout.yaml'), 'layout: test.third');
      await expect(loadLayoutFolder(folder, 'mappings')).rejects.toThrow(/^mappings\/test\/other\.layout\.yaml:1 layout: is called "test\.items"; write layout: test\.other, or rename the file\nmappings\/test\/third/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
