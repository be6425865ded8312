import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  expiredAt: number | null;
}

export interface SignedDelivery {
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export interface Signing {
  /** Default: the newest key. */
  readonly kid?: string;
  readonly algorithm?: string;
  /** Seconds. */
  readonly issuedAt: number;
  /** What the token says was signed, where it is not the body. */
  readonly hashOf?: string;
}

/** The keys Plaid signs its webhooks with, and how it does (reference, section 1, Verification). */
export class FakeKeys {
  readonly #keys: SigningKey[] = [];

  constructor() {
    this.rotate();
  }

  get current(): string {
    return this.#keys.at(-1)?.kid ?? '';
  }

  /** A new key signs from now on; the others stay good until they expire. */
  rotate(): string {
    const kid = `key-${this.#keys.length + 1}`;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#keys.push({ kid, privateKey, publicJwk: publicKey.export({ format: 'jwk' }) as Record<string, unknown>, expiredAt: null });
    return kid;
  }

  expire(kid: string): void {
    const key = this.#keys.find((each) => each.kid === kid);
    if (key !== undefined) key.expiredAt = 1_700_000_000;
  }

  /** The answer of /webhook_verification_key/get; null for an unknown id. */
  find(kid: string): Readonly<Record<string, unknown>> | null {
    const key = this.#keys.find((each) => each.kid === kid);
    return key === undefined ? null : { ...key.publicJwk, kid, alg: 'ES256', use: 'sig', created_at: 1_600_000_000, expired_at: key.expiredAt };
  }

  /** Bodies are indented by two blanks, as Plaid's are: serialised again, they would have another hash. */
  deliver(content: object, { kid = this.current, algorithm = 'ES256', issuedAt, hashOf }: Signing): SignedDelivery {
    const text = JSON.stringify(content, null, 2);
    const key = this.#keys.find((each) => each.kid === kid) ?? this.#keys[0];
    if (key === undefined) throw new RangeError('there is no key');
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: algorithm, kid, typ: 'JWT' })}.${part({ iat: issuedAt, request_body_sha256: createHash('sha256').update(hashOf ?? text).digest('hex') })}`;
    const signature = sign('sha256', Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    return { headers: new Headers({ 'content-type': 'application/json', 'plaid-verification': `${signed}.${signature}` }), body: new TextEncoder().encode(text) };
  }
}
