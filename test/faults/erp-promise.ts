import { CRASH_POINTS } from '#posting';
import type { FaultRun, RunResult } from './fault-run.js';
import { scaled, SOUND, TIMEOUT_MS } from './scale.js';

/** A size of the reference, and what it is at least at a small scale. */
type Size = readonly [full: number, least: number];

/** Sizes follow from how fast the simulated vendor is: a run must be under way when the strikes fall. */
export interface ErpSizes {
  readonly killed: Size;
  readonly kills: Size;
  readonly killsEveryMs: number;
  readonly stopped: Size;
  readonly stops: Size;
  readonly answers: Size;
  /** Within how many passes of a named point a strike falls; left out: the fleet's own. */
  readonly hitsMax?: { readonly killed: number; readonly stopped: number };
}

/** A vendor with one call in flight, or of whole journals. As many stops as workers: an unarmed one could take the whole lane first. */
export const SLOW_VENDOR: ErpSizes = { killed: [1_000, 20], kills: [60, 2], killsEveryMs: 600, stopped: [500, 12], stops: [30, 2], answers: [1_000, 24], hitsMax: { killed: 3, stopped: 3 } };

export interface ErpPromise<Faults extends readonly unknown[]> {
  /** As the table of runs shows it. */
  readonly label: string;
  readonly sizes: ErpSizes;
  /** Answers lost, late and wrong, in the vendor's own ways. */
  readonly answers: Faults;
  readonly calm: Faults;
  readonly run: (fault: Omit<FaultRun, 'target'>, faults: Faults) => Promise<RunResult>;
}

/** What every connector that posts by calls must hold against its simulated vendor (reference, R1 to R3): each posting booked and verified, once. To be called within a `describe`. */
export function holdsThePromise<Faults extends readonly unknown[]>({ label, sizes, answers, calm, run }: ErpPromise<Faults>): void {
  const hits = (max: number | undefined): { hitsMax?: number } => (max === undefined ? {} : { hitsMax: max });

  it('R1: workers killed at any time', async () => {
    const postings = scaled(...sizes.killed);
    const faults = { workers: 2, strikes: scaled(...sizes.kills), everyMs: sizes.killsEveryMs };
    expect(await run({ name: `${label}: killed at any time`, postings, faults }, calm)).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);

  it('R1: workers killed at every named point', async () => {
    const postings = scaled(...sizes.killed);
    const faults = { workers: 2, strikes: scaled(sizes.kills[0], CRASH_POINTS.length), at: CRASH_POINTS, ...hits(sizes.hitsMax?.killed) };
    expect(await run({ name: `${label}: killed at named points`, postings, faults }, calm)).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);

  it('R2: workers stopped longer than their lease, armed with a request', async () => {
    const postings = scaled(...sizes.stopped);
    const faults = { workers: 2, strikes: scaled(...sizes.stops), by: 'SIGSTOP', at: ['beforeSend', 'afterIntent'], ...hits(sizes.hitsMax?.stopped) } as const;
    expect(await run({ name: `${label}: stopped before sending`, postings, faults }, calm)).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);

  it('R3: answers lost, late and wrong, commits later than we wait, 429s', async () => {
    const postings = scaled(...sizes.answers);
    expect(await run({ name: `${label}: answers lost, late, wrong`, postings }, answers)).toMatchObject({ ...SOUND, verified: postings });
  }, TIMEOUT_MS);
}
