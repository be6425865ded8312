export { openQueues } from './open-queues.js';
export type { QueueOptions } from './open-queues.js';
export { Queues } from './queues.js';
export type { EnqueueOptions, JobHandler, JobRun, QueueCounts, Rhythm } from './queues.js';
export { checkedPayload, QUEUE_NAMES, QUEUES } from './queue-catalog.js';
export type { QueueName, QueuePayload } from './queue-catalog.js';
export { QueueError } from './queue-error.js';
export type { QueueLog } from './queue-error.js';
