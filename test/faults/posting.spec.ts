/**
 * The promise under faults: every posting in the target exactly once, or with a person. Workers are processes that are really killed
 * and really stopped; the target is another process that counts. Needs `npm run build`.
 * Sizes: scale.ts.
 */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { CRASH_POINTS } from '#posting';
import { asOwner } from './posting-world.js';
import { scaled, SOUND, TIMEOUT_MS } from './scale.js';
import { tableOfRuns } from './table-of-runs.js';

/** Rounds in which a safeguard's absence must show at least once. */
const ROUNDS_MAX = 5;
const { run, database } = tableOfRuns();

describe('with every safeguard on', () => {
  it('R1: workers killed at any time', async () => {
    const postings = scaled(25_000, 120);
    expect(await run({ name: 'killed at any time', postings, faults: { workers: 2, strikes: scaled(500, 6), everyMs: 600 } })).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);

  it('R1: workers killed at every named point', async () => {
    const postings = scaled(25_000, 120);
    const strikes = scaled(500, CRASH_POINTS.length);
    const result = await run({ name: 'killed at named points', postings, faults: { workers: 2, strikes, at: CRASH_POINTS } });
    expect(result).toMatchObject({ ...SOUND, verified: postings });
    expect(result.strikes).toBeGreaterThanOrEqual(CRASH_POINTS.length - 2);
  }, TIMEOUT_MS);

  it('R2: workers stopped longer than their lease, armed with a request', async () => {
    const postings = scaled(10_000, 60);
    // As many as workers, or the one that nothing happens to may have the lane first and finish the work.
    const strikes = scaled(500, 4);
    const result = await run({ name: 'stopped before sending', postings, faults: { workers: 4, strikes, by: 'SIGSTOP', at: ['beforeSend', 'afterIntent'] } });
    expect(result).toMatchObject({ ...SOUND, verified: postings });
    expect(result.strikes).toBeGreaterThanOrEqual(Math.ceil(strikes / 4));
  }, TIMEOUT_MS);

  it('R3: answers lost, commits later than we wait, errors after the commit', async () => {
    const postings = scaled(10_000, 100);
    const erp = { lostShare: 0.04, lateShare: 0.03, lateMs: 800, errorShare: 0.04 };
    expect(await run({ name: 'answers lost, late, wrong', postings, erp })).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);

  it('R3: commits that come long after we gave up, which without the wait are booked again (see below)', async () => {
    const postings = scaled(5_000, 40);
    expect(await run({ name: 'commits very late', postings, erp: { lateShare: 0.3, lateMs: 1_800 }, processingMsMax: 1_800 })).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);

  it('R3: requests that arrive twice, where the target takes a key once', async () => {
    const postings = scaled(5_000, 50);
    expect(await run({ name: 'requests doubled', postings, erp: { doubledShare: 0.2, uniqueKeys: true, lostShare: 0.05 } })).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);

  it('R6: Postgres killed while postings are under way', async () => {
    const postings = scaled(10_000, 120);
    let kills = scaled(60, 2);
    const disturb = async (): Promise<void> => {
      if (kills === 0) return;
      kills -= 1;
      await killPostgres(kills % 2 === 0 ? 'SIGQUIT' : 'SIGKILL');
    };
    expect(await run({ name: 'Postgres killed', postings, erp: { grantPerSecond: 150, grantBurst: 10, retryAfterSeconds: 0 }, disturb })).toMatchObject({ ...SOUND, verified: postings });
    expect(kills).toBe(0);
  }, TIMEOUT_MS);

  it('everything at once, in plans of two steps', async () => {
    const postings = scaled(10_000, 100);
    const erp = { lostShare: 0.03, lateShare: 0.02, lateMs: 800, errorShare: 0.02, searchDelayMs: 50 };
    expect(await run({ name: 'all at once, two steps', postings, erp, twoSteps: true, faults: { workers: 2, strikes: scaled(200, 6), everyMs: 500 } })).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);

  it('R15: reversals killed at every named point', async () => {
    const postings = scaled(5_000, 40);
    const faults = { workers: 2, strikes: scaled(200, CRASH_POINTS.length), at: CRASH_POINTS, kind: 'reversal' } as const;
    expect(await run({ name: 'reversals killed', postings, reversals: true, erp: { lostShare: 0.03 }, faults })).toMatchObject({ ...SOUND, verified: 0, reversed: postings });
  }, TIMEOUT_MS);
});

describe('with one safeguard off, the same harness finds what it prevents', () => {
  it('no intent: a kill between the call and its record books twice', async () => {
    const result = await run({ name: 'OFF: intent', postings: 60, safeguards: { intent: false }, faults: { workers: 1, strikes: 3, at: ['afterSend'] } });
    expect(result.duplicates).toBeGreaterThan(0);
  }, TIMEOUT_MS);

  it('no look-up: a lost answer books twice', async () => {
    const result = await run({ name: 'OFF: look-up', postings: 60, safeguards: { lookUp: false }, erp: { lostShare: 0.2 } });
    expect(result.duplicates).toBeGreaterThan(0);
  }, TIMEOUT_MS);

  it('no lease check: a worker that slept sends what another one sent meanwhile', async () => {
    // Where the stop falls is chance: on a busy machine three strikes may all miss. The harness can find it, given some rounds.
    let duplicates = 0;
    for (let round = 1; round <= ROUNDS_MAX && duplicates === 0; round += 1) {
      ({ duplicates } = await run({
        name: `OFF: lease check, round ${round}`, postings: 100, safeguards: { leaseCheck: false }, erp: { commitMs: [20, 40] }, faults: { workers: 2, strikes: 3, by: 'SIGSTOP', at: ['beforeSend'] },
      }));
    }
    expect(duplicates).toBeGreaterThan(0);
  }, ROUNDS_MAX * TIMEOUT_MS);

  it('no wait: a commit that comes later than we wait is booked again', async () => {
    const result = await run({ name: 'OFF: unknown wait', postings: 60, safeguards: { unknownWait: false }, erp: { lateShare: 0.3, lateMs: 1_800 }, processingMsMax: 1_800 });
    expect(result.duplicates).toBeGreaterThan(0);
  }, TIMEOUT_MS);
});

/** Ends the embedded server as a crash would; its supervisor starts it again on the same port. */
async function killPostgres(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void> {
  await sleep(400);
  const [row] = await asOwner<{ pid: number }>(database().url, `SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'`);
  const postmaster = Number(spawnSync('ps', ['-o', 'ppid=', '-p', String(row?.pid)], { encoding: 'utf8' }).stdout.trim());
  if (!(postmaster > 1)) throw new Error(`the server's process was not found above ${row?.pid}`);
  process.kill(postmaster, signal);
  for (let tries = 0; tries < 200; tries += 1) {
    await sleep(50);
    if (await asOwner(database().url, 'SELECT 1').then(() => true, () => false)) return;
  }
  throw new Error('Postgres did not come back');
}
