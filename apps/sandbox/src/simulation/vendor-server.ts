import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const KEEP_ALIVE_MS = 30_000;
/** How long a late commit waits for its client to hang up when the fault does not say. */
const HOLD_MS = 120_000;

/** A vendor's HTTP server: it listens, waits on purpose, and stops at once, whoever is waiting. */
export abstract class VendorServer {
  private readonly server: Server;
  private readonly waits = new Set<() => void>();
  protected stopped = false;

  constructor() {
    this.server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      this.handle(request, response).catch((error: unknown) => { this.answerError(error, response); });
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

  protected abstract handle(request: IncomingMessage, response: ServerResponse): Promise<void>;

  /** What a request gets that could not be handled. */
  protected abstract answerError(error: unknown, response: ServerResponse): void;

  /** Until the client has hung up, or for `holdMs`; then for `delayMs` more. */
  protected async untilAbandoned(response: ServerResponse, late: { readonly holdMs?: number; readonly delayMs?: number }): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => { clearTimeout(timer); this.waits.delete(wake); resolve(); };
      const timer = setTimeout(wake, late.holdMs ?? HOLD_MS);
      this.waits.add(wake);
      response.once('close', wake);
    });
    await this.wait(late.delayMs ?? 0);
  }

  protected async wait(delayMs: number): Promise<void> {
    if (this.stopped) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => { clearTimeout(timer); this.waits.delete(wake); resolve(); };
      const timer = setTimeout(wake, delayMs);
      this.waits.add(wake);
    });
  }
}
