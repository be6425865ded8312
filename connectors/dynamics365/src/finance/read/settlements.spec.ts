import { grouped } from './settlements.js';

const row = (key: string, own: string, other: string, amount: string, createdOn = '2026-03-01T10:00:00Z', discount = '0') => ({
  dataAreaId: 'usmf', SourceKey: key, TransRecId: own, TransCompany: 'usmf', OffsetRecid: other, OffsetCompany: 'usmf', SettleAmountCur: amount,
  UtilizedCashDisc: discount, TransDate: '2026-03-01T12:00:00Z', CreatedOn: createdOn,
});

describe('what settles a transaction', () => {
  it('is counted once where Finance writes a row for each side', () => {
    const rows = [row('1', '90', '71', '-100'), row('2', '71', '90', '100', undefined, '2')];
    expect(grouped(rows, ['90']).get('90')?.allocations).toEqual([{ invoice: 'usmf/71', amount: '100', discount: '2', appliedOn: '2026-03-01T12:00:00Z' }]);
    expect(grouped(rows, ['71']).get('71')?.allocations).toMatchObject([{ invoice: 'usmf/90', amount: '100' }]);
  });

  it('is seen from the other side where an environment writes one row alone', () => {
    expect(grouped([row('2', '71', '90', '100')], ['90']).get('90')?.allocations).toMatchObject([{ invoice: 'usmf/71', amount: '100' }]);
  });

  it('is gone when it was undone, and the revision has grown', () => {
    const before = grouped([row('1', '90', '71', '-100')], ['90']).get('90');
    const after = grouped([row('1', '90', '71', '-100'), row('3', '90', '71', '100', '2026-03-01T10:00:00Z')], ['90']).get('90');
    expect(after?.allocations).toEqual([]);
    expect(String(after?.revision) > String(before?.revision)).toBe(true);
  });

  it('sums several settlements of one pair, and names another company\'s invoice by it', () => {
    const foreign = { ...row('4', '90', '75', '-5'), OffsetCompany: 'FRRT' };
    const found = grouped([row('1', '90', '71', '-100'), row('2', '90', '71', '-0.5'), foreign], ['90']).get('90');
    expect(found?.allocations).toMatchObject([{ invoice: 'usmf/71', amount: '100.5' }, { invoice: 'frrt/75', amount: '5' }]);
  });

  it('is nothing for a transaction that nothing settles', () => { expect(grouped([row('1', '90', '71', '-100')], ['99']).size).toBe(0); });
});
