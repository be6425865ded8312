import { COMPLETED_KEPT_MS, EVENTS_KEPT_MAX, FAILED_KEPT_MS, type QueueBackend, WORKER_OPTIONS } from './queue-backend.js';
import type { QueueLog } from './queue-error.js';

const PREFIX = 'tributary';
const SECOND_MS = 1_000;
/** Age is what decides; the counts bound memory when a queue goes wild. */
const COMPLETED_KEPT_MAX = 10_000;
const FAILED_KEPT_MAX = 10_000;
const CONNECT_LIMIT_MS = 5_000;

/** BullMQ on Redis, for when one database is not enough. It removes finished jobs itself: there it is atomic. */
export async function openRedisBackend(redisUrl: string, log: QueueLog): Promise<QueueBackend> {
  const { createRedisBackend, withBackend } = await import('bullmq');
  const { Queue, Worker } = withBackend(createRedisBackend);
  const reportError = (name: string) => (error: Error): void => { log.warn(`Queue "${name}": ${error.message}`); };
  const connection = { url: redisUrl, connectTimeout: CONNECT_LIMIT_MS };
  return {
    kind: 'redis',
    keeping: {
      removeOnComplete: { age: COMPLETED_KEPT_MS / SECOND_MS, count: COMPLETED_KEPT_MAX },
      removeOnFail: { age: FAILED_KEPT_MS / SECOND_MS, count: FAILED_KEPT_MAX },
    },
    makeQueue(name) {
      // One retry, then an error: whoever enqueues must not hang on a Redis that is away.
      const queue = new Queue(name, {
        connection: { ...connection, maxRetriesPerRequest: 1 }, prefix: PREFIX, streams: { events: { maxLen: EVENTS_KEPT_MAX } },
      });
      queue.on('error', reportError(name));
      return queue;
    },
    makeWorker(name, processor, concurrency) {
      const worker = new Worker(name, (job, token, signal) => processor(job, token, signal), {
        connection: { ...connection, maxRetriesPerRequest: null }, prefix: PREFIX, concurrency, ...WORKER_OPTIONS,
      });
      worker.on('error', reportError(name));
      return worker;
    },
    removeFinished: () => Promise.resolve(0),
    close: () => Promise.resolve(),
  };
}
