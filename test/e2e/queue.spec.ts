/**
 * The queue room's contract, on a real Postgres, and on Redis where REDIS_URL names one. The Postgres is a child of
 * another process, so that killing it is a real loss.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { openQueues, QUEUE_NAMES, QueueError, type QueueName, type Queues } from '../../libs/queue/src/index.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../libs/storage/src/embedded/index.js';

const redisUrl = process.env['REDIS_URL'];
const lines: string[] = [];
const log = {
  info: (message: string) => { lines.push(message); },
  warn: (message: string) => { lines.push(message); },
  error: (message: string) => { lines.push(message); },
};

let home: string;
let postgres: EmbeddedPostgres;
const open: Queues[] = [];

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'tributary-queue-'));
  postgres = await startEmbeddedPostgres({ dataDirectory: home, log });
});

afterEach(async () => {
  for (const queues of open.splice(0)) await queues.close(100);
});

afterAll(async () => {
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
});

async function sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client(postgres.url);
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

async function eventually(isTrue: () => boolean | Promise<boolean>, limitMs = 20_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!await isTrue()) {
    if (Date.now() > deadline) throw new Error(`not true within ${limitMs} ms: ${isTrue.toString()}\n${lines.slice(-10).join('\n')}`);
    await sleep(20);
  }
}

async function opened(redis?: string): Promise<Queues> {
  const queues = await openQueues({ databaseUrl: postgres.url, redisUrl: redis, log, retryDelayMs: 10 });
  open.push(queues);
  return queues;
}

/** Handlers that do nothing for the queues a test does not look at. */
function fillIn(queues: Queues, ...taken: QueueName[]): void {
  for (const name of QUEUE_NAMES) {
    if (!taken.includes(name)) queues.handle(name, () => Promise.resolve(), { concurrency: 1 });
  }
}

/** Every test has a tenant of its own: on Redis nothing is wiped between them. */
let tenants = 0;
const newTenant = (): string => `tenant-${process.pid}-${Date.now()}-${tenants += 1}`;

const backends: readonly { readonly kind: string; readonly url: string | undefined; readonly present: boolean }[] = [
  { kind: 'Postgres', url: undefined, present: true },
  { kind: redisUrl ? 'Redis' : 'Redis (skipped: REDIS_URL is not set)', url: redisUrl, present: redisUrl !== undefined },
];

