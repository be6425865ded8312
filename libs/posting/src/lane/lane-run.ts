import type { PlannedStep } from '#canonical';
import { isOffered, type Context, type WriteDoor } from '#connector-kit';
import type { Database } from '#storage';
import { writeDoorOf, type CrashPoint, type PostingConnection, type PostingLog } from '../ports.js';
import type { PostingLimits, Safeguards } from '../rules/next-action.js';
import { leaseMsOf, NEEDS_NO_WAIT, type LaneLimits } from './lane-limits.js';
import { Ledger } from './ledger.js';
import type { Pacer, Turn } from './pacer.js';
import { StoppableRun } from './stoppable-run.js';

export interface LaneRunOptions {
  readonly database: Database;
  readonly connection: PostingConnection;
  readonly pacer: Pacer;
  readonly limits: LaneLimits;
  readonly postingLimits: PostingLimits;
  readonly safeguards: Safeguards;
  readonly crashPoint: (point: CrashPoint, kind: 'payment' | 'reversal') => void | Promise<void>;
  readonly log: PostingLog;
  readonly byWhom: string;
  readonly signal: AbortSignal;
}

export interface LaneCounts {
  claimed: number;
  sent: number;
  verified: number;
  lookUps: number;
  lost: number;
  failed: number;
}

/** What everybody who works on one drain of one lane has in common. */
export class LaneRun extends StoppableRun {
  readonly door: WriteDoor;
  readonly sendTimeoutMs: number;
  readonly ledger: Ledger;
  readonly counts: LaneCounts = { claimed: 0, sent: 0, verified: 0, lookUps: 0, lost: 0, failed: 0 };

  constructor(readonly options: LaneRunOptions) {
    super(options.signal);
    this.door = writeDoorOf(options.connection);
    this.sendTimeoutMs = this.door.sendTimeoutMs(options.connection.context(options.signal));
    this.ledger = new Ledger(options.database, options.connection.tenantId, {
      leaseMs: this.leaseMs, byWhom: options.byWhom, elapsed: this.elapsed, databaseClock: this.databaseClock,
    });
  }

  get leaseMs(): number {
    return leaseMsOf(this.sendTimeoutMs, this.options.limits);
  }

  /** For calls that change nothing: bounded by the same time-out as a send. Each request of theirs counts on the turn. */
  askContext(turn: Turn): Context {
    const context = this.options.connection.context(AbortSignal.timeout(this.sendTimeoutMs));
    return {
      ...context,
      now: () => context.now(),
      fetch: (input, init) => {
        turn.noteRequest();
        return context.fetch(input, init);
      },
    };
  }

  /**
   * How long to wait before a step without an answer may be sent again. Where the target itself refuses a second record under
   * the same key, or twice is the same as once, a late commit cannot book twice and there is nothing to wait for; elsewhere it is as long as a request for this
   * step may still commit after we stopped waiting. @throws RangeError when the connection does not offer the step's operation. */
  processingMsOf(step: PlannedStep): number {
    const capability = this.options.connection.capabilities.operations[step.operation];
    if (!isOffered(capability)) throw new RangeError(`"${step.operation}" is not offered by this connection: ${capability.because}`);
    return NEEDS_NO_WAIT.has(capability.duplicateGuard) ? 0 : capability.processingMsMax;
  }
}
