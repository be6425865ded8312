import { amountNumber } from '../amounts.js';
import { errorView, type PlaidError } from '../errors.js';
import { Feed } from './feed.js';
import type { Institution } from './institutions.js';
import type { BankTransaction } from './transaction.js';

export interface Account {
  accountId: string;
  /** The same for life where the bank tokenises accounts; null elsewhere (reference "account_id can change"). */
  readonly persistentAccountId: string | null;
  name: string;
  readonly officialName: string | null;
  mask: string | null;
  readonly type: string;
  readonly subtype: string;
  /** What the account holds before every row, units of 10^-8, positive = the client's money. */
  readonly openingUnits: bigint;
  readonly isoCurrencyCode: string | null;
  readonly unofficialCurrencyCode: string | null;
}

export type Stage = 'NOT_READY' | 'INITIAL_UPDATE_COMPLETE' | 'HISTORICAL_UPDATE_COMPLETE';

/** A login at an institution, and all the vendor knows through it. */
export interface Item {
  readonly itemId: string;
  readonly accessToken: string;
  readonly clientId: string;
  readonly institution: Institution;
  readonly username: string;
  readonly createdMs: number;
  readonly accounts: Account[];
  readonly feed: Feed;
  /** What the bank has and the vendor has not fetched yet. */
  history: BankTransaction[];
  stage: Stage;
  /** Set once, when transactions are first asked for; null before (reference "days_requested"). */
  daysRequested: number | null;
  products: string[];
  webhook: string | null;
  error: PlaidError | null;
  consentExpiresMs: number | null;
  removed: boolean;
  /** SYNC_UPDATES_AVAILABLE is sent only from the first /transactions/sync on (reference "Webhooks"). */
  synced: boolean;
  /** Changes seen while the Item was in error: told about when it is repaired. */
  changedInError: boolean;
  lastSuccessfulUpdateMs: number | null;
  lastFailedUpdateMs: number | null;
  lastWebhook: { readonly sentAtMs: number; readonly code: string } | null;
}

export function newItem(fields: Pick<Item, 'itemId' | 'accessToken' | 'clientId' | 'institution' | 'username' | 'createdMs' | 'accounts' | 'history' | 'products' | 'webhook'>): Item {
  return {
    ...fields, feed: new Feed(), stage: 'NOT_READY', daysRequested: null, error: null, consentExpiresMs: null, removed: false, synced: false, changedInError: false,
    lastSuccessfulUpdateMs: null, lastFailedUpdateMs: null, lastWebhook: null,
  };
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** `item` of /item/get, /accounts/get, /item/webhook/update. */
export function itemView(item: Item): Record<string, unknown> {
  return {
    item_id: item.itemId, institution_id: item.institution.id, institution_name: item.institution.name, webhook: item.webhook, auth_method: null, error: item.error === null ? null : errorView(item.error),
    available_products: ['auth', 'balance', 'identity', 'transactions'].filter((product) => !item.products.includes(product)), billed_products: [...item.products], products: [...item.products], consented_products: ['transactions'],
    consent_expiration_time: instant(item.consentExpiresMs), update_type: 'background', created_at: instant(item.createdMs),
  };
}

/** `status` of /item/get; each part is null until it happened. */
export function statusView(item: Item): Record<string, unknown> {
  const fetched = item.lastSuccessfulUpdateMs !== null || item.lastFailedUpdateMs !== null;
  return {
    ...(fetched ? { transactions: { last_successful_update: instant(item.lastSuccessfulUpdateMs), last_failed_update: instant(item.lastFailedUpdateMs) } } : {}),
    ...(item.lastWebhook === null ? {} : { last_webhook: { sent_at: instant(item.lastWebhook.sentAtMs), code_sent: item.lastWebhook.code } }),
  };
}

/** An account with its balances: current is what is posted, available also what is pending. */
export function accountView(item: Item, account: Account): Record<string, unknown> {
  let posted = account.openingUnits;
  let pending = 0n;
  for (const row of item.feed.truth()) {
    if (row.accountId !== account.accountId) continue;
    if (row.pending) pending += row.units;
    else posted -= row.units;
  }
  return {
    account_id: account.accountId, ...(account.persistentAccountId === null ? {} : { persistent_account_id: account.persistentAccountId }),
    balances: { available: amountNumber(posted - pending), current: amountNumber(posted), limit: null, iso_currency_code: account.isoCurrencyCode, unofficial_currency_code: account.unofficialCurrencyCode },
    mask: account.mask, name: account.name, official_name: account.officialName, type: account.type, subtype: account.subtype, holder_category: 'business',
  };
}
