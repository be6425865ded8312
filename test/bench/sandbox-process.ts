import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BENCH_FOLDER } from './bench-database.js';
import { WrongResult } from './figure.js';
import type { HubConnection } from './hub-program.js';

const SANDBOX_PROGRAM = join(import.meta.dirname, '..', '..', 'apps', 'sandbox', 'src', 'main.js');

export interface SandboxAccess {
  readonly url: string;
  readonly accountId: string;
  readonly m2m: { readonly clientId: string; readonly certificateId: string; readonly privateKeyPem: string; readonly algorithm: string };
}

/** What the account allows in flight when all of it is ours: no other integration draws on it. */
const ACCOUNT_CONCURRENCY = 5;

/** As a person would connect the sandbox's account. @param concurrency this hub's share of the requests in flight */
export function netSuiteConnection({ url, accountId, m2m }: SandboxAccess, concurrency: number = ACCOUNT_CONCURRENCY): HubConnection {
  const { privateKeyPem, clientId, certificateId, algorithm } = m2m;
  return { connector: 'netsuite', config: { accountId, serviceUrl: url, concurrency, clientId, certificateId, algorithm }, secrets: { privateKeyPem } };
}

/** Calls `/_control/...` of a sandbox. @throws WrongResult when it refuses. */
export type Control = (method: string, path: string, body?: object) => Promise<Record<string, unknown>>;

export function controlOf(url: string): Control {
  return async (method, path, body) => {
    const answer = await fetch(`${url}/_control/${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const value = await answer.json() as Record<string, unknown>;
    if (!answer.ok) throw new WrongResult(`sandbox ${method} ${path}: ${JSON.stringify(value)}`);
    return value;
  };
}

/** The NetSuite sandbox as a process of its own, as an ERP is: its work is not the hub's. */
export interface SandboxProcess {
  readonly pid: number;
  readonly access: SandboxAccess;
  readonly control: Control;
  stop(): Promise<void>;
}

export async function startSandboxProcess(programArguments: readonly string[]): Promise<SandboxProcess> {
  mkdirSync(BENCH_FOLDER, { recursive: true });
  const credentials = join(BENCH_FOLDER, `sandbox-${process.pid}.json`);
  const child = spawn(process.execPath, [...profilerOptions('sandbox'), SANDBOX_PROGRAM, '--credentials', credentials, ...programArguments], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const listening = await Promise.race([firstLine(child.stdout), exited.then(() => null)]);
  if (listening === null) throw new WrongResult('the sandbox ended before it listened');
  const access = JSON.parse(readFileSync(credentials, 'utf8')) as SandboxAccess;
  return {
    pid: child.pid ?? 0, access, control: controlOf(access.url),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string | null> {
  for await (const line of createInterface({ input: stream })) return line;
  return null;
}

/** With BENCH_CPU_PROFILE set, each process writes a profile of its own into the bench's folder. */
export function profilerOptions(who: string): string[] {
  return process.env['BENCH_CPU_PROFILE'] === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(BENCH_FOLDER, 'profiles')}`, `--cpu-prof-name=${who}-${Date.now()}.cpuprofile`];
}
