/** FAULT_RUNS=500 runs so many seeded plans per door, FAULT_SEED=123 begins with that one (and FAULT_RUNS=1 replays it alone). */
export const SEEDED_RUNS = Number(process.env['FAULT_RUNS'] ?? '4');
export const FIRST_SEED = Number(process.env['FAULT_SEED'] ?? '1');
/** Most of a run is waiting for leases and processing times: several at a time cost hardly more than one. */
export const SEEDS_AT_ONCE = 6;

/** What all seeds left behind; `problems` names each seed that is not sound. */
export interface SeedTotals {
  readonly runs: number;
  readonly postings: number;
  readonly strikes: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly problems: readonly string[];
}

export interface SeedResult { readonly postings: number; readonly strikes: number; readonly duplicates: number; readonly lost: number }

/**
 * Runs the plans of consecutive seeds, a few at a time, and adds them up. No seed stops the others: what one found, or threw, stands in `problems`.
 * @param run one seed's run, and what of its result is not as it should be (null: it is sound).
 */
export async function runSeeds(run: (seed: number) => Promise<{ readonly result: SeedResult; readonly problem: string | null }>): Promise<SeedTotals> {
  const results: SeedResult[] = [];
  const problems: string[] = [];
  let next = FIRST_SEED;
  const work = async (): Promise<void> => {
    while (next < FIRST_SEED + SEEDED_RUNS) {
      const seed = next;
      next += 1;
      try {
        const { result, problem } = await run(seed);
        results.push(result);
        if (problem !== null) problems.push(`seed ${seed}: ${problem}`);
      } catch (error) {
        problems.push(`seed ${seed}: ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: SEEDS_AT_ONCE }, work));
  const sum = (count: keyof SeedResult): number => results.reduce((total, result) => total + result[count], 0);
  return { runs: results.length, postings: sum('postings'), strikes: sum('strikes'), duplicates: sum('duplicates'), lost: sum('lost'), problems };
}

/** Which figures of a result are not what they should be; null when all are. */
export function differenceOf(result: object, wanted: Readonly<Record<string, number | bigint>>): string | null {
  const found = new Map(Object.entries(result));
  const wrong = Object.entries(wanted).filter(([name, value]) => found.get(name) !== value);
  return wrong.length === 0 ? null : wrong.map(([name, value]) => `${name} is ${String(found.get(name))}, not ${value}`).join(', ');
}

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of several, by dice. */
export function oneOf<T>(random: () => number, first: T, ...others: readonly T[]): T {
  return [first, ...others][Math.floor(random() * (others.length + 1))] ?? first;
}
