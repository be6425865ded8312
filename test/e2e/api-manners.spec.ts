import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import 'reflect-metadata';
import { Needs } from '../../apps/hub/src/http/authentication.js';
import { seedRecord } from '../../connectors/memory/src/target/seeding.js';
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

    it('refuses the key for another query: a file of one account is no file of another', async () => {
      await client.post('/v1/probe?account=1', { a: 1 }, key('asked'));
      expect(await client.post('/v1/probe?account=2', { a: 1 }, key('asked'))).toMatchObject({ status: 422, body: { errors: [{ field: 'Idempotency-Key' }] } });
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

    it('say where a character stands that the database cannot keep, in bodies however deep and in queries', async () => {
      const at = (path: string) => ({ status: 422, body: { errors: [{ field: path, problem: expect.stringContaining('U+0000') }] } });
      expect(await client.post(`/v1/connections/${books.connectionId}/pause`, { because: 'a\0b' })).toMatchObject(at('because'));
      expect(await client.post(`/v1/connections/${books.connectionId}/pause`, { because: 'half \ud800' })).toMatchObject(at('because'));
      expect(await client.post('/v1/connections', { name: 'x', connector: 'memory', config: { deep: [{ 'k\0': 1 }] } })).toMatchObject(at('config.deep[0].k\uFFFD'));
      expect(await client.get('/v1/invoices?search=a%00b')).toMatchObject(at('search'));
      expect(hub.unforeseen).toEqual([]);
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
    expect(await client.post('/v1/api-keys', { name: 'desk', roles: ['analyst'] }, { 'idempotency-key': 'k' })).toMatchObject({ status: 422, body: { errors: [{ field: 'Idempotency-Key' }] } });
    const list = await client.get('/v1/api-keys');
    expect(JSON.stringify(list.body)).not.toContain(made.body.key);
    expect((await client.delete(`/v1/api-keys/${made.body.id}`)).status).toBe(204);
    expect((await fetch(`${hub.url}/v1/invoices`, { headers: { authorization: `Bearer ${made.body.key}` } })).status).toBe(401);
    const { body: own } = await other.get('/v1/api-keys') as { body: { items: { id: string }[] } };
    expect(await other.delete(`/v1/api-keys/${own.items[0]?.id}`)).toMatchObject({ status: 409 });
  });
});
