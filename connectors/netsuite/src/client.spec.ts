import { ConnectorError } from '#connector-kit';
import { call, failureOf, getRecord, type NetSuiteCall } from './client.js';
import { query } from './suiteql.js';
import { errorAnswer, FakeAccount, OAUTH_SECRETS } from './testing/fake-account.js';

const get: NetSuiteCall = { method: 'GET', path: '/services/rest/record/v1/customer/1', lane: 'read', writes: false, timeoutMs: 1000 };
const post: NetSuiteCall = { ...get, method: 'POST', path: '/services/rest/record/v1/customerPayment', body: '{}', lane: 'write', writes: true };

describe('a call to NetSuite', () => {
  let account: FakeAccount;
  beforeEach(() => { account = new FakeAccount(); });
  const calls = (): string[] => account.calls.map((seen) => `${seen.method} ${seen.path.split('/').at(-1) ?? ''}`);

  it('asks for one token and uses it until shortly before it ends', async () => {
    account.answer((seen) => (seen.method === 'GET' ? { status: 200, body: {} } : null));
    await Promise.all([call(account.context(), get), call(account.context(), get)]);
    account.now = new Date(account.now.getTime() + 54 * 60_000);
    await call(account.context(), get);
    expect(account.tokens).toBe(1);
    account.now = new Date(account.now.getTime() + 2 * 60_000);
    await call(account.context(), get);
    expect(account.tokens).toBe(2);
    expect(account.calls.at(-1)?.headers.get('authorization')).toBe('Bearer token-2');
  });

  it('replaces a token that is no longer taken, once, for a write too: a 401 was turned away before any work', async () => {
    account.answer((seen) => (seen.method === 'POST' && seen.headers.get('authorization') === 'Bearer token-1' ? errorAnswer(401, 'INVALID_LOGIN', 'Invalid login attempt.') : null));
    account.answer((seen) => (seen.headers.get('authorization') === 'Bearer token-2' ? { status: 204 } : null));
    expect((await call(account.context(), post)).status).toBe(204);
    expect(calls()).toEqual(['POST token', 'POST customerPayment', 'POST token', 'POST customerPayment']);
  });

  it('gives up when the new token is refused too', async () => {
    account.answer((seen) => (seen.path.includes('/record/') ? errorAnswer(401, 'INVALID_LOGIN', 'Invalid login attempt.') : null));
    await expect(getRecord(account.context(), get.path)).rejects.toMatchObject({ failure: { kind: 'auth' } });
    expect(calls()).toHaveLength(4);
  });

  it('never repeats a write', async () => {
    account.answer((seen) => (seen.method === 'POST' && seen.path.includes('/record/') ? Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } }) : null));
    await expect(call(account.context(), post)).rejects.toMatchObject({ failure: { kind: 'outcomeUnknown' } });
    expect(calls().filter((text) => text === 'POST customerPayment')).toHaveLength(1);
  });

  it('signs every attempt anew where token-based authentication is used', async () => {
    account.answer(() => ({ status: 200, body: {} }));
    const context = account.context({
      config: { accountId: '1234567-sb1', authentication: 'tba', consumerKey: 'ck', tokenId: 'ti' }, secrets: { consumerSecret: 'cs', tokenSecret: 'ts' },
    });
    await call(context, get);
    await call(context, get);
    const [first, second] = account.calls.map((seen) => seen.headers.get('authorization') ?? '');
    expect(first).toContain('realm="1234567_SB1"');
    expect(first).not.toBe(second);
  });

  it('says of a missing record that it is not there', async () => {
    expect(await getRecord(account.context(), get.path)).toBeNull();
  });

  it('stays away longer with each refusal in a row', async () => {
    account.answer((seen) => (seen.sql === '' ? null : errorAnswer(429, 'CONCURRENCY_LIMIT_EXCEEDED', 'Concurrent request limit exceeded. Request blocked.')));
    const delays: number[] = [];
    for (let refusal = 0; refusal < 4; refusal += 1) {
      const error = await query(account.context(), 'SELECT 1 FROM DUAL').catch((caught: unknown) => caught);
      const { failure } = error as ConnectorError;
      delays.push(failure.kind === 'rateLimited' ? failure.retryAfterMs : -1);
    }
    expect(delays[0]).toBeLessThanOrEqual(500);
    expect(delays[3]).toBeGreaterThanOrEqual(2000);
  });

  it('takes calls refused together for one refusal', async () => {
    account.answer((seen) => (seen.path.includes('/record/') ? errorAnswer(429, 'CONCURRENCY_LIMIT_EXCEEDED', 'Concurrent request limit exceeded. Request blocked.') : null));
    const context = account.context({ config: { concurrency: 5 } });
    await call(context, post);
    const together = await Promise.all(Array.from({ length: 5 }, () => call(context, post)));
    const { failure } = failureOf(context, post, together[4]?.failed ?? { status: 0, problems: [], retryAfter: null });
    expect(failure).toMatchObject({ kind: 'rateLimited' });
    expect(failure.kind === 'rateLimited' ? failure.retryAfterMs : Number.NaN).toBeLessThanOrEqual(1000);
  });

  it('does not carry its token to another host', async () => {
    await expect(call(account.context(), { ...get, path: 'https://elsewhere.example/job/1' })).rejects.toMatchObject({ failure: { kind: 'invalid' } });
    expect(account.calls).toEqual([]);
  });

  it.each([
    ['refused in the words of OAuth', { status: 401, body: { error: 'invalid_client' } }, { kind: 'auth' }],
    ['throttled', { status: 429, headers: { 'retry-after': '7' } }, { kind: 'rateLimited', retryAfterMs: 7000 }],
    ['in trouble', { status: 503, body: '<html>' }, { kind: 'transient' }],
    ['garbled', { status: 200, body: 'nonsense' }, { kind: 'transient' }],
  ])('says what kind of failure a token request is that was %s, and asks anew the next time', async (_words, answer, failure) => {
    let broken = true;
    account.answer((seen) => (broken && seen.path.endsWith('/token') ? answer : seen.method === 'GET' ? { status: 200, body: {} } : null));
    await expect(call(account.context(), get)).rejects.toMatchObject({ failure });
    broken = false;
    expect((await call(account.context(), get)).status).toBe(200);
  });

  it('keeps secrets out of its errors and its log', async () => {
    account.answer((seen) => (seen.path.endsWith('/token') ? { status: 401, body: { error: 'invalid_client' } } : null));
    const error = await call(account.context(), get).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ failure: { kind: 'auth' } });
    const assertion = new URLSearchParams(account.calls[0]?.body).get('client_assertion') ?? 'missing';
    const shown = `${String(error)} ${JSON.stringify(error)} ${account.logged.join(' ')}`;
    for (const secret of [assertion, OAUTH_SECRETS.privateKeyPem.slice(60, 120)]) expect(shown).not.toContain(secret);
  });

  it('stops at once while it waits for its turn', async () => {
    account.answer((seen) => (seen.method === 'GET' ? { status: 200, body: {} } : null));
    const stop = new AbortController();
    stop.abort(new Error('shutting down'));
    await expect(call(account.context({ signal: stop.signal }), get)).rejects.toMatchObject({ failure: { kind: 'transient' } });
  });
});
