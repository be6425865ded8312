import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BENCH_FOLDER } from './bench-database.js';
import type { BenchOptions } from './figure.js';
import { summarise, table, type Repetition, type Summary } from './report.js';
import { profilerOptions } from './sandbox-process.js';

const BENCHES = [
  'divided-limits', 'documents', 'documents/camt', 'documents/csv', 'documents/lockbox', 'documents/mt940', 'documents/ofx', 'documents/pdf', 'documents/xlsx', 'flat-files', 'layouts', 'mapping', 'matching', 'posting', 'start', 'sync',
] as const;
/** As the scripts and the image start every process of ours. */
const SHIPPED_FLAGS = ['--max-semi-space-size=8'];
const HELP = `npm run bench [-- NAME...] [-- --rows N] [-- --repeat N]; benches: ${BENCHES.join(', ')}`;

/** Runs benches one after the other, each in a process of its own. Exits with 1 when a result was wrong, never because it was slow. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { rows: { type: 'string' }, repeat: { type: 'string', default: '1' } } });
  const unknown = positionals.find((name) => matching(name).length === 0);
  if (unknown !== undefined) throw new RangeError(`there is no bench "${unknown}". ${HELP}`);
  const options: BenchOptions = { rows: values.rows === undefined ? null : wholeNumber('--rows', values.rows) };
  const repeat = wholeNumber('--repeat', values.repeat);
  const summaries: Summary[] = [];
  const wrong: string[] = [];
  for (const name of positionals.length === 0 ? BENCHES : new Set(positionals.flatMap(matching))) {
    const repetitions: Repetition[] = [];
    for (let count = 0; count < repeat; count += 1) {
      const repetition = await runOnce(name, options);
      if (repetition !== null) repetitions.push(repetition);
    }
    if (repetitions.length < repeat) wrong.push(name);
    if (repetitions.length > 0) process.stdout.write(`${table(summaries[summaries.push(summarise(name, repetitions)) - 1] as Summary)}\n`);
  }
  mkdirSync(BENCH_FOLDER, { recursive: true });
  const machine = { cores: cpus().length, processor: cpus()[0]?.model ?? 'unknown', memoryGb: Math.round(totalmem() / 2 ** 30), node: process.version };
  writeFileSync(join(BENCH_FOLDER, 'report.json'), `${JSON.stringify({ at: new Date().toISOString(), machine, options, wrong, benches: summaries }, null, 2)}\n`);
  if (wrong.length === 0) return;
  process.stderr.write(`Wrong results: ${wrong.join(', ')}\n`);
  process.exitCode = 1;
}

/** A bench by its name, and those of a folder by the folder's. */
function matching(name: string): readonly string[] {
  return BENCHES.filter((known) => known === name || known.startsWith(`${name}/`));
}

type Told = Pick<Repetition, 'figures' | 'cpuSeconds' | 'peakMb'>;

/** Null when the bench found a wrong result; it has said which. */
async function runOnce(name: string, options: BenchOptions): Promise<Repetition | null> {
  const child = fork(join(import.meta.dirname, 'one-bench.js'), [name, JSON.stringify(options)], { execArgv: [...SHIPPED_FLAGS, ...profilerOptions(name)] });
  const told: Told[] = [];
  child.on('message', (message) => told.push(message as Told));
  const start = performance.now();
  await once(child, 'exit');
  return told[0] === undefined ? null : { ...told[0], wallSeconds: (performance.now() - start) / 1000, loadAverage: loadavg()[0] ?? 0 };
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new RangeError(`${option} "${text}" is not a whole number from 1. ${HELP}`);
  return Number(text);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
