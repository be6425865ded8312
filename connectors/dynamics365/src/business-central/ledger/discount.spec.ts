import { parseLocalDate } from '#canonical';
import { dayAfter, discountByTerms } from './discount.js';

const day = parseLocalDate('2026-01-31');

describe('a date formula', () => {
  it.each([['10D', '2026-02-10'], ['1M', '2026-02-28'], ['<1M+10D>', '2026-03-10'], ['2W', '2026-02-14'], ['CM', '2026-01-31'], ['CM+15D', '2026-02-15'], ['1Y', '2027-01-31'], ['-1D', '2026-01-30']])('%s', (formula, expected) => {
    expect(dayAfter(day, formula)).toBe(expected);
  });

  it.each(['', 'D10', 'WD3', '10', '10D+', 'CQ'])('"%s" is none we read', (formula) => { expect(dayAfter(day, formula)).toBeNull(); });
});

describe('a discount by the terms of an invoice', () => {
  const row = { totalAmountIncludingTax: '1000.25', invoiceDate: '2026-01-31' };
  it.each([
    ['two percent', row, { discountPercent: '2', discountDateCalculation: '10D' }, 'USD', { amount: '20.01', until: '2026-02-10' }],
    ['of a currency without decimals', { ...row, totalAmountIncludingTax: '1025' }, { discountPercent: '2.5', discountDateCalculation: '10D' }, 'JPY', { amount: '26', until: '2026-02-10' }],
    ['none', row, { discountPercent: '0', discountDateCalculation: '10D' }, 'USD', null], ['no formula', row, { discountPercent: '2', discountDateCalculation: '' }, 'USD', null],
    ['terms that are gone', row, undefined, 'USD', null], ['no day', { ...row, invoiceDate: '0001-01-01' }, { discountPercent: '2', discountDateCalculation: '10D' }, 'USD', null],
  ])('%s', (_what, invoice, terms, currency, expected) => { expect(discountByTerms(invoice, terms, currency)).toEqual(expected); });
});
