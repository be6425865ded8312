import { setTimeout as pause } from 'node:timers/promises';
import 'reflect-metadata';
import { ConnectorError, defineConnector, type AnyConnector, type ConnectorFailure } from '#connector-kit';
import { DELIVERIES_PER_MINUTE_MAX, UNKNOWN_DELIVERIES_PER_MINUTE_MAX } from '../../apps/hub/src/api/webhooks/delivery-pace.js';
import { HANDSHAKE_BYTES_MAX } from '../../apps/hub/src/api/webhooks/webhooks.js';
import { startTestHub, type Client, type TestHub } from '../support/hub.js';

const SPARE_MS = 15_000;
const absent = { by: 'none', because: 'this system only wakes in this spec' } as const;

/** A system whose deliveries hold what shall happen: a wake-up, a failure; and that asks about our address as Business Central does. */
const waker: AnyConnector = defineConnector({
  id: 'waker', title: 'Waker', settings: () => [], form: { config: {}, secrets: {} }, read: {}, probe: async () => { throw new Error('not asked here'); },
  capabilities: { read: {}, webhooks: 'wakeOnly', operations: { post: absent, apply: absent, unapply: absent, writeOff: absent, reverse: absent } },
  webhook: {
    handshake: (url) => {
      const token = url.searchParams.get('validationToken');
      return token === null ? null : { status: 200, contentType: 'text/html', body: token };
    },
    receive: async (_context, { headers, body }) => {
      const said = Buffer.from(body).toString('utf8');
      if (headers.get('x-signature') !== `signed ${said.length}`) throw new ConnectorError('the signature does not fit', { kind: 'auth', hint: 'send it again' });
      const failure = FAILURES[said];
      if (failure !== undefined) throw new ConnectorError('it could not be proven', failure);
      return said === 'nothing' ? [] : ['invoice', 'customer'];
    },
  },
});
const FAILURES: Readonly<Record<string, ConnectorFailure>> = { busy: { kind: 'rateLimited', retryAfterMs: 1 }, away: { kind: 'transient' } };

describe('deliveries of connected systems', () => {
  let hub: TestHub;
  let client: Client;
  let id: string;
  beforeAll(async () => {
    hub = await startTestHub({ connectors: [waker] });
    client = await hub.client(hub.test.tenantId);
  });
  afterAll(async () => { expect(hub.unforeseen).toEqual([]); await hub.close(); });
  beforeEach(async () => {
    const made = await client.post('/v1/connections', { name: `waker ${Math.random()}`, connector: 'waker', config: {}, syncEveryMinutes: null });
    id = (made.body as { id: string }).id;
  });

  async function deliver(body: string, query = '', signature = `signed ${body.length}`): Promise<{ status: number; type: string | null; text: string }> {
    const response = await fetch(`${hub.url}/v1/webhooks/${id}${query}`, { method: 'POST', body, headers: { 'x-signature': signature, 'content-type': 'application/json' } });
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  }
  const runs = async (): Promise<unknown[]> => ((await client.get(`/v1/syncs?connectionId=${id}`)).body as { items: unknown[] }).items;

  it('are answered when they ask about our address, in the words they expect', async () => {
    expect(await deliver('', '?validationToken=4711%20x')).toEqual({ status: 200, type: expect.stringContaining('text/plain') as string, text: '4711 x' });
    expect(await runs()).toEqual([]);
  });

  it('are answered in plain text whatever the question holds, and not at all where it is longer than any vendor\'s', async () => {
    const asked = (token: string) => fetch(`${hub.url}/v1/webhooks/${id}?validationToken=${encodeURIComponent(token)}`, { method: 'POST' });
    const script = '<script>alert(1)</script>';
    const answer = await asked(script);
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('x-content-type-options'), answer.headers.get('content-security-policy'), await answer.text()])
      .toEqual([200, 'text/plain; charset=utf-8', 'nosniff', "default-src 'none'", script]);
    const long = await asked('x'.repeat(HANDSHAKE_BYTES_MAX + 1));
    expect([long.status, (await long.text()).length < 1_000]).toEqual([401, true]);
  });

  it('put one read in line, however often and whatever they name', async () => {
    for (let time = 0; time < 3; time += 1) expect((await deliver('{"changed":"invoice"}')).text).toBe('{"woken":["invoice","customer"]}');
    expect(await runs()).toEqual([expect.objectContaining({ kind: 'incremental', status: 'queued', requestedBy: 'webhook' })]);
  });

  it('need not be JSON: the bytes are handed on as they came', async () => {
    expect((await deliver('{ not json')).status).toBe(200);
  });

  it('that prove nothing are refused, and those that cannot be proven now come again', async () => {
    expect(await deliver('x', '', 'made up')).toMatchObject({ status: 401, type: expect.stringContaining('application/problem+json') as string });
    expect([(await deliver('busy')).status, (await deliver('away')).status, (await deliver('nothing')).status]).toEqual([429, 502, 200]);
    expect(await runs()).toEqual([]);
  });

  it('do not read a paused connection', async () => {
    await client.post(`/v1/connections/${id}/pause`, { because: 'year-end' });
    expect((await deliver('{}')).status).toBe(200);
    expect(await runs()).toEqual([]);
  });

  it('beyond a pace are turned away before anything is asked', async () => {
    // The pace counts by the minute of the clock: begin where it does not end on the way.
    const leftMs = 60_000 - Date.now() % 60_000;
    if (leftMs < SPARE_MS) await pause(leftMs);
    const statuses: number[] = [];
    for (let count = 0; count < DELIVERIES_PER_MINUTE_MAX + 2; count += 1) statuses.push((await deliver('nothing')).status);
    expect(statuses).toEqual([...Array.from({ length: DELIVERIES_PER_MINUTE_MAX }, () => 200), 429, 429]);
  });

  it('to made-up connections are turned away in the end, and hold up nobody who is there', async () => {
    const leftMs = 60_000 - Date.now() % 60_000;
    if (leftMs < SPARE_MS) await pause(leftMs);
    await deliver('nothing');
    const statuses = new Set<number>();
    for (let made = 0; made <= UNKNOWN_DELIVERIES_PER_MINUTE_MAX; made += 1) statuses.add((await fetch(`${hub.url}/v1/webhooks/9${String(made).padStart(9, '0')}`, { method: 'POST', body: 'x' })).status);
    expect([...statuses].sort()).toEqual([404, 429]);
    expect((await deliver('nothing')).status).toBe(200);
  });
});
