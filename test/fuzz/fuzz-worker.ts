import { MUTANT_LIMIT_MS, type Order, RESIDENT_LIMIT_MB, type Told } from './fuzz-protocol.js';
import { loadFormat } from './load-format.js';
import { mutantOf, readMutant, seedProblems } from './one-mutant.js';

/** Tells before each mutant which one it is, so that a death or a hang has a number. Talks to {@link ./fuzz-run.ts}. */
async function main(order: Order): Promise<void> {
  const fuzzed = await loadFormat(order.name);
  const seeds = fuzzed.seeds();
  if (order.from === order.first) await readSeeds(fuzzed, seeds);
  for (let number = order.from; number < order.first + order.runs; number += 1) {
    tell({ kind: 'begins', number });
    const bytes = mutantOf(fuzzed, seeds, number);
    const start = process.cpuUsage();
    let problems: readonly string[];
    try {
      problems = await readMutant(fuzzed, bytes, number);
    } catch (error) {
      problems = [`it throws ${error instanceof Error ? error.stack ?? error.message : String(error)}`];
    }
    const { user, system } = process.cpuUsage(start);
    const milliseconds = (user + system) / 1_000;
    const slow = milliseconds > MUTANT_LIMIT_MS ? [`it takes ${Math.round(milliseconds)} ms of processor time, ${MUTANT_LIMIT_MS} are allowed`] : [];
    if (problems.length + slow.length > 0) tell({ kind: 'breaks', number, problems: [...problems, ...slow] });
    const peakMb = process.resourceUsage().maxRSS / 1024;
    if (peakMb > RESIDENT_LIMIT_MB) tell({ kind: 'fat', number, peakMb });
    if (milliseconds > slowest.milliseconds) slowest = { number, milliseconds };
  }
  tell({ kind: 'done', peakMb: process.resourceUsage().maxRSS / 1024, slowest });
}

let slowest = { number: 0, milliseconds: 0 };

async function readSeeds(fuzzed: Awaited<ReturnType<typeof loadFormat>>, seeds: readonly Uint8Array[]): Promise<void> {
  for (const [index, seed] of seeds.entries()) {
    const problems = await seedProblems(fuzzed, seed);
    if (problems.length > 0) throw new RangeError(`seed file ${index} of ${String(fuzzed.format)} itself: ${problems.join('; ')}`);
  }
}

function tell(told: Told): void {
  process.send?.(told);
}

process.once('message', (order) => {
  main(order as Order).then(() => { process.disconnect(); }, (error: unknown) => {
    tell({ kind: 'failed', problem: error instanceof Error ? error.message : String(error) });
    process.disconnect();
  });
});
