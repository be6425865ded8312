import fc from 'fast-check';
import { type EntryFacts, toldTwice } from './told-twice.js';

const line = (identity: string, amountMinor: bigint, more: Partial<EntryFacts> = {}): EntryFacts => ({ bankAccountId: '1', identity, bookedOn: '2026-11-03', amountMinor, currency: 'EUR', reversal: false, bankReference: 'B1', ...more });

describe('an entry that two messages of a bank tell', () => {
  it('is one line by account, day, bank\'s reference, direction and amount, whatever its words', () => {
    expect([...toldTwice([line('statement', 500n)], [line('notice', 500n)]).same]).toEqual([['statement', 'notice']]);
    const others: Partial<EntryFacts>[] = [{ bankAccountId: '2' }, { bookedOn: '2026-11-04' }, { bankReference: 'B2' }, { bankReference: null }, { bankReference: '//' }, { currency: 'USD' }, { reversal: true }, { amountMinor: -500n }, { amountMinor: 501n }];
    for (const other of others) expect(toldTwice([line('statement', 500n)], [line('notice', 500n, other)])).toEqual({ same: new Map(), divided: new Set() });
    expect(toldTwice([line('statement', 500n, { bankReference: null })], [line('notice', 500n, { bankReference: null })]).same.size).toBe(0);
  });

  it.each(['NONREF', 'Not Provided', 'none', '//', '0000', ''])('is not recognised by "%s", which is no reference', (bankReference) => {
    expect(toldTwice([line('statement', 500n, { bankReference })], [line('notice', 500n, { bankReference })]).same.size).toBe(0);
  });

  it('of twins is as many lines as the message with more of them tells', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }), (here, there) => {
      const lines = (name: string, count: number): EntryFacts[] => Array.from({ length: count }, (_, index) => line(`${name}${index}`, 500n));
      const { same, divided } = toldTwice(lines('in', here), lines('known', there));
      expect([same.size, new Set(same.values()).size, divided.size]).toEqual([Math.min(here, there), Math.min(here, there), 0]);
    }));
  });

  it('keeps the line of the same content its own, and pairs the others', () => {
    expect([...toldTwice([line('a', 500n), line('b', 500n)], [line('x', 500n), line('a', 500n)]).same]).toEqual([['b', 'x']]);
  });

  it('divided into payments is one entry where it comes to the same sum, and only then', () => {
    const parts = [line('p1', 200n), line('p2', 300n)];
    expect([...toldTwice([line('whole', 500n)], parts).divided]).toEqual(['whole']);
    expect([...toldTwice(parts, [line('whole', 500n)]).divided]).toEqual(['p1', 'p2']);
    expect(toldTwice([line('whole', 501n)], parts).divided.size).toBe(0);
    expect(toldTwice(parts, [line('q1', 100n), line('q2', 400n)]).divided.size).toBe(0);
  });
});
