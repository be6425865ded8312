import type { Logger } from 'pino';
import { wakeWaitingSyncs, type HubServices } from './services.js';

/** Connections read at a time by one worker process; each is one stream, mostly waiting for its source. */
const SYNC_CONCURRENCY = 4;
/** Lanes worked at a time; each sends up to its connector's own limit. */
const LANE_CONCURRENCY = 4;
/** Matching is computation: more than one at a time would only share the core. */
const MATCHING_CONCURRENCY = 1;
/** Reading is computation, as matching is. */
const DOCUMENT_CONCURRENCY = 1;
const JANITOR_EVERY_MS = 5_000;
const SCHEDULER_EVERY_MS = 15_000;

/** Task names of the `maintenance` queue. */
const TASKS = { janitor: 'posting-janitor', scheduler: 'sync-scheduler' } as const;

/** Makes this process a worker: one handler per queue, the janitors on their rhythm. */
export async function startWorker(services: HubServices, log: Logger): Promise<void> {
  const { queues } = services;
  queues.handle('sync', async ({ tenantId, connectionId }, { signal }) => {
    await services.checks.perform(tenantId, connectionId, signal);
    await services.sync.drain(tenantId, connectionId, signal);
    await services.settlements.look(tenantId, connectionId);
    // On the syncs' schedule: what waits in folders is news of the same source.
    await services.inbox.drain(tenantId, connectionId, signal);
  }, { concurrency: SYNC_CONCURRENCY });
  queues.handle('posting', async ({ tenantId, connectionId }, { signal }) => {
    await services.lane.drain(tenantId, connectionId, signal);
  }, { concurrency: LANE_CONCURRENCY });
  queues.handle('matching', async ({ tenantId }, { signal }) => {
    await services.matching.run(tenantId, { signal });
  }, { concurrency: MATCHING_CONCURRENCY });
  queues.handle('documents', async ({ tenantId, documentId }) => {
    await services.receivedDocuments.process(tenantId, documentId);
    await services.wake.wakeMatching(tenantId);
  }, { concurrency: DOCUMENT_CONCURRENCY });
  queues.handle('maintenance', async ({ task }) => {
    if (task === TASKS.janitor) await services.janitor.sweep();
    else if (task === TASKS.scheduler) await wakeWaitingSyncs(services);
    else throw new Error(`there is no maintenance task "${task}"; there are ${Object.values(TASKS).join(', ')}`);
  }, { concurrency: 1 });
  await queues.startWorkers();
  await queues.schedule('maintenance', TASKS.janitor, { everyMs: JANITOR_EVERY_MS }, { task: TASKS.janitor });
  await queues.schedule('maintenance', TASKS.scheduler, { everyMs: SCHEDULER_EVERY_MS }, { task: TASKS.scheduler });
  // What an earlier process left behind is picked up now, not at the janitors' next turn.
  await services.janitor.sweep();
  await wakeWaitingSyncs(services);
  log.info({ queue: queues.backendKind }, 'worker started');
}
