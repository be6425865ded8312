/** Postings by file from finalize to acknowledged, in one process, against a folder that misbehaves on demand. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseLocalDate } from '#canonical';
import type { FileAnswer } from '#connector-kit';
import { PostingBatches, PostingJanitor, PostingLane, PostingService, type BatchDetail, type FileLimits, type FileSettings, type PostingConnection, type PostingDetail } from '#posting';
import { mockFileConnection, type MockFileSettings } from '../faults/file/mock-file-connector.js';
import { MockFileTarget } from '../faults/file/mock-file-target.js';
import { asOwner, finalizeOne, makeWorld, type PostingWorld } from '../faults/posting-world.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const QUICK: Partial<FileLimits> = { timeoutMs: 300, leaseMarginMs: 100, pollFirstMs: 20, pollMsMax: 60, closeAgainMs: 200 };
const AT_ONCE = { closing: { how: 'every', minutes: 0 }, confirmWithinMinutes: 60 } as const;
const wish = { reversedOn: parseLocalDate('2026-02-01'), reason: 'wrong customer' };

let db: TestDatabase;
let target: MockFileTarget;
let url: string;
let world: PostingWorld;
let connection: PostingConnection;
let service: PostingService;
let batches: PostingBatches;
let lane: PostingLane;
const logged: string[] = [];

beforeAll(async () => { db = await openTestDatabase(); });
afterAll(async () => { await db.close(); });

beforeEach(async () => {
  target = new MockFileTarget();
  url = await target.start();
  world = await makeWorld(db.database, db.tenantId, 12);
  logged.length = 0;
  install({});
  await configure({});
});
afterEach(async () => { await target.stop(); });

function install(settings: Partial<MockFileSettings>): void {
  connection = mockFileConnection({ url, processingMsMax: 300, batchPostingsMax: 100, ...settings }, world);
  const openConnection = (): Promise<PostingConnection> => Promise.resolve(connection);
  const wake = (): void => undefined;
  service = new PostingService({ database: db.database, openConnection, wake, now: () => new Date() });
  batches = new PostingBatches({ database: db.database, openConnection, wake, limits: QUICK });
  lane = new PostingLane({ database: db.database, openConnection, wake, log: (event) => { logged.push(event); }, fileLimits: QUICK });
}

const configure = (more: Partial<FileSettings>): Promise<FileSettings> => batches.configure(world.tenantId, world.connectionId, { ...AT_ONCE, confirmByConnectionId: world.connectionId, ...more });
const drainOnce = () => lane.drain(world.tenantId, world.connectionId, new AbortController().signal);

/** Drains as the queue would by its wakes, until `done` or nothing more is due within `patienceMs`. */
async function drain(done: () => Promise<boolean> | boolean = () => false, patienceMs = 4_000): Promise<void> {
  const endsAtMs = Date.now() + patienceMs;
  while (Date.now() < endsAtMs) {
    const { files } = await drainOnce();
    if (await done() || files === null || files.nextInMs === null || files.ended !== 'empty') return;
    await sleep(Math.min(files.nextInMs, 100));
  }
}
/** One after the other: a file holds its postings in the order they were finalized. */
async function finalize(...indexes: number[]): Promise<string[]> {
  const ids: string[] = [];
  for (const index of indexes) ids.push(await finalizeOne(service, world, index));
  return ids;
}
async function detailOf(id: string): Promise<PostingDetail> {
  const detail = await service.get(world.tenantId, id);
  if (detail === null) throw new Error(`no posting ${id}`);
  return detail;
}
const stateOf = async (id: string): Promise<string> => (await detailOf(id)).posting.state;
async function batchDetails(): Promise<BatchDetail[]> {
  const { rows } = await batches.list(world.tenantId, { filters: { connectionId: world.connectionId }, sort: 'id' });
  return Promise.all(rows.map(async ({ id }) => {
    const detail = await batches.get(world.tenantId, id);
    if (detail === null) throw new Error(`no batch ${id}`);
    return detail;
  }));
}
async function onlyBatch(): Promise<BatchDetail> {
  const [only, ...others] = await batchDetails();
  if (only === undefined || others.length > 0) throw new Error(`${others.length + 1} batches`);
  return only;
}
async function bankStatus(index: number): Promise<string> {
  const [row] = await asOwner<{ status: string }>(db.url, 'SELECT status FROM bank_transaction WHERE id = $1', [world.bankTransactionIds[index]]);
  return row?.status ?? '';
}
const batchIs = (state: string) => async (): Promise<boolean> => (await onlyBatch()).batch.state === state;
async function eventsOf(subject: string, id: string): Promise<string[]> {
  return (await asOwner<{ type: string }>(db.url, 'SELECT type FROM event WHERE subject = $1 AND subject_id = $2 ORDER BY id', [subject, id])).map(({ type }) => type);
}

