import { accountView, itemView, statusView } from '../book/item.js';
import { PlaidError } from '../errors.js';
import { ACCESS_TOKEN, itemIn, type Endpoint } from './endpoint.js';
import { addressIn, objectIn, textIn } from './fields.js';

/** /item/public_token/exchange: once, within 30 minutes. */
export const EXCHANGE: Endpoint = {
  requestClass: 'exchange',
  fields: { public_token: { kind: 'text', required: true } },
  answer: ({ book, lifecycle, nowMs }, { clientId, input }) => {
    const token = book.publicTokens.get(textIn(input, 'public_token'));
    if (token === undefined || token.used || token.item.clientId !== clientId) throw new PlaidError('INVALID_PUBLIC_TOKEN');
    if (token.expiresMs <= nowMs()) throw new PlaidError('INVALID_PUBLIC_TOKEN', 'provided public token is expired. Public tokens expire 30 minutes after creation at which point they can no longer be exchanged');
    token.used = true;
    lifecycle.exchanged(token.item);
    return { access_token: token.item.accessToken, item_id: token.item.itemId };
  },
};

/** /item/get: the only 200 answer that carries an error object (reference). */
export const ITEM_GET: Endpoint = {
  requestClass: 'item',
  fields: ACCESS_TOKEN,
  answer: (_vendor, _request, item) => ({ item: itemView(itemIn(item)), status: statusView(itemIn(item)) }),
};

export const ITEM_REMOVE: Endpoint = {
  requestClass: 'remove',
  fields: { ...ACCESS_TOKEN, reason_code: { kind: 'text' }, reason_note: { kind: 'text', nullable: true, max: 512 } },
  answer: (_vendor, _request, item) => {
    itemIn(item).removed = true;
    return {};
  },
};

export const WEBHOOK_UPDATE: Endpoint = {
  requestClass: 'webhookUpdate',
  fields: { ...ACCESS_TOKEN, webhook: { kind: 'text', nullable: true } },
  answer: ({ notices }, { input }, found) => {
    const item = itemIn(found);
    item.webhook = addressIn(input, 'webhook');
    notices.webhookChanged(item);
    return { item: itemView(item) };
  },
};

export const ACCOUNTS_GET: Endpoint = {
  requestClass: 'accounts',
  fields: { ...ACCESS_TOKEN, options: { kind: 'object', fields: { account_ids: { kind: 'list' } } } },
  answer: (_vendor, { input }, found) => {
    const item = itemIn(found);
    const wanted = objectIn(input, 'options')['account_ids'] as readonly string[] | undefined;
    if (wanted?.some((id) => item.accounts.every((account) => account.accountId !== id)) === true) throw new PlaidError('INVALID_ACCOUNT_ID');
    return { accounts: item.accounts.filter(({ accountId }) => wanted === undefined || wanted.includes(accountId)).map((account) => accountView(item, account)), item: itemView(item) };
  },
};

/** /webhook_verification_key/get: an expired key is answered, with `expired_at`. */
export const VERIFICATION_KEY: Endpoint = {
  requestClass: 'key',
  fields: { key_id: { kind: 'text', required: true } },
  answer: ({ keys }, { input }) => {
    const key = keys.publicKey(textIn(input, 'key_id'));
    if (key === null) throw new PlaidError('INVALID_WEBHOOK_VERIFICATION_KEY_ID');
    return { key };
  },
};
