import type { IncomingMessage, ServerResponse } from 'node:http';
import { CONTROL_PATH } from '../../simulation/control.js';
import { readBody } from '../../simulation/message.js';
import { VendorServer } from '../../simulation/vendor-server.js';
import type { Fault, FaultKind } from '../faults/faults.js';
import type { RequestClass } from '../settings.js';
import { REQUEST_BYTES_MAX, RESOURCE_TEXT, serverFailure, tooManyRequests, unauthorized, type Answer, type Call } from './message.js';
import { BLOB_PATH } from '../packages/blob-store.js';
import { classOf, isExemptFromThrottling } from './routes.js';
import type { Vendor } from './vendor.js';

/** What the throttle fault says when it is not told otherwise. */
const RETRY_AFTER_SECONDS = 5;
type Struck = ReadonlyMap<FaultKind, Fault>;

class RequestTooLarge extends Error {}

/** The environment over HTTP: token endpoint, authentication, throttling, the faults of the day, then the work. */
export class FinanceServer extends VendorServer {
  /** The list answered last, and where it was asked for. */
  private lastList: { readonly path: string; readonly answer: Answer } | null = null;

  constructor(private readonly vendor: Vendor) {
    super();
  }

  protected async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const body = await readBody(request, REQUEST_BYTES_MAX, () => new RequestTooLarge());
    const call: Call = { method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, headers: request.headers, body, origin: `http://${request.headers.host ?? '127.0.0.1'}` };
    if (call.path.startsWith(CONTROL_PATH)) return this.send(response, this.vendor.control(call));
    const requestClass = classOf(call.method, call.path);
    const { counters } = this.vendor;
    counters.request(requestClass);
    counters.openRequests += 1;
    counters.openRequestsPeak = Math.max(counters.openRequestsPeak, counters.openRequests);
    response.once('close', () => { counters.openRequests -= 1; });
    await this.admit(call, requestClass, response);
  }

  /** Who is it, may it now, and what goes wrong with it. */
  private async admit(call: Call, requestClass: RequestClass, response: ServerResponse): Promise<void> {
    const { directory, counters, throttling, faults } = this.vendor;
    const open = requestClass === 'token' || call.path.startsWith(BLOB_PATH);
    const client = open ? '' : directory.clientOf(call.headers.authorization);
    if (client === null) {
      counters.unauthorized += 1;
      return this.send(response, unauthorized(`https://login.microsoftonline.com/${directory.tenantId}`));
    }
    const struck = faults.draw(requestClass, this.lastList?.path === call.path && (call.query.has('$skip') || call.query.has('$skiptoken')));
    const throttle = struck.get('throttle');
    if (throttle !== undefined) {
      counters.throttledByFault += 1;
      return this.send(response, tooManyRequests(RESOURCE_TEXT, throttle.retryAfterSeconds === undefined ? RETRY_AFTER_SECONDS : throttle.retryAfterSeconds));
    }
    const throttled = open || isExemptFromThrottling(call.path) ? null : throttling.refusal(client);
    if (throttled !== null) return this.send(response, tooManyRequests(throttled.text, throttled.retryAfterSeconds));
    await this.workOn(call, requestClass, struck, response);
  }

  private async workOn(call: Call, requestClass: RequestClass, struck: Struck, response: ServerResponse): Promise<void> {
    const latencyMs = this.vendor.settings.latencyMs[requestClass] ?? 0;
    if (latencyMs > 0) await this.wait(latencyMs);
    if (struck.has('reset')) return void response.socket?.destroy();
    const before = struck.get('failBefore');
    if (before !== undefined) return this.send(response, serverFailure(before.status ?? 503, before.html ?? false, 'before'));
    if (struck.has('closePeriod')) this.vendor.closeCurrentPeriod();
    const late = struck.get('lateCommit');
    if (late !== undefined) return this.commitLate(call, late, response);
    const answer = this.vendor.answer(call);
    if (struck.has('loseAnswer')) return void response.socket?.destroy();
    const slow = struck.get('slow');
    if (slow !== undefined) await this.wait(slow.delayMs ?? 1000);
    const after = struck.get('failAfter');
    if (after !== undefined) return this.send(response, serverFailure(after.status ?? 500, after.html ?? false, 'after'));
    this.send(response, this.changed(call, answer, struck));
  }

  private async commitLate(call: Call, late: Fault, response: ServerResponse): Promise<void> {
    if (late.clockMs !== undefined) {
      this.vendor.later(late.clockMs, () => { this.vendor.answer(call); });
      return void response.socket?.destroy();
    }
    await this.untilAbandoned(response, late);
    if (this.stopped) return;
    this.vendor.answer(call);
    response.socket?.destroy();
  }

  /** The answer after the faults that spoil it. */
  private changed(call: Call, answer: Answer, struck: Struck): Answer {
    if (struck.has('garble')) return { ...answer, status: 200, headers: { ...answer.headers, 'content-type': 'application/json' }, body: `{"value":[{"${String(answer.body).slice(0, 40).replaceAll(/[^a-zA-Z]/g, '')}` };
    if (call.method !== 'GET' || answer.status !== 200 || typeof answer.body !== 'string' || !answer.body.includes('"value":[')) return answer;
    const again = struck.has('duplicatePage') && this.lastList !== null ? this.lastList.answer : answer;
    this.lastList = { path: call.path, answer };
    return again;
  }

  protected answerError(error: unknown, response: ServerResponse): void {
    if (error instanceof RequestTooLarge) return this.send(response, serverFailure(500, true, 'too large'));
    this.vendor.failures.push(error instanceof Error ? error : new Error(String(error)));
    if (!response.headersSent) this.send(response, serverFailure(500, false, 'sandbox'));
  }

  private send(response: ServerResponse, answer: Answer): void {
    this.vendor.counters.answer(answer.status);
    if (response.destroyed || response.headersSent) return;
    const bytes = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
    response.writeHead(answer.status, { ...answer.headers, ...(answer.status === 204 ? {} : { 'content-length': bytes.length }) });
    response.end(bytes);
  }
}
