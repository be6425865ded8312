import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeItem } from './fake-item.js';
import { FakeKeys } from './fake-keys.js';

export const CLIENT_ID = 'client-5f1';
export const SECRET = 'secret-of-plaid-77';
export const ACCESS_TOKEN = 'access-sandbox-1111-aaaa';

/** One call as Plaid saw it, and what it answered. */
export interface SeenCall {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly answer: unknown;
}

/** What goes wrong with a later call. */
export interface FakeFault {
  /** Calls that still go well. */
  after: number;
  readonly kind: 'status' | 'reset' | 'garble' | 'throttle';
  readonly status?: number;
  readonly code?: string;
  readonly retryAfterSeconds?: number | null;
}

class PlaidRefusal extends Error {
  constructor(readonly code: string, message: string, readonly status = 400, readonly type = 'INVALID_REQUEST') {
    super(message);
  }
}

/** The fields each request may have; any other is refused, as Plaid does. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  '/transactions/sync': ['access_token', 'cursor', 'count', 'options'],
  '/item/get': ['access_token'],
  '/accounts/get': ['access_token', 'options'],
  '/item/webhook/update': ['access_token', 'webhook'],
  '/item/public_token/exchange': ['public_token'],
  '/link/token/create': ['client_name', 'language', 'country_codes', 'user', 'products', 'transactions', 'webhook', 'redirect_uri', 'access_token'],
  '/webhook_verification_key/get': ['key_id'],
};

/**
 * The part of Plaid this connector speaks to, over real HTTP and from the reference alone. It knows nothing of the sandbox in apps/.
 */
export class FakePlaid {
  readonly calls: SeenCall[] = [];
  readonly keys = new FakeKeys();
  /** By access token. */
  readonly items = new Map<string, FakeItem>([[ACCESS_TOKEN, new FakeItem('item-1')]]);
  readonly faults: FakeFault[] = [];
  /** Public tokens that wait to be exchanged, with the access token each becomes. */
  readonly publicTokens = new Map<string, string>();
  answerDelayMs = 0;
  openRequests = 0;
  #server: Server | null = null;
  #url = '';

  get url(): string {
    return this.#url;
  }

  get item(): FakeItem {
    return this.itemOf(ACCESS_TOKEN);
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => { void this.#take(request, response); });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    this.#server = server;
    this.#url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
    server.closeAllConnections();
    await closed;
  }

  itemOf(token: unknown): FakeItem {
    const item = this.items.get(String(token));
    if (item === undefined) throw new PlaidRefusal('INVALID_ACCESS_TOKEN', 'could not find matching access token', 400, 'INVALID_INPUT');
    return item;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.openRequests += 1;
    response.once('close', () => { this.openRequests -= 1; });
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const path = request.url ?? '';
    if (this.answerDelayMs > 0) await new Promise((resolve) => { setTimeout(resolve, this.answerDelayMs).unref(); });
    const fault = this.#dueFault();
    if (fault?.kind === 'reset') {
      request.socket.destroy();
      return;
    }
    const body = JSON.parse(Buffer.concat(parts).toString('utf8')) as Record<string, unknown>;
    const { status, answer, headers = {} } = fault === null || fault.kind === 'garble' ? this.#answer(path, request.headers, body) : faulty(fault);
    this.calls.push({ path, headers: request.headers, body, status, answer });
    const text = answer instanceof RawJson ? answer.text : JSON.stringify(answer);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(fault?.kind === 'garble' ? text.slice(0, text.length / 2) : text);
  }

  #dueFault(): FakeFault | null {
    const [fault] = this.faults;
    if (fault === undefined) return null;
    if (fault.after > 0) {
      fault.after -= 1;
      return null;
    }
    this.faults.shift();
    return fault;
  }

