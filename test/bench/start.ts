import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { BENCH_FOLDER, openBenchDatabase } from './bench-database.js';
import { atMost, WrongResult, type BenchFigure } from './figure.js';
import { cpuSecondsOfTree, residentMb } from './process-usage.js';

const HUB_PROGRAM = join(import.meta.dirname, '..', '..', 'apps', 'hub', 'src', 'main.js');
const STARTS = 5;
const SECONDS_MAX = 3;
const MEMORY_MB_MAX = 180;
/** After it a process is idle: what starting needed for a moment is given back or never will be. */
const SETTLE_MS = 2_000;

interface Start {
  readonly seconds: number;
  /** Tells a slow start from a busy machine. */
  readonly cpuSeconds: number;
  readonly idleMb: number;
  readonly peakMb: number;
}

/** P18 of the benchmark suite: from the command to "is running", and the memory of the idle process, for the API and the worker, on a migrated database. */
export async function run(): Promise<readonly BenchFigure[]> {
  const database = await openBenchDatabase();
  try {
    const figures: BenchFigure[] = [];
    for (const role of ['api', 'worker']) {
      const starts: Start[] = [];
      for (let count = 0; count < STARTS; count += 1) starts.push(await start(role, database.url));
      const bySeconds = starts.toSorted((left, right) => left.seconds - right.seconds);
      const median = bySeconds[Math.floor(STARTS / 2)] as Start;
      const worst = (of: (one: Start) => number): number => Math.max(...starts.map(of));
      figures.push(
        atMost(`P18 cold start, ${role}`, median.seconds, 's', SECONDS_MAX, `median of ${STARTS}, worst ${worst((one) => one.seconds).toFixed(2)} s; CPU ${median.cpuSeconds.toFixed(2)} s`),
        atMost(`P18 idle memory, ${role}`, worst((one) => one.idleMb), 'MB', MEMORY_MB_MAX, `resident, worst of ${STARTS}; while starting ${worst((one) => one.peakMb).toFixed(0)} MB`),
      );
    }
    return figures;
  } finally {
    await database.close();
  }
}

async function start(role: string, databaseUrl: string): Promise<Start> {
  const environment = { ...process.env, DATABASE_URL: databaseUrl, TRIBUTARY_PORT: '0', TRIBUTARY_DATA_DIRECTORY: join(BENCH_FOLDER, 'hub'), TRIBUTARY_LOG_LEVEL: 'warn' };
  const beganMs = performance.now();
  const child = spawn(process.execPath, ['--max-semi-space-size=8', HUB_PROGRAM, '--role', role], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  try {
    if (!await saysItRuns(child)) throw new WrongResult(`the hub (${role}) ended before it was running`);
    const seconds = (performance.now() - beganMs) / 1000;
    const cpuSeconds = cpuSecondsOfTree(child.pid ?? 0) ?? Number.NaN;
    await sleep(SETTLE_MS);
    const memory = residentMb(child.pid ?? 0) ?? { now: Number.NaN, peak: Number.NaN };
    return { seconds, cpuSeconds, idleMb: memory.now, peakMb: memory.peak };
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}

async function saysItRuns({ stdout }: ChildProcess): Promise<boolean> {
  if (stdout === null) return false;
  for await (const line of createInterface({ input: stdout })) if (line.includes('is running')) return true;
  return false;
}
