import { SandboxClock } from '../simulation/clock.js';
import { ControlError } from '../simulation/control.js';
import { SeededRandom } from '../simulation/random.js';
import { Agenda } from './agenda.js';
import { Bank, BankError, type BankChange, type BankUpdate } from './book/bank.js';
import { Book, type Client } from './book/book.js';
import { dayBefore } from './book/history.js';
import type { Institution } from './book/institutions.js';
import { itemView, type Item, type Stage } from './book/item.js';
import type { ItemRequest, LinkedItem } from './book/linked-item.js';
import { Lifecycle } from './book/lifecycle.js';
import { transactionView } from './book/transaction.js';
import type { Vendor } from './endpoints/endpoint.js';
import { completeLink, TEST_INSTITUTION, TEST_USER, type LinkSession } from './endpoints/link.js';
import { ERROR_CODES, PlaidError } from './errors.js';
import { Faults, type Fault } from './faults/faults.js';
import { RateLimits } from './faults/rate-limits.js';
import { answerControl, type Controls } from './http/control.js';
import { Counters, type PlaidStats } from './http/counters.js';
import { Desk } from './http/desk.js';
import type { Answer, Call } from './http/message.js';
import type { House } from './http/server.js';
import { Identifiers } from './identifiers.js';
import { defaultSettings, type PlaidSettings } from './settings.js';
import { KeyRing } from './webhooks/key-ring.js';
import { Notices } from './webhooks/notices.js';
import { Postman } from './webhooks/postman.js';

/** No timer waits longer than this at once (a Node timer cannot). */
const TIMER_MS_MAX = 2_000_000_000;

/** The vendor behind the HTTP server, and what the controls do to it. */
export class SimulatedPlaid implements House, Controls {
  readonly settings: PlaidSettings;
  readonly credentials: Client;
  readonly faults: Faults;
  readonly counters = new Counters();
  readonly failures: Error[] = [];
  readonly postman: Postman;
  readonly desk: Desk;
  private readonly vendor: Vendor;
  private readonly limits: RateLimits;
  private readonly agenda = new Agenda();
  /** Apart from the vendor's clock: moving that one must not make signatures look stale to a client. */
  private readonly authenticationClock = new SandboxClock();
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(private readonly clock: SandboxClock, private held: boolean, options: { readonly seed: number; readonly historyRowsPerDay: number; readonly settings: Partial<PlaidSettings> }) {
    const { seed, historyRowsPerDay } = options;
    this.settings = { ...defaultSettings(), ...options.settings };
    const { settings, agenda } = this;
    const identifiers = new Identifiers(seed);
    const nowMs = (): number => clock.nowMs();
    const today = (): string => dayBefore(clock.nowMs(), 0);
    const scheduled = (): void => { this.setTimer(); };
    this.faults = new Faults(seed);
    const keys = new KeyRing(identifiers, () => this.authenticationClock.nowMs());
    this.postman = new Postman(settings, keys, this.faults, agenda, nowMs, scheduled);
    const notices = new Notices(settings, this.postman, nowMs);
    const book = new Book(identifiers);
    this.credentials = book.registerClient();
    const lifecycle = new Lifecycle({ settings, book, identifiers, agenda, notices, nowMs, scheduled, seed, historyRowsPerDay });
    this.vendor = { settings, book, bank: new Bank(identifiers, settings, today), lifecycle, notices, keys, identifiers, random: new SeededRandom(seed + 1), nowMs, today };
    this.limits = new RateLimits(settings, () => (settings.rateLimitClock === 'machine' ? performance.now() : clock.nowMs()));
    this.desk = new Desk(this.vendor, this.faults, this.limits);
  }

  requestId(): string { return this.vendor.identifiers.requestId(); }

  catchUp(): void {
    this.agenda.runDue(this.clock.nowMs());
    this.setTimer();
  }

  async control(call: Call): Promise<Answer> {
    this.catchUp();
    return answerControl(this, call);
  }

