import fc from 'fast-check';
import { clean, cleanText, cutText } from './clean-text.js';

/** Any UTF-16 units, also those that are no text. */
const anyUnits = fc.array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0, 0xd83d, 0xdcb6)), { maxLength: 40 }).map((units) => String.fromCharCode(...units));
const storable = (text: string): boolean => !text.includes('\0') && Buffer.from(text, 'utf8').toString('utf8') === text;

describe('text on its way into the evidence', () => {
  it('is what the database keeps, whatever a payer or a target wrote', () => {
    fc.assert(fc.property(anyUnits, (text) => {
      expect(storable(cleanText(text))).toBe(true);
      if (storable(text)) expect(cleanText(text)).toBe(text);
    }));
  });

  it('is cut between characters', () => {
    expect(cutText('pay \u{1F4B6}', 5)).toBe('pay ');
    expect(cutText('pay \u{1F4B6}', 6)).toBe('pay \u{1F4B6}');
    fc.assert(fc.property(anyUnits, fc.integer({ min: 0, max: 50 }), (text, lengthMax) => {
      const cut = cutText(text, lengthMax);
      expect(storable(cut)).toBe(true);
      expect(cut.length).toBeLessThanOrEqual(lengthMax);
      expect(cleanText(text).startsWith(cut)).toBe(true);
      expect(cut.length).toBeGreaterThanOrEqual(Math.min(text.length, lengthMax) - 1);
    }));
  });

  it('reaches into every place of a value and leaves the rest alone', () => {
    fc.assert(fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => { expect(clean(value)).toEqual(value); }));
    expect(clean({ 'a\0': [{ b: 'x\uD83D' }, 1, null, true] })).toEqual({ 'a\uFFFD': [{ b: 'x\uFFFD' }, 1, null, true] });
  });
});
