import { readRemittanceText } from './remittance-text.js';

const WHERE = { line: 9, column: 3, record: '88', page: null };

describe('items of an 820 in free text', () => {
  it.each([
    ['of a CCD+', 'RMR*IV*INV-1001**5200.00\\'], ['behind other words', 'ACH CREDIT RMR*IV*INV-1001*PI*5200\\'], ['with other delimiters', 'REMITTANCE:RMR|IV|INV-1001||5200.00~'], ['without a terminator', 'RMR*IV*INV-1001**5200.00'],
    ['on a line of its own', 'OBI\nRMR*IV*INV-1001**5200.00\nTHANK YOU'],
  ])('are read %s', (_name, text) => {
    expect(readRemittanceText(text, 'USD', WHERE)).toMatchObject({ findings: [], lines: [{ reference: 'INV-1001', kind: 'invoice', paid: { minor: 520_000n, currency: 'USD' }, where: { line: 9, record: '88 RMR' } }] });
  });

  it('are all taken, with what explains them', () => {
    const { lines } = readRemittanceText('RMR*IV*1**90*100\\ADX*-10*04\\RMR*CM*C2**-5\\', 'EUR', WHERE);
    expect(lines).toMatchObject([{ reference: '1', adjustments: [{ code: '04', amount: { minor: -1_000n, currency: 'EUR' } }] }, { reference: 'C2', kind: 'credit', paid: { minor: -500n } }]);
  });

  it('are none where there are none', () => {
    for (const text of ['', 'PAYMENT OF ARMR*IV*1**5', 'RMR IV 1', 'invoice 1001']) expect(readRemittanceText(text, 'USD', WHERE)).toEqual({ lines: [], findings: [] });
  });

  it('are not taken with an amount nobody can read, which is said', () => {
    expect(readRemittanceText('RMR*IV*1**5.005\\RMR*IV*2**6\\', 'USD', WHERE)).toMatchObject({ lines: [{ reference: '2' }], findings: [{ severity: 'error', value: '5.005', where: { line: 9, record: '88 RMR04' } }] });
  });
});
