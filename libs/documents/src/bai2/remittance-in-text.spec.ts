import { formatMoney } from '#canonical';
import { readBai2 } from './bai2-reader.js';

function file(type: string, texts: readonly string[]): string {
  const records = [`16,${type},70000,0,B,C,${texts[0] ?? ''}`, ...texts.slice(1).map((text) => `88,${text}`)];
  return ['01,A,B,260301,0000,1,,,2/', '02,B,A,1,260228,,USD,2/', '03,1,USD,/', ...records, `49,70000,${records.length + 2}/`, `98,70000,1,${records.length + 4}/`, `99,70000,1,${records.length + 6}/`].join('\n');
}

describe('remittance in the text of a BAI2 transaction', () => {
  it('addenda of a CCD+ in 88s give the lines the payment is for', () => {
    const { findings, statements } = readBai2(file('142', ['ACME', 'RMR*IV*INV-7**300.00\\', 'RMR*IV*INV-8**400.00\\']));
    expect([findings, statements[0]?.transactions[0]?.lines.map(({ reference, kind, paid }) => [reference, kind, paid === null ? null : formatMoney(paid)])]).toEqual([[], [['INV-7', 'invoice', '300.00'], ['INV-8', 'invoice', '400.00']]]);
  });

  it('money out explains nothing of ours, and an item that cannot be read is said while the money stands', () => {
    expect(readBai2(file('475', ['RMR*IV*INV-7**300.00\\'])).statements[0]?.transactions[0]?.lines).toEqual([]);
    const { findings, statements } = readBai2(file('142', ['RMR*IV*INV-7**3x0.00\\']));
    expect([statements[0]?.transactions.map(({ amount, lines }) => [formatMoney(amount), lines.length]), findings.map(({ severity, where: { line } }) => [severity, line])]).toEqual([[['700.00', 0]], [['warning', 4]]]);
  });
});
