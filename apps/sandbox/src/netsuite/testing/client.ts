import { createPrivateKey, constants, randomBytes, sign } from 'node:crypto';
import { hmacSignature, percentEncode, signatureBase } from '../auth/tba.js';
import { TOKEN_PATH } from '../auth/gatekeeper.js';
import type { NetSuiteSandbox } from '../sandbox.js';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; null when it is none. */
  readonly body: Record<string, unknown> | null;
}

export interface QueryReply extends Reply {
  readonly items: Record<string, string>[];
  readonly totalResults: number;
  readonly hasMore: boolean;
  /** `detail` of a refusal. */
  readonly detail: string;
}

/** Signs a client assertion without any library of the product's. */
export function assertion(claims: Record<string, unknown>, header: Record<string, unknown>, privateKeyPem: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${part({ typ: 'JWT', ...header })}.${part(claims)}`;
  const algorithm = String(header['alg']);
  const key = createPrivateKey(privateKeyPem);
  const digest = `sha${algorithm.slice(2)}`;
  const signature = algorithm.startsWith('ES') ? sign(digest, Buffer.from(unsigned), { key, dsaEncoding: 'ieee-p1363' })
    : algorithm.startsWith('PS') ? sign(digest, Buffer.from(unsigned), { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST })
      : sign(digest, Buffer.from(unsigned), key);
  return `${unsigned}.${signature.toString('base64url')}`;
}

/** A plain client for the sandbox's own specs. */
export class TestClient {
  private token: string | null = null;

  constructor(readonly sandbox: NetSuiteSandbox) {}

  assertion(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}): string {
    const { m2m } = this.sandbox.credentials;
    const now = Math.floor(Date.now() / 1000);
    return assertion(
      { iss: m2m.clientId, scope: ['restlets', 'rest_webservices'], aud: `${this.sandbox.url}${TOKEN_PATH}`, iat: now, exp: now + 3000, ...claims },
      { alg: m2m.algorithm, kid: m2m.certificateId, ...header }, m2m.privateKeyPem,
    );
  }

  async requestToken(clientAssertion: string, form: Record<string, string> = {}): Promise<Reply> {
    return read(await fetch(`${this.sandbox.url}${TOKEN_PATH}`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: clientAssertion, ...form }),
    }));
  }

  async bearer(): Promise<string> {
    if (this.token === null) this.token = String((await this.requestToken(this.assertion())).body?.['access_token']);
    return this.token;
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const authorization = `Bearer ${await this.bearer()}`;
    return read(await fetch(`${this.sandbox.url}${path}`, { method, headers: { authorization, 'content-type': 'application/json', ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }));
  }

  async record(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    return this.call(method, `/services/rest/record/v1/${path}`, body, headers);
  }

  /** POST; the new id from Location. @throws when it was refused */
  async create(record: string, body: unknown): Promise<string> {
    const reply = await this.record('POST', record, body);
    if (reply.status !== 204) throw new Error(`${record}: ${reply.status} ${reply.text}`);
    return reply.headers.get('location')?.split('/').at(-1) ?? '';
  }

  async view(path: string): Promise<Record<string, unknown>> {
    const reply = await this.record('GET', `${path}${path.includes('?') ? '&' : '?'}expandSubResources=true`);
    if (reply.body === null || reply.status !== 200) throw new Error(`${path}: ${reply.status} ${reply.text}`);
    return reply.body;
  }

  async query(q: string, params: readonly unknown[] = [], page = 'limit=1000&offset=0', headers: Record<string, string> = { prefer: 'transient' }): Promise<QueryReply> {
    const reply = await this.call('POST', `/services/rest/query/v1/suiteql?${page}`, { q, params }, headers);
    return {
      ...reply, items: (reply.body?.['items'] ?? []) as Record<string, string>[], totalResults: Number(reply.body?.['totalResults']), hasMore: reply.body?.['hasMore'] === true,
      detail: detailOf(reply),
    };
  }

  /** The header of a request signed with token-based authentication. */
  tbaHeader(method: string, path: string, query: readonly (readonly [string, string])[] = [], changes: Record<string, string | undefined> = {}): string {
    const { tba } = this.sandbox.credentials;
    const parameters: Record<string, string | undefined> = {
      oauth_consumer_key: tba.consumerKey, oauth_token: tba.tokenId, oauth_nonce: randomBytes(10).toString('hex'), oauth_timestamp: String(Math.floor(Date.now() / 1000)),
      oauth_signature_method: 'HMAC-SHA256', oauth_version: '1.0', ...changes,
    };
    const { realm = tba.realm, oauth_signature: forced, ...signed } = parameters;
    const pairs = Object.entries(signed).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const signature = forced ?? hmacSignature(signatureBase(method, `${this.sandbox.url}${path}`, [...pairs, ...query]), tba.consumerSecret, tba.tokenSecret);
    return `OAuth realm="${realm}", ${[...pairs, ['oauth_signature', signature] as const].map(([name, value]) => `${name}="${percentEncode(value)}"`).join(', ')}`;
  }

  async control(method: string, path: string, body?: unknown): Promise<Reply> {
    return read(await fetch(`${this.sandbox.url}/_control/${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }));
  }
}

async function read(response: Response): Promise<Reply> {
  const text = await response.text();
  let body: Record<string, unknown> | null = null;
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    body = null;
  }
  return { status: response.status, headers: response.headers, text, body };
}

const POLL_MS = 20;
const POLLS_MAX = 500;

/** Waits until `holds`, ten seconds at most. @throws when it never did */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let poll = 0; poll < POLLS_MAX; poll += 1) {
    if (await holds()) return;
    await new Promise((resolve) => { setTimeout(resolve, POLL_MS); });
  }
  throw new Error(`still not so after ${POLL_MS * POLLS_MAX} ms`);
}

interface Details { readonly detail?: string; readonly 'o:errorCode'?: string; readonly 'o:errorPath'?: string }

export function detailsOf(reply: Reply): Details {
  return (reply.body?.['o:errorDetails'] as Details[] | undefined)?.[0] ?? {};
}

export function detailOf(reply: Reply): string {
  return detailsOf(reply).detail ?? '';
}

export function codeOf(reply: Reply): string {
  return detailsOf(reply)['o:errorCode'] ?? '';
}

export function pathOf(reply: Reply): string {
  return detailsOf(reply)['o:errorPath'] ?? '';
}
