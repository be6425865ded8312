import fc from 'fast-check';
import { amountJson, storableJson, storableText } from './storable-text.js';

describe('storable text', () => {
  it('replaces U+0000 and half a surrogate pair, and nothing else', () => {
    expect(storableText('a\0b')).toBe('a\uFFFDb');
    expect(storableText('cut \uD83D')).toBe('cut \uFFFD');
    expect(storableText('whole \u{1F4B6} ümläut')).toBe('whole \u{1F4B6} ümläut');
  });

  it('survives UTF-8 unchanged whatever it was made of, and keeps its length', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
      const stored = storableText(String.fromCharCode(...units));
      expect(Buffer.from(stored, 'utf8').toString('utf8')).toBe(stored);
      expect(stored).not.toContain('\0');
      expect(stored).toHaveLength(units.length);
    }));
  });

  it('reaches into JSON and writes amounts as decimal text', () => {
    expect(storableJson([{ value: 'x\0', amount: amountJson({ minor: -1230n, currency: 'USD' }) }])).toBe('[{"amount":{"amount":"-12.30","currency":"USD"},"value":"x\uFFFD"}]');
  });
});
