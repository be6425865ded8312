import { createPublicKey } from 'node:crypto';
import { ASSERTION_TYPE, jwtPart, signatureHolds } from '../../entra/token-endpoint.js';
import type { FinanceCredentials } from './credentials.js';
import { EntraError } from './entra-error.js';

/** How far an assertion's times may be off. */
const TOLERANCE_SECONDS = 300;

function decode(part: string | undefined): Record<string, unknown> {
  const value = jwtPart(part ?? '');
  if (value === null) throw malformed();
  return value;
}

function malformed(): EntraError {
  return new EntraError(401, 'invalid_client', 50_027, 'JWT token is invalid or malformed.');
}

/**
 * Proves that a client assertion was made with the registered certificate's key: RS256 or PS256, thumbprint in `x5t` or `x5t#S256`, issuer and subject
 * the client, audience the token endpoint, not run out.
 * @throws EntraError
 */
export function verifyClientAssertion(type: string | null, assertion: string, credentials: FinanceCredentials, audiences: readonly string[], now: Date): void {
  if (type !== ASSERTION_TYPE) throw new EntraError(400, 'invalid_request', 900_144, "The request body must contain the following parameter: 'client_assertion_type'.");
  const [headerPart, claimsPart, signaturePart, ...more] = assertion.split('.');
  if (signaturePart === undefined || more.length > 0) throw malformed();
  const header = decode(headerPart);
  const claims = decode(claimsPart);
  const known = header['x5t'] === credentials.thumbprintSha1 || header['x5t#S256'] === credentials.thumbprintSha256;
  if (!known || !signatureHolds(header['alg'], `${headerPart}.${claimsPart}`, Buffer.from(signaturePart, 'base64url'), createPublicKey(credentials.certificatePem))) {
    throw new EntraError(401, 'invalid_client', 700_027, `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '${String(header['x5t'] ?? header['x5t#S256'])}']`);
  }
  if (claims['iss'] !== credentials.clientId || claims['sub'] !== credentials.clientId) throw new EntraError(401, 'invalid_client', 700_021, 'Client assertion application identifier doesn\'t match \'client_id\' parameter.');
  if (!audiences.includes(String(claims['aud']))) throw new EntraError(401, 'invalid_client', 700_023, `Client assertion audience claim does not match Realm issuer.`);
  const seconds = now.getTime() / 1000;
  if (!(Number(claims['exp']) > seconds - TOLERANCE_SECONDS) || Number(claims['nbf'] ?? 0) > seconds + TOLERANCE_SECONDS) {
    throw new EntraError(401, 'invalid_client', 700_024, 'Client assertion is not within its valid time range.');
  }
}
