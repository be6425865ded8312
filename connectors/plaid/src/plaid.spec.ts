import type { Context } from '#connector-kit';
import { testContext } from '#connector-kit/testing';
import { plaid } from './index.js';
import { link } from './link.js';
import { ACCESS_TOKEN, CLIENT_ID, FakePlaid, SECRET } from './testing/index.js';

const START = Date.parse('2026-03-10T12:00:00Z');

describe('the Plaid connector', () => {
  const fake = new FakePlaid();
  let now = START;
  let memory = new Map<string, unknown>();
  beforeAll(() => fake.start());
  afterAll(() => fake.stop());
  beforeEach(() => { now = START; memory = new Map(); fake.calls.length = 0; });

  function context(secrets: Record<string, string> = { secret: SECRET, accessToken: ACCESS_TOKEN, itemId: 'item-1' }, config: Record<string, unknown> = {}): Context {
    const made = testContext({ connectionId: '1', probe: null, log: [], now: () => new Date(now), config: { clientId: CLIENT_ID, environment: 'sandbox', serviceUrl: fake.url, ...config }, secrets });
    // One memory for the life of a connection, as the hub keeps it.
    return { ...made, memory };
  }
  const asked = (path: string): number => fake.calls.filter((call) => call.path === path).length;
  const deliver = (signing: { kid?: string; issuedAt?: number } = {}, content: object = { webhook_type: 'TRANSACTIONS', webhook_code: 'SYNC_UPDATES_AVAILABLE', item_id: 'item-1' }) => (
    plaid.webhook.receive(context(), fake.keys.deliver(content, { issuedAt: now / 1_000, ...signing })));

  it('sends credentials in headers and never in a body', async () => {
    await plaid.probe(context());
    expect(fake.calls.map(({ path, body, headers }) => [path, body, headers['plaid-version']])).toEqual([
      ['/item/get', { access_token: ACCESS_TOKEN }, '2020-09-14'], ['/accounts/get', { access_token: ACCESS_TOKEN }, '2020-09-14'],
    ]);
  });

  it('asks for a webhook key once, again for another one, and again after a day', async () => {
    const first = fake.keys.current;
    await deliver();
    await deliver();
    expect(asked('/webhook_verification_key/get')).toBe(1);
    fake.keys.rotate();
    await deliver();
    await deliver({ kid: first });
    expect(asked('/webhook_verification_key/get')).toBe(2);
    now += 25 * 3_600_000;
    fake.keys.expire(first);
    await expect(deliver({ kid: first })).rejects.toMatchObject({ failure: { kind: 'auth' }, message: 'Plaid webhook: its key has expired' });
    await expect(deliver({ kid: first })).rejects.toThrow('expired');
    expect(asked('/webhook_verification_key/get')).toBe(4);
  });

  it('does not ask Plaid without end when key ids are made up', async () => {
    for (let forged = 0; forged < 10; forged += 1) await expect(deliver({ kid: `made-up-${forged}` })).rejects.toMatchObject({ failure: { kind: 'auth' } });
    await expect(deliver({ kid: 'made-up-11' })).rejects.toMatchObject({ failure: { kind: 'rateLimited' } });
    expect(asked('/webhook_verification_key/get')).toBe(10);
    now += 61_000;
    expect(await deliver()).toEqual(['bankFeed']);
  });

  it.each<[string, string, string[]]>([
    ['TRANSACTIONS', 'SYNC_UPDATES_AVAILABLE', ['bankFeed']], ['TRANSACTIONS', 'INITIAL_UPDATE', []], ['TRANSACTIONS', 'TRANSACTIONS_REMOVED', []], ['ITEM', 'LOGIN_REPAIRED', ['health', 'bankFeed']],
    ['ITEM', 'ERROR', ['health']], ['ITEM', 'PENDING_DISCONNECT', ['health']], ['ITEM', 'PENDING_EXPIRATION', ['health']], ['ITEM', 'USER_PERMISSION_REVOKED', ['health']],
    ['ITEM', 'USER_ACCOUNT_REVOKED', ['health']], ['ITEM', 'NEW_ACCOUNTS_AVAILABLE', ['health', 'bankFeed']], ['ITEM', 'WEBHOOK_UPDATE_ACKNOWLEDGED', []], ['NEWS', 'OF_TOMORROW', []],
  ])('takes %s %s for %j', async (type, code, wakes) => {
    expect(await deliver({}, { webhook_type: type, webhook_code: code, item_id: 'item-1' })).toEqual(wakes);
  });

  it('is not woken by another login of the same client', async () => {
    expect(await deliver({}, { webhook_type: 'ITEM', webhook_code: 'ERROR', item_id: 'item-9' })).toEqual([]);
  });

  it('begins a new login at the beginning: a cursor belongs to the login it was given for', async () => {
    const from = { version: 1, cursor: 'WzVd', login: 'of-another-login' };
    for await (const _ of plaid.bankFeed.update(context(), from)) break;
    expect(fake.calls.at(-1)?.body).toEqual({ access_token: ACCESS_TOKEN, count: 500, options: { include_original_description: true, days_requested: 90 } });
  });

  it('says of a login with an error that passes that nothing is to be done, and of another what is', async () => {
    fake.item.error = 'INSTITUTION_DOWN';
    await expect(plaid.probe(context())).rejects.toMatchObject({ failure: { kind: 'transient' } });
    fake.item.error = 'ITEM_LOGIN_REQUIRED';
    await expect(plaid.probe(context())).rejects.toMatchObject({ failure: { kind: 'auth', cure: 'signInAgain' } });
    fake.item.error = null;
  });

  it('without a login proves the keys, and says what is missing', async () => {
    expect((await plaid.probe(context({ secret: SECRET }))).missing).toEqual([expect.stringContaining('no bank login is linked')]);
    await expect(plaid.probe(context({ secret: 'wrong' }))).rejects.toMatchObject({ failure: { kind: 'auth', cure: 'settings' } });
    await expect(plaid.bankFeed.accounts(context({ secret: SECRET }))).rejects.toMatchObject({ failure: { kind: 'auth', cure: 'linkAnew' } });
  });

  it('links a login, and repairs one without products and without an exchange', async () => {
    const request = { update: false, webhookUrl: 'https://hub.example/v1/webhooks/1', userReference: 'tributary-1' };
    expect(await link.start(context({ secret: SECRET }, { daysRequested: 730 }), request)).toMatchObject({ expiresAt: '2026-03-10T16:00:00Z', url: null });
    expect(fake.calls.at(-1)?.body).toEqual({
      client_name: 'Tributary', language: 'en', country_codes: ['US'], user: { client_user_id: 'tributary-1' }, products: ['transactions'], transactions: { days_requested: 730 }, webhook: request.webhookUrl,
    });
    await link.start(context(), { ...request, update: true });
    expect(fake.calls.at(-1)?.body).toEqual({ client_name: 'Tributary', language: 'en', country_codes: ['US'], user: { client_user_id: 'tributary-1' }, access_token: ACCESS_TOKEN });
    await expect(link.start(context({ secret: SECRET }), { ...request, update: true })).rejects.toMatchObject({ failure: { kind: 'invalid' } });
    fake.publicTokens.set('public-1', ACCESS_TOKEN);
    expect(await link.finish(context({ secret: SECRET }), 'public-1')).toEqual({ accessToken: ACCESS_TOKEN, itemId: 'item-1' });
  });

  it('refuses days and environments that Plaid would', () => {
    const good = { clientId: 'c', daysRequested: 30 };
    expect(plaid.settings(good, { secret: 's' })).toEqual([]);
    expect(plaid.settings({ ...good, daysRequested: 7 }, { secret: 's' })).toEqual(['config.daysRequested: must be at least 30 in production']);
    expect(plaid.settings({ ...good, daysRequested: 7, environment: 'sandbox' }, { secret: 's' })).toEqual([]);
    expect(plaid.settings({ ...good, environment: 'development' }, {})).toHaveLength(2);
  });
});
