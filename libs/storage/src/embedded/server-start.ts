import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { adviceFor, type Cluster, freePort, lastLines, logSince, SERVER_USER } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { readPostmasterFile } from './postmaster.js';
import { exitOf, runServerProgram } from './server-program.js';

/** What a start attempt came to. `busy`: somebody else holds the cluster, look again. */
export type StartOutcome = { readonly kind: 'started'; readonly pid: number; readonly port: number } | { readonly kind: 'busy' };

export interface PortChoice {
  readonly preferred: number;
  /** True while clients hold the address: then only that port will do. */
  readonly fixed: boolean;
}

const START_POLL_MS = 5;
/** Replaying the log after a crash may take its time; this is for a server that hangs. */
const START_LIMIT_MS = 120_000;
const PORTS_TRIED_MAX = 5;

/** Settings that differ from Postgres' defaults, each with its reason; also what a reader of `SHOW` will find. */
export const SERVER_SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '256MB',
  // A first sync writes gigabytes; with the default of 1 GB it would checkpoint, and write whole pages anew, every few seconds.
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  max_connections: '100',
  synchronous_commit: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The hub reports its own statements' errors; the file is for the server's life, and so stays small.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};

/**
 * Starts the server in a session of its own, so that Ctrl-C in the hub's terminal reaches the hub alone, and with its
 * log in a file, so that it can outlive the hub.
 * @throws EmbeddedPostgresError with the server's last words and what to do.
 */
export async function startServer(cluster: Cluster, choice: PortChoice): Promise<StartOutcome> {
  let port = choice.preferred;
  for (let tried = 1; ; tried += 1) {
    const attempt = await tryStart(cluster, port);
    if (attempt.kind !== 'failed') return attempt;
    const portTaken = /could not create any TCP\/IP sockets|Address already in use/.test(attempt.output);
    if (portTaken && !choice.fixed && tried < PORTS_TRIED_MAX) {
      port = await freePort();
      continue;
    }
    if (/lock file ".*" already exists|is still in use/.test(attempt.output)) return { kind: 'busy' };
    throw new EmbeddedPostgresError(
      `Postgres ended at once (${attempt.exit}) on ${cluster.folder}. Its last words (${cluster.logFile}):\n`
      + `${lastLines(attempt.output)}\n${portTaken ? `Another program took port ${port}: stop it, or start the hub again.` : adviceFor(attempt.output)}`);
  }
}

type Attempt = StartOutcome | { readonly kind: 'failed'; readonly exit: number | string; readonly output: string };

async function tryStart(cluster: Cluster, port: number): Promise<Attempt> {
  const position = statSync(cluster.logFile, { throwIfNoEntry: false })?.size ?? 0;
  const child = spawnServer(cluster, port);
  let exit: number | string | undefined;
  exitOf(child).then((code) => { exit = code; }, (error: unknown) => { exit = String(error); });
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline) {
    if (exit !== undefined) return { kind: 'failed', exit, output: logSince(cluster.logFile, position) };
    const file = readPostmasterFile(cluster.folder);
    if (file?.pid === child.pid && file?.status === 'ready' && file.port !== undefined) {
      return { kind: 'started', pid: file.pid, port: file.port };
    }
    await sleep(START_POLL_MS);
  }
  child.kill('SIGQUIT');
  throw new EmbeddedPostgresError(
    `Postgres was not ready after ${START_LIMIT_MS / 1000} s on ${cluster.folder}:\n${lastLines(logSince(cluster.logFile, position))}\n`
    + 'It may be replaying a long log on a slow disk: start the hub again, it goes on where it was.');
}

function spawnServer(cluster: Cluster, port: number): ChildProcess {
  const logDescriptor = openSync(cluster.logFile, 'a', 0o600);
  try {
    const settings = Object.entries(SERVER_SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = runServerProgram(cluster, 'postgres', {
      folder: cluster.folder,
      args: (name) => ['-D', name, '-p', String(port), ...settings],
      input: 'ignore', output: logDescriptor, detached: true,
    });
    child.unref();
    return child;
  } finally {
    closeSync(logDescriptor);
  }
}

/** A leftover of a server that is gone for certain. Postgres would refuse to start while its number is in use. */
export function removeStalePostmasterFile(cluster: Cluster): void {
  rmSync(path.join(cluster.folder, 'postmaster.pid'), { force: true });
}

/** Gives the cluster the stored password, for when the state file was lost. The server must not run. */
export async function resetPassword(cluster: Cluster, password: string): Promise<void> {
  const child = runServerProgram(cluster, 'postgres', {
    folder: cluster.folder,
    args: (name) => ['--single', '-D', name, 'postgres'],
    input: 'pipe', output: 'pipe', detached: false,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  // The password is base64url: it holds no quote.
  child.stdin?.end(`ALTER ROLE ${SERVER_USER} PASSWORD '${password}'\n`);
  const exit = await exitOf(child);
  if (exit === 0 && !/ERROR|FATAL/.test(output)) return;
  throw new EmbeddedPostgresError(`The password of ${cluster.folder} could not be set again (${exit}):\n${lastLines(output)}\n${adviceFor(output)}`);
}