describe('a batch', () => {
  it('is gathered, numbered, stored before anything leaves, delivered once and verified by its acknowledgement', async () => {
    const ids = await finalize(0, 1, 2);
    await drain(batchIs('acknowledged'));
    const { batch, members, moves, chainProblems } = await onlyBatch();
    expect(batch).toMatchObject({ sequence: 1, name: 'PAY-000001.jsonl', postings: 3, totalMinor: '3003', currency: 'USD', state: 'acknowledged', attempts: 1 });
    expect(moves.map(({ toState }) => toState)).toEqual(['closed', 'delivering', 'delivered', 'acknowledged']);
    expect(chainProblems).toEqual([]);
    expect(members.map(({ state, externalId }) => [state, externalId])).toEqual([['verified', 'd1'], ['verified', 'd2'], ['verified', 'd3']]);
    for (const id of ids) {
      const { moves: own } = await detailOf(id);
      expect(own.map(({ toState }) => toState)).toEqual(['planned', 'inBatch', 'exported', 'verified']);
      expect((await service.evidence(world.tenantId, id)).chain.problems).toEqual([]);
    }
    const content = await batches.content(world.tenantId, batch.id);
    expect(createHash('sha256').update(content.bytes).digest('hex')).toBe(batch.sha256);
    expect(target.textOf(batch.name)).toBe(Buffer.from(content.bytes).toString('utf8'));
    expect([target.ledger().paymentMinor, await bankStatus(0), await eventsOf('postingBatch', batch.id)]).toEqual(['3003', 'posted', ['postingBatch.closed', 'postingBatch.delivered', 'postingBatch.acknowledged']]);
  });

  it('shows its postings as in a file, then as exported, until the target answers', async () => {
    target.behave({ answersAfterMs: 300 });
    const [id = ''] = await finalize(0);
    await batches.close(world.tenantId, world.connectionId, 'anna');
    expect([await stateOf(id), await bankStatus(0), target.ledger().files]).toEqual(['inBatch', 'posting', 0]);
    await drain(batchIs('delivered'));
    expect([await stateOf(id), await bankStatus(0)]).toEqual(['exported', 'posting']);
    await drain(batchIs('acknowledged'));
    expect(await stateOf(id)).toBe('verified');
  });

  it('takes no more than the connector wants in a file, numbers without holes, and keeps apart what the layout keeps apart', async () => {
    install({ batchPostingsMax: 2 });
    await finalize(0, 1, 2, 3, 4);
    await finalizeOne(service, world, 5, { companyExternalId: 'DE' });
    const closed = await batches.close(world.tenantId, world.connectionId, 'anna');
    expect(closed.map(({ sequence, postings }) => [sequence, postings])).toEqual([[1, 2], [2, 2], [3, 1], [4, 1]]);
    expect((await batchDetails()).map(({ batch }) => batch.key)).toEqual(['', '', '', 'DE']);
    await drain(async () => (await batchDetails()).every(({ batch }) => batch.state === 'acknowledged'));
    const { files, duplicatedLines, keys } = target.ledger();
    expect([files, duplicatedLines, keys.length]).toEqual([4, 0, 6]);
  });

  it('leaves no hole in the numbers when a closing fails halfway', async () => {
    await finalize(0);
    await expect(db.database.inTenant(world.tenantId, async (transaction) => {
      await transaction.execute(`INSERT INTO posting_file_lane (connection_id) VALUES ($1) ON CONFLICT DO NOTHING`, [world.connectionId]);
      await transaction.execute('UPDATE posting_file_lane SET next_sequence = next_sequence + 1 WHERE connection_id = $1', [world.connectionId]);
      throw new Error('crash');
    })).rejects.toThrow('crash');
    await batches.close(world.tenantId, world.connectionId, 'anna');
    expect((await onlyBatch()).batch.sequence).toBe(1);
  });

  it('closes by its connection\'s policy: at once, after a while, or only when asked', async () => {
    await configure({ closing: { how: 'onRequest' } });
    const [id = ''] = await finalize(0);
    const { files } = await drainOnce();
    expect([files?.closed, await stateOf(id), (files?.nextInMs ?? 0) > 60_000]).toEqual([0, 'planned', true]);
    await configure({ closing: { how: 'every', minutes: 5 } });
    const waiting = (await drainOnce()).files?.nextInMs ?? 0;
    expect(waiting).toBeGreaterThan(200_000);
    expect(waiting).toBeLessThanOrEqual(300_000);
    await configure({ closing: { how: 'every', minutes: 0 } });
    expect((await drainOnce()).files?.closed).toBe(1);
  });

  it('can be left by a posting until it is closed, and not afterwards', async () => {
    const [first = '', second = ''] = await finalize(0, 1);
    await service.cancel(world.tenantId, first, 'anna', 'wrong customer');
    await batches.close(world.tenantId, world.connectionId, 'anna');
    expect((await onlyBatch()).members.map(({ postingId }) => postingId)).toEqual([second]);
    await expect(service.cancel(world.tenantId, second, 'anna', 'too late')).rejects.toMatchObject({ code: 'notNow' });
  });

  it('goes on without a posting that no file can hold: that one is a person\'s', async () => {
    const [good = ''] = await finalize(0);
    const bad = await finalizeOne(service, world, 1, { memo: 'no file holds me' });
    await drain(batchIs('acknowledged'));
    expect([await stateOf(good), await stateOf(bad), await bankStatus(1)]).toEqual(['verified', 'attention', 'attention']);
    expect((await detailOf(bad)).posting.stateBecause).toContain('does not fit its field');
    await service.cancel(world.tenantId, bad, 'anna', 'by hand then');
    expect(await bankStatus(1)).toBe('needsAllocation');
  });

  it('is never delivered with bytes that were changed', async () => {
    await finalize(0);
    await batches.close(world.tenantId, world.connectionId, 'anna');
    await asOwner(db.url, `UPDATE posting_batch_file SET bytes = 'x' WHERE posting_batch_id = $1`, [(await onlyBatch()).batch.id]);
    await drain();
    expect([(await onlyBatch()).batch.state, target.ledger().files]).toEqual(['stopped', 0]);
    await expect(db.database.inTenant(world.tenantId, (transaction) => transaction.execute(`UPDATE posting_batch_file SET bytes = 'y'`))).rejects.toThrow('permission denied');
  });

  it('is kept from other tenants', async () => {
    await finalize(0);
    await batches.close(world.tenantId, world.connectionId, 'anna');
    const { batch } = await onlyBatch();
    expect(await batches.get(db.otherTenantId, batch.id)).toBeNull();
    await expect(batches.content(db.otherTenantId, batch.id)).rejects.toMatchObject({ code: 'notFound' });
    await expect(batches.markDelivered(db.otherTenantId, batch.id, 'x')).rejects.toMatchObject({ code: 'notFound' });
  });
});