  /** With a running clock work is done when it is due, with one that stands still when it is moved. */
  private setTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const nextMs = this.agenda.nextAtMs();
    if (nextMs === null || this.held || this.stopped) return;
    this.timer = setTimeout(() => { this.catchUp(); }, Math.min(Math.max(0, nextMs - this.clock.nowMs()), TIMER_MS_MAX));
    this.timer.unref();
  }

  stats(): PlaidStats {
    const { counters, postman, limits, faults } = this;
    return {
      requests: { ...counters.requests }, answers: { ...counters.answers }, errors: { ...counters.errors }, granted: { ...limits.granted }, throttled: { ...limits.refused }, faults: { ...faults.fired },
      openRequests: counters.openRequests, openRequestsPeak: counters.openRequestsPeak,
      webhooks: { attempts: postman.deliveries.length, delivered: postman.deliveries.filter(({ delivered }) => delivered).length, held: postman.heldCodes() },
    };
  }

  link(request: ItemRequest): LinkedItem {
    const { publicToken, item } = this.vendor.lifecycle.link({
      clientId: this.credentials.clientId, institutionId: request.institutionId ?? TEST_INSTITUTION, username: request.username ?? TEST_USER, products: ['transactions'], webhook: request.webhook ?? null, daysRequested: request.daysRequested ?? null,
      ...(request.accounts === undefined ? {} : { accounts: request.accounts }), ...(request.history === undefined ? {} : { history: request.history }),
    });
    const token = this.vendor.book.publicTokens.get(publicToken);
    if (token !== undefined) token.used = true;
    this.vendor.lifecycle.exchanged(item);
    return { itemId: item.itemId, accessToken: item.accessToken, accountIds: item.accounts.map((account) => account.accountId) };
  }

  completeLink(session: LinkSession): { publicToken: string | null; itemId: string } { return completeLink(this.vendor, session); }

  items(): { items: unknown[] } {
    return { items: [...this.vendor.book.items.values()].map((item) => ({ ...itemView(item), username: item.username, removed: item.removed, stage: item.stage, transactions: item.feed.truth().length, account_ids: item.accounts.map((account) => account.accountId) })) };
  }

  truth(itemId: string): readonly Record<string, unknown>[] {
    const rows = this.item(itemId).feed.truth().map((row) => transactionView(row, true));
    // Through JSON, so that a caller in the same process sees what one over HTTP sees.
    return JSON.parse(JSON.stringify(rows)) as Record<string, unknown>[];
  }

  update(itemId: string, changes: readonly BankChange[]): BankUpdate {
    this.catchUp();
    const item = this.item(itemId);
    if (item.stage === 'NOT_READY') throw new BankError(`Item ${itemId} has not been fetched yet; reveal it first`);
    const update = this.vendor.bank.update(item, changes);
    if (item.error === null) item.lastSuccessfulUpdateMs = this.vendor.nowMs();
    this.vendor.notices.updated(item, update);
    return update;
  }

  reveal(itemId: string, stage: Exclude<Stage, 'NOT_READY'>): void { this.vendor.lifecycle.reveal(this.item(itemId), stage); }

  breakItem(itemId: string, code: string, reason?: string): void {
    if (!ERROR_CODES.includes(code)) throw new ControlError(`unknown error code ${code}; known: ${ERROR_CODES.join(', ')}`);
    this.vendor.lifecycle.break(this.item(itemId), new PlaidError(code, undefined, { reason: reason ?? null }));
  }

  repairItem(itemId: string): void { this.vendor.lifecycle.repair(this.item(itemId), false); }

  setConsentExpiry(itemId: string, at: Date): void {
    this.vendor.lifecycle.setConsentExpiry(this.item(itemId), at.getTime());
    this.catchUp();
  }

  registerClient(): Client { return this.vendor.book.registerClient(); }

  addInstitution(institution: Institution): void { this.vendor.book.institutions.set(institution.id, institution); }

  rotateKeys(expireOthers: boolean): string { return this.vendor.keys.rotate(expireOthers); }

  webhooks(): unknown { return { deliveries: this.postman.deliveries, held: this.postman.heldCodes() }; }

  fireWebhook(itemId: string, code: string): boolean { return this.vendor.notices.fire(this.item(itemId), code); }

  async releaseWebhooks(order: 'asHeld' | 'reversed', copies: number): Promise<number> {
    if (!Number.isInteger(copies) || copies < 1) throw new ControlError('copies must be an integer from 1');
    const sent = this.postman.release(order, copies);
    await this.postman.idle();
    return sent;
  }

  async webhooksIdle(): Promise<void> { await this.postman.idle(); }

  addFault(fault: Fault): number { return this.faults.add(fault); }

  removeFault(id: number): void { this.faults.remove(id); }

  clearFaults(): void { this.faults.clear(); }

  listFaults(): unknown { return this.faults.list(); }

  reseedFaults(seed: number): void { this.faults.reseed(seed); }

  setClock(instant: Date, held: boolean): void {
    this.held = held;
    this.clock.set(instant, held);
    this.catchUp();
  }

  setAuthenticationClock(instant: Date): void { this.authenticationClock.set(instant); }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.postman.stop();
  }

  private item(itemId: string): Item {
    const item = this.vendor.book.items.get(itemId);
    if (item === undefined) throw new ControlError(`no Item ${itemId}`);
    return item;
  }
}
