/** What can be switched in the simulated vendor. Each line names where it comes from (reference = plaid-and-formats.md section 1; A = assumed, the sheet is silent). */
export interface PlaidSettings {
  /** In tokens and webhooks; `production` has no /sandbox routes (reference "Transport"). */
  environment: 'sandbox' | 'production';
  /** Milliseconds of the sandbox's clock from initialisation to the last 30 days of history; until then NOT_READY with an empty cursor (reference "/transactions/sync"). */
  initialUpdateMs: number;
  /** The same to the whole history. */
  historicalUpdateMs: number;
  /** What a cursor behind several changes of one row answers: the row once, as it is now, or every change as it was (A). */
  updates: 'latest' | 'everyChange';
  /** Whether a row that came and went between two loops is in `removed` although it was never in `added` (A). */
  removedNeverAdded: boolean;
  /** A cursor of another Item or another account's stream: refused, or taken as the beginning (reference: "never mix cursors"; what happens then: A). */
  foreignCursors: 'refuse' | 'startOver';
  /** Where the removals of one update of the bank stand in the feed: beside what replaces them, before or after everything else of the update (reference "not necessarily on the same page"). */
  removedOrder: 'beside' | 'first' | 'last';
  /** Whether an account that changes its id takes its rows with it: the old ones removed, the same again under new ids (A). */
  churnReissues: boolean;
  /** Classes of requests an Item in error refuses; /item/get never does (reference "/item/get"). */
  itemErrorBlocks: RequestClass[];
  /** Days until an Item falls into ITEM_LOGIN_REQUIRED by itself; null: never (reference "Sandbox fidelity": 30). */
  itemLifetimeDays: number | null;
  /** Whether linking a login of an institution with tokenised accounts again breaks the Item before (reference "At Chase, PNC, ..."). */
  secondItemBreaksFirst: boolean;
  /** Requests a minute by Item and by client; a class that is not named has none (reference "Rate limits", sandbox column). */
  rateLimits: Partial<Record<RequestClass, RateLimit>>;
  /** The clock the minute of a rate limit is measured by: with the sandbox's held still, limits never free up. */
  rateLimitClock: 'machine' | 'sandbox';
  /** INITIAL_UPDATE, HISTORICAL_UPDATE, DEFAULT_UPDATE, TRANSACTIONS_REMOVED beside SYNC_UPDATES_AVAILABLE (reference "Webhooks"). */
  legacyWebhooks: boolean;
  /** How often every webhook is sent: 2 and more are duplicates. */
  webhookCopies: number;
  /** Held webhooks wait for the control call that releases them, in any order. */
  webhooksHeld: boolean;
  /** A receiver that takes longer has not answered (reference: 10 s). */
  webhookTimeoutMs: number;
  /** First delay of a retry, then four times as long each (reference: 30 s). */
  webhookRetryFirstMs: number;
  /** No retries when more than this share of the last 24 hours failed (reference: 90 %), judged from `webhookRetrySampleMin` attempts on (A). */
  webhookRetryFailureShareMax: number;
  webhookRetrySampleMin: number;
  /** HTTP status of INTERNAL_SERVER_ERROR (reference: 500, unconfirmed). */
  internalErrorStatus: number;
  /** How long a request of the class takes before it is worked on. */
  latencyMs: Partial<Record<RequestClass, number>>;
}

export interface RateLimit {
  readonly item: number;
  readonly client: number;
}

export const REQUEST_CLASSES = ['link', 'exchange', 'item', 'remove', 'webhookUpdate', 'accounts', 'sync', 'refresh', 'key', 'sandbox', 'sandboxTransactions'] as const;
export type RequestClass = (typeof REQUEST_CLASSES)[number];

/** Reference "Link": a public token is good for 30 minutes, a link token for 4 hours, 30 minutes in update mode. */
export const PUBLIC_TOKEN_LIFETIME_MS = 30 * 60_000;
export const LINK_TOKEN_LIFETIME_MS = 4 * 3_600_000;
export const UPDATE_LINK_TOKEN_LIFETIME_MS = 30 * 60_000;
/** Reference "/transactions/sync". */
export const COUNT_MAX = 500;
export const COUNT_DEFAULT = 100;
export const CURSOR_LENGTH_MAX = 256;
export const DAYS_REQUESTED_MAX = 730;
export const DAYS_REQUESTED_DEFAULT = 90;
export const DAYS_REQUESTED_PRODUCTION_MIN = 30;
/** Rows this recent come with the initial update, older ones with the historical one. */
export const INITIAL_UPDATE_DAYS = 30;
/** Reference "Sandbox fidelity": /sandbox/transactions/create. */
export const CREATED_TRANSACTIONS_MAX = 10;
export const CREATED_TRANSACTION_DAYS_MAX = 14;
export const DAY_MS = 86_400_000;

export function defaultSettings(): PlaidSettings {
  return {
    environment: 'sandbox', initialUpdateMs: 0, historicalUpdateMs: 0, updates: 'latest', removedNeverAdded: false, foreignCursors: 'refuse', removedOrder: 'beside', churnReissues: true,
    itemErrorBlocks: ['accounts', 'sync', 'refresh', 'sandboxTransactions'], itemLifetimeDays: 30, secondItemBreaksFirst: false,
    rateLimits: { sync: { item: 50, client: 1000 }, refresh: { item: 2, client: 100 }, item: { item: 40, client: 5000 }, accounts: { item: 100, client: 5000 }, remove: { item: 30, client: 2000 }, sandboxTransactions: { item: 2, client: 50 } },
    rateLimitClock: 'machine', legacyWebhooks: true, webhookCopies: 1, webhooksHeld: false, webhookTimeoutMs: 10_000, webhookRetryFirstMs: 30_000,
    webhookRetryFailureShareMax: 0.9, webhookRetrySampleMin: 10, internalErrorStatus: 500, latencyMs: {},
  };
}
