import fc from 'fast-check';
import { turnedDecimal } from './decimal.js';

describe('a JSON number with its sign turned', () => {
  it.each([
    ['12.30', '-12.30'], ['-12.30', '12.30'], ['0', '0'], ['-0.00', '0.00'], ['89.4', '-89.4'], ['1e2', '-100'], ['-1.5E+3', '1500'], ['1.25e1', '-12.5'], ['5e-3', '-0.005'],
    ['-12345678901234567.89', '12345678901234567.89'],
  ])('%s is %s', (text, turned) => {
    expect(turnedDecimal(text)).toBe(turned);
  });

  it.each(['', '1.', '.5', '01', '+1', 'NaN', '1e9999', '1,5', ' 1'])('refuses "%s"', (text) => {
    expect(turnedDecimal(text)).toBeNull();
  });

  it('keeps every digit, and turned twice is the number again', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 6 }), (minor, places) => {
      const digits = (minor < 0n ? -minor : minor).toString().padStart(places + 1, '0');
      const unsigned = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
      const text = minor < 0n ? `-${unsigned}` : unsigned;
      const once = turnedDecimal(text) ?? '';
      expect(once.replace('-', '')).toBe(unsigned);
      expect(once.startsWith('-')).toBe(minor > 0n);
      expect(turnedDecimal(once)).toBe(text);
    }));
  });
});
