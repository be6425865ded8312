import type { BusinessCentralSandbox } from '../sandbox.js';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
  /** `value` of a list. */
  readonly rows: Record<string, unknown>[];
  /** `error.code` of a refusal. */
  readonly code: string;
  /** `error.message` without its correlation id. */
  readonly message: string;
}

export const SCOPE = 'https://api.businesscentral.dynamics.com/.default';

/** A plain client for the sandbox's own specs. */
export class TestClient {
  private token: string | null = null;

  constructor(readonly sandbox: BusinessCentralSandbox, readonly companyId: string = sandbox.companies[0]?.id ?? '') {}

  async requestToken(form: Record<string, string> = {}, url = this.sandbox.tokenUrl): Promise<Reply> {
    const { clientId, clientSecret } = this.sandbox.credentials;
    return read(await fetch(url, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: SCOPE, ...form }) }));
  }

  async bearer(): Promise<string> {
    this.token ??= String((await this.requestToken()).body['access_token']);
    return this.token;
  }

  forgetToken(): void {
    this.token = null;
  }

  /** @param path below the API version, or an absolute URL */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const authorization = `Bearer ${await this.bearer()}`;
    const url = path.startsWith('http') ? path : `${this.sandbox.apiUrl}/${path}`;
    return read(await fetch(url, { method, headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers }, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) }));
  }

  /** In the company, standard API. */
  async in(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    return this.call(method, `v2.0/companies(${this.companyId})/${path}`, body, headers);
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.in('GET', path, undefined, headers);
  }

  /** POST; the created entity. @throws when it was refused */
  async create(path: string, body: unknown): Promise<Record<string, unknown>> {
    const reply = await this.in('POST', path, body);
    if (reply.status !== 201) throw new Error(`${path}: ${reply.status} ${reply.text}`);
    return reply.body;
  }

  /** A batch with a balancing account. @returns its id */
  async batch(code = 'HUB'): Promise<string> {
    const account = (await this.get("accounts?$filter=number eq '40400'")).rows[0];
    return String((await this.create('customerPaymentJournals', { code, displayName: 'Hub', balancingAccountId: account?.['id'] }))['id']);
  }

  async post(batchId: string): Promise<Reply> {
    return this.in('POST', `journals(${batchId})/Microsoft.NAV.post`);
  }

  async control(method: string, path: string, body?: unknown): Promise<Reply> {
    return read(await fetch(`${this.sandbox.url}/_control/${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }));
  }
}

async function read(response: Response): Promise<Reply> {
  const text = await response.text();
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // An empty answer, or no JSON: `text` says what came.
  }
  const error = body['error'] as { code?: string; message?: string } | undefined;
  return {
    status: response.status, headers: response.headers, text, body, rows: (body['value'] ?? []) as Record<string, unknown>[], code: error?.code ?? '',
    message: (error?.message ?? '').replace(/ {2}CorrelationId: {2}[0-9a-f-]+\.$/, ''),
  };
}
