import { createHash } from 'node:crypto';
import { ConnectorError, type Context } from '#connector-kit';
import type { MailboxSecrets, MailboxSettings } from './settings.js';

const TOKEN_TIMEOUT_MS = 30_000;
const RETRY_AFTER_MS = 5_000;
/** Asked for anew this long before its end. */
const TOKEN_MARGIN_MS = 300_000;
/** Where the endpoint does not say how long a token lives (RFC 6749, 5.1 only recommends it). */
const LIFE_SECONDS_DEFAULT = 300;

interface AccessToken {
  readonly text: string;
  readonly freshUntilMs: number;
}

/**
 * The access token for XOAUTH2, from the connection's memory while it is fresh.
 * @throws ConnectorError `auth` when the endpoint refuses in OAuth's words (RFC 6749, 5.2), `rateLimited` or `transient` when it cannot be asked now.
 */
export async function accessToken(context: Context, settings: MailboxSettings, secrets: MailboxSecrets): Promise<string> {
  const key = memoryKey(settings, secrets);
  const kept = context.memory.get(key) as AccessToken | undefined;
  if (kept !== undefined && kept.freshUntilMs > context.now().getTime()) return kept.text;
  const token = await requestToken(context, settings, tokenForm(settings, secrets));
  context.memory.set(key, token);
  return token.text;
}

/** Makes the next call ask anew: the server did not take the one we have. */
export function forgetToken(context: Context, settings: MailboxSettings, secrets: MailboxSecrets): void {
  context.memory.delete(memoryKey(settings, secrets));
}

function tokenForm({ authentication, clientId = '', scope = '' }: MailboxSettings, { clientSecret, refreshToken = '' }: MailboxSecrets): URLSearchParams {
  const grant = authentication === 'refreshToken' ? { grant_type: 'refresh_token', refresh_token: refreshToken } : { grant_type: 'client_credentials' };
  return new URLSearchParams({ ...grant, client_id: clientId, scope, ...(clientSecret === undefined ? {} : { client_secret: clientSecret }) });
}

async function requestToken(context: Context, { tokenUrl = '' }: MailboxSettings, form: URLSearchParams): Promise<AccessToken> {
  const doing = 'asking for an access token';
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(TOKEN_TIMEOUT_MS)]);
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  let response: Response;
  let answer: unknown;
  try {
    response = await context.fetch(tokenUrl, { method: 'POST', headers, body: form.toString(), signal, redirect: 'error' });
    answer = jsonOrNull(await response.text());
  } catch {
    context.signal.throwIfAborted();
    // The cause may quote the request; its own message is enough.
    throw new ConnectorError(`${doing}: no answer`, { kind: 'transient' });
  }
  const { access_token: text, expires_in: expiresIn, error } = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>;
  const code = typeof error === 'string' && /^[\w-]{1,60}$/.test(error) ? error : '';
  if (response.ok && typeof text === 'string' && text !== '') return { text, freshUntilMs: freshUntilMs(context.now(), expiresIn) };
  if (response.status === 429) throw new ConnectorError(`${doing}: too many requests`, { kind: 'rateLimited', retryAfterMs: statedDelayMs(response.headers.get('retry-after')) });
  if (response.status < 400 || response.status >= 500 || code === '' || code === 'temporarily_unavailable') throw new ConnectorError(`${doing}: ${response.status} ${code || 'without a token'}`, { kind: 'transient' });
  throw new ConnectorError(`${doing}: refused (${code})`, { kind: 'auth', hint: 'check tokenUrl, clientId, scope, and the client secret or the refresh token, which end; README.md says how they are made' });
}

function freshUntilMs(now: Date, expiresIn: unknown): number {
  const lifeSeconds = Number(expiresIn ?? LIFE_SECONDS_DEFAULT);
  const lifeMs = (lifeSeconds > 0 ? lifeSeconds : LIFE_SECONDS_DEFAULT) * 1000;
  return now.getTime() + lifeMs - Math.min(TOKEN_MARGIN_MS, lifeMs / 2);
}

function statedDelayMs(retryAfter: string | null): number {
  return retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Math.max(1, Number(retryAfter)) * 1000 : RETRY_AFTER_MS;
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Another secret is another token, so that a corrected setting takes effect at once. */
function memoryKey({ tokenUrl, clientId, scope, authentication }: MailboxSettings, { clientSecret, refreshToken }: MailboxSecrets): string {
  return `mailbox.token.${createHash('sha256').update(JSON.stringify([tokenUrl, clientId, scope, authentication, clientSecret, refreshToken])).digest('base64url')}`;
}
