import type { Endpoint } from './endpoint.js';
import { ACCOUNTS_GET, EXCHANGE, ITEM_GET, ITEM_REMOVE, VERIFICATION_KEY, WEBHOOK_UPDATE } from './items.js';
import { LINK_TOKEN_CREATE } from './link.js';
import { REFRESH, SANDBOX_FIRE_WEBHOOK, SANDBOX_PUBLIC_TOKEN, SANDBOX_RESET_LOGIN, SANDBOX_TRANSACTIONS } from './sandbox-only.js';
import { SYNC } from './sync.js';

/** Every route there is; all are POST. */
export const ROUTES: Readonly<Record<string, Endpoint>> = {
  '/link/token/create': LINK_TOKEN_CREATE, '/item/public_token/exchange': EXCHANGE, '/item/get': ITEM_GET, '/item/remove': ITEM_REMOVE, '/item/webhook/update': WEBHOOK_UPDATE, '/accounts/get': ACCOUNTS_GET,
  '/transactions/sync': SYNC, '/transactions/refresh': REFRESH, '/webhook_verification_key/get': VERIFICATION_KEY,
  '/sandbox/public_token/create': SANDBOX_PUBLIC_TOKEN, '/sandbox/item/fire_webhook': SANDBOX_FIRE_WEBHOOK, '/sandbox/item/reset_login': SANDBOX_RESET_LOGIN, '/sandbox/transactions/create': SANDBOX_TRANSACTIONS,
};

const SANDBOX_PREFIX = '/sandbox/';

/** @returns null for a route that does not exist in this environment */
export function endpointAt(method: string, path: string, environment: string): Endpoint | null {
  if (method !== 'POST' || (environment !== 'sandbox' && path.startsWith(SANDBOX_PREFIX))) return null;
  return ROUTES[path] ?? null;
}
