import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** First byte of every sealed value; a new algorithm gets a new number and old values stay readable. */
const VERSION = 1;

/** Raised when the key is unusable or a sealed value does not open. Never carries key or content. */
export class SecretBoxError extends Error {
  override readonly name = 'SecretBoxError';
}

/** Seals connection secrets with AES-256-GCM under a key that is not in the database. */
export class SecretBox {
  readonly #key: Buffer;

  /** @param key 32 bytes. */
  constructor(key: Uint8Array) {
    if (key.length !== KEY_BYTES) throw new SecretBoxError(`the secret key has ${key.length} bytes and needs ${KEY_BYTES}: make one with \`openssl rand -base64 32\``);
    this.#key = Buffer.from(key);
  }

  /** The key from `TRIBUTARY_SECRET_KEY` (base64), else from a file of mode 0600 that is made on first use. */
  static fromEnvironment(environment: NodeJS.ProcessEnv, keyFile: string): SecretBox {
    const given = environment['TRIBUTARY_SECRET_KEY'];
    if (given !== undefined && given !== '') return new SecretBox(Buffer.from(given, 'base64'));
    if (!existsSync(keyFile)) {
      mkdirSync(dirname(keyFile), { recursive: true });
      try {
        writeFileSync(keyFile, randomBytes(KEY_BYTES).toString('base64'), { mode: 0o600, flag: 'wx' });
      } catch (error) {
        // Two hubs starting together: the other one's key is as good.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
    chmodSync(keyFile, 0o600);
    return new SecretBox(Buffer.from(readFileSync(keyFile, 'utf8').trim(), 'base64'));
  }

  /** @param purpose binds the value to its place, so that a sealed value copied to another row does not open there. */
  seal(plain: string, purpose: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(purpose));
    const content = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), content]);
  }

  /** @throws SecretBoxError when the key, the purpose or the value is not the one it was sealed with. */
  open(sealed: Uint8Array, purpose: string): string {
    const bytes = Buffer.from(sealed);
    if (bytes[0] !== VERSION) throw new SecretBoxError(`sealed value of version ${bytes[0]} is not understood`);
    const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
    const tag = bytes.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(purpose)).setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(bytes.subarray(1 + NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      throw new SecretBoxError(`the secrets of ${purpose} do not open with this key: is TRIBUTARY_SECRET_KEY the one they were saved with?`);
    }
  }
}
