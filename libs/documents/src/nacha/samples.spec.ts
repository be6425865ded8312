import { existsSync } from 'node:fs';
import { formatMinorUnits } from '#canonical';
import type { ReadDocument } from '../document-reader.js';
import { parseDocument } from '../parse-document.js';
import { readSample, SAMPLES_FOLDER, whyNoSamples } from '../testing/sample-files.js';

const missing = whyNoSamples();
const read = (name: string): Promise<ReadDocument> => parseDocument(readSample('nacha', name));

function total({ statements }: ReadDocument, sign: 1 | -1): [count: number, total: string] {
  const chosen = statements.flatMap(({ transactions }) => transactions).filter(({ amount }) => (amount.minor > 0n) === (sign === 1));
  return [chosen.length, formatMinorUnits(chosen.reduce((sum, { amount }) => sum + amount.minor, 0n), 2)];
}

if (missing === null) {
  describe('real ACH files', () => {
    it.each([
      ['ctx-debit.ach', [0, '0.00'], [1, '-1000000.00']], ['ppd-credit.ach', [1, '1000000.00'], [0, '0.00']], ['two-micro-deposits.ach', [4, '1.20'], [2, '-1.20']],
      ['flattenBatchesMultipleBatchHeaders.ach', [12, '12000.00'], [0, '0.00']], ['txp-credit.ach', [1, '123.45'], [0, '0.00']], ['return-WEB.ach', [0, '0.00'], [0, '0.00']], ['cor-example.ach', [0, '0.00'], [0, '0.00']],
    ] as const)('%s: the money its README says, under controls that agree', async (name, credits, debits) => {
      const parsed = await read(name);
      expect([parsed.format, parsed.refused]).toEqual(['nacha', null]);
      // The batch header of txp-credit is short of two blanks, so its date stands where it should not.
      expect(parsed.findings.map(({ where }) => [where.record, where.column])).toEqual(name === 'txp-credit.ach' ? [['5 batch header', 70]] : []);
      expect([total(parsed, 1), total(parsed, -1)]).toEqual([credits, debits]);
    });

    it('ctx-debit: two addenda of free text below one debit', async () => {
      const [transaction] = (await read('ctx-debit.ach')).statements[0]?.transactions ?? [];
      expect(transaction).toMatchObject({ code: '27', bookedOn: '2018-11-27', bankReference: '121042880000001', customerReference: '45689033', lines: [], payer: { name: null } });
      expect(transaction?.memo.split('\n')).toEqual(['Name on Account', 'ACH CTX', 'Debit First Account', 'Debit Second Account']);
    });

    it('return-WEB: an R01 debit and an R03 credit, signed as the money moves back', async () => {
      const { statements, entries } = await read('return-WEB.ach');
      expect(statements).toEqual([]);
      expect(entries.map(({ kind, code, title, amount, standardEntryClass, originalTrace, receiver }) => [kind, code, title, formatMinorUnits(amount.minor, 2), standardEntryClass, originalTrace, receiver.name, receiver.account])).toEqual([
        ['return', 'R01', 'Insufficient Funds', '-123.54', 'WEB', '091400600000001', 'Paul Jones', '123456789'],
        ['return', 'R03', 'No Account/Unable to Locate Account', '45.65', 'WEB', '091400600000003', 'Bob Marley', '867530999999'],
      ]);
    });

    it('cor-example: C01 with the new account and no money', async () => {
      expect((await read('cor-example.ach')).entries).toMatchObject([{ kind: 'notificationOfChange', code: 'C01', title: 'Incorrect DFI Account Number', amount: { minor: 0n }, correctedData: '1918171614', standardEntryClass: 'COR' }]);
    });

    it('txp-credit: the tax addenda stays whole in the memo', async () => {
      const [transaction] = (await read('txp-credit.ach')).statements[0]?.transactions ?? [];
      expect(transaction).toMatchObject({ payer: { name: 'ACME CORP', id: '1123456789' }, bookedOn: '2025-10-16' });
      expect(transaction?.memo).toContain('TXP*123456789*941*250901*941*12345*1*1000*2*500***VER\\');
    });

    it('flatten: four batches, twelve addenda', async () => {
      const { statements } = await read('flattenBatchesMultipleBatchHeaders.ach');
      expect(statements).toHaveLength(4);
      expect(statements.flatMap(({ transactions }) => transactions.map(({ memo }) => memo.includes('bonus pay for amazing work on #OSS')))).toEqual(Array.from({ length: 12 }, () => true));
    });
  });
} else {
  describe(`real ACH files: skipped, ${missing}`, () => {
    it('has no folder of samples', () => {
      console.warn(missing);
      expect(existsSync(SAMPLES_FOLDER)).toBe(false);
    });
  });
}
