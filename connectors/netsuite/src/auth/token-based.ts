import { createHmac, randomBytes } from 'node:crypto';

/** OAuth 1.0a as NetSuite's token-based authentication wants it (RFC 5849, HMAC-SHA256 only since 2023.1). Legacy: no new ones from 2027.1. */
export interface TokenBasedKeys {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly tokenId: string;
  readonly tokenSecret: string;
  /** `1234567_SB1` */
  readonly realm: string;
}

export interface SignedMoment {
  readonly nonce: string;
  /** Seconds since 1970, within five minutes of NetSuite's clock. */
  readonly timestampSeconds: number;
}

/** A nonce is refused the second time, so every attempt takes a new moment. */
export function newMoment(now: Date): SignedMoment {
  return { nonce: randomBytes(16).toString('hex'), timestampSeconds: Math.floor(now.getTime() / 1000) };
}

/** The `Authorization` header of one attempt. The body is not signed; every query parameter is. */
export function tokenBasedHeader(method: string, url: URL, keys: TokenBasedKeys, moment: SignedMoment): string {
  const parameters: [string, string][] = [
    ['oauth_token', keys.tokenId],
    ['oauth_consumer_key', keys.consumerKey],
    ['oauth_nonce', moment.nonce],
    ['oauth_timestamp', String(moment.timestampSeconds)],
    ['oauth_signature_method', 'HMAC-SHA256'],
    ['oauth_version', '1.0'],
  ];
  const signature = signatureOf(method, url, parameters, keys);
  const shown: [string, string][] = [['realm', keys.realm], ...parameters, ['oauth_signature', signature]];
  return `OAuth ${shown.map(([name, value]) => `${name}="${percentEncoded(value)}"`).join(', ')}`;
}

/** Base64 HMAC-SHA256 over `METHOD&url&parameters`. */
export function signatureOf(method: string, url: URL, oauthParameters: readonly [string, string][], keys: TokenBasedKeys): string {
  const encoded = [...oauthParameters, ...url.searchParams].map(([name, value]): [string, string] => [percentEncoded(name), percentEncoded(value)]);
  encoded.sort(([leftName, leftValue], [rightName, rightValue]) => compareText(leftName, rightName) || compareText(leftValue, rightValue));
  const joined = encoded.map(([name, value]) => `${name}=${value}`).join('&');
  const base = [method.toUpperCase(), percentEncoded(url.origin + url.pathname), percentEncoded(joined)].join('&');
  const key = `${percentEncoded(keys.consumerSecret)}&${percentEncoded(keys.tokenSecret)}`;
  return createHmac('sha256', key).update(base).digest('base64');
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** RFC 3986: `encodeURIComponent` leaves five characters alone that OAuth wants encoded. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
