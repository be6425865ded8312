import { type BankStatement, formatMinorUnits, type ParsedDocument } from '#canonical';
import { parseDocument } from '../parse-document.js';
import { readSample, whyNoSamples } from '../testing/sample-files.js';

const missing = whyNoSamples();

interface Facts {
  readonly statements: number;
  readonly credits: readonly [count: number, total: string];
  readonly debits: readonly [count: number, total: string];
  readonly gaps?: readonly string[];
}

function total({ statements }: ParsedDocument, sign: 1 | -1): [number, string] {
  const chosen = statements.flatMap(({ transactions }) => transactions).filter(({ amount }) => amount.minor > 0n === (sign === 1));
  const sum = chosen.reduce((whole, { amount }) => whole + amount.minor, 0n);
  return [chosen.length, formatMinorUnits(sum * BigInt(sign), 2)];
}

function ends({ balances }: BankStatement): string {
  return balances.filter(({ kind }) => kind === 'opening' || kind === 'closing').map(({ amount }) => formatMinorUnits(amount.minor, 2)).join(' -> ');
}

function gaps({ findings }: ParsedDocument): string[] {
  return findings.flatMap(({ problem }) => /a gap of (-?[\d.]+)/.exec(problem)?.[1] ?? []);
}

/** What samples/README.md says of each file; gaps are closing balance minus what the rows come to. */
const FACTS: Readonly<Record<string, Facts>> = {
  'asnb.txt': { statements: 31, credits: [3, '2828.90'], debits: [5, '2771.96'] },
  'cmxl.sta': { statements: 3, credits: [7, '72436.74'], debits: [9, '60109.44'] },
  'sepa_snippet.sta': { statements: 2, credits: [8, '1430745.72'], debits: [3, '3574069.11'], gaps: ['300.08'] },
  'mbank.sta': { statements: 1, credits: [3, '0.03'], debits: [0, '0.00'] },
  'raphaelm.sta': { statements: 3, credits: [8, '145000.00'], debits: [1, '50000.00'] },
  'mt942.sta': { statements: 1, credits: [0, '0.00'], debits: [1, '0.42'] },
  'raiffeisen-cmi.sta': { statements: 1, credits: [1, '2066637.00'], debits: [6, '3078850.50'], gaps: ['1123264.00'] },
  'abnamro.txt': { statements: 2, credits: [0, '0.00'], debits: [10, '345.93'], gaps: ['-2038.00', '-1002.60'] },
  'generic.txt': { statements: 2, credits: [0, '0.00'], debits: [2, '20.00'] },
  'ing-unix.txt': { statements: 1, credits: [2, '4.68'], debits: [5, '50.27'], gaps: ['49.06'] },
  'knab.txt': { statements: 2, credits: [2, '1000.00'], debits: [1, '7260.00'], gaps: ['4500.00'] },
  'rabobank-iban.txt': { statements: 2, credits: [0, '0.00'], debits: [4, '70.00'] },
  'sns.txt': { statements: 2, credits: [0, '0.00'], debits: [2, '25.00'] },
  'sparkasse.txt': { statements: 2, credits: [0, '0.00'], debits: [2, '40.00'] },
  'ing-1.mta': { statements: 1, credits: [2, '11.01'], debits: [1, '10000.99'] },
  'sample.mt940': { statements: 1, credits: [1, '1250.50'], debits: [1, '80.25'] },
};

async function read(name: string): Promise<ParsedDocument> {
  return parseDocument(readSample('mt940', name));
}

async function row(name: string, index: number, statement = 0): Promise<unknown> {
  return (await read(name)).statements[statement]?.transactions[index];
}

