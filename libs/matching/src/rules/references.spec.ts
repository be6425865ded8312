import fc from 'fast-check';
import { documentKeys, findReferences, referenceKey } from './references.js';

function finder(numbers: readonly string[]): (text: string) => string[] {
  const known = new Map<string, string[]>();
  for (const number of numbers) for (const key of documentKeys(number)) known.set(key, [...(known.get(key) ?? []), number]);
  return (text) => findReferences(text, (key) => known.get(key)).flatMap((hit) => [...hit.targets]);
}

describe('references', () => {
  const find = finder(['INV-100234', 'INV-100235', 'INV-100241', '2026-000123', '0004711', 'AB12CD', 'RG2024/17']);

  it.each([
    ['INV-100234', 'INV-100234'], ['inv 100234', 'INV-100234'], ['INV100234', 'INV-100234'], ['INV# 100234', 'INV-100234'], ['Invoice no.100234', 'INV-100234'],
    ['RE100234', 'INV-100234'], ['RE-100234', 'INV-100234'], ['2026000123', '2026-000123'], ['2026/000123', '2026-000123'], ['4711', '0004711'], ['00004711', '0004711'],
    ['ref:ab12cd.', 'AB12CD'], ['RG 2024/17', 'RG2024/17'], ['ＩＮＶ－100234'.normalize('NFKC'), 'INV-100234'],
  ])('finds the number in %j', (text, number) => {
    expect(find(`PAYMENT ${text} THANKS`)).toEqual([number]);
  });

  it.each(['9100234', '1002349', '77-100234', '100234-9', '100,234.00', '100234.50', 'X100234Y9', '1 00234', '100 234', 'AB12CDE', '471'])(
    'does not find a number inside %j', (text) => { expect(find(`PAYMENT ${text} THANKS`)).toEqual([]); });

  it('follows lists and ranges of known numbers', () => {
    expect(find('INV 100234/235/41')).toEqual(['INV-100234', 'INV-100235', 'INV-100241']);
    expect(find('100234,100235,100241')).toEqual(['INV-100234', 'INV-100235', 'INV-100241']);
    expect(find('INV100234-100241')).toEqual(['INV-100234', 'INV-100235', 'INV-100241']);
  });

  it('calls what may be a day or a year weak', () => {
    const hits = findReferences('ON 20260315 AND 2025', (key) => (/^\d+$/.test(key) ? [key] : undefined));
    expect(hits.map((hit) => hit.weak)).toEqual([true, true]);
  });

  it('finds a number whatever stands around it, and never when a digit touches it', () => {
    const number = fc.integer({ min: 1000, max: 99_999_999 }).map(String);
    fc.assert(fc.property(number, fc.constantFrom(' ', ', ', '; ', ' (', ' / ', '\t'), fc.integer({ min: 0, max: 9 }), (digits, gap, extra) => {
      const findOne = finder([digits]);
      expect(findOne(`pay${gap}${digits}${gap}ok`)).toEqual([digits]);
      expect(findOne(`pay${gap}${digits}${extra}${gap}ok`)).toEqual([]);
      expect(findOne(`pay${gap}${extra + 1}${digits}${gap}ok`)).toEqual([]);
    }));
  });

  it('quotes exactly what is written, in any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.constantFrom('INV-100234', 'inv 0100234', '100234'), (noise, number) => {
      const text = `${noise} ${number} ${noise}`;
      for (const hit of findReferences(text, (key) => (key === 'INV100234' || key === '100234' ? [key] : undefined))) expect(text).toContain(hit.quote);
    }));
  });

  it('normalises without losing the number', () => {
    expect(referenceKey('INV-000123')).toBe('INV123');
    expect(referenceKey('000')).toBe('0');
    expect(documentKeys('INV-000123')).toEqual(['INV123']);
    expect(documentKeys('INV-001234')).toEqual(['INV1234', '1234']);
  });
});
