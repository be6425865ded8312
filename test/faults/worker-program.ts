/** A posting worker as a process of its own: `node worker-program.js '<WorkerOrders as JSON>'`. Drains one lane until it is told or made to stop. */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PostingJanitor, PostingLane, type CrashPoint, type LaneLimits, type OpenPostingConnection, type Safeguards } from '#posting';
import { Database } from '#storage';
import { mockConnection, type MockSettings } from './mock-connector.js';

export interface WorkerOrders {
  readonly databaseUrl: string;
  readonly tenantId: string;
  readonly connectionId: string;
  /** Of the mock ERP; null: the connection as it is stored. */
  readonly settings: MockSettings | null;
  /** Of a stored connection: longest its target commits after we hung up; null: as the connector says. */
  readonly processingMsMax: number | null;
  readonly limits: Partial<LaneLimits>;
  readonly safeguards: Partial<Safeguards>;
  /** Die, or stop until somebody continues us, the `hit`-th time this point is passed by this kind of posting. */
  readonly strike: { readonly point: CrashPoint; readonly kind: 'payment' | 'reversal' | 'any'; readonly hit: number; readonly by: 'SIGKILL' | 'SIGSTOP' } | null;
}

const JANITOR_MS = 100;
const orders = JSON.parse(process.argv[2] ?? '{}') as WorkerOrders;
const { tenantId, connectionId, strike } = orders;
const database = new Database({ url: orders.databaseUrl, poolSize: 4 });
const openConnection = await connectionOpener();
const stop = new AbortController();
let hits = 0;

const lane = new PostingLane({
  database, openConnection, wake: () => undefined, limits: orders.limits, safeguards: orders.safeguards,
  log: (event, detail) => { if (event === 'posting.failed') say({ failed: detail?.['message'] ?? '' }); },
  crashPoint: (point, kind) => {
    if (strike === null || strike.point !== point || (strike.kind !== 'any' && strike.kind !== kind)) return;
    hits += 1;
    if (hits !== strike.hit) return;
    say({ struck: point });
    process.kill(process.pid, strike.by);
  },
});
/** The janitor is this worker's only source of work: every wake is lost, as with an emptied queue. */
const janitor = new PostingJanitor({ database, log: () => undefined, wake: () => { due = true; } });
let due = false;

process.on('SIGTERM', () => stop.abort());
say({ ready: true });
while (!stop.signal.aborted) {
  try {
    due = false;
    await janitor.sweep();
    if (due) await lane.drain(tenantId, connectionId, stop.signal);
  } catch (error) {
    say({ error: error instanceof Error ? error.message : String(error) });
  }
  await sleep(JANITOR_MS);
}
await database.close();

/** One object for the worker's life: gates, tokens and pace are kept with it. */
async function connectionOpener(): Promise<OpenPostingConnection> {
  if (orders.settings === null) {
    // Loaded here alone: all connectors and their mappings take longer to load than a short run works.
    const { openedStored } = await import('./stored-connection.js');
    return openedStored(database, orders.processingMsMax);
  }
  const connection = mockConnection(orders.settings, { tenantId, connectionId });
  return () => Promise.resolve(connection);
}

/** Written at once: a process about to be stopped or killed has no later. */
function say(what: object): void {
  writeSync(1, `${JSON.stringify(what)}\n`);
}
