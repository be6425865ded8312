import { randomUUID } from 'node:crypto';
import type { SandboxClock } from '../../simulation/clock.js';
import { readBody, type Body } from '../http/body.js';
import { headerOf, NO_CONTENT, ok, type Answer, type Call } from '../http/message.js';
import { badRequest, dialog, entityChanged, ODataError, recordNotFound } from '../odata/odata-error.js';
import type { TenantSettings } from '../settings.js';

export interface Subscription {
  readonly id: string;
  readonly companyId: string;
  /** Entity set after the company. */
  readonly entitySet: string;
  readonly resource: string;
  notificationUrl: string;
  clientState: string;
  expiresAtMs: number;
  version: number;
  modifiedAtMs: number;
}

/** 3 days, 200 an environment, 2,048 characters (2.10). */
export const SUBSCRIPTION_LIFETIME_MS = 3 * 86_400_000;
export const SUBSCRIPTIONS_MAX = 200;
export const CLIENT_STATE_LENGTH_MAX = 2048;
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Entity sets of receivables a client may subscribe to (2.10). Queries and temporary tables are not among them. */
export const SUBSCRIBABLE = ['customers', 'customerPaymentJournals', 'salesInvoices', 'salesCreditMemos', 'generalLedgerEntries', 'journals', 'paymentTerms'] as const;

const RESOURCE = /^\/?(?:v2\.0\/[^/]+\/[^/]+\/)?api\/v2\.0\/companies\(([0-9a-f-]{36})\)\/(\w+)$/i;

/** `.../api/v2.0/subscriptions` and `subscriptions('{id}')`: handshake on create and renewal, If-Match on renewal and deletion (2.10). */
export class Subscriptions {
  private readonly list = new Map<string, Subscription>();

  constructor(private readonly settings: TenantSettings, private readonly clock: SandboxClock, private readonly companyIds: readonly string[]) {}

  /** Those that have not run out. */
  living(): Subscription[] {
    for (const subscription of this.list.values()) if (subscription.expiresAtMs <= this.clock.nowMs()) this.list.delete(subscription.id);
    return [...this.list.values()];
  }

  drop(id: string): void {
    this.list.delete(id);
  }

  /** @throws ODataError */
  async answer(call: Call, key: string | null): Promise<Answer> {
    if (key === null) return call.method === 'POST' ? this.create(call) : ok(`{"@odata.context":${JSON.stringify(contextOf(call))},"value":[${this.living().map(textOf).join(',')}]}`);
    const subscription = this.living().find((candidate) => candidate.id === key);
    if (subscription === undefined) throw recordNotFound('Subscription', key);
    if (call.method === 'GET') return entity(call, subscription, 200);
    const match = headerOf(call, 'if-match');
    if (match === undefined) throw badRequest('The If-Match header is missing or malformed: an ETag or * is required.', 'BadRequest_InvalidToken');
    if (match !== '*' && match !== etagOf(subscription)) throw entityChanged();
    if (call.method === 'DELETE') {
      this.list.delete(subscription.id);
      return NO_CONTENT;
    }
    if (call.method !== 'PATCH') throw new ODataError(405, 'BadRequest_MethodNotAllowed', `The requested resource does not support http method '${call.method}'.`);
    return this.renew(call, subscription);
  }

  private async create(call: Call): Promise<Answer> {
    const body = readBody(call.body);
    const url = this.urlOf(body['notificationUrl']);
    const resource = body['resource'];
    const match = RESOURCE.exec(typeof resource === 'string' ? resource : '');
    const [companyId = '', entitySet = ''] = [match?.[1]?.toLowerCase(), match?.[2]];
    if (!this.companyIds.includes(companyId) || !SUBSCRIBABLE.some((known) => known === entitySet)) throw dialog(`The resource '${String(resource)}' does not support webhook notifications.`);
    if (this.living().length >= SUBSCRIPTIONS_MAX) throw dialog(`The maximum number of subscriptions (${SUBSCRIPTIONS_MAX}) has been reached.`);
    const clientState = clientStateOf(body, '');
    await this.handshake(url);
    const nowMs = this.clock.nowMs();
    const subscription = { id: randomUUID().replaceAll('-', ''), companyId, entitySet, resource: String(resource), notificationUrl: url, clientState, expiresAtMs: nowMs + SUBSCRIPTION_LIFETIME_MS, version: 1, modifiedAtMs: nowMs };
    this.list.set(subscription.id, subscription);
    return entity(call, subscription, 201);
  }

  private async renew(call: Call, subscription: Subscription): Promise<Answer> {
    const body = readBody(call.body);
    const url = body['notificationUrl'] === undefined ? subscription.notificationUrl : this.urlOf(body['notificationUrl']);
    const clientState = clientStateOf(body, subscription.clientState);
    await this.handshake(url);
    Object.assign(subscription, { notificationUrl: url, clientState, expiresAtMs: this.clock.nowMs() + SUBSCRIPTION_LIFETIME_MS, version: subscription.version + 1, modifiedAtMs: this.clock.nowMs() });
    return entity(call, subscription, 200);
  }

  private urlOf(value: unknown): string {
    if (typeof value !== 'string' || !URL.canParse(value)) throw dialog('The notificationUrl is not a valid URL.');
    if (this.settings.webhookNeedsHttps && !value.startsWith('https:')) throw dialog('The notificationUrl must use https.');
    return value;
  }

  /** The receiver must answer 200 with the token as its body. */
  private async handshake(notificationUrl: string): Promise<void> {
    const token = randomUUID();
    const url = new URL(notificationUrl);
    url.searchParams.set('validationToken', token);
    let body = '';
    try {
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'text/plain' }, signal: AbortSignal.timeout(HANDSHAKE_TIMEOUT_MS) });
      body = response.status === 200 ? await response.text() : '';
    } catch {
      // No answer is no token: refused below.
    }
    if (body.trim() !== token) throw badRequest('The notification url did not return the validation token.');
  }
}

function clientStateOf(body: Body, before: string): string {
  const value = body['clientState'] ?? before;
  if (typeof value !== 'string') throw badRequest("Cannot convert the property 'clientState' to the expected type 'Edm.String'.");
  if (value.length > CLIENT_STATE_LENGTH_MAX) {
    throw new ODataError(400, 'Application_StringExceededLength', `The length of the string is ${value.length}, but it must be less than or equal to ${CLIENT_STATE_LENGTH_MAX} characters.`);
  }
  return value;
}

function etagOf(subscription: Subscription): string {
  return `W/"${Buffer.from(`'44;${subscription.id.slice(0, 8)}=${subscription.version};00;'`).toString('base64')}"`;
}

function contextOf(call: Call): string {
  return `${call.origin}${call.path.replace(/\/subscriptions.*$/, '')}/$metadata#subscriptions`;
}

function textOf(subscription: Subscription): string {
  const { id, notificationUrl, resource, clientState } = subscription;
  const moment = new Date(subscription.modifiedAtMs).toISOString();
  return JSON.stringify({
    '@odata.etag': etagOf(subscription), subscriptionId: id, notificationUrl, resource, timestamp: subscription.version, userId: '00000000-0000-0000-0000-000000000000', lastModifiedDateTime: moment, clientState,
    expirationDateTime: new Date(subscription.expiresAtMs).toISOString(), systemCreatedAt: moment,
  });
}

function entity(call: Call, subscription: Subscription, status: number): Answer {
  return ok(`{"@odata.context":${JSON.stringify(`${contextOf(call)}/$entity`)},${textOf(subscription).slice(1)}`, status);
}
