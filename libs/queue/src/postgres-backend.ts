import { setTimeout as sleep } from 'node:timers/promises';
import type { PgPool } from 'bullmq';
import { Pool } from 'pg';
import { COMPLETED_KEPT_MS, EVENTS_KEPT_MAX, FAILED_KEPT_MS, type QueueBackend, WORKER_OPTIONS } from './queue-backend.js';
import { QUEUE_NAMES } from './queue-catalog.js';
import type { QueueLog } from './queue-error.js';

const SCHEMA = 'bullmq';
/** Each worker keeps one connection in LISTEN; the rest serves the statements of all queues and workers together. */
const STATEMENT_CONNECTIONS_MAX = 6;
const CONNECT_LIMIT_MS = 5_000;
const CLOSE_LIMIT_MS = 2_000;
const REMOVED_AT_ONCE_MAX = 500;
const REMOVAL_ROUNDS_MAX = 200;

/**
 * BullMQ on Postgres: one pool for everything, schema `bullmq` in the hub's own database. Finished jobs are removed by
 * our own statement: BullMQ's removal by age or count deadlocks with busy workers and fails jobs that succeeded.
 */
export async function openPostgresBackend(databaseUrl: string, log: QueueLog): Promise<QueueBackend> {
  const { createPostgresBackend, runMigrations, withBackend } = await import('bullmq');
  const pool = new Pool({
    connectionString: databaseUrl,
    max: QUEUE_NAMES.length + STATEMENT_CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    keepAlive: true,
    application_name: 'tributary queue',
    options: `-c search_path=${SCHEMA},public`,
  });
  // Each queue and worker adds its listeners to the one pool; that is no leak.
  pool.setMaxListeners(0);
  pool.on('error', (error) => { log.warn(`The queue lost a connection to Postgres (${error.message}); it is made again.`); });
  try {
    const client = await pool.connect();
    try {
      await runMigrations(client, SCHEMA);
    } finally {
      client.release();
    }
  } catch (error) {
    await pool.end();
    throw error;
  }
  const { Queue, Worker } = withBackend(createPostgresBackend);
  // BullMQ describes the pool in its own words, narrower in places than pg's types; it is made for a pg.Pool.
  const connection = pool as unknown as PgPool;
  const reportError = (name: string) => (error: Error): void => { log.warn(`Queue "${name}": ${error.message}`); };
  return {
    kind: 'postgres',
    keeping: { removeOnComplete: false, removeOnFail: false },
    makeQueue(name) {
      const queue = new Queue(name, { connection, streams: { events: { maxLen: EVENTS_KEPT_MAX } } });
      queue.on('error', reportError(name));
      return queue;
    },
    makeWorker(name, processor, concurrency) {
      const worker = new Worker(name, (job, token, signal) => processor(job, token, signal), { connection, concurrency, ...WORKER_OPTIONS });
      worker.on('error', reportError(name));
      return worker;
    },
    removeFinished: () => removeFinished(pool),
    // A handler that outstayed the close limit may still hold a connection: the process ends anyway.
    close: () => Promise.race([pool.end(), sleep(CLOSE_LIMIT_MS, undefined, { ref: false })]),
  };
}

/** Rows somebody else works on are passed over, in id order, a few at a time: no two sweeps and no worker wait for it. */
const REMOVAL = `
  delete from ${SCHEMA}.job using (
    select queue, id from ${SCHEMA}.job
     where queue = any ($1)
       and (state = 'completed' and finished_at_ms < $2 or state = 'failed' and finished_at_ms < $3)
     order by queue, id
     limit ${REMOVED_AT_ONCE_MAX}
       for update skip locked
  ) as finished
  where job.queue = finished.queue and job.id = finished.id`;

async function removeFinished(pool: Pool): Promise<number> {
  const now = Date.now();
  let removed = 0;
  for (let round = 0; round < REMOVAL_ROUNDS_MAX; round += 1) {
    const { rowCount } = await pool.query(REMOVAL, [[...QUEUE_NAMES], now - COMPLETED_KEPT_MS, now - FAILED_KEPT_MS]);
    removed += rowCount ?? 0;
    if ((rowCount ?? 0) < REMOVED_AT_ONCE_MAX) break;
  }
  return removed;
}
