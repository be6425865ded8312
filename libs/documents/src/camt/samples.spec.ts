import { existsSync } from 'node:fs';
import { type BankStatement, formatMoney } from '#canonical';
import type { ReadDocument } from '../document-reader.js';
import { parseDocument } from '../parse-document.js';
import { readSample, SAMPLES_FOLDER, whyNoSamples } from '../testing/sample-files.js';

const missing = whyNoSamples();

function sample(name: string): Promise<ReadDocument> {
  return parseDocument(readSample('camt', name));
}

function amounts({ statements }: ReadDocument): string[][] {
  return statements.map(({ transactions }) => transactions.map(({ amount }) => `${formatMoney(amount)} ${amount.currency}`));
}

function balances(statement: BankStatement | undefined): string[] {
  return (statement?.balances ?? []).map(({ code, amount }) => `${code} ${formatMoney(amount)} ${amount.currency}`);
}

function problems({ findings }: ReadDocument): string[] {
  return findings.map(({ severity, where, problem }) => `${severity} ${where.line}: ${problem}`);
}

if (missing === null) {
  describe('real camt files', () => {
    it('camt052.v2: an intraday debit; the batch says 20 and holds 1', async () => {
      const read = await sample('camt052.v2.xml');
      expect([read.format, read.version, read.statements[0]?.status, amounts(read)]).toEqual(['camt.052', '001.02', 'interim', [['-200000.00 SEK']]]);
      expect(problems(read)).toEqual(['warning 83: number of transactions of the batch: declared 20, found 1']);
      expect(read.statements[0]?.transactions[0]).toMatchObject({ pending: false, bankReference: 'AAAASESS-FP-ACCR-01', where: { line: 58, column: 13, record: 'Ntry' } });
    });

    it('camt052.v4: a pending debit, not booked, and an interim balance', async () => {
      const read = await sample('camt052.v4.xml');
      expect([read.version, amounts(read), balances(read.statements[0]), read.findings]).toEqual(['001.04', [['-200000.00 SEK']], ['ITBD 10022.15 CHF'], []]);
      expect(read.statements[0]?.transactions[0]).toMatchObject({ pending: true, memo: 'Example Remittance - 4 - V1\nCredit', endToEndId: 'UXC06140000015PI00001EE00001', customerReference: 'UXC06140000015PI00001II00001' });
    });

    it('camt052.v8: the status as a choice', async () => {
      const read = await sample('camt052.v8.xml');
      expect([read.version, amounts(read), read.findings, read.statements[0]?.transactions[0]?.pending]).toEqual(['001.08', [['-200000.00 SEK']], [], false]);
    });

    it('camt053.v2.minimal.ultimate: the ultimate debtor is the payer; the balances cannot foot', async () => {
      const read = await sample('camt053.v2.minimal.ultimate.xml');
      expect([read.version, amounts(read), balances(read.statements[0]).slice(0, 2)]).toEqual(['001.02', [['8.85 EUR']], ['OPBD 18.15 EUR', 'CLBD -27.00 SEK']]);
      expect(read.statements[0]?.transactions[0]).toMatchObject({ payer: { name: 'DEBTOR NAME NM' }, memo: '4654654654654654', structuredReferences: [] });
      expect(problems(read)).toEqual(['warning 54: balances (EUR and SEK) and entries of the EUR account are not all in one currency: whether the statement adds up could not be checked']);
    });

    it('camt053.v2.multi.statement: two statements that foot, never summed', async () => {
      const read = await sample('camt053.v2.multi.statement.xml');
      expect([amounts(read), read.statements.map(balances), read.findings]).toEqual([[['8.85 EUR'], ['-7.00 EUR']], [['OPBD 18.15 EUR', 'CLBD 27.00 EUR'], ['OPBD 27.00 EUR', 'CLBD 20.00 EUR']], []]);
      expect(read.statements.flatMap(({ transactions }) => transactions.map(({ memo }) => memo))).toEqual(['Transaction Description 1', 'Transaction Description 2']);
    });

    it('camt053.v2.with-account-name: only a debit balance in yen', async () => {
      const read = await sample('camt053.v2.with-account-name.xml');
      expect([amounts(read), balances(read.statements[0]), read.findings]).toEqual([[['8.85 EUR']], ['CLAV -2700 JPY'], []]);
    });

    it.each([['camt053.v3.xml', '001.03', 'XXXXXXXXXXXXXXXXXXXXXXEUR'], ['camt053.v8.xml', '001.08', 'AAAASESS-FP-CN_98765/01']])('%s: the same business, parties with and without wrappers', async (name, version, bankReference) => {
      const read = await sample(name);
      expect([read.version, amounts(read), balances(read.statements[0])]).toEqual([version, [['8.85 EUR']], ['OPBD 18.15 EUR', 'CLBD -27.00 SEK', 'OPAV 35.00 CHF', 'CLAV -2700 JPY']]);
      expect(read.statements[0]?.transactions[0]).toMatchObject({ bankReference, payer: { name: 'NAME NAME', account: 'NL56AGDH9619008421' }, memo: '4654654654654654', pending: false });
      expect(read.findings.every(({ severity }) => severity === 'warning')).toBe(true);
    });

    it('camt054.v2: a batch of three without amounts stays one payment, the three as its lines', async () => {
      const read = await sample('camt054.v2.xml');
      const [transaction] = read.statements[0]?.transactions ?? [];
      expect([read.format, read.version, amounts(read)]).toEqual(['camt.054', '001.02', [['-200000.00 SEK']]]);
      expect(transaction?.lines.map(({ paid, where }) => [paid, where.line])).toEqual([[null, 79], [null, 103], [null, 126]]);
      for (const text of ['Unstructured Remittance Information V1', 'V3 block 1', 'V3 block 2', 'ISR ref number V1', 'ISR ref number V2', 'Ref number V3 block 1', 'Ref number V3 block 2']) expect(transaction?.memo).toContain(text);
      expect(problems(read)).toEqual(['warning 58: 3 of the 3 transactions of this entry state no amount in SEK; it was kept as one, with what they are for as its lines']);
    });

    it('camt054.v8-with-UETR: keeps the UETR', async () => {
      const read = await sample('camt054.v8-with-UETR.xml');
      const [transaction] = read.statements[0]?.transactions ?? [];
      expect([read.version, amounts(read)]).toEqual(['001.08', [['-200000.00 SEK']]]);
      expect(transaction?.particulars?.references).toEqual([{ kind: 'uetr', value: expect.stringMatching(/^[0-9a-f-]{36}$/) as string }]);
    });

    it('camt.053.001.02: three entries that foot', async () => {
      const read = await sample('camt.053.001.02.xml');
      expect([amounts(read), balances(read.statements[0]), read.findings]).toEqual([[['105678.50 SEK', '-200000.00 SEK', '30000.00 SEK']], ['OPBD 500000.00 SEK', 'CLBD 435678.50 SEK'], []]);
    });

    it('camt053_multicurrency: two accounts in two currencies, each footing by itself', async () => {
      const read = await sample('camt053_multicurrency.xml');
      expect([amounts(read), read.statements.map(balances), read.findings]).toEqual([
        [['1250.50 EUR', '-500.25 EUR'], ['-99.99 USD']], [['OPBD 10000.00 EUR', 'CLBD 10750.25 EUR'], ['OPBD 2500.00 USD', 'CLBD 2400.01 USD']], [],
      ]);
    });
  });
} else {
  describe(`real camt files: skipped, ${missing}`, () => {
    it('has no folder of samples', () => {
      console.warn(missing);
      expect(existsSync(SAMPLES_FOLDER)).toBe(false);
    });
  });
}
