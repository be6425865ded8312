import { createMessage, encrypt, generateKey, readKey, readPrivateKey, decryptKey, decrypt, readMessage, type PrivateKey } from 'openpgp';
import { ConnectorError } from '#connector-kit';
import { sftp } from '#connectors/flat-files';
import { invoiceFile, readAll, SftpWorld } from './sftp-world.js';

interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

const PASSPHRASE = 'a passphrase of ours';

const makeKey = (name: string, passphrase?: string): Promise<KeyPair> => generateKey({
  userIDs: [{ name }], type: 'ecc', curve: 'curve25519Legacy', format: 'armored', ...passphrase === undefined ? {} : { passphrase },
});

describe('OpenPGP on files', () => {
  let world: SftpWorld;
  let [ours, target, sender, stranger]: KeyPair[] = [];
  beforeAll(async () => {
    [ours, target, sender, stranger] = await Promise.all([makeKey('hub', PASSPHRASE), makeKey('target'), makeKey('sender'), makeKey('stranger')]);
  });
  beforeEach(async () => {
    world = new SftpWorld();
    await world.start();
  });
  afterEach(() => world.sandbox.stop());

  const secrets = (): object => ({ pgpPrivateKey: ours?.privateKey, pgpPassphrase: PASSPHRASE });
  const file = { name: 'postings-00000001.jsonl', bytes: invoiceFile(['a', 'b']) };
  const outgoing = (): ReturnType<SftpWorld['context']> => world.context({ pgp: { encryptFor: target?.publicKey } }, secrets());
  const incoming = (signedBy: string | null = sender?.publicKey ?? null): ReturnType<SftpWorld['context']> => world.context({ pgp: { decrypt: true, signedBy } }, secrets());

  async function protectedFor(bytes: Uint8Array, signer: KeyPair | undefined, armoured = false): Promise<Uint8Array> {
    const options = {
      message: await createMessage({ binary: bytes }), encryptionKeys: await readKey({ armoredKey: ours?.publicKey ?? '' }),
      ...signer === undefined ? {} : { signingKeys: await readPrivateKey({ armoredKey: signer.privateKey }) },
    };
    return armoured ? Buffer.from(await encrypt({ ...options, format: 'armored' })) : await encrypt({ ...options, format: 'binary' });
  }

  async function openedBy(key: PrivateKey, bytes: Uint8Array, signedBy: string): Promise<Uint8Array> {
    const { data } = await decrypt({ message: await readMessage({ binaryMessage: bytes }), decryptionKeys: key, format: 'binary', verificationKeys: await readKey({ armoredKey: signedBy }), expectSigned: true });
    return data;
  }

  it('what leaves can be opened by the target, is signed by us, and delivered again is the same file', async () => {
    expect(await sftp.fileDoor?.deliver(outgoing(), file)).toEqual({ state: 'delivered', alreadyThere: false });
    const delivered = world.sandbox.files('out').get(`/out/${file.name}.pgp`) ?? new Uint8Array();
    const opened = await openedBy(await readPrivateKey({ armoredKey: target?.privateKey ?? '' }), delivered, ours?.publicKey ?? '');
    expect(Buffer.from(opened)).toEqual(Buffer.from(file.bytes));
    expect(await sftp.fileDoor?.deliver(outgoing(), file)).toEqual({ state: 'delivered', alreadyThere: true });
    expect(await sftp.fileDoor?.lookUp(outgoing(), file)).toBe('delivered');
    expect(Buffer.from(world.sandbox.files('out').get(`/out/${file.name}.pgp`) ?? '')).toEqual(Buffer.from(delivered));
  });

  it('another content under the name is a conflict, though every encryption gives other bytes', async () => {
    await sftp.fileDoor?.deliver(outgoing(), file);
    const other = await sftp.fileDoor?.deliver(outgoing(), { ...file, bytes: invoiceFile(['c']) }).catch((error: unknown) => error);
    expect(other).toBeInstanceOf(ConnectorError);
    expect((other as ConnectorError).failure.kind).toBe('conflict');
  });

  it.each([false, true])('what arrives is opened and its signature proved (armoured: %s)', async (armoured) => {
    world.sandbox.put('in/invoice/1.jsonl.pgp', await protectedFor(invoiceFile(['a', 'b', 'c']), sender, armoured));
    expect((await readAll(world.invoices, incoming())).ids).toEqual(['a', 'b', 'c']);
  });

  it('a file signed by a stranger, by nobody, for another key, or not encrypted at all is refused with a note, and nothing of it is taken', async () => {
    const content = invoiceFile(['a']);
    world.sandbox.put('in/invoice/1-stranger.pgp', await protectedFor(content, stranger));
    world.sandbox.put('in/invoice/2-unsigned.pgp', await protectedFor(content, undefined));
    const foreign = await encrypt({ message: await createMessage({ binary: content }), encryptionKeys: await readKey({ armoredKey: target?.publicKey ?? '' }), format: 'binary' });
    world.sandbox.put('in/invoice/3-foreign.pgp', foreign);
    world.sandbox.put('in/invoice/4-plain.jsonl', content);
    const { ids, problems } = await readAll(world.invoices, incoming());
    expect(ids).toEqual([]);
    expect(problems).toHaveLength(4);
    for (const problem of problems) expect(problem).toContain('the file cannot be decrypted');
    expect(world.names('in/invoice/error').filter((name) => name.endsWith('.reason.txt'))).toHaveLength(4);
  });

  it('a file changed on its way is refused', async () => {
    const bytes = Buffer.from(await protectedFor(invoiceFile(Array.from({ length: 50 }, (_, index) => `a${index}`)), sender));
    bytes[bytes.length - 30] = (bytes[bytes.length - 30] ?? 0) ^ 1;
    world.sandbox.put('in/invoice/1.pgp', bytes);
    expect((await readAll(world.invoices, incoming())).ids).toEqual([]);
    expect(world.names('in/invoice/archive')).toEqual([]);
  });

  it('a bank file in the inbox is opened as well, and one that cannot be is an invalid content', async () => {
    world.sandbox.put('in/bank/1.bai.pgp', await protectedFor(Buffer.from('01,BANK'), sender));
    world.sandbox.put('in/bank/2.bai.pgp', Buffer.from('01,BANK'));
    const outcomes: string[] = [];
    for await (const waiting of sftp.inbox?.waiting(incoming()) ?? []) {
      const opened = async (): Promise<string> => {
        const pieces: Uint8Array[] = [];
        for await (const piece of await sftp.inbox?.open(incoming(), waiting) ?? []) pieces.push(piece);
        return Buffer.concat(pieces).toString();
      };
      outcomes.push(await opened().catch((error: unknown) => (error instanceof ConnectorError ? error.failure.kind : 'unforeseen')));
    }
    expect(outcomes).toEqual(['01,BANK', 'invalid']);
  });

  it('a wrong passphrase is a credential, and no key material is in its message', async () => {
    const context = world.context({ pgp: { encryptFor: target?.publicKey } }, { pgpPrivateKey: ours?.privateKey, pgpPassphrase: 'not this one' });
    const error = await sftp.fileDoor?.deliver(context, file).catch((raised: unknown) => raised);
    expect(error).toBeInstanceOf(ConnectorError);
    expect((error as ConnectorError).failure.kind).toBe('auth');
    expect(String((error as ConnectorError).message)).not.toContain('PRIVATE KEY');
    expect(sftp.settings(world.context({ pgp: { encryptFor: target?.publicKey } }).config, { password: 'x' })).toEqual([expect.stringContaining('secrets.pgpPrivateKey')]);
    expect((await decryptKey({ privateKey: await readPrivateKey({ armoredKey: ours?.privateKey ?? '' }), passphrase: PASSPHRASE })).isDecrypted()).toBe(true);
  });
});
