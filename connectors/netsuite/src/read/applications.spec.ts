import type { Page } from '#connector-kit';
import { FakeAccount, type FakeRow } from '../testing/fake-account.js';
import { PROBE } from '../testing/postings.js';
import { READERS } from './readers.js';

async function takeAll(pages: AsyncIterable<Page>): Promise<Page[]> {
  const taken: Page[] = [];
  for await (const page of pages) taken.push(page);
  return taken;
}

const payment = (id: string, type = 'CustPymt', modified = '2026-03-01 08:00:00'): FakeRow => ({ id, type, modified });

describe('reading payments', () => {
  let account: FakeAccount;
  beforeEach(() => { account = new FakeAccount(); });
  const links = (rows: readonly FakeRow[]): void => account.answerSql(/SUM\(l\.foreignamount\)/, (sql) => rows.filter((row) => new RegExp(`[( ]${row['nextdoc'] ?? ''}[,)]`).test(/nextdoc IN \([^)]*\)/.exec(sql)?.[0] ?? '')));

  it('brings what each settles, and the invoices whose balance it moved', async () => {
    account.table('transaction', [payment('1'), payment('2')]);
    links([{ nextdoc: '1', previousdoc: '70', applied: '-10.00' }, { nextdoc: '1', previousdoc: '71', applied: '5' }, { nextdoc: '2', previousdoc: '70', applied: '0' }]);
    const [page] = await takeAll(READERS.payment.changes(account.context(), null));
    expect(page?.records.map((record) => record.payload['applications'])).toEqual([[{ invoice: '70', amount: '10.00' }, { invoice: '71', amount: '5' }], []]);
    expect(page?.touched).toEqual({ invoice: ['70', '71'] });
  });

  it('sums line pairs in the query, and keeps lines only where they name instalments', async () => {
    account.table('transaction', [payment('1')]);
    links([]);
    await takeAll(READERS.payment.changes(account.context(), null));
    expect(account.queries.some((sql) => sql.includes('GROUP BY l.nextdoc, l.previousdoc ORDER'))).toBe(true);
    await takeAll(READERS.payment.changes(account.context({ config: { instalments: true } }), null));
    expect(account.queries.some((sql) => sql.includes('GROUP BY l.nextdoc, l.previousdoc, l.previousline'))).toBe(true);
  });

  it('folds the applications of a deposit into it, and brings the deposit when one of them changed', async () => {
    account.table('transaction', [payment('5', 'CustDep', '2026-01-01 00:00:00'), payment('6', 'DepAppl', '2026-03-10 11:55:00')]);
    account.answerSql(/n\.type = 'DepAppl'/, () => [{ nextdoc: '6', previousdoc: '5', modified: '2026-03-10 11:55:00' }]);
    links([{ nextdoc: '6', previousdoc: '70', applied: '25.00' }]);
    const pages = await takeAll(READERS.payment.changes(account.context(), { version: 1, at: 'rest', cursor: '2026-03-10T11:50:00.000Z' }));
    expect(pages.flatMap((page) => page.records)).toEqual([expect.objectContaining({ externalId: '5', revision: '2026-03-10 11:55:00', payload: expect.objectContaining({ applications: [{ invoice: '70', amount: '25.00' }] }) as unknown })]);
    expect(pages[0]?.touched).toEqual({ invoice: ['70'] });
  });

  it('tells deletions after the changes of a window, where the account tells them', async () => {
    account.table('transaction', []);
    account.table('deletedrecord', [{ recordid: '8', type: 'CustPymt', deleted: '2026-03-10 11:58:00' }, { recordid: '9', type: 'CustPymt', deleted: '2026-01-01 00:00:00' }]);
    links([]);
    const read = { ...PROBE.capabilities.read };
    const from = { version: 1, at: 'rest', cursor: '2026-03-10T11:50:00.000Z' };
    const told = await takeAll(READERS.payment.changes(account.context({ probe: PROBE }), from));
    expect(told.flatMap((page) => page.records)).toEqual([expect.objectContaining({ externalId: '8', deleted: true, revision: '2026-03-10 11:58:00' })]);
    expect(told.at(-1)?.checkpoint).toEqual({ version: 1, at: 'rest', cursor: '2026-03-10T12:00:00.000Z' });
    const silent = { ...PROBE, capabilities: { ...PROBE.capabilities, read: { ...read, payment: { changes: 'updatedSince', deletions: 'ids', pageSizeMax: 1000 } as const } } };
    expect((await takeAll(READERS.payment.changes(account.context({ probe: silent }), from))).flatMap((page) => page.records)).toEqual([]);
  });
});

describe('reading companies', () => {
  it('gives the one company of an account without OneWorld, with the base currency', async () => {
    const account = new FakeAccount();
    account.answerSql(/FROM currency/, () => [{ symbol: 'EUR' }]);
    const [page] = await takeAll(READERS.company.changes(account.context(), null));
    expect(page?.records).toEqual([expect.objectContaining({ externalId: 'account', payload: expect.objectContaining({ currencysymbol: 'EUR' }) as unknown })]);
  });
});