describe('a delivery in doubt', () => {
  it('is looked up, and found', async () => {
    target.behave({ lostShare: 1 });
    await finalize(0);
    await drain(batchIs('acknowledged'));
    expect((await onlyBatch()).moves.map(({ toState }) => toState)).toEqual(['closed', 'delivering', 'unknown', 'delivered', 'acknowledged']);
    expect(target.ledger()).toMatchObject({ files: 1, duplicatedLines: 0 });
  });

  it('waits for a rename that comes late instead of sending a second file', async () => {
    target.behave({ lateShare: 1, lateMs: 450 });
    await finalize(0);
    await drain(batchIs('acknowledged'));
    expect(target.ledger()).toMatchObject({ files: 1, duplicatedLines: 0 });
    expect((await onlyBatch()).batch.attempts).toBe(1);
  });

  it('is made again with the same name and the same bytes when the upload broke off', async () => {
    target.behave({ interruptedShare: 1 });
    await finalize(0);
    setTimeout(() => target.behave({ interruptedShare: 0 }), 400);
    await drain(batchIs('acknowledged'));
    const { batch, moves } = await onlyBatch();
    expect(batch.attempts).toBeGreaterThan(1);
    expect(new Set(moves.filter(({ toState }) => toState === 'delivering').map(({ evidence }) => JSON.stringify([(evidence as { name: string }).name, (evidence as { sha256: string }).sha256]))).size).toBe(1);
    expect(target.ledger()).toMatchObject({ files: 1, brokenFiles: 0 });
  });

  it('stops where another file has the name, and its postings show it; what a person settles by hand is not delivered afterwards', async () => {
    await finalize(0, 1);
    target.behave({ pickUpMs: 60_000 });
    await fetch(`${url}/upload`, { method: 'POST', body: JSON.stringify({ name: 'PAY-000001.jsonl', text: 'somebody else' }) });
    await fetch(`${url}/rename`, { method: 'POST', body: JSON.stringify({ name: 'PAY-000001.jsonl' }) });
    await drain();
    const { batch, members } = await onlyBatch();
    expect([batch.state, members.map(({ state }) => state), await bankStatus(0)]).toEqual(['stopped', ['attention', 'attention'], 'attention']);
    const [first, second] = members;
    await service.settle(world.tenantId, first?.postingId ?? '', 'anna', { reason: 'by hand', documents: [{ stepKey: first?.stepKey ?? '', externalId: 'X1' }] });
    await expect(batches.retry(world.tenantId, batch.id, 'anna')).rejects.toMatchObject({ code: 'notNow', message: expect.stringContaining('settled by hand') as string });
    await batches.withdraw(world.tenantId, batch.id, 'anna', 'the folder was somebody else\'s');
    expect([await stateOf(first?.postingId ?? ''), await stateOf(second?.postingId ?? '')]).toEqual(['settledByPerson', 'planned']);
    await drain(async () => await stateOf(second?.postingId ?? '') === 'exported');
    expect((await batchDetails()).map(({ batch: { sequence, state, postings } }) => [sequence, state, postings])).toEqual([[1, 'withdrawn', 2], [2, 'delivered', 1]]);
  });

  it('pauses the connection when the target does not let us in, and counts no attempt', async () => {
    target.behave({ unauthorized: true });
    await finalize(0);
    await drain();
    const [row] = await asOwner<{ status: string }>(db.url, 'SELECT status FROM connection WHERE id = $1', [world.connectionId]);
    expect([row?.status, (await onlyBatch()).batch.state, (await onlyBatch()).batch.attempts]).toEqual(['paused', 'closed', 0]);
    target.behave({ unauthorized: false });
    await asOwner(db.url, `UPDATE connection SET status = 'active' WHERE id = $1`, [world.connectionId]);
    await drain(batchIs('acknowledged'));
    expect(target.ledger().files).toBe(1);
  });
});

