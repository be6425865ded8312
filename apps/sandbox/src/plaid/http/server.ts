import type { IncomingMessage, ServerResponse } from 'node:http';
import { CONTROL_PATH } from '../../simulation/control.js';
import { readBody } from '../../simulation/message.js';
import { VendorServer } from '../../simulation/vendor-server.js';
import { PlaidError } from '../errors.js';
import type { PlaidSettings } from '../settings.js';
import type { Counters } from './counters.js';
import type { Admitted, Desk } from './desk.js';
import { gatewayPage, json, refusal, REQUEST_BYTES_MAX, type Answer, type Call } from './message.js';

/** What the server needs of the vendor behind it. */
export interface House {
  readonly settings: PlaidSettings;
  readonly desk: Desk;
  readonly counters: Counters;
  /** Errors of the sandbox itself, for the test that wants to see them. */
  readonly failures: Error[];
  requestId(): string;
  /** Does what the clock has made due. */
  catchUp(): void;
  control(call: Call): Promise<Answer>;
}

const SLOW_MS = 1000;

/** The vendor over HTTP: the desk, the faults of the day, then the work. */
export class PlaidServer extends VendorServer {

  constructor(private readonly house: House) {
    super();
  }

  protected async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const call: Call = { method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, headers: request.headers, body: await readBody(request, REQUEST_BYTES_MAX, () => new PlaidError('INVALID_BODY', `body is larger than ${REQUEST_BYTES_MAX} bytes`)) };
    if (call.path.startsWith(`${CONTROL_PATH}/`)) return this.send(response, await this.house.control(call));
    const { counters } = this.house;
    counters.request(call.path);
    counters.opened();
    response.once('close', () => { counters.closed(); });
    this.house.catchUp();
    const admitted = this.attempt(() => this.house.desk.admit(call));
    if ('status' in admitted) return this.send(response, admitted);
    await this.workOn(admitted, response);
  }

  private async workOn(admitted: Admitted, response: ServerResponse): Promise<void> {
    const { struck, endpoint } = admitted;
    const latencyMs = this.house.settings.latencyMs[endpoint.requestClass] ?? 0;
    if (latencyMs > 0) await this.wait(latencyMs);
    if (struck.has('reset')) return void response.socket?.destroy();
    const before = struck.get('failBefore');
    if (before !== undefined) return this.send(response, this.serverFailure(before.status, before.html));
    const answer = this.attempt(() => json(200, { ...this.house.desk.work(admitted), request_id: this.house.requestId() }));
    if (struck.has('loseAnswer')) return void response.socket?.destroy();
    const slow = struck.get('slow');
    if (slow !== undefined) await this.wait(slow.delayMs ?? SLOW_MS);
    const after = struck.get('failAfter');
    if (after !== undefined) return this.send(response, this.serverFailure(after.status, after.html));
    if (struck.has('garble')) return this.send(response, { ...answer, status: 200, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) });
    this.send(response, answer);
  }

  /** A refusal of the vendor is an answer; any other error is the sandbox's own. */
  private attempt<T extends object>(work: () => T): T | Answer {
    try {
      return work();
    } catch (error) {
      return error instanceof PlaidError ? this.refused(error) : this.failed(error);
    }
  }

  private refused(error: PlaidError): Answer {
    this.house.counters.error(error.code);
    return refusal(error, this.house.requestId(), this.house.settings.internalErrorStatus);
  }

  private failed(error: unknown): Answer {
    this.house.failures.push(error instanceof Error ? error : new Error(String(error)));
    return this.refused(new PlaidError('INTERNAL_SERVER_ERROR'));
  }

  private serverFailure(status: number | undefined, html: boolean | undefined): Answer {
    const code = status ?? this.house.settings.internalErrorStatus;
    return html === true ? gatewayPage(code) : this.refused(new PlaidError('INTERNAL_SERVER_ERROR', undefined, { status: code }));
  }

  protected answerError(error: unknown, response: ServerResponse): void {
    this.send(response, error instanceof PlaidError ? this.refused(error) : this.failed(error));
  }

  private send(response: ServerResponse, answer: Answer): void {
    this.house.counters.answer(answer.status);
    if (response.destroyed || response.headersSent) return;
    response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
    response.end(answer.body);
  }
}
