import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HubClient } from './hub-client.js';
import { startProgram, type Program } from './processes.js';
import { SandboxControl } from './sandbox-control.js';
import type { DemoReport } from './report.js';
import type { Story } from './story.js';

/** What the sandbox leaves for whoever wants to connect. */
export interface SandboxAccess {
  readonly url: string;
  readonly accountId: string;
  readonly m2m: { readonly clientId: string; readonly certificateId: string; readonly privateKeyPem: string; readonly algorithm: string };
}

/** Everything a stage of the story may touch. */
export interface World {
  readonly story: Story;
  readonly report: DemoReport;
  readonly client: HubClient;
  readonly sandbox: SandboxControl;
  readonly access: SandboxAccess;
  readonly programs: Programs;
  connectionId: string;
}

/** The three processes of the demo; the worker is the one that gets killed. */
export class Programs {
  #worker: Program | null = null;
  readonly #others: Program[] = [];

  constructor(private readonly directory: string, private readonly environment: Readonly<Record<string, string>>) {}

  async startSandbox(book: string | null): Promise<SandboxAccess> {
    const credentials = join(this.directory, 'sandbox-credentials.json');
    const program = await startProgram({
      name: 'sandbox', entry: 'apps/sandbox/src/main.js', environment: {}, logFile: join(this.directory, 'sandbox.log'),
      arguments: ['--profile', 'demo', '--seed', '1', '--credentials', credentials, ...(book === null ? [] : ['--book', book])],
    });
    this.#others.push(program);
    return JSON.parse(readFileSync(credentials, 'utf8')) as SandboxAccess;
  }

  async startApi(): Promise<{ url: string; apiKey: string }> {
    this.#others.push(await this.#hub('api'));
    return JSON.parse(readFileSync(join(this.directory, 'hub.json'), 'utf8')) as { url: string; apiKey: string };
  }

  async startWorker(): Promise<void> {
    this.#worker = await this.#hub('worker');
  }

  /** SIGKILL, no goodbye. */
  async killWorker(): Promise<number> {
    const pid = this.#worker?.pid ?? 0;
    await this.#worker?.kill();
    this.#worker = null;
    return pid;
  }

  async stopAll(): Promise<void> {
    await this.#worker?.stop();
    for (const program of this.#others.reverse()) await program.stop();
  }

  #hub(role: 'api' | 'worker'): Promise<Program> {
    return startProgram({ name: role, entry: 'apps/hub/src/main.js', arguments: ['--role', role], environment: this.environment, logFile: join(this.directory, `${role}.log`) });
  }
}
