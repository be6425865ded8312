import pg from 'pg';
import type { DataSource } from 'typeorm';

/** Two hubs that start together: the second waits for the first's migrations. Any constant of our own. */
const MIGRATION_LOCK = 7_210_331;
/** Oldest server the SQL here is written for. */
export const POSTGRES_MAJOR_MIN = 15;

export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/**
 * Brings the schema up to date as the owner of the database. TypeORM is loaded only when there is something to do:
 * it costs half of a cold start.
 * @throws MigrationError when the server is too old, or the schema was made by a newer release than this one.
 */
export async function migrate(url: string): Promise<{ readonly applied: readonly string[] }> {
  return withLock(url, async (client) => {
    const known = await migrationNames();
    const done = await appliedMigrations(client);
    const foreign = done.filter((name) => !known.includes(name));
    if (foreign.length > 0) {
      throw new MigrationError(`the database was migrated by a newer release (${foreign.join(', ')} is unknown here): start that release, or restore a backup`);
    }
    if (done.length === known.length) return { applied: [] };
    const source = await openSource(url);
    try {
      const ran = await source.runMigrations({ transaction: 'each' });
      return { applied: ran.map((migration) => migration.name) };
    } finally {
      await source.destroy();
    }
  });
}

/** Takes back the newest migration; `steps` of them. For tests and for a release that must be withdrawn before it wrote data. */
export async function undoMigrations(url: string, steps: number): Promise<void> {
  await withLock(url, async () => {
    const source = await openSource(url);
    try {
      for (let step = 0; step < steps; step += 1) await source.undoLastMigration({ transaction: 'each' });
    } finally {
      await source.destroy();
    }
  });
}

async function withLock<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ major: number }>(`SELECT current_setting('server_version_num')::int / 10000 AS major`);
    const major = rows[0]?.major ?? 0;
    if (major < POSTGRES_MAJOR_MIN) throw new MigrationError(`PostgreSQL ${major} is too old: ${POSTGRES_MAJOR_MIN} or newer is needed`);
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await work(client);
  } finally {
    await client.end();
  }
}

async function migrationNames(): Promise<string[]> {
  const { MIGRATIONS } = await import('./migrations/index.js');
  return MIGRATIONS.map((migration) => migration.name);
}

async function appliedMigrations(client: pg.Client): Promise<string[]> {
  const { rows: tables } = await client.query(`SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = 'migration'`);
  if (tables.length === 0) return [];
  const { rows } = await client.query<{ name: string }>('SELECT name FROM public.migration ORDER BY timestamp');
  return rows.map((row) => row.name);
}

async function openSource(url: string): Promise<DataSource> {
  const typeorm = await import('typeorm');
  const { MIGRATIONS } = await import('./migrations/index.js');
  const source = new typeorm.DataSource({ type: 'postgres', url, migrations: [...MIGRATIONS], migrationsTableName: 'migration', logging: false });
  await source.initialize();
  return source;
}
