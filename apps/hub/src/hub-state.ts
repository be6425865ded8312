import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What a hub leaves for the command line on the same machine, and for its next start: where it listens and a key to use. Mode 0600. */
export interface HubState {
  readonly url: string;
  readonly apiKey: string;
  readonly pid: number;
}

const STATE = z.object({ url: z.string(), apiKey: z.string(), pid: z.number() });

export function statePath(dataDirectory: string): string {
  return join(dataDirectory, 'hub.json');
}

export async function readState(dataDirectory: string): Promise<HubState | null> {
  try {
    return STATE.parse(JSON.parse(await readFile(statePath(dataDirectory), 'utf8')));
  } catch {
    // Absent or written half: a new one is made.
    return null;
  }
}

export async function writeState(dataDirectory: string, state: HubState): Promise<void> {
  await mkdir(dataDirectory, { recursive: true });
  const temporary = `${statePath(dataDirectory)}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, statePath(dataDirectory));
}
