import { parseDocument } from './parse-document.js';
import { identifyTransactions, statementTransactionIdentity } from './statement-identity.js';

async function identities(rows: readonly string[], header = 'Date,Account,Currency,Text,Amount,Balance'): Promise<string[]> {
  const { statements } = await parseDocument(Buffer.from([header, ...rows].join('\n')));
  return identifyTransactions(statements).map(({ identity }) => identity);
}

const ROWS = ['2026-03-01,1,USD,CHECK DEPOSIT,5.00,', '2026-03-01,1,USD,CHECK DEPOSIT,5.00,', '2026-03-02,1,USD,CHECK DEPOSIT,5.00,'];

describe('identity of a bank line', () => {
  it('is the same when the same statement comes twice', async () => {
    expect(await identities(ROWS)).toEqual(await identities(ROWS));
  });

  it('keeps identical twins of one day apart', async () => {
    expect(new Set(await identities(ROWS)).size).toBe(3);
  });

  it('does not depend on other lines that a re-issued statement adds', async () => {
    const again = await identities(['2026-03-01,1,USD,NEW LINE,9.00,', ...ROWS]);
    expect((await identities(ROWS)).every((identity) => again.includes(identity))).toBe(true);
  });

  it('survives other wrapping of the text, and nothing else', async () => {
    const [plain] = await identities(['2026-03-01,1,USD,INV 100 AND 200,5.00,']);
    expect(await identities(['2026-03-01,1,USD,"INV 100\n AND 200",5.00,'])).toEqual([plain]);
    for (const other of ['2026-03-02,1,USD,INV 100 AND 200,5.00,', '2026-03-01,2,USD,INV 100 AND 200,5.00,', '2026-03-01,1,EUR,INV 100 AND 200,5.00,', '2026-03-01,1,USD,INV 100 AND 201,5.00,', '2026-03-01,1,USD,INV 100 AND 200,-5.00,']) {
      expect(await identities([other])).not.toEqual([plain]);
    }
  });

  it('counts a correction of the day from one again', async () => {
    const records = (status: string): string[] => [`02,A,B,${status},260228,,,/`, '03,1,,/', '16,142,5,,,,X', '49,5,3/', '98,5,1,5/'];
    const text = ['01,A,B,260301,0000,1,,,2/', ...records('1'), ...records('3'), '99,10,2,12/'].join('\n');
    const [first, corrected] = identifyTransactions((await parseDocument(Buffer.from(text))).statements);
    expect(corrected?.identity).toBe(first?.identity);
    if (first === undefined) throw new Error('no transaction');
    expect(statementTransactionIdentity(first.transaction, first.account, 2)).not.toBe(first.identity);
  });
});
