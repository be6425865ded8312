import fc from 'fast-check';
import { formatMoney, formatMinorUnits, type ParsedDocument } from '#canonical';
import type { ReadOptions } from '../document-reader.js';
import { parseDocument } from '../parse-document.js';
import { readSample, whyNoSamples } from '../testing/sample-files.js';
import { previewLockbox } from './preview.js';
import { checkLockboxProfile } from './profile-check.js';
import type { LockboxProfile } from './profile.js';
import { LOCKBOX_PROFILES } from './shipped-profiles.js';

function profile(name: string): LockboxProfile {
  const found = LOCKBOX_PROFILES.find((candidate) => candidate.name === name);
  if (found === undefined) throw new RangeError(`no profile ${name}`);
  return found;
}

interface Cheque {
  readonly cents: bigint;
  readonly number: string;
  readonly invoices: readonly (readonly [reference: string, cents: bigint])[];
}

/** A file of one batch under the 80-column profile. */
function file(cheques: readonly Cheque[], change: (lines: string[]) => string[] = (lines) => lines): Buffer {
  const lines = ['100DEST0000010ORIGIN00012603020800', '2DEST0000010ORIGIN00010000000000100008001', '50010000002222260302DEST000001ORIGIN0001'];
  cheques.forEach(({ cents, number, invoices }, index) => {
    const item = String(index + 1).padStart(3, '0');
    lines.push(`6001${item}${String(cents).padStart(10, '0')}0210000210000987654${number.padStart(10, '0')}`);
    invoices.forEach(([reference, paid], line) => lines.push(`4001${item}6${String(line + 1).padStart(2, '0')}${line === invoices.length - 1 ? '9' : '0'}${reference.padEnd(15)}${String(paid).padStart(10, '0')}`));
  });
  const total = cheques.reduce((sum, { cents }) => sum + cents, 0n);
  lines.push(`70010000002222260302${String(cheques.length).padStart(3, '0')}${String(total).padStart(10, '0')}`, `80000000002222260302${String(cheques.length).padStart(4, '0')}${String(total).padStart(10, '0')}`);
  const written = change(lines);
  return Buffer.from(`${[...written, `9${String(written.length + 1).padStart(6, '0')}`].join('\r\n')}\r\n`);
}

async function read(bytes: Uint8Array, options: ReadOptions = {}): Promise<ParsedDocument> {
  return parseDocument(bytes, options);
}

const TWO: readonly Cheque[] = [{ cents: 70_000n, number: '180', invoices: [['INV-1', 30_000n], ['INV-2', 40_000n]] }, { cents: 1_001n, number: '9', invoices: [['7', 1_001n]] }];

