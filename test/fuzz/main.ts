import { parseArgs } from 'node:util';
import { fuzz, type FuzzResult } from './fuzz-run.js';
import { formatNames } from './load-format.js';

const RUNS = '50000';
const HELP = `npm run fuzz -- FORMAT... [--runs ${RUNS}] [--seed 1]; formats: ${formatNames(import.meta.dirname).join(', ')}`;

/** Fuzzes formats one after the other; all of them when none is named. Exits with 1 when a mutant broke an invariant. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { runs: { type: 'string', default: RUNS }, seed: { type: 'string', default: '1' } } });
  const [runs, seed] = [wholeNumber('--runs', values.runs), wholeNumber('--seed', values.seed)];
  for (const name of positionals.length === 0 ? formatNames(import.meta.dirname) : positionals) {
    const result = await fuzz(name, seed, runs);
    process.stdout.write(report(result));
    if (result.failures.length > 0) process.exitCode = 1;
  }
}

function report({ name, mutants, failures, peakMb, slowest }: FuzzResult): string {
  const lines = failures.map(({ number, problems }) => `${name} mutant ${number}: ${problems.join('; ')}\n    again: npm run fuzz -- ${name} --runs 1 --seed ${number} (its bytes: var/fuzz/${name}-${number})`);
  const sum = `${name}: ${mutants} mutants, ${failures.length} failures, at most ${Math.round(peakMb)} MB resident, slowest ${slowest.number} with ${Math.round(slowest.milliseconds)} ms`;
  return `${[...lines, sum].join('\n')}\n`;
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new RangeError(`${option} "${text}" is not a whole number from 1. ${HELP}`);
  return Number(text);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
