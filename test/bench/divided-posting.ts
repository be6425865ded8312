import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchDatabase } from './bench-database.js';
import { expectEqual } from './figure.js';
import { startHubProcess } from './hub-process.js';
import type { HubConnection } from './hub-program.js';
import type { Posted } from './posting-hub.js';

const SAMPLE_EVERY_MS = 500;

/** Both clients' counts at one time while the hub posts. */
export interface DividedSample<Foreign> {
  readonly seconds: number;
  /** The hub's own requests so far. */
  readonly granted: number;
  readonly refused: number;
  readonly foreign: Foreign;
}

export interface DividedRun<Foreign> {
  readonly samples: readonly DividedSample<Foreign>[];
  readonly posted: Posted;
}

/** Connects, reads, finalizes so many payments, and posts them while somebody else works in the same account. Every posting must end verified. */
export async function postBeside<Foreign>(
  { database, connection, postings, beforePosting, sample }: {
    readonly database: BenchDatabase; readonly connection: HubConnection; readonly postings: number;
    /** Sets the limits and starts the other client. */
    readonly beforePosting: () => Promise<void>;
    readonly sample: () => Promise<Omit<DividedSample<Foreign>, 'seconds'>>;
  },
): Promise<DividedRun<Foreign>> {
  const hub = startHubProcess();
  try {
    const { connectionId } = await hub.open(database.url, connection);
    await hub.run('full');
    expectEqual('payments finalized', await hub.finalize(postings), postings);
    await beforePosting();
    const start = performance.now();
    const samples: DividedSample<Foreign>[] = [{ seconds: 0, ...await sample() }];
    const posting = hub.post();
    const ended = posting.then(() => true, () => true);
    while (!await Promise.race([ended, sleep(SAMPLE_EVERY_MS, false)])) samples.push({ seconds: (performance.now() - start) / 1000, ...await sample() });
    const posted = await posting;
    const { rows } = await database.owner.query<{ state: string; postings: string }>('SELECT state, count(*) AS postings FROM posting WHERE connection_id = $1 GROUP BY state ORDER BY state', [connectionId]);
    expectEqual('states of all postings', rows.map((row) => `${row.state} ${row.postings}`).join(', '), `verified ${postings}`);
    return { samples, posted };
  } finally {
    await hub.stop();
  }
}
