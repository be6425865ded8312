import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { migrate, startEmbeddedPostgres } from '#storage';
import { cpuSecondsOfTree, parentOf } from './process-usage.js';

export const BENCH_FOLDER = join(import.meta.dirname, '..', '..', '..', 'var', 'bench');

/** A migrated database on the hub's own embedded Postgres, with the settings the hub ships; used and dropped by one bench. */
export interface BenchDatabase {
  readonly url: string;
  /** As the owner, who sees every tenant's rows. */
  readonly owner: pg.Client;
  /** Processor seconds the whole server has used so far; null where they cannot be read. */
  serverCpuSeconds(): number | null;
  close(): Promise<void>;
}

export async function openBenchDatabase(): Promise<BenchDatabase> {
  const log = { info: () => undefined, warn: (text: string) => { console.error(text); }, error: (text: string) => { console.error(text); } };
  const server = await startEmbeddedPostgres({ dataDirectory: join(BENCH_FOLDER, 'postgres'), log });
  const name = `bench_${randomBytes(4).toString('hex')}`;
  await once(server.url, `CREATE DATABASE ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  await migrate(url.href);
  const owner = new pg.Client({ connectionString: url.href });
  await owner.connect();
  const { rows } = await owner.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const postmaster = parentOf(rows[0]?.pid ?? 0);
  return {
    url: url.href, owner, serverCpuSeconds: () => (postmaster === null ? null : cpuSecondsOfTree(postmaster)),
    close: async () => {
      await owner.end();
      await once(server.url, `DROP DATABASE ${name} WITH (FORCE)`);
      await server.stop();
    },
  };
}

async function once(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
