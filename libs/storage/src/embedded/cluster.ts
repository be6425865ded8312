import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { EmbeddedPostgresError, type EmbeddedPostgresLog } from './embedded-postgres-error.js';
import { occupantOf } from './postmaster.js';
import { type ServerAccount, ownerOf, serverAccount } from './server-account.js';
import { installedBinaries, ROOT_COPY_HOME, usableBinaries } from './server-binaries.js';
import { exitOf, runServerProgram, type ServerProgram } from './server-program.js';

/** The superuser of the cluster, and the database the hub lives in. */
export const SERVER_USER = 'tributary';
export const DATABASE = 'tributary';

/** Postgres keeps paths in buffers of 1,024 bytes (MAXPGPATH); what it appends needs room too. */
const PATH_BYTES_MAX = 900;
const CLUSTER_MODE = 0o700;
const PASSWORD_BYTES = 24;
const STATE_FILE = 'embedded-postgres.json';
const LOG_FILE = 'postgres.log';
const LOG_BYTES_MAX = 10 * 1024 * 1024;
/** How much of the server's log is looked at for an error, and how many of its lines are shown. */
const LOG_TAIL_BYTES = 16 * 1024;
const LOG_TAIL_LINES = 12;

/** What has to outlive the hub for the next one to adopt the server. Readable by the hub's user only (0600). */
export interface ClusterState {
  readonly password: string;
  /** The port used last; kept from start to start where it is free, so that addresses stay good across a crash. */
  readonly port: number;
}

/** One cluster on disk, and what runs it. */
export interface Cluster extends ServerProgram {
  readonly dataDirectory: string;
  /** Postgres' own data directory, inside `dataDirectory`. */
  readonly folder: string;
  readonly logFile: string;
  readonly log: EmbeddedPostgresLog;
}

export function stateFileOf(dataDirectory: string): string {
  return path.join(dataDirectory, STATE_FILE);
}

/**
 * Finds the cluster, or makes it. Two hubs may do so at once: each works in a folder of its own and the first to
 * rename wins, so a half-made cluster (a kill during initdb) is never taken for a whole one.
 * @throws EmbeddedPostgresError for another major version, another owner, a path too long, or a failed initdb.
 */
export async function openCluster(dataDirectory: string, log: EmbeddedPostgresLog): Promise<Cluster> {
  const absolute = path.resolve(dataDirectory);
  const folder = path.join(absolute, 'cluster');
  if (Buffer.byteLength(folder) > PATH_BYTES_MAX) {
    throw new EmbeddedPostgresError(
      `The data directory's path is ${Buffer.byteLength(folder)} bytes long; Postgres allows ${PATH_BYTES_MAX}. Choose a shorter one: ${absolute}`);
  }
  mkdirSync(absolute, { recursive: true, mode: 0o700 });
  const installed = installedBinaries();
  refuseOtherMajor(folder, installed.major);
  refuseOtherOwner(folder);
  const account = serverAccount(folder);
  const binaries = usableBinaries(installed, account, account ? ROOT_COPY_HOME : absolute, log);
  const cluster: Cluster = { dataDirectory: absolute, folder, logFile: path.join(absolute, LOG_FILE), log, account, binaries };
  removeUnfinished(absolute);
  if (existsSync(folder)) {
    if (account) giveTo(folder, account);
    // Postgres refuses a folder others may write to; copies and volume drivers (fsGroup) open it behind our back.
    if (process.platform !== 'win32' && (statSync(folder).mode & 0o777) !== CLUSTER_MODE) chmodSync(folder, CLUSTER_MODE);
  } else {
    await createCluster(cluster);
  }
  keepLogBounded(cluster.logFile);
  return cluster;
}

function refuseOtherMajor(folder: string, major: string): void {
  const versionFile = path.join(folder, 'PG_VERSION');
  if (!existsSync(folder)) return;
  const found = existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim() : 'unknown';
  if (found === major) return;
  throw new EmbeddedPostgresError(
    `The data directory ${folder} was made by Postgres ${found}; this build carries Postgres ${major}, which cannot read it. `
    + `Run the release of the hub that made it, dump and restore into a new directory, or set DATABASE_URL to a Postgres ${found}.`);
}

function refuseOtherOwner(folder: string): void {
  const owner = ownerOf(folder);
  const me = process.getuid?.();
  if (!owner || me === undefined || me === 0 || owner.uid === me) return;
  throw new EmbeddedPostgresError(
    `The data directory ${folder} belongs to user ${owner.uid}, the hub runs as user ${me}. `
    + `Run the hub as user ${owner.uid}, or give the folder away: chown -R ${me} '${folder}'`);
}

/** Postgres wants to own its folder. Only a cluster left by another way of running needs more than this look. */
function giveTo(folder: string, account: ServerAccount): void {
  if (statSync(folder).uid === account.uid) return;
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const entry of ['', ...entries]) {
    const name = path.join(folder, entry);
    if (!lstatSync(name).isSymbolicLink()) chownSync(name, account.uid, account.gid);
  }
}

const UNFINISHED = /^cluster\.new-(\d+)$/;

