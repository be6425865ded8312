import { createHash, createSign, randomBytes, type KeyObject } from 'node:crypto';

/** A DER value: tag, length, content (X.690). */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const length = Buffer.from(content.length.toString(16).padStart(content.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}

const sequence = (...contents: readonly Buffer[]): Buffer => der(0x30, ...contents);
/** sha256WithRSAEncryption, 1.2.840.113549.1.1.11, with NULL parameters. */
const SHA256_WITH_RSA = sequence(Buffer.from('06092a864886f70d01010b', 'hex'), Buffer.from('0500', 'hex'));
/** id-at-commonName, 2.5.4.3. */
const COMMON_NAME = Buffer.from('0603550403', 'hex');

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(commonName, 'utf8')))));
}

/** UTCTime, `YYMMDDHHMMSSZ`. */
function timeOf(instant: Date): Buffer {
  return der(0x17, Buffer.from(`${instant.toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`, 'ascii'));
}

export interface IssuedCertificate {
  readonly certificatePem: string;
  readonly thumbprintSha1: string;
  readonly thumbprintSha256: string;
}

/** An X.509 certificate that signs itself, as app registrations take them (RFC 5280, 4.1; version 1, no extensions). */
export function selfSignedCertificate(commonName: string, publicKey: KeyObject, privateKey: KeyObject, from: Date, until: Date): IssuedCertificate {
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(8)]);
  const body = sequence(
    der(0x02, serial), SHA256_WITH_RSA, nameOf(commonName), sequence(timeOf(from), timeOf(until)), nameOf(commonName), publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = createSign('sha256').update(body).sign(privateKey);
  const certificate = sequence(body, SHA256_WITH_RSA, der(0x03, Buffer.from([0]), signature));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    certificatePem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    thumbprintSha1: createHash('sha1').update(certificate).digest('base64url'), thumbprintSha256: createHash('sha256').update(certificate).digest('base64url'),
  };
}
