import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import 'reflect-metadata';
import { Needs } from '../../apps/hub/src/http/authentication.js';
import { createDocument } from '../../apps/hub/src/api/document.js';
import { CONTROLLERS } from '../../apps/hub/src/hub-module.js';
import { seedRecord } from '../../connectors/memory/src/target/seeding.js';
import { openTestBank } from '../support/bank-lines.js';
import { connectBooks, startTestHub, type Client, type ConnectedBooks, type TestHub } from '../support/hub.js';

const effects = { count: 0, failNext: false };
let release: () => void = () => undefined;

/** A route that can be slow or fail, to look at the manners around it. */
@Controller('v1/probe')
class ProbeController {
  @Post()
  @HttpCode(201)
  @Needs('decide')
  async post(@Body() body: { wait?: boolean }): Promise<{ count: number }> {
    if (body.wait === true) await new Promise<void>((resolve) => { release = resolve; });
    if (effects.failNext) {
      effects.failNext = false;
      throw new Error('the disk is full');
    }
    effects.count += 1;
    return { count: effects.count };
  }
}

describe('the API\'s manners', () => {
  let hub: TestHub;
  let client: Client;
  let other: Client;
  let books: ConnectedBooks;
  beforeAll(async () => {
    hub = await startTestHub({ more: [ProbeController] });
    client = await hub.client(hub.test.tenantId);
    other = await hub.client(hub.test.otherTenantId);
    books = await connectBooks(hub, client, hub.test.tenantId, 'books');
    for (const entity of ['invoice', 'contact', 'creditMemo', 'payment'] as const) seedRecord(books.target, books.master, entity);
    seedRecord(books.target, books.master, 'invoice', { currency: '???' });
    await books.sync('full');
  });
  afterAll(async () => { await hub.close(); });

  describe('Idempotency-Key', () => {
    const key = (text: string) => ({ 'idempotency-key': text });

    it('carries a request out once and repeats the first answer word for word', async () => {
      const before = effects.count;
      const first = await client.post('/v1/probe', { a: 1 }, key('once'));
      const second = await client.post('/v1/probe', { a: 1 }, key('once'));
      expect(first).toMatchObject({ status: 201, body: { count: before + 1 } });
      expect(second).toMatchObject({ status: 201, body: { count: before + 1 } });
      expect(second.headers.get('idempotent-replayed')).toBe('true');
      expect(effects.count).toBe(before + 1);
    });

    it('refuses the key for another body or another route, and keeps tenants apart', async () => {
      await client.post('/v1/probe', { a: 1 }, key('taken'));
      expect(await client.post('/v1/probe', { a: 2 }, key('taken'))).toMatchObject({ status: 422, body: { errors: [{ field: 'Idempotency-Key' }] } });
      expect(await client.post(`/v1/connections/${books.connectionId}/resume`, { a: 1 }, key('taken'))).toMatchObject({ status: 422 });
      const before = effects.count;
      expect(await other.post('/v1/probe', { a: 2 }, key('taken'))).toMatchObject({ status: 201, body: { count: before + 1 } });
    });

    it('answers 409 while the first request is under way, however many come at once', async () => {
      const before = effects.count;
      const first = client.post('/v1/probe', { wait: true }, key('slow'));
      await new Promise((resolve) => { setTimeout(resolve, 200); });
      const crowd = await Promise.all(Array.from({ length: 40 }, () => client.post('/v1/probe', { wait: true }, key('slow'))));
      expect(crowd.map(({ status }) => status)).toEqual(crowd.map(() => 409));
      release();
      expect(await first).toMatchObject({ status: 201, body: { count: before + 1 } });
      expect(await client.post('/v1/probe', { wait: true }, key('slow'))).toMatchObject({ status: 201, body: { count: before + 1 } });
    });

    it('refuses a key that is too long', async () => {
      expect(await client.post('/v1/probe', {}, key('x'.repeat(256)))).toMatchObject({ status: 422, body: { errors: [{ field: 'Idempotency-Key' }] } });
    });
  });

  describe('problems', () => {
    it('come as application/problem+json with every field at once, its value, and what is wrong', async () => {
      const answer = await client.post('/v1/connections', { name: '', connector: 'memory', config: [], colour: 'red' });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      const { body } = answer as unknown as { body: { title: string; status: number; errors: { field: string }[] } };
      expect(body).toMatchObject({ title: 'Invalid request', status: 422 });
      expect(new Set(body.errors.map(({ field }) => field))).toEqual(new Set(['name', 'config', 'colour']));
    });

    it('never show what nobody foresaw: a reference instead, and the log has the rest', async () => {
      effects.failNext = true;
      const answer = await client.post('/v1/probe', {});
      expect(answer.status).toBe(500);
      expect(JSON.stringify(answer.body)).not.toContain('disk');
      expect(hub.unforeseen.splice(0)).toEqual([expect.objectContaining({ message: 'the disk is full' })]);
    });

    it('tell an unknown key from a key that may not', async () => {
      const viewer = await hub.client(hub.test.tenantId, ['viewer']);
      expect(await viewer.get('/v1/invoices')).toMatchObject({ status: 200 });
      expect(await viewer.post(`/v1/connections/${books.connectionId}/pause`, { because: 'x' })).toMatchObject({ status: 403, body: { title: 'Forbidden' } });
      expect((await fetch(`${hub.url}/v1/invoices`)).status).toBe(401);
      expect((await fetch(`${hub.url}/v1/invoices`, { headers: { authorization: 'Bearer trb_guess' } })).status).toBe(401);
    });

    it('name a broken cursor, a limit out of bounds and a parameter given twice', async () => {
      for (const [query, field] of [['cursor=abc', 'cursor'], ['limit=0', 'limit'], ['limit=501', 'limit'], ['sort=colour', 'sort'], ['status=open&status=paid', 'status']]) {
        expect(await client.get(`/v1/invoices?${query}`)).toMatchObject({ status: 422, body: { errors: [{ field }] } });
      }
    });
  });

  describe('edits', () => {
    it('need the ETag that was read, and lose against an edit that came first', async () => {
      const path = `/v1/connections/${books.connectionId}`;
      const etag = (await client.get(path)).headers.get('etag') ?? '';
      expect(await client.patch(path, { syncEveryMinutes: 5 })).toMatchObject({ status: 428 });
      const edited = await client.patch(path, { syncEveryMinutes: 5 }, { 'if-match': etag });
      expect(edited).toMatchObject({ status: 200, body: { syncEveryMinutes: 5, name: 'books' } });
      expect(await client.patch(path, { syncEveryMinutes: 9 }, { 'if-match': etag })).toMatchObject({ status: 412, body: { title: 'Changed meanwhile' } });
      expect(await client.patch(path, { syncEveryMinutes: null }, { 'if-match': edited.headers.get('etag') ?? '' })).toMatchObject({ status: 200, body: { syncEveryMinutes: null } });
    });

    it('take secrets and never give them back, and keep them when an edit names none', async () => {
      const path = `/v1/connections/${books.connectionId}`;
      const before = await client.get(path);
      const edited = await client.patch(path, { secrets: { token: 'memory-token-0b51' } }, { 'if-match': before.headers.get('etag') ?? '' });
      expect(edited).toMatchObject({ status: 200, body: { hasSecrets: true } });
      expect(await client.patch(path, { name: 'books' }, { 'if-match': edited.headers.get('etag') ?? '' })).toMatchObject({ status: 200, body: { hasSecrets: true } });
      expect(JSON.stringify([edited.body, (await client.get('/v1/connections')).body, (await client.get('/v1/audit')).body])).not.toContain('memory-token');
      expect(await client.post(`${path}/check`)).toMatchObject({ status: 200, body: { missing: [] } });
    });
  });

  it('leave a trace of every write, chained, that can be verified', async () => {
    const { body } = await client.get('/v1/audit?limit=200') as { body: { items: { action: string; actor: string }[] } };
    expect(body.items.map(({ action }) => action)).toEqual(expect.arrayContaining(['connection.created', 'connection.changed', 'sync.requested']));
    expect(await client.get('/v1/audit/verification')).toMatchObject({ body: { sound: true, brokenAt: null } });
  });

  it('shows what the mapping refused with its problem, and maps it again on request', async () => {
    const { body } = await client.get('/v1/quarantined-records') as { body: { items: { entity: string; problems: { field: string; line: number }[] }[] } };
    expect(body.items).toMatchObject([{ entity: 'invoice', problems: [{ field: 'currency' }] }]);
    const retried = await client.post('/v1/quarantined-records/retry', { connectionId: books.connectionId });
    expect(retried).toMatchObject({ status: 202, body: { kind: 'retryQuarantine', status: 'queued' } });
    expect(hub.woken).toContain(`sync ${hub.test.tenantId} ${books.connectionId}`);
  });

  it('holds a mass deletion for a person, and carries out what the person decides, once', async () => {
    const { tenantId, database } = hub.test;
    const { body: runs } = await client.get('/v1/syncs?limit=1') as { body: { items: { id: string }[] } };
    const { body: invoices } = await client.get('/v1/invoices') as { body: { items: { externalId: string }[] } };
    const insert = (because: string) => database.inTenant(tenantId, (transaction) => transaction.one<{ id: string }>(`
      INSERT INTO held_deletion (connection_id, entity, external_ids, because, sync_run_id) VALUES ($1, 'invoice', $2, $3, $4) RETURNING id`,
    [books.connectionId, invoices.items.map(({ externalId }) => externalId), because, runs.items[0]?.id ?? '']));
    const [kept, deleted] = [await insert('first'), await insert('second')];
    expect(await client.get('/v1/held-deletions?decided=false')).toMatchObject({ body: { items: [{ because: 'second', count: 1 }, { because: 'first', count: 1 }] } });
    expect(await client.post(`/v1/held-deletions/${kept?.id}/decision`, { decision: 'keep' })).toMatchObject({ status: 200, body: { decision: 'keep' } });
    expect((await client.get('/v1/invoices') as unknown as { body: { items: object[] } }).body.items).toHaveLength(1);
    expect(await client.post(`/v1/held-deletions/${deleted?.id}/decision`, { decision: 'delete' })).toMatchObject({ status: 200, body: { decision: 'delete', decidedBy: expect.stringContaining('spec') as string } });
    expect((await client.get('/v1/invoices') as unknown as { body: { items: object[] } }).body.items).toHaveLength(0);
    expect(await client.post(`/v1/held-deletions/${deleted?.id}/decision`, { decision: 'keep' })).toMatchObject({ status: 409 });
  });

  it('makes keys, shows them once, and does not let the last one that may administer go', async () => {
    const made = await client.post('/v1/api-keys', { name: 'desk', roles: ['analyst'] }) as unknown as { status: number; body: { id: string; key: string } };
    expect(made.status).toBe(201);
    const list = await client.get('/v1/api-keys');
    expect(JSON.stringify(list.body)).not.toContain(made.body.key);
    expect((await client.delete(`/v1/api-keys/${made.body.id}`)).status).toBe(204);
    expect((await fetch(`${hub.url}/v1/invoices`, { headers: { authorization: `Bearer ${made.body.key}` } })).status).toBe(401);
    const { body: own } = await other.get('/v1/api-keys') as { body: { items: { id: string }[] } };
    expect(await other.delete(`/v1/api-keys/${own.items[0]?.id}`)).toMatchObject({ status: 409 });
  });
});

