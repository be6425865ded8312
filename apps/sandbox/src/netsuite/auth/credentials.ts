import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';

export type AssertionAlgorithm = 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512';
/** RS256 is not accepted (reference A1). */
export const ASSERTION_ALGORITHMS: readonly AssertionAlgorithm[] = ['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];

/** What a client needs for OAuth 2.0 client credentials. */
export interface M2mCredentials {
  readonly clientId: string;
  readonly certificateId: string;
  readonly privateKeyPem: string;
  readonly algorithm: AssertionAlgorithm;
  /** Two years at most (reference A1). */
  readonly validUntil: string;
}

/** What a client needs for token-based authentication (OAuth 1.0a). */
export interface TbaCredentials {
  /** Upper case, underscore: the form `realm` wants. */
  readonly realm: string;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly tokenId: string;
  readonly tokenSecret: string;
}

export interface Certificate {
  readonly certificateId: string;
  readonly clientId: string;
  readonly publicKey: KeyObject;
  readonly algorithm: AssertionAlgorithm;
  validUntil: Date;
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
const RSA_BITS = 3072;
const CERTIFICATE_LIFETIME_MS = 2 * 365 * 86_400_000;

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

/** A fresh certificate mapping and its private key. */
export function issueCertificate(algorithm: AssertionAlgorithm, now: Date, clientId: string = hex(32)): { certificate: Certificate; credentials: M2mCredentials } {
  const curve = CURVES[algorithm];
  const pair = curve === undefined ? generateKeyPairSync('rsa', { modulusLength: RSA_BITS }) : generateKeyPairSync('ec', { namedCurve: curve });
  const validUntil = new Date(now.getTime() + CERTIFICATE_LIFETIME_MS);
  const certificateId = randomBytes(32).toString('base64url');
  return {
    certificate: { certificateId, clientId, publicKey: pair.publicKey, algorithm, validUntil },
    credentials: { clientId, certificateId, algorithm, validUntil: validUntil.toISOString(), privateKeyPem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
  };
}

/** `1234567-sb1` as `realm` writes it: `1234567_SB1`. */
export function realmOf(accountId: string): string {
  return accountId.toUpperCase().replaceAll('-', '_');
}

export function issueTbaCredentials(accountId: string): TbaCredentials {
  return { realm: realmOf(accountId), consumerKey: hex(32), consumerSecret: hex(32), tokenId: hex(32), tokenSecret: hex(32) };
}
