import type { Checkpoint, Page } from '#connector-kit';
import { ConnectorError } from '#connector-kit';
import { FakeAccount, type FakeRow } from '../testing/fake-account.js';
import { READERS } from './readers.js';

const invoice = (id: number, modified: string): FakeRow => ({ id: String(id), type: 'CustInvc', tranid: `INV${id}`, modified });
const many = (count: number, modified: string, firstId = 1): FakeRow[] => Array.from({ length: count }, (_, index) => invoice(firstId + index, modified));

async function takeAll(pages: AsyncIterable<Page>): Promise<Page[]> {
  const taken: Page[] = [];
  for await (const page of pages) taken.push(page);
  return taken;
}

const idsOf = (pages: readonly Page[]): string[] => pages.flatMap((page) => page.records.map((record) => record.externalId));
const lastOf = (pages: readonly Page[]): Checkpoint => JSON.parse(JSON.stringify(pages.at(-1)?.checkpoint)) as Checkpoint;

describe('reading what changed', () => {
  let account: FakeAccount;
  beforeEach(() => { account = new FakeAccount(); });
  const read = (from: Checkpoint | null, config: object = {}): Promise<Page[]> => takeAll(READERS.invoice.changes(account.context({ config }), from));

  it('reads everything first, in pages by id, and ends at rest', async () => {
    account.table('transaction', many(2500, '2026-03-01 08:00:00'));
    const pages = await read(null);
    expect(idsOf(pages)).toHaveLength(2500);
    expect(new Set(idsOf(pages)).size).toBe(2500);
    expect(lastOf(pages)).toMatchObject({ at: 'rest' });
  });

  it('costs one query a page and one to find each stretch of ids', async () => {
    account.table('transaction', many(3000, '2026-03-01 08:00:00'));
    await read(null);
    expect(account.queries).toHaveLength(3 + 1 + 2);
  });

  it('sees the same when it is restarted after every page', async () => {
    account.table('transaction', many(7, '2026-03-01 08:00:00'));
    const whole = idsOf(await read(null, { pageSize: 2 }));
    const seen: string[] = [];
    let from: Checkpoint | null = null;
    for (let restart = 0; restart < 20; restart += 1) {
      for await (const page of READERS.invoice.changes(account.context({ config: { pageSize: 2 } }), from)) {
        seen.push(...page.records.map((record) => record.externalId));
        from = JSON.parse(JSON.stringify(page.checkpoint)) as Checkpoint;
        break;
      }
      if (from?.['at'] === 'rest') break;
    }
    expect(seen).toEqual(whole);
  });

  it('loses no record of one second over a page border', async () => {
    account.table('transaction', many(5, '2026-03-10 11:59:59'));
    expect(idsOf(await read(null, { pageSize: 2 }))).toEqual(['1', '2', '3', '4', '5']);
  });

  it('sees a row that commits late with an older moment, by the overlap', async () => {
    const rows = many(1, '2026-03-10 11:00:00');
    account.table('transaction', rows);
    const first = await read(null);
    rows.push(invoice(2, '2026-03-10 11:46:00'));
    account.now = new Date('2026-03-10T12:05:00Z');
    expect(idsOf(await read(lastOf(first)))).toEqual(['2']);
  });

  it('asks with the time of day in the clock of the account, so nothing waits for local midnight', async () => {
    account.table('transaction', [invoice(1, '2026-03-10 06:50:00'), invoice(2, '2026-03-10 06:40:00')]);
    account.now = new Date('2026-03-10T14:00:00Z');
    const from: Checkpoint = { version: 1, at: 'rest', cursor: '2026-03-10T14:00:00.000Z' };
    expect(idsOf(await read(from, { timeZone: 'America/Los_Angeles' }))).toEqual(['1']);
    expect(account.queries.at(-1)).toContain('TO_DATE(\'2026-03-10 06:45:00\',\'YYYY-MM-DD HH24:MI:SS\')');
  });

  it('moves the checkpoint on when nothing changed', async () => {
    account.table('transaction', []);
    const first = await read(null);
    account.now = new Date('2026-03-12T12:00:00Z');
    const second = await read(lastOf(first));
    expect(idsOf(second)).toEqual([]);
    expect(lastOf(second)).toEqual({ version: 1, at: 'rest', cursor: '2026-03-12T12:00:00.000Z' });
  });

  it('finishes an interrupted window and then reads what came since', async () => {
    const rows = many(3, '2026-03-01 08:00:00');
    account.table('transaction', rows);
    const iterator = READERS.invoice.changes(account.context({ config: { pageSize: 2 } }), null)[Symbol.asyncIterator]();
    const first = (await iterator.next()).value as Page;
    rows.push(invoice(4, '2026-03-11 09:00:00'));
    account.now = new Date('2026-03-11T12:00:00Z');
    expect(idsOf(await read(lastOf([first]), { pageSize: 2 }))).toEqual(['3', '4', '4']);
  });

  it('loses nothing when our own clock is five minutes slow or fast', async () => {
    for (const now of ['2026-03-10T11:55:00Z', '2026-03-10T12:05:00Z']) {
      account.table('transaction', []);
      account.now = new Date(now);
      const first = await read(null);
      account.table('transaction', [invoice(1, '2026-03-10 12:00:01')]);
      account.now = new Date(account.now.getTime() + 1000);
      expect(idsOf(await read(lastOf(first)))).toEqual(['1']);
    }
  });

  it('never goes back when our own clock was set back', async () => {
    account.table('transaction', []);
    const pages = await read({ version: 1, at: 'rest', cursor: '2026-04-01T00:00:00.000Z' });
    expect(lastOf(pages)).toEqual({ version: 1, at: 'rest', cursor: '2026-04-01T00:00:00.000Z' });
  });

  it('survives a page the source repeats', async () => {
    account.table('transaction', many(5, '2026-03-01 08:00:00'));
    let repeated = false;
    account.answer((call) => {
      if (repeated || !/t\.id > 2 /.test(call.sql) || call.sql.includes('MIN(')) return null;
      repeated = true;
      return { status: 200, body: { items: [invoice(1, 'x'), invoice(2, 'x')], hasMore: true, count: 2, totalResults: 5 } };
    });
    expect(idsOf(await read(null, { pageSize: 2 }))).toEqual(['1', '2', '3', '4', '5']);
    expect(repeated).toBe(true);
  });

  it('cuts a change of more than 100,000 rows into stretches of ids', async () => {
    account.table('transaction', [...many(2, '2026-03-10 11:00:00', 10), ...many(1, '2026-03-10 11:00:00', 900_000)]);
    account.answer((call) => (call.sql.includes('ORDER BY') && !call.sql.includes('t.id <= ')
      ? { status: 200, body: { items: [], hasMore: true, count: 0, totalResults: 100_000 } } : null));
    const pages = await read({ version: 1, at: 'rest', cursor: '2026-03-10T11:00:00.000Z' });
    expect(idsOf(pages)).toEqual(['10', '11', '900000']);
    expect(account.queries.filter((sql) => sql.includes('t.id <= '))).toHaveLength(2);
  });

  it('refuses a checkpoint of another version by name', async () => {
    const refused = read({ version: 7, at: 'rest', cursor: '2026-03-10T11:00:00.000Z' }).catch((error: unknown) => error);
    const error = await refused;
    expect(error).toBeInstanceOf(ConnectorError);
    expect((error as ConnectorError).failure).toMatchObject({ kind: 'invalid', issues: [{ path: 'checkpoint.version', value: '7' }] });
  });

  it('leaves out a column the account does not have, and remembers it', async () => {
    account.table('transaction', many(1, '2026-03-01 08:00:00'));
    account.answer((call) => (call.sql.includes('tl.subsidiary')
      ? { status: 400, body: { 'o:errorDetails': [{ 'o:errorCode': 'INVALID_PARAMETER', detail: 'Invalid search query. Search error occurred: Unknown identifier \'subsidiary\'. Available identifiers are: {tl=transactionline}.' }] } } : null));
    expect(idsOf(await read(null))).toEqual(['1']);
    await read(null);
    expect(account.queries.filter((sql) => sql.includes('tl.subsidiary'))).toHaveLength(1);
  });

  it('reads records again by id, open ones, and all ids', async () => {
    account.table('transaction', many(3, '2026-03-01 08:00:00'));
    const context = account.context({ config: { pageSize: 2 } });
    expect(idsOf(await takeAll(READERS.invoice.byIds(context, ['3', '1', '9'])))).toEqual(['1', '3']);
    expect(idsOf(await takeAll(READERS.invoice.openItems(context)))).toEqual(['1', '2', '3']);
    expect(account.queries.some((sql) => sql.includes('t.foreignamountunpaid <> 0'))).toBe(true);
    const ids: (readonly string[])[] = [];
    for await (const page of READERS.invoice.ids(context)) ids.push(page);
    expect(ids).toEqual([['1', '2'], ['3']]);
  });

  it('refuses an id that is not digits before any query is made', async () => {
    await expect(takeAll(READERS.invoice.byIds(account.context(), ['1) OR 1=1 --']))).rejects.toMatchObject({ failure: { kind: 'invalid' } });
    expect(account.queries).toEqual([]);
  });
});
