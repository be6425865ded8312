import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ConnectorError, settingsForm, settingsProblems as problemsOf, type Context } from '#connector-kit';
import { CLIENT_NAME_LENGTH_MAX, DAYS_REQUESTED_MAX, DAYS_REQUESTED_MIN, PAGE_SIZE_MAX } from './limits.js';

const HOSTS = { production: 'https://production.plaid.com', sandbox: 'https://sandbox.plaid.com' } as const;
const filled = z.string().trim().min(1);

const config = z.strictObject({
  clientId: filled.describe('The `client_id` of the Plaid dashboard (Developers > Keys).'),
  environment: z.enum(['production', 'sandbox']).default('production').describe('Plaid has these two; keys and logins of one mean nothing to the other.'),
  serviceUrl: z.url({ protocol: /^https?$/ }).optional().describe('Base of all calls, for a proxy or a simulated Plaid. Default: the host of the environment.'),
  daysRequested: z.int().min(1).max(DAYS_REQUESTED_MAX).default(90).describe(`Days of history the first update brings, at most ${DAYS_REQUESTED_MAX}. It counts once: Plaid does not raise it for a login that was read before.`),
  pageSize: z.int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE_MAX).describe('Changes asked for at once. Fewer only for tests and slow lines.'),
  requestTimeoutMs: z.int().min(1_000).max(300_000).default(60_000).describe('Longest wait for one answer, in milliseconds.'),
  timeZone: filled.refine(isTimeZone, 'is not a time zone').default('UTC').describe('Where the bank counts its days (IANA name). Plaid does not say it.'),
  clientName: filled.max(CLIENT_NAME_LENGTH_MAX).default('Tributary').describe('The name people see in the bank\'s sign-in dialog.'),
  language: z.string().regex(/^[a-z]{2}$/, 'must be two small letters').default('en').describe('Language of the sign-in dialog.'),
  countryCodes: z.array(z.string().regex(/^[A-Z]{2}$/, 'must be two capitals')).min(1).default(['US']).describe('Countries whose banks the sign-in dialog offers (ISO 3166).'),
  redirectUri: z.url().optional().describe('Where banks that sign in by OAuth send the browser back to. Must be allowed in the Plaid dashboard.'),
}).refine(({ environment, daysRequested }) => environment !== 'production' || daysRequested >= DAYS_REQUESTED_MIN, {
  path: ['daysRequested'], message: `must be at least ${DAYS_REQUESTED_MIN} in production`,
});

const secrets = z.strictObject({
  secret: filled.describe('The secret of that environment (Plaid dashboard, Developers > Keys).'),
  accessToken: filled.optional().describe('Of the linked login. Left out: made by `tributary bank link`.'),
  itemId: filled.optional().describe('Plaid\'s id of the login, kept with the access token.'),
});

export const FORM = settingsForm(config, secrets);

export type PlaidSettings = z.infer<typeof config> & {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly secret: string;
  /** Null until a login is linked. */
  readonly accessToken: string | null;
  readonly itemId: string | null;
};

/** What is wrong with a connection's settings, one sentence each, with the setting's path. Never a secret's value. */
export function settingsProblems(givenConfig: unknown, givenSecrets: unknown): readonly string[] {
  return [...problemsOf('config', config, givenConfig), ...problemsOf('secrets', secrets, givenSecrets)];
}

/** @throws ConnectorError of kind `invalid` when the stored settings do not fit. */
export function plaidSettings(context: Pick<Context, 'config' | 'secrets'>): PlaidSettings {
  const problems = settingsProblems(context.config, context.secrets);
  const [first, ...rest] = problems.map((problem) => ({ path: problem.split(':')[0] ?? 'config', value: '', problem }));
  if (first !== undefined) throw new ConnectorError(`Plaid settings: ${problems.join('; ')}`, { kind: 'invalid', issues: [first, ...rest] });
  const parsed = config.parse(context.config);
  const { secret, accessToken = null, itemId = null } = secrets.parse(context.secrets);
  return { ...parsed, baseUrl: (parsed.serviceUrl ?? HOSTS[parsed.environment]).replace(/\/+$/, ''), secret, accessToken, itemId };
}

export const NOT_LINKED = 'no bank login is linked to this connection yet: link one with `tributary bank link`, or enter its access token';

/** @throws ConnectorError `auth` when no login is linked. */
export function linkedToken({ accessToken }: PlaidSettings): string {
  if (accessToken === null) throw new ConnectorError(`Plaid: ${NOT_LINKED}`, { kind: 'auth', hint: NOT_LINKED, cure: 'linkAnew' });
  return accessToken;
}

/** Tells one login from another without telling its token. A cursor of one login means nothing to another. */
export function loginMark(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest('hex').slice(0, 16);
}

/** Client and environment: the logins of one mean nothing to the other. Empty when the settings name none, which the settings check refuses. */
export function booksNamed(given: unknown): string {
  const named = z.object({ clientId: z.string(), environment: z.string().default('production') }).safeParse(given).data;
  return named === undefined ? '' : `${named.clientId} ${named.environment}`;
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
