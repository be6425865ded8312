import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityName } from '#canonical';
import type { OpenConnection } from '#connections';
import { ConnectorError, type Context } from '#connector-kit';
import { holdsLease, renewLease, type Database, type Lease, type SyncRun, type Transaction } from '#storage';
import { READ_RETRIES_MAX, retryDelayMs } from './rules/sync-rules.js';

/** A page must be fetched and stored well within this; it is renewed while a run goes on. */
export const SYNC_LEASE_MS = 60_000;
const RENEW_AFTER_MS = SYNC_LEASE_MS / 3;

/** Raised when another worker took the connection over: this one stops at once and leaves everything as committed. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** One run on one connection: its lease, its transactions, its patience with the source. */
export class SyncSession {
  #renewedAt: number;

  constructor(
    readonly database: Database,
    readonly connection: OpenConnection,
    readonly run: SyncRun,
    readonly signal: AbortSignal,
    private readonly lease: Lease,
    private readonly monotonicMs: () => number,
    private readonly random: () => number,
  ) {
    this.#renewedAt = monotonicMs();
  }

  context(): Context {
    return this.connection.context(this.signal);
  }

  entities(order: readonly EntityName[]): EntityName[] {
    return order.filter((entity) => this.connection.connector.read[entity] !== undefined && this.connection.capabilities.read[entity] !== undefined);
  }

  /** One transaction that commits only while the lease is ours. @throws LeaseLostError */
  async commit<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    await this.keepLease();
    return this.database.inTenant(this.connection.tenantId, async (transaction) => {
      if (!await holdsLease(transaction, this.lease)) throw new LeaseLostError(`another worker took over connection ${this.connection.id}`);
      return work(transaction);
    });
  }

  /** Renews the lease when a third of it has passed. For long work between commits. */
  async keepLease(): Promise<void> {
    if (this.monotonicMs() - this.#renewedAt < RENEW_AFTER_MS) return;
    if (!await renewLease(this.database, this.lease, SYNC_LEASE_MS)) throw new LeaseLostError(`another worker took over connection ${this.connection.id}`);
    this.#renewedAt = this.monotonicMs();
  }

  /**
   * Runs a reading attempt again after rate limits and passing faults, until it ends or {@link READ_RETRIES_MAX} attempts in a row made no progress.
   * `attempt` calls `progressed` after each page it committed.
   */
  async patiently(attempt: (progressed: () => void) => Promise<void>): Promise<void> {
    let failures = 0;
    for (;;) {
      try {
        await attempt(() => { failures = 0; });
        return;
      } catch (error) {
        const wait = waitWanted(error);
        if (wait === undefined || failures >= READ_RETRIES_MAX) throw error;
        failures += 1;
        await this.#pause(retryDelayMs(failures, wait, this.random()));
      }
    }
  }

  async #pause(delayMs: number): Promise<void> {
    const until = this.monotonicMs() + delayMs;
    for (let left = delayMs; left > 0; left = until - this.monotonicMs()) {
      await sleep(Math.min(left, RENEW_AFTER_MS), undefined, { signal: this.signal });
      await this.keepLease();
    }
  }
}

/** The delay the source asks for, null when it names none, undefined when waiting would not help. */
function waitWanted(error: unknown): number | null | undefined {
  if (!(error instanceof ConnectorError)) return undefined;
  switch (error.failure.kind) {
    case 'rateLimited': return error.failure.retryAfterMs;
    case 'transient':
    // A read books nothing: an answer that never came is simply asked for again.
    case 'outcomeUnknown': return null;
    case 'auth':
    case 'invalid':
    case 'conflict':
    case 'notSupported': return undefined;
  }
}
