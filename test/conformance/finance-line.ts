import type { Fault as LineFault } from '#connector-kit/testing';
import type { FinanceSandbox } from '../../apps/sandbox/src/index.js';

/** What a connector asked of the environment's data service, parts of a batch each for itself. */
export interface AskedRequest {
  readonly method: string;
  /** Path and query. */
  readonly address: string;
}

/** A page of a list and what was asked for it, its ids left out: the next page asks the same but for them. */
interface ListPage {
  readonly shape: string;
  readonly text: string;
}

/**
 * The line between a connector and the sandbox. It decides which request a fault happens to; what then goes wrong is the sandbox's own doing
 * wherever it knows the fault. It also keeps what was asked, for the specs that look at addresses.
 */
export class FinanceLine {
  openRequests = 0;
  readonly asked: AskedRequest[] = [];
  private garbles = 0;
  private duplicates = 0;
  private interruptions = 0;
  private lastList: ListPage | null = null;
  private readonly uploads = new Map<string, Uint8Array>();
  /** Packages whose import the environment took, by execution. */
  readonly imported = new Map<string, Uint8Array>();
  /** What the environment's import errors say in place of their own words. */
  errorsSay: string | null = null;

  constructor(private readonly sandbox: FinanceSandbox) {}

  misbehave(fault: LineFault): void {
    const { faults } = this.sandbox;
    switch (fault.kind) {
      // The write that books is the batch; the empty journal before it books nothing, and a spec of its own loses that answer.
      case 'loseNextAnswerAfterCommit': faults.add({ kind: 'loseAnswer', requestClass: 'batch', count: 1 }); break;
      case 'lateCommit': faults.add({ kind: 'lateCommit', requestClass: 'batch', clockMs: fault.afterMs, count: 1 }); break;
      case 'throttleNext': faults.add({ kind: 'throttle', retryAfterSeconds: fault.retryAfterMs === null ? null : fault.retryAfterMs / 1000, count: 1 }); break;
      case 'slow': faults.add({ kind: 'slow', delayMs: fault.answerMs }); break;
      case 'failNext': faults.add({ ...(fault.status === 'reset' ? { kind: 'reset' } : { kind: 'failBefore', status: fault.status, html: true }), after: fault.afterRequests ?? 0, count: 1 }); break;
      case 'garbleNext': this.garbles += 1; break;
      case 'duplicatePage': this.duplicates += 1; break;
      case 'interruptNextDelivery': this.interruptions += 1; break;
    }
  }

  /** `fetch` of a context. `hiddenEntities`: what the role behind the credentials does not see. */
  async fetch(input: Parameters<typeof globalThis.fetch>[0], init: RequestInit, hiddenEntities: readonly string[]): Promise<Response> {
    const url = new URL(input instanceof Request ? input.url : input);
    this.keep(url, init);
    this.openRequests += 1;
    try {
      this.sandbox.settings.hiddenEntities = [...hiddenEntities];
      return await this.pass(url, init);
    } finally {
      this.openRequests -= 1;
    }
  }

  private async pass(url: URL, init: RequestInit): Promise<Response> {
    const method = init.method ?? 'GET';
    if (method === 'PUT' && this.interruptions > 0) {
      this.interruptions -= 1;
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });
    }
    const response = await globalThis.fetch(url, init);
    // Read to the end here: a body nobody reads would count as answered.
    const text = await response.text();
    if (this.garbles > 0 && isAnswerToGarble(url, method)) {
      this.garbles -= 1;
      return new Response('<html>Something went', { status: 200, headers: { 'content-type': 'text/html' } });
    }
    if (response.ok) this.notePackage(url, init);
    if (this.errorsSay !== null && url.pathname.endsWith('.GetExecutionErrors')) return new Response(this.inWords(text), { status: 200, headers: { 'content-type': 'application/json' } });
    const answered = method === 'GET' && response.status === 200 ? this.repeated(url, text) : text;
    return new Response(response.status === 204 ? null : answered, { status: response.status, headers: response.headers });
  }

  /** Keeps pages that have more to come, and answers one of them again where that is the fault. */
  private repeated(url: URL, text: string): string {
    const shape = decodeURIComponent(`${url.pathname}${url.search}`).replaceAll(/\d+/g, '').replaceAll(/[&?]\$skip(token)?=[^&]*/g, '').replaceAll('+', ' ');
    const last = this.lastList;
    if (this.duplicates > 0 && last?.shape === shape) {
      this.duplicates -= 1;
      this.lastList = null;
      return last.text;
    }
    const top = Number(url.searchParams.get('$top') ?? Number.NaN);
    const { value, '@odata.nextLink': nextLink } = JSON.parse(text) as { value?: readonly unknown[]; '@odata.nextLink'?: string };
    if (value !== undefined && (nextLink !== undefined || value.length === top)) this.lastList = { shape, text };
    return text;
  }

  private notePackage(url: URL, init: RequestInit): void {
    if (init.method === 'PUT' && init.body instanceof Uint8Array) this.uploads.set(url.href, init.body);
    if (!url.pathname.endsWith('.ImportFromPackage')) return;
    const { packageUrl = '', executionId = '' } = JSON.parse(String(init.body)) as { packageUrl?: string; executionId?: string };
    const bytes = this.uploads.get(new URL(packageUrl).href);
    if (bytes !== undefined) this.imported.set(executionId, bytes);
  }

  private inWords(text: string): string {
    const { value } = JSON.parse(text) as { value: string };
    const errors = (JSON.parse(value) as readonly Readonly<Record<string, unknown>>[]).map((error) => ({ ...error, ErrorMessage: `${String(error['ErrorMessage'])} ${this.errorsSay ?? ''}` }));
    return JSON.stringify({ value: JSON.stringify(errors) });
  }

  private keep(url: URL, init: RequestInit): void {
    if (!url.pathname.startsWith('/data')) return;
    this.asked.push({ method: init.method ?? 'GET', address: `${url.pathname}${url.search}` });
    if (!url.pathname.endsWith('/$batch')) return;
    for (const [, method = '', address = ''] of String(init.body).matchAll(/^(GET|POST|PATCH|PUT|DELETE) (\S+) HTTP\/1\.1\r?$/gm)) this.asked.push({ method, address });
  }
}

/** Sign-in is Entra's. A look-up before a write is not the answer to the write: those are the ones for journals and for payment ids. */
function isAnswerToGarble(url: URL, method: string): boolean {
  if (!url.pathname.startsWith('/data')) return false;
  return method !== 'GET' || !(/CustomerPaymentJournal(Headers|Lines)$/.test(url.pathname) || url.searchParams.get('$filter')?.includes('PaymId eq') === true);
}
