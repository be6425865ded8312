/**
 * The promise under faults, through the NetSuite connector against the simulated account: real sign-in, preflight, keys, look-ups and
 * read-backs, with workers that are really killed and stopped. Needs `npm run build`. FAULTS_SCALE as in posting.spec.ts.
 */
import { CRASH_POINTS } from '#posting';
import type { Fault } from '../../apps/sandbox/src/index.js';
import { holdsThePromise } from './erp-promise.js';
import { netsuiteTarget } from './netsuite-target.js';
import { scaled, SOUND, TIMEOUT_MS } from './scale.js';
import { runsAgainst, tableOfRuns } from './table-of-runs.js';

const ANSWERS: readonly Fault[] = [
  { kind: 'loseAnswer', requestClass: 'create', probability: 0.05 }, { kind: 'lateCommit', requestClass: 'create', probability: 0.03, delayMs: 300 },
  { kind: 'failAfter', requestClass: 'create', probability: 0.03 }, { kind: 'failBefore', requestClass: 'create', probability: 0.03 },
  { kind: 'deliverTwice', requestClass: 'create', probability: 0.05 }, { kind: 'throttle', probability: 0.02 }, { kind: 'failBefore', requestClass: 'query', probability: 0.02 },
];
const run = runsAgainst<readonly Fault[]>(tableOfRuns(), netsuiteTarget);

describe('NetSuite, with every safeguard on', () => {
  holdsThePromise({ label: 'NetSuite', run, answers: ANSWERS, calm: [], sizes: { killed: [2_500, 60], kills: [100, 4], killsEveryMs: 900, stopped: [1_000, 40], stops: [50, 2], answers: [2_500, 80] } });

  it('R15: reversals killed at every named point, their answers lost', async () => {
    const postings = scaled(1_000, 30);
    const faults = { workers: 2, strikes: scaled(50, CRASH_POINTS.length), at: CRASH_POINTS, kind: 'reversal' } as const;
    expect(await run({ name: 'NetSuite: reversals killed', postings, reversals: true, faults }, [{ kind: 'loseAnswer', requestClass: 'delete', probability: 0.05 }]))
      .toMatchObject({ ...SOUND, verified: 0, reversed: postings });
  }, TIMEOUT_MS);
});
