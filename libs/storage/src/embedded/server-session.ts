import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type DatabaseError } from 'pg';
import { type Cluster, type ClusterState, DATABASE, readState, SERVER_USER, stateOrNew, writeState } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { occupantOf, type PostmasterFile, readPostmasterFile, stopServer } from './postmaster.js';
import { removeStalePostmasterFile, resetPassword, startServer } from './server-start.js';

/** One hub's hold on a running server: a connection that carries a shared advisory lock for as long as the hub lives. */
export interface ServerSession {
  readonly client: Client;
  readonly pid: number;
  readonly port: number;
  readonly password: string;
  /** True when the server was there already. */
  readonly adopted: boolean;
}

/** "TRIB": the lock every hub holds shared, and the one that stops the server holds alone. */
const HUB_LOCK = 0x54_52_49_42;
const CONNECT_LIMIT_MS = 3_000;
/** How long a server that is there may stay silent, or somebody else's start or stop may take, before we act. */
const PATIENCE_MS = 15_000;
/** Long enough for a crash recovery by another hub's server. */
const ATTACH_LIMIT_MS = 180_000;
const LOOK_AGAIN_MS = 20;

type Greeting =
  | { readonly kind: 'ours'; readonly client: Client }
  /** Starting, stopping, full, or another hub is about to stop it: look again. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'wrongPassword' }
  /** It answers, but works on another folder: our pid file is a copy or a leftover. */
  | { readonly kind: 'otherFolder' };

/**
 * Adopts the server that runs on the cluster, or starts one.
 * @param fixedPort the port clients already hold, or undefined at the hub's start.
 * @throws EmbeddedPostgresError when neither works out.
 */
export async function attach(cluster: Cluster, fixedPort: number | undefined): Promise<ServerSession> {
  const deadline = Date.now() + ATTACH_LIMIT_MS;
  let silentSince: number | undefined;
  let startedPid: number | undefined;
  while (Date.now() < deadline) {
    const file = readPostmasterFile(cluster.folder);
    if (!file || !isServerThere(cluster, file)) {
      startedPid = await startOnce(cluster, fixedPort) ?? startedPid;
      continue;
    }
    const greeting = await greet(cluster, file);
    if (greeting.kind === 'ours') return sessionOf(cluster, file, greeting.client, file.pid !== startedPid);
    if (greeting.kind === 'otherFolder') {
      removeStalePostmasterFile(cluster);
    } else if (greeting.kind === 'wrongPassword') {
      await regainPassword(cluster, file.pid);
    } else {
      silentSince = greeting.kind === 'silent' ? silentSince ?? Date.now() : undefined;
      if (silentSince !== undefined && Date.now() - silentSince > PATIENCE_MS) {
        cluster.log.warn(`Postgres (process ${file.pid}) does not answer on port ${file.port}; it is stopped and started again.`);
        await stopServer(file.pid, cluster.folder);
        silentSince = undefined;
      }
      await sleep(LOOK_AGAIN_MS);
    }
  }
  throw new EmbeddedPostgresError(
    `No Postgres could be reached on ${cluster.folder} within ${ATTACH_LIMIT_MS / 1000} s. See ${cluster.logFile}; `
    + 'if another hub uses the same folder, stop it first.');
}

/** A pid that is gone is left to Postgres to clear; one that is dead but unreaped, or another program's, it would obey. */
function isServerThere(cluster: Cluster, file: PostmasterFile): boolean {
  const occupant = occupantOf(file.pid, cluster.folder);
  if (occupant === 'zombie' || occupant === 'stranger') {
    cluster.log.warn(`postmaster.pid names process ${file.pid}, which is not a live server of this folder (${occupant}); the file is removed.`);
    removeStalePostmasterFile(cluster);
  }
  return occupant === 'server';
}

async function startOnce(cluster: Cluster, fixedPort: number | undefined): Promise<number | undefined> {
  const { state, isNew } = await stateOrNew(cluster.dataDirectory);
  if (isNew) await resetPassword(cluster, state.password);
  const outcome = await startServer(cluster, { preferred: fixedPort ?? state.port, fixed: fixedPort !== undefined });
  if (outcome.kind === 'busy') {
    await sleep(LOOK_AGAIN_MS);
    return undefined;
  }
  if (outcome.port !== state.port) writeState(cluster.dataDirectory, { ...state, port: outcome.port });
  return outcome.pid;
}

