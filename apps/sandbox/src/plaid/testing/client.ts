import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PlaidSandbox } from '../sandbox.js';

export interface Reply {
  readonly status: number;
  readonly text: string;
  /** The body as JSON; null when it is none. */
  readonly body: Record<string, unknown>;
  readonly code: string;
}

export type Row = Readonly<Record<string, unknown>> & { readonly transaction_id: string };

/** A plain client for the sandbox's own specs. */
export class TestClient {
  constructor(readonly sandbox: PlaidSandbox, private readonly credentials = sandbox.credentials) {}

  /** A call with credentials in headers. */
  async call(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Reply> {
    const { clientId, secret } = this.credentials;
    return this.send('POST', path, body, { 'plaid-client-id': clientId, 'plaid-secret': secret, ...headers });
  }

  async send(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const content = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    return read(await fetch(`${this.sandbox.url}${path}`, { method, headers: { 'content-type': 'application/json', ...headers }, ...content }));
  }

  async sync(accessToken: string, cursor = '', more: Record<string, unknown> = {}): Promise<Reply> {
    return this.call('/transactions/sync', { access_token: accessToken, cursor, ...more });
  }

  async control(method: string, path: string, body?: unknown): Promise<Reply> {
    return this.send(method, `/_control/${path}`, body);
  }
}

/** What a client keeps: the rows as it was told about them, and how far. */
export class Ledger {
  rows = new Map<string, Row>();
  cursor = '';
  restarts = 0;

  constructor(private readonly client: TestClient, private readonly accessToken: string, private readonly options: Record<string, unknown> = {}) {}

  /** The loop as the vendor documents it: all pages first, from the loop's first cursor again when anything fails, then everything at once. */
  async catchUp(count: number, between: (page: number) => void = () => {}): Promise<void> {
    const attemptsMax = 20;
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) if (await this.loop(count, between)) return;
    throw new Error(`no loop came to its end in ${attemptsMax} attempts`);
  }

  private async loop(count: number, between: (page: number) => void): Promise<boolean> {
    const pages: Record<string, unknown>[] = [];
    let cursor = this.cursor;
    for (let page = 1; ; page += 1) {
      const reply = await this.client.sync(this.accessToken, cursor, { count, ...this.options });
      if (reply.status !== 200) {
        this.restarts += 1;
        return false;
      }
      pages.push(reply.body);
      cursor = String(reply.body['next_cursor']);
      if (reply.body['has_more'] !== true) break;
      between(page);
    }
    for (const page of pages) this.apply(page);
    // "" is what an Item that is not ready answers: nothing to keep.
    if (cursor !== '') this.cursor = cursor;
    return true;
  }

  private apply(page: Record<string, unknown>): void {
    for (const row of [...page['added'] as Row[], ...page['modified'] as Row[]]) this.rows.set(row.transaction_id, row);
    for (const row of page['removed'] as Row[]) this.rows.delete(row.transaction_id);
  }
}

export interface Received {
  readonly raw: Buffer;
  readonly body: Record<string, unknown>;
  readonly verification: string;
}

/** An address webhooks can be sent to. */
export class Mailbox {
  readonly received: Received[] = [];
  /** What the next ones are answered; 200 when there is none left. */
  readonly statuses: number[] = [];

  private constructor(private readonly server: Server, readonly url: string) {}

  static async open(): Promise<Mailbox> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        const raw = Buffer.concat(chunks);
        mailbox.received.push({ raw, body: JSON.parse(raw.toString('utf8')) as Record<string, unknown>, verification: String(request.headers['plaid-verification']) });
        response.writeHead(mailbox.statuses.shift() ?? 200).end();
      });
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const mailbox = new Mailbox(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/plaid`);
    return mailbox;
  }

  codes(): string[] {
    return this.received.map(({ body }) => String(body['webhook_code']));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => { this.server.close(() => { resolve(); }); });
  }
}

async function read(response: Response): Promise<Reply> {
  const text = await response.text();
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    body = {};
  }
  return { status: response.status, text, body, code: String(body['error_code'] ?? '') };
}
