/** A worker of posting files as a process of its own: `node file-worker-program.js '<FileWorkerOrders as JSON>'`. Drains one lane until it is told or made to stop. */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PostingJanitor, PostingLane, type FileCrashPoint, type FileLimits, type FileSafeguards } from '#posting';
import { Database } from '#storage';
import { mockFileConnection, type MockFileSettings } from './mock-file-connector.js';

export interface FileWorkerOrders {
  readonly databaseUrl: string;
  readonly tenantId: string;
  readonly connectionId: string;
  readonly settings: MockFileSettings;
  readonly limits: Partial<FileLimits>;
  readonly safeguards: Partial<FileSafeguards>;
  /** Die, or stop until somebody continues us, the `hit`-th time this point is passed. */
  readonly strike: { readonly point: FileCrashPoint; readonly hit: number; readonly by: 'SIGKILL' | 'SIGSTOP' } | null;
}

const JANITOR_MS = 50;
const orders = JSON.parse(process.argv[2] ?? '{}') as FileWorkerOrders;
const { tenantId, connectionId, strike } = orders;
const database = new Database({ url: orders.databaseUrl, poolSize: 4 });
const connection = mockFileConnection(orders.settings, { tenantId, connectionId });
const stop = new AbortController();
let hits = 0;
let due = false;

const lane = new PostingLane({
  database, openConnection: () => Promise.resolve(connection), wake: () => undefined, fileLimits: orders.limits, fileSafeguards: orders.safeguards,
  log: (event, detail) => { if (event === 'posting.closingFailed') say({ failed: detail?.['message'] ?? '' }); },
  fileCrashPoint: (point) => {
    if (strike === null || strike.point !== point) return;
    hits += 1;
    if (hits !== strike.hit) return;
    say({ struck: point });
    process.kill(process.pid, strike.by);
  },
});
/** The janitor is this worker's only source of work: every wake is lost, as with an emptied queue. */
const janitor = new PostingJanitor({ database, log: () => undefined, wake: () => { due = true; } });

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

/** Written at once: a process about to be stopped or killed has no later. */
function say(what: object): void {
  writeSync(1, `${JSON.stringify(what)}\n`);
}
