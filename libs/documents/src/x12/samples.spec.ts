import { existsSync } from 'node:fs';
import { formatMoney, type Remittance } from '#canonical';
import type { ReadDocument } from '../document-reader.js';
import { parseDocument } from '../parse-document.js';
import { readSample, SAMPLES_FOLDER, whyNoSamples } from '../testing/sample-files.js';

const missing = whyNoSamples();

interface Expected {
  readonly total: string;
  readonly paid: readonly string[];
  readonly gap: string;
  readonly version: string;
  readonly method: string;
  readonly reference: string;
  readonly paidOn: string;
}

/** What `samples/README.md` says of each file, and what can be seen in its bytes. */
const FILES: Readonly<Record<string, Expected>> = {
  'list-bill-payment.edi': { total: '255.00', paid: ['30.00', '35.00', '45.00', '50.00', '45.00', '50.00'], gap: '0.00', version: '005010X218', method: 'ACH', reference: '78905', paidOn: '2007-11-03' },
  'list-bill.edi': { total: '20000.00', paid: ['7000.00', '10000.00', '3000.00'], gap: '0.00', version: '005010X218', method: 'ACH', reference: '12345', paidOn: '2007-06-20' },
  'summary-bill-payment.edi': { total: '19000.00', paid: ['16500.00', '250.00'], gap: '2250.00', version: '005010X218', method: 'ACH', reference: '12345', paidOn: '2007-05-16' },
  'summary-bill.edi': { total: '20000.00', paid: ['20000.00'], gap: '0.00', version: '005010X218', method: 'ACH', reference: '12345', paidOn: '2007-06-20' },
  'hix-different-types.edi': { total: '220.00', paid: ['35.00', '35.00', '-350.00', '450.00', '50.00'], gap: '0.00', version: '005010X306', method: 'ACH', reference: '78905', paidOn: '2014-06-04' },
  'hix-aptc-adjustments.edi': { total: '910.00', paid: ['500.00', '100.00', '-25.00', '-600.00', '500.00', '400.00', '50.00', '-15.00'], gap: '0.00', version: '005010X306', method: 'ACH', reference: '123456789123459', paidOn: '2014-02-28' },
  'hix-charges-exceed-payments.edi': { total: '0.00', paid: ['-25.00', '-15.00', '40.00'], gap: '0.00', version: '005010X306', method: 'NON', reference: '123456789123567', paidOn: '2014-01-28' },
  'hix-initial-payments-exceed-charges.edi': { total: '0.00', paid: ['600.00', '100.00', '-25.00', '400.00', '50.00', '-15.00', '-1110.00'], gap: '0.00', version: '005010X306', method: 'NON', reference: '123456789123456', paidOn: '2014-01-10' },
};

async function read(name: string): Promise<[ReadDocument, Remittance]> {
  const parsed = await parseDocument(readSample('x12-820', name));
  const [remittance] = parsed.remittances;
  if (remittance === undefined || parsed.remittances.length > 1) throw new Error(`${parsed.remittances.length} remittances`);
  return [parsed, remittance];
}

if (missing === null) {
  describe('real 820 files', () => {
    it.each(Object.entries(FILES))('%s gives its documented content', async (name, expected) => {
      const [parsed, remittance] = await read(name);
      expect([parsed.format, parsed.refused, parsed.version]).toEqual(['x12.820', null, expected.version]);
      expect(remittance).toMatchObject({ currency: 'USD', method: expected.method, reference: expected.reference, paidOn: expected.paidOn });
      expect(remittance.total === null ? null : formatMoney(remittance.total)).toBe(expected.total);
      expect(remittance.lines.map(({ paid }) => (paid === null ? null : formatMoney(paid)))).toEqual(expected.paid);
      expect(remittance.sums.difference === null ? null : formatMoney(remittance.sums.difference)).toBe(expected.gap);
      expect(parsed.findings.filter(({ value }) => value !== 'T').map(({ severity, problem }) => `${severity} ${problem}`)).toEqual(
        expected.gap === '0.00' ? [] : ['warning out of balance: the payment is 19000.00, its items 16750.00 and its other adjustments 0.00, a gap of 2250.00'],
      );
    });

    it('list-bill: an ADX below an RMR is inside what is paid, with its code', async () => {
      const [, { payer, payee, lines }] = await read('list-bill.edi');
      expect([payer, payee]).toEqual([{ name: 'ABC PLASTICS', id: '1231555555' }, 'DEF HEALTHCARE CO']);
      expect(lines[1]).toMatchObject({
        reference: '163910163', kind: 'other', paid: { minor: 1_000_000n }, gross: { minor: 1_100_000n },
        adjustments: [{ amount: { minor: -100_000n, currency: 'USD' }, code: '52', text: null, reference: null }],
      });
      expect(lines[1]?.memo).toContain('NM1*EY*1*JONES*MARY****EI*793016');
    });

    it('summary-bill: invoice kind, detail in the memo, a place that can be highlighted', async () => {
      const [, { lines }] = await read('summary-bill.edi');
      expect(lines[0]).toMatchObject({ reference: '0004369123', kind: 'invoice', where: { line: 1, column: 430, record: 'segment 11 RMR' } });
      expect(lines[0]?.memo).toContain('SLN*2**O*75*PR');
    });
  });
} else {
  describe(`real 820 files: skipped, ${missing}`, () => {
    it('has no folder of samples', () => {
      console.warn(missing);
      expect(existsSync(SAMPLES_FOLDER)).toBe(false);
    });
  });
}