/** Folders of an initdb whose hub was killed. Those of a hub that lives are left alone. */
function removeUnfinished(dataDirectory: string): void {
  for (const name of readdirSync(dataDirectory)) {
    const pid = Number(UNFINISHED.exec(name)?.[1] ?? Number.NaN);
    const folder = path.join(dataDirectory, name);
    // The folder is nobody's working directory, so a live owner shows as "stranger": it is somebody, and that counts.
    if (Number.isNaN(pid) || (pid !== process.pid && occupantOf(pid, folder) === 'stranger')) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function createCluster(cluster: Cluster): Promise<void> {
  const started = Date.now();
  const state = readState(cluster.dataDirectory) ?? await createState(cluster.dataDirectory);
  const work = path.join(cluster.dataDirectory, `cluster.new-${process.pid}`);
  mkdirSync(work, { mode: 0o700 });
  try {
    const passwordFile = path.join(work, 'password');
    writeFileSync(passwordFile, `${state.password}\n`, { mode: 0o600 });
    if (cluster.account) for (const name of [work, passwordFile]) chownSync(name, cluster.account.uid, cluster.account.gid);
    await initializeIn(work, cluster);
    try {
      renameSync(path.join(work, 'data'), cluster.folder);
      cluster.log.info(`A new Postgres cluster was made in ${cluster.folder} (${Date.now() - started} ms).`);
    } catch (error) {
      // Another hub was first; its cluster has the same password, because the state file is made once.
      if (!existsSync(path.join(cluster.folder, 'PG_VERSION'))) throw error;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function initializeIn(work: string, cluster: Cluster): Promise<void> {
  const child = runServerProgram(cluster, 'initdb', {
    folder: work,
    // Sorted by bytes, upper and lower case by Unicode: fast and the same on every machine. Synced to disk by default.
    args: (name) => [
      '-D', `${name}/data`, `--username=${SERVER_USER}`, `--pwfile=${name}/password`, '--auth=scram-sha-256',
      '--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions',
    ],
    input: 'ignore', output: 'pipe', detached: false,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  const exit = await exitOf(child).catch((error: unknown) => String(error));
  if (exit === 0) return;
  throw new EmbeddedPostgresError(`initdb failed (${exit}) for ${cluster.dataDirectory}:\n${lastLines(output)}\n${adviceFor(output)}`);
}

/** The first hub writes the state; a second one, at the same moment, reads what the first wrote. */
async function createState(dataDirectory: string): Promise<ClusterState> {
  const state: ClusterState = { password: randomBytes(PASSWORD_BYTES).toString('base64url'), port: await freePort() };
  const file = stateFileOf(dataDirectory);
  const draft = `${file}.new-${process.pid}`;
  writeFileSync(draft, JSON.stringify(state), { mode: 0o600 });
  try {
    // A hard link appears whole or not at all, and fails when the name is taken: exactly one hub wins.
    linkSync(draft, file);
    return state;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readState(dataDirectory) ?? state;
  } finally {
    unlinkSync(draft);
  }
}

/** @returns undefined when there is none, or when it cannot be understood (it is then made again, see server-start.ts). */
export function readState(dataDirectory: string): ClusterState | undefined {
  try {
    const state = JSON.parse(readFileSync(stateFileOf(dataDirectory), 'utf8')) as Partial<ClusterState>;
    return typeof state.password === 'string' && Number.isSafeInteger(state.port) ? state as ClusterState : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces the state in one step. */
export function writeState(dataDirectory: string, state: ClusterState): void {
  const draft = `${stateFileOf(dataDirectory)}.new-${process.pid}`;
  writeFileSync(draft, JSON.stringify(state), { mode: 0o600 });
  renameSync(draft, stateFileOf(dataDirectory));
}

/** The existing state, or a new one with a new password that the caller has to give to the server. */
export async function stateOrNew(dataDirectory: string): Promise<{ state: ClusterState; isNew: boolean }> {
  const state = readState(dataDirectory);
  if (state) return { state, isNew: false };
  rmSync(stateFileOf(dataDirectory), { force: true });
  return { state: await createState(dataDirectory), isNew: true };
}

/** A port on the loopback nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

function keepLogBounded(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES_MAX) renameSync(logFile, `${logFile}.1`);
}

/** The end of the server's log from a position on, for an error message. */
export function logSince(logFile: string, position: number): string {
  if (!existsSync(logFile)) return '';
  const bytes = readFileSync(logFile).subarray(position);
  return bytes.subarray(Math.max(0, bytes.length - LOG_TAIL_BYTES)).toString();
}

export function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-LOG_TAIL_LINES).map((line) => `  | ${line}`).join('\n');
}

/** What to do about the failures people meet. Read from the server's own words (English, LC_ALL=C). */
export function adviceFor(output: string): string {
  if (/could not look up effective user ID/.test(output)) {
    return 'The user id the hub runs under has no line in /etc/passwd and Postgres wants one. Run under a named user, or set DATABASE_URL.';
  }
  if (/error while loading shared libraries|Library not loaded|ld-linux|not found/.test(output)) {
    return 'A library is missing: run `npm ci` again with install scripts allowed. On Alpine (musl) the built-in Postgres cannot run: use a glibc image or set DATABASE_URL.';
  }
  if (/No space left on device/.test(output)) return 'The disk is full: make room, then start again. Nothing committed is lost.';
  if (/could not create shared memory|could not map anonymous shared memory/.test(output)) {
    return 'There is not enough shared memory: give the container more (--shm-size), or set DATABASE_URL.';
  }
  if (/[Pp]ermission denied/.test(output)) return 'Postgres may not read its own folder: check owner and mode of the data directory.';
  return 'If the lines above do not explain it, set DATABASE_URL to a Postgres of your own; the data directory is left as it is.';
}
