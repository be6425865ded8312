import type { Logger } from 'pino';
import type { Queues } from '#queue';
import type { Wake } from './api/tokens.js';

/** Tells workers that something waits for them. A lost wake-up costs time, never work: janitors look into the tables. */
export class QueueWake implements Wake {
  constructor(private readonly queues: Queues, private readonly log: Logger) {}

  wakeSync(tenantId: string, connectionId: string): Promise<void> {
    return this.#try(() => this.queues.enqueue('sync', { tenantId, connectionId }, { deduplicationId: `${tenantId}-${connectionId}` }));
  }

  wakePosting(tenantId: string, connectionId: string): Promise<void> {
    return this.wakePostingIn(tenantId, connectionId, 0);
  }

  wakePostingIn(tenantId: string, connectionId: string, inMs: number): Promise<void> {
    const deduplicationId = inMs > 0 ? `${tenantId}-${connectionId}-later` : `${tenantId}-${connectionId}`;
    return this.#try(() => this.queues.enqueue('posting', { tenantId, connectionId }, { deduplicationId, ...(inMs > 0 ? { delayMs: inMs } : {}) }));
  }

  wakeMatching(tenantId: string): Promise<void> {
    return this.#try(() => this.queues.enqueue('matching', { tenantId }, { deduplicationId: tenantId }));
  }

  wakeDocument(tenantId: string, documentId: string): Promise<void> {
    return this.#try(() => this.queues.enqueue('documents', { tenantId, documentId }, { deduplicationId: `${tenantId}-${documentId}` }));
  }

  async #try(enqueue: () => Promise<void>): Promise<void> {
    try {
      await enqueue();
    } catch (error) {
      this.log.warn({ err: error }, 'a wake-up was lost; the janitor makes up for it');
    }
  }
}
