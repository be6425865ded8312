import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchDatabase } from './bench-database.js';
import type { BusinessCentralAccess, BusinessCentralOrder } from './business-central-program.js';
import { startChildServer } from './child-server.js';
import { atLeast, atMost, expectEqual, reported, WrongResult, type BenchFigure } from './figure.js';
import type { HubConnection } from './hub-program.js';
import { controlOf, type Control } from './sandbox-process.js';
import { postBeside, type DividedRun } from './divided-posting.js';

/** Twenty requests a second, as the product's 6,000 in five minutes; a window this short slides several times in one run. */
const REQUESTS_MAX = 200;
const WINDOW_MS = 10_000;
const WINDOWS = 3;
/** The hub's share, as a person sets it: what the other client leaves, less a few requests that two clocks may disagree about. */
const OURS = 135;
const POSTINGS_DEFAULT = 120;
const INVOICES_PER_POSTING = 4;
/** About six requests a second: three tenths of what the app is granted. */
const FOREIGN = { concurrency: 1, holdMs: 20, pauseMs: 145, backOffMs: 500 };
const ALONE_MS = 4_000;
const JOURNAL = 'TRIBUTARY';
const GRANT_SHARE_MIN = 0.95;
const FOREIGN_REFUSED_MAX = 0.01;
const FOREIGN_SHARE_MIN = 0.95;

interface Foreign {
  readonly asked: number;
  readonly granted: number;
  readonly throttled: number;
  readonly waitedMaxMs: number;
}

/** Business Central: an app whose requests in a sliding window are shared. */
export async function measureDividedTenant(database: BenchDatabase, rows: number | null): Promise<BenchFigure[]> {
  const postings = rows ?? POSTINGS_DEFAULT;
  const order: BusinessCentralOrder = { customers: 40, invoices: postings * INVOICES_PER_POSTING, settings: {}, journalCode: JOURNAL };
  const server = await startChildServer<BusinessCentralAccess>('business-central-program', order);
  const control = controlOf(server.access.url);
  try {
    let alonePerSecond = 0;
    const run = await postBeside<Foreign>({
      database, connection: connectionTo(server.access), postings,
      beforePosting: async () => {
        await control('PATCH', 'settings', { requestsMax: REQUESTS_MAX, requestWindowMs: WINDOW_MS });
        await sleep(WINDOW_MS - ALONE_MS);
        await control('POST', 'foreign-client', FOREIGN);
        await sleep(ALONE_MS);
        alonePerSecond = (await foreignOf(control)).granted / ALONE_MS * 1000;
      },
      sample: async () => {
        const [{ granted, throttled }, foreign] = [await control('GET', 'stats'), await foreignOf(control)];
        return { granted: Number(granted), refused: Number(throttled), foreign };
      },
    });
    await control('DELETE', 'foreign-client');
    const { duplicates } = await control('GET', 'stats');
    expectEqual('duplicates in the ledger', JSON.stringify(duplicates), '[]');
    await control('POST', 'check');
    return figures(run, postings, alonePerSecond);
  } finally {
    await server.stop();
  }
}

async function foreignOf(control: Control): Promise<Foreign> {
  return await control('GET', 'foreign-client') as unknown as Foreign;
}

function connectionTo({ url, environment, companyId, tenantId, clientId, clientSecret }: BusinessCentralAccess): HubConnection {
  return { connector: 'business-central', secrets: { clientSecret }, config: { tenantId, clientId, environment, companyId, timeZone: 'America/New_York', journalCode: JOURNAL, serviceUrl: url, loginUrl: url, requestsMax: OURS, requestWindowSeconds: WINDOW_MS / 1000 } };
}

function figures({ samples, posted }: DividedRun<Foreign>, postings: number, alonePerSecond: number): BenchFigure[] {
  const [first] = samples;
  // In whole windows, however they lie, no more than so many times the share is granted.
  const windows = Math.min(WINDOWS, Math.floor((samples.at(-1)?.seconds ?? 0) * 1000 / WINDOW_MS));
  const last = samples.findLast((one) => one.seconds * 1000 <= windows * WINDOW_MS);
  if (first === undefined || last === undefined || windows === 0) throw new WrongResult('too few postings to measure: take more');
  const [granted, refused] = [last.granted - first.granted, last.refused - first.refused];
  const foreign = { asked: last.foreign.asked - first.foreign.asked, granted: last.foreign.granted - first.foreign.granted, throttled: last.foreign.throttled - first.foreign.throttled };
  const name = `P12 Business Central ${REQUESTS_MAX} in ${WINDOW_MS / 1000} s, ${OURS} ours`;
  return [
    atLeast(`${name}: of its share used`, granted / (OURS * last.seconds * 1000 / WINDOW_MS), 'of limit', GRANT_SHARE_MIN,
      `${granted} requests in ${last.seconds.toFixed(1)} s, the other needs ${alonePerSecond.toFixed(1)} a second; ${refused} refused; hub CPU ${posted.cpuSeconds.toFixed(1)} s for ${postings} postings in ${posted.wallSeconds.toFixed(0)} s`),
    atMost(`${name}: other client, refused`, foreign.throttled / Math.max(1, foreign.asked), 'of requests', FOREIGN_REFUSED_MAX, `${foreign.throttled} of ${foreign.asked}`),
    atLeast(`${name}: other client, beside alone`, foreign.granted / last.seconds / alonePerSecond, 'of answers', FOREIGN_SHARE_MIN, `alone ${alonePerSecond.toFixed(1)} a second`),
    reported(`${name}: other client, longest wait for a place`, last.foreign.waitedMaxMs, 'ms', 'in the queue of the five places the app shares'),
  ];
}
