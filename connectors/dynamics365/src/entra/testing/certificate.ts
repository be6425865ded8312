import { generateKeyPairSync, sign } from 'node:crypto';

/** DER (X.690): tag, length, content. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const SEQUENCE = 0x30;
const NULL = Buffer.from([0x05, 0x00]);
/** 1.2.840.113549.1.1.11, sha256WithRSAEncryption. */
const RSA_SHA256 = der(SEQUENCE, der(0x06, Buffer.from([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b])), NULL);
/** 2.5.4.3, the common name. */
const COMMON_NAME = der(0x06, Buffer.from([0x55, 0x04, 0x03]));
const GENERALIZED_TIME = 0x18;

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A certificate in PEM form for {@link PRIVATE_KEY_PEM}, good until 2099, of a host or an application by this name. */
export function selfSigned(commonName: string): string {
  const name = der(SEQUENCE, der(0x31, der(SEQUENCE, COMMON_NAME, der(0x0c, Buffer.from(commonName)))));
  const validity = der(SEQUENCE, der(GENERALIZED_TIME, Buffer.from('20200101000000Z')), der(GENERALIZED_TIME, Buffer.from('20991231235959Z')));
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  const content = der(SEQUENCE, version, der(0x02, Buffer.from([1])), RSA_SHA256, name, validity, name, publicKey.export({ type: 'spki', format: 'der' }));
  const whole = der(SEQUENCE, content, RSA_SHA256, der(0x03, Buffer.from([0]), sign('sha256', content, privateKey)));
  return `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replaceAll(/.{64}/g, '$&\n').trim()}\n-----END CERTIFICATE-----\n`;
}

/** A certificate made for one run of the specs, and the key that belongs to it. */
export const CERTIFICATE_PEM = selfSigned('tributary-test');
export const PRIVATE_KEY_PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** A sound key that does not belong to the certificate. */
export const OTHER_KEY_PEM = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
