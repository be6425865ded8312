/**
 * R5: the queue loses everything while a worker posts. Its content is never the work, so the work is found again in Postgres. The worker is the hub's own
 * program; its queue is in Postgres, and in Redis where REDIS_URL names one (that database is emptied). Needs `npm run build`.
 */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { businessCentralTarget } from './business-central-target.js';
import type { FaultTarget, FinalizedWorld } from './fault-target.js';
import { startHubWorker } from './hub-worker.js';
import { judge, stillWorking } from './invariants.js';
import { netsuiteTarget } from './netsuite-target.js';
import { asOwner } from './posting-world.js';
import { SOUND } from './scale.js';

const UNDER_WAY = 60;
const AFTERWARDS = 20;
/** Reference, R5. */
const FOUND_AGAIN_MS_MAX = 60_000;
const TEST_TIMEOUT_MS = 240_000;
/** What is under way when the queue is emptied needs its time, too. */
const POSTED_MS_MAX = 150_000;
const POLL_MS = 100;
const redisUrl = process.env['REDIS_URL'];

let db: TestDatabase;
beforeAll(async () => { db = await openTestDatabase(); });
afterAll(() => db.close());

const queues: readonly { readonly kind: string; readonly url: string | undefined; readonly present: boolean }[] = [
  { kind: 'Postgres', url: undefined, present: true },
  { kind: redisUrl ? 'Redis' : 'Redis (skipped: REDIS_URL is not set)', url: redisUrl, present: redisUrl !== undefined },
];

describe.each(queues.filter(({ present }) => present))('a queue in $kind, emptied while postings are under way', ({ url }) => {
  it('loses no posting and doubles none; what nobody was woken for is found again within a minute', async () => {
    const [underWay, afterwards] = [await businessCentralTarget([], UNDER_WAY), await netsuiteTarget([], AFTERWARDS)];
    const worker = await startHubWorker(db.url, url);
    try {
      const first = await underWay.finalize(db, UNDER_WAY);
      await until(async () => await verified(first) > 0, FOUND_AGAIN_MS_MAX, 'the first postings are verified');
      await empty(url);
      expect(await verified(first)).toBeLessThan(UNDER_WAY);
      const emptiedAtMs = Date.now();
      // Nobody is woken for these, and the janitor's own rhythm went with the queue.
      const second = await afterwards.finalize(db, AFTERWARDS);
      await until(async () => await touched(second) > 0, FOUND_AGAIN_MS_MAX - (Date.now() - emptiedAtMs), 'work of the emptied queue is taken up');
      process.stdout.write(`taken up ${((Date.now() - emptiedAtMs) / 1000).toFixed(1)} s after the queue was emptied\n`);
      for (const [target, world, postings] of [[underWay, first, UNDER_WAY], [afterwards, second, AFTERWARDS]] as const) {
        await until(async () => await stillWorking(db.url, world.connectionId) === 0, POSTED_MS_MAX, 'everything is posted');
        expect(await judge(db.url, world.connectionId, await ledgerOf(target))).toMatchObject({ ...SOUND, verified: postings });
      }
    } finally {
      await worker.stop();
      await Promise.all([underWay.stop(), afterwards.stop()]);
    }
  }, TEST_TIMEOUT_MS);
});

async function ledgerOf(target: FaultTarget): ReturnType<FaultTarget['ledger']> {
  await sleep(target.settleMs);
  return target.ledger();
}

async function verified({ connectionId }: FinalizedWorld): Promise<number> {
  const [row] = await asOwner<{ count: number }>(db.url, `SELECT count(*)::int AS count FROM posting WHERE connection_id = $1 AND state = 'verified'`, [connectionId]);
  return row?.count ?? 0;
}

/** Postings a lane has made a move of. */
async function touched({ connectionId }: FinalizedWorld): Promise<number> {
  const [row] = await asOwner<{ count: number }>(db.url, `SELECT count(*)::int AS count FROM posting WHERE connection_id = $1 AND state <> 'planned'`, [connectionId]);
  return row?.count ?? 0;
}

/** All jobs, schedules and deduplication marks at once. */
async function empty(url: string | undefined): Promise<void> {
  if (url !== undefined) return emptyRedis(new URL(url));
  await asOwner(db.url, 'TRUNCATE bullmq.job, bullmq.scheduler, bullmq.dedup, bullmq.dedup_next, bullmq.event, bullmq.meta CASCADE');
}

/** Redis takes commands as lines of text; one that is sure of its answers needs no client library. */
async function emptyRedis({ hostname, port, pathname }: URL): Promise<void> {
  const socket = connect(Number(port || 6379), hostname);
  socket.write(`SELECT ${pathname.slice(1) || 0}\r\nFLUSHDB\r\nQUIT\r\n`);
  let answers = '';
  for await (const chunk of socket) answers += String(chunk);
  if (!answers.startsWith('+OK\r\n+OK\r\n')) throw new Error(`Redis did not empty its database: ${answers}`);
}

async function until(isTrue: () => Promise<boolean>, limitMs: number, what: string): Promise<void> {
  const deadlineMs = Date.now() + limitMs;
  while (!await isTrue()) {
    if (Date.now() > deadlineMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(POLL_MS);
  }
}
