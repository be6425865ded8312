import { SeededRandom } from '../../simulation/random.js';
import type { Agenda } from '../agenda.js';
import { readAmount } from '../amounts.js';
import { PlaidError } from '../errors.js';
import type { Identifiers } from '../identifiers.js';
import { DAY_MS, DAYS_REQUESTED_DEFAULT, DAYS_REQUESTED_MAX, DAYS_REQUESTED_PRODUCTION_MIN, INITIAL_UPDATE_DAYS, PUBLIC_TOKEN_LIFETIME_MS, type PlaidSettings } from '../settings.js';
import { WARNING_MS, type Notices } from '../webhooks/notices.js';
import type { Book } from './book.js';
import { dayBefore, DYNAMIC_PENDING_ROWS, DYNAMIC_ROWS, historyOf } from './history.js';
import { newItem, type Account, type Item, type Stage } from './item.js';
import { transactionFrom, type TransactionSeed } from './seed.js';

export const DYNAMIC_USER = 'user_transactions_dynamic';

/** What a person links. */
export interface LinkRequest {
  readonly clientId: string;
  readonly institutionId: string;
  readonly username: string;
  readonly products: readonly string[];
  readonly webhook: string | null;
  readonly daysRequested: number | null;
  /** The accounts of the login; a checking and a savings account when absent. */
  readonly accounts?: readonly AccountSeed[];
  /** Rows the bank has already; the profile's when absent. */
  readonly history?: readonly TransactionSeed[];
}

export interface AccountSeed {
  readonly name: string;
  readonly mask?: string | null;
  readonly type?: string;
  readonly subtype?: string;
  readonly isoCurrencyCode?: string | null;
  readonly unofficialCurrencyCode?: string | null;
  /** Decimal text. */
  readonly openingBalance?: string;
}

const DEFAULT_ACCOUNTS: readonly AccountSeed[] = [{ name: 'Business Checking', mask: '0000' }, { name: 'Business Savings', mask: '1111', subtype: 'savings' }];

export interface LifecycleParts {
  readonly settings: PlaidSettings;
  readonly book: Book;
  readonly identifiers: Identifiers;
  readonly agenda: Agenda;
  readonly notices: Notices;
  readonly nowMs: () => number;
  readonly scheduled: () => void;
  readonly seed: number;
  /** Rows an ordinary login has a day, on average. */
  readonly historyRowsPerDay: number;
}

/** An Item from the login to its end. */
export class Lifecycle {
  constructor(private readonly parts: LifecycleParts) {}

  /** A person has logged in. @returns the public token; the Item lives from now on */
  link(request: LinkRequest): { readonly publicToken: string; readonly item: Item } {
    const { book, identifiers, settings, nowMs } = this.parts;
    const institution = book.institution(request.institutionId);
    const item = newItem({
      itemId: identifiers.id(), accessToken: identifiers.token('access', settings.environment), clientId: request.clientId, institution, username: request.username, createdMs: nowMs(),
      accounts: (request.accounts ?? DEFAULT_ACCOUNTS).map((seed) => this.account(seed, institution.tokenised)), history: [], products: [...request.products], webhook: request.webhook,
    });
    item.history = this.rows(item, request.history);
    if (settings.secondItemBreaksFirst && institution.tokenised) for (const other of this.sameLogin(item)) this.break(other, new PlaidError('ITEM_LOGIN_REQUIRED', undefined, { reason: 'OAUTH_INVALID_TOKEN' }));
    book.keep(item);
    this.expireLater(item);
    if (item.products.includes('transactions')) item.daysRequested = this.days(request.daysRequested);
    const publicToken = identifiers.token('public', settings.environment);
    book.publicTokens.set(publicToken, { item, expiresMs: nowMs() + PUBLIC_TOKEN_LIFETIME_MS, used: false });
    return { publicToken, item };
  }

  /** The Item is the client's: fetching starts if it was linked for transactions. */
  exchanged(item: Item): void {
    if (item.daysRequested !== null) this.startFetching(item);
  }

  /** The first /transactions/sync of an Item that was linked for something else starts it, and alone may say how far back (reference "days_requested"). */
  asked(item: Item, daysRequested: number | null): void {
    if (item.daysRequested === null) {
      item.products.push('transactions');
      item.daysRequested = this.days(daysRequested);
      this.startFetching(item);
    }
    item.synced = true;
  }

  /** The next part of the history becomes visible, ahead of its time when a test says so. */
  reveal(item: Item, stage: Exclude<Stage, 'NOT_READY'>): void {
    if (item.removed || item.stage === stage || item.stage === 'HISTORICAL_UPDATE_COMPLETE') return;
    if (stage === 'HISTORICAL_UPDATE_COMPLETE') this.reveal(item, 'INITIAL_UPDATE_COMPLETE');
    const now = this.parts.nowMs();
    const oldest = dayBefore(now, stage === 'INITIAL_UPDATE_COMPLETE' ? Math.min(INITIAL_UPDATE_DAYS, item.daysRequested ?? INITIAL_UPDATE_DAYS) : item.daysRequested ?? DAYS_REQUESTED_DEFAULT);
    const rows = item.history.filter((row) => row.date >= oldest);
    item.history = item.history.filter((row) => row.date < oldest);
    for (const row of rows) item.feed.add(row);
    item.stage = stage;
    item.lastSuccessfulUpdateMs = now;
    this.parts.notices.revealed(item, stage === 'INITIAL_UPDATE_COMPLETE' ? 'INITIAL_UPDATE' : 'HISTORICAL_UPDATE', rows.length);
  }

