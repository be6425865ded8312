import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import type { ServerAccount } from './server-account.js';
import type { ServerBinaries } from './server-binaries.js';

/** Everything needed to run one of Postgres' programs. */
export interface ServerProgram {
  readonly binaries: ServerBinaries;
  readonly account: ServerAccount | undefined;
}

interface RunOptions {
  /** The folder the program works on. It gets a name for it that it can open, whatever the folders above allow. */
  readonly folder: string;
  readonly args: (folderName: string) => readonly string[];
  readonly input: 'ignore' | 'pipe';
  /** A file descriptor, or a pipe to read. */
  readonly output: number | 'pipe';
  readonly detached: boolean;
}

const FOLDER_DESCRIPTOR = 3;

/**
 * Starts `initdb` or `postgres`. Under root on Linux the folder is handed over as an open descriptor: the server's
 * account then needs no right to walk the folders above it, so a data folder below /root works. (Shown with 18.4:
 * initdb, single-user mode and the server all accept /proc/self/fd/3 as their data directory.)
 */
export function runServerProgram(program: ServerProgram, name: 'initdb' | 'postgres', options: RunOptions): ChildProcess {
  const { account, binaries } = program;
  const byDescriptor = account !== undefined && process.platform === 'linux';
  const descriptor = byDescriptor ? openSync(options.folder, 'r') : undefined;
  try {
    return spawn(
      path.join(binaries.folder, 'bin', name),
      options.args(byDescriptor ? `/proc/self/fd/${FOLDER_DESCRIPTOR}` : options.folder),
      {
        ...account,
        cwd: path.parse(binaries.folder).root,
        detached: options.detached,
        stdio: [options.input, options.output, options.output, ...(descriptor === undefined ? [] : [descriptor])],
        env: serverEnvironment(),
      },
    );
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The server gets no PG* variable and none of the hub's secrets; messages in English, because we read them. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'] as const;
  const environment: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC' };
  for (const name of kept) if (process.env[name] !== undefined) environment[name] = process.env[name];
  return environment;
}

/** Waits for the end of a program; the answer is its exit code, or the signal's name. */
export function exitOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
}
