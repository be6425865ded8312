/**
 * The promise under faults, through the Business Central connector against the simulated tenant: real sign-in, one journal batch for everybody, postings that may only be scheduled, look-ups and read-backs,
 * with workers that are really killed and stopped. Reversals are a person's there (the capabilities say why). Needs `npm run build`. FAULTS_SCALE as in posting.spec.ts.
 */
import { CRASH_POINTS } from '#posting';
import type { BusinessCentralFault, TenantSettings } from '../../apps/sandbox/src/index.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { businessCentralTarget } from './business-central-target.js';
import { runFaults, tableOf, type FaultRun, type RunResult } from './fault-run.js';
import { assertBuilt } from './fleet.js';
import { scaled, SOUND, TIMEOUT_MS } from './scale.js';

const results: RunResult[] = [];
let db: TestDatabase;

beforeAll(async () => {
  assertBuilt();
  db = await openTestDatabase();
});
afterAll(async () => {
  process.stdout.write(`\n${tableOf(results)}\n`);
  await db.close();
});

async function run(fault: Omit<FaultRun, 'target'>, faults: readonly BusinessCentralFault[] = [], tenant: Partial<TenantSettings> = {}): Promise<RunResult> {
  const result = await runFaults(db, { timeoutMs: TIMEOUT_MS - 30_000, ...fault, target: () => businessCentralTarget(faults, fault.postings, tenant) });
  results.push(result);
  // A run whose faults never happened proves nothing.
  if ((fault.faults?.strikes ?? 0) > 0) expect(result.strikes).toBeGreaterThan(0);
  return result;
}

describe('Business Central, with every safeguard on', () => {
  it('R1: workers killed at any time', async () => {
    const postings = scaled(1_000, 20);
    expect(await run({ name: 'BC: killed at any time', postings, faults: { workers: 2, strikes: scaled(60, 2), everyMs: 600 } })).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);

  it('R1: workers killed at every named point', async () => {
    const postings = scaled(1_000, 20);
    expect(await run({ name: 'BC: killed at named points', postings, faults: { workers: 2, strikes: scaled(60, CRASH_POINTS.length), at: CRASH_POINTS, hitsMax: 3 } })).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);

  it('R2: workers stopped longer than their lease, armed with a request', async () => {
    const postings = scaled(500, 12);
    expect(await run({ name: 'BC: stopped before sending', postings, faults: { workers: 2, strikes: scaled(30, 1), by: 'SIGSTOP', at: ['beforeSend', 'afterIntent'], hitsMax: 6 } })).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);

  it('R3: answers lost, late and wrong, commits later than we wait, 429s', async () => {
    const postings = scaled(1_000, 24);
    expect(await run({ name: 'BC: answers lost, late, wrong', postings }, [
      { kind: 'loseAnswer', requestClass: 'action', probability: 0.05 }, { kind: 'loseAnswer', requestClass: 'batch', probability: 0.03 },
      { kind: 'lateCommit', requestClass: 'action', probability: 0.04, delayMs: 300 }, { kind: 'lateCommit', requestClass: 'batch', probability: 0.02, delayMs: 300 },
      { kind: 'failAfter', requestClass: 'action', probability: 0.03 }, { kind: 'failBefore', requestClass: 'action', probability: 0.03, html: true }, { kind: 'garbled', requestClass: 'batch', probability: 0.02 },
      { kind: 'throttle', probability: 0.01 }, { kind: 'failBefore', requestClass: 'read', probability: 0.02 },
    ])).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);

  it('a job queue that posts later, its workers killed at any time', async () => {
    const postings = scaled(500, 12);
    expect(await run({ name: 'BC: job queue, killed', postings, faults: { workers: 2, strikes: scaled(20, 2), everyMs: 600 } }, [], { postWithJobQueue: true, jobQueueDelayMs: 150 })).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);
});