async function regainPassword(cluster: Cluster, pid: number): Promise<void> {
  cluster.log.warn(`Postgres (process ${pid}) does not take the stored password; it is stopped and the password set again.`);
  await stopServer(pid, cluster.folder);
  const { state } = await stateOrNew(cluster.dataDirectory);
  await resetPassword(cluster, state.password);
}

async function greet(cluster: Cluster, file: PostmasterFile): Promise<Greeting> {
  if (file.port === undefined || file.status === undefined) return { kind: 'silent' };
  if (file.status.startsWith('starting') || file.status.startsWith('stopping')) return { kind: 'wait' };
  const state = readState(cluster.dataDirectory);
  if (!state) return { kind: 'wrongPassword' };
  const client = clientFor(state, file.port, 'postgres');
  try {
    await client.connect();
    if (!await worksOn(cluster, client)) return await leave(client, { kind: 'otherFolder' });
    return await holdLock(client) ? { kind: 'ours', client } : await leave(client, { kind: 'wait' });
  } catch (error) {
    await leave(client, undefined);
    return greetingFor(error as Partial<DatabaseError>);
  }
}

async function leave<T>(client: Client, answer: T): Promise<T> {
  await client.end().catch(() => undefined);
  return answer;
}

/** Codes: PostgreSQL documentation, appendix A. */
function greetingFor(error: Partial<DatabaseError>): Greeting {
  switch (error.code) {
    case '28P01':
    case '28000': return { kind: 'wrongPassword' };
    case '57P01': // it was told to shut down
    case '57P02': // a crash elsewhere in it
    case '57P03': // starting, recovering or shutting down
    case '53300': return { kind: 'wait' };
    default: return { kind: 'silent' };
  }
}

export function clientFor(state: ClusterState, port: number, database: string): Client {
  const client = new Client({
    host: '127.0.0.1', port, user: SERVER_USER, password: state.password, database,
    connectionTimeoutMillis: CONNECT_LIMIT_MS, keepAlive: true, application_name: 'tributary supervisor',
  });
  // Without a listener a lost connection would end the process; whoever waits hears of it through 'end'.
  client.on('error', () => undefined);
  return client;
}

/** The proof that a server works on our folder, not on the one ours was copied from: it reads what we just wrote there. */
async function worksOn(cluster: Cluster, client: Client): Promise<boolean> {
  const token = randomBytes(12).toString('hex');
  const name = `hub-${token}.proof`;
  const file = path.join(cluster.folder, name);
  // Below a 0700 folder; the server's account must be able to read what root wrote.
  writeFileSync(file, token, { mode: 0o644 });
  try {
    const { rows } = await client.query<{ text: string | null }>('select pg_read_file($1, 0, 64, true) as text', [name]);
    return rows[0]?.text === token;
  } finally {
    rmSync(file, { force: true });
  }
}

async function holdLock(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock_shared($1) as held', [HUB_LOCK]);
  return rows[0]?.held === true;
}

/** Lets go of our share. @returns whether we were the last, and so hold the lock alone and have to stop the server. */
export async function releaseAsLast(client: Client): Promise<boolean> {
  await client.query('select pg_advisory_unlock_shared($1)', [HUB_LOCK]);
  const { rows } = await client.query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [HUB_LOCK]);
  return rows[0]?.last === true;
}

async function sessionOf(cluster: Cluster, file: PostmasterFile, client: Client, adopted: boolean): Promise<ServerSession> {
  const state = readState(cluster.dataDirectory);
  if (!state || file.port === undefined) throw new EmbeddedPostgresError(`The state of ${cluster.dataDirectory} vanished while starting. Start again.`);
  await createDatabase(client);
  return { client, pid: file.pid, port: file.port, password: state.password, adopted };
}

async function createDatabase(client: Client): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
  if (rowCount) return;
  try {
    await client.query(`create database ${DATABASE}`);
  } catch (error) {
    // duplicate_database, or its unique index when two hubs create it in the same instant.
    if (!['42P04', '23505'].includes((error as DatabaseError).code ?? '')) throw error;
  }
}
