import { createPrivateKey, constants, randomUUID, sign } from 'node:crypto';
import type { FinanceSandbox } from '../sandbox.js';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; null when it is none. */
  readonly body: Record<string, unknown> | null;
  readonly rows: Record<string, unknown>[];
  /** `innererror.message` of a refusal, else its message. */
  readonly problem: string;
}

/** Signs a client assertion without any library of the product's. */
export function clientAssertion(claims: Record<string, unknown>, header: Record<string, unknown>, privateKeyPem: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${part({ typ: 'JWT', ...header })}.${part(claims)}`;
  const key = createPrivateKey(privateKeyPem);
  const signature = header['alg'] === 'PS256' ? sign('sha256', Buffer.from(unsigned), { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }) : sign('sha256', Buffer.from(unsigned), key);
  return `${unsigned}.${signature.toString('base64url')}`;
}

/** A plain client for the sandbox's own specs. */
export class TestClient {
  private token: string | null = null;

  constructor(readonly sandbox: FinanceSandbox, private readonly credentials = sandbox.credentials) {}

  async requestToken(form: Record<string, string> = {}, tokenUrl = this.sandbox.tokenUrl): Promise<Reply> {
    const { clientId, clientSecret } = this.credentials;
    return read(await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: `${this.sandbox.url}/.default`, ...form }) }));
  }

  /** A token by certificate. */
  async requestTokenByAssertion(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Promise<Reply> {
    const { clientId, privateKeyPem, thumbprintSha256 } = this.credentials;
    const now = Math.floor(Date.now() / 1000);
    const assertion = clientAssertion({ iss: clientId, sub: clientId, aud: this.sandbox.tokenUrl, jti: randomUUID(), nbf: now, exp: now + 300, ...claims }, { 'alg': 'PS256', 'x5t#S256': thumbprintSha256, ...header }, privateKeyPem);
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, scope: `${this.sandbox.url}/.default`, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: assertion });
    return read(await fetch(this.sandbox.tokenUrl, { method: 'POST', body: form }));
  }

  async bearer(): Promise<string> {
    if (this.token === null) this.token = String((await this.requestToken()).body?.['access_token']);
    return this.token;
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const url = path.startsWith('http') ? path : `${this.sandbox.url}${path}`;
    const content = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    return read(await fetch(url, { method, headers: { authorization: `Bearer ${await this.bearer()}`, 'content-type': 'application/json', ...headers }, ...content }));
  }

  async get(resource: string, options: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Reply> {
    const query = new URLSearchParams(options).toString();
    return this.call('GET', `/data/${resource}${query === '' ? '' : `?${query}`}`, undefined, headers);
  }

  /** The created record. @throws when it was refused */
  async create(collection: string, body: unknown): Promise<Record<string, unknown>> {
    const reply = await this.call('POST', `/data/${collection}`, body);
    if (reply.status !== 201 || reply.body === null) throw new Error(`${collection}: ${reply.status} ${reply.text}`);
    return reply.body;
  }

  /** A journal with one line for a customer; marks as invoice, due date and amount. @returns the batch number */
  async journal(account: string, amount: number, marks: readonly (readonly [invoice: string, dueDate: string, amount: number])[] = [], line: Record<string, unknown> = {}): Promise<string> {
    const header = await this.create('CustomerPaymentJournalHeaders', { dataAreaId: 'usmf', JournalName: 'ARPay', Description: 'test' });
    const batch = String(header['JournalBatchNumber']);
    await this.create('CustomerPaymentJournalLines', { dataAreaId: 'usmf', JournalBatchNumber: batch, LineNumber: 1, AccountType: 'Cust', AccountDisplayValue: account, CreditAmount: amount, CurrencyCode: 'USD', TransactionDate: '2026-11-20T12:00:00Z', ...line });
    for (const [invoice, dueDate, part] of marks) await this.create('PaymentJournalLineSettledInvoices', { ...mark(batch, invoice, dueDate), SettlementAmountInInvoiceCurrency: part });
    return batch;
  }

  async control(method: string, path: string, body?: unknown): Promise<Reply> {
    return read(await fetch(`${this.sandbox.url}/_control/${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }));
  }
}

/** The key of a mark on line 1. */
export function mark(batch: string, invoice: string, dueDate: string): Record<string, unknown> {
  return { JournalLineCompany: 'usmf', JournalBatchNumber: batch, JournalLineNumber: 1, InvoiceNumber: invoice, InvoiceCompany: 'usmf', InvoiceDueDate: `${dueDate}T12:00:00Z` };
}

async function read(response: Response): Promise<Reply> {
  const text = await response.text();
  let body: Record<string, unknown> | null = null;
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    body = null;
  }
  const error = body?.['error'] as { message?: string; innererror?: { message?: string } } | undefined;
  return { status: response.status, headers: response.headers, text, body, rows: (body?.['value'] ?? []) as Record<string, unknown>[], problem: error?.innererror?.message ?? error?.message ?? '' };
}

const POLL_MS = 20;
const POLLS_MAX = 500;

/** Waits until `holds`, ten seconds at most. @throws when it never did */
export async function eventually(holds: () => boolean): Promise<void> {
  for (let poll = 0; poll < POLLS_MAX; poll += 1) {
    if (holds()) return;
    await new Promise((resolve) => { setTimeout(resolve, POLL_MS); });
  }
  throw new Error(`still not so after ${POLL_MS * POLLS_MAX} ms`);
}