if (missing === null) {
  describe('real MT940 and MT942 files', () => {
    it.each(Object.entries(FACTS))('%s: every row, with its sign, and the gap of each statement that does not foot', async (name, facts) => {
      const parsed = await read(name);
      expect([parsed.format, parsed.refused]).toEqual([name === 'mt942.sta' ? 'mt942' : 'mt940', null]);
      expect({ statements: parsed.statements.length, credits: total(parsed, 1), debits: total(parsed, -1) }).toEqual({ statements: facts.statements, credits: facts.credits, debits: facts.debits });
      expect(gaps(parsed)).toEqual(facts.gaps ?? []);
      expect(parsed.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    });

    it('asnb: balances run through 31 days', async () => {
      const { statements, findings } = await read('asnb.txt');
      expect([statements[0], statements.at(-1)].map((statement) => statement === undefined ? '' : ends(statement))).toEqual(['444.29 -> 379.29', expect.stringMatching(/-> 501\.23$/) as string]);
      expect(findings).toEqual([]);
      expect(statements[0]).toMatchObject({ account: 'NL81ASNB9999999999', bank: 'ASNBNL21', currency: 'EUR', asOf: '2020-01-01', sequence: '1/1', status: 'add' });
    });

    it('cmxl: three currencies, each by itself; sub-fields split by the wrapping are whole again', async () => {
      const { statements, findings } = await read('cmxl.sta');
      expect(findings).toEqual([]);
      expect(statements.map((statement) => [statement.currency, statement.transactions.length, ends(statement)])).toEqual([
        ['DEM', 11, '84349.74 -> 84437.04'], ['EUR', 2, '2187.95 -> 4387.95'], ['PLN', 3, '40000.00 -> 50040.00'],
      ]);
      expect(statements[1]?.transactions[1]).toMatchObject({ payer: { name: 'MUELLER', account: '0847564700' }, bankReference: '55555', customerReference: null });
      expect(statements[2]?.transactions[0]).toMatchObject({ payer: { name: expect.stringMatching(/^HUTA SZKLA TOPIC UL/) as string, account: 'PL08106000760000777777777777' } });
      expect(statements[0]?.transactions[0]).toMatchObject({ kind: 'check', code: 'NCHK', checkNumber: '16703074' });
    });

    it('sepa_snippet: CR and DR are no reversals; words of the purpose are read across sub-fields', async () => {
      const first = await row('sepa_snippet.sta', 0);
      expect(first).toMatchObject({
        amount: { minor: 5_099_005n, currency: 'EUR' }, reversal: false, endToEndId: 'EndToEndId TFNR 22 004 00001',
        payer: { name: 'KARL KAUFMANN', account: 'DE14508800500194785000' }, memo: expect.stringContaining('SVWZ+Verw CTSc-01 BC-PPP TFNr 22 004') as string,
      });
    });

    it('raphaelm: parts go on, balances inherit the currency, :NS: is read', async () => {
      const { statements, findings } = await read('raphaelm.sta');
      expect([findings, statements.map(ends)]).toEqual([[], ['0.00 -> 105000.00', '105000.00 -> 145000.00', '145000.00 -> 95000.00']]);
      expect(statements[0]?.transactions[0]).toMatchObject({
        bookedOn: '2002-03-20', valueOn: '2002-03-17', payer: { name: 'Empfänger', account: null, id: null }, memo: 'Verwendungszweck 1\nVerwendungszweck 2\nBuchungstext',
      });
    });

    it('mt942: an interim report; the declared total of the debits is compared, not swallowed', async () => {
      const { statements, findings } = await read('mt942.sta');
      expect(statements[0]).toMatchObject({ status: 'interim', currency: 'EUR', asOf: '2016-10-30', account: 'GJB0291077111' });
      expect(statements[0]?.transactions[0]?.memo).toBe('REMIT:Costs to MT940 Parsing.\nThis is Somuchfun.\nYAY MT942 CHG');
      expect(findings.map(({ problem, where: { line } }) => [line, problem])).toEqual([[11, 'declared 1 debits of 2,30 EUR, read 1 of 0.42']]);
    });

    it('raiffeisen-cmi: broken bytes in text take no row; four further balances', async () => {
      const { statements } = await read('raiffeisen-cmi.sta');
      expect(statements[0]).toMatchObject({ account: '123456789150ABCDEF002', bank: 'UBRTHUHB', currency: 'HUF', sequence: '0072' });
      expect(statements[0]?.balances.map(({ code, kind }) => `${kind} ${code}`)).toEqual(['opening 60F', 'closing 62F', 'available 64', 'other 65', 'other 65', 'other 65']);
    });

    it('abnamro, knab and ing: short amounts, missing entry dates, blanks in the type', async () => {
      await expect(row('abnamro.txt', 0)).resolves.toMatchObject({ amount: { minor: -900n, currency: 'EUR' }, code: 'N192', memo: expect.stringMatching(/^GIRO {3}428428 KPN/) as string });
      await expect(row('knab.txt', 0)).resolves.toMatchObject({ amount: { minor: 50_000n, currency: 'EUR' }, bankReference: 'B4E07XM00J000023', bookedOn: '2014-05-07' });
      await expect(row('ing-unix.txt', 0)).resolves.toMatchObject({ code: 'NOV', valueOn: '2010-07-22', bookedOn: '2010-07-22', customerReference: null });
      await expect(row('ing-unix.txt', 2)).resolves.toMatchObject({ code: 'NGT', customerReference: 'TMG TANGO' });
    });

    it('rabobank and sns: padded amounts, tags between slashes, padding lines left out', async () => {
      await expect(row('rabobank-iban.txt', 0)).resolves.toMatchObject({
        amount: { minor: -2_500n, currency: 'EUR' }, endToEndId: '01-01-2013 12:00 0030000987654321', customerReference: null, payer: { name: null, account: null, id: null },
        memo: expect.stringContaining('/NAME/CONTRA ACCOUNT HOLDER') as string,
      });
      await expect(row('rabobank-iban.txt', 1)).resolves.toMatchObject({ memo: 'Reference 201301234\n/NAME/JOHN DOE\n/ISDT/2013-01-02\nP001234567' });
      await expect(row('sns.txt', 0)).resolves.toMatchObject({ memo: '0987654321 marechal s\ndit is een test\nmarechal s', customerReference: '0987654321' });
    });

    it('ing-1: the control totals of the closing text agree and the balance crosses zero', async () => {
      const { statements, findings } = await read('ing-1.mta');
      expect([findings, statements.map(ends)]).toEqual([[], ['44.89 -> -9945.09']]);
      expect((await read('ing-unix.txt')).findings.map(({ problem }) => problem)).toContain('declared 4 debits of 25,24 EUR, read 5 of 50.27');
    });
  });
} else {
  describe(`real MT940 files: skipped, ${missing}`, () => {
    it('has no folder of samples', () => { expect(whyNoSamples()).toBe(missing); });
  });
}
