import fc from 'fast-check';
import { FakeAccount } from './testing/fake-account.js';
import { PROBE } from './testing/postings.js';
import { sumText, totals } from './totals.js';

describe('the totals of the books', () => {
  it('are asked for by group, with days on the account\'s clock', async () => {
    const account = new FakeAccount();
    account.now = new Date('2026-03-10T02:00:00Z');
    account.answerSql(/CustCred|CustPymt/, () => [{ subsidiary: '2', symbol: 'USD', documents: '4', openamount: '12.5' }]);
    account.answerSql(/CustInvc/, (sql) => (sql.includes('IS NULL') || sql.includes('duedate >=') && !sql.includes('duedate <') ? [{ subsidiary: '2', symbol: 'USD', documents: '2', openamount: '10' }]
      : sql.includes('foreignamountunpaid <> 0') ? [] : [{ subsidiary: '2', symbol: 'USD', documents: '7', openamount: '20.00' }]));
    const found = await totals(account.context({ config: { timeZone: 'America/Los_Angeles' }, probe: PROBE }));
    expect(found).toEqual([
      { entity: 'invoice', companyExternalId: '2', currency: 'USD', bucket: 'all', count: 7, open: '20.00' },
      { entity: 'invoice', companyExternalId: '2', currency: 'USD', bucket: 'current', count: 4, open: '20.00' },
      { entity: 'creditMemo', companyExternalId: '2', currency: 'USD', bucket: 'all', count: 4, open: '12.50' },
      { entity: 'payment', companyExternalId: '2', currency: 'USD', bucket: 'all', count: 4, open: '12.50' },
    ]);
    expect(account.queries.some((sql) => sql.includes('t.duedate >= TO_DATE(\'2026-03-09\',\'YYYY-MM-DD\')'))).toBe(true);
  });

  it('name no company where the account has no subsidiaries', async () => {
    const account = new FakeAccount();
    account.answerSql(/./, (sql) => { expect(sql).not.toContain('tl.subsidiary,'); return [{ symbol: 'USD', documents: '1', openamount: '5' }]; });
    const found = await totals(account.context({ probe: { ...PROBE, features: { oneWorld: false } } }));
    expect(found[0]?.companyExternalId).toBeNull();
  });

  it('round only what binary addition broke', () => {
    expect(['0.30000000000000004', '1E-7', '-12.345', '.5', '7', '1.5E3'].map((text) => sumText(text, 'USD'))).toEqual(['0.30', '0.00', '-12.35', '0.50', '7.00', '1500.00']);
    expect(sumText('1200', 'JPY')).toBe('1200');
    expect(() => sumText('1,200', 'USD')).toThrow(/no number/);
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (cents) => {
      const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
      const text = `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
      return sumText(text, 'USD') === text;
    }));
  });
});
