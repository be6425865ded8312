import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PlaidError } from '../errors.js';
import type { PlaidSettings } from '../settings.js';
import { CONTROL_PATH } from './control.js';
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
export class PlaidServer {
  private readonly server: Server;
  private readonly waits = new Set<() => void>();
  private stopped = false;

  constructor(private readonly house: House) {
    this.server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
      this.handle(request, response).catch((error: unknown) => { this.send(response, error instanceof PlaidError ? this.refused(error) : this.failed(error)); });
    });
  }

  /** @returns the base URL, `http://HOST:PORT` */
  async listen(port: number, host: string): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    return `http://${host}:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const wake of this.waits) wake();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => { this.server.close(() => { resolve(); }); });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const call: Call = { method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, headers: request.headers, body: await readBody(request) };
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

  private send(response: ServerResponse, answer: Answer): void {
    this.house.counters.answer(answer.status);
    if (response.destroyed || response.headersSent) return;
    response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
    response.end(answer.body);
  }

  private async wait(delayMs: number): Promise<void> {
    if (this.stopped) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => { clearTimeout(timer); this.waits.delete(wake); resolve(); };
      const timer = setTimeout(wake, delayMs);
      this.waits.add(wake);
    });
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > REQUEST_BYTES_MAX) throw new PlaidError('INVALID_BODY', `body is larger than ${REQUEST_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
