import { constants, createPrivateKey, randomUUID, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { ConnectorError } from '#connector-kit';

/** OAuth 2.0 client credentials with a signed assertion (Oracle help, section_162755359851). */
export interface ClientCredentials {
  readonly clientId: string;
  readonly certificateId: string;
  readonly algorithm: 'PS256' | 'ES256';
  readonly privateKeyPem: string;
}

export interface AccessToken {
  readonly text: string;
  /** Milliseconds since 1970 after which it is not used any more. */
  readonly freshUntilMs: number;
}

export const TOKEN_PATH = '/services/rest/auth/oauth2/v1/token';
/** Asked for anew this long before NetSuite would refuse it. */
export const TOKEN_MARGIN_MS = 5 * 60_000;
/** NetSuite refuses assertions that live an hour or longer. */
const ASSERTION_LIFE_SECONDS = 300;

/**
 * The JWT that proves the client. Scopes go as an array, as Oracle's own sample has them.
 * @throws ConnectorError of kind `auth` when the private key is no PEM key of the algorithm's type.
 */
export function signedAssertion(credentials: ClientCredentials, audience: string, now: Date): string {
  const issuedAt = Math.floor(now.getTime() / 1000);
  const header = { typ: 'JWT', alg: credentials.algorithm, kid: credentials.certificateId };
  const claims = {
    iss: credentials.clientId, scope: ['restlets', 'rest_webservices'], aud: audience, iat: issuedAt, exp: issuedAt + ASSERTION_LIFE_SECONDS, jti: randomUUID(),
  };
  const content = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  return `${content}.${signatureOver(content, credentials).toString('base64url')}`;
}

function signatureOver(content: string, credentials: ClientCredentials): Buffer {
  const key = privateKey(credentials);
  return credentials.algorithm === 'ES256'
    ? sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' })
    : sign('sha256', Buffer.from(content), { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
}

function privateKey(credentials: ClientCredentials): KeyObject {
  const expected = credentials.algorithm === 'ES256' ? 'ec' : 'rsa';
  try {
    const key = createPrivateKey(credentials.privateKeyPem);
    if (key.asymmetricKeyType === expected) return key;
  } catch {
    // The parser's own message may quote the key, so it is not carried on.
  }
  throw new ConnectorError(`NetSuite: secrets.privateKeyPem is no ${expected.toUpperCase()} private key in PEM form`, {
    kind: 'auth', hint: `Store the ${expected.toUpperCase()} key that belongs to certificate ${credentials.certificateId}, or change config.algorithm.`,
  });
}

/** The form to post to {@link TOKEN_PATH}. */
export function tokenForm(assertion: string): string {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }).toString();
}

/** @returns null when the answer holds no token. `expires_in` comes as a number or as text. */
export function tokenFrom(body: unknown, now: Date): AccessToken | null {
  if (typeof body !== 'object' || body === null) return null;
  const { access_token: text, expires_in: expiresIn } = body as Record<string, unknown>;
  const lifeSeconds = Number(expiresIn ?? 3600);
  if (typeof text !== 'string' || text === '' || !Number.isFinite(lifeSeconds)) return null;
  const marginMs = Math.min(TOKEN_MARGIN_MS, (lifeSeconds * 1000) / 2);
  return { text, freshUntilMs: now.getTime() + lifeSeconds * 1000 - marginMs };
}

/** Last moment a certificate is good. @returns null when the text is no certificate. */
export function certificateExpiry(certificatePem: string): Date | null {
  try {
    return new Date(new X509Certificate(certificatePem).validTo);
  } catch {
    return null;
  }
}

function base64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}
