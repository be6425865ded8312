import type { Vendor } from './endpoint.js';
import type { LinkToken } from '../book/book.js';
import type { AccountSeed } from '../book/lifecycle.js';
import type { TransactionSeed } from '../book/seed.js';
import { invalidField, PlaidError } from '../errors.js';
import { DAYS_REQUESTED_MAX, LINK_TOKEN_LIFETIME_MS, UPDATE_LINK_TOKEN_LIFETIME_MS } from '../settings.js';
import type { Endpoint, Request } from './endpoint.js';
import { addressIn, objectIn, type Fields } from './fields.js';

const CLIENT_NAME_LENGTH_MAX = 30;

/** Fields of the vendor's description that change nothing here: taken, not looked at. */
const UNUSED: Fields = Object.fromEntries(['required_if_supported_products', 'optional_products', 'additional_consented_products', 'link_customization_name', 'appearance_mode', 'android_package_name', 'institution_data', 'account_filters', 'eu_config', 'institution_id', 'auth', 'update', 'enable_multi_item_link', 'user_token', 'access_tokens'].map((name) => [name, { kind: 'anything' as const }]));

/** /link/token/create, for a new Item or with `access_token` to repair one (update mode). */
export const LINK_TOKEN_CREATE: Endpoint = {
  requestClass: 'link',
  fields: {
    ...UNUSED, client_name: { kind: 'text', required: true, min: 1, max: CLIENT_NAME_LENGTH_MAX }, language: { kind: 'text', required: true, min: 1 }, country_codes: { kind: 'list', required: true, min: 1 },
    user: { kind: 'object' }, user_id: { kind: 'text' }, products: { kind: 'list', nullable: true }, webhook: { kind: 'text' }, access_token: { kind: 'text', nullable: true }, redirect_uri: { kind: 'text' }, hosted_link: { kind: 'object' },
    transactions: { kind: 'object', fields: { days_requested: { kind: 'integer', min: 1, max: DAYS_REQUESTED_MAX } } },
  },
  answer: (vendor, request) => {
    const { book, identifiers } = vendor;
    const token = linkTokenOf(vendor, request);
    book.linkTokens.set(token.token, token);
    const hosted = request.input['hosted_link'] === undefined ? {} : { hosted_link_url: `https://secure.plaid.com/hl/${identifiers.id()}` };
    return { link_token: token.token, expiration: new Date(token.expiresMs).toISOString(), ...hosted };
  },
};

function linkTokenOf(vendor: Vendor, { clientId, input }: Request): LinkToken {
  const { book, identifiers, settings, nowMs } = vendor;
  const products = Array.isArray(input['products']) ? input['products'].map(String) : [];
  const accessToken = input['access_token'] ?? null;
  if (typeof objectIn(input, 'user')['client_user_id'] !== 'string' && input['user_id'] === undefined) throw new PlaidError('MISSING_FIELDS', 'the following required fields are missing: user.client_user_id');
  if (accessToken === null && products.length === 0) throw new PlaidError('MISSING_FIELDS', 'the following required fields are missing: products');
  if (accessToken !== null && products.length > 0) throw invalidField('products', 'must be empty when access_token is given');
  const days = objectIn(input, 'transactions')['days_requested'];
  const update = accessToken === null ? null : book.itemOf(clientId, String(accessToken), settings.environment);
  return {
    token: identifiers.token('link', settings.environment), clientId, expiresMs: nowMs() + (update === null ? LINK_TOKEN_LIFETIME_MS : UPDATE_LINK_TOKEN_LIFETIME_MS), update, products,
    // In update mode the webhook field has no effect (reference "Link").
    webhook: addressIn(input, 'webhook'), daysRequested: typeof days === 'number' ? days : null,
  };
}

/** What a person does in a Link session: which bank, which login. */
export interface LinkSession {
  readonly linkToken: string;
  readonly institutionId?: string;
  readonly username?: string;
  readonly accounts?: readonly AccountSeed[];
  readonly history?: readonly TransactionSeed[];
}

export const TEST_INSTITUTION = 'ins_109508';
export const TEST_USER = 'user_good';

/** The browser half of Link: `onSuccess` with a public token; in update mode the Item is repaired and nothing is to be exchanged. @throws PlaidError INVALID_FIELD for a token that is unknown or has run out */
export function completeLink({ book, lifecycle, nowMs }: Vendor, session: LinkSession): { publicToken: string | null; itemId: string } {
  const token = book.linkTokens.get(session.linkToken);
  if (token === undefined || token.expiresMs <= nowMs()) throw new PlaidError('INVALID_FIELD', `link token ${session.linkToken} is unknown or has expired`);
  if (token.update !== null) {
    lifecycle.repair(token.update, true);
    return { publicToken: null, itemId: token.update.itemId };
  }
  const { publicToken, item } = lifecycle.link({
    clientId: token.clientId, institutionId: session.institutionId ?? TEST_INSTITUTION, username: session.username ?? TEST_USER, products: token.products, webhook: token.webhook, daysRequested: token.daysRequested,
    ...(session.accounts === undefined ? {} : { accounts: session.accounts }), ...(session.history === undefined ? {} : { history: session.history }),
  });
  return { publicToken, itemId: item.itemId };
}
