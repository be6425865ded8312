/**
 * The promise under faults, through the Business Central connector against the simulated tenant: real sign-in, one journal batch for everybody, postings that may only be scheduled, look-ups and read-backs,
 * with workers that are really killed and stopped. Reversals are a person's there (the capabilities say why). Needs `npm run build`. FAULTS_SCALE as in posting.spec.ts.
 */
import type { BusinessCentralFault, TenantSettings } from '../../apps/sandbox/src/index.js';
import { businessCentralTarget } from './business-central-target.js';
import { holdsThePromise, SLOW_VENDOR } from './erp-promise.js';
import { scaled, SOUND, TIMEOUT_MS } from './scale.js';
import { runsAgainst, tableOfRuns } from './table-of-runs.js';

const ANSWERS: readonly BusinessCentralFault[] = [
  { kind: 'loseAnswer', requestClass: 'action', probability: 0.05 }, { kind: 'loseAnswer', requestClass: 'batch', probability: 0.03 },
  { kind: 'lateCommit', requestClass: 'action', probability: 0.04, delayMs: 300 }, { kind: 'lateCommit', requestClass: 'batch', probability: 0.02, delayMs: 300 },
  { kind: 'failAfter', requestClass: 'action', probability: 0.03 }, { kind: 'failBefore', requestClass: 'action', probability: 0.03, html: true }, { kind: 'garbled', requestClass: 'batch', probability: 0.02 },
  { kind: 'throttle', probability: 0.01 }, { kind: 'failBefore', requestClass: 'read', probability: 0.02 },
];
const run = runsAgainst<readonly BusinessCentralFault[], [tenant?: Partial<TenantSettings>]>(tableOfRuns(), businessCentralTarget);

describe('Business Central, with every safeguard on', () => {
  holdsThePromise({ label: 'BC', run, answers: ANSWERS, calm: [], sizes: SLOW_VENDOR });

  it('a job queue that posts later, its workers killed at any time', async () => {
    const postings = scaled(500, 12);
    expect(await run({ name: 'BC: job queue, killed', postings, faults: { workers: 2, strikes: scaled(20, 2), everyMs: 600 } }, [], { postWithJobQueue: true, jobQueueDelayMs: 150 })).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);
});
