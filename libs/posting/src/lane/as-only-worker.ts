import { acquireLease, appendEvents, connectionIsActive, pauseConnection, renewLease, type Database, type Lease, type Transaction } from '#storage';
import type { PostingConnection, PostingLog } from '../ports.js';
import type { StoppableRun } from './stoppable-run.js';

/** How a drain ended. `nextInMs`: when the lane has work again, null when none is known. */
export interface DrainEnd {
  readonly ended: 'empty' | 'busy' | 'paused' | 'stopped' | 'laneLost';
  readonly nextInMs: number | null;
}

export interface LaneOptions {
  readonly database: Database;
  readonly connection: PostingConnection;
  readonly limits: { readonly laneLeaseMs: number };
  readonly byWhom: string;
  readonly log: PostingLog;
}

/** One way into a connection, and what is done on it. */
export interface LaneWork<Run extends StoppableRun, Counts> {
  /** Of the lease that makes us the only worker. */
  readonly leaseName: string;
  readonly begin: () => Run & { readonly counts: Counts };
  readonly work: (run: Run, laneLost: () => boolean) => Promise<void>;
  readonly nextInMs: (transaction: Transaction) => Promise<number | null>;
  readonly nothingDone: Counts;
  /** Gives the lease up, or keeps it for as long as the target wants to be left alone. */
  readonly leave: (lease: Lease) => Promise<unknown>;
}

/** Works one lane of a connection until nothing is due, as the only one to do so, and not at all while the connection is paused. A target that does not let us in pauses it. */
export async function asOnlyWorker<Run extends StoppableRun, Counts>(options: LaneOptions, lane: LaneWork<Run, Counts>): Promise<Counts & DrainEnd> {
  const { database, connection, limits, byWhom } = options;
  const lease = await acquireLease(database, `${lane.leaseName}:${connection.id}`, byWhom, limits.laneLeaseMs);
  if (lease === null) return { ...lane.nothingDone, ended: 'busy', nextInMs: limits.laneLeaseMs };
  const run = lane.begin();
  const keeper = keepLane(options, run, lease);
  try {
    if (!await database.inTenant(connection.tenantId, (transaction) => connectionIsActive(transaction, connection.id))) return { ...lane.nothingDone, ended: 'paused', nextInMs: null };
    await lane.work(run, keeper.isLost);
    return { ...run.counts, ...await endOf(options, run, lane.nextInMs, keeper.isLost()) };
  } finally {
    keeper.end();
    run.finish();
    await lane.leave(lease).catch((error: Error) => options.log('posting.laneNotReleased', { connection: connection.id, message: error.message }));
  }
}

/** Prolongs the right to the lane while we work; a lane that was lost stops at once. */
function keepLane({ database, limits, connection, log }: LaneOptions, run: StoppableRun, lease: Lease): { isLost: () => boolean; end: () => void } {
  let lost = false;
  const lose = (message: string): void => {
    lost = true;
    log('posting.laneLost', { connection: connection.id, message });
    run.stop();
  };
  const timer = setInterval(() => {
    renewLease(database, lease, limits.laneLeaseMs).then((kept) => { if (!kept) lose('another worker has it'); }, (error: Error) => lose(error.message));
  }, limits.laneLeaseMs / 3);
  return { isLost: () => lost, end: () => clearInterval(timer) };
}

async function endOf({ database, connection }: LaneOptions, run: StoppableRun, nextDueInMs: (transaction: Transaction) => Promise<number | null>, laneLost: boolean): Promise<DrainEnd> {
  const because = run.pausedBecause;
  const nextInMs = await database.inTenant(connection.tenantId, async (transaction) => {
    if (because === null) return nextDueInMs(transaction);
    if (await pauseConnection(transaction, connection.id, because)) {
      await appendEvents(transaction, [{ type: 'connection.paused', subject: 'connection', subjectId: connection.id, detail: { because } }]);
    }
    return null;
  });
  const ended = because !== null ? 'paused' : laneLost ? 'laneLost' : run.stopping ? 'stopped' : 'empty';
  return { ended, nextInMs: nextInMs === null ? null : Math.max(0, nextInMs) };
}
