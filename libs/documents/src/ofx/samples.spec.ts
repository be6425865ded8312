import { formatMoney, type ParsedDocument } from '#canonical';
import { parseDocument } from '../parse-document.js';
import { readSample, whyNoSamples } from '../testing/sample-files.js';

const missing = whyNoSamples();

function shown({ statements }: ParsedDocument): unknown[] {
  return statements.map(({ account, currency, asOf, transactions, balances }) => [
    account, currency, asOf, transactions.map(({ amount }) => formatMoney(amount)).join(' '), balances.map(({ code, amount }) => `${code} ${formatMoney(amount)}`).join(' '),
  ]);
}

if (missing === null) {
  describe('real OFX and QFX files', () => {
    it.each([
      ['bank_medium.ofx', '102', [['12300 000012345678', 'CAD', '2009-05-23', '-6.60 -316.67 -22.00', 'LEDGERBAL 382.34 AVAILBAL 682.34']]],
      ['checking.ofx', '102', [['1452687~7', 'USD', '2013-05-25', '0.01 -34.51 -25.00', 'LEDGERBAL 100.99 AVAILBAL 75.99']]],
      ['multiple_accounts2.ofx', '211', [['9100', 'USD', '2012-06-03', '', 'LEDGERBAL 111.00'], ['9200', 'USD', '2012-06-03', '', 'LEDGERBAL 222.00']]],
      ['anzcc.ofx', '203', [['1234123412341234', 'AUD', '2017-05-09', '-5.50', 'LEDGERBAL -123.45 AVAILBAL 123.45']]],
      ['v211.ofx', '211', [['123456', 'USD', '2005-08-31', '-80.00', 'LEDGERBAL 2156.56'], ['123412341234', 'USD', '2005-08-31', '-23.00 350.00', 'LEDGERBAL -562.00']]],
      ['sample.ofx', '102', [['BE4455667788', 'EUR', '2026-03-21', '1250.50 -80.25', '']]],
      ['sample.qfx', '102', [['123456789', 'USD', '2026-03-22', '-15.00', '']]],
    ])('%s', async (name, version, statements) => {
      const parsed = await parseDocument(readSample('ofx', name));
      expect([parsed.format, parsed.version, parsed.refused, parsed.findings]).toEqual(['ofx', version, null, []]);
      expect(shown(parsed)).toEqual(statements);
    });

    it('bank_medium: day in the zone the bank names, a cheque without number, references', async () => {
      const [, check] = (await parseDocument(readSample('ofx', 'bank_medium.ofx'))).statements[0]?.transactions ?? [];
      expect(check).toMatchObject({ bookedOn: '2009-04-02', code: 'CHECK', kind: 'check', checkNumber: null, bankReference: '0000123456782009040200004', memo: expect.stringMatching(/^Joe's Bald Hairstyles\n/) as string });
    });

    it('v211: who paid is told of money in only', async () => {
      const [interest, payment] = (await parseDocument(readSample('ofx', 'v211.ofx'))).statements[1]?.transactions ?? [];
      expect([interest?.kind, interest?.payer.name, payment?.payer.name, payment?.where]).toEqual(['interest', null, 'Payment - Thank You', { line: 70, column: 11, record: 'STMTTRN', page: null }]);
    });
  });
} else {
  describe(`real OFX files: skipped, ${missing}`, () => {
    it('has no folder of samples', () => { expect(whyNoSamples()).toBe(missing); });
  });
}
