import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { formatNames } from './load-format.js';

/** A small share of what `npm run fuzz` reads; other seeds than its default, so that both together see more. */
const RUNS = 500;
const SEED = 900_001;
const PROGRAM = resolve('dist', 'test', 'fuzz', 'main.js');

async function run(...words: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM, ...words], { timeout: 55_000 });
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { readonly code: number; readonly stdout: string; readonly stderr: string };
    return { code, output: stdout + stderr };
  }
}

describe('a damaged file', () => {
  it.each(formatNames(resolve('test', 'fuzz')))('of format %s breaks no promise of the readers', async (name) => {
    const { code, output } = await run(name, '--runs', String(RUNS), '--seed', String(SEED));
    expect([code, output]).toEqual([0, expect.stringMatching(new RegExp(`^${name}: ${RUNS} mutants, 0 failures`))]);
  });

  it('of a format that nobody fuzzes is refused with the formats there are', async () => {
    await expect(run('no-such-format')).resolves.toEqual({ code: 2, output: expect.stringContaining('there are bai2') as string });
  });
});

describe('the runner', () => {
  it.each([
    ['hang', 1, /mutant 5: it hangs: no end after \d+ ms[^]*again: npm run fuzz -- hang --runs 1 --seed 5 /],
    ['memory', 1, /the worker has \d+ MB resident, 512 are allowed/],
    ['throw', 1, /it throws TypeError: planted/],
    ['death', 2, /mutant 5: the worker dies of it \(\w+\)[^]*mutant 6: the worker dies of it[^]*death: 2 mutants, 2 failures/],
    ['pieces', 12, /read in \d+ pieces it is not what it is in one: version/],
  ])('finds a reader with a planted %s', async (name, runs, expected) => {
    expect(await run(name, '--runs', String(runs), '--seed', '5')).toEqual({ code: 1, output: expect.stringMatching(expected) as string });
  });

  it('does not fuzz from a seed file that breaks a promise itself or is not taken whole', async () => {
    expect(await run('bad-seed', '--runs', '1')).toEqual({ code: 2, output: expect.stringMatching(/seed file 0 .* itself: it is not taken whole.*the refusal names no place/) as string });
  });
});
