import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 25_000;
/** 8 MB for new objects instead of up to 16: an idle API then holds 150 MB instead of 198 (measured), and works as fast. */
const NODE_FLAGS = ['--max-semi-space-size=8', '--disable-warning=ExperimentalWarning'];

/** A program of this build running beside the demo. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  /** The first line it printed, which says that it is ready. */
  readonly ready: string;
  /** SIGTERM, and SIGKILL when it does not end in time. */
  stop(): Promise<void>;
  /** SIGKILL: what a crashed machine does. */
  kill(): Promise<void>;
}

export interface ProgramOptions {
  readonly name: string;
  /** Compiled entry, relative to `dist`. */
  readonly entry: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
}

/** Starts a compiled program and waits for its first line on stdout. @throws Error with the end of its log when it exits before. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = createWriteStream(options.logFile, { flags: 'a' });
  const child = spawn(process.execPath, [...NODE_FLAGS, join(distDirectory(), options.entry), ...options.arguments], {
    env: { ...process.env, ...options.environment }, // The channel carries nothing; that it closes tells the program that whoever started it is gone, also after a kill.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error(`${options.name} was started without pipes`);
  const lastWords: string[] = [];
  stderr.on('data', (chunk: Buffer) => {
    log.write(chunk);
    lastWords.push(chunk.toString('utf8'));
    if (lastWords.length > 20) lastWords.shift();
  });
  const ready = await firstLine(child, stdout, options.name, () => lastWords.join('').slice(-2_000));
  return {
    name: options.name, pid: child.pid ?? -1, ready,
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  };
}

async function firstLine(child: ChildProcess, stdout: NodeJS.ReadableStream, name: string, lastWords: () => string): Promise<string> {
  const lines = createInterface({ input: stdout });
  const timer = setTimeout(() => { child.kill('SIGKILL'); }, READY_TIMEOUT_MS);
  try {
    const outcome = await Promise.race([
      once(lines, 'line').then(([line]) => ({ line: String(line) })),
      once(child, 'exit').then(([code]) => ({ code: Number(code) })),
    ]);
    if ('line' in outcome) return outcome.line;
    throw new Error(`${name} ended (${outcome.code}) before it was ready:\n${lastWords()}`);
  } finally {
    clearTimeout(timer);
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => { child.kill('SIGKILL'); }, STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}

/** This file is compiled to dist/apps/demo/src/processes.js. */
function distDirectory(): string {
  return join(import.meta.dirname, '..', '..', '..');
}
