import { testRead, type Connections } from '#connections';
import { startNetSuiteSandbox, type NetSuiteSandbox } from '../../apps/sandbox/src/index.js';
import { seedRecord } from '../../connectors/memory/src/target/seeding.js';
import { storedConnections } from '../faults/stored-connection.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { connectBooks, startTestHub, type Client, type ConnectedBooks, type TestHub } from '../support/hub.js';

interface Preview { sampled: number; results: { externalId: string; rawRecordId: string | null; payload: Record<string, unknown>; record: { number: string } | null; lineage: { field: string; from: string; value: string }[] }[] }

describe('onboarding over the API', () => {
  let hub: TestHub;
  let client: Client;
  let books: ConnectedBooks;
  beforeAll(async () => {
    hub = await startTestHub();
    client = await hub.client(hub.test.tenantId);
    books = await connectBooks(hub, client, hub.test.tenantId, 'books');
    for (let count = 0; count < 3; count += 1) seedRecord(books.target, books.master, 'invoice');
  });
  afterAll(async () => { await hub.close(); });

  it('says what each connector asks for, field by field, and what its conformance run proved', async () => {
    const { body } = await client.get('/v1/connectors') as { body: { items: { id: string; config: unknown; secrets: unknown; coverage: { subject: string; state: string; because: string | null }[] }[] } };
    const memory = body.items.find(({ id }) => id === 'memory');
    expect(memory?.config).toMatchObject({ properties: { target: { type: 'string', description: expect.any(String) as string } }, required: ['target'] });
    expect(memory?.secrets).toMatchObject({ required: ['token'] });
    expect(memory?.coverage).toContainEqual(expect.objectContaining({ subject: 'post', state: 'proven' }));
    expect(memory?.coverage.filter(({ state, because }) => state === 'absent' && because === null)).toEqual([]);
  });

  it('reads a page before the first sync, keeps nothing of it, and tells what the fields look like', async () => {
    const { status, body } = await client.post(`/v1/connections/${books.connectionId}/test-read`, { entity: 'invoice' }) as { status: number; body: { pageRecords: number; records: unknown[]; fields: { path: string; kinds: string[] }[] } };
    expect({ status, pageRecords: body.pageRecords, records: body.records.length }).toEqual({ status: 200, pageRecords: 3, records: 3 });
    expect(body.fields).toContainEqual(expect.objectContaining({ path: 'open', kinds: ['decimal'], present: 3 }));
    expect((await client.get('/v1/invoices') as { body: { items: unknown[] } }).body.items).toEqual([]);
  });

  it('previews the mapping on live records, before and after, with the origin of every value', async () => {
    const { body } = await client.post(`/v1/connections/${books.connectionId}/mapping/preview`, { entity: 'invoice', live: true }) as { body: Preview };
    expect(body.sampled).toBe(3);
    const [first] = body.results;
    expect(first).toMatchObject({ rawRecordId: null, payload: { id: first?.externalId }, record: { number: expect.any(String) as string } });
    expect(first?.lineage).toContainEqual(expect.objectContaining({ field: 'externalId', from: 'id', value: first?.externalId }));
    expect((await client.post(`/v1/connections/${books.connectionId}/mapping/preview`, { entity: 'invoice' }) as { body: Preview }).body.sampled).toBe(0);
  });

  it('says plainly where a source cannot be asked for its fields, and which record types there are', async () => {
    expect(await client.get(`/v1/connections/${books.connectionId}/fields`)).toMatchObject({ status: 200, body: { offered: false, items: [] } });
    expect(await client.post(`/v1/connections/${books.connectionId}/test-read`, { entity: 'nonsense' })).toMatchObject({ status: 422 });
    expect(await client.get('/v1/connections/4711/fields')).toMatchObject({ status: 404 });
  });
});

describe('a test read of a real protocol', () => {
  let test: TestDatabase;
  let sandbox: NetSuiteSandbox;
  let connections: Connections;
  let id: string;
  beforeAll(async () => {
    [test, sandbox] = await Promise.all([openTestDatabase(), startNetSuiteSandbox({ profile: 'tiny' })]);
    connections = await storedConnections(test.database);
    const { clientId, certificateId, algorithm, privateKeyPem } = sandbox.credentials.m2m;
    ({ id } = await connections.create(test.tenantId, {
      name: 'netsuite', connector: 'netsuite', mappingOverlays: {}, syncEveryMinutes: null,
      config: { accountId: sandbox.accountId, serviceUrl: sandbox.url, clientId, certificateId, algorithm, timeZone: 'America/Los_Angeles' },
    }, { privateKeyPem }));
  });
  afterAll(async () => { await Promise.all([test.close(), sandbox.stop()]); });

  const read = async () => testRead(await connections.open(test.tenantId, id), 'invoice', new AbortController().signal);

  it('shows the sign-in without a secret, the query that was asked, and the answer', async () => {
    const { calls, fields, problem } = await read();
    expect(problem).toBeNull();
    expect(calls[0]).toMatchObject({ method: 'POST', status: 200, request: '[hidden] (a sign-in)', response: '[hidden] (a sign-in)' });
    expect(calls.some(({ request, response }) => request.includes('SELECT') && response.includes('"items"'))).toBe(true);
    const shown = JSON.stringify(calls);
    expect(shown).not.toContain('eyJ');
    expect(shown).not.toContain('PRIVATE KEY');
    expect(fields.find(({ path }) => path === 'trandate')?.kinds).toEqual(['day']);
  });

  it('shows how far it got when the source fails', async () => {
    const armed = sandbox.faults.add({ kind: 'failBefore', requestClass: 'query' });
    const { calls, problem } = await read();
    sandbox.faults.remove(armed);
    expect(problem).not.toBeNull();
    expect(calls.at(-1)?.status).toBeGreaterThanOrEqual(500);
  });
});
