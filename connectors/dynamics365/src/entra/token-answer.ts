import { ConnectorError } from '#connector-kit';
import type { EntraLogin } from './login.js';

export interface AccessToken {
  readonly text: string;
  /** Milliseconds since 1970 after which it is not used any more. */
  readonly freshUntilMs: number;
}

/** Asked for anew this long before Entra's own end of it. */
export const TOKEN_MARGIN_MS = 5 * 60_000;
const LIFE_SECONDS_DEFAULT = 3599;
const DESCRIPTION_LENGTH_MAX = 300;

/** @returns null when the answer holds no token. `expires_in` comes as a number or as text. */
export function tokenFrom(body: unknown, now: Date): AccessToken | null {
  if (typeof body !== 'object' || body === null) return null;
  const { access_token: text, expires_in: expiresIn } = body as Record<string, unknown>;
  const lifeSeconds = Number(expiresIn ?? LIFE_SECONDS_DEFAULT);
  if (typeof text !== 'string' || text === '' || !(lifeSeconds > 0)) return null;
  return { text, freshUntilMs: now.getTime() + lifeSeconds * 1000 - Math.min(TOKEN_MARGIN_MS, lifeSeconds * 500) };
}

/** What an administrator does about the refusals seen in practice (reference, section 1). */
const CURES: Readonly<Record<string, string>> = {
  '7000215': 'The client secret is wrong: store the secret\'s value, not its id, from Certificates & secrets of the app registration.',
  '7000222': 'The client secret has expired: create a new one in Certificates & secrets of the app registration and store it here.',
  '700016': 'The application is not in this tenant: check client id and tenant id, and grant admin consent.',
  '90002': 'There is no such tenant: check the tenant id.',
  '700027': 'The certificate is not registered with the app, or it has expired: upload it under Certificates & secrets.',
  '70011': 'The scope is wrong: check the address of the environment.',
  '500011': 'The service is unknown in this tenant: check the address of the environment, and grant admin consent.',
};
const CURE_DEFAULT = 'Check tenant id, client id and secret or certificate of the app registration, and its admin consent.';

/** What Entra's refusal stands for. No secret is quoted, whatever the answer repeats. */
export function tokenError(status: number, body: unknown, retryAfterMs: number | null, login: EntraLogin): ConnectorError {
  const { error, error_description: description } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const stated = typeof description === 'string' ? withoutSecrets(description, login).split(/\s*Trace ID:/i)[0]?.slice(0, DESCRIPTION_LENGTH_MAX) ?? '' : '';
  const code = typeof error === 'string' && /^[\w-]{1,60}$/.test(error) ? error : '';
  const message = `Microsoft Entra token request: ${status} ${[code, stated].filter(Boolean).join(': ') || 'no token in the answer'}`;
  if (status === 429) return new ConnectorError(message, { kind: 'rateLimited', retryAfterMs: retryAfterMs ?? RETRY_AFTER_MS });
  // Only a refusal in the words of OAuth is about the credentials; a garbled answer or a server in trouble may pass.
  if (status < 400 || status >= 500 || code === '' || code === 'temporarily_unavailable') return new ConnectorError(message, { kind: 'transient' });
  const number = /AADSTS(\d+)/.exec(stated)?.[1] ?? '';
  return new ConnectorError(message, { kind: 'auth', hint: CURES[number] ?? CURE_DEFAULT });
}

const RETRY_AFTER_MS = 5_000;

function withoutSecrets(text: string, { proof }: EntraLogin): string {
  const secret = proof.by === 'secret' ? proof.clientSecret : proof.privateKeyPem;
  return secret === '' ? text : text.replaceAll(secret, '(secret)').replaceAll(encodeURIComponent(secret), '(secret)');
}
