import { randomBytes, randomUUID } from 'node:crypto';
import { issueCertificate } from '../../entra/certificate.js';

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

/** A new registration in a tenant. */
export function issueCredentials(tenantId: string, now: Date, clientId: string = randomUUID()): FinanceCredentials {
  const { certificatePem, privateKeyPem, thumbprintSha1, thumbprintSha256 } = issueCertificate('Honeycomb Trading integration', now);
  return { tenantId, clientId, clientSecret: `${randomBytes(3).toString('hex')}~${randomBytes(24).toString('base64url')}`, certificatePem, privateKeyPem, thumbprintSha1, thumbprintSha256 };
}