describe('tenants', () => {
  /** Every value of a record of the first tenant that another tenant must never see. */
  const MARK = 'Harbor Freight Lines';

  it('are kept apart on every route the description names: with the other one\'s ids, filters and cursors', async () => {
    const hub = await startTestHub();
    try {
      const { tenantId, otherTenantId, database } = hub.test;
      const client = await hub.client(tenantId);
      const stranger = await hub.client(otherTenantId);
      const books = await connectBooks(hub, client, tenantId, MARK);
      for (const entity of ['invoice', 'invoice', 'contact', 'creditMemo', 'payment'] as const) seedRecord(books.target, books.master, entity);
      seedRecord(books.target, books.master, 'invoice', { currency: '???' });
      await books.sync('full');
      const bank = await openTestBank(hub.test, books.connectionId, books.master.bankAccount);
      const lineId = await bank.add({ amount: '100.00', memo: 'INV-1', payerName: MARK });
      await client.post('/v1/match-runs', {});
      await client.post('/v1/remittances', { source: 'API', currency: 'USD', payerName: MARK, lines: [{ reference: 'INV-1', paid: { amount: '100.00', currency: 'USD' } }] });
      const { body: invoices } = await client.get('/v1/invoices') as { body: { items: { id: string; customerId: string }[] } };
      await client.post('/v1/postings', {
        bankTransactionId: lineId, customerId: invoices.items[0]?.customerId, invoices: [{ invoiceId: invoices.items[0]?.id, amount: { amount: '100.00', currency: 'USD' } }],
      });
      await database.inTenant(tenantId, (transaction) => transaction.execute(`
        INSERT INTO held_deletion (connection_id, entity, external_ids, because, sync_run_id) SELECT connection_id, 'invoice', '{x}', '${MARK}', id FROM sync_run LIMIT 1`));
      const document = await createDocument(CONTROLLERS);
      const probes = { lists: 0, ids: 0, writes: 0, seen: 0 };
      const leaks: string[] = [];
      const ask = async (method: 'get' | 'post' | 'patch' | 'delete', path: string): Promise<void> => {
        const answer = method === 'get' ? await stranger.get(path) : method === 'post' ? await stranger.post(path, {}) : method === 'patch' ? await stranger.patch(path, {}, { 'if-match': '"1"' }) : await stranger.delete(path);
        const text = JSON.stringify(answer.body);
        const refused = answer.status >= 400 && answer.status < 500;
        const empty = answer.status === 200 && method === 'get' && !path.split('?')[0]?.match(/\/\d+(\/|$)/) && !text.includes(MARK);
        if ((!refused && !empty) || text.includes(MARK)) leaks.push(`${method} ${path}: ${answer.status} ${text.slice(0, 200)}`);
      };
      const ids = new Map<string, string[]>();
      const cursors: string[] = [];
      for (const path of Object.keys(document.paths).filter((each) => !each.includes('{') && document.paths[each]?.get !== undefined)) {
        const { body, status } = await client.get(`${path}?limit=1`).then((answer) => (answer.status === 422 ? client.get(path) : answer)) as unknown as { status: number; body: { items?: { id?: string }[]; nextCursor?: string | null } };
        expect({ path, status }).toEqual({ path, status: 200 });
        const all = await client.get(path) as unknown as { body: { items?: { id?: string }[] } };
        ids.set(path, (all.body.items ?? body.items ?? []).flatMap(({ id }) => id ?? []));
        probes.seen += ids.get(path)?.length ?? 0;
        if (typeof body.nextCursor === 'string') cursors.push(`${path}?cursor=${body.nextCursor}&limit=1`);
        await ask('get', path);
        probes.lists += 1;
        for (const parameter of document.paths[path]?.get?.parameters ?? []) {
          if (!('name' in parameter) || !/Id$/.test(parameter.name) || parameter.in !== 'query') continue;
          for (const id of ids.get(path) ?? []) await ask('get', `${path}?${parameter.name}=${id}`);
          await ask('get', `${path}?${parameter.name}=${books.connectionId}`);
          probes.lists += 1;
        }
      }
      for (const cursor of cursors) await ask('get', cursor);
      for (const [path, item] of Object.entries(document.paths).filter(([each]) => each.includes('{id}'))) {
        const owned = ids.get(path.slice(0, path.indexOf('/{id}'))) ?? [];
        for (const id of owned) {
          for (const method of ['get', 'post', 'patch', 'delete'] as const) {
            if (item[method] === undefined) continue;
            await ask(method, path.replace('{id}', id));
            if (method === 'get') probes.ids += 1;
            else probes.writes += 1;
          }
        }
      }
      expect(leaks).toEqual([]);
      // The probe is only worth something when there was something to see on most lists.
      expect([...ids].filter(([, found]) => found.length > 0).length).toBeGreaterThan(15);
      expect(probes.ids).toBeGreaterThan(50);
      expect(probes.writes).toBeGreaterThan(10);
      expect(hub.unforeseen).toEqual([]);
      // Whatever was asked for: nothing of the first tenant moved.
      expect(await client.get(`/v1/connections/${books.connectionId}`)).toMatchObject({ status: 200, body: { status: 'active', name: MARK } });
    } finally {
      await hub.close();
    }
  });
});
