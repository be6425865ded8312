import { openPostgresBackend } from './postgres-backend.js';
import type { QueueLog } from './queue-error.js';
import { Queues } from './queues.js';
import { openRedisBackend } from './redis-backend.js';

export interface QueueOptions {
  /** The hub's database; jobs live in its schema `bullmq`. */
  readonly databaseUrl: string;
  /** Moves the jobs to Redis; nothing else changes. */
  readonly redisUrl?: string | undefined;
  readonly log: QueueLog;
  /** The pause after a first failure. Default 2 s. */
  readonly retryDelayMs?: number;
}

/**
 * Opens the queues; makes or updates BullMQ's schema on the way. The library is loaded here and not before: it costs
 * about 180 ms and 25 MB that a process without queues should not pay.
 */
export async function openQueues({ databaseUrl, redisUrl, log, retryDelayMs }: QueueOptions): Promise<Queues> {
  const { UnrecoverableError, WaitingError } = await import('bullmq');
  const backend = redisUrl ? await openRedisBackend(redisUrl, log) : await openPostgresBackend(databaseUrl, log);
  return new Queues(backend, log, (message) => new UnrecoverableError(message), () => new WaitingError(), retryDelayMs);
}
