import 'reflect-metadata';
import type { OpenAPIObject } from '@nestjs/swagger';
import { createDocument } from '../../apps/hub/src/api/document.js';
import { CONTROLLERS } from '../../apps/hub/src/hub-module.js';
import { plaid } from '#connectors/plaid';
import { seedRecord } from '../../connectors/memory/src/target/seeding.js';
import { openTestBank } from '../support/bank-lines.js';
import { connectBooks, startTestHub, type Client, type TestHub } from '../support/hub.js';

/** Stands in every record of the first tenant that this spec makes; the second tenant must never read it. */
const MARK = 'Harbor Freight Lines';
const RECORDS_EACH = 12;
/** Requests of one probe at a time. */
const AT_ONCE = 8;
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
const METHODS: readonly Method[] = ['get', 'post', 'put', 'patch', 'delete'];

interface Probe { method: Method; path: string; body?: unknown }

/** The list whose ids a property or parameter takes. */
const IDS_OF: Readonly<Record<string, string>> = {
  connectionId: '/v1/connections', customerId: '/v1/customers', invoiceId: '/v1/invoices', bankTransactionId: '/v1/bank-transactions', bankAccountId: '/v1/bank-accounts',
  receivedDocumentId: '/v1/documents', proposalId: '/v1/match-proposals', batchId: '/v1/posting-batches', postingId: '/v1/postings', confirmByConnectionId: '/v1/connections', remittanceId: '/v1/remittances',
};

