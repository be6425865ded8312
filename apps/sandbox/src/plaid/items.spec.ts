import { startPlaidSandbox, type PlaidSandbox } from './sandbox.js';
import { Mailbox, TestClient } from './testing/client.js';

const TODAY = new Date('2026-11-20T10:00:00Z');
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

describe('credentials, Link and Items', () => {
  let sandbox: PlaidSandbox;
  let client: TestClient;
  beforeEach(async () => { sandbox = await startPlaidSandbox({ clock: TODAY }); client = new TestClient(sandbox); });
  afterEach(async () => { await sandbox.stop(); expect(sandbox.failures).toEqual([]); });
  const later = (ms: number): void => { sandbox.setClock(new Date(TODAY.getTime() + ms), true); };
  const publicToken = async (): Promise<unknown> => (await client.call('/sandbox/public_token/create', { institution_id: 'ins_109508', initial_products: ['transactions'] })).body['public_token'];

  it('takes credentials in the body or in headers, and names what is missing or wrong', async () => {
    const { clientId, secret } = sandbox.credentials;
    const { accessToken } = sandbox.link();
    const inBody = await client.send('POST', '/item/get', { client_id: clientId, secret, access_token: accessToken });
    expect([inBody.status, inBody.body['request_id']]).toEqual([200, expect.stringMatching(/^\w{15}$/)]);
    expect((await client.send('POST', '/item/get', { access_token: accessToken })).body).toMatchObject({ error_type: 'INVALID_REQUEST', error_code: 'MISSING_FIELDS', error_message: expect.stringContaining('client_id, secret') as unknown });
    const wrong = await client.send('POST', '/item/get', { client_id: clientId, secret: 'x', access_token: accessToken });
    expect([wrong.status, wrong.body]).toEqual([400, {
      error_type: 'INVALID_INPUT', error_code: 'INVALID_API_KEYS', error_message: 'invalid client_id or secret provided', display_message: null, documentation_url: expect.any(String) as unknown, suggested_action: null, request_id: expect.any(String) as unknown,
    }]);
  });

  it('refuses unknown fields, bodies that are no JSON, and routes that are none', async () => {
    const { accessToken } = sandbox.link();
    expect((await client.call('/item/get', { access_token: accessToken, extra: 1 })).body).toMatchObject({ error_code: 'UNKNOWN_FIELDS', error_message: 'the following fields are not recognized by this endpoint: extra' });
    expect((await client.call('/item/get')).code).toBe('MISSING_FIELDS');
    expect((await client.call('/item/get', '{"access')).code).toBe('INVALID_BODY');
    expect((await client.call('/item/get', '[]')).code).toBe('INVALID_BODY');
    for (const [method, path] of [['POST', '/transactions/nosuch'], ['GET', '/item/get']] as const) expect((await client.send(method, path, undefined)).status).toBe(404);
    sandbox.settings.environment = 'production';
    expect((await client.call('/sandbox/item/reset_login', { access_token: accessToken })).status).toBe(404);
    expect((await client.call('/item/get', { access_token: accessToken })).code).toBe('INVALID_ACCESS_TOKEN');
  });

  it('exchanges a public token once, within 30 minutes, for its own client', async () => {
    const token = await publicToken();
    expect(token).toMatch(/^public-sandbox-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const foreign = new TestClient(sandbox, sandbox.registerClient());
    expect((await foreign.call('/item/public_token/exchange', { public_token: token })).code).toBe('INVALID_PUBLIC_TOKEN');
    const { access_token: accessToken } = (await client.call('/item/public_token/exchange', { public_token: token })).body;
    expect(accessToken).toMatch(/^access-sandbox-/);
    expect((await client.call('/item/public_token/exchange', { public_token: token })).code).toBe('INVALID_PUBLIC_TOKEN');
    expect((await foreign.call('/item/get', { access_token: accessToken })).code).toBe('INVALID_ACCESS_TOKEN');
    const late = await publicToken();
    later(30 * MINUTE_MS);
    expect((await client.call('/item/public_token/exchange', { public_token: late })).body['error_message']).toMatch(/expired/);
  });

  it('gives a link token for 4 hours, or 30 minutes in update mode, where nothing is exchanged', async () => {
    const asked = { client_name: 'Tributary', language: 'en', country_codes: ['US'], user: { client_user_id: 'tenant-1' } };
    const fresh = await client.call('/link/token/create', { ...asked, products: ['transactions'], transactions: { days_requested: 180 }, hosted_link: {} });
    expect(fresh.body).toMatchObject({ link_token: expect.stringMatching(/^link-sandbox-/) as unknown, expiration: new Date(TODAY.getTime() + 4 * 60 * MINUTE_MS).toISOString(), hosted_link_url: expect.any(String) as unknown });
    const { publicToken: token } = sandbox.completeLink({ linkToken: String(fresh.body['link_token']) });
    const { access_token: accessToken, item_id: itemId } = (await client.call('/item/public_token/exchange', { public_token: token })).body;
    sandbox.breakItem(String(itemId), 'ITEM_LOGIN_REQUIRED');
    const update = await client.call('/link/token/create', { ...asked, access_token: accessToken });
    expect(update.body['expiration']).toBe(new Date(TODAY.getTime() + 30 * MINUTE_MS).toISOString());
    expect(sandbox.completeLink({ linkToken: String(update.body['link_token']) })).toEqual({ publicToken: null, itemId });
    expect((await client.sync(String(accessToken))).status).toBe(200);
    later(31 * MINUTE_MS);
    expect(() => sandbox.completeLink({ linkToken: String(update.body['link_token']) })).toThrow(/expired/);
    for (const [wrong, code] of [[{ client_name: 'A name of more than thirty characters' }, 'INVALID_FIELD'], [{ user: {} }, 'MISSING_FIELDS'], [{ products: [] }, 'MISSING_FIELDS'], [{ access_token: accessToken, products: ['transactions'] }, 'INVALID_FIELD'], [{ products: ['transactions'], webhook: 'nowhere' }, 'INVALID_FIELD']] as const) {
      expect((await client.call('/link/token/create', { ...asked, ...wrong })).code).toBe(code);
    }
  });

  it('answers 200 with an error object from /item/get alone when the login is broken', async () => {
    const { itemId, accessToken } = sandbox.link();
    expect((await client.call('/sandbox/item/reset_login', { access_token: accessToken })).body).toMatchObject({ reset_login: true });
    const item = await client.call('/item/get', { access_token: accessToken });
    expect([item.status, item.body['item']]).toEqual([200, expect.objectContaining({ error: expect.objectContaining({ error_code: 'ITEM_LOGIN_REQUIRED' }) as unknown })]);
    for (const path of ['/transactions/sync', '/transactions/refresh', '/accounts/get']) expect((await client.call(path, { access_token: accessToken })).code).toBe('ITEM_LOGIN_REQUIRED');
    sandbox.repairItem(itemId);
    expect((await client.call('/accounts/get', { access_token: accessToken })).body['accounts']).toHaveLength(2);
    sandbox.breakItem(itemId, 'USER_PERMISSION_REVOKED');
    expect((await client.sync(accessToken)).code).toBe('USER_PERMISSION_REVOKED');
    expect((await client.call('/item/remove', { access_token: accessToken })).body).toEqual({ request_id: expect.any(String) as unknown });
    expect((await client.call('/item/get', { access_token: accessToken })).code).toBe('ITEM_NOT_FOUND');
  });

  it('asks for a new login when consent runs out, after a warning, and after 30 days in any case', async () => {
    const mailbox = await Mailbox.open();
    const { itemId, accessToken } = sandbox.link({ webhook: mailbox.url });
    sandbox.setConsentExpiry(itemId, new Date(TODAY.getTime() + 20 * DAY_MS));
    later(14 * DAY_MS);
    await sandbox.webhooksIdle();
    expect(mailbox.received.at(-1)?.body).toMatchObject({ webhook_code: 'PENDING_DISCONNECT', disconnect_time: '2026-12-10T10:00:00.000Z' });
    later(20 * DAY_MS);
    expect((await client.sync(accessToken)).body).toMatchObject({ error_code: 'ITEM_LOGIN_REQUIRED', error_code_reason: 'OAUTH_CONSENT_EXPIRED' });
    const other = sandbox.link();
    later(51 * DAY_MS);
    expect((await client.sync(other.accessToken)).code).toBe('ITEM_LOGIN_REQUIRED');
    await mailbox.close();
  });

  it('links the same login twice with other ids, and may break the first one at some banks', async () => {
    const login = { institutionId: 'ins_56', history: [{ amount: '-5', date: '2026-11-19' }] };
    const first = sandbox.link(login);
    sandbox.settings.secondItemBreaksFirst = true;
    const second = sandbox.link(login);
    expect(sandbox.truth(first.itemId)[0]).toMatchObject({ amount: -5 });
    expect(sandbox.truth(first.itemId)[0]?.['transaction_id']).not.toBe(sandbox.truth(second.itemId)[0]?.['transaction_id']);
    expect([(await client.sync(first.accessToken)).code, (await client.sync(second.accessToken)).status]).toEqual(['ITEM_LOGIN_REQUIRED', 200]);
  });

  it('has 50 rows for the dynamic user, posts its pending ones on refresh and raises one amount by 1.00', async () => {
    const { itemId, accessToken } = sandbox.link({ username: 'user_transactions_dynamic' });
    const before = new Map(sandbox.truth(itemId).map((row) => [row['transaction_id'], row]));
    expect(before.size).toBe(50);
    await client.call('/transactions/refresh', { access_token: accessToken });
    const after = sandbox.truth(itemId);
    expect(after.filter((row) => row['pending'] === true)).toHaveLength(3);
    expect(after.filter((row) => before.has(row['pending_transaction_id']))).toHaveLength(3);
    const raises = after.flatMap((row) => { const old = before.get(row['transaction_id']); return old === undefined ? [] : [Number(row['amount']) - Number(old['amount'])]; }).filter((raise) => raise !== 0);
    expect(raises.map((raise) => raise.toFixed(2))).toEqual(['1.00']);
  });

  it('creates rows of the last 14 days for the dynamic user only, ten at most', async () => {
    sandbox.settings.rateLimits = {};
    const row = { date_transacted: '2026-11-18', date_posted: '2026-11-19', amount: -12.34, description: 'TEST RECEIPT' };
    const { itemId, accessToken } = sandbox.link({ username: 'user_transactions_dynamic' });
    expect((await client.call('/sandbox/transactions/create', { access_token: accessToken, transactions: [row] })).status).toBe(200);
    expect(sandbox.truth(itemId).at(-1)).toMatchObject({ amount: -12.34, name: 'TEST RECEIPT', date: '2026-11-19', authorized_date: '2026-11-18' });
    for (const rows of [[{ ...row, date_posted: '2026-11-05' }], [{ ...row, date_posted: '2026-11-21' }], [{ ...row, amount: 'x' }], Array.from({ length: 11 }, () => row), []]) expect((await client.call('/sandbox/transactions/create', { access_token: accessToken, transactions: rows })).code).toBe('INVALID_FIELD');
    const ordinary = sandbox.link();
    expect((await client.call('/sandbox/transactions/create', { access_token: ordinary.accessToken, transactions: [row] })).body['error_type']).toBe('SANDBOX_ERROR');
  });
});
