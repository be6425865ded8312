import * as fc from 'fast-check';
import { CopyRows, hexArray, textArray } from './copy-rows.js';

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const sized = (bytes: Buffer): Buffer => Buffer.concat([int32(bytes.length), bytes]);

describe('rows for a binary COPY', () => {
  it('writes any text as its UTF-8 bytes, however it is made up and however full the buffer is', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { maxLength: 50 }), (texts) => {
      const rows = new CopyRows();
      for (const text of texts) rows.text(text);
      expect(rows.bytes()).toEqual(Buffer.concat(texts.map((text) => sized(Buffer.from(text)))));
    }));
  });

  it('outgrows its first buffer', () => {
    const rows = new CopyRows();
    const long = 'ü€'.repeat(40_000);
    rows.text('before');
    rows.text(long);
    expect(rows.bytes()).toEqual(Buffer.concat([sized(Buffer.from('before')), sized(Buffer.from(long))]));
  });

  it('begins a row with the number of its fields, writes null as the length -1, and knows where the row ends', () => {
    const rows = new CopyRows();
    rows.beginRow(2);
    rows.null();
    rows.boolean(true);
    const { start, end } = rows.endRow();
    expect(rows.slice(start, end)).toEqual(Buffer.concat([Buffer.from([0, 2]), int32(-1), sized(Buffer.from([1]))]));
  });

  it.each([['2000-01-01', 0], ['1999-12-31', -1], ['2000-03-01', 60], ['0001-01-01', -730_119], ['9999-12-31', 2_921_939]])('writes %s as day %d of Postgres', (day, number) => {
    const rows = new CopyRows();
    rows.date(day);
    expect(rows.bytes()).toEqual(sized(int32(number)));
  });

  it('writes minor units to the last digit of a bigint column', () => {
    const rows = new CopyRows();
    rows.bigint(-9_223_372_036_854_775_808n);
    expect(rows.bytes().readBigInt64BE(4)).toBe(-9_223_372_036_854_775_808n);
  });

  it('writes arrays with their element type, and empty ones without a dimension', () => {
    expect(textArray([])).toEqual(Buffer.concat([int32(0), int32(0), int32(25)]));
    expect(textArray(['a', '{",}'])).toEqual(Buffer.concat([int32(1), int32(0), int32(25), int32(2), int32(1), sized(Buffer.from('a')), sized(Buffer.from('{",}'))]));
    expect(hexArray(['00ff'])).toEqual(Buffer.concat([int32(1), int32(0), int32(17), int32(1), int32(1), sized(Buffer.from([0, 255]))]));
  });
});
