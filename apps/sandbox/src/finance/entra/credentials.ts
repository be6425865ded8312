import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { selfSignedCertificate } from './certificate.js';

/** What an app registration gives its client. */
export interface FinanceCredentials {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The certificate registered for the client, and its key. */
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** SHA-1 and SHA-256 of the certificate's DER, base64url: headers `x5t` and `x5t#S256` of an assertion. */
  readonly thumbprintSha1: string;
  readonly thumbprintSha256: string;
}

const RSA_BITS = 2048;
const CERTIFICATE_LIFETIME_MS = 365 * 86_400_000;

/** A new registration in a tenant. */
export function issueCredentials(tenantId: string, now: Date, clientId: string = randomUUID()): FinanceCredentials {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
  const certificate = selfSignedCertificate('Honeycomb Trading integration', publicKey, privateKey, now, new Date(now.getTime() + CERTIFICATE_LIFETIME_MS));
  return {
    tenantId, clientId, clientSecret: `${randomBytes(3).toString('hex')}~${randomBytes(24).toString('base64url')}`, privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), ...certificate,
  };
}
