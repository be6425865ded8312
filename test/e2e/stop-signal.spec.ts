/** Programs as users start them: compiled, in a data folder of their own. Whatever they started must be gone when they are. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const POSTGRES_STARTED = /Postgres [\d.]+ started on .* \(process (\d+)\)/;

let directory: string;
let program: ChildProcess;

beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'tributary-stop-')); });
afterEach(() => {
  program.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

function start(entry: string, environment: Record<string, string> = {}, channel = false): ChildProcess {
  program = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(ROOT, 'dist', 'apps', entry)], {
    env: { ...process.env, TRIBUTARY_DATA_DIRECTORY: directory, TRIBUTARY_PORT: '0', DATABASE_URL: '', REDIS_URL: '', ...environment }, stdio: channel ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'ignore', 'pipe'],
  });
  return program;
}

/** The process id of the hub's Postgres, as soon as the log says it. */
async function postgresOf(child: ChildProcess): Promise<number> {
  let text = '';
  for await (const chunk of child.stderr ?? []) {
    text += String(chunk);
    const match = POSTGRES_STARTED.exec(text);
    if (match !== null) return Number(match[1]);
  }
  throw new Error(`ended before its Postgres started: ${text}`);
}

/** Where the hub listens, as soon as it says so; npm's own lines come first. */
async function addressOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout as Readable })) {
    const address = /is running at (http:[^\s,]+)/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('ended before it said where it listens');
}

/** A server that has ended and that its foster parent has not taken note of yet is not alive; where there is no /proc, nothing tells. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (!existsSync('/proc/self/stat')) return true;
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a program that is told to stop while it still starts', () => {
  it.each([['the hub', 'hub/src/main.js'], ['npm start', 'demo/src/start.js']])('leaves no Postgres behind: %s', async (_name, entry) => {
    const child = start(entry);
    const exited = once(child, 'exit');
    const postgres = await postgresOf(child);
    expect(isAlive(postgres)).toBe(true);
    child.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
    expect(isAlive(postgres)).toBe(false);
  });
});

describe('npm start, as somebody types it', () => {
  it('leaves no hub and no Postgres behind when npm is told to stop', async () => {
    program = spawn('npm', ['start'], {
      cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TRIBUTARY_DATA_DIRECTORY: directory, TRIBUTARY_PORT: '0', TRIBUTARY_SANDBOX: 'off', DATABASE_URL: '', REDIS_URL: '' },
    });
    const exited = once(program, 'exit');
    const [postgres, hub] = await Promise.all([postgresOf(program), addressOf(program)]);
    expect((await fetch(`${hub}/health/live`)).ok).toBe(true);
    program.kill('SIGTERM');
    await exited;
    expect(isAlive(postgres)).toBe(false);
    await expect(fetch(`${hub}/health/live`)).rejects.toThrow('fetch failed');
  });
});

describe('a hub whose starter keeps a channel to it', () => {
  it('ends when it is told to, though the channel stays open', async () => {
    const child = start('hub/src/main.js', {}, true);
    const exited = once(child, 'exit');
    await postgresOf(child);
    await once(child.stdout ?? child, 'data');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });
});

describe('npm start that cannot start', () => {
  it('ends, and its sandbox with it, when the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const child = start('demo/src/start.js', { TRIBUTARY_PORT: String((taken.address() as AddressInfo).port) });
    child.stderr?.resume();
    expect(await once(child, 'exit')).toEqual([1, null]);
    taken.close();
  });
});
