import { createHmac, timingSafeEqual } from 'node:crypto';
import { realmOf, type TbaCredentials } from './credentials.js';

/** The reason as the Login Audit Trail would show it; never sent to the client (reference A1). */
export type TbaRefusal = 'MissingTokenPassportRequiredFields' | 'parameter_rejected' | 'VersionRejected' | 'UnknownAlgorithm' | 'InvalidTimestamp'
  | 'nonce_rejected' | 'NonceUsed' | 'consumer_key_unknown' | 'token_rejected' | 'InvalidSignature' | 'temporary_locked';

export const TIMESTAMP_TOLERANCE_SECONDS = 300;
const NONCE_CHARACTERS_MIN = 6;
const FAILURES_BEFORE_LOCK = 5;
const LOCK_MS = 30 * 60_000;

const REQUIRED = ['oauth_token', 'oauth_consumer_key', 'oauth_nonce', 'oauth_timestamp', 'oauth_signature_method', 'oauth_version', 'oauth_signature'] as const;

/** RFC 3986 percent-encoding, as RFC 5849 3.6 wants it. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** RFC 5849 3.4.1: method, URL without query, sorted parameters (the query's too; `realm` and the body are left out). */
export function signatureBase(method: string, url: string, parameters: readonly (readonly [string, string])[]): string {
  const pairs = parameters.map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([leftName, leftValue], [rightName, rightValue]) => (leftName === rightName ? (leftValue < rightValue ? -1 : 1) : leftName < rightName ? -1 : 1));
  return `${method.toUpperCase()}&${percentEncode(url)}&${percentEncode(pairs.map(([name, value]) => `${name}=${value}`).join('&'))}`;
}

export function hmacSignature(base: string, consumerSecret: string, tokenSecret: string): string {
  return createHmac('sha256', `${percentEncode(consumerSecret)}&${percentEncode(tokenSecret)}`).update(base).digest('base64');
}

/** The parameters of an `Authorization: OAuth ...` header, in order; null when it is no such header. */
export function parseOauthHeader(header: string): [string, string][] | null {
  const rest = /^OAuth\s+(.*)$/is.exec(header)?.[1];
  if (rest === undefined) return null;
  const pairs: [string, string][] = [];
  for (const part of rest.split(',')) {
    const match = /^\s*([A-Za-z_]+)="([^"]*)"\s*$/.exec(part);
    if (match === null) return null;
    try {
      pairs.push([match[1] ?? '', decodeURIComponent(match[2] ?? '')]);
    } catch {
      return null;
    }
  }
  return pairs;
}

export interface SignedRequest {
  readonly method: string;
  /** As the client sees it, without query. */
  readonly url: string;
  readonly query: readonly (readonly [string, string])[];
  readonly header: string;
}

/** Checks token-based authentication and remembers nonces, so that a replayed signature is refused. */
export class TbaVerifier {
  private readonly usedNonces = new Map<string, number>();
  private failures = 0;
  private lockedUntilMs = 0;

  constructor(private readonly credentials: TbaCredentials, private readonly nowMs: () => number) {}

  /** null when the request is signed rightly. */
  refusal(request: SignedRequest): TbaRefusal | null {
    if (this.nowMs() < this.lockedUntilMs) return 'temporary_locked';
    const refusal = this.check(request);
    if (refusal === null) {
      this.failures = 0;
      return null;
    }
    const wrongSecret = refusal === 'InvalidSignature' || refusal === 'token_rejected';
    this.failures = wrongSecret ? this.failures + 1 : this.failures;
    if (this.failures >= FAILURES_BEFORE_LOCK) {
      this.lockedUntilMs = this.nowMs() + LOCK_MS;
      this.failures = 0;
    }
    return refusal;
  }

  private check(request: SignedRequest): TbaRefusal | null {
    const pairs = parseOauthHeader(request.header);
    if (pairs === null) return 'parameter_rejected';
    const given = new Map(pairs);
    if (given.size !== pairs.length) return 'parameter_rejected';
    if (REQUIRED.some((name) => (given.get(name) ?? '') === '')) return 'MissingTokenPassportRequiredFields';
    const value = (name: (typeof REQUIRED)[number]): string => given.get(name) ?? '';
    if (value('oauth_version') !== '1.0') return 'VersionRejected';
    if (value('oauth_signature_method') !== 'HMAC-SHA256') return 'UnknownAlgorithm';
    if (realmOf(given.get('realm') ?? '') !== this.credentials.realm) return 'parameter_rejected';
    if (value('oauth_consumer_key') !== this.credentials.consumerKey) return 'consumer_key_unknown';
    if (value('oauth_token') !== this.credentials.tokenId) return 'token_rejected';
    const timestamp = Number(value('oauth_timestamp'));
    const seconds = this.nowMs() / 1000;
    if (!Number.isInteger(timestamp) || Math.abs(seconds - timestamp) > TIMESTAMP_TOLERANCE_SECONDS) return 'InvalidTimestamp';
    if (value('oauth_nonce').length < NONCE_CHARACTERS_MIN) return 'nonce_rejected';
    const signed = pairs.filter(([name]) => name !== 'realm' && name !== 'oauth_signature');
    const base = signatureBase(request.method, request.url, [...signed, ...request.query]);
    const expected = Buffer.from(hmacSignature(base, this.credentials.consumerSecret, this.credentials.tokenSecret));
    const actual = Buffer.from(value('oauth_signature'));
    if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) return 'InvalidSignature';
    return this.useNonce(`${value('oauth_nonce')}:${timestamp}`, seconds) ? null : 'NonceUsed';
  }

  private useNonce(nonce: string, seconds: number): boolean {
    if (this.usedNonces.has(nonce)) return false;
    this.usedNonces.set(nonce, seconds);
    for (const [old, usedAt] of this.usedNonces) {
      if (usedAt > seconds - 2 * TIMESTAMP_TOLERANCE_SECONDS) break;
      this.usedNonces.delete(old);
    }
    return true;
  }
}
