import fc from 'fast-check';
import { harmlessName, isPlainName, matchesPattern } from './file-names.js';

describe('names of files', () => {
  it.each(['', '.', '..', 'a/b', 'a\\b', 'a\u0000b', 'a\nb', '\u007f', 'é'.repeat(128)])('%j names no file of its folder', (name) => {
    expect(isPlainName(name)).toBe(false);
  });

  it.each(['a.csv', '...', ' a', '\u202ea.csv', 'CON', '=1+1.csv', 'é'.repeat(127)])('%j does, whatever it may mean elsewhere', (name) => {
    expect(isPlainName(name)).toBe(true);
  });

  it('become harmless, bounded, and stay so', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => {
      const harmless = harmlessName(name);
      expect(harmless).toMatch(/^[A-Za-z0-9._-]{0,80}$/);
      expect(harmless).not.toMatch(/^[.-]/);
      expect(harmlessName(harmless)).toBe(harmless);
    }));
  });

  it('keep what a person looks for: their ending', () => {
    expect(harmlessName(`${'x'.repeat(200)}-orders.csv`)).toMatch(/-orders\.csv$/);
  });
});

describe('a pattern', () => {
  it.each([['a.csv', '*', true], ['a.csv', '*.csv', true], ['a.csv.part', '*.csv', false], ['a.csv', '?.csv', true], ['ab.csv', '?.csv', false], ['a.csv', 'A.csv', false], ['', '*', true], ['', '?', false], ['abcabd', '*ab?', true]])(
    '%j against %j: %s', (name, pattern, matches) => {
      expect(matchesPattern(name, pattern)).toBe(matches);
    });

  it('means what the same regular expression means', () => {
    fc.assert(fc.property(fc.stringMatching(/^[ab.]{0,12}$/), fc.stringMatching(/^[ab*?]{0,8}$/), (name, pattern) => {
      const expression = new RegExp(`^${[...pattern].map((sign) => (sign === '*' ? '.*' : sign === '?' ? '.' : sign)).join('')}$`);
      expect(matchesPattern(name, pattern)).toBe(expression.test(name));
    }));
  });

  it('cannot stall the hub', () => {
    const started = performance.now();
    expect(matchesPattern('a'.repeat(5_000), `${'*a'.repeat(50)}b`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