for (const { kind, url, present } of backends) {
  (present ? describe : describe.skip)(`queues on ${kind}`, () => {
    it('hand each payload to the handler of its queue', async () => {
      const queues = await opened(url);
      const tenantId = newTenant();
      const seen: unknown[] = [];
      queues.handle('sync', async (payload) => { seen.push(payload); }, { concurrency: 2 });
      queues.handle('posting', async (payload) => { seen.push(payload); }, { concurrency: 1 });
      fillIn(queues, 'sync', 'posting');
      await queues.startWorkers();
      await queues.enqueue('sync', { tenantId, connectionId: 'c1' });
      await queues.enqueueMany('posting', [{ payload: { tenantId, connectionId: 'c2' } }, { payload: { tenantId, connectionId: 'c3' } }]);
      await eventually(() => seen.length === 3);
      expect(seen).toEqual(expect.arrayContaining([
        { tenantId, connectionId: 'c1' }, { tenantId, connectionId: 'c2' }, { tenantId, connectionId: 'c3' },
      ]));
    });

    it('refuse a payload the catalog does not allow, before it is stored', async () => {
      const queues = await opened(url);
      const before = await queues.counts();
      const payload = { tenantId: newTenant(), connectionId: 'c1', amount: '10.00' };
      await expect(queues.enqueue('posting', payload)).rejects.toThrow(/"posting".*amount/);
      expect(await queues.counts()).toEqual(before);
    });

    it('do not start while a queue has no handler, and take no second one', async () => {
      const queues = await opened(url);
      queues.handle('sync', () => Promise.resolve(), { concurrency: 1 });
      expect(() => queues.handle('sync', () => Promise.resolve(), { concurrency: 1 })).toThrow(QueueError);
      await expect(queues.startWorkers()).rejects.toThrow(/No handler for queue "matching", queue "posting", queue "documents", queue "maintenance".*queues\.handle\("matching"/);
    });

    it('try a failing job four times, then keep it as failed', async () => {
      const queues = await opened(url);
      const tenantId = newTenant();
      const attempts: number[] = [];
      queues.handle('matching', async (payload, run) => {
        if (payload.tenantId !== tenantId) return;
        attempts.push(run.attempt);
        throw new Error('the reason');
      }, { concurrency: 1 });
      fillIn(queues, 'matching');
      const { failed } = (await queues.counts()).matching;
      await queues.startWorkers();
      await queues.enqueue('matching', { tenantId });
      await eventually(async () => (await queues.counts()).matching.failed === failed + 1);
      expect(attempts).toEqual([1, 2, 3, 4]);
    });

    it('merge wake-ups with one id, and keep the one that comes while the job runs', async () => {
      const queues = await opened(url);
      const tenantId = newTenant();
      const runs: number[] = [];
      let finish = (): void => undefined;
      const gate = new Promise<void>((resolve) => { finish = resolve; });
      const wake = (): Promise<void> => queues.enqueue('posting', { tenantId, connectionId: 'lane' }, { deduplicationId: tenantId });
      for (let wakeUp = 0; wakeUp < 5; wakeUp += 1) await wake();
      queues.handle('posting', async (payload) => {
        if (payload.tenantId !== tenantId) return;
        runs.push(Date.now());
        await gate;
      }, { concurrency: 4 });
      fillIn(queues, 'posting');
      await queues.startWorkers();
      await eventually(() => runs.length === 1);
      for (let wakeUp = 0; wakeUp < 5; wakeUp += 1) await wake();
      await sleep(200);
      expect(runs).toHaveLength(1);
      finish();
      await eventually(() => runs.length === 2);
      await sleep(200);
      expect(runs).toHaveLength(2);
      await wake();
      await eventually(() => runs.length === 3);
    });

    it('wait with a delayed job until its time', async () => {
      const queues = await opened(url);
      const tenantId = newTenant();
      let ranAt = 0;
      queues.handle('matching', async (payload) => { if (payload.tenantId === tenantId) ranAt = Date.now(); }, { concurrency: 1 });
      fillIn(queues, 'matching');
      await queues.startWorkers();
      const asked = Date.now();
      await queues.enqueue('matching', { tenantId }, { delayMs: 400 });
      await eventually(() => ranAt > 0);
      expect(ranAt - asked).toBeGreaterThanOrEqual(390);
    });

    it('repeat on schedule until told otherwise', async () => {
      const queues = await opened(url);
      const key = newTenant();
      let runs = 0;
      queues.handle('maintenance', async ({ task }) => { if (task === 'tick') runs += 1; }, { concurrency: 1 });
      fillIn(queues, 'maintenance');
      await queues.startWorkers();
      await queues.schedule('maintenance', key, { everyMs: 150 }, { task: 'tick' });
      await eventually(() => runs >= 3);
      expect(await queues.unschedule('maintenance', key)).toBe(true);
      await sleep(200);
      const after = runs;
      await sleep(500);
      expect(runs).toBe(after);
      expect(await queues.unschedule('maintenance', key)).toBe(false);
    });

    it('on closing, abort the running handler; its job goes to another worker', async () => {
      const first = await opened(url);
      const tenantId = newTenant();
      const done: string[] = [];
      let reason: unknown;
      first.handle('sync', async (payload, { signal }) => {
        if (payload.tenantId !== tenantId) return;
        done.push('begun');
        await new Promise((_, reject) => { signal.addEventListener('abort', () => { reason = signal.reason; reject(new Error('stopped')); }); });
      }, { concurrency: 1 });
      fillIn(first, 'sync');
      await first.startWorkers();
      await first.enqueue('sync', { tenantId, connectionId: 'c' });
      await eventually(() => done.length === 1);
      await first.close();
      expect(String(reason)).toMatch(/shutting down/);
      const second = await opened(url);
      second.handle('sync', async (payload) => { if (payload.tenantId === tenantId) done.push('finished elsewhere'); }, { concurrency: 1 });
      fillIn(second, 'sync');
      await second.startWorkers();
      await eventually(() => done.includes('finished elsewhere'));
    });

    it('on closing, do not wait for ever for a handler that ignores its signal', async () => {
      const queues = await opened(url);
      const tenantId = newTenant();
      let finish = (): void => undefined;
      let begun = false;
      queues.handle('sync', async (payload) => {
        if (payload.tenantId !== tenantId) return;
        begun = true;
        await new Promise<void>((resolve) => { finish = resolve; });
      }, { concurrency: 1 });
      fillIn(queues, 'sync');
      await queues.startWorkers();
      await queues.enqueue('sync', { tenantId, connectionId: 'c' });
      await eventually(() => begun);
      const asked = Date.now();
      await queues.close(300);
      expect(Date.now() - asked).toBeLessThan(5_000);
      expect(lines.some((line) => /Jobs still run after 300 ms \(sync /.test(line))).toBe(true);
      finish();
    });
  });
}

describe('queues on Postgres, in trouble', () => {
  it('fail a stored payload no handler understands at once, and keep it', async () => {
    const queues = await opened();
    const tenantId = newTenant();
    let ran = false;
    await queues.enqueue('matching', { tenantId }, { delayMs: 300 });
    await sql("update bullmq.job set data = '{\"tenantId\": 7}' where queue = 'matching' and data->>'tenantId' = $1", [tenantId]);
    queues.handle('matching', async () => { ran = true; }, { concurrency: 1 });
    fillIn(queues, 'matching');
    await queues.startWorkers();
    await eventually(async () => (await sql("select from bullmq.job where queue = 'matching' and state = 'failed' and data->>'tenantId' = '7'")).length === 1);
    const [job] = await sql<{ failed_reason: string; attempts_made: number }>(
      "select failed_reason, attempts_made from bullmq.job where queue = 'matching' and data->>'tenantId' = '7'");
    expect(job?.failed_reason).toMatch(/"matching".*tenantId/);
    expect(job?.attempts_made).toBe(1);
    expect(ran).toBe(false);
    expect(lines.some((line) => /kept as failed/.test(line))).toBe(true);
  });

  it('use a bounded number of connections', async () => {
    const queues = await opened();
    fillIn(queues);
    await queues.startWorkers();
    await queues.enqueueMany('matching', Array.from({ length: 200 }, () => ({ payload: { tenantId: newTenant() } })));
    await eventually(async () => (await queues.counts()).matching.waiting === 0);
    const [row] = await sql<{ connections: number }>(
      "select count(*)::int as connections from pg_stat_activity where datname = 'tributary' and pid <> pg_backend_pid()");
    expect(row?.connections).toBeGreaterThan(0);
    // A LISTEN for each worker, and the pool's six.
    expect(row?.connections).toBeLessThanOrEqual(QUEUE_NAMES.length + 6);
  });

  it('remove finished jobs past their time beside busy workers, and no others', async () => {
    const queues = await opened();
    let ran = 0;
    queues.handle('matching', async () => { ran += 1; }, { concurrency: 10 });
    fillIn(queues, 'matching');
    await queues.startWorkers();
    await sql("delete from bullmq.job where queue = 'matching'");
    const wakeUps = Array.from({ length: 1_200 }, () => ({ payload: { tenantId: newTenant() } }));
    await queues.enqueueMany('matching', wakeUps);
    await eventually(() => ran === 1_200);
    await eventually(async () => (await queues.counts()).matching.completed === 1_200);
    expect(await queues.removeFinished()).toBe(0);
    await sql("update bullmq.job set finished_at_ms = finished_at_ms - 3600000 where queue = 'matching' and id in (select id from bullmq.job where queue = 'matching' limit 1100)");
    await queues.enqueueMany('matching', wakeUps.slice(0, 600));
    const removed = await Promise.all([queues.removeFinished(), queues.removeFinished()]);
    await eventually(() => ran === 1_800);
    expect(removed[0] + removed[1] + await queues.removeFinished()).toBe(1_100);
    await eventually(async () => (await queues.counts()).matching.completed === 700);
    expect((await queues.counts()).matching.failed).toBe(0);
  });

  it('losing every job and schedule harms nothing: workers live, new wake-ups run, schedules come back', async () => {
    const queues = await opened();
    const tenantId = newTenant();
    let ran = 0;
    let ticks = 0;
    queues.handle('matching', async (payload) => { if (payload.tenantId === tenantId) ran += 1; }, { concurrency: 4 });
    queues.handle('maintenance', async ({ task }) => { if (task === 'survivor') ticks += 1; }, { concurrency: 1 });
    fillIn(queues, 'matching', 'maintenance');
    await queues.startWorkers();
    await queues.schedule('maintenance', 'survivor', { everyMs: 100 }, { task: 'survivor' });
    await eventually(() => ticks > 0);
    await sql('truncate bullmq.job, bullmq.scheduler, bullmq.dedup, bullmq.dedup_next, bullmq.event, bullmq.meta cascade');
    await queues.enqueue('matching', { tenantId }, { deduplicationId: tenantId });
    await eventually(() => ran === 1);
    await queues.restoreSchedules();
    const before = ticks;
    await eventually(() => ticks > before + 1);
    await queues.unschedule('maintenance', 'survivor');
  });

  it('outlive a kill -9 of Postgres: the same workers go on', async () => {
    const queues = await opened();
    const tenantId = newTenant();
    const seen = new Set<string>();
    queues.handle('posting', async (payload) => { if (payload.tenantId === tenantId) seen.add(payload.connectionId); }, { concurrency: 4 });
    fillIn(queues, 'posting');
    await queues.startWorkers();
    const lanes = Array.from({ length: 100 }, (_, lane) => `lane-${lane}`);
    await queues.enqueueMany('posting', lanes.map((connectionId) => ({ payload: { tenantId, connectionId } })));
    process.kill(Number(readFileSync(path.join(home, 'cluster/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
    const killed = Date.now();
    const late = { tenantId, connectionId: 'after' };
    await eventually(() => queues.enqueue('posting', late).then(() => true, () => false));
    await eventually(() => seen.has('after'));
    expect(Date.now() - killed).toBeLessThan(15_000);
    await eventually(() => seen.size === lanes.length + 1, 50_000);
  });
});
