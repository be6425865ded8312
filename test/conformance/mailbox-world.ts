import type { Context, WaitingFile } from '#connector-kit';
import { testContext, type ConnectorHarness, type ContextOptions, type Fault } from '#connector-kit/testing';
import { imap } from '#connectors/mailbox';
import { ImapSandbox, type ImapSandboxOptions } from '../../apps/sandbox/src/imap/index.js';

export const [PASSWORD, WRONG_PASSWORD, TOKEN] = ['correct-horse-7', 'battery-staple-8', 'ya29.token-of-the-day-9'];
export const USER = 'ar@hub.example';
const VIEWER = 'viewer@hub.example';

/** A mail as a payer's program writes it. */
export function mailOf({ from = 'Acme Payables <ap@acme.example>', subject = 'Remittance advice', id = 'advice-1', body = 'We pay invoice INV-1 with 100.00 EUR.' }: { readonly from?: string; readonly subject?: string; readonly id?: string; readonly body?: string } = {}): string {
  return [`From: ${from}`, 'To: ar@hub.example', `Subject: ${subject}`, 'Date: Tue, 10 Mar 2026 11:00:00 +0000', `Message-ID: <${id}@acme.example>`, 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', '', body, ''].join('\r\n');
}

/** Everything a source yields. */
export async function gathered<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of source) all.push(each);
  return all;
}

/** One mailbox at one server with one connection's settings. */
export class MailboxWorld {
  now = new Date('2026-03-10T12:00:00Z');
  readonly log: string[] = [];
  readonly sandbox: ImapSandbox;
  port = 1;

  constructor(options: Omit<Partial<ImapSandboxOptions>, 'users' | 'now'> = {}) {
    this.sandbox = new ImapSandbox({
      ...options, now: () => this.now,
      users: [{ name: USER, password: PASSWORD, accessToken: TOKEN, readOnly: false }, { name: VIEWER, password: PASSWORD, accessToken: null, readOnly: true }],
    });
  }

  async start(): Promise<void> {
    this.port = await this.sandbox.start();
  }

  stop(): Promise<void> {
    return this.sandbox.stop();
  }

  context(config: object = {}, more: { readonly secrets?: object; readonly signal?: AbortSignal; readonly memory?: Map<string, unknown>; readonly fetch?: typeof globalThis.fetch } = {}): Context {
    const { secrets = { password: PASSWORD }, signal, ...parts } = more;
    const context = testContext({ connectionId: '7', probe: null, now: () => this.now, log: this.log, secrets, config: { host: '127.0.0.1', port: this.port, tls: 'none', user: USER, ...config }, ...(signal === undefined ? {} : { signal }) });
    return { ...context, ...parts };
  }

  /** What waits. */
  async waiting(context: Context = this.context()): Promise<readonly WaitingFile[]> {
    return await gathered(imap.inbox.waiting(context));
  }

  /** Texts of the mails in a folder. */
  textsIn(folder: string): readonly string[] {
    return this.sandbox.messages(folder).map(({ bytes }) => bytes.toString('utf8'));
  }
}

/** For the sentences of the contract that a connector without records has. */
export class MailboxHarness implements ConnectorHarness {
  readonly connector = imap;
  readonly pageSize = 3;
  readonly secrets = [PASSWORD, WRONG_PASSWORD];
  readonly skips = [];
  readonly #world = new MailboxWorld();

  start(): Promise<void> {
    return this.#world.start();
  }

  stop(): Promise<void> {
    return this.#world.stop();
  }

  context({ credentials = 'good', signal, clockSkewMs = 0, probe = null }: ContextOptions = {}): Context {
    const context = this.#world.context({ user: credentials === 'limited' ? VIEWER : USER }, { secrets: { password: credentials === 'bad' ? WRONG_PASSWORD : PASSWORD }, ...(signal === undefined ? {} : { signal }) });
    return { ...context, probe, now: () => new Date(this.#world.now.getTime() + clockSkewMs) };
  }

  logged(): readonly string[] {
    return this.#world.log;
  }

  now(): Date {
    return this.#world.now;
  }

  async setClock(instant: Date): Promise<void> {
    this.#world.now = instant;
  }

  async passTime(durationMs: number): Promise<void> {
    this.#world.now = new Date(this.#world.now.getTime() + durationMs);
  }

  seed(): Promise<never> {
    return Promise.reject(new Error('a mailbox has no records'));
  }

  change(): Promise<never> {
    return this.seed();
  }

  remove(): Promise<never> {
    return this.seed();
  }

  async misbehave(fault: Fault): Promise<void> {
    if (fault.kind !== 'slow') throw new Error(`no sentence of a mailbox needs ${fault.kind}`);
    this.#world.sandbox.misbehave(fault);
  }

  async writtenCount(): Promise<number> {
    return this.#world.sandbox.folders().reduce((count, folder) => count + this.#world.sandbox.messages(folder).length, this.#world.sandbox.folders().length - 1);
  }

  openRequests(): number {
    return this.#world.sandbox.openRequests();
  }
}
