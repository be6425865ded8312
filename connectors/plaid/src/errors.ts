import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { ConnectorError, type ConnectorFailure, type LoginCure } from '#connector-kit';
import { RATE_WINDOW_MS } from './limits.js';

/** Plaid's error object, in answers, in /item/get and in webhooks. `error_type` is never decided on: the documentation contradicts itself there. */
export const PLAID_ERROR = z.looseObject({
  error_type: z.string().default(''),
  error_code: z.string(),
  error_code_reason: z.string().nullish(),
  error_message: z.string().default(''),
  display_message: z.string().nullish(),
  request_id: z.string().nullish(),
});
export type PlaidError = z.infer<typeof PLAID_ERROR>;

/** What is to be done about an error. `changed`: the data moved under the pages; the loop begins again. */
type Verdict = LoginCure | 'rateLimited' | 'later' | 'changed' | 'mistake';

interface CodeRule {
  readonly verdict: Verdict;
  /** The cure in words. */
  readonly cure: string;
}

const SIGN_IN = 'repair the login with `tributary bank link --update`';
const BANK_AWAY = 'nothing to do: the bank or Plaid is away for a while, and the hub tries again';
const OUR_MISTAKE = 'check the settings of this connection; if they are right, report this as a mistake of the connector';

const signIn = (what: string): CodeRule => ({ verdict: 'signInAgain', cure: `${what}: ${SIGN_IN}` });
const anew = (what: string): CodeRule => ({ verdict: 'linkAnew', cure: `${what}: link the bank anew with \`tributary bank link\`` });
const away: CodeRule = { verdict: 'later', cure: BANK_AWAY };
const mistake = (cure: string): CodeRule => ({ verdict: 'mistake', cure });

/** The reference's classes, code by code (Plaid's documentation, errors/*). */
export const CODE_RULES: Readonly<Record<string, CodeRule>> = {
  ITEM_LOGIN_REQUIRED: signIn('the bank asks its owner to sign in again'),
  ACCESS_NOT_GRANTED: signIn('the owner did not grant access to what is needed'),
  NO_ACCOUNTS: signIn('the login shows no account any more, or none was chosen'),
  ITEM_LOCKED: signIn('the bank has locked the login; unlock it at the bank, then'),
  INVALID_CREDENTIALS: signIn('the bank does not take the password'),
  ADDITIONAL_CONSENT_REQUIRED: signIn('the owner has to consent to transactions'),
  ITEM_NOT_FOUND: anew('Plaid does not have this login any more'),
  USER_PERMISSION_REVOKED: anew('the owner has revoked the permission'),
  INVALID_ACCESS_TOKEN: anew('Plaid does not know the access token, or it belongs to the other environment'),
  INSTITUTION_DOWN: away,
  INSTITUTION_NOT_RESPONDING: away,
  INSTITUTION_NOT_AVAILABLE: away,
  INTERNAL_SERVER_ERROR: away,
  PLANNED_MAINTENANCE: away,
  PRODUCT_NOT_READY: away,
  TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION: { verdict: 'changed', cure: 'nothing to do: the data changed while it was paged, and the hub begins the update again' },
  INVALID_API_KEYS: { verdict: 'settings', cure: 'enter client id and secret of the right environment again (Plaid dashboard, Developers > Keys)' },
  MISSING_FIELDS: mistake(OUR_MISTAKE),
  UNKNOWN_FIELDS: mistake(OUR_MISTAKE),
  INVALID_FIELD: mistake(OUR_MISTAKE),
  INVALID_BODY: mistake(OUR_MISTAKE),
  INVALID_ACCOUNT_ID: mistake(OUR_MISTAKE),
  PRODUCTS_NOT_SUPPORTED: mistake('this bank gives Plaid no transactions: import its files instead'),
  INSTITUTION_NO_LONGER_SUPPORTED: mistake('Plaid no longer reaches this bank: import its files instead'),
};

/** OAuth banks say why a login is over. */
const REASONS: Readonly<Record<string, string>> = {
  OAUTH_INVALID_TOKEN: 'the bank no longer takes the permission it gave',
  OAUTH_CONSENT_EXPIRED: 'the consent has expired',
  OAUTH_USER_REVOKED: 'the owner revoked the consent at the bank',
};

const MESSAGE_LENGTH_MAX = 300;

/** What to do about an error, decided by its code. Limits end in `_LIMIT`; unknown codes are the fault of whoever has the status. */
export function ruleOf(code: string, status: number): CodeRule {
  const known = Object.hasOwn(CODE_RULES, code) ? CODE_RULES[code] : undefined;
  if (known !== undefined) return known;
  if (status === 429 || code.endsWith('_LIMIT') || code === 'RATE_LIMIT_EXCEEDED') return { verdict: 'rateLimited', cure: 'nothing to do: the hub waits' };
  return status >= 500 ? away : mistake(OUR_MISTAKE);
}

/** The error an answer of Plaid stands for. */
export function errorOf(what: string, error: PlaidError, status: number, retryAfter: string | null = null): ConnectorError {
  const rule = ruleOf(error.error_code, status);
  return new ConnectorError(`Plaid ${what}: ${sentenceOf(error)}. ${capitalised(rule.cure)}.`, failureOf(rule, error, retryAfter));
}

/** The code, the bank's reason and Plaid's words, and the request for Plaid's support. */
export function sentenceOf(error: PlaidError): string {
  const reason = error.error_code_reason === null || error.error_code_reason === undefined ? '' : ` (${REASONS[error.error_code_reason] ?? error.error_code_reason})`;
  const request = error.request_id === null || error.request_id === undefined ? '' : `, request ${error.request_id.slice(0, 64)}`;
  return `${error.error_code}${reason}: ${(error.display_message ?? error.error_message).slice(0, MESSAGE_LENGTH_MAX)}${request}`;
}

function failureOf({ verdict, cure }: CodeRule, error: PlaidError, retryAfter: string | null): ConnectorFailure {
  switch (verdict) {
    case 'signInAgain':
    case 'linkAnew':
    case 'settings': return { kind: 'auth', hint: cure, cure: verdict };
    case 'rateLimited': return { kind: 'rateLimited', retryAfterMs: rateLimitDelayMs(retryAfter) };
    case 'later':
    case 'changed': return { kind: 'transient' };
    case 'mistake': return { kind: 'invalid', issues: [{ path: 'body', value: error.error_code, problem: `${error.error_message.slice(0, MESSAGE_LENGTH_MAX)}; ${cure}` }] };
  }
}

const STATED_DELAY_SECONDS_MAX = 600;

/** Plaid documents no `Retry-After`; limits are counted by the minute. Half of it is drawn, so that Items refused together do not come back together. */
export function rateLimitDelayMs(retryAfter: string | null, draw: (below: number) => number = randomInt): number {
  const stated = retryAfter !== null && /^\d{1,4}$/.test(retryAfter.trim()) ? Number(retryAfter) : 0;
  if (stated > 0) return Math.min(stated, STATED_DELAY_SECONDS_MAX) * 1_000;
  return RATE_WINDOW_MS / 2 + draw(RATE_WINDOW_MS / 2 + 1);
}

/** No answer, or none that can be trusted. Reads only: nothing is lost by asking again. */
export function noAnswer(what: string, reason: string, cause?: unknown): ConnectorError {
  return new ConnectorError(`Plaid ${what}: ${reason}`, { kind: 'transient' }, cause === undefined ? undefined : { cause });
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
