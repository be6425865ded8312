import fc from 'fast-check';
import { parseMinorUnits } from '#canonical';
import { anyOf, dayOf, externalIdOf, keyOf, negated, recordIdOf, slices, sumText } from './words.js';

describe('the words of Finance', () => {
  it.each([['2026-03-10T12:00:00Z', '2026-03-10'], ['1900-01-01T12:00:00Z', null], ['', null], ['soon', null]])('day %s is %s', (sent, day) => { expect(dayOf(sent)).toBe(day); });

  it('name a record by its company and key, and find both again', () => {
    fc.assert(fc.property(fc.stringMatching(/^[a-z0-9]{1,4}$/), fc.string({ minLength: 1, maxLength: 20 }), (company, key) => {
      expect(keyOf(externalIdOf(company, key))).toEqual({ company, key });
    }));
    expect(externalIdOf('USMF', 'US/001')).toBe('usmf/US/001');
    expect([keyOf('usmf'), keyOf('/x'), keyOf('usmf/')]).toEqual([null, null, null]);
    expect([recordIdOf('usmf/5637144576'), recordIdOf('usmf/CIV-1')]).toEqual(['5637144576', null]);
  });

  it('sum amounts exactly, as they would be by hand', () => {
    expect(sumText(['0.1', '0.2'])).toBe('0.3');
    expect(sumText([])).toBe('0');
    expect(sumText(['100', '-100'])).toBe('0');
    expect(sumText(['1000', '200'])).toBe('1200');
    fc.assert(fc.property(fc.array(fc.bigInt(-(10n ** 12n), 10n ** 12n), { maxLength: 6 }), (minors) => {
      const texts = minors.map((minor) => `${minor < 0n ? '-' : ''}${(minor < 0n ? -minor : minor) / 100n}.${String((minor < 0n ? -minor : minor) % 100n).padStart(2, '0')}`);
      expect(parseMinorUnits(sumText(texts), 2)).toBe(minors.reduce((sum, minor) => sum + minor, 0n));
    }));
  });

  it('keep what is no amount in sight, so that the mapping refuses it', () => { expect(sumText(['10', 'x'])).toBe('10 + x'); });

  it.each([['10', '-10'], ['-10', '10'], ['0', '0'], ['0.00', '0.00']])('%s turned is %s', (amount, turned) => { expect(negated(amount)).toBe(turned); });

  it('write alternatives without "in"', () => {
    expect(anyOf(['a eq 1', 'a eq 2'])).toBe('(a eq 1 or a eq 2)');
    expect(slices([1, 2, 3], 2)).toEqual([[1, 2], [3]]);
  });
});
