import { join } from 'node:path';
import type { Logger } from 'pino';
import { startEmbeddedPostgres } from '#storage';
import type { HubSettings } from './settings.js';

/** Where the hub's data is: somebody's Postgres, or the one it brings along. */
export interface DatabaseServer {
  readonly url: string;
  readonly embedded: boolean;
  stop(): Promise<void>;
}

export async function openDatabaseServer(settings: HubSettings, log: Logger): Promise<DatabaseServer> {
  if (settings.databaseUrl !== null) return { url: settings.databaseUrl, embedded: false, stop: () => Promise.resolve() };
  const server = await startEmbeddedPostgres({
    dataDirectory: join(settings.dataDirectory, 'postgres'),
    log: { info: (message) => log.info(message), warn: (message) => log.warn(message), error: (message) => log.error(message) },
  });
  return { url: server.url, embedded: true, stop: async () => { await server.stop(); } };
}
