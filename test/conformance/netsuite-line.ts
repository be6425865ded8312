import type { Fault as LineFault } from '#connector-kit/testing';
import type { NetSuiteSandbox } from '../../apps/sandbox/src/index.js';
import { isAsync } from '../../apps/sandbox/src/netsuite/http/async-jobs.js';
import { SUITEQL_PATH } from '../../apps/sandbox/src/netsuite/http/query-endpoint.js';
import { RECORD_PATH } from '../../apps/sandbox/src/netsuite/http/record-endpoint.js';
import { classOf } from '../../apps/sandbox/src/netsuite/http/server.js';
import type { RequestClass } from '../../apps/sandbox/src/netsuite/settings.js';

/** A request that left the caller and has not reached the account yet. */
interface Held {
  readonly dueMs: number;
  deliver(): Promise<void>;
}

interface Passing {
  readonly url: URL;
  readonly init: RequestInit;
  readonly requestClass: RequestClass;
  readonly writes: boolean;
}

/** A page of a list and what was asked for it, its ids left out: the next page asks the same but for them. */
interface ListPage {
  readonly shape: string;
  readonly text: string;
}

/**
 * The line between a connector and the sandbox. It decides to which request a fault happens; what then goes wrong is the
 * sandbox's own doing wherever it knows the fault. The line itself delivers late, garbles, repeats a page and says how long to stay
 * away, as proxies do: NetSuite itself names no delay (reference A4).
 */
export class NetSuiteLine {
  openRequests = 0;
  private readonly faults: LineFault[] = [];
  private readonly held: Held[] = [];
  private lastList: ListPage | null = null;

  constructor(private readonly sandbox: NetSuiteSandbox, private readonly nowMs: () => number) {}

  misbehave(fault: LineFault): void {
    if (fault.kind === 'interruptNextDelivery') throw new Error('NetSuite takes no files');
    if (fault.kind === 'slow') this.sandbox.faults.add({ kind: 'slow', delayMs: fault.answerMs });
    else this.faults.push(fault);
  }

  /** Brings what was held up to the account, in the order it left. */
  async deliverDue(): Promise<void> {
    const due = this.held.filter((request) => request.dueMs <= this.nowMs());
    for (const request of due) {
      this.held.splice(this.held.indexOf(request), 1);
      await request.deliver();
    }
  }

  /** `fetch` of a context. `hiddenTables`: what the role behind the credentials does not see. */
  async fetch(input: Parameters<typeof globalThis.fetch>[0], init: RequestInit, hiddenTables: readonly string[]): Promise<Response> {
    this.openRequests += 1;
    try {
      return await this.pass(passingOf(input, init), hiddenTables);
    } finally {
      this.openRequests -= 1;
    }
  }

  private async pass(request: Passing, hiddenTables: readonly string[]): Promise<Response> {
    const fault = this.draw(request);
    if (fault?.kind === 'lateCommit') return await this.hold(request, fault.afterMs);
    if (fault !== null) this.arm(fault, request);
    this.sandbox.settings.hiddenTables = [...hiddenTables];
    const response = await globalThis.fetch(request.url, request.init);
    // Read to the end here: a body nobody reads would count as answered.
    const text = await response.text();
    if (fault?.kind === 'garbleNext') return new Response('<html>Something went', { status: 200, headers: { 'content-type': 'text/html' } });
    const headers = new Headers(response.headers);
    if (fault?.kind === 'throttleNext' && fault.retryAfterMs !== null) headers.set('retry-after', String(fault.retryAfterMs / 1000));
    const answered = this.repeated(request, response.status, text);
    return new Response(response.status === 204 ? null : answered, { status: response.status, headers });
  }

  /** The first fault that can happen to this request; it is used up. */
  private draw(request: Passing): LineFault | null {
    const index = this.faults.findIndex((fault) => happensTo(fault, request));
    const fault = this.faults[index];
    if (fault === undefined) return null;
    if (fault.kind === 'failNext' && (fault.afterRequests ?? 0) > 0) {
      this.faults[index] = { ...fault, afterRequests: (fault.afterRequests ?? 0) - 1 };
      return null;
    }
    this.faults.splice(index, 1);
    return fault;
  }

  private arm(fault: LineFault, { requestClass, writes }: Passing): void {
    const once = { requestClass, count: 1 };
    if (fault.kind === 'loseNextAnswerAfterCommit') this.sandbox.faults.add({ kind: 'loseAnswer', ...once });
    if (fault.kind === 'throttleNext') this.sandbox.faults.add({ kind: 'throttle', ...once });
    if (fault.kind !== 'failNext') return;
    if (fault.status !== 'reset') this.sandbox.faults.add({ kind: 'failBefore', status: fault.status, html: true, ...once });
    // Breaking the connection after a read has done nothing; before a write, it must not reach the account at all.
    else if (!writes) this.sandbox.faults.add({ kind: 'loseAnswer', ...once });
    else throw new TypeError('fetch failed', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });
  }

  private async hold({ url, init }: Passing, afterMs: number): Promise<Response> {
    const { signal, ...sent } = init;
    this.held.push({ dueMs: this.nowMs() + afterMs, deliver: async () => { await (await globalThis.fetch(url, sent)).text(); } });
    return await new Promise((_resolve, reject) => {
      const hangUp = (): void => { reject(signal?.reason as Error); };
      if (signal?.aborted === true) hangUp();
      else signal?.addEventListener('abort', hangUp, { once: true });
    });
  }

  /** Keeps pages that have more to come, and answers one of them again where that is the fault. */
  private repeated(request: Passing, status: number, text: string): string {
    if (request.url.pathname !== SUITEQL_PATH || status !== 200) return text;
    const shape = String(request.init.body).replaceAll(/\d+/g, '').replaceAll(/ (?:WHERE|AND) [\w.]+ >\s+(?=AND|ORDER)/g, ' ');
    const index = this.faults.findIndex((fault) => fault.kind === 'duplicatePage');
    const last = this.lastList;
    if (index >= 0 && last?.shape === shape) {
      this.faults.splice(index, 1);
      this.lastList = null;
      return last.text;
    }
    if (/"hasMore":true/.test(text)) this.lastList = { shape, text };
    return text;
  }
}

function passingOf(input: Parameters<typeof globalThis.fetch>[0], init: RequestInit): Passing {
  const url = new URL(input instanceof Request ? input.url : input);
  const method = init.method ?? 'GET';
  const headers = Object.fromEntries(new Headers(init.headers));
  const asynchronous = isAsync({ method, path: url.pathname, query: url.searchParams, headers, origin: url.origin, body: '' });
  return { url, init, requestClass: classOf(method, url.pathname, asynchronous), writes: url.pathname.startsWith(`${RECORD_PATH}/`) && method !== 'GET' };
}

function happensTo(fault: LineFault, request: Passing): boolean {
  switch (fault.kind) {
    case 'loseNextAnswerAfterCommit': case 'lateCommit': return request.writes;
    case 'failNext': case 'throttleNext': case 'garbleNext': return true;
    case 'duplicatePage': case 'slow': case 'interruptNextDelivery': return false;
  }
}
