import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

export interface IssuedCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly publicKey: KeyObject;
  /** SHA-1 of the DER, upper-case hex, as the portal shows it. */
  readonly thumbprint: string;
  readonly thumbprintSha1: string;
  readonly thumbprintSha256: string;
  readonly expiresAtMs: number;
}

const RSA_BITS = 2048;
const LIFETIME_MS = 365 * 86_400_000;

const TAG = { integer: 0x02, bitString: 0x03, nothing: 0x05, objectId: 0x06, utf8: 0x0c, utcTime: 0x17, sequence: 0x30, set: 0x31, version: 0xa0 } as const;
const SHA256_WITH_RSA = Buffer.from('2a864886f70d01010b', 'hex');
const COMMON_NAME = Buffer.from('550403', 'hex');

/** A DER value: tag, length, content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}

function utcTime(moment: Date): Buffer {
  return der(TAG.utcTime, Buffer.from(`${moment.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));
}

/** A self-signed certificate as an administrator uploads one to the app registration: X.509 version 3, RSA, SHA-256. */
export function issueCertificate(commonName: string, now: Date): IssuedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
  const expiresAt = new Date(now.getTime() + LIFETIME_MS);
  const algorithm = der(TAG.sequence, der(TAG.objectId, SHA256_WITH_RSA), der(TAG.nothing));
  const name = der(TAG.sequence, der(TAG.set, der(TAG.sequence, der(TAG.objectId, COMMON_NAME), der(TAG.utf8, Buffer.from(commonName)))));
  const body = der(
    TAG.sequence, der(TAG.version, der(TAG.integer, Buffer.from([2]))), der(TAG.integer, Buffer.concat([Buffer.from([1]), randomBytes(8)])), algorithm, name,
    der(TAG.sequence, utcTime(now), utcTime(expiresAt)), name, publicKey.export({ type: 'spki', format: 'der' }),
  );
  const certificate = der(TAG.sequence, body, algorithm, der(TAG.bitString, Buffer.from([0]), sign('sha256', body, privateKey)));
  const digest = (kind: string): Buffer => createHash(kind).update(certificate).digest();
  return {
    certificatePem: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END CERTIFICATE-----\n`,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), publicKey, thumbprint: digest('sha1').toString('hex').toUpperCase(), thumbprintSha1: digest('sha1').toString('base64url'),
    thumbprintSha256: digest('sha256').toString('base64url'), expiresAtMs: expiresAt.getTime(),
  };
}
