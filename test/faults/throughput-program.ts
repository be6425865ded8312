/**
 * How fast one lane posts into a target that grants so many calls a second (P11): `node throughput-program.js <database url> <postings> <per second> <burst>`.
 * Prints one line of JSON: share of the grant used while busy, rejections, duplicates, CPU seconds of this process.
 */
import { PostingLane, PostingService } from '#posting';
import { Database, migrate } from '#storage';
import { startErp } from './fleet.js';
import { mockConnection } from './mock-connector.js';
import { finalizeAll, makeWorld } from './posting-world.js';

const [url = '', postings = '4000', perSecond = '200', burst = '20'] = process.argv.slice(2);
const CONCURRENCY = 12;

await migrate(url);
const database = new Database({ url });
const tenantId = await database.acrossTenants(async (transaction) => (await transaction.one<{ id: string }>(`INSERT INTO tenant (name) VALUES (md5(random()::text)) RETURNING id`))?.id ?? '');
const erp = await startErp({ commitMs: [5, 15], answerMs: [2, 8], grantPerSecond: Number(perSecond), grantBurst: Number(burst), lostShare: 0.005, errorShare: 0.01 });
try {
  const world = await makeWorld(database, tenantId, Number(postings));
  const connection = mockConnection({ url: erp.url, sendTimeoutMs: 2_000, processingMsMax: 3_000, concurrency: CONCURRENCY }, world);
  const openConnection = () => Promise.resolve(connection);
  await finalizeAll(new PostingService({ database, openConnection, wake: () => undefined, now: () => new Date() }), world);
  const lane = new PostingLane({ database, openConnection, wake: () => undefined, log: () => undefined });
  const cpu = process.cpuUsage();
  const beganAtMs = performance.now();
  let verified = 0;
  for (let next: number | null = 0; next !== null;) {
    await new Promise((resolve) => { setTimeout(resolve, next ?? 0); });
    const report = await lane.drain(tenantId, world.connectionId, new AbortController().signal);
    verified += report.verified;
    next = report.nextInMs;
  }
  const seconds = (performance.now() - beganAtMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const ledger = await erp.ledger();
  // The last seconds wait for a few postings in doubt; the grant is compared while there was enough to do.
  const busy = ledger.acceptedPerSecond.filter((count) => count > 0).slice(0, Math.floor(Number(postings) / Number(perSecond)));
  process.stdout.write(`${JSON.stringify({
    verified, seconds: Math.round(seconds * 10) / 10, bookingsPerSecondWhileBusy: Math.round(busy.reduce((sum, count) => sum + count, 0) / busy.length),
    rejectedShare: Math.round((ledger.rejected / (ledger.rejected + ledger.bookings)) * 1e4) / 1e4, duplicates: ledger.duplicatedKeys, acceptedPerSecond: ledger.acceptedPerSecond.join(' '), cpuSeconds: Math.round((user + system) / 1e5) / 10,
  })}\n`);
} finally {
  await erp.stop();
  await database.close();
}