describe('an answer', () => {
  it('brings a refused line to a person with the target\'s reason, while the others go on; tried again it goes into a later file', async () => {
    const [good = ''] = await finalize(0);
    const bad = await finalizeOne(service, world, 1, { memo: 'refuse me' });
    await drain(batchIs('acknowledged'));
    expect([await stateOf(good), await stateOf(bad), (await detailOf(bad)).posting.stateBecause]).toEqual(['verified', 'attention', 'the target refused it in PAY-000001.jsonl: this memo is not allowed']);
    await service.retry(world.tenantId, bad, 'anna');
    await drain(async () => (await batchDetails()).length === 2 && await stateOf(bad) === 'attention');
    const [, second] = await batchDetails();
    expect(second?.batch).toMatchObject({ sequence: 2, name: 'PAY-000002.jsonl', postings: 1 });
    expect((await detailOf(bad)).steps[0]).toMatchObject({ attempts: 2, attemptsBeforeRetry: 1, state: 'refused' });
  });

  it('that repeats another amount holds the posting open as a difference', async () => {
    const id = await finalizeOne(service, world, 0, { memo: 'book less' });
    await drain(batchIs('acknowledged'));
    expect((await detailOf(id)).posting).toMatchObject({ state: 'differs', differences: [{ field: 'total', expected: '10.00', booked: '0.01' }] });
    await service.acceptDifference(world.tenantId, id, 'anna', 'a bank fee');
    expect(await bankStatus(0)).toBe('posted');
  });

  it('may come in parts, late, and with the answers to other files in it', async () => {
    install({ batchPostingsMax: 2 });
    target.behave({ secondHalfAfterMs: 250, repeatsAnswers: true });
    const ids = await finalize(0, 1, 2, 3);
    await drain(async () => (await batchDetails()).some(({ batch }) => batch.stateBecause?.includes('1 of 2') === true));
    await drain(async () => (await batchDetails()).every(({ batch }) => batch.state === 'acknowledged'));
    expect(await Promise.all(ids.map(stateOf))).toEqual(['verified', 'verified', 'verified', 'verified']);
    const moves = (await Promise.all(ids.map(detailOf))).flatMap((detail) => detail.moves.map(({ toState }) => toState));
    expect(moves.filter((state) => state === 'verified')).toHaveLength(4);
  });

  it('that does not come in time brings the posting to a person, and is still taken when it comes late', async () => {
    target.behave({ answersAfterMs: 'never' });
    const [id = ''] = await finalize(0);
    await drain(batchIs('delivered'));
    await asOwner(db.url, `UPDATE posting_batch SET confirm_by = now(), due_at = now() WHERE connection_id = $1`, [world.connectionId]);
    await drain(batchIs('unconfirmed'));
    expect([await stateOf(id), await bankStatus(0)]).toEqual(['attention', 'attention']);
    expect((await detailOf(id)).posting.stateBecause).toContain('nobody confirmed it in time');
    await expect(service.retry(world.tenantId, id, 'anna')).rejects.toMatchObject({ code: 'notNow', message: expect.stringContaining('stands in a file') as string });
    target.behave({ answersAfterMs: 0 });
    await drain(batchIs('acknowledged'));
    expect([await stateOf(id), await bankStatus(0)]).toEqual(['verified', 'posted']);
  });

  it('that nobody understands is shown with the file, once, and does not stop it from being heard later', async () => {
    target.behave({ mumbles: true });
    const [id = ''] = await finalize(0);
    await drain(async () => (await onlyBatch()).batch.stateBecause?.includes('cannot be understood') === true);
    await drain(() => false, 300);
    expect((await onlyBatch()).moves.filter(({ because }) => because === 'its answer cannot be understood: status "??" in line 3')).toHaveLength(1);
    target.behave({ mumbles: false });
    await drain(batchIs('acknowledged'));
    expect(await stateOf(id)).toBe('verified');
  });

  it('is waited for once more when a person says so', async () => {
    target.behave({ answersAfterMs: 'never' });
    const [id = ''] = await finalize(0);
    await drain(batchIs('delivered'));
    await asOwner(db.url, `UPDATE posting_batch SET confirm_by = now(), due_at = now() WHERE connection_id = $1`, [world.connectionId]);
    await drain(batchIs('unconfirmed'));
    const { batch } = await onlyBatch();
    await batches.retry(world.tenantId, batch.id, 'anna');
    expect([await stateOf(id), (await onlyBatch()).batch.state, target.ledger().files]).toEqual(['exported', 'delivered', 1]);
  });

  it('is not needed where a sync sees the payment by its key; two payments under one key are a difference', async () => {
    install({ neverAnswers: true });
    const [once = '', twice = ''] = await finalize(0, 1);
    await drain(batchIs('delivered'));
    await pay([await keyOf(once), '1000', 'p1'], [await keyOf(twice), '1001', 'p2'], [await keyOf(twice), '1001', 'p3']);
    await drain(batchIs('acknowledged'));
    expect((await detailOf(once)).posting).toMatchObject({ state: 'verified', stateBecause: `booked as p1 says payments read from connection ${world.connectionId}, which repeats total, currency, customerExternalId as planned` });
    expect((await detailOf(twice)).posting).toMatchObject({ state: 'differs', differences: [{ field: 'total', expected: '10.01', booked: '20.02' }] });
  });

  it('may be seen in a linked connection', async () => {
    install({ neverAnswers: true });
    const other = await makeWorld(db.database, db.tenantId, 1);
    await configure({ confirmByConnectionId: other.connectionId });
    const [id = ''] = await finalize(0);
    await drain(batchIs('delivered'));
    await pay([await keyOf(id), '1000', 'p1']);
    await drain(() => false, 300);
    expect(await stateOf(id)).toBe('exported');
    await asOwner(db.url, 'UPDATE payment SET connection_id = $1 WHERE connection_id = $2', [other.connectionId, world.connectionId]);
    await drain(batchIs('acknowledged'));
    expect(await stateOf(id)).toBe('verified');
  });

  it('that says a part of a posting is in the target brings it to a person, once, and a later answer is still taken', async () => {
    target.behave({ answersAfterMs: 'never' });
    const [id = ''] = await finalize(0);
    await drain(batchIs('delivered'));
    const { batch, members: [member] } = await onlyBatch();
    const say = (answer: FileAnswer): Promise<unknown> => batches.acknowledge(world.tenantId, batch.id, 'anna', 'report', [{ stepKey: member?.stepKey ?? '', answer }]);
    await say({ state: 'inPart', problem: 'line 2 is missing in journal 42' });
    const moves = (await detailOf(id)).moves.length;
    await say({ state: 'inPart', problem: 'line 2 is missing in journal 42' });
    expect([await stateOf(id), (await detailOf(id)).posting.stateBecause, (await detailOf(id)).moves.length]).toEqual(['attention', 'PAY-000001.jsonl is in the target in part: line 2 is missing in journal 42', moves]);
    expect((await onlyBatch()).batch.state).toBe('delivered');
    await say({ state: 'booked', externalId: 'D7', fields: { total: '10.00' }, applications: null });
    expect(['verified', 'differs']).toContain(await stateOf(id));
  });

  it('that says booked what it said refused holds back the next file and tells a person', async () => {
    target.behave({ answersAfterMs: 'never' });
    const [id = '', other = ''] = await finalize(0, 1);
    await drain(batchIs('delivered'));
    const { batch, members } = await onlyBatch();
    const stepKey = members.find(({ postingId }) => postingId === id)?.stepKey ?? '';
    await batches.acknowledge(world.tenantId, batch.id, 'anna', 'a call', [{ stepKey, answer: { state: 'refused', problem: 'unknown customer' } }]);
    await configure({ closing: { how: 'onRequest' } });
    await service.retry(world.tenantId, id, 'anna');
    target.behave({ answersAfterMs: 0 });
    await drain(batchIs('acknowledged'));
    expect([await stateOf(other), await stateOf(id)]).toEqual(['verified', 'attention']);
    expect((await detailOf(id)).posting.stateBecause).toContain('look into the ERP before anything else is sent');
    expect((await eventsOf('posting', id)).filter((type) => type === 'posting.contradicted')).toHaveLength(1);
  });

  it('is a difference where the sync sees it with another customer, and where the plan named no total to compare', async () => {
    install({ neverAnswers: true });
    const [id = '', plain = ''] = await finalize(0, 1);
    await asOwner(db.url, `UPDATE posting_step SET step = jsonb_set(step::jsonb, '{expected,fields}', '{}')::json WHERE posting_id = $1`, [plain]);
    await drain(batchIs('delivered'));
    await pay([await keyOf(id), '1000', 'p1'], [await keyOf(plain), '1001', 'p2'], [await keyOf(plain), '1001', 'p3']);
    await asOwner(db.url, `UPDATE payment SET customer_external_id = 'cust-9' WHERE external_id = 'p1' AND connection_id = $1`, [world.connectionId]);
    await drain(batchIs('acknowledged'));
    expect((await detailOf(id)).posting).toMatchObject({ state: 'differs', differences: [{ field: 'customerExternalId', expected: 'cust-1', booked: 'cust-9' }] });
    expect((await detailOf(plain)).posting).toMatchObject({ state: 'differs', differences: [{ field: 'total', expected: '10.01', booked: '20.02' }] });
  });

  const keyOf = async (id: string): Promise<string> => (await detailOf(id)).posting.idempotencyKey;
  async function pay(...payments: [key: string, minor: string, externalId: string][]): Promise<void> {
    for (const [key, minor, externalId] of payments) {
      await asOwner(db.url, `
        INSERT INTO payment (tenant_id, connection_id, external_id, raw_record_id, mapping_name, mapping_version, sync_run_id, content_hash, number, kind, customer_external_id, currency, received_on, total_minor, unapplied_minor, status, reference)
        VALUES ($5, $1, $2, 0, 'test', 1, 0, '', $2, 'payment', 'cust-1', 'USD', '2026-02-01', $3, 0, 'applied', $4)`, [world.connectionId, externalId, minor, key, world.tenantId]);
    }
  }
});

