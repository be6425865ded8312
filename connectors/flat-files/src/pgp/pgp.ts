import { createMessage, decrypt, decryptKey, encrypt, readKey, readMessage, readPrivateKey, type PrivateKey } from 'openpgp';
import type { PgpSettings } from '../flat-file-settings.js';

/** A protected file is opened whole: its integrity is known only at its end, and nothing unproven is handed on. */
export const PROTECTED_BYTES_MAX = 256 * 1_048_576;
const ARMOUR = '-----BEGIN PGP MESSAGE-----';

/** A file, or a key, that OpenPGP does not accept. The message never holds key material. */
export class PgpError extends Error {
  override readonly name = 'PgpError';
}

interface PgpSecrets {
  readonly pgpPrivateKey?: string | undefined;
  readonly pgpPassphrase?: string | undefined;
}

/**
 * OpenPGP (RFC 9580) for one connection. Encrypted twice, the same content gives other bytes, so what leaves is encrypted for the target **and for us**:
 * what lies at the target is compared by its content, opened with our own key.
 */
export class Pgp {
  #ownKey: Promise<PrivateKey> | null = null;

  constructor(private readonly settings: PgpSettings, private readonly secrets: PgpSecrets) {}

  /** Signed by us, encrypted for the target and for us. @throws PgpError */
  async protect(bytes: Uint8Array): Promise<Uint8Array> {
    const { encryptFor } = this.settings;
    if (encryptFor === null) return bytes;
    const own = await this.#own();
    const target = await keyOf(encryptFor, 'pgp.encryptFor');
    return explained('the file cannot be encrypted', async () => encrypt({
      message: await createMessage({ binary: bytes }), encryptionKeys: [target, own.toPublic()], signingKeys: own, format: 'binary',
    }));
  }

  /** What {@link protect} was given. @throws PgpError */
  async reveal(bytes: Uint8Array): Promise<Uint8Array> {
    return this.settings.encryptFor === null ? bytes : this.#open(bytes, null);
  }

  /** Opens what arrived, where the settings say that it is encrypted; proves the signature where they name the signer. @throws PgpError */
  async* decipher(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    if (!this.settings.decrypt) {
      yield* source;
      return;
    }
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const bytes of source) {
      size += bytes.length;
      if (size > PROTECTED_BYTES_MAX) throw new PgpError(`an encrypted file has more than ${PROTECTED_BYTES_MAX} bytes; split it`);
      pieces.push(bytes);
    }
    yield await this.#open(Buffer.concat(pieces), this.settings.signedBy);
  }

  async #open(bytes: Uint8Array, signedBy: string | null): Promise<Uint8Array> {
    const own = await this.#own();
    const signer = signedBy === null ? null : await keyOf(signedBy, 'pgp.signedBy');
    return explained('the file cannot be decrypted', async () => {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 200)).toString('latin1');
      const message = text.includes(ARMOUR) ? await readMessage({ armoredMessage: Buffer.from(bytes).toString('latin1') }) : await readMessage({ binaryMessage: bytes });
      const { data } = await decrypt({
        message, decryptionKeys: own, format: 'binary', config: { maxDecompressedMessageSize: PROTECTED_BYTES_MAX },
        ...signer === null ? {} : { verificationKeys: signer, expectSigned: true },
      });
      return data;
    });
  }

  #own(): Promise<PrivateKey> {
    const { pgpPrivateKey = '', pgpPassphrase } = this.secrets;
    this.#ownKey ??= explained('our private key cannot be used (secrets.pgpPrivateKey, secrets.pgpPassphrase)', async () => {
      const privateKey = await readPrivateKey({ armoredKey: pgpPrivateKey });
      return pgpPassphrase === undefined || privateKey.isDecrypted() ? privateKey : decryptKey({ privateKey, passphrase: pgpPassphrase });
    });
    return this.#ownKey;
  }
}

async function keyOf(armoredKey: string, setting: string): ReturnType<typeof readKey> {
  return explained(`config.${setting} is no public key`, () => readKey({ armoredKey }));
}

/** The library's words say what is wrong with the message, never what is in a key. */
async function explained<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new PgpError(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
