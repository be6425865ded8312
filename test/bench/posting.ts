import { setTimeout as sleep } from 'node:timers/promises';
import { openBenchDatabase } from './bench-database.js';
import { atLeast, atMost, expectEqual, reported, WrongResult, type BenchFigure, type BenchOptions } from './figure.js';
import { startHubProcess } from './hub-process.js';
import { netSuiteConnection, startSandboxProcess, type SandboxProcess } from './sandbox-process.js';

const POSTINGS_DEFAULT = 50_000;
/** Two thirds of the sandbox's customers pay in USD; twice the invoices leave enough of them. */
const INVOICES_PER_POSTING = 2;
const GRANT = { ratePerSecond: 200, burst: 20 };
const LOST_ANSWERS = 0.005;
const SERVER_ERRORS = 0.01;
const GRANT_SHARE_MIN = 0.95;
const THROTTLED_SHARE_MAX = 0.01;
const SAMPLE_EVERY_MS = 2_000;

interface Sample {
  readonly seconds: number;
  readonly granted: number;
  readonly throttled: number;
}

/**
 * P11 of the benchmark suite: payments into an account that grants 200 requests a second (burst 20), loses the answer of 0.5 % of
 * bookings and fails 1 %, half of those after booking. The grant counts every request, look-ups and read-backs too. Held against
 * the grant while there is enough to do: the last seconds only wait for a few postings in doubt.
 */
export async function run(options: BenchOptions): Promise<readonly BenchFigure[]> {
  const wanted = options.rows ?? POSTINGS_DEFAULT;
  const database = await openBenchDatabase();
  const sandbox = await startSandboxProcess(['--profile', 'large', '--invoices', String(wanted * INVOICES_PER_POSTING), '--customers', String(Math.max(10, Math.round(wanted / 10)))]);
  const hub = startHubProcess();
  try {
    await hub.open(database.url, netSuiteConnection(sandbox.access));
    await hub.run('full');
    expectEqual('payments finalized', await hub.finalize(wanted), wanted);
    await misbehave(sandbox);
    const samples: Sample[] = [await sample(sandbox, 0)];
    const posting = hub.post();
    await watch(sandbox, posting, samples);
    const posted = await posting;
    await expectOnce(sandbox, wanted);
    const { rows } = await database.owner.query<{ state: string; postings: string }>('SELECT state, count(*) AS postings FROM posting GROUP BY state ORDER BY state');
    expectEqual('states of all postings', rows.map((row) => `${row.state} ${row.postings}`).join(', '), `verified ${wanted}`);
    return figures(samples, wanted, posted.wallSeconds, posted.cpuSeconds);
  } finally {
    await hub.stop();
    await sandbox.stop();
    await database.close();
  }
}

async function misbehave(sandbox: SandboxProcess): Promise<void> {
  await sandbox.control('PATCH', 'settings', { grant: GRANT });
  await sandbox.control('POST', 'faults', { kind: 'loseAnswer', requestClass: 'create', probability: LOST_ANSWERS });
  await sandbox.control('POST', 'faults', { kind: 'failBefore', requestClass: 'create', probability: SERVER_ERRORS / 2 });
  await sandbox.control('POST', 'faults', { kind: 'failAfter', requestClass: 'create', probability: SERVER_ERRORS / 2 });
}

async function watch(sandbox: SandboxProcess, posting: Promise<unknown>, samples: Sample[]): Promise<void> {
  const start = performance.now();
  const ended = posting.then(() => true, () => true);
  while (!await Promise.race([ended, sleep(SAMPLE_EVERY_MS, false)])) samples.push(await sample(sandbox, (performance.now() - start) / 1000));
}

async function sample(sandbox: SandboxProcess, seconds: number): Promise<Sample> {
  const { granted, throttled } = await sandbox.control('GET', 'stats');
  return { seconds, granted: Number(granted), throttled: Number(throttled) };
}

/** The account's own books: every key once, and they add up. */
async function expectOnce(sandbox: SandboxProcess, postings: number): Promise<void> {
  const { keyed, duplicates } = await sandbox.control('GET', 'stats');
  expectEqual('duplicates in the account', JSON.stringify(duplicates), '[]');
  expectEqual('payments in the account', keyed, postings);
  await sandbox.control('POST', 'check');
}

function figures(samples: readonly Sample[], postings: number, wallSeconds: number, cpuSeconds: number): BenchFigure[] {
  const [first] = samples;
  const last = samples.findLast((one) => one.granted - (first?.granted ?? 0) < postings * GRANT_SHARE_MIN);
  if (first === undefined || last === undefined || last.seconds === 0) throw new WrongResult('too few postings to measure: take more');
  const possible = GRANT.burst + GRANT.ratePerSecond * last.seconds;
  const [granted, throttled] = [last.granted - first.granted, last.throttled - first.throttled];
  return [
    atLeast('P11 share of the grant used', granted / possible, 'of limit', GRANT_SHARE_MIN, `limit: ${GRANT.ratePerSecond} requests/s, burst ${GRANT.burst}; over ${last.seconds.toFixed(0)} s`),
    atMost('P11 share of 429s', throttled / (granted + throttled), 'of requests', THROTTLED_SHARE_MAX),
    atMost('P11 duplicates', 0, 'postings', 0, `${postings} postings, each verified by read-back, the account's books checked`),
    reported('P11 postings to the end', postings / wallSeconds, 'postings/s', `${wallSeconds.toFixed(1)} s; hub CPU ${cpuSeconds.toFixed(1)} s`),
  ];
}
