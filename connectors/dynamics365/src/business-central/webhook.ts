import { timingSafeEqual, createHash } from 'node:crypto';
import type { EntityName, JsonObject } from '#canonical';
import { ConnectorError, type Context, type WakeUp, type Webhook } from '#connector-kit';
import { call, type ODataAnswer, type ODataCall } from '../odata/client.js';
import { isObject, jsonOrNull, listOf, objectOf, textOf } from '../odata/json.js';
import { rowsOf, STANDARD } from './api.js';
import { errorOf } from './errors.js';
import { businessCentralSettings } from './settings.js';

/** What a change of each list wakes. General-ledger entries tell that something was posted: invoices miss partial payments (reference, 2.10). */
const WAKES: Readonly<Record<string, readonly EntityName[]>> = {
  customers: ['customer'],
  salesInvoices: ['invoice'],
  salesCreditMemos: ['creditMemo'],
  generalLedgerEntries: ['payment', 'invoice', 'creditMemo'],
};

/** Subscriptions end after three days; they are renewed this long before. */
const RENEW_BEFORE_MS = 24 * 3_600_000;
const LIFE_MS = 3 * 24 * 3_600_000;
/** The documents bound the client state, not the token (reference, 2.10): the same is taken for it. What is longer is somebody else's, and is not given back. */
export const VALIDATION_TOKEN_LENGTH_MAX = 2_048;
const SUBSCRIPTIONS = `/${STANDARD}/subscriptions`;

export const webhook: Webhook = {
  /** Business Central calls the address with a token and wants it back as text, at creation and at every renewal. */
  handshake(url) {
    const token = url.searchParams.get('validationToken');
    return token === null || token.length > VALIDATION_TOKEN_LENGTH_MAX ? null : { status: 200, contentType: 'text/plain', body: token };
  },

  async receive(context, { body }) {
    const notifications = listOf(objectOf(jsonOrNull(new TextDecoder().decode(body)))['value']).filter(isObject);
    if (notifications.length === 0) throw forged('it holds no notification');
    const { webhookClientState } = businessCentralSettings(context);
    if (webhookClientState === null) throw forged('no webhookClientState is stored, so none can be trusted');
    if (!notifications.every((notification) => sameText(textOf(notification['clientState']) ?? '', webhookClientState))) throw forged('its client state is not ours');
    return [...new Set(notifications.flatMap(wakesOf))];
  },

  async subscribe(context, url) {
    const { config, webhookClientState } = businessCentralSettings(context);
    if (webhookClientState === null) {
      throw new ConnectorError('Business Central: deliveries need secrets.webhookClientState', { kind: 'invalid', issues: [{ path: 'secrets.webhookClientState', value: '', problem: 'is missing; store 32 random characters' }] });
    }
    const known = await rowsOf(context, SUBSCRIPTIONS);
    const ends: number[] = [];
    for (const list of Object.keys(WAKES)) {
      const resource = `/api/v2.0/companies(${config.companyId})/${list}`;
      const existing = known.find((row) => textOf(row['notificationUrl']) === url && pathOf(textOf(row['resource']) ?? '') === pathOf(resource));
      const answer = await (existing === undefined ? create(context, url, resource, webhookClientState) : renew(context, existing, url, resource, webhookClientState));
      ends.push(Date.parse(textOf(objectOf(answer.body)['expirationDateTime']) ?? '') || context.now().getTime() + LIFE_MS);
    }
    return { renewAt: new Date(Math.min(...ends) - RENEW_BEFORE_MS).toISOString() };
  },
};

async function create(context: Context, url: string, resource: string, clientState: string): Promise<ODataAnswer> {
  return await write(context, { method: 'POST', address: SUBSCRIPTIONS, body: JSON.stringify({ notificationUrl: url, resource, clientState }), lane: 'write', writes: true });
}

/** The key is a quoted text, and a renewal carries the etag (reference, 2.10). */
async function renew(context: Context, row: JsonObject, url: string, resource: string, clientState: string): Promise<ODataAnswer> {
  const key = encodeURIComponent(textOf(row['subscriptionId']) ?? textOf(row['id']) ?? '');
  return await write(context, {
    method: 'PATCH', address: `${SUBSCRIPTIONS}('${key}')`, body: JSON.stringify({ notificationUrl: url, resource, clientState }),
    headers: { 'if-match': textOf(row['@odata.etag']) ?? '*' }, lane: 'write', writes: true,
  });
}

async function write(context: Context, request: ODataCall): Promise<ODataAnswer> {
  const answer = await call(context, businessCentralSettings(context).service, request);
  if (answer.failed !== null) throw errorOf(answer.failed, `${request.method} subscriptions`, true);
  return answer;
}

function wakesOf(notification: JsonObject): readonly WakeUp[] {
  const path = pathOf(textOf(notification['resource']) ?? '');
  // `…/customers(<id>)` for one record, `…/customers` with a filter for many.
  const list = /companies\([^)]*\)\/(\w+)/i.exec(path)?.[1] ?? '';
  return WAKES[Object.keys(WAKES).find((name) => name.toLowerCase() === list.toLowerCase()) ?? ''] ?? [];
}

/** From `companies(…` on, in lower case: the service adds host and route in front. */
function pathOf(resource: string): string {
  const start = resource.toLowerCase().indexOf('companies(');
  return (start < 0 ? resource : resource.slice(start)).split('?')[0]?.toLowerCase() ?? '';
}

/** Compared through digests: equal lengths, and no time that tells how much was right. */
function sameText(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

function forged(why: string): ConnectorError {
  return new ConnectorError(`Business Central delivery refused: ${why}`, { kind: 'auth', hint: 'Deliveries are proven by the client state alone. Subscribe again if it was changed.' });
}
