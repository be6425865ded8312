import type { Remittance } from '#canonical';
import { identifyRemittances } from './remittance-identity.js';

const nowhere = { line: null, column: null, record: null, page: null };
const usd = (minor: bigint): { minor: bigint; currency: string } => ({ minor, currency: 'USD' });
const advice = (change: Partial<Remittance> = {}): Remittance => ({
  payer: { name: 'Acme, Inc.', id: null }, payee: null, reference: 'CHK 1', method: 'CHK', total: usd(500n), currency: 'USD', paidOn: null, where: nowhere,
  lines: [{ reference: '0007', kind: 'invoice', paid: usd(500n), gross: null, discount: null, adjustments: [], memo: null, where: nowhere }],
  sums: { lines: usd(500n), adjustments: usd(0n), difference: usd(0n) }, ...change,
});
const keys = (...given: Remittance[]): string[] => identifyRemittances(given).map(({ identity }) => identity);

describe('the key of a remittance', () => {
  it('is the same wherever it stands and however its payer\'s name is punctuated', () => {
    expect(keys(advice())).toEqual(keys(advice({ payer: { name: 'ACME INC', id: null }, where: { ...nowhere, line: 9 } })));
  });

  it('is the same by mail, which adds the sender, and by upload; without number, total or items the payer tells them apart', () => {
    const mailed = { payer: { name: 'Jane at Acme', id: 'ap@acme.example' }, method: null };
    expect(keys(advice(mailed))).toEqual(keys(advice()));
    for (const unnamed of [{ reference: null }, { total: null }, { lines: [] }]) expect(keys(advice({ ...mailed, ...unnamed }))).not.toEqual(keys(advice(unnamed)));
  });

  it('differs by any amount, reference and leading zero', () => {
    const [line] = advice().lines;
    const variants = [advice(), advice({ total: usd(501n) }), advice({ reference: 'CHK 2' }), advice({ lines: line === undefined ? [] : [{ ...line, reference: '7' }] })];
    expect(new Set(variants.flatMap((each) => keys(each))).size).toBe(4);
  });

  it('tells identical ones of a document apart', () => {
    const [first, second] = keys(advice(), advice());
    expect(first).not.toBe(second);
    expect(keys(advice())).toEqual([first]);
  });
});