  /** The Item falls into an error and says so by webhook. */
  break(item: Item, error: PlaidError): void {
    if (item.removed) return;
    item.error = error;
    item.lastFailedUpdateMs = this.parts.nowMs();
    if (error.code === 'USER_PERMISSION_REVOKED') this.parts.notices.revoked(item, error);
    else this.parts.notices.broken(item, error);
  }

  /** @param inUpdateMode repaired in this client's Link: nothing is said; else LOGIN_REPAIRED. What changed meanwhile is announced either way */
  repair(item: Item, inUpdateMode: boolean): void {
    if (item.error === null) return;
    item.error = null;
    if (!inUpdateMode) this.parts.notices.repaired(item);
    this.expireLater(item);
    if (item.changedInError) this.parts.notices.syncUpdatesAvailable(item);
    item.changedInError = false;
  }

  /** Consent of this Item runs out then; a warning comes seven days before. */
  setConsentExpiry(item: Item, atMs: number): void {
    item.consentExpiresMs = atMs;
    const { agenda, notices, scheduled } = this.parts;
    const stillSo = (): boolean => !item.removed && item.consentExpiresMs === atMs;
    agenda.schedule(atMs - WARNING_MS, () => { if (stillSo() && item.error === null) notices.expiring(item, atMs); });
    agenda.schedule(atMs, () => { if (stillSo()) this.break(item, new PlaidError('ITEM_LOGIN_REQUIRED', undefined, { reason: 'OAUTH_CONSENT_EXPIRED' })); });
    scheduled();
  }

  private startFetching(item: Item): void {
    const { settings, agenda, nowMs, scheduled } = this.parts;
    for (const [stage, delayMs] of [['INITIAL_UPDATE_COMPLETE', settings.initialUpdateMs], ['HISTORICAL_UPDATE_COMPLETE', settings.historicalUpdateMs]] as const) {
      if (delayMs === 0) this.reveal(item, stage);
      else agenda.schedule(nowMs() + delayMs, () => { this.reveal(item, stage); });
    }
    scheduled();
  }

  /** Consent of the bank, and the 30 days of a sandbox Item. */
  private expireLater(item: Item): void {
    const { settings, agenda, nowMs, scheduled } = this.parts;
    if (item.institution.consentDays !== null) this.setConsentExpiry(item, nowMs() + item.institution.consentDays * DAY_MS);
    if (settings.environment !== 'sandbox' || settings.itemLifetimeDays === null) return;
    agenda.schedule(nowMs() + settings.itemLifetimeDays * DAY_MS, () => { if (item.error === null) this.break(item, new PlaidError('ITEM_LOGIN_REQUIRED')); });
    scheduled();
  }

  private days(requested: number | null): number {
    return Math.max(requested ?? DAYS_REQUESTED_DEFAULT, this.parts.settings.environment === 'production' ? DAYS_REQUESTED_PRODUCTION_MIN : 1);
  }

  private sameLogin(item: Item): Item[] {
    return [...this.parts.book.items.values()].filter((other) => !other.removed && other.error === null && other.institution.id === item.institution.id && other.username === item.username);
  }

  private account(seed: AccountSeed, tokenised: boolean): Account {
    const { identifiers } = this.parts;
    const unofficial = seed.unofficialCurrencyCode ?? null;
    return {
      accountId: identifiers.id(), persistentAccountId: tokenised ? identifiers.id() : null, name: seed.name, officialName: null, mask: seed.mask === undefined ? null : seed.mask,
      type: seed.type ?? 'depository', subtype: seed.subtype ?? 'checking', openingUnits: readAmount(seed.openingBalance ?? '10000.00'), isoCurrencyCode: unofficial === null ? seed.isoCurrencyCode ?? 'USD' : null, unofficialCurrencyCode: unofficial,
    };
  }

  /** The same login has the same rows at the bank, under ids of its own with every Item. */
  private rows(item: Item, given: readonly TransactionSeed[] | undefined): Item['history'] {
    const { identifiers, nowMs, seed, historyRowsPerDay } = this.parts;
    const account = item.accounts[0];
    if (account === undefined) return [];
    const random = new SeededRandom(seed + [...`${item.institution.id}/${item.username}`].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 7));
    const seeds = given ?? (item.username === DYNAMIC_USER ? dynamicRows(random, nowMs()) : historyOf(random, nowMs(), DAYS_REQUESTED_MAX, Math.round(historyRowsPerDay * DAYS_REQUESTED_MAX)));
    const owner = (row: TransactionSeed): Account => item.accounts.find((each) => each.accountId === row.accountId || each.name === row.accountId) ?? account;
    return seeds.map((row) => transactionFrom(row, owner(row), identifiers.id(), dayBefore(nowMs(), 0)));
  }
}

/** All of them recent, so that they come whatever `days_requested` says. */
const DYNAMIC_DAYS = 13;

function dynamicRows(random: SeededRandom, todayMs: number): TransactionSeed[] {
  return historyOf(random, todayMs, DYNAMIC_DAYS, DYNAMIC_ROWS).map((row, index) => (index < DYNAMIC_ROWS - DYNAMIC_PENDING_ROWS ? row : { ...row, pending: true }));
}
