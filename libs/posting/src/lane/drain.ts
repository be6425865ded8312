import { claimPostings, nextDueInMs, releaseLease, releasePostings, renewLease, type Lease, type Transaction } from '#storage';
import { vendorText } from './answer-to-transition.js';
import { asOnlyWorker, type DrainEnd } from './as-only-worker.js';
import { carry } from './carry.js';
import { CarriedPosting } from './carried-posting.js';
import { LaneRun, type LaneCounts, type LaneRunOptions } from './lane-run.js';
import { LeaseLost, LedgerError } from './ledger.js';
import { Questions } from './questions.js';
import { SendGate } from './send-gate.js';

export interface DrainReport extends LaneCounts, DrainEnd {}

const NOTHING_DONE: LaneCounts = { claimed: 0, sent: 0, verified: 0, lookUps: 0, lost: 0, failed: 0 };
const POLL_MS = 25;
/** Seconds of work a lane holds claims for: at first, and at most. */
const CARRIED_SECONDS_FIRST = 1.5;
const CARRIED_SECONDS_MAX = 4;
/** How much longer, and how soon again, while turns stand idle although everything wanted is in hand. */
const CARRIED_SECONDS_STEP = 0.25;
const CARRIED_RAISE_EVERY_MS = 250;
const ARMED_SECONDS = 0.15;

/** Works one connection's lane until nothing is due, as the only one to do so. */
export async function drain(options: LaneRunOptions): Promise<DrainReport> {
  return asOnlyWorker(options, {
    leaseName: 'posting-lane', nothingDone: NOTHING_DONE, begin: () => new LaneRun(options), leave: (lease) => leaveLane(options, lease),
    nextInMs: (transaction) => nextInMs(options, transaction), work: (run, laneLost) => new Drainer(run, laneLost).work(),
  });
}

/** Asked before the lane is left: whoever waits so long finds it free. */
async function nextInMs({ connection, pacer }: LaneRunOptions, transaction: Transaction): Promise<number | null> {
  const dueInMs = await nextDueInMs(transaction, connection.id);
  return dueInMs === null ? null : Math.max(dueInMs, pacer.heldForMs());
}

/** A target that asked to be left alone is left alone by every worker: the lane stays taken for as long. */
async function leaveLane({ database, pacer }: LaneRunOptions, lane: Lease): Promise<void> {
  const heldForMs = pacer.heldForMs();
  if (heldForMs > 0) await renewLease(database, lane, heldForMs);
  else await releaseLease(database, lane);
}

class Drainer {
  readonly #carried = new Set<Promise<void>>();
  readonly #tools;
  #broken: unknown = null;
  #carriedSeconds = CARRIED_SECONDS_FIRST;
  #raisedAtMs = performance.now();

  constructor(private readonly run: LaneRun, private readonly laneLost: () => boolean) {
    const { pacer, connection } = run.options;
    const concurrency = Math.max(1, run.door.concurrency(connection.context(AbortSignal.timeout(run.sendTimeoutMs))));
    this.#tools = { run, questions: new Questions(run), gate: new SendGate(() => concurrency + Math.ceil(pacer.perSecond() * ARMED_SECONDS)) };
  }

  async work(): Promise<void> {
    const { lingerMs } = this.run.options.limits;
    let idleSinceMs = performance.now();
    while (!this.run.stopping && this.#broken === null) {
      const claimed = await this.#claim();
      if (claimed > 0 || this.#carried.size > 0) idleSinceMs = performance.now();
      if (claimed > 0) continue;
      if (performance.now() - idleSinceMs > lingerMs) break;
      if (this.#carried.size === 0 && this.run.options.pacer.heldForMs() > lingerMs) break;
      await Promise.race([...this.#carried, new Promise<void>((resolve) => { setTimeout(resolve, POLL_MS); })]);
    }
    await Promise.all(this.#carried);
    if (this.#broken !== null && !this.laneLost()) throw this.#broken;
  }

  /** Takes as many postings as the lane works off in a moment; gives how many. */
  async #claim(): Promise<number> {
    const { database, connection, limits, pacer, crashPoint } = this.run.options;
    if (pacer.heldForMs() > POLL_MS) return 0;
    const wanted = Math.min(limits.carriedMax, Math.max(limits.carriedMin, Math.ceil(pacer.perSecond() * this.#carriedSeconds)));
    this.#considerSeconds(wanted);
    const room = Math.min(limits.claimMax, wanted - this.#carried.size);
    if (room < Math.min(limits.claimMax, wanted / 4)) return 0;
    const beganAtMs = this.run.elapsed.nowMs();
    const claim = await database.inTenant(connection.tenantId, (transaction) => claimPostings(transaction, connection.id, room, this.run.leaseMs));
    if (claim.postings.length === 0) return 0;
    this.run.databaseClock.noteReading(claim.nowMs);
    for (const row of claim.postings) {
      const posting = new CarriedPosting(row, claim.steps.filter((step) => step.postingId === row.id), claim.leaseToken, beganAtMs + this.run.leaseMs);
      this.run.counts.claimed += 1;
      await crashPoint('afterClaim', posting.kind);
      const carried = this.#carry(posting).finally(() => { this.#carried.delete(carried); });
      this.#carried.add(carried);
    }
    return claim.postings.length;
  }

  /**
   * A posting is mostly asked about, and where one request takes 300 ms its questions take seconds: then everything in hand waits for
   * answers at times and nobody for a turn. More in hand fills these gaps; a quick target never needs it.
   */
  #considerSeconds(wanted: number): void {
    const now = performance.now();
    if (now - this.#raisedAtMs < CARRIED_RAISE_EVERY_MS || this.#carried.size < wanted / 2 || !this.run.options.pacer.idle()) return;
    this.#carriedSeconds = Math.min(CARRIED_SECONDS_MAX, this.#carriedSeconds + CARRIED_SECONDS_STEP);
    this.#raisedAtMs = now;
  }

  /** Never throws: what happens to one posting must not stop the others. Its lease ends by itself, and then the rows tell what to do. */
  async #carry(posting: CarriedPosting): Promise<void> {
    const { database, connection, log } = this.run.options;
    try {
      if (await carry(this.#tools, posting) === 'untouched') {
        await database.inTenant(connection.tenantId, (transaction) => releasePostings(transaction, [posting.id], posting.leaseToken));
      }
    } catch (error) {
      if (error instanceof LeaseLost) {
        this.run.counts.lost += 1;
        return;
      }
      this.run.counts.failed += 1;
      const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      log('posting.failed', { posting: posting.id, connection: connection.id, message });
      if (error instanceof LedgerError || !await this.#handOver(posting, message)) this.#broken ??= error;
    }
  }

  /** A mistake of ours or of a connector's in one posting: a person looks at it, the lane goes on. */
  async #handOver(posting: CarriedPosting, message: string): Promise<boolean> {
    try {
      await this.run.ledger.write(posting, { to: 'attention', because: vendorText(`the hub could not go on: ${message}`), evidence: { error: vendorText(message) } });
      return true;
    } catch (error) {
      return error instanceof LeaseLost;
    }
  }
}
