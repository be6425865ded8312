/**
 * The promise under faults, through the Finance connector against the simulated environment: real sign-in, journals, changesets, look-ups and read-backs, while the environment's own batch job posts what it finds,
 * with workers that are really killed and stopped. Reversals are a person's there (the capabilities say why). Needs `npm run build`. FAULTS_SCALE as in posting.spec.ts.
 */
import type { FinanceFault } from '../../apps/sandbox/src/index.js';
import { holdsThePromise, SLOW_VENDOR } from './erp-promise.js';
import { financeTarget } from './finance-target.js';
import { runsAgainst, tableOfRuns } from './table-of-runs.js';

const ANSWERS: readonly FinanceFault[] = [
  { kind: 'loseAnswer', requestClass: 'create', probability: 0.05 }, { kind: 'loseAnswer', requestClass: 'batch', probability: 0.05 },
  { kind: 'lateCommit', requestClass: 'create', probability: 0.03, delayMs: 300 }, { kind: 'lateCommit', requestClass: 'batch', probability: 0.04, delayMs: 300 },
  { kind: 'failAfter', requestClass: 'batch', probability: 0.03 }, { kind: 'failBefore', requestClass: 'batch', probability: 0.03, html: true }, { kind: 'garble', requestClass: 'batch', probability: 0.03 },
  { kind: 'throttle', probability: 0.02, retryAfterSeconds: 1 }, { kind: 'failBefore', requestClass: 'read', probability: 0.02 },
];
const run = runsAgainst<readonly FinanceFault[]>(tableOfRuns(), financeTarget);

describe('Finance, with every safeguard on', () => {
  holdsThePromise({ label: 'Finance', run, answers: ANSWERS, calm: [], sizes: SLOW_VENDOR });
});
