import { partTask, sortedLines } from './in-part.js';

const line = (number: number, invoice: string, amount: string) => ({ LINENUMBER: String(number), MARKEDINVOICE: invoice, CREDITAMOUNT: amount, CURRENCYCODE: 'USD' });
const planned = [line(1, 'CIV-1', '100.00'), line(2, 'CIV-2', '25.00'), line(3, '', '50.00')];
const journal = { company: 'usmf', batchNumber: '00042', posted: false };

describe('a posting of which an import took a part', () => {
  it('knows its lines by invoice and amount, whatever their numbers became, and each once', () => {
    const twice = [line(1, 'CIV-1', '10.00'), line(2, 'CIV-1', '10.00')];
    expect(sortedLines(planned, [{ MarkedInvoice: '', CreditAmount: '50' }, { MarkedInvoice: 'CIV-1', CreditAmount: '100' }]).missing.map((each) => each['LINENUMBER'])).toEqual(['2']);
    expect(sortedLines(twice, [{ MarkedInvoice: 'CIV-1', CreditAmount: '10' }])).toEqual({ taken: [twice[0]], missing: [twice[1]] });
  });

  it('says which lines are in, which are not and why, and what to do', () => {
    expect(partTask('pay_7', planned, [{ MarkedInvoice: 'CIV-1', CreditAmount: '100' }, { MarkedInvoice: '', CreditAmount: '50' }], journal, 'the invoice CIV-2 is closed')).toBe(
      'The import took 2 of 3 lines of pay_7. In journal 00042 of USMF: line 1 (invoice CIV-1, 100.00 USD), line 3 (on account, 50.00 USD). Missing: line 2 (invoice CIV-2, 25.00 USD). '
      + 'Finance says: the invoice CIV-2 is closed. In Finance open journal 00042 of USMF (Accounts receivable, Payments, Customer payment journal) and either add what is missing with payment id pay_7 and post the journal, '
      + 'or delete the lines with payment id pay_7: this posting is then refused and can be sent again.');
  });

  it('says so where the journal is posted already', () => {
    expect(partTask('pay_7', planned, [{ MarkedInvoice: 'CIV-1', CreditAmount: '100' }], { ...journal, posted: true }, '')).toContain('The journal is posted with them. In Finance book what is missing');
  });
});
