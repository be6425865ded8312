/**
 * The promise under faults, for postings that travel in files: every posting in exactly one file the target books, or with a person.
 * Workers are processes that are really killed and really stopped; the target is another process that books what it finds and counts.
 * Needs `npm run build`. FAULT_RUNS=500 runs so many seeded plans; the default is a small share of it.
 */
import { FILE_CRASH_POINTS } from '#posting';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { fileTableOf, FILE_TARGET_PROGRAM, FILE_WORKER_PROGRAM, runFileFaults, type FileFaultRun, type FileRunResult } from './file/file-fault-run.js';
import { assertBuilt } from './fleet.js';
import { differenceOf, oneOf, runSeeds, seededRandom, SEEDED_RUNS, SEEDS_AT_ONCE } from './seeded.js';

const TIMEOUT_MS = 90_000;
/** Rounds in which a safeguard's absence must show at least once. */
const ROUNDS_MAX = 3;
const results: FileRunResult[] = [];
let db: TestDatabase;

beforeAll(async () => {
  assertBuilt(FILE_WORKER_PROGRAM, FILE_TARGET_PROGRAM);
  db = await openTestDatabase();
});
afterAll(async () => {
  process.stdout.write(`\n${fileTableOf(results)}\n`);
  await db.close();
});

async function run(fault: FileFaultRun): Promise<FileRunResult> {
  const result = await runFileFaults(db, { timeoutMs: TIMEOUT_MS - 30_000, ...fault });
  results.push(result);
  return result;
}

/** A run whose faults never happened proves nothing. */
async function struck(fault: FileFaultRun): Promise<FileRunResult> {
  const result = await run(fault);
  expect(result.strikes).toBeGreaterThan(0);
  return result;
}

const SOUND = { duplicates: 0, lost: 0, stuck: 0, withPerson: 0, centsApart: 0n, brokenChains: 0, wrongBankStatus: 0, holes: 0, inTwoFiles: 0, brokenFiles: 0 };

describe('with every safeguard on', () => {
  it('workers killed at every named point of a batch\'s life', async () => {
    const strikes = FILE_CRASH_POINTS.length;
    const result = await run({ name: 'killed at named points', postings: 90, waves: 15, faults: { workers: 2, strikes, at: FILE_CRASH_POINTS, hitsMax: 1 } });
    expect(result).toMatchObject({ ...SOUND, verified: 90 });
    expect(result.strikes).toBeGreaterThanOrEqual(strikes - 2);
  }, TIMEOUT_MS);

  it('workers stopped longer than their lease, with a file in their hands', async () => {
    expect(await struck({ name: 'stopped before delivery', postings: 40, faults: { workers: 2, strikes: 2, by: 'SIGSTOP', at: ['beforeDelivery', 'afterDeliveryIntent'], hitsMax: 2 } })).toMatchObject({ ...SOUND, verified: 40 });
  }, TIMEOUT_MS);

  it('uploads that break off, answers lost after the rename, renames that come after we gave up', async () => {
    const target = { interruptedShare: 0.2, lostShare: 0.25, lateShare: 0.15, lateMs: 650 };
    expect(await run({ name: 'broken, lost, late', postings: 80, target })).toMatchObject({ ...SOUND, verified: 80 });
  }, TIMEOUT_MS);

  it('acknowledgements that come late, in parts and more than once', async () => {
    const target = { answersAfterMs: 1_200, secondHalfAfterMs: 700, repeatsAnswers: true, lostShare: 0.2 };
    expect(await struck({ name: 'answers late, partial, repeated', postings: 40, target, faults: { workers: 2, strikes: 3, at: ['afterAnswersRead', 'beforeAnswers', 'afterAnswers'], hitsMax: 3 } })).toMatchObject({ ...SOUND, verified: 40 });
  }, TIMEOUT_MS);

  it.each(['dropped', 'refused'] as const)('a target by which a file of a known name is %s', async (repeats) => {
    expect(await struck({ name: `repeats ${repeats}`, postings: 40, target: { repeats, lostShare: 0.4 }, faults: { workers: 2, strikes: 2, everyMs: 300 } })).toMatchObject({ ...SOUND, verified: 40 });
  }, TIMEOUT_MS);

  it('counter-entries, with workers killed at any time', async () => {
    const faults = { workers: 2, strikes: 4, everyMs: 300 } as const;
    expect(await struck({ name: 'reversals killed', postings: 32, reversals: true, target: { lostShare: 0.2 }, faults })).toMatchObject({ ...SOUND, verified: 0, reversed: 32 });
  }, TIMEOUT_MS);
});

