import fc from 'fast-check';
import { applyEntries, canApply, type OpenItem } from './application.js';

const item = (remaining: bigint, values: Partial<OpenItem> = {}): OpenItem => ({ remaining, remainingLocal: remaining, discountPossible: 0n, discountDay: '0001-01-01', ...values });
const cents = (low: number, high: number): fc.Arbitrary<bigint> => fc.integer({ min: low, max: high }).map((value) => BigInt(value) * 100n);

describe('Application of one ledger entry to another', () => {
  it('takes the smaller of the two amounts', () => {
    expect(applyEntries(item(-30_0000n), item(100_0000n), '2026-11-20')).toMatchObject({ newer: { amount: 30_0000n }, older: { amount: -30_0000n }, realized: 0n });
    expect(applyEntries(item(-130_0000n), item(100_0000n), '2026-11-20')).toMatchObject({ newer: { amount: 100_0000n }, older: { amount: -100_0000n } });
  });

  it('closes an invoice that is paid less its discount within the discount day, and not a day later', () => {
    const invoice = item(100_0000n, { discountPossible: 2_0000n, discountDay: '2026-11-20' });
    expect(applyEntries(item(-98_0000n), invoice, '2026-11-20')).toMatchObject({ older: { amount: -98_0000n }, discount: { amount: -2_0000n } });
    expect(applyEntries(item(-98_0000n), invoice, '2026-11-21')).toMatchObject({ older: { amount: -98_0000n }, discount: { amount: 0n } });
    expect(applyEntries(item(-97_9900n), invoice, '2026-11-20')).toMatchObject({ older: { amount: -97_9900n }, discount: { amount: 0n } });
  });

  it('realizes a loss when the payment is worth less in local currency than the invoice was', () => {
    const effect = applyEntries(item(-100_0000n, { remainingLocal: -110_0000n }), item(100_0000n, { remainingLocal: 112_0000n }), '2026-11-20');
    expect(effect).toMatchObject({ newer: { local: 110_0000n }, older: { local: -110_0000n }, realized: -2_0000n });
  });

  it('refuses entries of the same sign', () => {
    expect(() => applyEntries(item(-1n), item(-2n), '2026-11-20')).toThrow(RangeError);
  });

  it('never overshoots, keeps application rows at zero in both currencies, and leaves no local amount on a closed entry', () => {
    const rates = fc.tuple(cents(50, 200), cents(50, 200));
    fc.assert(fc.property(cents(1, 5_000_000), cents(1, 5_000_000), rates, fc.nat(100), fc.boolean(), fc.boolean(), (paid, due, [rateA, rateB], percent, inTime, swapped) => {
      const sign = swapped ? -1n : 1n;
      const local = (amount: bigint, rate: bigint): bigint => (amount * rate) / 10_000n / 100n * 100n;
      const newer = item(-sign * paid, { remainingLocal: -sign * local(paid, rateA) });
      const older = item(sign * due, { remainingLocal: sign * local(due, rateB), discountPossible: (due * BigInt(percent)) / 10_000n * 100n, discountDay: inTime ? '2026-12-31' : '2026-01-01' });
      const effect = applyEntries(newer, older, '2026-11-20');
      const newerLeft = newer.remaining + effect.newer.amount;
      const olderLeft = older.remaining + effect.older.amount + effect.discount.amount;
      const olderLocalLeft = older.remainingLocal + effect.older.local + effect.discount.local + effect.realized;
      expect(effect.newer.amount + effect.older.amount).toBe(0n);
      expect(effect.newer.local + effect.older.local).toBe(0n);
      expect(newerLeft * newer.remaining >= 0n && olderLeft * older.remaining >= 0n).toBe(true);
      expect(newerLeft === 0n || olderLeft === 0n).toBe(true);
      if (newerLeft === 0n) expect(newer.remainingLocal + effect.newer.local).toBe(0n);
      if (olderLeft === 0n) expect(olderLocalLeft).toBe(0n);
      if (effect.discount.amount !== 0n) expect(olderLeft).toBe(0n);
    }), { numRuns: 500 });
  });

  it('says beforehand which pairs it would refuse', () => {
    fc.assert(fc.property(cents(-3, 3), cents(-3, 3), (left, right) => {
      const work = (): unknown => applyEntries(item(left), item(right), '2026-11-20');
      if (canApply(item(left), item(right))) expect(work).not.toThrow();
      else expect(work).toThrow(RangeError);
    }));
  });
});
