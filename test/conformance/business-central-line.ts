import type { Fault as LineFault } from '#connector-kit/testing';
import type { BusinessCentralSandbox } from '../../apps/sandbox/src/index.js';

/** A request that left the caller and has not reached the tenant yet. */
interface Held {
  readonly dueMs: number;
  deliver(): Promise<void>;
}

interface Passing {
  readonly url: URL;
  readonly init: RequestInit;
  readonly signsIn: boolean;
  /** The call that books: everything before it can be thrown away. */
  readonly books: boolean;
}

/**
 * The line between a connector and the sandbox. It decides to which request a fault happens; what then goes wrong is the sandbox's own
 * doing wherever it knows the fault. The line itself delivers late and repeats a page.
 */
export class BusinessCentralLine {
  openRequests = 0;
  /** Everything that was asked, `METHOD path`, for specs about what a connector does and does not do. */
  readonly asked: string[] = [];
  private readonly faults: LineFault[] = [];
  private readonly held: Held[] = [];
  private lastList: { readonly next: string; readonly text: string } | null = null;

  constructor(private readonly sandbox: BusinessCentralSandbox, private readonly nowMs: () => number) {}

  misbehave(fault: LineFault): void {
    if (fault.kind === 'interruptNextDelivery') throw new Error('Business Central takes no files here');
    if (fault.kind === 'slow') this.sandbox.faults.add({ kind: 'slow', delayMs: fault.answerMs });
    else this.faults.push(fault);
  }

  /** Brings what was held up to the tenant, in the order it left. */
  async deliverDue(): Promise<void> {
    for (const request of this.held.filter(({ dueMs }) => dueMs <= this.nowMs())) {
      this.held.splice(this.held.indexOf(request), 1);
      await request.deliver();
    }
  }

  /** `fetch` of a context. `forbidden`: entity sets the app behind the credentials may not see. */
  async fetch(input: Parameters<typeof globalThis.fetch>[0], init: RequestInit, forbidden: readonly string[]): Promise<Response> {
    this.openRequests += 1;
    try {
      return await this.pass(passingOf(input, init), forbidden);
    } finally {
      this.openRequests -= 1;
    }
  }

  private async pass(request: Passing, forbidden: readonly string[]): Promise<Response> {
    this.asked.push(`${request.init.method ?? 'GET'} ${request.url.pathname}${request.url.search}`);
    const fault = this.draw(request);
    if (fault?.kind === 'lateCommit') return await this.hold(request, fault.afterMs);
    this.sandbox.settings.retryAfterSeconds = fault?.kind === 'throttleNext' && fault.retryAfterMs !== null ? fault.retryAfterMs / 1000 : 0;
    if (fault !== null) this.arm(fault);
    this.sandbox.settings.forbiddenEntitySets = [...forbidden];
    const response = await globalThis.fetch(request.url, request.init);
    // Read to the end here: a body nobody reads would count as answered.
    const text = await response.text();
    const answered = this.repeated(request, response.status, text);
    return new Response(response.status === 204 ? null : answered, { status: response.status, headers: response.headers });
  }

  /** The first fault that can happen to this request; it is used up. */
  private draw(request: Passing): LineFault | null {
    if (request.signsIn) return null;
    const index = this.faults.findIndex((fault) => (
      fault.kind === 'lateCommit' || fault.kind === 'loseNextAnswerAfterCommit' ? request.books : fault.kind !== 'duplicatePage'
    ));
    const fault = this.faults[index];
    if (fault === undefined) return null;
    if (fault.kind === 'failNext' && (fault.afterRequests ?? 0) > 0) {
      this.faults[index] = { ...fault, afterRequests: (fault.afterRequests ?? 0) - 1 };
      return null;
    }
    this.faults.splice(index, 1);
    return fault;
  }

  private arm(fault: LineFault): void {
    const { faults } = this.sandbox;
    if (fault.kind === 'loseNextAnswerAfterCommit') faults.add({ kind: 'loseAnswer', count: 1 });
    if (fault.kind === 'throttleNext') faults.add({ kind: 'throttle', count: 1 });
    if (fault.kind === 'garbleNext') faults.add({ kind: 'garbled', count: 1 });
    if (fault.kind === 'failNext') faults.add(fault.status === 'reset' ? { kind: 'reset', count: 1 } : { kind: 'failBefore', status: fault.status, html: true, count: 1 });
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

  /** Keeps pages that have more to come, and answers one of them again, when its successor is asked for, where that is the fault. */
  private repeated(request: Passing, status: number, text: string): string {
    if (status !== 200 || request.init.method === 'POST') return text;
    const index = this.faults.findIndex((fault) => fault.kind === 'duplicatePage');
    const last = this.lastList;
    if (index >= 0 && last !== null && new URL(last.next).href === request.url.href) {
      this.faults.splice(index, 1);
      this.lastList = null;
      return last.text;
    }
    const next = /"@odata\.nextLink":"([^"]+)"/.exec(text)?.[1];
    if (next !== undefined) this.lastList = { next: JSON.parse(`"${next}"`) as string, text };
    return text;
  }
}

function passingOf(input: Parameters<typeof globalThis.fetch>[0], init: RequestInit): Passing {
  const url = new URL(input instanceof Request ? input.url : input);
  return { url, init, signsIn: url.pathname.endsWith('/oauth2/v2.0/token'), books: url.pathname.endsWith('/Microsoft.NAV.post') || init.method === 'PATCH' };
}
