import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HEAP_LIMIT_MB, RESIDENT_LIMIT_MB, type Told } from './fuzz-protocol.js';
import { loadFormat } from './load-format.js';
import { mutantOf } from './one-mutant.js';
import { Watchdog } from './watchdog.js';

/** How often the watchdog looks. */
const WATCH_INTERVAL_MS = 500;
/** After so many failures the rest is not looked at: they have one cause, or there is enough to do. */
const FAILURES_MAX = 20;
const KEPT_FOLDER = resolve('var', 'fuzz');

/** A mutant that breaks an invariant. */
export interface FuzzFailure {
  readonly number: number;
  readonly problems: readonly string[];
}

export interface FuzzResult {
  readonly name: string;
  /** How many were read. */
  readonly mutants: number;
  readonly failures: readonly FuzzFailure[];
  /** Most memory a worker had resident. */
  readonly peakMb: number;
  /** The mutant that took most processor time. */
  readonly slowest: { readonly number: number; readonly milliseconds: number };
}

/**
 * Reads mutants `first` to `first + runs - 1` of a format in a worker process, in a new one after each that died or hung. Mutants that
 * fail are kept under `var/fuzz`.
 * @throws RangeError when the format is unknown or one of its seed files breaks an invariant itself.
 */
export async function fuzz(name: string, first: number, runs: number): Promise<FuzzResult> {
  const failures: FuzzFailure[] = [];
  let [from, peakMb, slowest] = [first, 0, { number: first, milliseconds: 0 }];
  while (from < first + runs && failures.length < FAILURES_MAX) {
    const end = await new Worker(name, first, from, runs).run();
    failures.push(...end.failures);
    peakMb = Math.max(peakMb, end.peakMb);
    if (end.slowest.milliseconds > slowest.milliseconds) slowest = end.slowest;
    from = end.next;
  }
  await keep(name, failures);
  return { name, mutants: from - first, failures, peakMb, slowest };
}

interface WorkerEnd {
  readonly failures: readonly FuzzFailure[];
  /** The first mutant it did not get to. */
  readonly next: number;
  readonly peakMb: number;
  readonly slowest: FuzzResult['slowest'];
}

/** One worker process, from its start to its end, whatever that is. */
class Worker {
  readonly #child: ChildProcess;
  readonly #failures: FuzzFailure[] = [];
  #current: number | null = null;
  #ended: WorkerEnd | null = null;
  /** Why the worker was killed. */
  #condemned: string | null = null;
  #failed: string | null = null;

  constructor(private readonly name: string, private readonly first: number, private readonly from: number, private readonly runs: number) {
    const execArgv = [`--max-old-space-size=${HEAP_LIMIT_MB}`, '--disable-warning=ExperimentalWarning'];
    this.#child = fork(join(import.meta.dirname, 'fuzz-worker.js'), [], { execArgv, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  }

  run(): Promise<WorkerEnd> {
    const watchdog = new Watchdog(this.#child.pid);
    const watch = setInterval(() => { if (this.#current !== null) this.#condemn(watchdog.look(this.#current)); }, WATCH_INTERVAL_MS);
    this.#child.on('message', (message) => { this.#hear(message as Told); });
    this.#child.send({ name: this.name, first: this.first, from: this.from, runs: this.runs });
    return new Promise((done, fail) => {
      this.#child.once('exit', (code, signal) => {
        clearInterval(watch);
        try {
          done(this.#condemned === null && this.#ended !== null ? this.#ended : this.#endedEarly(signal ?? `code ${code}`));
        } catch (error) {
          fail(error);
        }
      });
    });
  }

  #hear(told: Told): void {
    if (told.kind === 'begins') this.#current = told.number;
    else if (told.kind === 'breaks') this.#failures.push({ number: told.number, problems: told.problems });
    else if (told.kind === 'fat') this.#condemn(`the worker has ${Math.round(told.peakMb)} MB resident, ${RESIDENT_LIMIT_MB} are allowed`);
    else if (told.kind === 'failed') this.#failed = told.problem;
    else this.#ended = { failures: this.#failures, next: this.first + this.runs, peakMb: told.peakMb, slowest: told.slowest };
    if (this.#failures.length >= FAILURES_MAX) this.#child.kill('SIGKILL');
  }

  #condemn(problem: string | null): void {
    if (problem === null || this.#condemned !== null) return;
    this.#condemned = problem;
    this.#child.kill('SIGKILL');
  }

  /** @throws RangeError when it ended before a mutant could be the reason. */
  #endedEarly(how: string): WorkerEnd {
    if (this.#failed !== null || this.#current === null) throw new RangeError(this.#failed ?? `the worker ended with ${how} before the first mutant`);
    const enough = this.#failures.length >= FAILURES_MAX;
    if (!enough) this.#failures.push({ number: this.#current, problems: [this.#condemned ?? `the worker dies of it (${how})`] });
    return { failures: this.#failures, next: this.#current + 1, peakMb: 0, slowest: { number: this.#current, milliseconds: 0 } };
  }
}

async function keep(name: string, failures: readonly FuzzFailure[]): Promise<void> {
  if (failures.length === 0) return;
  const fuzzed = await loadFormat(name);
  const seeds = fuzzed.seeds();
  mkdirSync(KEPT_FOLDER, { recursive: true });
  for (const { number } of failures) writeFileSync(join(KEPT_FOLDER, `${name}-${number}`), mutantOf(fuzzed, seeds, number));
}