  #answer(path: string, headers: IncomingMessage['headers'], body: Record<string, unknown>): { status: number; answer: unknown; headers?: Record<string, string> } {
    try {
      if (headers['plaid-client-id'] !== CLIENT_ID || headers['plaid-secret'] !== SECRET) throw new PlaidRefusal('INVALID_API_KEYS', 'invalid client_id or secret provided', 400, 'INVALID_INPUT');
      const fields = FIELDS[path];
      if (fields === undefined) throw new PlaidRefusal('NOT_FOUND', 'the requested resource was not found', 404);
      const unknown = Object.keys(body).filter((field) => !fields.includes(field));
      if (unknown.length > 0) throw new PlaidRefusal('UNKNOWN_FIELDS', `the following fields are not recognized by this endpoint: ${unknown.join(', ')}`);
      return { status: 200, answer: this.#result(path, body) };
    } catch (error) {
      const refusal = error instanceof PlaidRefusal ? error : new PlaidRefusal('INTERNAL_SERVER_ERROR', String(error), 500, 'API_ERROR');
      return { status: refusal.status, answer: errorBody(refusal) };
    }
  }

  #result(path: string, body: Record<string, unknown>): unknown {
    switch (path) {
      case '/transactions/sync': return this.#sync(this.itemOf(body['access_token']), body);
      case '/item/get': return { item: this.itemOf(body['access_token']).describe(), status: { transactions: { last_successful_update: null, last_failed_update: null } }, request_id: 'req-2' };
      case '/accounts/get': return this.#accounts(this.itemOf(body['access_token']));
      case '/item/webhook/update': {
        const item = this.itemOf(body['access_token']);
        item.webhook = String(body['webhook']);
        return { item: item.describe(), request_id: 'req-3' };
      }
      case '/item/public_token/exchange': return this.#exchange(String(body['public_token']));
      case '/link/token/create': return { link_token: `link-sandbox-${this.calls.length}`, expiration: '2026-03-10T16:00:00Z', request_id: 'req-4' };
      default: {
        const key = this.keys.find(String(body['key_id']));
        if (key === null) throw new PlaidRefusal('INVALID_WEBHOOK_VERIFICATION_KEY_ID', 'invalid key_id provided');
        return { key, request_id: 'req-5' };
      }
    }
  }

  #accounts(item: FakeItem): unknown {
    if (item.error !== null) throw new PlaidRefusal(item.error, 'the login details of this item have changed', 400, 'ITEM_ERROR');
    return { accounts: item.accounts, item: item.describe(), request_id: 'req-6' };
  }

  #sync(item: FakeItem, body: Record<string, unknown>): unknown {
    if (item.error !== null) throw new PlaidRefusal(item.error, 'the login details of this item have changed', 400, 'ITEM_ERROR');
    const page = item.page(String(body['cursor'] ?? ''), Number(body['count'] ?? 100));
    if (page === 'mutation') throw new PlaidRefusal('TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION', 'Underlying transaction data changed since last page was fetched. Please restart pagination from last update.', 400, 'TRANSACTIONS_ERROR');
    return new RawJson(page);
  }

  #exchange(publicToken: string): unknown {
    const accessToken = this.publicTokens.get(publicToken);
    if (accessToken === undefined) throw new PlaidRefusal('INVALID_PUBLIC_TOKEN', 'could not find matching public token', 400, 'INVALID_INPUT');
    this.publicTokens.delete(publicToken);
    return { access_token: accessToken, item_id: this.itemOf(accessToken).itemId, request_id: 'req-7' };
  }
}

/** JSON whose numbers have digits no float has. */
export class RawJson {
  constructor(readonly text: string) {}
}

function errorBody({ type, code, message }: PlaidRefusal): unknown {
  return { error_type: type, error_code: code, error_code_reason: null, error_message: message, display_message: null, request_id: 'req-1', causes: [] };
}

function faulty({ kind, status = 500, code = 'INTERNAL_SERVER_ERROR', retryAfterSeconds = null }: FakeFault): { status: number; answer: unknown; headers?: Record<string, string> } {
  if (kind !== 'throttle') return { status, answer: errorBody(new PlaidRefusal(code, 'an unexpected error occurred', status, 'API_ERROR')) };
  return {
    status: 429, answer: errorBody(new PlaidRefusal('TRANSACTIONS_SYNC_LIMIT', 'rate limit exceeded', 429, 'RATE_LIMIT_EXCEEDED')),
    ...(retryAfterSeconds === null ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
  };
}