describe('a file that a person carries', () => {
  it('is downloaded, marked as delivered, and answered by hand', async () => {
    install({ byPerson: true, neverAnswers: true });
    const [first = '', second = ''] = await finalize(0, 1);
    await drain(batchIs('awaitingPerson'));
    const { batch, members } = await onlyBatch();
    expect([await stateOf(first), Buffer.from((await batches.content(world.tenantId, batch.id)).bytes).toString('utf8')]).toEqual(['inBatch', expect.stringContaining(members[0]?.stepKey ?? '?')]);
    const answer = { state: 'booked', externalId: 'D7', fields: { total: '10.00' }, applications: null } as const;
    await expect(batches.acknowledge(world.tenantId, batch.id, 'anna', 'report', [{ stepKey: members[0]?.stepKey ?? '', answer }])).rejects.toMatchObject({ code: 'notNow' });
    await batches.markDelivered(world.tenantId, batch.id, 'anna');
    expect(await stateOf(first)).toBe('exported');
    await expect(batches.acknowledge(world.tenantId, batch.id, 'anna', 'report', [{ stepKey: 'nowhere', answer }])).rejects.toMatchObject({ code: 'invalid' });
    await batches.acknowledge(world.tenantId, batch.id, 'anna', 'report', [{ stepKey: members[0]?.stepKey ?? '', answer }]);
    expect([await stateOf(first), await stateOf(second), (await onlyBatch()).batch.state]).toEqual(['verified', 'exported', 'delivered']);
    await batches.acknowledge(world.tenantId, batch.id, 'anna', 'report', [{ stepKey: members[1]?.stepKey ?? '', answer: { state: 'refused', problem: 'closed period' } }]);
    expect([await stateOf(second), (await onlyBatch()).batch.state, (await onlyBatch()).chainProblems]).toEqual(['attention', 'acknowledged', []]);
    expect((await detailOf(first)).moves.at(-1)).toMatchObject({ byWhom: 'anna', evidence: { source: 'report' } });
  });
});

