import { constants, verify } from 'node:crypto';
import { ASSERTION_ALGORITHMS, type AssertionAlgorithm, type Certificate } from './credentials.js';

/** Why an assertion is not taken; `code` is what the token endpoint answers. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
  constructor(readonly code: 'invalid_request' | 'invalid_client' | 'invalid_grant' | 'invalid_scope', reason: string) {
    super(reason);
  }
}

/** exp - iat of an assertion must stay below this (reference A1). */
export const ASSERTION_LIFETIME_SECONDS_MAX = 3600;
const CLOCK_TOLERANCE_SECONDS = 60;

function decode(part: string | undefined, what: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    throw new AssertionError('invalid_request', `the ${what} is not JSON`);
  }
  throw new AssertionError('invalid_request', `the ${what} is not an object`);
}

/** JWS signatures: ES* are the two integers side by side (P1363), PS* are PSS with a salt as long as the digest (RFC 7518 3.4, 3.5). */
function signatureHolds(algorithm: AssertionAlgorithm, certificate: Certificate, signed: string, signature: Buffer): boolean {
  const digest = `sha${algorithm.slice(2)}`;
  const data = Buffer.from(signed);
  if (algorithm.startsWith('ES')) return verify(digest, data, { key: certificate.publicKey, dsaEncoding: 'ieee-p1363' }, signature);
  return verify(digest, data, { key: certificate.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, signature);
}

/** Sources conflict on the form of `scope`: a JSON array, comma or space separated text are all taken (reference A1). */
export function scopesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((scope) => typeof scope === 'string');
  return typeof value === 'string' ? value.split(/[\s,]+/).filter((scope) => scope !== '') : [];
}

const SCOPES = new Set(['restlets', 'rest_webservices', 'suite_analytics']);

/**
 * Verifies a client assertion: algorithm allow-list, `kid`, signature, `iss`, `aud`, times, scope, expiry of the certificate.
 * @returns the certificate it was made with
 * @throws AssertionError
 */
export function verifyAssertion(assertion: string, certificates: ReadonlyMap<string, Certificate>, tokenUrls: readonly string[], now: Date): Certificate {
  const [headerPart, claimsPart, signaturePart, ...more] = assertion.split('.');
  if (signaturePart === undefined || more.length > 0) throw new AssertionError('invalid_request', 'the assertion is not a signed JWT');
  const header = decode(headerPart, 'header');
  const claims = decode(claimsPart, 'claims');
  const algorithm = ASSERTION_ALGORITHMS.find((candidate) => candidate === header['alg']);
  if (algorithm === undefined) throw new AssertionError('invalid_client', `algorithm ${String(header['alg'])} is not accepted`);
  const certificate = certificates.get(String(header['kid']));
  if (certificate === undefined) throw new AssertionError('invalid_client', `no certificate ${String(header['kid'])}`);
  const family = certificate.publicKey.asymmetricKeyType === 'rsa' ? 'PS' : 'ES';
  const suits = family === 'PS' ? algorithm.startsWith('PS') : algorithm === certificate.algorithm;
  if (!suits || !signatureHolds(algorithm, certificate, `${headerPart}.${claimsPart}`, Buffer.from(signaturePart, 'base64url'))) {
    throw new AssertionError('invalid_client', 'the signature does not hold');
  }
  if (certificate.validUntil <= now) throw new AssertionError('invalid_client', 'the certificate has expired');
  checkClaims(claims, certificate, tokenUrls, now);
  return certificate;
}

function checkClaims(claims: Record<string, unknown>, certificate: Certificate, tokenUrls: readonly string[], now: Date): void {
  if (claims['iss'] !== certificate.clientId) throw new AssertionError('invalid_client', 'iss is not the client of the certificate');
  const audiences = Array.isArray(claims['aud']) ? claims['aud'] : [claims['aud']];
  if (!audiences.some((audience) => tokenUrls.includes(String(audience)))) throw new AssertionError('invalid_grant', `aud ${String(claims['aud'])} is not the token URL`);
  const issued = Number(claims['iat']);
  const expires = Number(claims['exp']);
  const seconds = now.getTime() / 1000;
  if (!Number.isFinite(issued) || !Number.isFinite(expires)) throw new AssertionError('invalid_grant', 'iat and exp are needed');
  if (expires - issued >= ASSERTION_LIFETIME_SECONDS_MAX) throw new AssertionError('invalid_grant', 'exp is 60 minutes or more after iat');
  if (expires <= seconds - CLOCK_TOLERANCE_SECONDS || issued > seconds + CLOCK_TOLERANCE_SECONDS) throw new AssertionError('invalid_grant', 'the assertion is not valid now');
  const scopes = scopesOf(claims['scope']);
  if (scopes.length === 0 || !scopes.every((scope) => SCOPES.has(scope)) || !scopes.includes('rest_webservices')) throw new AssertionError('invalid_scope', 'scope must name rest_webservices');
}
