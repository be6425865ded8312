import fc from 'fast-check';
import { canonicalToJson, parseJsonKeepingNumberText, stringifyKeepingNumberText, type Json } from './json.js';

describe('JSON that keeps number text', () => {
  it('writes a number with exactly the digits it was given', () => {
    expect(stringifyKeepingNumberText({ payment: { $number: '12.30' }, lines: [{ $number: '-9007199254740993' }], text: '1.0', none: null, yes: true }))
      .toBe('{"payment":12.30,"lines":[-9007199254740993],"text":"1.0","none":null,"yes":true}');
  });

  it('reads back the digits it wrote', () => {
    fc.assert(fc.property(fc.bigInt(), fc.nat(99), (units, cents) => {
      const digits = `${units}.${String(cents).padStart(2, '0')}`;
      expect(parseJsonKeepingNumberText(stringifyKeepingNumberText([{ $number: digits }]))).toEqual([digits]);
    }));
  });

  it('writes everything else as JSON.stringify does', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      expect(stringifyKeepingNumberText(value as Json)).toBe(JSON.stringify(value));
    }));
  });

  it.each(['1e3', '01', '1.', '.5', '', 'NaN', '1,2', '1}'])('refuses "%s" as a number', (digits) => {
    expect(() => stringifyKeepingNumberText({ $number: digits })).toThrow(RangeError);
  });

  it('refuses an object that only looks like a number', () => {
    expect(() => stringifyKeepingNumberText({ $number: '1', currency: 'USD' })).toThrow(RangeError);
    expect(() => stringifyKeepingNumberText({ $number: 1 })).toThrow(RangeError);
  });
});

describe('a canonical value as JSON', () => {
  it('has amounts as decimal text beside their currency', () => {
    expect(canonicalToJson({ total: { minor: 1230n, currency: 'USD' }, dueOn: null, open: undefined, lines: [{ amount: { minor: -7n, currency: 'JPY' } }] }))
      .toEqual({ total: { amount: '12.30', currency: 'USD' }, dueOn: null, lines: [{ amount: { amount: '-7', currency: 'JPY' } }] });
  });

  it('refuses what JSON cannot hold', () => {
    expect(() => canonicalToJson({ minor: 1n })).toThrow(TypeError);
  });
});
