import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { Database, migrate, startEmbeddedPostgres } from '#storage';

/** A database of a spec's own on the test server, migrated, with one tenant. */
export interface TestDatabase {
  /** As the owner of the schema, who sees everything. */
  readonly url: string;
  /** As the application role. */
  readonly database: Database;
  readonly tenantId: string;
  /** Another tenant, to be kept apart from the first. */
  readonly otherTenantId: string;
  close(): Promise<void>;
}

interface TestServer {
  readonly url: string;
  stop(): Promise<unknown>;
}

/** The server TEST_DATABASE_URL names (with the right to make databases and roles), else an embedded one of this test worker. */
async function openTestServer(): Promise<TestServer> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url !== undefined && url !== '') return { url, stop: () => Promise.resolve() };
  return startEmbeddedPostgres({
    dataDirectory: join(import.meta.dirname, '..', '..', 'var', 'test', `postgres-${process.env['JEST_WORKER_ID'] ?? '1'}`),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
}

/**
 * Starts (or joins) the embedded Postgres of this test worker, or uses the server of TEST_DATABASE_URL, and makes a fresh database
 * on it. Call `close` in afterAll: the last one to leave stops an embedded server.
 */
export async function openTestDatabase(): Promise<TestDatabase> {
  const server = await openTestServer();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asOwner(server.url, `CREATE DATABASE ${name}`);
  const url = databaseUrl(server.url, name);
  await migrate(url);
  const database = new Database({ url });
  const [tenantId, otherTenantId] = [await insertTenant(database, 'first'), await insertTenant(database, 'second')];
  return { url, database, tenantId, otherTenantId, close: () => closeAll(server, database, name) };
}

async function closeAll(server: TestServer, database: Database, name: string): Promise<void> {
  await database.close();
  await asOwner(server.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await server.stop();
}

async function insertTenant(database: Database, name: string): Promise<string> {
  const row = await database.acrossTenants((transaction) => transaction.one<{ id: string }>('INSERT INTO tenant (name) VALUES ($1) RETURNING id', [name]));
  if (row === null) throw new Error('no tenant was made');
  return row.id;
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function asOwner(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
