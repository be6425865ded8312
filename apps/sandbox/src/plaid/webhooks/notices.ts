import type { BankUpdate } from '../book/bank.js';
import type { Item } from '../book/item.js';
import { errorView, PlaidError } from '../errors.js';
import type { PlaidSettings } from '../settings.js';
import type { Postman } from './postman.js';

/** Which webhooks an Item's life gives rise to, and what is in them (reference "Webhooks"). */
export class Notices {
  constructor(private readonly settings: PlaidSettings, private readonly postman: Postman, private readonly nowMs: () => number) {}

  /** New history is there: the initial part, or all of it. */
  revealed(item: Item, stage: 'INITIAL_UPDATE' | 'HISTORICAL_UPDATE', rows: number): void {
    if (this.settings.legacyWebhooks) this.send(item, 'TRANSACTIONS', stage, { new_transactions: rows, error: null });
    this.syncUpdatesAvailable(item);
  }

  /** The bank changed something; told later when the Item is in error. */
  updated(item: Item, update: BankUpdate): void {
    if (update.added.length + update.modified.length + update.removed.length === 0) return;
    if (item.error !== null) {
      item.changedInError = true;
      return;
    }
    if (this.settings.legacyWebhooks && update.added.length > 0) this.send(item, 'TRANSACTIONS', 'DEFAULT_UPDATE', { new_transactions: update.added.length, error: null });
    if (this.settings.legacyWebhooks && update.removed.length > 0) this.send(item, 'TRANSACTIONS', 'TRANSACTIONS_REMOVED', { removed_transactions: update.removed, error: null });
    this.syncUpdatesAvailable(item);
  }

  /** Only once /transactions/sync has been called (reference). */
  syncUpdatesAvailable(item: Item): void {
    if (item.synced) this.fire(item, 'SYNC_UPDATES_AVAILABLE');
  }

  broken(item: Item, error: PlaidError): void {
    this.send(item, 'ITEM', 'ERROR', { error: { ...errorView(error), status: 400 } });
  }

  repaired(item: Item): void {
    this.send(item, 'ITEM', 'LOGIN_REPAIRED', {});
  }

  /** Seven days before consent runs out; which of the two depends on the country (reference). */
  expiring(item: Item, atMs: number): void {
    const at = new Date(atMs).toISOString();
    if (['US', 'CA'].includes(item.institution.country)) this.send(item, 'ITEM', 'PENDING_DISCONNECT', { reason: 'INSTITUTION_TOKEN_EXPIRATION', disconnect_time: at });
    else this.send(item, 'ITEM', 'PENDING_EXPIRATION', { consent_expiration_time: at });
  }

  revoked(item: Item, error: PlaidError): void {
    this.send(item, 'ITEM', 'USER_PERMISSION_REVOKED', { error: errorView(error) });
  }

  webhookChanged(item: Item): void {
    this.send(item, 'ITEM', 'WEBHOOK_UPDATE_ACKNOWLEDGED', { new_webhook_url: item.webhook, error: null });
  }

  /** A webhook by its code, whatever the state of the Item: /sandbox/item/fire_webhook. @returns whether the Item has an address */
  fire(item: Item, code: string): boolean {
    const complete = { initial_update_complete: item.stage !== 'NOT_READY', historical_update_complete: item.stage === 'HISTORICAL_UPDATE_COMPLETE' };
    switch (code) {
      case 'SYNC_UPDATES_AVAILABLE': return this.send(item, 'TRANSACTIONS', code, complete);
      case 'DEFAULT_UPDATE': return this.send(item, 'TRANSACTIONS', code, { new_transactions: 0, error: null });
      case 'RECURRING_TRANSACTIONS_UPDATE': return this.send(item, 'TRANSACTIONS', code, { account_ids: item.accounts.map((account) => account.accountId) });
      case 'PENDING_DISCONNECT': this.expiring({ ...item, institution: { ...item.institution, country: 'US' } }, this.nowMs() + WARNING_MS); return item.webhook !== null;
      case 'USER_ACCOUNT_REVOKED': return this.send(item, 'ITEM', code, { account_id: item.accounts[0]?.accountId ?? '' });
      case 'ERROR': return this.send(item, 'ITEM', code, { error: { ...errorView(itemLoginRequired(item)), status: 400 } });
      default: return this.send(item, 'ITEM', code, {});
    }
  }

  private send(item: Item, type: string, code: string, fields: Record<string, unknown>): boolean {
    if (item.webhook === null) return false;
    item.lastWebhook = { sentAtMs: this.nowMs(), code };
    this.postman.post(item.webhook, { webhook_type: type, webhook_code: code, item_id: item.itemId, ...fields, environment: this.settings.environment });
    return true;
  }
}

/** Reference: PENDING_DISCONNECT comes 7 days before. */
export const WARNING_MS = 7 * 86_400_000;

function itemLoginRequired(item: Item): PlaidError {
  return item.error ?? new PlaidError('ITEM_LOGIN_REQUIRED');
}
