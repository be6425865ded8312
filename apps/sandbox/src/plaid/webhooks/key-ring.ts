import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { Identifiers } from '../identifiers.js';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly createdSeconds: number;
  expiredSeconds: number | null;
}

/** How a signature can be spoilt on purpose. */
export interface SignatureSpoiling {
  /** The hash is of another body. */
  readonly wrongBodyHash?: boolean;
  /** How many seconds ago it says it was issued. */
  readonly ageSeconds?: number;
  /** Signed by a key that has expired. */
  readonly expiredKey?: boolean;
  /** Signed by a key /webhook_verification_key/get does not know. */
  readonly unknownKey?: boolean;
  /** Says another algorithm in its header: `none` without a signature, `HS256` with one of the right key's id. */
  readonly algorithm?: 'none' | 'HS256';
  /** The signature belongs to something else. */
  readonly wrongSignature?: boolean;
}

/** The keys webhooks are signed with, ES256; the latest signs. Keys of before stay valid until they are expired (reference "Verification"). */
export class KeyRing {
  private readonly keys: SigningKey[] = [];

  constructor(private readonly identifiers: Identifiers, private readonly nowMs: () => number) {
    this.rotate(false);
  }

  /** A new key signs from now on. @param expireOthers whether the ones before stop being valid */
  rotate(expireOthers: boolean): string {
    if (expireOthers) for (const key of this.keys) key.expiredSeconds ??= this.seconds();
    const key = this.generate();
    this.keys.push(key);
    return key.kid;
  }

  /** The public half, as /webhook_verification_key/get answers it; null for an id nobody knows. */
  publicKey(kid: string): Record<string, unknown> | null {
    const key = this.keys.find((each) => each.kid === kid);
    return key === undefined ? null : { alg: 'ES256', created_at: key.createdSeconds, crv: 'P-256', expired_at: key.expiredSeconds, kid, kty: 'EC', use: 'sig', x: key.jwk['x'], y: key.jwk['y'] };
  }

  /** The value of `Plaid-Verification` for these bytes. */
  sign(body: Buffer, spoilt: SignatureSpoiling = {}): string {
    const key = this.signer(spoilt);
    const hashed = spoilt.wrongBodyHash === true ? Buffer.concat([body, Buffer.from(' ')]) : body;
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iat: this.seconds() - (spoilt.ageSeconds ?? 0), request_body_sha256: createHash('sha256').update(hashed).digest('hex') };
    const unsigned = `${part({ alg: spoilt.algorithm ?? 'ES256', kid: key.kid, typ: 'JWT' })}.${part(claims)}`;
    if (spoilt.algorithm === 'none') return `${unsigned}.`;
    const signed = spoilt.wrongSignature === true ? `${unsigned}x` : unsigned;
    return `${unsigned}.${sign('sha256', Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }

  private signer(spoilt: SignatureSpoiling): SigningKey {
    if (spoilt.unknownKey === true) return this.generate();
    if (spoilt.expiredKey !== true) return this.keys.at(-1) ?? this.generate();
    const expired = this.keys.find((key) => key.expiredSeconds !== null);
    if (expired !== undefined) return expired;
    const key = { ...this.generate(), expiredSeconds: this.seconds() };
    this.keys.unshift(key);
    return key;
  }

  private generate(): SigningKey {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return { kid: this.identifiers.uuid(), privateKey, jwk: publicKey.export({ format: 'jwk' }) as Record<string, unknown>, createdSeconds: this.seconds(), expiredSeconds: null };
  }

  private seconds(): number {
    return Math.floor(this.nowMs() / 1000);
  }
}