describe('tenants (S1)', () => {
  let hub: TestHub;
  let owner: Client;
  let stranger: Client;
  let document: OpenAPIObject;
  const ids = new Map<string, string[]>();
  const cursors: string[] = [];
  const lists = (): string[] => Object.keys(document.paths).filter((path) => !path.includes('{') && document.paths[path]?.get !== undefined);

  beforeAll(async () => {
    hub = await startTestHub({ connectors: [plaid] });
    document = await createDocument(CONTROLLERS);
    owner = await hub.client(hub.test.tenantId);
    stranger = await hub.client(hub.test.otherTenantId);
    await fillFirstTenant(hub, owner);
    for (const path of lists()) {
      const all = await owner.get(path) as unknown as { status: number; body: { items?: { id?: string }[] } };
      expect({ path, status: all.status }).toEqual({ path, status: 200 });
      ids.set(path, (all.body.items ?? []).flatMap(({ id }) => id ?? []));
      const page = await owner.get(`${path}?limit=1`) as unknown as { body: { nextCursor?: string | null; cursor?: string } };
      if (typeof page.body.nextCursor === 'string') cursors.push(`${path}?limit=1&cursor=${page.body.nextCursor}`);
    }
  });
  afterAll(async () => { await hub.close(); });

  /** Answers of the second tenant's requests that say more than "no" or "nothing". */
  async function leaks(probes: readonly Probe[], allowed: (status: number, path: string) => boolean): Promise<string[]> {
    const found: string[] = [];
    for (let at = 0; at < probes.length; at += AT_ONCE) {
      await Promise.all(probes.slice(at, at + AT_ONCE).map(async ({ method, path, body = {} }) => {
        const answer = method === 'get' ? await stranger.get(path) : method === 'delete' ? await stranger.delete(path)
          : method === 'put' ? await stranger.put(path, body) : method === 'patch' ? await stranger.patch(path, body, { 'if-match': '"1"' }) : await stranger.post(path, body, { 'if-match': '"1"' });
        const text = JSON.stringify(answer.body);
        if (text.includes(MARK) || !allowed(answer.status, path)) found.push(`${method} ${path}: ${answer.status} ${text.slice(0, 200)}`);
      }));
    }
    return found;
  }
  const refused = (status: number): boolean => status >= 400 && status < 500;
  const snapshot = async (): Promise<unknown> => Promise.all(lists().filter((path) => !/audit|overview|freshness/.test(path)).map(async (path) => [path, (await owner.get(path)).body]));

  it('have something to be seen on nearly every list: else the probes below prove nothing', () => {
    const empty = [...ids].filter(([, found]) => found.length === 0).map(([path]) => path);
    // Profiles have names for ids; the mark in their title is looked for all the same.
    expect(empty.sort()).toEqual(['/v1/audit', '/v1/audit/verification', '/v1/lockbox-profiles', '/v1/non-payment-rules', '/v1/overview']);
    expect([...ids.values()].flat().length).toBeGreaterThan(80);
    expect(cursors.length).toBeGreaterThan(8);
  });

  it('see empty lists, whatever filter or cursor of the other one they bring', async () => {
    const probes: Probe[] = cursors.map((path) => ({ method: 'get', path }));
    for (const path of lists()) {
      probes.push({ method: 'get', path });
      for (const parameter of document.paths[path]?.get?.parameters ?? []) {
        if (!('name' in parameter) || parameter.in !== 'query') continue;
        for (const id of ids.get(IDS_OF[parameter.name] ?? '') ?? []) probes.push({ method: 'get', path: `${path}?${parameter.name}=${id}` });
        if (parameter.name === 'search') probes.push({ method: 'get', path: `${path}?search=${encodeURIComponent(MARK.slice(0, 6))}` });
      }
    }
    expect(await leaks(probes, (status) => status === 200)).toEqual([]);
    expect(probes.length).toBeGreaterThan(150);
    for (const path of lists().filter((each) => !/api-keys|connectors|audit|lockbox-profiles/.test(each))) {
      const { body } = await stranger.get(path) as unknown as { body: { items?: object[] } };
      expect({ path, items: body.items ?? [] }).toEqual({ path, items: [] });
    }
  });

  it('get "not found" for every id of the other one, on every route that takes one, and move nothing', async () => {
    const probes: Probe[] = [];
    for (const [path, item] of Object.entries(document.paths).filter(([each]) => each.includes('{id}'))) {
      for (const id of ids.get(path.slice(0, path.indexOf('/{id}'))) ?? []) {
        for (const method of METHODS) {
          const operation = item[method];
          if (operation !== undefined) probes.push({ method, path: path.replace('{id}', id), body: sampleBody(operation.requestBody) });
        }
      }
    }
    const before = await snapshot();
    expect(await leaks(probes, refused)).toEqual([]);
    expect(probes.length).toBeGreaterThan(200);
    expect(await snapshot()).toEqual(before);
    expect(hub.unforeseen).toEqual([]);
  });

  it('cannot name the other one\'s records in a body either', async () => {
    const probes = Object.entries(document.paths).flatMap(([path, item]) => (item.post === undefined || path.includes('{') ? [] : [{ method: 'post' as const, path, body: sampleBody(item.post.requestBody) }]));
    const before = await snapshot();
    // Some of these make something of the stranger's own: an API key. What they must not do is show or move what is the owner's.
    expect(await leaks(probes, (status) => status < 500)).toEqual([]);
    expect(probes.length).toBeGreaterThan(8);
    expect(await snapshot()).toEqual(before);
    const { connectionId } = { connectionId: ids.get('/v1/connections')?.[0] };
    expect(await stranger.post('/v1/quarantined-records/retry', { connectionId })).toMatchObject({ status: 404 });
    expect(await stranger.post('/v1/bank-accounts', { name: 'x', accountNumber: '1', currency: 'USD', connectionId })).toMatchObject({ status: 422 });
    expect(hub.unforeseen).toEqual([]);
  });

  /** A body that passes validation where a machine can tell how, with the other tenant's ids wherever an id is wanted. */
  function sampleBody(requestBody: unknown): unknown {
    const schema = (requestBody as { content?: Record<string, { schema?: unknown }> } | undefined)?.content?.['application/json']?.schema;
    return schema === undefined ? {} : sample(schema, '');
  }

  function sample(given: unknown, name: string): unknown {
    const schema = resolve(given);
    const list = IDS_OF[name];
    if (list !== undefined) return ids.get(list)?.[0] ?? '1';
    if (Array.isArray(schema['enum'])) return schema['enum'][0] as unknown;
    if (schema['type'] === 'array') return [sample(schema['items'], name)];
    if (schema['properties'] !== undefined) {
      const required = (schema['required'] ?? []) as string[];
      const properties = Object.entries(schema['properties'] as Record<string, unknown>).filter(([property]) => required.includes(property) || property in IDS_OF);
      return Object.fromEntries(properties.map(([property, described]) => [property, sample(described, property)]));
    }
    if (schema['type'] === 'object') return {};
    if (schema['type'] === 'integer' || schema['type'] === 'number') return 1;
    if (name === 'amount') return '1.00';
    return name === 'currency' ? 'USD' : 'probe';
  }

  function resolve(schema: unknown): Record<string, unknown> {
    const given = schema as { $ref?: string; allOf?: unknown[]; anyOf?: unknown[] } & Record<string, unknown>;
    const inner = given.allOf?.[0] ?? given.anyOf?.[0];
    if (inner !== undefined) return resolve(inner);
    if (given.$ref === undefined) return given;
    return resolve(document.components?.schemas?.[given.$ref.slice(given.$ref.lastIndexOf('/') + 1)]);
  }
});