describe('a lost file', () => {
  it('is not given up while the target has it: its postings in another file would be booked twice', async () => {
    target.behave({ pickUpMs: 60_000 });
    const [id = ''] = await finalize(0);
    await drain(batchIs('delivered'));
    const { batch } = await onlyBatch();
    await asOwner(db.url, `UPDATE posting_batch SET confirm_by = clock_timestamp(), due_at = clock_timestamp() WHERE id = $1`, [batch.id]);
    await drain(batchIs('unconfirmed'));
    await expect(batches.withdraw(world.tenantId, batch.id, 'anna', 'they say they never got it')).rejects.toMatchObject({ code: 'notNow', message: expect.stringContaining('the target still has it') as string });
    expect(await stateOf(id)).toBe('attention');
    target.lose(batch.name);
    await batches.withdraw(world.tenantId, batch.id, 'anna', 'their disk was full');
    expect(await stateOf(id)).toBe('planned');
  });

  it('is reissued under the same name with the same bytes, once nobody has answered it', async () => {
    target.behave({ pickUpMs: 60_000 });
    const [id = ''] = await finalize(0);
    await drain(batchIs('delivered'));
    const { batch } = await onlyBatch();
    const before = target.textOf(batch.name);
    await expect(batches.reissue(world.tenantId, batch.id, 'anna', 'they do not find it')).rejects.toMatchObject({ code: 'notNow', message: expect.stringContaining('the target still has it') as string });
    target.lose(batch.name);
    await expect(batches.reissue(world.tenantId, batch.id, 'anna', ' ')).rejects.toMatchObject({ code: 'invalid' });
    await batches.reissue(world.tenantId, batch.id, 'anna', 'their disk was full');
    target.behave({ pickUpMs: 5 });
    await drain(batchIs('acknowledged'));
    expect([target.textOf(batch.name), target.ledger().files, await stateOf(id)]).toEqual([before, 1, 'verified']);
    await expect(batches.reissue(world.tenantId, batch.id, 'anna', 'again')).rejects.toMatchObject({ code: 'notNow' });
  });

  it('keeps a posting from being settled by hand once it is reissued, though its time was over before', async () => {
    target.behave({ pickUpMs: 60_000 });
    const [id = ''] = await finalize(0);
    await drain(batchIs('delivered'));
    await asOwner(db.url, 'UPDATE posting_batch SET confirm_by = clock_timestamp(), due_at = clock_timestamp()');
    await drain(batchIs('unconfirmed'));
    const { batch, members: [line] } = await onlyBatch();
    expect(await stateOf(id)).toBe('attention');
    target.lose(batch.name);
    await batches.reissue(world.tenantId, batch.id, 'anna', 'their disk was full');
    const said = { reason: 'booked by hand', documents: [{ stepKey: line?.stepKey ?? '', externalId: 'hand-1' }] };
    await expect(service.settle(world.tenantId, id, 'bert', said)).rejects.toMatchObject({ code: 'notNow' });
    target.behave({ pickUpMs: 5 });
    await drain(batchIs('acknowledged'));
    expect([target.ledger().files, await stateOf(id)]).toEqual([1, 'verified']);
  });
});