describe('a lockbox file', () => {
  it('is a remittance for each cheque, and no statement: the money is a line of the bank', async () => {
    const parsed = await read(file(TWO));
    expect([parsed.format, parsed.version, parsed.statements, parsed.findings]).toEqual(['lockbox.bai', 'bai-80', [], []]);
    expect(parsed.remittances.map(({ reference, method, total, paidOn, lines }) => [reference, method, total === null ? null : formatMoney(total), paidOn, lines.map((line) => `${line.reference} ${line.paid === null ? '' : formatMoney(line.paid)}`)])).toEqual([
      ['180', 'CHK', '700.00', '2026-03-02', ['INV-1 300.00', 'INV-2 400.00']], ['9', 'CHK', '10.01', '2026-03-02', ['7 10.01']],
    ]);
    expect(parsed.remittances[0]?.payer).toEqual({ name: null, id: '021000021/0000987654' });
    expect(parsed.remittances[0]?.lines[1]?.where).toEqual({ line: 6, column: 12, record: '4', page: null });
  });

  it('whose totals do not agree says both figures, for batch, lockbox and file', async () => {
    const { findings } = await read(file(TWO, (lines) => lines.toSpliced(3, 3)));
    expect(findings.map(({ problem }) => problem)).toEqual([
      expect.stringContaining('under no shipped profile do the control totals agree'), 'cheques of record 7: declared 2, computed 1', 'amount of record 7: declared 710.01, computed 10.01',
      'cheques of record 8: declared 2, computed 1', 'amount of record 8: declared 710.01, computed 10.01',
    ]);
  });

  it('an amount that cannot be read takes neither the cheque nor its invoices, and is one error', async () => {
    const { remittances, findings } = await read(file(TWO, (lines) => lines.map((line) => line.replace('0000070000', '00000700O0'))), { lockboxProfile: profile('bai-80') });
    expect(remittances.map(({ reference }) => reference)).toEqual(['9']);
    expect(findings.filter(({ severity }) => severity === 'error').map(({ where, value }) => [where.line, where.column, value])).toEqual([[4, 8, '00000700O0']]);
    expect(findings.some(({ problem }) => problem.endsWith('a cheque above could not be read'))).toBe(true);
  });

  it('says the gap of a cheque its invoices do not come to, and an invoice of another cheque is not taken', async () => {
    const gap = await read(file([{ cents: 500n, number: '1', invoices: [['A', 300n]] }]), { lockboxProfile: profile('bai-80') });
    expect(gap.findings.map(({ problem }) => problem)).toEqual(['cheque 1 of 5.00: its invoices come to 3.00, a gap of 2.00']);
    const stray = await read(file([{ cents: 500n, number: '1', invoices: [['A', 500n]] }], (lines) => lines.map((line) => line.replace(/^4001001/, '4001002'))), { lockboxProfile: profile('bai-80') });
    expect(stray.findings.map(({ severity, problem }) => [severity, problem])).toEqual([
      ['error', 'the invoice names batch and item 001/002, the cheque above it 001/001; it was not taken'], ['warning', 'cheque 1 of 5.00: no invoice is named'],
    ]);
  });

  it('without its end, or a record the profile does not describe, is an error with a place', async () => {
    const cut = file(TWO).subarray(0, 200);
    expect((await read(cut, { format: 'lockbox.bai', lockboxProfile: profile('bai-80') })).findings.find(({ severity }) => severity === 'error')).toMatchObject({ where: { line: 5 }, problem: expect.stringContaining('without a 9 record') as string });
    const odd = await read(file(TWO, (lines) => [...lines, '3ODD']), { lockboxProfile: profile('bai-80') });
    expect(odd.findings.find(({ severity }) => severity === 'error')).toMatchObject({ where: { line: 11 }, problem: '"3" is no record the profile bai-80 describes; the line was not taken' });
  });

  it('reads back exactly what was written', async () => {
    const cheque = fc.record({ number: fc.stringMatching(/^[1-9]\d{0,9}$/), invoices: fc.array(fc.tuple(fc.stringMatching(/^[A-Z0-9-]{1,15}$/), fc.bigInt({ min: 1n, max: 99_999_999n })), { minLength: 1, maxLength: 5 }) })
      .map(({ number, invoices }) => ({ number, invoices, cents: invoices.reduce((sum, [, paid]) => sum + paid, 0n) }));
    await fc.assert(fc.asyncProperty(fc.array(cheque, { minLength: 1, maxLength: 9 }), async (cheques) => {
      const { remittances, findings } = await read(file(cheques), { lockboxProfile: profile('bai-80') });
      expect(findings).toEqual([]);
      expect(remittances.map(({ reference, total, lines }) => [reference, total?.minor, lines.map(({ reference: invoice, paid }) => [invoice, paid?.minor])])).toEqual(cheques.map(({ number, cents, invoices }) => [number, cents, invoices]));
    }), { numRuns: 100, seed: 11 });
  });
});

