import type { Logger } from 'pino';
import type { Queues } from '#queue';

/** Tells workers that something waits for them. A lost wake-up costs time, never work: janitors look into the tables. */
export class Wake {
  constructor(private readonly queues: Queues, private readonly log: Logger) {}

  readonly sync = (tenantId: string, connectionId: string): void => {
    this.#try(() => this.queues.enqueue('sync', { tenantId, connectionId }, { deduplicationId: `${tenantId}-${connectionId}` }));
  };

  readonly lane = (tenantId: string, connectionId: string, inMs: number): void => {
    const deduplicationId = inMs > 0 ? `${tenantId}-${connectionId}-later` : `${tenantId}-${connectionId}`;
    this.#try(() => this.queues.enqueue('posting', { tenantId, connectionId }, { deduplicationId, ...(inMs > 0 ? { delayMs: inMs } : {}) }));
  };

  readonly matching = (tenantId: string): void => {
    this.#try(() => this.queues.enqueue('matching', { tenantId }, { deduplicationId: tenantId }));
  };

  #try(enqueue: () => Promise<void>): void {
    enqueue().catch((error: unknown) => { this.log.warn({ err: error }, 'a wake-up was lost; the janitor makes up for it'); });
  }
}
