import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchDatabase } from './bench-database.js';
import { atLeast, atMost, expectEqual, reported, WrongResult, type BenchFigure } from './figure.js';
import { NetSuiteForeignClient, type ForeignAnswers } from './netsuite-foreign-client.js';
import { netSuiteConnection, startSandboxProcess, type SandboxProcess } from './sandbox-process.js';
import { postBeside, type DividedRun } from './divided-posting.js';

/** Requests in flight the account takes, and how they are divided: the hub's share is its setting, the other client always uses the rest. */
const PROFILES = [{ limit: 5, ours: 3, postings: 150 }, { limit: 15, ours: 10, postings: 500 }] as const;
/** What each request takes in the account, whatever it is. */
const REQUEST_MS = 300;
const REQUEST_CLASSES = ['query', 'read', 'create', 'update', 'delete', 'async'] as const;
const ALONE_MS = 4_000;
const PAUSE_AFTER_REFUSAL_MS = 250;
const INVOICES_PER_POSTING = 4;
/** Of the postings, after which the last ones only wait to be verified. */
const WORKING_SHARE = 0.9;
/** The first sends wait for the first look at the books; a long run does not notice. */
const WARM_UP_SECONDS = 3;
const GRANT_SHARE_MIN = 0.95;
const FOREIGN_REFUSED_MAX = 0.01;
const FOREIGN_SHARE_MIN = 0.95;

type Profile = typeof PROFILES[number];

interface Alone {
  readonly perSecond: number;
  readonly perSecondOfPlace: number;
  readonly slowestMs: number;
}

/** NetSuite: an account whose requests in flight are shared. @param rows postings of the first profile; null for the usual number */
export async function measureDividedAccount(database: BenchDatabase, rows: number | null): Promise<BenchFigure[]> {
  const scale = rows === null ? 1 : rows / PROFILES[0].postings;
  const profiles = PROFILES.map((profile) => ({ ...profile, postings: Math.ceil(profile.postings * scale) }));
  const invoices = profiles.reduce((sum, { postings }) => sum + postings * INVOICES_PER_POSTING, 0);
  const sandbox = await startSandboxProcess(['--profile', 'large', '--invoices', String(invoices), '--customers', '50']);
  try {
    const figures: BenchFigure[] = [];
    let keyed = 0;
    for (const profile of profiles) {
      figures.push(...await measure(database, sandbox, profile as Profile));
      keyed += profile.postings;
    }
    const stats = await sandbox.control('GET', 'stats');
    expectEqual('duplicates in the account', JSON.stringify(stats['duplicates']), '[]');
    expectEqual('payments in the account', stats['keyed'], keyed);
    return figures;
  } finally {
    await sandbox.stop();
  }
}

async function measure(database: BenchDatabase, sandbox: SandboxProcess, { limit, ours, postings }: Profile): Promise<BenchFigure[]> {
  const foreign = await NetSuiteForeignClient.signIn(sandbox.access, PAUSE_AFTER_REFUSAL_MS);
  let alone: Alone | null = null;
  // Reading the account first is not part of it: no latency, no other client.
  await sandbox.control('PATCH', 'settings', { concurrencyLimit: limit, latencyMs: {} });
  try {
    const run = await postBeside<ForeignAnswers>({
      database, connection: netSuiteConnection(sandbox.access, ours), postings,
      beforePosting: async () => {
        await sandbox.control('PATCH', 'settings', { latencyMs: Object.fromEntries(REQUEST_CLASSES.map((requestClass) => [requestClass, REQUEST_MS])) });
        foreign.start(limit - ours);
        alone = await watchAlone(foreign, limit - ours);
      },
      sample: async () => {
        const [{ granted, throttled }, answers] = [await sandbox.control('GET', 'stats'), foreign.answers()];
        return { granted: Number(granted) - answers.answered, refused: Number(throttled) - answers.refused, foreign: answers };
      },
    });
    if (alone === null) throw new WrongResult('the other client was not watched alone');
    return figures(`P12 NetSuite ${limit} in flight, ${ours} ours`, run, { ours, postings, alone });
  } finally {
    await foreign.stop();
  }
}

async function watchAlone(foreign: NetSuiteForeignClient, places: number): Promise<Alone> {
  const start = performance.now();
  await sleep(ALONE_MS);
  const { answered, waitsMs } = foreign.answers();
  const perSecond = answered / ((performance.now() - start) / 1000);
  return { perSecond, perSecondOfPlace: perSecond / places, slowestMs: Math.max(...waitsMs) };
}

function figures(name: string, { samples, posted }: DividedRun<ForeignAnswers>, { ours, postings, alone }: { readonly ours: number; readonly postings: number; readonly alone: Alone }): BenchFigure[] {
  const [before] = samples;
  const first = samples.find((one) => one.seconds >= WARM_UP_SECONDS);
  const last = samples.findLast((one) => one.granted - (before?.granted ?? 0) < postings * WORKING_SHARE);
  if (first === undefined || last === undefined || last.seconds <= first.seconds) throw new WrongResult(`${name}: too few postings to measure; take more`);
  const seconds = last.seconds - first.seconds;
  const [granted, refused] = [last.granted - first.granted, last.refused - first.refused];
  const [answered, foreignRefused] = [last.foreign.answered - first.foreign.answered, last.foreign.refused - first.foreign.refused];
  const waits = last.foreign.waitsMs.slice(first.foreign.answered).toSorted((left, right) => left - right);
  return [
    // A client that keeps its places full, in the same run and on the same machine, is what a place gives.
    atLeast(`${name}: of its places used`, granted / seconds / (ours * alone.perSecondOfPlace), 'of limit', GRANT_SHARE_MIN,
      `limit: ${ours} places at ${alone.perSecondOfPlace.toFixed(2)} requests/s each, measured by the other client alone; ${granted} in ${seconds.toFixed(1)} s, ${refused} refused; hub CPU ${posted.cpuSeconds.toFixed(1)} s for ${postings} postings`),
    reported(`${name}: of its places' time`, granted * REQUEST_MS / 1000 / (ours * seconds), 'of time', `the account works ${REQUEST_MS} ms on each request; what line and machine add counts as unused`),
    atMost(`${name}: other client, refused`, foreignRefused / Math.max(1, answered + foreignRefused), 'of requests', FOREIGN_REFUSED_MAX, `${foreignRefused} of ${answered + foreignRefused}`),
    atLeast(`${name}: other client, beside alone`, answered / seconds / alone.perSecond, 'of answers', FOREIGN_SHARE_MIN, `alone ${alone.perSecond.toFixed(1)} a second`),
    reported(`${name}: other client, p99 wait`, waits[Math.floor(waits.length * 0.99)] ?? 0, 'ms', `slowest ${(waits.at(-1) ?? 0).toFixed(0)} ms; alone ${alone.slowestMs.toFixed(0)} ms`),
  ];
}
