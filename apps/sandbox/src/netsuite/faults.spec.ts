import { request } from 'node:http';
import { startNetSuiteSandbox, type NetSuiteSandbox } from './sandbox.js';
import { codeOf, eventually, TestClient } from './testing/client.js';

const CUSTOMER = { companyName: 'Fault Line Inc.' };

describe('governance and faults', () => {
  let sandbox: NetSuiteSandbox;
  let client: TestClient;
  beforeEach(async () => { sandbox = await startNetSuiteSandbox({ seed: 5 }); client = new TestClient(sandbox); await client.bearer(); });
  afterEach(async () => { await sandbox.stop(); });
  const count = async (): Promise<number> => Number((await client.query("SELECT COUNT(*) AS n FROM customer WHERE companyname = 'Fault Line Inc.'")).items[0]?.['n']);

  it('refuses requests above the concurrency of the whole account with 429, before any work', async () => {
    sandbox.settings.latencyMs = { read: 500 };
    sandbox.settings.concurrencyLimit = 3;
    const replies = await Promise.all(Array.from({ length: 8 }, async () => client.record('GET', 'customer/1')));
    const refused = replies.filter((reply) => reply.status === 429);
    expect(refused).toHaveLength(5);
    expect(refused[0] === undefined ? '' : codeOf(refused[0])).toBe('CONCURRENCY_LIMIT_EXCEEDED');
    expect(refused[0]?.body).toMatchObject({ title: 'Bad Request', 'o:errorCode': 'USER_ERROR' });
    expect(sandbox.stats()).toMatchObject({ throttled: 5, inFlightPeak: 3, inFlight: 0 });
    expect((await client.call('GET', '/services/rest/system/v1/governanceLimits')).body).toEqual({ accountConcurrencyLimit: 3, accountUnallocatedConcurrencyLimit: 3, integrationLimitType: 'accountLimit' });
  });

  it('grants by token bucket when told to', async () => {
    sandbox.settings.grant = { ratePerSecond: 0.001, burst: 4 };
    const statuses: number[] = [];
    for (let time = 0; time < 6; time += 1) statuses.push((await client.record('GET', 'customer/1')).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
  });

  it('commits and loses the answer', async () => {
    sandbox.faults.add({ kind: 'loseAnswer', requestClass: 'create', count: 1 });
    await expect(client.record('POST', 'customer', CUSTOMER)).rejects.toThrow();
    expect(await count()).toBe(1);
  });

  it('fails before or after the commit, with a page of HTML when told to', async () => {
    sandbox.faults.add({ kind: 'failBefore', requestClass: 'create', count: 1, html: true });
    const before = await client.record('POST', 'customer', CUSTOMER);
    expect([before.status, before.headers.get('content-type'), before.body]).toEqual([503, 'text/html; charset=utf-8', null]);
    expect(await count()).toBe(0);
    sandbox.faults.add({ kind: 'failAfter', requestClass: 'create', count: 1 });
    const after = await client.record('POST', 'customer', CUSTOMER);
    expect([after.status, codeOf(after)]).toEqual([500, 'UNEXPECTED_ERROR']);
    expect(await count()).toBe(1);
  });

  it('commits after the client has given up', async () => {
    sandbox.faults.add({ kind: 'lateCommit', requestClass: 'create', count: 1, delayMs: 700 });
    const controller = new AbortController();
    const sent = fetch(`${sandbox.url}/services/rest/record/v1/customer`, { method: 'POST', signal: controller.signal, headers: { authorization: `Bearer ${await client.bearer()}` }, body: JSON.stringify(CUSTOMER) });
    setTimeout(() => { controller.abort(); }, 40);
    await expect(sent).rejects.toThrow();
    expect(await count()).toBe(0);
    await eventually(async () => await count() === 1);
    await eventually(async () => Promise.resolve(sandbox.stats().inFlight === 0));
  });

  it('answers with the page of the query before', async () => {
    const first = await client.query('SELECT id FROM transaction WHERE id > ? ORDER BY id', ['0'], 'limit=5');
    sandbox.faults.add({ kind: 'duplicatePage', requestClass: 'query', count: 1 });
    const second = await client.query('SELECT id FROM transaction WHERE id > ? ORDER BY id', ['5'], 'limit=5');
    expect(second.items).toEqual(first.items);
    expect((await client.query('SELECT id FROM transaction WHERE id > ? ORDER BY id', ['5'], 'limit=5')).items).not.toEqual(first.items);
  });

  it('delivers a request twice: the second is refused by what is unique', async () => {
    sandbox.faults.add({ kind: 'deliverTwice', requestClass: 'create', count: 1 });
    expect((await client.record('POST', 'customer', CUSTOMER)).status).toBe(400);
    expect(await count()).toBe(1);
  });

  it('writes an answer twice on the connection', async () => {
    sandbox.faults.add({ kind: 'answerTwice', requestClass: 'read', count: 1 });
    const token = await client.bearer();
    const raw = await new Promise<string>((resolve, reject) => {
      const sent = request(`${sandbox.url}/services/rest/record/v1/customer/1`, { headers: { authorization: `Bearer ${token}` } });
      let text = '';
      sent.on('socket', (socket) => { socket.on('data', (chunk: Buffer) => { text += chunk.toString(); }); });
      sent.on('error', reject);
      sent.end();
      void eventually(async () => Promise.resolve((text.match(/HTTP\/1\.1 200/g) ?? []).length === 2)).catch(() => undefined).finally(() => { sent.destroy(); resolve(text); });
    });
    expect(raw.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  });

  it('closes the period in the middle of things, throttles, and slows down', async () => {
    sandbox.faults.add({ kind: 'closePeriod', requestClass: 'create', count: 1 });
    const customer = await client.create('customer', CUSTOMER);
    const invoice = await client.record('POST', 'invoice', { entity: { id: customer }, item: { items: [{ item: { id: '1' }, amount: 1 }] } });
    expect(invoice.text).toMatch(/open accounting period/);
    sandbox.faults.add({ kind: 'throttle', count: 2 });
    sandbox.faults.add({ kind: 'slow', requestClass: 'read', delayMs: 50, count: 1 });
    expect([(await client.record('GET', 'customer/1')).status, (await client.record('GET', 'customer/1')).status]).toEqual([429, 429]);
    expect(sandbox.stats().faults).toMatchObject({ throttle: 2, closePeriod: 1 });
  });

  it('expires the certificate when a token is asked for', async () => {
    sandbox.faults.add({ kind: 'expireCertificate', requestClass: 'token', count: 1 });
    expect((await client.requestToken(client.assertion())).body).toEqual({ error: 'invalid_client' });
  });

  it('strikes by seeded chance: the same seed, the same faults', async () => {
    const strikes = (): number[] => {
      sandbox.faults.clear();
      sandbox.faults.reseed(9);
      sandbox.faults.add({ kind: 'slow', probability: 0.3 });
      return Array.from({ length: 50 }, () => sandbox.faults.draw('read').size);
    };
    const first = strikes();
    expect(strikes()).toEqual(first);
    const struck = first.reduce((sum, value) => sum + value, 0);
    expect(struck).toBeGreaterThan(5);
    expect(struck).toBeLessThan(30);
  });

  it('is controlled over HTTP by other processes', async () => {
    const added = await client.control('POST', 'faults', { kind: 'failBefore', requestClass: 'read', count: 1 });
    expect(added.status).toBe(201);
    expect((await client.record('GET', 'customer/1')).status).toBe(503);
    expect((await client.control('POST', 'faults', { kind: 'nonsense' })).status).toBe(400);
    expect((await client.control('PATCH', 'settings', { concurrencyLimit: 0 })).status).toBe(400);
    expect((await client.control('PATCH', 'settings', { nosuch: 1 })).status).toBe(400);
    expect((await client.control('PATCH', 'settings', { oneWorld: false })).body).toMatchObject({ oneWorld: false });
    expect((await client.control('POST', 'mutate/touchInvoices', { percent: 50 })).body).toEqual({ touched: expect.any(Number) });
    expect((await client.control('POST', 'mutate/nosuch', {})).status).toBe(400);
    expect((await client.control('POST', 'check')).body).toEqual({ holds: true });
    expect((await client.control('GET', 'stats')).body).toMatchObject({ duplicates: [], faults: { failBefore: 1 } });
    expect((await client.control('POST', 'clock', { now: '2027-01-01T00:00:00Z' })).status).toBe(200);
    expect((await client.control('POST', 'clock', { now: 'never' })).status).toBe(400);
  });

  it('throws, undoes and counts when the book would stop adding up', async () => {
    const customer = await client.create('customer', CUSTOMER);
    const id = await client.create('invoice', { entity: { id: customer }, item: { items: [{ item: { id: '1' }, amount: 5 }] } });
    sandbox.book.run('UPDATE "transaction" SET foreignamountunpaid = foreignamountunpaid + 1 WHERE id = ?', id);
    expect(() => { sandbox.checkBook(); }).toThrow(`invoice open = total - applications: transaction ${id}, line 0: expected 50000, found 50001`);
    const reply = await client.record('PATCH', `invoice/${id}`, { memo: 'never kept' });
    expect(reply.status).toBe(500);
    expect(sandbox.stats().invariantViolations).toBe(1);
    expect(sandbox.failures.map((error) => error.name)).toEqual(['BookInvariantError']);
    expect(sandbox.book.one('SELECT memo FROM "transaction" WHERE id = ?', id)).toEqual(expect.objectContaining({ memo: null }));
  });
});