describe('profiles', () => {
  it('shipped ones are sound, and those of the two banks say that they are assumed whenever they read', async () => {
    expect(LOCKBOX_PROFILES.map((shipped) => [shipped.name, shipped.assumed, checkLockboxProfile(shipped)])).toEqual([
      ['bai-80', false, []], ['bai-104', false, []], ['bai-300', false, []], ['bank-of-america', true, []], ['jpmorgan-chase', true, []],
    ]);
    const { findings, remittances } = await read(file(TWO), { lockboxProfile: profile('jpmorgan-chase') });
    expect([remittances.length, findings.map(({ severity, problem }) => [severity, problem.slice(0, 60)])]).toEqual([2, [['warning', 'the profile "JPMorgan Chase lockbox (assumed)" is assumed: n']]]);
  });

  it('every fault of one is told with its place', () => {
    const faulty: LockboxProfile = {
      ...profile('bai-80'), width: 40, currency: 'XXX',
      records: [
        { type: '6', fields: [{ meaning: 'amount', from: 8, to: 17, type: 'amount' }, { meaning: 'payer', from: 15, to: 20, type: 'text' }, { meaning: 'checkDate', from: 1, to: 4, type: 'date', dateFormat: 'YYMMDD' }, { meaning: 'payee', from: 50, to: 45, type: 'text' }] },
        { type: '6', fields: [{ meaning: 'amount', from: 8, to: 17, type: 'text' }, { meaning: 'checkNumber', from: 30, to: 60, type: 'text' }] },
      ],
    };
    expect(checkLockboxProfile(faulty).map(({ place, problem }) => `${place}: ${problem}`)).toEqual([
      'currency: "XXX" is no ISO 4217 currency code',
      'record 6: the field checkNumber is missing',
      'record 6, checkDate (columns 1-4): columns count from 1, and column 1 is the record type: the first column must be 2 or more',
      'record 6, checkDate (columns 1-4): YYMMDD has 6 columns, the field 4',
      'record 6, amount (columns 8-17): an amount needs its implied decimals, 0 to 4',
      'record 6, payer (columns 15-20): it overlaps record 6, amount (columns 8-17)',
      'record 6, payee (columns 50-45): the last column is before the first',
      "record 6, payee (columns 50-45): it ends behind the profile's width of 40",
      'record 6: the record is described twice',
      'record 6, amount (columns 8-17): amount must be of type amount, not text',
      "record 6, checkNumber (columns 30-60): it ends behind the profile's width of 40",
      'record 7: neither the batch total (7) nor the lockbox total (8) is described: nothing would prove what is read',
    ]);
    expect(previewLockbox(file(TWO), faulty)).toMatchObject({ records: [], problems: { length: 12 } });
  });

  it('a faulty one refuses the file, naming the first fault', async () => {
    await expect(read(file(TWO), { lockboxProfile: { ...profile('bai-80'), width: 0 } })).resolves.toMatchObject({ remittances: [], refused: { problem: expect.stringMatching(/^the profile cannot be used: width: 0/) as string } });
  });

  it('a preview shows each column with its value, what no column covers, and declared beside computed totals', () => {
    const { records, totals, cheques, remittances, findings } = previewLockbox(file(TWO, (lines) => lines.map((line) => (line.startsWith('6') ? `${line}XYZ` : line))), profile('bai-80'));
    expect(records[3]).toMatchObject({ line: 4, type: '6', uncovered: 3 });
    expect(records[3]?.fields.find(({ meaning }) => meaning === 'amount')).toEqual({ meaning: 'amount', from: 8, to: 17, text: '0000070000', value: '700.00', problem: null });
    expect([cheques, remittances, findings]).toEqual([{ count: 2, amount: '710.01' }, [{ reference: '180', total: '700.00', invoices: ['INV-1', 'INV-2'] }, { reference: '9', total: '10.01', invoices: ['7'] }], []]);
    expect(totals.map(({ record, what, declared, computed, agrees }) => `${record} ${what} ${declared} ${computed} ${agrees}`)).toEqual([
      '7 cheques 2 2 true', '7 amount 710.01 710.01 true', '8 cheques 2 2 true', '8 amount 710.01 710.01 true', '9 records 11 11 true',
    ]);
  });
});

const missing = whyNoSamples();
if (missing === null) {
  describe('the real lockbox file', () => {
    it('test_lockbox.bai: one cheque, found to be of the 104-column profile', async () => {
      const parsed = await read(readSample('lockbox-bai', 'test_lockbox.bai'));
      expect([parsed.format, parsed.version, parsed.refused]).toEqual(['lockbox.bai', 'bai-104', null]);
      expect(parsed.remittances).toMatchObject([{
        reference: '180', total: { minor: 700_000n, currency: 'USD' }, paidOn: '2016-05-23', payer: { name: 'BOB E SMITH' }, payee: 'MY BUSINESS COMPANY', lines: [{ reference: 'CE554', paid: null }],
      }]);
      expect(parsed.findings.map(({ problem }) => problem)).toEqual(['cheque 180 of 7000.00: its 1 invoices are named without amounts']);
      const preview = previewLockbox(readSample('lockbox-bai', 'test_lockbox.bai'), profile('bai-104'));
      expect(preview.records[3]?.fields.find(({ meaning }) => meaning === 'checkDate')).toMatchObject({ text: '051616', value: '2016-05-16' });
      expect(preview.totals.map(({ declared }) => declared)).toEqual(['1', formatMinorUnits(700_000n, 2), '1', '7000.00', '8']);
    });
  });
} else {
  describe(`the real lockbox file: skipped, ${missing}`, () => {
    it('has no folder of samples', () => { expect(whyNoSamples()).toBe(missing); });
  });
}
