import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** What Postgres writes to `postmaster.pid` (src/include/utils/pidfile.h, eight lines; the last ones come later). */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number | undefined;
  /** `ready` once connections are accepted. */
  readonly status: string | undefined;
}

/** Who sits on the pid that `postmaster.pid` names. */
export type Occupant = 'server' | 'gone' | 'zombie' | 'stranger';

/** A fast shutdown ends sessions, then writes a checkpoint. */
const FAST_STOP_MS = 10_000;
const IMMEDIATE_STOP_MS = 5_000;
const POLL_MS = 10;

export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  // A file caught half-written has no pid yet; a negative one is single-user mode, which serves nobody.
  if (!lines[0] || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const port = Number(lines[3]);
  return { pid, port: lines[3] && Number.isSafeInteger(port) ? port : undefined, status: lines[7] || undefined };
}

export function readPostmasterFile(clusterFolder: string): PostmasterFile | undefined {
  try {
    return parsePostmasterFile(readFileSync(path.join(clusterFolder, 'postmaster.pid'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The state letter of /proc/PID/stat. The command before it is in brackets and may itself hold brackets. */
export function stateInProcStat(stat: string): string | undefined {
  return stat.slice(stat.lastIndexOf(')') + 1).trim()[0];
}

/**
 * Is the process there, dead but not yet reaped, or somebody else who got the number? Where /proc is missing (macOS,
 * Windows) a live process counts as the server, and the session's own proof decides (see server-session.ts).
 */
export function occupantOf(pid: number, clusterFolder: string): Occupant {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'gone';
  }
  if (process.platform !== 'linux') return 'server';
  try {
    if (stateInProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8')) === 'Z') return 'zombie';
    // Postgres changes into its data directory and stays there.
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(clusterFolder) ? 'server' : 'stranger';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return 'gone';
    // Another user's process hides its folder: the server always runs as an account we may look at.
    if (code === 'EACCES' || code === 'EPERM') return 'stranger';
    throw error;
  }
}

async function isGoneWithin(pid: number, clusterFolder: string, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (occupantOf(pid, clusterFolder) === 'server') {
    if (Date.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/**
 * Stops the server: fast shutdown (SIGINT), and if that does not end it in time, immediate shutdown (SIGQUIT), which
 * loses nothing committed but makes the next start replay the log. Never SIGKILL: that would leave shared memory behind.
 * @throws EmbeddedPostgresError when it still runs after both.
 */
export async function stopServer(pid: number, clusterFolder: string): Promise<void> {
  for (const [signal, limitMs] of [['SIGINT', FAST_STOP_MS], ['SIGQUIT', IMMEDIATE_STOP_MS]] as const) {
    if (occupantOf(pid, clusterFolder) !== 'server') return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    if (await isGoneWithin(pid, clusterFolder, limitMs)) return;
  }
  throw new EmbeddedPostgresError(
    `Postgres (process ${pid}, ${clusterFolder}) did not stop within ${(FAST_STOP_MS + IMMEDIATE_STOP_MS) / 1000} s. `
    + `Look at the disk, then stop it with: kill -QUIT ${pid}`);
}
