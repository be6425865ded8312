import type { Logger } from 'pino';
import type { AnyConnector } from '#connector-kit';
import { connectors as allConnectors } from '#connectors';
import { openQueues } from '#queue';
import { Database, migrate } from '#storage';
import { openDatabaseServer } from './database-server.js';
import { openMail } from './mail.js';
import { readState, writeState } from './hub-state.js';
import { openMetrics } from './metrics.js';
import { buildServices, type HubServices } from './services.js';
import type { HubSettings } from './settings.js';
import { startWorker } from './worker.js';

/** A hub process, started. */
export interface RunningHub {
  /** Where the API listens; null for a worker. */
  readonly url: string | null;
  /** Where mails are taken; null when they are not. */
  readonly mailPort: number | null;
  /** A key of the hub's own tenant with every role; null for a worker. */
  readonly apiKey: string | null;
  readonly tenantId: string;
  readonly services: HubServices;
  /** Finishes what is under way, then closes everything. */
  stop(): Promise<void>;
}

/** Everything stopped in the reverse order of its start, each once, none skipped because another failed. */
class Closers {
  readonly #closers: (() => Promise<void>)[] = [];

  add(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      await close().catch((error: unknown) => { failures.push(error); });
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be closed');
  }
}

/** Database, migrations, services, workers, API, in that order. What was opened is closed again when a later step fails. */
export async function startHub(settings: HubSettings, log: Logger, connectors: readonly AnyConnector[] = allConnectors): Promise<RunningHub> {
  const closers = new Closers();
  try {
    return await start(settings, log, connectors, closers);
  } catch (error) {
    await closers.close().catch((closing: unknown) => { log.error({ err: closing }, 'while giving up'); });
    throw error;
  }
}

async function start(settings: HubSettings, log: Logger, connectors: readonly AnyConnector[], closers: Closers): Promise<RunningHub> {
  const server = await openDatabaseServer(settings, log);
  closers.add(() => server.stop());
  if (settings.migrate) {
    const { applied } = await migrate(server.url);
    if (applied.length > 0) log.info({ applied: applied.length }, 'migrated');
  }
  const database = new Database({ url: server.url, onError: (error) => { log.warn({ err: error }, 'a database connection broke'); } });
  closers.add(() => database.close());
  const queues = await openQueues({
    databaseUrl: server.url, redisUrl: settings.redisUrl ?? undefined,
    log: { info: (message) => log.info(message), warn: (message) => log.warn(message), error: (message) => log.error(message) },
  });
  closers.add(() => queues.close());
  const services = await buildServices({ settings, log, database, queues, connectors, metrics: openMetrics() });
  const tenant = await services.tenants.ensure(settings.tenantName);
  if (settings.role !== 'api') await startWorker(services, log);
  if (settings.role === 'worker') return { url: null, mailPort: null, apiKey: null, tenantId: tenant.id, services, stop: () => closers.close() };
  const apiKey = await firstKey(settings, services, tenant.id);
  // Nest and Swagger cost half the start of a worker, which needs neither.
  const { openApi } = await import('./open-api.js');
  const api = await openApi(services, settings, log);
  closers.add(() => api.close());
  const mail = settings.mail === null ? null : await openMail(settings.mail, services, log);
  if (mail !== null) closers.add(() => mail.close());
  await writeState(settings.dataDirectory, { url: api.url, apiKey, pid: process.pid });
  return { url: api.url, mailPort: mail?.port ?? null, apiKey, tenantId: tenant.id, services, stop: () => closers.close() };
}

/** The key the environment gives, the one of the last start if it is still good (each new one would stay good beside it), or a new one. */
async function firstKey(settings: HubSettings, services: HubServices, tenantId: string): Promise<string> {
  const given = settings.apiKey ?? (await readState(settings.dataDirectory))?.apiKey ?? null;
  const caller = given === null ? null : await services.apiKeys.authenticate(given);
  if (given !== null && caller?.tenantId === tenantId) return given;
  if (settings.apiKey !== null) {
    await services.apiKeys.register(tenantId, 'from the environment', ['admin'], settings.apiKey);
    return settings.apiKey;
  }
  return (await services.apiKeys.create(tenantId, 'first key', ['admin'])).key;
}
