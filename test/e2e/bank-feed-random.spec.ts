import fc from 'fast-check';
import { BankFeeds, type FeedRun } from '#bank';
import type { OpenConnection } from '#connections';
import { ConnectorError } from '#connector-kit';
import { testContext } from '#connector-kit/testing';
import { plaid } from '#connectors/plaid';
import { ACCESS_TOKEN, CLIENT_ID, FakeItem, FakePlaid, type FakeRow, SECRET } from '../../connectors/plaid/src/testing/index.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

/** What the bank does, and what happens to us while we read. */
type Act =
  | { do: 'add'; cents: number; pending: boolean }
  | { do: 'modify' | 'remove' | 'giveBack' | 'settle' | 'settleUnlinked'; which: number; cents: number }
  | { do: 'read'; fault: 'none' | 'mutation' | 'page' | 'crashBeforeCommit' | 'crashAfterCommit' };

const cents = fc.integer({ min: 1, max: 4 });
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), cents, pending: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('modify' as const, 'remove' as const, 'giveBack' as const, 'settle' as const, 'settleUnlinked' as const), which: fc.nat(20), cents }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read' as const), fault: fc.constantFrom('none' as const, 'mutation' as const, 'page' as const, 'crashBeforeCommit' as const, 'crashAfterCommit' as const) }) },
);
const RUNS = 25;

/** The whole way, random: Plaid over HTTP, the connector, the import, Postgres; compared with what the bank holds. */
describe('a bank feed under random streams', () => {
  let test: TestDatabase;
  const fake = new FakePlaid();
  /** What the bank has taken back, by id. */
  const gone = new Map<string, FakeRow>();
  const sql = <R extends Record<string, unknown>>(text: string, values: string[] = []): Promise<R[]> => test.database.inTenant(test.tenantId, (transaction) => transaction.query<R>(text, values));

  beforeAll(async () => { test = await openTestDatabase(); await fake.start(); });
  afterAll(async () => { await fake.stop(); await test.close(); });

  async function connect(name: string): Promise<string> {
    const [row] = await sql<{ id: string }>(`INSERT INTO connection (name, connector, config, keeps_books) VALUES ($1, 'plaid', '{}', false) RETURNING id`, [name]);
    return row?.id ?? '';
  }

  function runOf(id: string, fault: string): FeedRun {
    const context = testContext({ connectionId: id, probe: null, log: [], now: () => new Date(), config: { clientId: CLIENT_ID, environment: 'sandbox', serviceUrl: fake.url, pageSize: 2 }, secrets: { secret: SECRET, accessToken: ACCESS_TOKEN } });
    let commits = 0;
    return {
      connection: { id, tenantId: test.tenantId, connector: plaid } as unknown as OpenConnection,
      context: () => context, keepLease: async () => undefined,
      commit: async (work) => {
        commits += 1;
        // The first commit only looks where to begin; the second stores everything.
        const result = await test.database.inTenant(test.tenantId, async (transaction) => {
          const done = await work(transaction);
          if (commits === 2 && fault === 'crashBeforeCommit') throw new Error('the process died before the commit');
          return done;
        });
        if (commits === 2 && fault === 'crashAfterCommit') throw new Error('the process died after the commit');
        return result;
      },
    };
  }

  async function read(feeds: BankFeeds, id: string, fault: string): Promise<void> {
    if (fault === 'mutation') fake.item.mutateNext = true;
    if (fault === 'page') fake.faults.push({ kind: 'status', status: 500, after: 2 });
    await feeds.read(runOf(id, fault)).catch((error: unknown) => {
      if (fault === 'none' || !(error instanceof ConnectorError || (error instanceof Error && error.message.startsWith('the process died')))) throw error;
    });
    fake.item.mutateNext = false;
    fake.faults.length = 0;
  }

  /** A booked row that was taken back comes again under its id. */
  function giveBack(which: number): void {
    const rows = [...gone.values()].filter(({ pending }) => !pending);
    const row = rows[which % Math.max(rows.length, 1)];
    if (row === undefined) return;
    gone.delete(row.transactionId);
    fake.item.add(row);
  }

  function perform(given: Exclude<Act, { do: 'read' }>, index: number): void {
    const { item } = fake;
    const amount = `-${given.cents}.00`;
    if (given.do === 'add') {
      item.add({ amount, pending: given.pending, name: 'DEPOSIT' });
      return;
    }
    if (given.do === 'giveBack') {
      giveBack(given.which);
      return;
    }
    const rows = item.rows().filter(({ pending }) => pending || (given.do !== 'settle' && given.do !== 'settleUnlinked'));
    const row = rows[given.which % Math.max(rows.length, 1)];
    if (row === undefined) return;
    if (given.do === 'modify') item.modify(row.transactionId, { amount });
    else if (given.do === 'remove') {
      gone.set(row.transactionId, row);
      item.remove(row.transactionId);
    }
    else item.settle(row.transactionId, given.do === 'settle', { amount, name: `BOOKED ${index % 2}` });
  }

  const stored = (id: string): Promise<Record<string, unknown>[]> => sql(`
    SELECT feed_row.external_id AS id, line.amount_minor AS minor, line.pending, line.memo, line.withdrawn FROM bank_feed_row feed_row JOIN bank_transaction line ON line.id = feed_row.bank_transaction_id
    WHERE feed_row.connection_id = $1 AND feed_row.state = 'live' ORDER BY feed_row.external_id COLLATE "C"`, [id]);
  const truth = (): Record<string, unknown>[] => fake.item.rows().map(({ transactionId, amount, pending, name }) => (
    { id: transactionId, minor: `${amount.slice(1, -3)}00`, pending, memo: name, withdrawn: false })).toSorted((left, right) => (left.id < right.id ? -1 : 1));

  it('ends at the bank\'s own set, every line once, and a repeated reading changes nothing', async () => {
    let round = 0;
    await fc.assert(fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 30 }), async (acts) => {
      const id = await connect(`random ${round += 1}`);
      const feeds = new BankFeeds({ database: test.database });
      gone.clear();
      fake.items.set(ACCESS_TOKEN, new FakeItem(`item-${round}`));
      for (const [index, each] of acts.entries()) {
        if (each.do === 'read') await read(feeds, id, each.fault);
        else perform(each, index);
      }
      await read(feeds, id, 'none');
      expect(await stored(id)).toEqual(truth());
      const lines = (): Promise<Record<string, unknown>[]> => sql('SELECT line.id, line.version, line.withdrawn, line.status FROM bank_transaction line JOIN bank_feed_account account ON account.id = line.bank_feed_account_id WHERE account.connection_id = $1 ORDER BY line.id', [id]);
      const before = await lines();
      // No line stands twice, and one that no live id stands for was taken back.
      expect(before.filter(({ withdrawn }) => withdrawn === false)).toHaveLength(truth().length);
      await sql('UPDATE bank_feed SET checkpoint = NULL WHERE connection_id = $1', [id]);
      await read(feeds, id, 'none');
      expect(await lines()).toEqual(before);
    }), { numRuns: RUNS });
  });
});
