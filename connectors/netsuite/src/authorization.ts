import { ConnectorError, type Context } from '#connector-kit';
import { parseJsonKeepingNumberText } from '#canonical';
import { signedAssertion, TOKEN_PATH, tokenForm, tokenFrom, type AccessToken } from './auth/client-credentials.js';
import { newMoment, tokenBasedHeader } from './auth/token-based.js';
import { noAnswer, problemsOf, rateLimitDelayMs, statedDelayMs } from './errors.js';
import { realmOf, type NetSuiteSettings } from './settings.js';

const TOKEN_KEY = 'netsuite.token';
const TOKEN_TIMEOUT_MS = 30_000;

/**
 * The `Authorization` header of one attempt: signed anew for token-based authentication, from the cached token otherwise.
 * @throws ConnectorError `auth` when NetSuite gives no token, `transient` or `rateLimited` when it cannot be asked now.
 */
export async function authorizationHeader(context: Context, settings: NetSuiteSettings, method: string, url: URL): Promise<string> {
  const { auth } = settings;
  if (auth.by === 'tba') {
    return tokenBasedHeader(method, url, { ...auth, realm: realmOf(settings.accountId) }, newMoment(context.now()));
  }
  return `Bearer ${(await accessToken(context, settings)).text}`;
}

/** Makes the next call ask for a new token. @returns false where there is no token to forget. */
export function forgetToken(context: Context, settings: NetSuiteSettings): boolean {
  return settings.auth.by === 'oauth2' && context.memory.delete(TOKEN_KEY);
}

/** Several calls at once share one request for a token: the promise is what is kept. */
async function accessToken(context: Context, settings: NetSuiteSettings): Promise<AccessToken> {
  const kept = context.memory.get(TOKEN_KEY) as Promise<AccessToken> | undefined;
  if (kept !== undefined && (await kept).freshUntilMs > context.now().getTime()) return kept;
  const asked = requestToken(context, settings);
  context.memory.set(TOKEN_KEY, asked);
  try {
    return await asked;
  } catch (error) {
    if (context.memory.get(TOKEN_KEY) === asked) context.memory.delete(TOKEN_KEY);
    throw error;
  }
}

async function requestToken(context: Context, settings: NetSuiteSettings): Promise<AccessToken> {
  if (settings.auth.by !== 'oauth2') throw new ConnectorError('NetSuite: token-based authentication needs no access token', { kind: 'notSupported', capability: 'oauth2' });
  const url = `${settings.baseUrl}${TOKEN_PATH}`;
  const body = tokenForm(signedAssertion(settings.auth, url, context.now()));
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  let status: number;
  let retryAfter: string | null;
  let answer: unknown;
  try {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(TOKEN_TIMEOUT_MS)]);
    const response = await context.fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
    status = response.status;
    retryAfter = response.headers.get('retry-after');
    answer = jsonOrNull(await response.text());
  } catch (error) {
    throw noAnswer(error, 'token request', false);
  }
  const token = status === 200 ? tokenFrom(answer, context.now()) : null;
  if (token !== null) return token;
  throw tokenError(status, answer, retryAfter);
}

/** Only a refusal in the words of OAuth is about the credentials; a garbled answer or a server in trouble may pass. */
function tokenError(status: number, answer: unknown, retryAfter: string | null): ConnectorError {
  const code = problemsOf(answer)[0]?.code ?? '';
  const message = `NetSuite token request: ${status} ${code || 'no token in the answer'}`;
  if (status === 429) return new ConnectorError(message, { kind: 'rateLimited', retryAfterMs: statedDelayMs(retryAfter) ?? rateLimitDelayMs(1) });
  if (status >= 500 || status < 400) return new ConnectorError(message, { kind: 'transient' });
  return new ConnectorError(message, {
    kind: 'auth', hint: 'Check client id, certificate id, private key and the certificate\'s expiry in Setup > Integration > OAuth 2.0 Client Credentials.',
  });
}

export function jsonOrNull(text: string): unknown {
  try {
    return parseJsonKeepingNumberText(text);
  } catch {
    return null;
  }
}
