import { startBusinessCentralSandbox, type BusinessCentralSandbox } from './index.js';
import { UserLimits } from './limits/limits.js';
import { defaultSettings } from './settings.js';
import { TestClient } from './testing/client.js';

describe('The limits of one user', () => {
  it('slide: what is older than the window counts no more', async () => {
    let nowMs = 0;
    const limits = new UserLimits({ ...defaultSettings(), requestsMax: 2, requestWindowMs: 1000 }, () => nowMs);
    expect((await limits.enter()).kind).toBe('granted');
    nowMs = 600;
    expect((await limits.enter()).kind).toBe('granted');
    expect(await limits.enter()).toEqual({ kind: 'tooMany', actual: 3, allowed: 2 });
    nowMs = 1000;
    expect((await limits.enter()).kind).toBe('granted');
    expect((await limits.enter()).kind).toBe('tooMany');
  });

  it('let the sixth request wait its turn, and refuse when the queue is full', async () => {
    const limits = new UserLimits({ ...defaultSettings(), queueMax: 1 });
    for (let count = 0; count < 5; count += 1) await limits.enter();
    const waiting = limits.enter();
    expect(await limits.enter()).toEqual({ kind: 'tooMany', actual: 7, allowed: 6 });
    limits.leave();
    expect((await waiting).kind).toBe('granted');
    expect(limits.inFlight).toBe(5);
  });

  it('give up on a request that waited too long', async () => {
    const limits = new UserLimits({ ...defaultSettings(), concurrencyMax: 1, queueTimeoutMs: 10 });
    await limits.enter();
    expect(await limits.enter()).toEqual({ kind: 'timedOut' });
  });
});

describe('A tenant under load', () => {
  let sandbox: BusinessCentralSandbox;
  let client: TestClient;

  beforeEach(async () => {
    sandbox = await startBusinessCentralSandbox({ profile: 'bare' });
    client = new TestClient(sandbox);
    await client.bearer();
  });
  afterEach(async () => {
    expect(sandbox.failures).toEqual([]);
    await sandbox.stop();
  });

  it('answers 429 with its code above the rate, with Retry-After only where set so', async () => {
    sandbox.settings.requestsMax = 2;
    for (let count = 0; count < 2; count += 1) expect((await client.get('customers')).status).toBe(200);
    const refused = await client.get('customers');
    expect(refused).toMatchObject({ status: 429, code: 'Application_TooManyRequests', message: 'Too many requests reached. Actual (3). Maximum (2).' });
    expect(refused.headers.get('retry-after')).toBeNull();
    sandbox.settings.retryAfterSeconds = 7;
    expect((await client.get('customers')).headers.get('retry-after')).toBe('7');
    expect(sandbox.stats().throttled).toBe(2);
  });

  it('works on five at once and no more', async () => {
    sandbox.settings.latencyMs = { read: 20 };
    const replies = await Promise.all(Array.from({ length: 12 }, () => client.get('customers')));
    expect(replies.every((reply) => reply.status === 200)).toBe(true);
    expect(sandbox.stats().inFlightPeak).toBe(5);
  });

  it('answers 503 to a request that waited too long in the queue', async () => {
    Object.assign(sandbox.settings, { concurrencyMax: 1, queueTimeoutMs: 30, latencyMs: { read: 200 } });
    const replies = await Promise.all([client.get('customers'), client.get('customers')]);
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 503]);
  });

  it('shares them with a foreign client of the same application, not with another application', async () => {
    Object.assign(sandbox.settings, { requestsMax: 20, requestWindowMs: 60_000 });
    sandbox.startForeignClient({ concurrency: 2, holdMs: 1, pauseMs: 0, backOffMs: 50 });
    let status = 200;
    for (let count = 0; count < 40 && status === 200; count += 1) status = (await client.get('customers')).status;
    expect(status).toBe(429);
    sandbox.stopForeignClient();
    const report = sandbox.foreignReport();
    expect(report?.granted).toBeGreaterThan(0);
    expect((report?.granted ?? 0) + sandbox.stats().granted).toBe(20);
    const other = sandbox.registerApplication();
    client.forgetToken();
    const token = String((await client.requestToken({ client_id: other.clientId, client_secret: other.clientSecret })).body['access_token']);
    expect((await client.get('customers', { authorization: `Bearer ${token}` })).status).toBe(200);
  });

  it('counts the parts of a batch where set so', async () => {
    Object.assign(sandbox.settings, { requestsMax: 3, batchCountsParts: true });
    const requests = Array.from({ length: 4 }, (_unused, index) => ({ id: String(index), method: 'GET', url: `companies(${client.companyId})/customers` }));
    expect((await client.call('POST', 'v2.0/$batch', { requests })).status).toBe(429);
    expect((await client.call('POST', 'v2.0/$batch', { requests: requests.slice(1) })).status).toBe(200);
  });
});