describe('seeded plans', () => {
  it(`${SEEDED_RUNS} of them book every posting once`, async () => {
    const totals = await runSeeds(async (seed) => {
      const plan = planOf(seed);
      const result = await run(plan);
      const [verified, reversed] = plan.reversals === true ? [0, plan.postings] : [plan.postings, 0];
      return { result, problem: differenceOf(result, { ...SOUND, verified, reversed }) };
    });
    process.stdout.write(`\nseeded plans of the file door: ${JSON.stringify(totals)}\n`);
    expect(totals).toMatchObject({ runs: SEEDED_RUNS, duplicates: 0, lost: 0, problems: [] });
    // Plans whose faults never happened prove nothing.
    expect(totals.strikes).toBeGreaterThanOrEqual(SEEDED_RUNS / 2);
  }, TIMEOUT_MS * Math.ceil(SEEDED_RUNS / SEEDS_AT_ONCE));
});

/** A mix of everything above, by the dice of one seed. */
function planOf(seed: number): FileFaultRun {
  const random = seededRandom(seed);
  const share = (most: number): number => (random() < 0.5 ? 0 : random() * most);
  const by = random() < 0.25 ? 'SIGSTOP' : 'SIGKILL';
  const point = FILE_CRASH_POINTS[Math.floor(random() * FILE_CRASH_POINTS.length)] ?? 'beforeDelivery';
  const stops = by === 'SIGSTOP';
  return {
    name: `seed ${seed}`, postings: 12 + Math.floor(random() * 20), batchPostingsMax: 3 + Math.floor(random() * 6), reversals: random() < 0.2, waves: 1 + Math.floor(random() * 5),
    target: {
      seed, interruptedShare: share(0.3), lostShare: share(0.5), lateShare: share(0.3), lateMs: 350 + Math.floor(random() * 400), pickUpMs: Math.floor(random() * 120),
      repeats: oneOf(random, 'booked', 'booked', 'dropped', 'refused'), answersAfterMs: Math.floor(random() * 800), secondHalfAfterMs: random() < 0.5 ? 0 : Math.floor(random() * 600), repeatsAnswers: random() < 0.5,
    },
    faults: { workers: 2, strikes: 1 + Math.floor(random() * (stops ? 2 : 4)), by, at: stops || random() < 0.6 ? [point] : null, everyMs: 250, hitsMax: 2, random: seededRandom(seed) },
  };
}

describe('with one safeguard off, the same harness finds what it prevents', () => {
  it.each<[string, Partial<FileFaultRun>]>([
    ['bytes made anew at each delivery', { safeguards: { storedFile: false }, namesShowTime: true, target: { lostShare: 0.5 } }],
    ['a new name for each attempt', { safeguards: { sameName: false }, target: { lostShare: 0.5 } }],
    ['no look-up of a delivery in doubt', { safeguards: { lookUp: false }, target: { lostShare: 0.5, pickUpMs: 0 } }],
  ])('%s books twice', async (name, fault) => {
    let duplicates = 0;
    for (let round = 1; round <= ROUNDS_MAX && duplicates === 0; round += 1) ({ duplicates } = await run({ name: `OFF: ${name}`, postings: 48, ...fault, timeoutMs: 8_000 }));
    expect(duplicates).toBeGreaterThan(0);
  }, ROUNDS_MAX * TIMEOUT_MS);
});
