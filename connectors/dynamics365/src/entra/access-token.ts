import { createHash } from 'node:crypto';
import { ConnectorError, type Context } from '#connector-kit';
import { jsonOrNull } from '../odata/json.js';
import { noAnswer, statedDelayMs } from '../odata/no-answer.js';
import type { EntraLogin } from './login.js';
import { tokenError, tokenFrom, type AccessToken } from './token-answer.js';
import { tokenForm, tokenUrl } from './token-form.js';

const TOKEN_TIMEOUT_MS = 30_000;

/**
 * The bearer token of a login, from the connection's memory while it is fresh. Several calls at once share one request for it.
 * @throws ConnectorError `auth` when Entra refuses the app, `transient` or `rateLimited` when it cannot be asked now.
 */
export async function accessToken(context: Context, login: EntraLogin): Promise<string> {
  const key = memoryKey(login);
  const kept = context.memory.get(key) as Promise<AccessToken> | undefined;
  if (kept !== undefined) {
    const token = await sharedToken(context, kept);
    if (token !== null && token.freshUntilMs > context.now().getTime()) return token.text;
    if (context.memory.get(key) === kept) context.memory.delete(key);
    return await accessToken(context, login);
  }
  const asked = requestToken(context, login);
  context.memory.set(key, asked);
  try {
    return (await asked).text;
  } catch (error) {
    if (context.memory.get(key) === asked) context.memory.delete(key);
    throw error;
  }
}

/** Makes the next call ask for a new token. @returns false where there is none to forget. */
export function forgetToken(context: Context, login: EntraLogin): boolean {
  return context.memory.delete(memoryKey(login));
}

/** A request that another caller began and gave up (its own abort, its own deadline) says nothing about us: null asks anew. */
async function sharedToken(context: Context, kept: Promise<AccessToken>): Promise<AccessToken | null> {
  try {
    return await unlessAborted(context.signal, kept);
  } catch (error) {
    if (error instanceof ConnectorError && error.failure.kind === 'transient' && !context.signal.aborted) return null;
    throw error instanceof ConnectorError ? error : noAnswer('Microsoft Entra token request', error, false);
  }
}

async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const settled = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => { reject(signal.reason as Error); }, { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    settled.abort();
  }
}

async function requestToken(context: Context, login: EntraLogin): Promise<AccessToken> {
  const body = tokenForm(login, context.now()).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  let status: number;
  let retryAfter: string | null;
  let answer: unknown;
  try {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(TOKEN_TIMEOUT_MS)]);
    const response = await context.fetch(tokenUrl(login), { method: 'POST', headers, body, signal, redirect: 'error' });
    status = response.status;
    retryAfter = response.headers.get('retry-after');
    answer = jsonOrNull(await response.text());
  } catch (error) {
    throw noAnswer('Microsoft Entra token request', error, false);
  }
  const token = status === 200 ? tokenFrom(answer, context.now()) : null;
  if (token !== null) return token;
  throw tokenError(status, answer, statedDelayMs(retryAfter, context.now()), login);
}

/** Another secret is another token, so that a corrected setting takes effect at once. */
function memoryKey(login: EntraLogin): string {
  const { proof, ...named } = login;
  const parts = JSON.stringify([named, proof.by === 'secret' ? proof.clientSecret : proof.privateKeyPem]);
  return `entra.token.${createHash('sha256').update(parts).digest('base64url')}`;
}