describe('a reversal', () => {
  it('travels as a counter-entry in a later file, and takes off from its control total', async () => {
    const [id = ''] = await finalize(0);
    await drain(batchIs('acknowledged'));
    const outcome = await service.reverse(world.tenantId, id, wish, 'anna');
    await finalizeOne(service, world, 1);
    await drain(async () => await stateOf(id) === 'reversed');
    const [, second] = await batchDetails();
    expect(['postingId' in outcome, second?.batch.totalMinor, target.ledger()]).toEqual([true, '1', expect.objectContaining({ paymentMinor: '2001', reversedMinor: '1000', duplicatedLines: 0 })]);
    expect(await bankStatus(0)).toBe('needsAllocation');
  });

  it('is a person\'s task where the target takes no counter-entries', async () => {
    install({ withoutReversal: true });
    const [id = ''] = await finalize(0);
    await drain(batchIs('acknowledged'));
    expect(await service.reverse(world.tenantId, id, wish, 'anna')).toEqual({ byPersonBecause: 'the mock target takes no counter-entries' });
    await service.reversedByPerson(world.tenantId, id, 'anna', 'cancelled in the ERP');
    expect([await stateOf(id), await bankStatus(0)]).toEqual(['reversed', 'needsAllocation']);
  });
});

describe('the janitor', () => {
  it('finds batches nobody was woken for, and sets going what nobody would look at', async () => {
    await asOwner(db.url, `UPDATE posting SET due_at = NULL, state = 'cancelled'; UPDATE posting_batch SET due_at = NULL, state = 'acknowledged'`);
    const found: string[] = [];
    const janitor = new PostingJanitor({ database: db.database, wake: (_tenant, connectionId) => { found.push(connectionId); }, log: () => undefined });
    await finalize(0);
    await batches.close(world.tenantId, world.connectionId, 'anna');
    expect(await janitor.sweep()).toEqual({ lanes: 1, stuck: 0 });
    await asOwner(db.url, 'UPDATE posting_batch SET due_at = NULL WHERE connection_id = $1', [world.connectionId]);
    expect(await janitor.sweep()).toEqual({ lanes: 1, stuck: 1 });
    expect(found).toEqual([world.connectionId, world.connectionId]);
  });
});
