/** Every bound of this connector, by name. The vendor's figures are its documentation's as of 2026-03 (reference, section 1). */

/** Updates of one /transactions/sync answer; added, modified and removed count together. */
export const PAGE_SIZE_MAX = 500;
/** Answers of one update before it is called endless: a million changes. */
export const PAGES_MAX = 2_000;
export const DAYS_REQUESTED_MAX = 730;
/** In production; the sandbox takes 1. */
export const DAYS_REQUESTED_MIN = 30;
export const CURSOR_LENGTH_MAX = 256;
/** Characters of the name the dialog shows. */
export const CLIENT_NAME_LENGTH_MAX = 30;
/** Longest answer read: 500 transactions weigh about 1 MB. */
export const ANSWER_BYTES_MAX = 32 * 1024 * 1024;

export interface RateLimit {
  /** Calls a minute for one Item, and for all Items of the client together. */
  readonly perItem: number;
  readonly perClient: number;
}
export type LimitedPath = '/transactions/sync' | '/item/get' | '/accounts/get';

/** Default limits, calls a minute. */
export const RATE_LIMITS: Readonly<Record<'production' | 'sandbox', Readonly<Record<LimitedPath, RateLimit>>>> = {
  production: {
    '/transactions/sync': { perItem: 50, perClient: 2_500 },
    '/item/get': { perItem: 15, perClient: 5_000 },
    '/accounts/get': { perItem: 15, perClient: 15_000 },
  },
  sandbox: {
    '/transactions/sync': { perItem: 50, perClient: 1_000 },
    '/item/get': { perItem: 40, perClient: 5_000 },
    '/accounts/get': { perItem: 100, perClient: 5_000 },
  },
};
/** The limits count by the minute, and no answer names a delay: a refusal is over when its minute is. */
export const RATE_WINDOW_MS = 60_000;
/** Of an Item's calls a minute, this share may come at once; the others are spread, so that no wait is long and the minute is never overdrawn. */
export const BURST_SHARE = 0.2;

/** A delivery older than this is refused (Plaid, webhook verification). */
export const DELIVERY_AGE_MS_MAX = 5 * 60_000;
/** A delivery from the future by more than this is refused: clocks differ by seconds. */
export const DELIVERY_AHEAD_MS_MAX = 60_000;
/** A kept key is asked for again after this, to learn that it has expired. */
export const KEY_AGE_MS_MAX = 24 * 60 * 60_000;
export const KEYS_KEPT_MAX = 20;
/** Whoever makes up key ids must not make us ask Plaid without end. */
export const KEY_QUESTIONS_PER_MINUTE_MAX = 10;
/** Longest header taken for a token: Plaid's have some 300 characters. */
export const TOKEN_LENGTH_MAX = 4_096;
/** After this the webhook's address is set again, in case somebody changed it. */
export const SUBSCRIPTION_RENEWED_AFTER_MS = 30 * 24 * 60 * 60_000;
