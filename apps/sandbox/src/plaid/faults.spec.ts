import { startPlaidSandbox, type PlaidSandbox } from './sandbox.js';
import { TestClient } from './testing/client.js';

describe('faults, limits and controls', () => {
  let sandbox: PlaidSandbox;
  let client: TestClient;
  let itemId: string;
  let accessToken: string;
  beforeEach(async () => {
    sandbox = await startPlaidSandbox({ clock: new Date('2026-11-20T10:00:00Z') });
    client = new TestClient(sandbox);
    ({ itemId, accessToken } = sandbox.link());
  });
  afterEach(async () => { await sandbox.stop(); expect(sandbox.failures).toEqual([]); });
  const exchange = async (): ReturnType<TestClient['call']> => {
    const { body } = await client.call('/sandbox/public_token/create', { institution_id: 'ins_109508', initial_products: ['transactions'] });
    return client.call('/item/public_token/exchange', body['public_token'] === undefined ? {} : { public_token: body['public_token'] });
  };
  const items = async (): Promise<number> => ((await client.control('GET', 'items')).body['items'] as { billed_products: string[]; stage: string }[]).filter((item) => item.stage !== 'NOT_READY').length;

  it('loses an answer after the work, breaks off before it, and answers half a body', async () => {
    sandbox.addFault({ kind: 'loseAnswer', requestClass: 'exchange', count: 1 });
    await expect(exchange()).rejects.toThrow();
    expect(await items()).toBe(2);
    sandbox.addFault({ kind: 'reset', requestClass: 'exchange', count: 1 });
    await expect(exchange()).rejects.toThrow();
    expect(await items()).toBe(2);
    sandbox.addFault({ kind: 'garble', requestClass: 'sync', count: 1 });
    const garbled = await client.sync(accessToken);
    expect([garbled.status, garbled.body]).toEqual([200, {}]);
    expect(() => { JSON.parse(garbled.text); }).toThrow();
  });

  it('fails before or after the work, in the envelope or as a gateway\'s page, and slowly', async () => {
    sandbox.addFault({ kind: 'failBefore', requestClass: 'sync', count: 1 });
    const enveloped = await client.sync(accessToken);
    expect([enveloped.status, enveloped.body['error_type'], enveloped.code]).toEqual([500, 'API_ERROR', 'INTERNAL_SERVER_ERROR']);
    sandbox.addFault({ kind: 'failAfter', requestClass: 'sync', count: 1, status: 502, html: true });
    const page = await client.sync(accessToken);
    expect([page.status, page.text]).toEqual([502, expect.stringMatching(/^<html>/)]);
    sandbox.addFault({ kind: 'slow', requestClass: 'sync', count: 1, delayMs: 60 });
    const started = performance.now();
    await client.sync(accessToken);
    expect(performance.now() - started).toBeGreaterThan(50);
  });

  it('refuses with any code, leaving the Item as it is', async () => {
    sandbox.addFault({ kind: 'refuse', requestClass: 'sync', code: 'INSTITUTION_DOWN', count: 1, itemId });
    sandbox.addFault({ kind: 'refuse', requestClass: 'accounts', code: 'ITEM_LOGIN_REQUIRED', reason: 'OAUTH_USER_REVOKED', count: 1 });
    expect((await client.sync(accessToken)).body).toMatchObject({ error_type: 'INSTITUTION_ERROR', error_code: 'INSTITUTION_DOWN' });
    expect((await client.call('/accounts/get', { access_token: accessToken })).body).toMatchObject({ error_code: 'ITEM_LOGIN_REQUIRED', error_code_reason: 'OAUTH_USER_REVOKED' });
    expect((await client.call('/item/get', { access_token: accessToken })).body['item']).toMatchObject({ error: null });
  });

  it('forces a mutation on page n, in word or in deed', async () => {
    sandbox.update(itemId, [{ op: 'add', transaction: { amount: '1' }, copies: 5 }]);
    sandbox.addFault({ kind: 'mutationError', page: 3, count: 1 });
    const first = await client.sync(accessToken, '', { count: 2 });
    const second = await client.sync(accessToken, String(first.body['next_cursor']), { count: 2 });
    const third = String(second.body['next_cursor']);
    expect((await client.sync(accessToken, third, { count: 2 })).code).toBe('TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION');
    expect((await client.sync(accessToken, third, { count: 2 })).body['has_more']).toBe(false);
    sandbox.addFault({ kind: 'bankMutation', page: 2, count: 1 });
    expect((await client.sync(accessToken, String(first.body['next_cursor']), { count: 2 })).code).toBe('TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION');
    expect((await client.sync(accessToken, third, { count: 2 })).code).toBe('TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION');
    expect(sandbox.truth(itemId)).toHaveLength(6);
  });

  it('limits by Item and by client over a minute, without a Retry-After', async () => {
    sandbox.settings.rateLimits = { sync: { item: 2, client: 3 } };
    sandbox.settings.rateLimitClock = 'sandbox';
    const other = sandbox.link();
    const codes = [accessToken, accessToken, accessToken, other.accessToken, other.accessToken];
    const replies = [];
    for (const token of codes) replies.push(await client.sync(token));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 429, 200, 429]);
    expect(replies[2]?.body).toMatchObject({ error_type: 'RATE_LIMIT_EXCEEDED', error_code: 'TRANSACTIONS_SYNC_LIMIT' });
    sandbox.setClock(new Date('2026-11-20T10:01:00Z'), true);
    expect((await client.sync(accessToken)).status).toBe(200);
    const { clientId } = sandbox.credentials;
    expect([sandbox.stats().granted[clientId], sandbox.stats().throttled[clientId]]).toEqual([4, 2]);
    sandbox.addFault({ kind: 'throttle', requestClass: 'item', count: 1 });
    expect((await client.call('/item/get', { access_token: accessToken })).code).toBe('ITEM_GET_LIMIT');
  });

  it('has the vendor\'s sandbox figures by default', async () => {
    const statuses: number[] = [];
    for (let call = 0; call < 3; call += 1) statuses.push((await client.call('/transactions/refresh', { access_token: accessToken })).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect(sandbox.settings.rateLimits).toMatchObject({ sync: { item: 50, client: 1000 }, item: { item: 40, client: 5000 }, accounts: { item: 100, client: 5000 }, sandboxTransactions: { item: 2, client: 50 } });
  });

  it('is controlled over HTTP by other processes', async () => {
    const added = await client.control('POST', `items/${itemId}/update`, { changes: [{ op: 'add', transaction: { amount: '-1200.50', name: 'WIRE', pending: true } }] });
    const [transactionId = ''] = added.body['added'] as string[];
    await client.control('POST', `items/${itemId}/update`, { changes: [{ op: 'post', transactionId }] });
    expect((await client.control('GET', `items/${itemId}/truth`)).body['transactions']).toEqual([expect.objectContaining({ amount: -1200.5, pending: false, pending_transaction_id: transactionId })]);
    for (const wrong of [{ changes: [] }, { changes: [{ op: 'melt' }] }, { changes: [{ op: 'remove', transactionId }] }, { changes: [{ op: 'add', transaction: { amount: 'much' } }] }, { changes: [{ op: 'add', transaction: { amount: '1', colour: 'red' } }] }]) {
      const refused = await client.control('POST', `items/${itemId}/update`, wrong);
      expect([refused.status, typeof refused.body['error']]).toEqual([400, 'string']);
    }
    expect((await client.control('POST', 'faults', { kind: 'failBefore', requestClass: 'item', count: 1 })).status).toBe(200);
    expect((await client.call('/item/get', { access_token: accessToken })).status).toBe(500);
    for (const wrong of [{ kind: 'nonsense' }, { kind: 'refuse', code: 'NO_SUCH' }, { kind: 'slow', delayMs: -1 }]) expect((await client.control('POST', 'faults', wrong)).status).toBe(400);
    expect((await client.control('PATCH', 'settings', { webhookCopies: 3 })).body).toMatchObject({ webhookCopies: 3 });
    for (const wrong of [{ nosuch: 1 }, { updates: 'some' }, { rateLimits: { sync: { item: 0, client: 1 } } }, { itemErrorBlocks: ['nothing'] }, { legacyWebhooks: 'yes' }]) expect((await client.control('PATCH', 'settings', wrong)).status).toBe(400);
    await client.control('POST', `items/${itemId}/break`, { code: 'ITEM_LOCKED' });
    expect((await client.sync(accessToken)).code).toBe('ITEM_LOCKED');
    await client.control('POST', `items/${itemId}/repair`);
    await client.control('POST', 'institutions', { id: 'ins_999', name: 'House Bank', country: 'DE' });
    expect((await client.call('/sandbox/public_token/create', { institution_id: 'ins_999', initial_products: ['transactions'] })).status).toBe(200);
    expect((await client.call('/sandbox/public_token/create', { institution_id: 'ins_998', initial_products: ['transactions'] })).code).toBe('INVALID_INSTITUTION');
    expect((await client.control('GET', 'nosuch')).status).toBe(404);
    expect((await client.control('GET', 'stats')).body).toMatchObject({ requests: { '/transactions/sync': 1 }, errors: { ITEM_LOCKED: 1 }, faults: { failBefore: 1 }, openRequests: 0 });
  });
});
