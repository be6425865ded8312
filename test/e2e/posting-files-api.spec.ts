/** Posting files over the API and the command line: made, carried by a person, answered, traced. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockFileConnection } from '../faults/file/mock-file-connector.js';
import { asOwner, makeWorld, type PostingWorld } from '../faults/posting-world.js';
import { startTestHub, type Client, type TestHub } from '../support/hub.js';

/** The built program: `npm test` builds before it runs these. */
const PROGRAM = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'bin', 'tributary.js');
interface Batch { id: string; sequence: number; name: string; sha256: string; state: string; postings: number; total: { amount: string; currency: string }; members: { postingId: string; stepKey: string; state: string }[]; moves: { to: string; by: string }[]; chainProblems: string[] }

describe('posting files over the API', () => {
  let hub: TestHub;
  let client: Client;
  let reader: Client;
  let stranger: Client;
  let world: PostingWorld;
  let folder: string;

  beforeAll(async () => {
    const { connector } = mockFileConnection({ url: 'http://127.0.0.1:9', processingMsMax: 100, batchPostingsMax: 100, byPerson: true, neverAnswers: true }, { tenantId: '', connectionId: '' });
    hub = await startTestHub({ connectors: [connector] });
    client = await hub.client(hub.test.tenantId);
    reader = await hub.client(hub.test.tenantId, ['viewer']);
    stranger = await hub.client(hub.test.otherTenantId);
    world = await makeWorld(hub.test.database, hub.test.tenantId, 6);
    await asOwner(hub.test.url, `UPDATE connection SET connector = 'mock-file' WHERE id = $1`, [world.connectionId]);
    folder = mkdtempSync(join(tmpdir(), 'tributary-files-'));
  });
  afterAll(async () => {
    await hub.close();
    rmSync(folder, { recursive: true });
  });

  async function finalize(...indexes: number[]): Promise<string[]> {
    const ids: string[] = [];
    for (const index of indexes) {
      const [invoice] = await asOwner<{ id: string }>(hub.test.url, 'SELECT id FROM invoice WHERE connection_id = $1 AND external_id = $2', [world.connectionId, `inv-${index}`]);
      const amount = { amount: `10.0${index}`, currency: 'USD' };
      const made = await client.post('/v1/postings', { bankTransactionId: world.bankTransactionIds[index], customerId: world.customerId, invoices: [{ invoiceId: invoice?.id, amount }] });
      expect(made.status).toBe(201);
      ids.push(...(made.body as { postingIds: string[] }).postingIds);
    }
    return ids;
  }
  async function batchOf(id: string): Promise<Batch> {
    return (await client.get(`/v1/posting-batches/${id}`)).body as Batch;
  }
  async function close(): Promise<string> {
    const closed = await client.post(`/v1/connections/${world.connectionId}/posting-batches`);
    expect(closed.status).toBe(201);
    return (closed.body as { items: { id: string }[] }).items[0]?.id ?? '';
  }
  const carry = (): Promise<void> => hub.carryPostings(hub.test.tenantId, world.connectionId);

  function tributary(...words: string[]): Promise<{ code: number; out: string; err: string }> {
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    return new Promise((resolve) => {
      execFile(process.execPath, [PROGRAM, ...words], { cwd: folder, env: { ...inherited, TRIBUTARY_URL: hub.url, TRIBUTARY_API_KEY: client.key } }, (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err });
      });
    });
  }

  it('shows and replaces when files are made, and says what makes no sense', async () => {
    const path = `/v1/connections/${world.connectionId}/posting-file-settings`;
    expect((await client.get(path)).body).toEqual({ closing: { how: 'every', minutes: 15 }, confirmWithinMinutes: 1440, confirmByConnectionId: world.connectionId });
    const put = (body: object, as: Client = client) => as.put(path, body);
    expect(await put({ closing: { how: 'onRequest' }, confirmWithinMinutes: 60 })).toMatchObject({ status: 200, body: { closing: { how: 'onRequest' }, confirmWithinMinutes: 60, confirmByConnectionId: world.connectionId } });
    expect((await put({ closing: { how: 'daily', at: '25:00' }, confirmWithinMinutes: 60 })).status).toBe(422);
    expect((await put({ closing: { how: 'every' }, confirmWithinMinutes: 60 })).status).toBe(422);
    expect((await put({ closing: { how: 'onRequest' }, confirmWithinMinutes: 60, confirmByConnectionId: '999999' })).status).toBe(404);
    expect((await put({ closing: { how: 'onRequest' }, confirmWithinMinutes: 60 }, reader)).status).toBe(403);
    expect((await put({ closing: { how: 'onRequest' }, confirmWithinMinutes: 60 }, stranger)).status).toBe(404);
  });

  it('makes a file when asked, hands it out with its digest, and takes what the target answered', async () => {
    const ids = await finalize(0, 1);
    const id = await close();
    await carry();
    const batch = await batchOf(id);
    expect(batch).toMatchObject({ sequence: 1, state: 'awaitingPerson', postings: 2, total: { amount: '20.01', currency: 'USD' }, chainProblems: [] });
    const content = await fetch(`${hub.url}/v1/posting-batches/${id}/content`, { headers: { authorization: `Bearer ${client.key}` } });
    const bytes = Buffer.from(await content.arrayBuffer());
    expect([createHash('sha256').update(bytes).digest('hex'), content.headers.get('content-disposition'), content.headers.get('digest')]).toEqual([
      batch.sha256, `attachment; filename="${batch.name}"; filename*=UTF-8''${batch.name}`, `sha-256=${createHash('sha256').update(bytes).digest('base64')}`,
    ]);
    expect((await client.post(`/v1/posting-batches/${id}/delivered`)).body).toMatchObject({ state: 'delivered', members: [{ state: 'exported' }, { state: 'exported' }] });
    const [first, second] = batch.members;
    const half = await client.post(`/v1/posting-batches/${id}/acknowledgement`, { source: 'report 7', answers: [{ stepKey: first?.stepKey, state: 'booked' }] });
    expect([half.status, JSON.stringify(half.body)]).toEqual([422, expect.stringContaining('answers[0].externalId')]);
    const answered = await client.post(`/v1/posting-batches/${id}/acknowledgement`, {
      source: 'report 7', answers: [{ stepKey: first?.stepKey, state: 'booked', externalId: 'D1', fields: { amount: '10.00' } }, { stepKey: second?.stepKey, state: 'refused', problem: 'closed period' }],
    });
    expect(answered.body).toMatchObject({ state: 'acknowledged', members: [{ state: 'verified', externalId: 'D1' }, { state: 'attention', problem: 'closed period' }] });
    expect((await client.get(`/v1/postings/${ids[0]}`)).body).toMatchObject({ state: 'verified', byFile: true, batchId: id, stateBecause: expect.stringContaining('report 7, handed in by') });
    expect((await client.get(`/v1/posting-batches?postingId=${ids[1]}`)).body).toMatchObject({ items: [{ id, name: batch.name }], nextCursor: null });
    const trail = await asOwner<{ action: string }>(hub.test.url, `SELECT action FROM audit_entry WHERE subject = $1 ORDER BY sequence`, [`posting-batch/${id}`]);
    expect(trail.map(({ action }) => action)).toEqual(['postingBatch.downloaded', 'postingBatch.delivered', 'postingBatch.acknowledged']);
    await client.post(`/v1/postings/${ids[1]}/cancel`, { reason: 'next month' });
  });

  it('keeps files from readers\' hands, from other tenants, and from what makes no sense', async () => {
    await finalize(2);
    const id = await close();
    expect((await reader.get(`/v1/posting-batches/${id}`)).status).toBe(200);
    for (const path of ['delivered', 'retry', 'reissue', 'withdraw']) {
      const body = path === 'reissue' || path === 'withdraw' ? { reason: 'x' } : undefined;
      expect([path, (await reader.post(`/v1/posting-batches/${id}/${path}`, body)).status]).toEqual([path, 403]);
      expect([path, (await stranger.post(`/v1/posting-batches/${id}/${path}`, body)).status]).toEqual([path, 404]);
      expect([path, (await client.post(`/v1/posting-batches/${id}/${path}`, body)).status]).toEqual([path, 409]);
    }
    expect((await stranger.get(`/v1/posting-batches/${id}/content`)).status).toBe(404);
    expect((await stranger.post(`/v1/connections/${world.connectionId}/posting-batches`)).status).toBe(404);
    await carry();
    expect((await client.post(`/v1/posting-batches/${id}/withdraw`, { reason: 'wrong folder' })).body).toMatchObject({ state: 'withdrawn', members: [{ state: 'planned' }] });
  });

  it('works from the command line', async () => {
    await finalize(3);
    const closed = await tributary('batch', 'close', world.connectionId);
    expect(closed).toMatchObject({ code: 0, err: '' });
    const id = /batch (\d+):/.exec(closed.out)?.[1] ?? '';
    await carry();
    expect(await tributary('batch', 'show', id)).toMatchObject({ code: 1, out: expect.stringContaining('awaitingPerson') });
    expect(await tributary('batch', 'download', id, '--to', 'out.jsonl')).toMatchObject({ code: 0, out: expect.stringContaining('sha256') });
    const batch = await batchOf(id);
    expect(createHash('sha256').update(readFileSync(join(folder, 'out.jsonl'))).digest('hex')).toBe(batch.sha256);
    expect(await tributary('batch', 'download', id, '--to', 'out.jsonl')).toMatchObject({ code: 2, err: expect.stringContaining('cannot save out.jsonl') });
    expect((await tributary('batch', 'delivered', id)).code).toBe(0);
    writeFileSync(join(folder, 'answer.yaml'), `source: a call\nanswers:\n${batch.members.map(({ stepKey }) => `  - { stepKey: ${stepKey}, state: booked, externalId: D9 }`).join('\n')}\n`);
    expect(await tributary('batch', 'answer', id, 'answer.yaml')).toMatchObject({ code: 0, out: expect.stringContaining('verified') });
    expect((await tributary('batches')).out).toContain(batch.name);
    expect(await tributary('batch', 'settings', world.connectionId, '--daily', '17:30', '--confirm-within', '90')).toMatchObject({ code: 0, out: expect.stringContaining('every day at 17:30; unconfirmed after 90 minutes') });
    expect(await tributary('batch', 'settings', world.connectionId, '--daily', '17:30', '--every', '5')).toMatchObject({ code: 2 });
  });

  it('settles a posting a person booked by hand, and marks one undone, over the API and the command line', async () => {
    const [refusedId = ''] = await finalize(4);
    const id = await close();
    await carry();
    await client.post(`/v1/posting-batches/${id}/delivered`);
    const stepKey = (await batchOf(id)).members[0]?.stepKey;
    await client.post(`/v1/posting-batches/${id}/acknowledgement`, { source: 'a call', answers: [{ stepKey, state: 'refused', problem: 'closed period' }] });
    expect((await client.post(`/v1/postings/${refusedId}/settle`, { reason: 'by hand', documents: [] })).status).toBe(422);
    expect((await reader.post(`/v1/postings/${refusedId}/settle`, { reason: 'by hand', documents: [{ stepKey, externalId: 'X' }] })).status).toBe(403);
    expect(await tributary('settle', refusedId, '--reason', 'by hand', '--document', 'JE-5')).toMatchObject({ code: 0, out: expect.stringContaining('settledByPerson') });
    expect((await client.get(`/v1/postings/${refusedId}`)).body).toMatchObject({ state: 'settledByPerson', stateBecause: 'by hand', steps: [{ state: 'settled', externalId: 'JE-5' }] });
    expect((await client.get(`/v1/postings/${refusedId}/reversal`)).body).toMatchObject({ by: 'person', because: expect.stringContaining('settled it in the ERP by hand') });
    expect(await tributary('reverse', refusedId, '--done-by-hand', '--reason', 'JE-5 voided')).toMatchObject({ code: 0, out: expect.stringContaining('reversed') });
  });
});
