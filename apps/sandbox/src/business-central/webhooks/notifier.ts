import type { SandboxClock } from '../../simulation/clock.js';
import type { Change, ChangeType } from '../ledger/company-book.js';
import type { TenantSettings } from '../settings.js';
import type { Subscription, Subscriptions } from './subscriptions.js';

/** Which tables stand behind a subscribable entity set. A customer's balance or an invoice's remaining amount is in none of them. */
const TABLES: Readonly<Record<string, string>> = {
  customers: 'customer', customerPaymentJournals: 'journal_batch', salesInvoices: 'sales_invoice', salesCreditMemos: 'sales_credit_memo', generalLedgerEntries: 'gl_entry', journals: 'journal_batch', paymentTerms: 'payment_terms',
};

interface Pending {
  readonly dueAtMs: number;
  readonly changes: Map<string, { changeType: ChangeType; at: string }>;
}

interface Delivery {
  readonly subscription: Subscription;
  readonly body: string;
  attempt: number;
  dueAtMs: number;
}

const DELIVERY_TIMEOUT_MS = 10_000;
const MINUTE_MS = 60_000;
/** Retried; every other answer that is not 2xx deletes the subscription (2.10). */
const retried = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** Collects changes per subscription for the delay, bundles them, and delivers by the tenant's clock. */
export class Notifier {
  readonly delivered: { readonly subscriptionId: string; readonly status: number }[] = [];
  private readonly pending = new Map<string, Pending>();
  private readonly deliveries = new Set<Delivery>();
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly settings: TenantSettings, private readonly clock: SandboxClock, private readonly subscriptions: Subscriptions) {}

  /** Told after every commit of a company's book. */
  changed(companyId: string, changes: readonly Change[]): void {
    for (const subscription of this.subscriptions.living()) {
      if (subscription.companyId !== companyId) continue;
      const table = TABLES[subscription.entitySet];
      for (const change of changes) if (change.table === table) this.remember(subscription, change);
    }
  }

  /** Sends what is due. */
  tick(): void {
    const living = new Map(this.subscriptions.living().map((subscription) => [subscription.id, subscription]));
    for (const [id, pending] of this.pending) {
      if (pending.dueAtMs > this.clock.nowMs()) continue;
      this.pending.delete(id);
      const subscription = living.get(id);
      if (subscription !== undefined) this.deliveries.add({ subscription, body: this.bodyOf(subscription, pending), attempt: 0, dueAtMs: this.clock.nowMs() });
    }
    for (const delivery of this.deliveries) {
      if (delivery.dueAtMs > this.clock.nowMs()) continue;
      this.deliveries.delete(delivery);
      if (living.has(delivery.subscription.id)) this.run(delivery);
    }
  }

  /** Waits for deliveries on their way. */
  async settled(): Promise<void> {
    await Promise.all(this.running);
  }

  private run(delivery: Delivery): void {
    const running = this.deliver(delivery).finally(() => { this.running.delete(running); });
    this.running.add(running);
  }

  private remember(subscription: Subscription, change: Change): void {
    const pending = this.pending.get(subscription.id) ?? { dueAtMs: this.clock.nowMs() + this.settings.webhookDelayMs, changes: new Map() };
    const before = pending.changes.get(change.id)?.changeType;
    // A record made and edited in one window was created; one made and deleted in it is told as deleted.
    pending.changes.set(change.id, { changeType: before === 'created' && change.changeType === 'updated' ? 'created' : change.changeType, at: change.at });
    this.pending.set(subscription.id, pending);
  }

  private bodyOf(subscription: Subscription, pending: Pending): string {
    const base = { subscriptionId: subscription.id, clientState: subscription.clientState, expirationDateTime: new Date(subscription.expiresAtMs).toISOString() };
    const path = `api/v2.0/companies(${subscription.companyId})/${subscription.entitySet}`;
    if (pending.changes.size > this.settings.webhookRecordsMax) {
      const since = [...pending.changes.values()].map((change) => change.at).sort()[0] ?? this.clock.now().toISOString();
      return JSON.stringify({ value: [{ ...base, resource: `${path}?$filter=lastModifiedDateTime%20ge%20${since}`, changeType: 'collection', lastModifiedDateTime: this.clock.now().toISOString() }] });
    }
    return JSON.stringify({ value: [...pending.changes].map(([id, change]) => ({ ...base, resource: `${path}(${id})`, changeType: change.changeType, lastModifiedDateTime: change.at })) });
  }

  private async deliver(delivery: Delivery): Promise<void> {
    const { subscription } = delivery;
    let status = 0;
    try {
      const response = await fetch(subscription.notificationUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body: delivery.body, signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MS) });
      status = response.status;
      await response.arrayBuffer();
    } catch {
      // Nobody answered: status 0, tried again.
    }
    this.delivered.push({ subscriptionId: subscription.id, status });
    if (status >= 200 && status < 300) return;
    const wait = this.settings.webhookRetryMinutes[delivery.attempt];
    if (status !== 0 && !retried(status)) this.subscriptions.drop(subscription.id);
    else if (wait !== undefined) this.deliveries.add({ ...delivery, attempt: delivery.attempt + 1, dueAtMs: this.clock.nowMs() + wait * MINUTE_MS });
  }
}
