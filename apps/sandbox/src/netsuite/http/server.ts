import type { IncomingMessage, ServerResponse } from 'node:http';
import { CONTROL_PATH } from '../../simulation/control.js';
import { readBody } from '../../simulation/message.js';
import { VendorServer } from '../../simulation/vendor-server.js';
import { TOKEN_PATH } from '../auth/gatekeeper.js';
import type { Fault, FaultKind } from '../faults/faults.js';
import { RecordError } from '../records/record-error.js';
import type { RequestClass } from '../settings.js';
import { ASYNC_PATH, isAsync } from './async-jobs.js';
import { refusal, REQUEST_BYTES_MAX, serverFailure, tooManyRequests, type Answer, type Call } from './message.js';
import { SUITEQL_PATH } from './query-endpoint.js';
import type { Vendor } from './vendor.js';

type Struck = ReadonlyMap<FaultKind, Fault>;

/** The account over HTTP on loopback: authentication, governance, the faults of the day, then the work. */
export class NetSuiteServer extends VendorServer {
  private lastPage: Answer | null = null;

  constructor(private readonly vendor: Vendor) {
    super();
  }

  protected async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const partial = { method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, headers: request.headers, origin: `http://${request.headers.host ?? '127.0.0.1'}` };
    if (url.pathname.startsWith(CONTROL_PATH)) {
      const answer = this.vendor.control({ ...partial, body: await readText(request) });
      this.send(response, answer, new Map());
      return;
    }
    const requestClass = classOf(partial.method, url.pathname, isAsync({ ...partial, body: '' }));
    this.vendor.counters.request(requestClass);
    if (url.pathname === TOKEN_PATH) {
      await this.answerToken(request, response, partial);
      return;
    }
    const unauthorized = this.vendor.gatekeeper.refusal({ method: partial.method, path: url.pathname, query: [...url.searchParams], authorization: request.headers.authorization, host: request.headers.host });
    if (unauthorized !== null) {
      this.vendor.counters.unauthorized += 1;
      await this.finish(request, response, unauthorized);
      return;
    }
    const struck = this.vendor.faults.draw(requestClass);
    if (struck.has('throttle') || !this.vendor.governance.enter()) {
      this.vendor.counters.throttled += 1;
      await this.finish(request, response, tooManyRequests());
      return;
    }
    this.vendor.counters.granted += 1;
    this.vendor.counters.inFlightPeak = Math.max(this.vendor.counters.inFlightPeak, this.vendor.governance.requestsInFlight);
    try {
      await this.workOn({ ...partial, body: await readText(request) }, requestClass, struck, response);
    } finally {
      this.vendor.governance.leave();
    }
  }

  private async workOn(call: Call, requestClass: RequestClass, struck: Struck, response: ServerResponse): Promise<void> {
    const latencyMs = this.vendor.settings.latencyMs[requestClass] ?? 0;
    if (latencyMs > 0) await this.wait(latencyMs);
    const before = struck.get('failBefore');
    if (before !== undefined) {
      this.send(response, serverFailure(before.status ?? 503, before.html ?? false, 'before'), struck);
      return;
    }
    if (struck.has('closePeriod')) this.vendor.closeCurrentPeriod();
    const late = struck.get('lateCommit');
    if (late !== undefined) await this.untilAbandoned(response, late);
    if (this.stopped) return;
    let answer = this.perform(call);
    if (struck.has('deliverTwice')) answer = this.perform(call);
    if (struck.has('loseAnswer') || late !== undefined) {
      response.socket?.destroy();
      return;
    }
    const after = struck.get('failAfter');
    if (after !== undefined) answer = serverFailure(after.status ?? 500, after.html ?? false, 'after');
    const slow = struck.get('slow');
    if (slow !== undefined) await this.wait(slow.delayMs ?? 1000);
    this.send(response, this.pageAgain(answer, requestClass, struck), struck);
  }

  /** Does the work; a fault of the sandbox itself becomes a 500 that says so and is counted. */
  private perform(call: Call): Answer {
    try {
      return this.vendor.answer(call);
    } catch (error) {
      if (error instanceof RecordError) return refusal(error);
      throw error;
    }
  }

  private pageAgain(answer: Answer, requestClass: RequestClass, struck: Struck): Answer {
    if (requestClass !== 'query' || answer.status !== 200) return answer;
    const again = struck.has('duplicatePage') && this.lastPage !== null ? this.lastPage : answer;
    this.lastPage = answer;
    return again;
  }

  private async answerToken(request: IncomingMessage, response: ServerResponse, partial: Omit<Call, 'body'>): Promise<void> {
    const struck = this.vendor.faults.draw('token');
    const form = new URLSearchParams(await readText(request));
    const slow = struck.get('slow');
    const latencyMs = (this.vendor.settings.latencyMs.token ?? 0) + (slow === undefined ? 0 : slow.delayMs ?? 1000);
    if (latencyMs > 0) await this.wait(latencyMs);
    const failing = struck.get('failBefore') ?? struck.get('failAfter');
    if (struck.has('expireCertificate')) this.vendor.expireCertificates();
    if (struck.has('loseAnswer')) {
      response.socket?.destroy();
      return;
    }
    if (failing !== undefined) return this.send(response, serverFailure(failing.status ?? 503, failing.html ?? false, 'token'), struck);
    if (struck.has('throttle')) return this.send(response, tooManyRequests(), struck);
    const hosts = request.headers.host === undefined ? [] : [request.headers.host];
    this.send(response, partial.method === 'POST' ? this.vendor.gatekeeper.token(form, hosts) : { status: 405, headers: {}, body: '' }, struck);
  }

  /** The body is read to its end first, so that a refused request does not break the connection. */
  private async finish(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
    await readText(request);
    this.send(response, answer, new Map());
  }

  protected answerError(error: unknown, response: ServerResponse): void {
    this.vendor.failures.push(error instanceof Error ? error : new Error(String(error)));
    if (!response.headersSent) this.send(response, serverFailure(500, false, 'sandbox'), new Map());
  }

  private send(response: ServerResponse, answer: Answer, struck: Struck): void {
    this.vendor.counters.answer(answer.status);
    if (response.destroyed) return;
    const bytes = Buffer.from(answer.body);
    const { socket } = response;
    response.writeHead(answer.status, { ...answer.headers, ...(answer.status === 204 ? {} : { 'content-length': bytes.length }) });
    response.end(bytes);
    if (!struck.has('answerTwice') || socket === null) return;
    const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`).join('');
    response.once('finish', () => { socket.write(`HTTP/1.1 ${answer.status} Again\r\n${headers}content-length: ${bytes.length}\r\n\r\n${answer.body}`); });
  }
}

/** Which class a request belongs to, for faults, latency and counting. Polling a job is a read. */
export function classOf(method: string, path: string, asynchronous: boolean): RequestClass {
  if (path === TOKEN_PATH) return 'token';
  if (path === SUITEQL_PATH) return 'query';
  if (path.startsWith(ASYNC_PATH)) return 'read';
  if (asynchronous) return 'async';
  switch (method) {
    case 'POST': return 'create';
    case 'PATCH': case 'PUT': return 'update';
    case 'DELETE': return 'delete';
    default: return 'read';
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const body = await readBody(request, REQUEST_BYTES_MAX, () => new RecordError(413, 'REQUEST_TOO_LARGE', `The request is larger than ${REQUEST_BYTES_MAX} bytes.`));
  return body.toString('utf8');
}
