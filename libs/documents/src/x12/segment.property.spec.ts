import * as fc from 'fast-check';
import { Segment } from './segment.js';
import { parseX12Amount } from './x12-values.js';

function segmentOf(text: string): Segment {
  const segment = new Segment();
  segment.fill(`~~${text}~REF*9`, 2, 2 + text.length, '*');
  return segment;
}

describe('an amount read where it stands', () => {
  it('is what the long way reads, or is left to it', () => {
    const written = fc.oneof(fc.stringMatching(/^[-+]?\d{0,18}(\.\d{0,4})?$/), fc.string({ maxLength: 12 }).map((text) => text.replaceAll('*', '')));
    fc.assert(fc.property(written, fc.constantFrom(0, 2, 3), (text, exponent) => {
      const quick = segmentOf(`RMR*IV*1**${text}*7`).minorAt(4, exponent);
      const long = parseX12Amount(text.trim(), exponent);
      if (quick !== null) expect(quick).toBe(long);
      else if (/^\d{1,9}$/.test(text)) throw new Error(`${text} was left to the long way`);
    }));
  });
});

describe('a segment', () => {
  it('gives every element and its column', () => {
    fc.assert(fc.property(fc.array(fc.stringMatching(/^[A-Za-z0-9 .-]{0,8}$/), { maxLength: 20 }), (elements) => {
      const segment = segmentOf(['XYZ', ...elements].join('*'));
      expect([segment.id, segment.length]).toEqual(['XYZ', elements.length + 1]);
      elements.forEach((element, index) => {
        expect(segment.at(index + 1)).toBe(element.trim());
        expect(segment.where(index + 1).column).toBe(1 + ['XYZ', ...elements.slice(0, index)].join('*').length + 1);
      });
      expect(segment.at(elements.length + 1)).toBe('');
    }));
  });
});
