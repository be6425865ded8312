import fc from 'fast-check';
import { formatMoney, parseMinorUnits } from '#canonical';
import { settlementsOf, type DetailedApplication } from './applications.js';
import { inferredShares } from './inferred.js';

const row = (entry: string, applied: string, amount: string): DetailedApplication => ({ entry, applied, amount });

describe('settlements from application rows', () => {
  it.each([
    ['both rows name each other', [row('1', '2', '-60'), row('2', '1', '60')]],
    ['the applying payment names itself', [row('1', '2', '-60'), row('2', '2', '60')]],
    ['the applying invoice names itself', [row('1', '1', '-60'), row('2', '1', '60')]],
  ])('are the same where %s', (_how, rows) => {
    expect(settlementsOf(rows, new Set(['1']))).toEqual([{ credit: '2', debit: '1', amount: '60' }]);
  });

  it('keep shares of one payment apart, by the invoices\' own rows', () => {
    const rows = [row('1', '9', '-60.25'), row('2', '9', '-39.75'), row('9', '9', '100')];
    expect(settlementsOf(rows, new Set(['1', '2']))).toEqual([{ credit: '9', debit: '1', amount: '60.25' }, { credit: '9', debit: '2', amount: '39.75' }]);
  });

  it('are gone once they were un-applied, and count what was applied again', () => {
    const undone = [row('1', '2', '-60'), row('2', '1', '60'), row('1', '2', '60'), row('2', '1', '-60')];
    expect(settlementsOf(undone, new Set(['1']))).toEqual([]);
    expect(settlementsOf([...undone, row('1', '2', '-25')], new Set(['1']))).toEqual([{ credit: '2', debit: '1', amount: '25' }]);
  });

  it('are none between two entries of one side', () => {
    expect(settlementsOf([row('8', '9', '-5'), row('9', '8', '5')], new Set(['1']))).toEqual([]);
  });

  it('sum to what was applied, whatever the order of rows', () => {
    const amounts = fc.array(fc.record({ debit: fc.constantFrom('1', '2', '3'), credit: fc.constantFrom('8', '9'), minor: fc.bigInt(1n, 10n ** 12n) }), { minLength: 1, maxLength: 12 });
    fc.assert(fc.property(amounts, fc.boolean(), (applications, reversed) => {
      const rows = applications.flatMap(({ debit, credit, minor }) => {
        const amount = formatMoney({ minor, currency: 'USD' });
        return [row(debit, credit, `-${amount}`), row(credit, debit, amount)];
      });
      const found = settlementsOf(reversed ? rows.toReversed() : rows, new Set(['1', '2', '3']));
      const total = found.reduce((sum, { amount }) => sum + parseMinorUnits(amount, 2), 0n);
      expect(total).toBe(applications.reduce((sum, { minor }) => sum + minor, 0n));
    }));
  });
});

const usd = (minor: bigint) => ({ minor, currency: 'USD' });

describe('shares inferred from balances', () => {
  it('give the one payment everything that was settled, when the sums agree', () => {
    const shares = inferredShares([{ key: 'p', amount: usd(100n), closed: true }], [{ id: 'a', settled: usd(60n) }, { id: 'b', settled: usd(40n) }, { id: 'c', settled: usd(0n) }]);
    expect(shares).toEqual(new Map([['p', [{ invoiceId: 'a', amount: '0.60' }, { invoiceId: 'b', amount: '0.40' }]]]));
  });

  it('pair a payment with the only invoice that lost exactly its amount', () => {
    const shares = inferredShares([{ key: 'p', amount: usd(60n), closed: true }, { key: 'q', amount: usd(40n), closed: true }], [{ id: 'a', settled: usd(60n) }, { id: 'b', settled: usd(70n) }]);
    expect([...shares.keys()]).toEqual(['p']);
  });

  it.each([
    ['two payments have the amount', [60n, 60n], [60n]], ['two invoices lost the amount', [60n, 1n], [60n, 60n]], ['the payment is still open', [], [60n]],
  ])('are none where %s', (_why, payments, invoices) => {
    const credits = payments.length === 0 ? [{ key: 'p0', amount: usd(60n), closed: false }] : payments.map((minor, index) => ({ key: `p${index}`, amount: usd(minor), closed: true }));
    expect(inferredShares(credits, invoices.map((minor, index) => ({ id: `i${index}`, settled: usd(minor) }))).size).toBe(0);
  });

  it('never give an invoice more than it lost, nor a payment more than it has', () => {
    const minors = fc.array(fc.bigInt(1n, 50n), { maxLength: 6 });
    fc.assert(fc.property(minors, minors, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), (paid, lost, closed) => {
      const shares = inferredShares(paid.map((minor, index) => ({ key: String(index), amount: usd(minor), closed: closed[index] === true })), lost.map((minor, index) => ({ id: String(index), settled: usd(minor) })));
      const given = new Map<string, bigint>();
      for (const [key, own] of shares) {
        const total = own.reduce((sum, { amount }) => sum + parseMinorUnits(amount, 2), 0n);
        expect(total).toBe(paid[Number(key)]);
        for (const { invoiceId, amount } of own) given.set(invoiceId, (given.get(invoiceId) ?? 0n) + parseMinorUnits(amount, 2));
      }
      for (const [invoiceId, minor] of given) expect(minor).toBe(lost[Number(invoiceId)]);
    }));
  });
});
