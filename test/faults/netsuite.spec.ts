/**
 * The promise under faults, through the NetSuite connector against the simulated account: real sign-in, preflight, keys, look-ups and
 * read-backs, with workers that are really killed and stopped. Needs `npm run build`. FAULTS_SCALE as in posting.spec.ts.
 */
import { CRASH_POINTS } from '#posting';
import type { Fault } from '../../apps/sandbox/src/index.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { runFaults, tableOf, type FaultRun, type RunResult } from './fault-run.js';
import { assertBuilt } from './fleet.js';
import { netsuiteTarget } from './netsuite-target.js';
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

async function run(fault: Omit<FaultRun, 'target'>, faults: readonly Fault[] = []): Promise<RunResult> {
  const result = await runFaults(db, { timeoutMs: TIMEOUT_MS - 30_000, ...fault, target: () => netsuiteTarget(faults, fault.postings) });
  results.push(result);
  if ((fault.faults?.strikes ?? 0) > 0) expect(result.strikes).toBeGreaterThan(0);
  return result;
}

describe('NetSuite, with every safeguard on', () => {
  it('R1: workers killed at any time', async () => {
    const postings = scaled(2_500, 60);
    expect(await run({ name: 'NetSuite: killed at any time', postings, faults: { workers: 2, strikes: scaled(100, 4), everyMs: 900 } })).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);

  it('R1: workers killed at every named point', async () => {
    const postings = scaled(2_500, 60);
    expect(await run({ name: 'NetSuite: killed at named points', postings, faults: { workers: 2, strikes: scaled(100, CRASH_POINTS.length), at: CRASH_POINTS } }))
      .toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);

  it('R2: workers stopped longer than their lease, armed with a request', async () => {
    const postings = scaled(1_000, 40);
    expect(await run({ name: 'NetSuite: stopped before sending', postings, faults: { workers: 2, strikes: scaled(50, 2), by: 'SIGSTOP', at: ['beforeSend', 'afterIntent'] } }))
      .toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);

  it('R3: answers lost, commits later than we wait, errors before and after the commit, requests doubled, 429s', async () => {
    const postings = scaled(2_500, 80);
    expect(await run({ name: 'NetSuite: answers lost, late, wrong', postings }, [
      { kind: 'loseAnswer', requestClass: 'create', probability: 0.05 }, { kind: 'lateCommit', requestClass: 'create', probability: 0.03, delayMs: 300 },
      { kind: 'failAfter', requestClass: 'create', probability: 0.03 }, { kind: 'failBefore', requestClass: 'create', probability: 0.03 },
      { kind: 'deliverTwice', requestClass: 'create', probability: 0.05 }, { kind: 'throttle', probability: 0.02 }, { kind: 'failBefore', requestClass: 'query', probability: 0.02 },
    ])).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);

  it('R15: reversals killed at every named point, their answers lost', async () => {
    const postings = scaled(1_000, 30);
    const faults = { workers: 2, strikes: scaled(50, CRASH_POINTS.length), at: CRASH_POINTS, kind: 'reversal' } as const;
    expect(await run({ name: 'NetSuite: reversals killed', postings, reversals: true, faults }, [{ kind: 'loseAnswer', requestClass: 'delete', probability: 0.05 }]))
      .toMatchObject({ ...SOUND, verified: 0, reversed: postings });
  }, TIMEOUT_MS);
});
