import { hostname } from 'node:os';
import { lanesDue, rouseStuckBatches, rouseStuckPostings, type Database } from '#storage';
import { drain, type DrainReport } from './lane/drain.js';
import { drainFiles, type FileDrainReport } from './file/drain-files.js';
import { FILE_LIMITS, type FileLimits } from './file/file-limits.js';
import { LANE_LIMITS, type LaneLimits } from './lane/lane-limits.js';
import { Pacer } from './lane/pacer.js';
import { writeDoorOf, type CrashPointHook, type FileCrashPoint, type OpenPostingConnection, type PostingConnection, type PostingLog, type WakeLane } from './ports.js';
import { ALL_SAFEGUARDS, POSTING_LIMITS, type PostingLimits, type Safeguards } from './rules/next-action.js';
import { BATCH_STATES, BATCH_STATE_NAMES } from './rules/batch-state.js';
import { ALL_FILE_SAFEGUARDS, BATCH_LIMITS, type BatchLimits, type FileSafeguards } from './rules/next-batch-action.js';
import { POSTING_STATES, POSTING_STATE_NAMES } from './rules/posting-state.js';

/** Asking a connector for its concurrency touches no network; the signal is there because a context has one. */
const PACER_ASK_MS = 10_000;

export interface PostingLaneDependencies {
  readonly database: Database;
  readonly openConnection: OpenPostingConnection;
  readonly wake: WakeLane;
  readonly log: PostingLog;
  readonly limits?: Partial<LaneLimits>;
  readonly postingLimits?: Partial<PostingLimits>;
  readonly fileLimits?: Partial<FileLimits>;
  readonly batchLimits?: Partial<BatchLimits>;
  /** Only the fault harness passes these. */
  readonly safeguards?: Partial<Safeguards>;
  readonly crashPoint?: CrashPointHook;
  readonly fileSafeguards?: Partial<FileSafeguards>;
  readonly fileCrashPoint?: (point: FileCrashPoint) => void | Promise<void>;
}

/** Of both ways into a connection. `files`: null where it takes none. */
export interface LaneReport extends DrainReport {
  readonly files: FileDrainReport | null;
}

const NO_CALLS: DrainReport = { claimed: 0, sent: 0, verified: 0, lookUps: 0, lost: 0, failed: 0, ended: 'empty', nextInMs: null };

/** Sends what is due, one connection at a time and never two workers on the same one. Stateless but for the learned pace. */
export class PostingLane {
  readonly #pacers = new Map<string, Pacer>();
  readonly #byWhom = `lane@${hostname()}/${process.pid}`;

  constructor(private readonly dependencies: PostingLaneDependencies) {}

  /**
   * Works the connection's lane until nothing is due, then asks to be woken for what is due later. Safe to call at any time and
   * from anywhere: who is not needed leaves at once. @throws when the database fails; the rows say how to go on.
   */
  async drain(tenantId: string, connectionId: string, signal: AbortSignal): Promise<LaneReport> {
    const connection = await this.dependencies.openConnection(tenantId, connectionId);
    const { fileDoor, write } = connection.connector;
    const files = fileDoor === undefined ? null : await this.#drainFiles(connection, signal);
    // A connection without either door has no postings; asking the write door says so.
    const calls = write === undefined && files !== null ? NO_CALLS : await this.#drainCalls(connection, signal);
    const nextInMs = [calls, files].flatMap((report) => (report === null || report.ended === 'stopped' ? [] : report.nextInMs ?? []));
    if (nextInMs.length > 0) this.dependencies.wake(tenantId, connectionId, Math.ceil(Math.min(...nextInMs)));
    return { ...calls, files };
  }

  async #drainFiles(connection: PostingConnection, signal: AbortSignal): Promise<FileDrainReport> {
    const { database, log, fileLimits, batchLimits, fileSafeguards, fileCrashPoint } = this.dependencies;
    const report = await drainFiles({
      database, connection, log, signal, byWhom: this.#byWhom, limits: { ...FILE_LIMITS, ...fileLimits }, batchLimits: { ...BATCH_LIMITS, ...batchLimits },
      safeguards: { ...ALL_FILE_SAFEGUARDS, ...fileSafeguards }, crashPoint: fileCrashPoint ?? (() => undefined),
    });
    log('posting.filesDrained', { connection: connection.id, ended: report.ended, closed: report.closed, delivered: report.delivered, answered: report.answered, lookUps: report.lookUps });
    return report;
  }

  async #drainCalls(connection: PostingConnection, signal: AbortSignal): Promise<DrainReport> {
    const { database, log, limits, postingLimits, safeguards, crashPoint } = this.dependencies;
    const report = await drain({
      database, connection, log, signal, byWhom: this.#byWhom, pacer: this.#pacerOf(connection),
      limits: { ...LANE_LIMITS, ...limits }, postingLimits: { ...POSTING_LIMITS, ...postingLimits }, safeguards: { ...ALL_SAFEGUARDS, ...safeguards },
      crashPoint: crashPoint ?? (() => undefined),
    });
    log('posting.drained', { connection: connection.id, ended: report.ended, claimed: report.claimed, sent: report.sent, verified: report.verified, lookUps: report.lookUps, lost: report.lost });
    return report;
  }

  #pacerOf(connection: PostingConnection): Pacer {
    const key = `${connection.tenantId}/${connection.id}`;
    const known = this.#pacers.get(key);
    if (known !== undefined) return known;
    const door = writeDoorOf(connection);
    const pacer = new Pacer(Math.max(1, door.concurrency(connection.context(AbortSignal.timeout(PACER_ASK_MS)))));
    this.#pacers.set(key, pacer);
    return pacer;
  }
}

export interface PostingJanitorDependencies {
  readonly database: Database;
  readonly wake: WakeLane;
  readonly log: PostingLog;
}

const BATCH_LANE_STATES = BATCH_STATE_NAMES.filter((state) => BATCH_STATES[state].turn === 'lane');
const LANE_STATES = POSTING_STATE_NAMES.filter((state) => POSTING_STATES[state].turn === 'lane');

/** Finds what nobody was woken for: expired leases, waits that are over, postings whose wake was lost with a queue. Run it every few seconds. */
export class PostingJanitor {
  constructor(private readonly dependencies: PostingJanitorDependencies) {}

  /** Wakes every lane with due postings; gives how many lanes, and how many postings were stuck (an alarm when not zero). */
  async sweep(): Promise<{ readonly lanes: number; readonly stuck: number }> {
    const { database, wake, log } = this.dependencies;
    let lanes = 0;
    let stuck = 0;
    for (const tenantId of await database.listTenantIds()) {
      const found = await database.inTenant(tenantId, async (transaction) => ({
        stuck: await rouseStuckPostings(transaction, LANE_STATES) + await rouseStuckBatches(transaction, BATCH_LANE_STATES), due: await lanesDue(transaction),
      }));
      if (found.stuck > 0) log('posting.stuck', { tenant: tenantId, postings: found.stuck });
      for (const connectionId of found.due) wake(tenantId, connectionId, 0);
      lanes += found.due.length;
      stuck += found.stuck;
    }
    return { lanes, stuck };
  }
}
