/**
 * The promise under faults by dice, for postings that go out as calls: each seed is a plan of faults, kills and stops, and books every posting once.
 * Needs `npm run build`. FAULT_RUNS=500 runs so many; a seed that found something runs again alone with FAULT_SEED=<seed> FAULT_RUNS=1.
 */
import { CRASH_POINTS } from '#posting';
import { runFaults, type FaultRun } from './fault-run.js';
import type { MockErpBehaviour } from './mock-erp.js';
import { SOUND } from './scale.js';
import { differenceOf, runSeeds, seededRandom, SEEDED_RUNS, SEEDS_AT_ONCE } from './seeded.js';
import { tableOfRuns } from './table-of-runs.js';

const RUN_TIMEOUT_MS = 90_000;
/** Longest a request may commit after we stopped waiting. The latest commit below is visible well before: on a busy machine the target is late, too. */
const PROCESSING_MS_MAX = 900;
const LATE_MS_MIN = 450;
const LATE_MS_SPREAD = 400;
const table = tableOfRuns();

describe('seeded plans of the API door', () => {
  it(`${SEEDED_RUNS} of them book every posting once`, async () => {
    const totals = await runSeeds(async (seed) => {
      const plan = planOf(seed);
      const result = await runFaults(table.database(), plan);
      table.note(result);
      const [verified, reversed] = plan.reversals === true ? [0, plan.postings] : [plan.postings, 0];
      return { result, problem: differenceOf(result, { ...SOUND, verified, reversed }) };
    });
    process.stdout.write(`\nseeded plans of the API door: ${JSON.stringify(totals)}\n`);
    expect(totals).toMatchObject({ runs: SEEDED_RUNS, duplicates: 0, lost: 0, problems: [] });
    // Plans whose faults never happened prove nothing.
    expect(totals.strikes).toBeGreaterThanOrEqual(SEEDED_RUNS / 2);
  }, RUN_TIMEOUT_MS * Math.ceil(SEEDED_RUNS / SEEDS_AT_ONCE));
});

/** What goes wrong in one run, by the dice of its seed alone. */
function planOf(seed: number): FaultRun {
  const random = seededRandom(seed);
  const stops = random() < 0.2;
  const point = CRASH_POINTS[Math.floor(random() * CRASH_POINTS.length)] ?? 'beforeSend';
  const reversals = random() < 0.15;
  const strikes = 1 + Math.floor(random() * (stops ? 2 : 4));
  return {
    name: `seed ${seed}`, postings: 12 + Math.floor(random() * 30), twoSteps: random() < 0.25, reversals, erp: troubleOf(seed, random), erpHere: true, processingMsMax: PROCESSING_MS_MAX, timeoutMs: RUN_TIMEOUT_MS - 30_000,
    faults: {
      workers: 2, strikes, by: stops ? 'SIGSTOP' : 'SIGKILL', at: stops ? ['beforeSend', 'afterIntent'] : random() < 0.6 ? [point] : null, everyMs: 250, hitsMax: 8, random: seededRandom(seed),
      ...(reversals ? { kind: 'reversal' as const } : {}),
    },
  };
}

function troubleOf(seed: number, random: () => number): Partial<MockErpBehaviour> {
  const share = (most: number): number => (random() < 0.5 ? 0 : random() * most);
  // A request that arrives twice is one the target alone can tell: only where it takes a key once.
  const uniqueKeys = random() < 0.3;
  return {
    seed, lostShare: share(0.2), lateShare: share(0.15), lateMs: LATE_MS_MIN + Math.floor(random() * LATE_MS_SPREAD), errorShare: share(0.15), searchDelayMs: Math.floor(random() * 60),
    uniqueKeys, doubledShare: uniqueKeys ? share(0.3) : 0, ...(random() < 0.2 ? { grantPerSecond: 60 + Math.floor(random() * 100), grantBurst: 10, retryAfterSeconds: 0 } : {}),
    commitMs: [1, 4 + Math.floor(random() * 30)],
  };
}
