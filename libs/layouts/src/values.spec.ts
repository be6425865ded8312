import { readAmount, writeAmount, type AmountStyle } from './amounts.js';
import { compileDayFormat, readTime, writeTime, type DayFormat } from './dates.js';
import { encodingOf } from './encodings.js';
import { ENCODINGS } from './layout-table.js';

const PLAIN: AmountStyle = { decimals: 'asGiven', implied: false, point: '.', sign: 'leading', negate: false };

describe('an amount', () => {
  it.each([
    ['12.30', {}, null, '12.30'], ['0.5', {}, null, '0.5'], ['-7', {}, null, '-7'], ['0012', {}, null, '12'], ['+3', {}, null, '3'],
    ['1234,50', { point: ',' }, null, '1234.50'], ['12.30-', { sign: 'trailing' }, null, '-12.30'], ['12.30', { negate: true }, null, '-12.30'], ['0.00', { negate: true }, null, '0.00'],
    ['0000012345', { decimals: 2, implied: true, sign: 'none' }, null, '123.45'], ['12345', { decimals: 'currency', implied: true }, 0, '12345'], ['12345', { decimals: 'currency', implied: true }, 3, '12.345'],
    ['00000000000000000000000000000000999', { decimals: 2, implied: true }, null, '9.99'],
  ] as const)('%s is read', (text, style, exponent, expected) => {
    expect(readAmount(text, { ...PLAIN, ...style }, exponent)).toBe(expected);
  });

  it.each([
    ['', {}], ['.5', {}], ['5.', {}], ['1,234.50', {}], ['1e3', {}], ['NaN', {}], ['--1', {}], ['-1', { sign: 'none' }], ['1.5', { point: ',' }], ['1.5', { decimals: 2, implied: true }], ['1'.repeat(40), {}],
    ['１２', {}],
  ] as const)('%j is refused', (text, style) => {
    expect(() => readAmount(text, { ...PLAIN, ...style }, null)).toThrow(expect.objectContaining({ name: 'ValueProblem' }));
  });

  it.each([
    ['12.3', { decimals: 2 }, null, '12.30'], ['-12.3', { decimals: 2, sign: 'trailing' }, null, '12.30-'], ['12.3', { decimals: 'currency', implied: true }, 3, '12300'],
    ['500.00', { decimals: 'currency' }, 0, '500'], ['12.5', { point: ',' }, null, '12,5'], ['12.5', { negate: true }, null, '-12.5'],
  ] as const)('%s is written', (text, style, exponent, expected) => {
    expect(writeAmount(text, { ...PLAIN, ...style }, exponent)).toBe(expected);
  });

  it('is not rounded to fit, and takes no guess at its decimals', () => {
    expect(() => writeAmount('12.345', { ...PLAIN, decimals: 2 }, null)).toThrow('"12.345" has more than 2 decimal places');
    expect(() => writeAmount('12.50', { ...PLAIN, decimals: 'currency' }, 0)).toThrow('"12.50" has more than 0 decimal places');
    expect(() => writeAmount('1', { ...PLAIN, decimals: 'currency' }, null)).toThrow('has no currency to take the decimals from');
  });
});

const format = (pattern: string): DayFormat => {
  const compiled = compileDayFormat(pattern);
  if (typeof compiled === 'string') throw new Error(compiled);
  return compiled;
};

describe('a day and a time', () => {
  it.each([['YYMMDD', '260301', '2026-03-01'], ['MM/DD/YYYY', '03/01/2026', '2026-03-01'], ['DD.MM.YYYY', '29.02.2028', '2028-02-29'], ['YYYY-MM-DD', '2026-03-01', '2026-03-01']])('%s', (pattern, text, day) => {
    expect(format(pattern).read(text)).toBe(day);
    expect(format(pattern).write(day)).toBe(text);
  });

  it('that does not exist is refused, and so is a year two digits cannot say', () => {
    expect(() => format('MM/DD/YYYY').read('02/30/2026')).toThrow('"02/30/2026" is not a calendar day (MM/DD/YYYY)');
    expect(() => format('YYMMDD').write('1999-12-31')).toThrow('is not in the years 2000 to 2099');
    expect(() => readTime('2460', 'HHMM')).toThrow('"2460" is not a time (HHMM)');
    expect(() => writeTime('noon', 'HHMM')).toThrow('is not a time');
  });

  it('an instant gives its time in UTC', () => {
    expect([writeTime('2026-03-01T18:30:05.123Z', 'HHMM'), writeTime('2026-03-01T18:30:05Z', 'HH:MM:SS'), readTime('183005', 'HHMMSS')]).toEqual(['1830', '18:30:05', '18:30:05']);
  });

  it.each(['YYYY', 'YYYY-MM', 'DD/MM/YYYY/DD', 'M/D/YYYY', 'YYYYMMDDHH'])('%s is no format', (pattern) => {
    expect(typeof compileDayFormat(pattern)).toBe('string');
  });
});

describe('an encoding', () => {
  it.each(ENCODINGS)('%s gives back every character it has, and knows which it lacks', (name) => {
    const encoding = encodingOf(name);
    for (let code = 1; code < 0x2200; code += 1) {
      const character = String.fromCodePoint(code);
      if (encoding.lacks(character) === null) expect(encoding.decode(encoding.encode(character))).toBe(character);
    }
    const counts = { 'utf-8': 0x21ff, 'utf-8-bom': 0x21ff, 'ascii': 127, 'iso-8859-1': 127 + 96, 'windows-1252': 127 + 96 + 27 };
    expect(Array.from({ length: 0x21ff }, (_, index) => String.fromCodePoint(index + 1)).filter((character) => encoding.lacks(character) === null)).toHaveLength(counts[name]);
  });

  it('reads every byte of windows-1252 as the WHATWG table does', () => {
    // Node's own decoder had this table wrong for a while; the standard's bytes are written out.
    expect(encodingOf('windows-1252').decode(Buffer.from([0x80, 0x82, 0x8a, 0x91, 0x92, 0x96, 0x99, 0x9f, 0xa0, 0xe4]))).toBe('€‚Š‘’–™Ÿ\u00a0ä');
  });

  it('finds the first wrong byte of UTF-8: overlong, surrogate, cut, stray', () => {
    const first = (...bytes: readonly number[]): number => encodingOf('utf-8').firstWrong(Buffer.from(bytes));
    expect([first(0x61, 0xc0, 0xaf), first(0xc3, 0xa4, 0xed, 0xa0, 0x80), first(0x61, 0xe2, 0x82), first(0x61, 0x62, 0x80), first(0xf4, 0x90, 0x80, 0x80), first(0xf0, 0x9f, 0x98, 0x80)]).toEqual([1, 2, 1, 2, 0, -1]);
  });
});
