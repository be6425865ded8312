import type { IncomingMessage, ServerResponse } from 'node:http';
import { TOKEN_PATH } from '../../entra/token-endpoint.js';
import { CONTROL_PATH } from '../../simulation/control.js';
import { readBody } from '../../simulation/message.js';
import { VendorServer } from '../../simulation/vendor-server.js';
import type { Struck } from '../faults/faults.js';
import { ODataError } from '../odata/odata-error.js';
import type { RequestClass } from '../settings.js';
import { refusal, REQUEST_BYTES_MAX, serverFailure, tooManyRequests, type Answer, type Call } from './message.js';
import { classOf, type Tenant } from './tenant.js';

const SLOW_MS = 1000;

type Head = Omit<Call, 'body'>;

/** The tenant over HTTP on loopback: authentication, the faults of the day, the limits, then the work. */
export class BusinessCentralServer extends VendorServer {
  /** The page answered last, by path. */
  private readonly lastPages = new Map<string, Answer>();

  constructor(private readonly tenant: Tenant) {
    super();
  }

  protected async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const head: Head = { method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, headers: request.headers, origin: `http://${request.headers.host ?? '127.0.0.1'}` };
    if (url.pathname.startsWith(CONTROL_PATH)) {
      this.send(response, await this.tenant.control({ ...head, body: await readText(request) }));
      return;
    }
    const requestClass = classOf(head.method, url.pathname);
    this.tenant.counters.request(requestClass);
    const struck = this.tenant.faults.draw(requestClass, `${url.pathname}${url.search}`);
    if (struck.has('reset')) {
      response.socket?.destroy();
      return;
    }
    if (requestClass === 'token') {
      await this.answerToken(request, response, head, struck);
      return;
    }
    const clientId = this.tenant.entra.clientOf(request.headers.authorization);
    if (clientId === null || !this.tenant.settings.applicationEnabled) {
      this.tenant.counters.unauthorized += 1;
      await this.refuse(request, response, refusal(new ODataError(401, 'Authentication_InvalidCredentials', 'The server has rejected the client credentials.', { 'www-authenticate': 'Bearer' })));
      return;
    }
    const open = { method: head.method, path: head.path, since: new Date().toISOString() };
    this.tenant.counters.open.add(open);
    try {
      await this.admit(request, response, head, requestClass, struck, clientId);
    } finally {
      this.tenant.counters.open.delete(open);
    }
  }

  private async admit(request: IncomingMessage, response: ServerResponse, head: Head, requestClass: RequestClass, struck: Struck, clientId: string): Promise<void> {
    const { settings, counters } = this.tenant;
    const limits = this.tenant.limitsOf(clientId);
    if (struck.has('throttle')) {
      counters.throttled += 1;
      await this.refuse(request, response, tooManyRequests(settings.requestsMax + 1, settings.requestsMax, settings.retryAfterSeconds));
      return;
    }
    const body = await readText(request);
    const admission = await limits.enter(requestClass === 'batch' && settings.batchCountsParts ? partsIn(body) : 1);
    if (admission.kind !== 'granted') {
      counters.throttled += 1;
      this.send(response, admission.kind === 'tooMany' ? tooManyRequests(admission.actual, admission.allowed, settings.retryAfterSeconds) : serverFailure(503, false, settings.retryAfterSeconds));
      return;
    }
    counters.granted += 1;
    try {
      await this.workOn({ ...head, body }, requestClass, struck, response);
    } finally {
      limits.leave();
    }
  }

  private async workOn(call: Call, requestClass: RequestClass, struck: Struck, response: ServerResponse): Promise<void> {
    const latencyMs = this.tenant.settings.latencyMs[requestClass] ?? 0;
    if (latencyMs > 0) await this.wait(latencyMs);
    const before = struck.get('failBefore');
    if (before !== undefined) {
      this.send(response, serverFailure(before.status ?? 503, before.html ?? false, this.tenant.settings.retryAfterSeconds));
      return;
    }
    if (struck.has('closePostingRange')) this.tenant.closePostingRange();
    const late = struck.get('lateCommit');
    if (late !== undefined) await this.untilAbandoned(response, late);
    if (this.stopped) return;
    let answer = await this.perform(call);
    if (struck.has('loseAnswer') || late !== undefined) {
      response.socket?.destroy();
      return;
    }
    const after = struck.get('failAfter');
    if (after !== undefined) answer = serverFailure(after.status ?? 504, after.html ?? false, this.tenant.settings.retryAfterSeconds);
    const slow = struck.get('slow');
    if (slow !== undefined) await this.wait(slow.delayMs ?? SLOW_MS);
    this.send(response, garbled(this.pageAgain(call.path, answer, requestClass, struck), struck));
  }

  private async perform(call: Call): Promise<Answer> {
    try {
      return await this.tenant.answer(call);
    } catch (error) {
      if (error instanceof ODataError) return refusal(error);
      throw error;
    }
  }

  private pageAgain(path: string, answer: Answer, requestClass: RequestClass, struck: Struck): Answer {
    if (requestClass !== 'read' || answer.status !== 200) return answer;
    const again = struck.has('duplicatePage') ? this.lastPages.get(path) ?? answer : answer;
    this.lastPages.set(path, answer);
    return again;
  }

  private async answerToken(request: IncomingMessage, response: ServerResponse, head: Head, struck: Struck): Promise<void> {
    const form = new URLSearchParams(await readText(request));
    const slow = struck.get('slow');
    const latencyMs = (this.tenant.settings.latencyMs.token ?? 0) + (slow === undefined ? 0 : slow.delayMs ?? SLOW_MS);
    if (latencyMs > 0) await this.wait(latencyMs);
    if (struck.has('expireSecret')) this.tenant.entra.expireSecret();
    if (struck.has('loseAnswer')) {
      response.socket?.destroy();
      return;
    }
    const failing = struck.get('failBefore') ?? struck.get('failAfter');
    if (failing !== undefined) return this.send(response, serverFailure(failing.status ?? 503, failing.html ?? false));
    if (struck.has('throttle')) return this.send(response, { status: 429, headers: { 'retry-after': '1' }, body: '' });
    const tenant = TOKEN_PATH.exec(head.path)?.[1] ?? '';
    const answer: Answer = head.method === 'POST' ? this.tenant.entra.token(tenant, form, `${head.origin}${head.path}`) : { status: 405, headers: {}, body: '' };
    this.send(response, garbled(answer, struck));
  }

  /** The body is read to its end first, so that a refused request does not break the connection. */
  private async refuse(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
    await readText(request);
    this.send(response, answer);
  }

  protected answerError(error: unknown, response: ServerResponse): void {
    this.tenant.failures.push(error instanceof Error ? error : new Error(String(error)));
    if (!response.headersSent) this.send(response, serverFailure(500, false));
  }

  private send(response: ServerResponse, answer: Answer): void {
    this.tenant.counters.answer(answer.status);
    if (response.destroyed) return;
    const bytes = Buffer.from(answer.body);
    response.writeHead(answer.status, { ...answer.headers, ...(answer.status === 204 ? {} : { 'content-length': bytes.length }) });
    response.end(bytes);
  }
}

/** A 200 that breaks off in the middle: a proxy that gave up half way and says it did not. */
function garbled(answer: Answer, struck: Struck): Answer {
  if (!struck.has('garbled')) return answer;
  return { ...answer, status: 200, headers: { 'content-type': 'application/json' }, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) || '{"@odata.con' };
}

/** Operations in a $batch; 1 for a body that is none, which is refused later. */
function partsIn(body: string): number {
  try {
    const { requests } = JSON.parse(body) as { requests?: unknown };
    return Array.isArray(requests) ? Math.max(1, requests.length) : 1;
  } catch {
    return 1;
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const body = await readBody(request, REQUEST_BYTES_MAX, () => new ODataError(413, 'BadRequest', 'The request body is too large.'));
  return body.toString('utf8');
}
