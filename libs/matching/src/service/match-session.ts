import { setImmediate as othersTurn } from 'node:timers/promises';
import { acquireLease, holdsLease, releaseLease, renewLease, type Database, type Lease, type Transaction } from '#storage';
import { MatchingError } from './matching-error.js';
import { MATCH_LEASE_MS, SLICE_MS } from './matching-limits.js';

const RENEW_AFTER_MS = MATCH_LEASE_MS / 3;

/** One tenant's right to match, while it lasts: two runs at once would promise one document to two payments. */
export class MatchSession {
  #renewedAt = performance.now();

  private constructor(
    private readonly database: Database, readonly tenantId: string, private readonly lease: Lease, private readonly signal: AbortSignal | undefined,
  ) {}

  /** Runs `work` under the tenant's lease. @throws MatchingError `busy` when another run of the tenant is under way, or took over. */
  static async hold<T>(database: Database, tenantId: string, signal: AbortSignal | undefined, work: (session: MatchSession) => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    const lease = await acquireLease(database, `matching:${tenantId}`, `matching/${process.pid}`, MATCH_LEASE_MS);
    if (lease === null) throw new MatchingError('busy', 'a match run of this tenant is under way: ask again when it has ended');
    try {
      return await work(new MatchSession(database, tenantId, lease, signal));
    } finally {
      await releaseLease(database, lease);
    }
  }

  read<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    this.signal?.throwIfAborted();
    return this.database.inTenant(this.tenantId, work);
  }

  /** One transaction that commits only while the lease is ours. @throws MatchingError `busy` */
  async commit<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    this.signal?.throwIfAborted();
    await this.#keepLease();
    return this.database.inTenant(this.tenantId, async (transaction) => {
      if (!await holdsLease(transaction, this.lease)) throw overtaken();
      return work(transaction);
    });
  }

  /** Runs a computation to its end in slices of {@link SLICE_MS}; requests, timers and the lease get their turn in between. */
  async compute<T>(steps: Generator<undefined, T>): Promise<T> {
    let until = performance.now() + SLICE_MS;
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (performance.now() < until) continue;
      await othersTurn();
      this.signal?.throwIfAborted();
      await this.#keepLease();
      until = performance.now() + SLICE_MS;
    }
  }

  async #keepLease(): Promise<void> {
    if (performance.now() - this.#renewedAt < RENEW_AFTER_MS) return;
    if (!await renewLease(this.database, this.lease, MATCH_LEASE_MS)) throw overtaken();
    this.#renewedAt = performance.now();
  }
}

function overtaken(): MatchingError {
  return new MatchingError('busy', 'another match run of this tenant took over; nothing of this batch was saved');
}
