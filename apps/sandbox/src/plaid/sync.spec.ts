import { startPlaidSandbox, type PlaidSandbox } from './sandbox.js';
import { Ledger, TestClient, type Reply, type Row } from './testing/client.js';

const TODAY = new Date('2026-11-20T10:00:00Z');
const ids = (reply: Reply, part: 'added' | 'modified' | 'removed'): string[] => (reply.body[part] as Row[]).map((row) => row.transaction_id);

describe('/transactions/sync', () => {
  let sandbox: PlaidSandbox;
  let client: TestClient;
  beforeEach(async () => { sandbox = await startPlaidSandbox({ clock: TODAY }); client = new TestClient(sandbox); });
  afterEach(async () => { await sandbox.stop(); expect(sandbox.failures).toEqual([]); });
  const add = (itemId: string, amount: string, more: Record<string, unknown> = {}): string => sandbox.update(itemId, [{ op: 'add', transaction: { amount, ...more } }]).added[0] ?? '';

  it('answers what changed since a cursor, a row once and as it is now', async () => {
    const { itemId, accessToken } = sandbox.link();
    const [stays, goes] = [add(itemId, '-100.00'), add(itemId, '12.50')];
    const first = await client.sync(accessToken);
    expect([ids(first, 'added'), first.body['has_more'], first.body['transactions_update_status']]).toEqual([[stays, goes], false, 'HISTORICAL_UPDATE_COMPLETE']);
    sandbox.update(itemId, [{ op: 'modify', transactionId: stays, changes: { name: 'RENAMED' } }, { op: 'modify', transactionId: stays, changes: { amount: '-100.01' } }, { op: 'remove', transactionId: goes }]);
    const [comesAndGoes] = sandbox.update(itemId, [{ op: 'add', transaction: { amount: '1' } }]).added;
    sandbox.update(itemId, [{ op: 'remove', transactionId: comesAndGoes ?? '' }]);
    const second = await client.sync(accessToken, String(first.body['next_cursor']));
    expect([ids(second, 'added'), ids(second, 'modified'), ids(second, 'removed')]).toEqual([[], [stays], [goes]]);
    expect(second.text).toContain('"amount":-100.01,');
    const again = await client.sync(accessToken, String(first.body['next_cursor']));
    expect([again.body['modified'], again.body['next_cursor']]).toEqual([second.body['modified'], second.body['next_cursor']]);
    const idle = await client.sync(accessToken, String(second.body['next_cursor']));
    expect([ids(idle, 'added'), idle.body['next_cursor']]).toEqual([[], second.body['next_cursor']]);
  });

  it('says every change as it was, and removals of what was never shown, when told to', async () => {
    const { itemId, accessToken } = sandbox.link();
    const { next_cursor: cursor } = (await client.sync(accessToken)).body;
    const id = add(itemId, '5');
    sandbox.update(itemId, [{ op: 'modify', transactionId: id, changes: { amount: '6' } }]);
    sandbox.update(itemId, [{ op: 'remove', transactionId: id }]);
    expect(ids(await client.sync(accessToken, String(cursor)), 'removed')).toEqual([]);
    sandbox.settings.removedNeverAdded = true;
    expect(ids(await client.sync(accessToken, String(cursor)), 'removed')).toEqual([id]);
    sandbox.settings.updates = 'everyChange';
    const every = await client.sync(accessToken, String(cursor));
    expect([ids(every, 'added'), (every.body['modified'] as Row[]).map((row) => row['amount']), ids(every, 'removed')]).toEqual([[id], [6], [id]]);
  });

  it('counts over the three arrays together and splits a posting over pages', async () => {
    const { itemId, accessToken } = sandbox.link();
    const pending = sandbox.update(itemId, [{ op: 'add', transaction: { amount: '-70', pending: true } }, { op: 'add', transaction: { amount: '-80', pending: true } }]).added;
    const { next_cursor: start } = (await client.sync(accessToken)).body;
    sandbox.settings.removedOrder = 'last';
    const posted = sandbox.update(itemId, pending.map((transactionId, index) => ({ op: 'post' as const, transactionId, matched: index === 0, changes: { amount: '-71', name: 'POSTED' } }))).added;
    const first = await client.sync(accessToken, String(start), { count: 2 });
    expect([ids(first, 'added'), ids(first, 'removed'), first.body['has_more']]).toEqual([posted, [], true]);
    expect((first.body['added'] as Row[]).map((row) => [row['pending'], row['pending_transaction_id']])).toEqual([[false, pending[0]], [false, null]]);
    const second = await client.sync(accessToken, String(first.body['next_cursor']), { count: 2 });
    expect([ids(second, 'added'), ids(second, 'removed'), second.body['has_more']]).toEqual([[], pending, false]);
  });

  it('refuses to go on inside a loop once the data moved, but not from the loop\'s first cursor', async () => {
    const { itemId, accessToken } = sandbox.link();
    for (const amount of ['1', '2', '3']) add(itemId, amount);
    const first = await client.sync(accessToken, '', { count: 2 });
    add(itemId, '4');
    const mutated = await client.sync(accessToken, String(first.body['next_cursor']), { count: 2 });
    expect([mutated.status, mutated.body['error_type'], mutated.code]).toEqual([400, 'TRANSACTIONS_ERROR', 'TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION']);
    const ledger = new Ledger(client, accessToken);
    await ledger.catchUp(2, (page) => { if (page === 1 && ledger.restarts === 0) add(itemId, '5'); });
    expect([ledger.restarts, ledger.rows.size]).toEqual([1, 5]);
  });

  it('is not ready with an empty cursor, then has the last 30 days, then all that was asked for', async () => {
    Object.assign(sandbox.settings, { initialUpdateMs: 1000, historicalUpdateMs: 60_000 });
    const history = ['2026-11-19', '2026-10-25', '2026-09-25', '2026-01-01'].map((date) => ({ amount: '-1', date }));
    const { accessToken } = sandbox.link({ history });
    const none = await client.sync(accessToken);
    expect(none.body).toEqual({ transactions_update_status: 'NOT_READY', accounts: [], added: [], modified: [], removed: [], next_cursor: '', has_more: false, request_id: expect.stringMatching(/^\w{15}$/) as unknown });
    sandbox.setClock(new Date(TODAY.getTime() + 1000), true);
    const initial = await client.sync(accessToken);
    expect([ids(initial, 'added').length, initial.body['transactions_update_status']]).toEqual([2, 'INITIAL_UPDATE_COMPLETE']);
    sandbox.setClock(new Date(TODAY.getTime() + 60_000), true);
    const rest = await client.sync(accessToken, String(initial.body['next_cursor']));
    expect([ids(rest, 'added').length, rest.body['transactions_update_status']]).toEqual([1, 'HISTORICAL_UPDATE_COMPLETE']);
  });

  it('takes days_requested only when transactions are first asked for', async () => {
    sandbox.settings.itemLifetimeDays = null;
    const token = (await client.call('/sandbox/public_token/create', { institution_id: 'ins_109508', initial_products: ['auth'], options: { override_username: 'user_transactions_dynamic' } })).body['public_token'];
    const { access_token: accessToken } = (await client.call('/item/public_token/exchange', { public_token: token })).body;
    const little = await client.sync(String(accessToken), '', { options: { days_requested: 1 } });
    const more = await client.sync(String(accessToken), '', { options: { days_requested: 730 } });
    expect(ids(little, 'added').length).toBeLessThan(20);
    expect(ids(more, 'added')).toEqual(ids(little, 'added'));
  });

  it('keeps a stream and a cursor of its own for one account, and mixes none', async () => {
    const { itemId, accessToken, accountIds: [checking, savings] } = sandbox.link();
    add(itemId, '1', { accountId: checking });
    const inSavings = add(itemId, '2', { accountId: savings });
    const one = await client.sync(accessToken, '', { options: { account_id: savings } });
    expect([ids(one, 'added'), (one.body['accounts'] as Row[]).map((account) => account['account_id'])]).toEqual([[inSavings], [savings]]);
    const cursor = String(one.body['next_cursor']);
    const mixed = await client.sync(accessToken, cursor);
    expect([mixed.status, mixed.code]).toEqual([400, 'INVALID_FIELD']);
    sandbox.settings.foreignCursors = 'startOver';
    expect(ids(await client.sync(accessToken, cursor), 'added')).toHaveLength(2);
    add(itemId, '3', { accountId: checking });
    expect((await client.sync(accessToken, cursor, { options: { account_id: savings } })).body['next_cursor']).toBe(cursor);
  });

  it('obeys the rules of its options', async () => {
    const { itemId, accessToken } = sandbox.link();
    add(itemId, '1', { name: 'SHORT', originalDescription: 'LONG TEXT' });
    const description = async (options: Record<string, unknown>): Promise<unknown> => ((await client.sync(accessToken, '', { options })).body['added'] as Row[])[0]?.['original_description'];
    expect([await description({}), await description({ include_original_description: true })]).toEqual([null, 'LONG TEXT']);
    for (const wrong of [{ options: null }, { count: 0 }, { count: 501 }, { count: 1.5 }, { cursor: 'x'.repeat(257) }, { cursor: 'bm9uc2Vuc2U=' }, { options: { days_requested: 731 } }]) {
      const reply = await client.sync(accessToken, '', wrong);
      expect([reply.status, reply.code]).toEqual([400, 'INVALID_FIELD']);
    }
    expect((await client.sync(accessToken, '', { options: { account_id: 'nosuch' } })).code).toBe('INVALID_ACCOUNT_ID');
    expect((await client.sync(accessToken, '', { options: { page: 1 } })).body).toMatchObject({ error_code: 'UNKNOWN_FIELDS', error_message: expect.stringContaining('options.page') as unknown });
    expect(ids(await client.sync(accessToken, 'now'), 'added')).toEqual([]);
  });

  it('gives identical twins ids that differ by case alone, and amounts in unofficial currencies', async () => {
    const { itemId, accessToken } = sandbox.link({ accounts: [{ name: 'Wallet', type: 'other', unofficialCurrencyCode: 'BTC', openingBalance: '1.5' }] });
    const [one = '', two = ''] = sandbox.update(itemId, [{ op: 'add', transaction: { amount: '-0.00000001' }, copies: 2 }]).added;
    expect([one === two, one.toLowerCase() === two.toLowerCase()]).toEqual([false, true]);
    const reply = await client.sync(accessToken);
    expect(reply.text).toContain('"amount":-0.00000001,"iso_currency_code":null,"unofficial_currency_code":"BTC"');
    expect((reply.body['accounts'] as { balances: unknown }[])[0]?.balances).toMatchObject({ current: 1.500_000_02, iso_currency_code: null, unofficial_currency_code: 'BTC' });
  });

  it('gives an account another id and keeps the persistent one', async () => {
    const { itemId, accessToken, accountIds: [checking = ''] } = sandbox.link({ institutionId: 'ins_56' });
    const old = add(itemId, '-9');
    const before = await client.sync(accessToken);
    const { churned, added } = sandbox.update(itemId, [{ op: 'churn', accountId: checking }]);
    const after = await client.sync(accessToken, String(before.body['next_cursor']));
    expect([ids(after, 'added'), ids(after, 'removed')]).toEqual([added, [old]]);
    const persistent = (reply: Reply): unknown => (reply.body['accounts'] as Row[])[0]?.['persistent_account_id'];
    expect([persistent(after), (after.body['accounts'] as Row[])[0]?.['account_id']]).toEqual([persistent(before), churned[checking]]);
    expect((await client.sync(accessToken, '', { options: { account_id: checking } })).code).toBe('INVALID_ACCOUNT_ID');
  });
});
