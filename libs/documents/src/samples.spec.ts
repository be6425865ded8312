import { existsSync } from 'node:fs';
import { type BankStatement, formatMinorUnits, type ParsedDocument } from '#canonical';
import { parseDocument } from './parse-document.js';
import { readSample, SAMPLES_FOLDER, whyNoSamples } from './testing/sample-files.js';

const missing = whyNoSamples();

function amounts(statement: BankStatement | undefined): string[] {
  return (statement?.transactions ?? []).map(({ amount }) => formatMinorUnits(amount.minor, 2));
}

function total(parsed: ParsedDocument, sign: 1 | -1): [count: number, total: string] {
  const chosen = parsed.statements.flatMap(({ transactions }) => transactions).filter(({ amount }) => (amount.minor > 0n) === (sign === 1));
  return [chosen.length, formatMinorUnits(chosen.reduce((sum, { amount }) => sum + amount.minor, 0n), 2)];
}

function balances(statement: BankStatement | undefined): Record<string, string> {
  return Object.fromEntries((statement?.balances ?? []).map(({ kind, code, amount }) => [`${kind} ${code}`, formatMinorUnits(amount.minor, 2)]));
}

if (missing === null) {
  describe('real BAI2 files', () => {
    it('moov-sample1: 17 padded CAD transactions under totals that agree', async () => {
      const parsed = await parseDocument(readSample('bai2', 'moov-sample1.txt'));
      expect([parsed.format, parsed.version, parsed.findings]).toEqual(['bai2', '2', []]);
      expect(parsed.statements.map(({ account, currency, asOf }) => [account, currency, asOf])).toEqual([
        ['10200123456', 'CAD', '2006-03-17'], ['10200123456', 'CAD', '2006-03-17'],
      ]);
      expect(total(parsed, 1)).toEqual([5, '3200.00']);
      expect(total(parsed, -1)).toEqual([12, '-3200.00']);
      const [first] = parsed.statements[0]?.transactions ?? [];
      expect(first).toMatchObject({ code: '409', memo: 'RETURNED CHEQUE', where: { line: 5, column: 1, record: '16' } });
      expect(new Set(parsed.statements.flatMap(({ transactions }) => transactions.map(({ code }) => code)))).toEqual(new Set(['409', '108']));
    });

    it('moov-sample4: unterminated text with commas and quotes parses; every wrong total is a warning with both figures', async () => {
      const parsed = await parseDocument(readSample('bai2', 'moov-sample4-continuations.txt'));
      expect(parsed.statements).toHaveLength(5);
      expect(total(parsed, 1)).toEqual([9, '6007.31']);
      expect(total(parsed, -1)).toEqual([8, '-313490.55']);
      expect(new Set(parsed.findings.map(({ severity }) => severity))).toEqual(new Set(['warning']));
      expect(parsed.findings.map(({ problem }) => problem)).toContain('number of records in the 99 record: declared 18, computed 116');
      const wire = parsed.statements[2]?.transactions.find(({ bankReference }) => bankReference === 'GI2228400005800');
      expect(wire).toMatchObject({ kind: 'wire', payer: { name: 'SAMPLE INC', account: '02122056789012205' }, endToEndId: 'RTR60880840833' });
      expect(wire?.memo).toContain('Remittance Info: "Test Remittance", Client Ref ID');
    });

    it('citi: funds type V with a defaulted time, wire tags in seven 88 lines', async () => {
      const parsed = await parseDocument(readSample('bai2', 'moj-citi_example.bai2'));
      expect(parsed.findings).toEqual([]);
      const [statement] = parsed.statements;
      expect([statement?.currency, statement?.bank, amounts(statement)]).toEqual(['GBP', 'CITIGB00', ['0.01']]);
      expect(balances(statement)).toEqual({ 'opening 010': '100.00', 'closing 015': '100.00' });
      const [credit] = statement?.transactions ?? [];
      expect(credit).toMatchObject({
        code: '191', valueOn: '2015-07-15', bankReference: '1234567890', customerReference: 'RP12312312312312', payer: { name: 'DOE JO', account: '11111111', id: null },
      });
      expect(credit?.memo.split('\n')).toHaveLength(7);
    });

    it('svb: two groups, a 03 short of a comma, text only in an 88 behind a closed 16, a 99 without "/"', async () => {
      const parsed = await parseDocument(readSample('bai2', 'moj-svb_us_example.bai2'));
      expect(parsed.findings).toEqual([]);
      expect(parsed.statements.map(({ asOf }) => asOf)).toEqual(['2022-02-01', '2022-02-02']);
      expect(parsed.statements.map(amounts)).toEqual([['4901.96'], ['9058.00']]);
      expect(parsed.statements[1]?.transactions[0]).toMatchObject({ code: '142', kind: 'ach', memo: 'SOME PAYMENT ACH OFFSET', bankReference: '150675', customerReference: null });
      expect(balances(parsed.statements[1])).toMatchObject({ 'opening 010': '352171.75', 'closing 015': '361229.75', 'available 040': '338712.13' });
    });
  });

  describe('real CSV files', () => {
    it('sample_statement: commas, dot decimals, a running balance that foots', async () => {
      const parsed = await parseDocument(readSample('csv', 'sample_statement.csv'));
      expect([parsed.findings, parsed.statements.map(amounts)]).toEqual([[], [['2500.00', '-1200.00']]]);
      expect(balances(parsed.statements[0])).toEqual({ 'opening running': '2500.00', 'closing running': '3800.00' });
      expect(parsed.statements[0]).toMatchObject({ account: 'DE123456789', currency: 'EUR', asOf: '2026-03-21' });
    });

    it('sample_split_amounts: semicolons, decimal commas, credit and debit columns', async () => {
      const parsed = await parseDocument(readSample('csv', 'sample_split_amounts.csv'));
      expect([parsed.findings, parsed.statements.map(amounts)]).toEqual([[], [['1250.50', '-200.25']]]);
      expect(balances(parsed.statements[0])).toEqual({ 'opening running': '1000.00', 'closing running': '2050.25' });
    });

    it('csv_european_decimals: dot thousands and decimal commas under German headers', async () => {
      const parsed = await parseDocument(readSample('csv', 'csv_european_decimals.csv'));
      expect([parsed.findings, parsed.statements.map(amounts)]).toEqual([[], [['-1234.56', '3500.00', '-4.50']]]);
      expect(parsed.layout).toMatchObject({ questions: [], layout: { delimiter: ';', decimalMark: ',', columns: { bookedOn: 'Buchungstag', memo: ['Verwendungszweck'] } } });
    });
  });
} else {
  describe(`real bank files: skipped, ${missing}`, () => {
    it('has no folder of samples', () => {
      console.warn(missing);
      expect(existsSync(SAMPLES_FOLDER)).toBe(false);
    });
  });
}