async function fillFirstTenant(hub: TestHub, owner: Client): Promise<void> {
  const { tenantId, database } = hub.test;
  const books = await connectBooks(hub, owner, tenantId, MARK);
  for (const entity of ['company', 'ledgerAccount', 'customer', 'contact', 'invoice', 'creditMemo', 'payment'] as const) {
    for (let count = 0; count < RECORDS_EACH; count += 1) seedRecord(books.target, books.master, entity, entity === 'company' || entity === 'customer' ? { name: `${MARK} ${count}` } : {});
  }
  seedRecord(books.target, books.master, 'payment', { applications: [{ invoice: books.target.book.ofEntity('invoice')[0]?.id ?? '', amount: '5.00' }] });
  for (const currency of ['???', '!!!']) seedRecord(books.target, books.master, 'invoice', { currency, memo: MARK });
  await books.sync('full');
  await books.sync();
  const bank = await openTestBank(hub.test, books.connectionId, books.master.bankAccount);
  const lineId = await bank.add({ amount: '100.00', memo: 'INV-1', payerName: MARK });
  await bank.add({ amount: '100.00', memo: 'INV-2', payerName: MARK });
  await owner.post('/v1/match-runs', {});
  const feed = await owner.post('/v1/connections', { name: `${MARK} bank`, connector: 'plaid', config: { clientId: 'c' }, secrets: { secret: 's' } });
  if (feed.status !== 201) throw new Error(`no bank feed: ${JSON.stringify(feed.body)}`);
  await owner.post('/v1/inbound-addresses', { name: MARK });
  const { body: profiles } = await owner.get('/v1/lockbox-profiles') as { body: { items: { records: object[] }[] } };
  const profile = await owner.put('/v1/lockbox-profiles/ours', { title: MARK, source: MARK, assumed: false, width: 80, currency: 'USD', records: profiles.items[0]?.records ?? [] });
  if (profile.status !== 200) throw new Error(`no profile: ${JSON.stringify(profile.body)}`);
  const { body: invoices } = await owner.get('/v1/invoices?number=INV-1') as { body: { items: { id: string; customerId: string }[] } };
  const [invoice] = invoices.items;
  const posted = await owner.post('/v1/postings', { bankTransactionId: lineId, customerId: invoice?.customerId, invoices: [{ invoiceId: invoice?.id, amount: { amount: '100.00', currency: 'USD' } }] });
  if (posted.status !== 201) throw new Error(`not posted: ${JSON.stringify(posted.body)}`);
  await database.inTenant(tenantId, async (transaction) => {
    await transaction.execute(`INSERT INTO held_deletion (connection_id, entity, external_ids, because, sync_run_id) SELECT connection_id, 'invoice', '{x}', '${MARK}', id FROM sync_run LIMIT 1`);
    await transaction.execute(`INSERT INTO posting_batch (connection_id, sequence, key, name, sha256, byte_count, postings, currency, total_minor, closed_at, closed_on, state, state_because, chain_hash, created_by)
      VALUES ($1, 1, '', 'PAY-1', 'x', 1, 1, 'USD', 1, now(), now(), 'stopped', '${MARK}', 'x', 'spec')`, [books.connectionId]);
    await transaction.execute(`INSERT INTO uploaded_file (connection_id, entity, name, content, content_hash, uploaded_by) VALUES ($1, 'invoice', '${MARK}.csv', 'x', 'x', 'spec')`, [books.connectionId]);
    await transaction.execute(`INSERT INTO ach_entry (received_document_id, identity, kind, code, amount_minor, currency, trace, receiver, place)
      SELECT id, 'x', 'return', 'R01', -1, 'USD', '${MARK}', '{}', '{}' FROM received_document LIMIT 1`);
    await transaction.execute(`INSERT INTO remittance (source, payer_name, currency) VALUES ('API', '${MARK}', 'USD')`);
  });
}
