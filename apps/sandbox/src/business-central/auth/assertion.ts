import type { IssuedCertificate } from '../../entra/certificate.js';
import { jwtPart, signatureHolds } from '../../entra/token-endpoint.js';

/** Why a client assertion was not accepted, with Entra's code. */
export class AssertionRefused extends Error {
  override readonly name = 'AssertionRefused';

  constructor(readonly code: number, message: string) {
    super(message);
  }
}

export interface AssertionTerms {
  readonly clientId: string;
  readonly certificate: IssuedCertificate;
  readonly tokenUrl: string;
  readonly nowMs: number;
  /** `jti` values seen before: an assertion is good once. */
  readonly used: Set<string>;
}

const CLOCK_TOLERANCE_SECONDS = 300;

/** A certificate-signed JWT instead of a secret: RS256 or PS256, named by thumbprint, for this token URL and this client, and only once. @throws AssertionRefused */
export function checkAssertion(jwt: string, terms: AssertionTerms): void {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const { certificate } = terms;
  const head = decode(header);
  const claims = decode(payload);
  const named = head['x5t#S256'] === certificate.thumbprintSha256 || head['x5t'] === certificate.thumbprintSha1;
  if (!named) throw new AssertionRefused(700027, `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found.]`);
  if (head['alg'] !== 'RS256' && head['alg'] !== 'PS256') throw new AssertionRefused(5002723, 'Invalid JWT token. The algorithm of the header is not supported.');
  if (!signatureHolds(head['alg'], `${header}.${payload}`, Buffer.from(signature, 'base64url'), certificate.publicKey)) {
    throw new AssertionRefused(700027, 'Client assertion failed signature validation. [Reason - The key was found, but the signature is invalid.]');
  }
  if (certificate.expiresAtMs <= terms.nowMs) throw new AssertionRefused(700027, 'The certificate used to sign the client assertion is expired.');
  checkClaims(claims, terms);
}

function checkClaims(claims: Readonly<Record<string, unknown>>, terms: AssertionTerms): void {
  const seconds = terms.nowMs / 1000;
  if (claims['iss'] !== terms.clientId || claims['sub'] !== terms.clientId) throw new AssertionRefused(700021, 'Client assertion application identifier doesn\'t match \'client_id\' parameter.');
  if (claims['aud'] !== terms.tokenUrl) throw new AssertionRefused(700023, `Client assertion audience claim does not match Realm issuer. Expected ${terms.tokenUrl}.`);
  const [expires, notBefore] = [Number(claims['exp']), Number(claims['nbf'] ?? claims['iat'] ?? 0)];
  if (!Number.isFinite(expires) || expires + CLOCK_TOLERANCE_SECONDS < seconds || notBefore - CLOCK_TOLERANCE_SECONDS > seconds) throw new AssertionRefused(700024, 'Client assertion is not within its valid time range.');
  const id = String(claims['jti'] ?? '');
  if (id === '' || terms.used.has(id)) throw new AssertionRefused(7000214, 'Client assertion has been used before or carries no jti.');
  terms.used.add(id);
}

function decode(part: string): Record<string, unknown> {
  const value = jwtPart(part);
  if (value === null) throw new AssertionRefused(50027, 'JWT token is invalid or malformed.');
  return value;
}
