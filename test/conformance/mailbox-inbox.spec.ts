/** The promises of {@link FileInbox}, and what goes wrong with mail servers, against the sandbox. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Context, WaitingFile } from '#connector-kit';
import { imap } from '#connectors/mailbox';
import { PRIVATE_KEY_PEM, selfSigned } from '../../connectors/dynamics365/src/entra/testing/certificate.js';
import { gathered, mailOf, MailboxWorld, PASSWORD, TOKEN, WRONG_PASSWORD } from './mailbox-world.js';

const { inbox } = imap;
const taken = { state: 'taken' } as const;
const refused = { state: 'refused', because: 'no invoice is named, günstig' } as const;

describe('a mailbox read by IMAP', () => {
  let world: MailboxWorld;
  let context: Context;
  async function begin(options?: ConstructorParameters<typeof MailboxWorld>[0]): Promise<void> {
    world = new MailboxWorld(options);
    await world.start();
    context = world.context();
  }
  beforeEach(() => begin());
  afterEach(async () => {
    // Every call closes what it opened, in failure too.
    for (const deadline = Date.now() + 1_000; world.sandbox.connections() > 0 && Date.now() < deadline;) await new Promise((resolve) => { setTimeout(resolve, 5); });
    expect(world.sandbox.connections()).toBe(0);
    await world.stop();
  });

  const bytesOf = async (file: WaitingFile): Promise<Buffer> => Buffer.concat(await gathered(await inbox.open(context, file)));
  async function only(): Promise<WaitingFile> {
    const [file, ...more] = await world.waiting(context);
    if (file === undefined || more.length > 0) throw new Error('not one mail waits');
    return file;
  }

  it('lists what is not deleted, oldest first, with sender and channel, and marks nothing as read', async () => {
    world.sandbox.deliver('INBOX', mailOf({ id: 'a' }), new Date('2026-03-10T09:00:00Z'));
    world.sandbox.flag('INBOX', world.sandbox.deliver('INBOX', mailOf({ id: 'gone' })), '\\Deleted');
    world.sandbox.deliver('INBOX', mailOf({ id: 'b', from: 'ar@globex.example' }));
    const files = await world.waiting();
    expect(files).toEqual([
      { path: 'INBOX/1001-1.eml', version: '1001:1', size: mailOf({ id: 'a' }).length, modifiedAt: '2026-03-10T09:00:00.000Z', purpose: 'remittance', channel: 'Email', sender: 'ap@acme.example' },
      expect.objectContaining({ path: 'INBOX/1001-3.eml', sender: 'ar@globex.example' }),
    ]);
    const [first] = files;
    if (first === undefined) throw new Error('nothing waits');
    expect((await bytesOf(first)).toString()).toBe(mailOf({ id: 'a' }));
    expect(world.sandbox.messages('INBOX').map(({ flags }) => [...flags])).toEqual([[], ['\\Deleted'], []]);
  });

  it('reads a mail larger than a piece byte for byte, and an empty mailbox as nothing', async () => {
    expect(await world.waiting()).toEqual([]);
    const mail = mailOf({ body: Array.from({ length: 12_000 }, (_none, line) => `line ${line} "(of) {many}\\`).join('\r\n') });
    world.sandbox.deliver('INBOX', mail);
    expect((await bytesOf(await only())).equals(Buffer.from(mail))).toBe(true);
  });

  it('leaves mails of others where they are, and says so', async () => {
    for (const from of ['ap@acme.example', 'AR@Payer.example', 'spam@evil.example', 'x@sub.payer.example']) world.sandbox.deliver('INBOX', mailOf({ from }));
    expect((await world.waiting(world.context({ allowedSenders: ['AP@acme.example', 'payer.example'] }))).map(({ sender }) => sender)).toEqual(['ap@acme.example', 'AR@Payer.example']);
    expect(world.log).toEqual(['mailbox.sendersNotAllowed {"folder":"INBOX","mails":2,"senders":"spam@evil.example, x@sub.payer.example"}']);
    expect(world.sandbox.messages('INBOX')).toHaveLength(4);
  });

  it.each([['with MOVE', []], ['by COPY and UID EXPUNGE', ['MOVE']], ['by COPY and EXPUNGE', ['MOVE', 'UIDPLUS']]] as const)('moves what was taken and what was refused, %s, however often it is told', async (_how, without) => {
    for (const extension of without) world.sandbox.withdraw(extension);
    world.sandbox.deliver('INBOX', mailOf({ id: 'a' }));
    const first = await only();
    for (let time = 0; time < 2; time += 1) await inbox.settle(context, first, taken);
    world.sandbox.deliver('INBOX', mailOf({ id: 'a' }));
    const second = await only();
    for (let time = 0; time < 2; time += 1) await inbox.settle(context, second, refused);
    expect(world.textsIn('INBOX')).toEqual([]);
    expect(world.textsIn('Tributary/Read')).toEqual([mailOf({ id: 'a' })]);
    const [note = '', mail] = world.textsIn('Tributary/Refused');
    expect(world.textsIn('Tributary/Refused')).toHaveLength(2);
    expect(mail).toBe(mailOf({ id: 'a' }));
    expect(note).toContain('In-Reply-To: <a@acme.example>\r\n');
    expect(Buffer.from(note.split('\r\n\r\n')[1] ?? '', 'base64').toString()).toContain(refused.because);
    expect(world.sandbox.messages('Tributary/Refused')[1]?.flags).toEqual(new Set());
  });

  it('removes no mail that somebody else marked, where the server can only remove all of them', async () => {
    for (const extension of ['MOVE', 'UIDPLUS'] as const) world.sandbox.withdraw(extension);
    world.sandbox.flag('INBOX', world.sandbox.deliver('INBOX', mailOf({ id: 'theirs' })), '\\Deleted');
    world.sandbox.deliver('INBOX', mailOf({ id: 'ours' }));
    await inbox.settle(context, await only(), taken);
    expect(world.textsIn('INBOX')).toHaveLength(2);
    expect(await world.waiting()).toEqual([]);
    expect(world.textsIn('Tributary/Read')).toEqual([mailOf({ id: 'ours' })]);
    expect(world.log.join()).toContain('mailbox.leftMarked');
  });

  it('settles what is gone or was named anew by doing nothing, and opens neither', async () => {
    world.sandbox.deliver('INBOX', mailOf());
    const file = await only();
    world.sandbox.renewUids('INBOX');
    await expect(inbox.open(context, file)).rejects.toMatchObject({ failure: { kind: 'conflict', externalId: file.path } });
    await inbox.settle(context, file, taken);
    expect(world.textsIn('INBOX')).toHaveLength(1);
    const again = await only();
    expect(again.version).not.toBe(file.version);
    await inbox.settle(context, again, taken);
    await expect(inbox.open(context, again)).rejects.toMatchObject({ failure: { kind: 'conflict' } });
  });

  it('settles once when the answer to the move is lost', async () => {
    world.sandbox.deliver('INBOX', mailOf());
    const file = await only();
    world.sandbox.misbehave({ kind: 'loseNextAnswer', command: 'MOVE' });
    await expect(inbox.settle(context, file, refused)).rejects.toMatchObject({ failure: { kind: 'transient' } });
    await inbox.settle(context, file, refused);
    expect(world.textsIn('Tributary/Refused')).toHaveLength(2);
  });

  it('leaves one note when the move breaks off after it', async () => {
    world.sandbox.deliver('INBOX', mailOf());
    const file = await only();
    world.sandbox.misbehave({ kind: 'breakNext', command: 'MOVE' });
    await expect(inbox.settle(context, file, refused)).rejects.toMatchObject({ failure: { kind: 'transient' } });
    expect(world.textsIn('INBOX')).toHaveLength(1);
    await inbox.settle(context, file, refused);
    expect(world.textsIn('Tributary/Refused')).toHaveLength(2);
    expect(world.textsIn('INBOX')).toEqual([]);
  });

  it.each([['divides them by dots', '', ['INBOX', 'Tributary', 'Tributary.Read']], ['keeps them below a prefix', 'INBOX.', ['INBOX', 'INBOX.Tributary', 'INBOX.Tributary.Read']]])('uses the folders of a server that %s', async (_how, prefix, folders) => {
    await world.stop();
    await begin({ delimiter: '.', prefix });
    for (const id of ['a', 'b']) {
      world.sandbox.deliver('INBOX', mailOf({ id }));
      await inbox.settle(context, await only(), taken);
    }
    expect(world.sandbox.folders()).toEqual(folders);
    expect(world.textsIn(`${prefix}Tributary.Read`)).toHaveLength(2);
    expect(await imap.probe(context)).toMatchObject({ missing: [], features: { takenFolder: true } });
  });

  it('refuses a mail that is too large before reading it', async () => {
    world.sandbox.deliver('INBOX', mailOf());
    const file = await only();
    await expect(inbox.open(world.context({ messageBytesMax: 10 }), file)).rejects.toMatchObject({ failure: { kind: 'invalid', issues: [{ path: file.path }] } });
  });

  it.each([
    ['LOGIN', 'AUTHENTICATIONFAILED', 'invalid credentials', 'auth'], ['LOGIN', null, 'LOGIN failed.', 'auth'], ['LOGIN', 'UNAVAILABLE', 'down for a moment', 'rateLimited'], ['LOGIN', null, 'Too many simultaneous connections', 'rateLimited'],
    ['EXAMINE', 'THROTTLED', 'slow down', 'rateLimited'], ['EXAMINE', 'NONEXISTENT', 'no such folder', 'invalid'], ['EXAMINE', 'NOPERM', 'not yours', 'auth'], ['EXAMINE', null, 'internal error', 'transient'], ['SEARCH', 'THROTTLED', 'slow down', 'rateLimited'],
  ])('names a refusal of %s with %s "%s" as %s', async (command, code, text, kind) => {
    world.sandbox.deliver('INBOX', mailOf());
    // Login is by AUTHENTICATE where the server has it.
    for (const each of command === 'LOGIN' ? ['LOGIN', 'AUTHENTICATE'] : [command]) world.sandbox.misbehave({ kind: 'refuseNext', command: each, code, text });
    await expect(world.waiting()).rejects.toMatchObject({ failure: { kind } });
  });

  it('names a refused move with the server\'s words, and leaves the mail', async () => {
    world.sandbox.deliver('INBOX', mailOf());
    const file = await only();
    world.sandbox.misbehave({ kind: 'refuseNext', command: 'MOVE', code: 'OVERQUOTA', text: 'the mailbox is full' });
    await expect(inbox.settle(context, file, taken)).rejects.toMatchObject({ message: expect.stringContaining('mailbox is full') as string, failure: { kind: 'invalid' } });
    expect(world.textsIn('INBOX')).toHaveLength(1);
  });

  it('reports a connection that breaks in a literal as transient, never as a shorter mail', async () => {
    world.sandbox.deliver('INBOX', mailOf());
    const file = await only();
    world.sandbox.misbehave({ kind: 'cutNextLiteral', afterBytes: 20 });
    await expect(bytesOf(file)).rejects.toMatchObject({ failure: { kind: 'transient' } });
    expect((await bytesOf(file)).toString()).toBe(mailOf());
  });

  it('gives a silent server up, and a server that is not there', async () => {
    world.sandbox.misbehave({ kind: 'slow', answerMs: 5_000 });
    await expect(world.waiting(world.context({ answerTimeoutMs: 200 }))).rejects.toMatchObject({ failure: { kind: 'transient' } });
    world.sandbox.misbehave({ kind: 'slow', answerMs: 0 });
    await expect(world.waiting(world.context({ port: 1 }))).rejects.toMatchObject({ failure: { kind: 'transient' } });
  });

  it('talks TLS from the first byte, says when the certificate ends, and trusts no other', async () => {
    await world.stop();
    const cert = selfSigned('localhost');
    await begin({ tls: { key: PRIVATE_KEY_PEM, cert } });
    const settings = { host: 'localhost', tls: 'implicit', trustedCertificatePem: cert };
    expect((await imap.probe(world.context(settings))).expiries).toMatchObject([{ at: '2099-12-31T23:59:59.000Z' }]);
    world.now = new Date('2099-12-20T00:00:00Z');
    expect((await imap.probe(world.context(settings))).missing).toEqual([expect.stringContaining('ends on 2099-12-31')]);
    for (const config of [{ ...settings, trustedCertificatePem: undefined }, { ...settings, host: '127.0.0.1' }]) await expect(imap.probe(world.context(config))).rejects.toMatchObject({ failure: { kind: 'auth' } });
  });

  it('sends no password where STARTTLS is wanted and not offered', async () => {
    await expect(world.waiting(world.context({ tls: 'startTls' }))).rejects.toMatchObject({ failure: { kind: 'invalid', issues: [{ path: 'config.tls' }] } });
  });

  describe('with an access token', () => {
    const asked: string[] = [];
    let answer: { readonly status: number; readonly body: object };
    const endpoint = createServer((request, response) => {
      void gathered<Buffer>(request).then((pieces) => {
        asked.push(Buffer.concat(pieces).toString());
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
      });
    });
    let tokenUrl: string;
    beforeAll(async () => {
      endpoint.listen(0, '127.0.0.1');
      await once(endpoint, 'listening');
      tokenUrl = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/token`;
    });
    afterAll(() => { endpoint.closeAllConnections(); endpoint.close(); });
    beforeEach(() => {
      asked.length = 0;
      answer = { status: 200, body: { access_token: TOKEN, expires_in: 3600 } };
    });
    const oauth = (authentication: string): object => ({ authentication, tokenUrl, clientId: 'app-1', scope: 'https://mail.example/.default' });

    it.each([['clientCredentials', { clientSecret: 'client-secret-1' }, 'client_credentials'], ['refreshToken', { refreshToken: 'refresh-token-1', clientSecret: 'client-secret-1' }, 'refresh_token']])('logs in by %s, and asks for one token while it is fresh', async (authentication, secrets, grant) => {
      world.sandbox.deliver('INBOX', mailOf());
      const memory = new Map<string, unknown>();
      for (let time = 0; time < 2; time += 1) expect(await world.waiting(world.context(oauth(authentication), { secrets, memory }))).toHaveLength(1);
      expect(asked).toHaveLength(1);
      expect(Object.fromEntries(new URLSearchParams(asked[0]))).toMatchObject({ grant_type: grant, client_id: 'app-1', scope: 'https://mail.example/.default', client_secret: 'client-secret-1' });
      world.now = new Date(world.now.getTime() + 3_600_000);
      await world.waiting(world.context(oauth(authentication), { secrets, memory }));
      expect(asked).toHaveLength(2);
    });

    it('names what the endpoint refuses, and forgets a token that the server does not take', async () => {
      const memory = new Map<string, unknown>();
      const read = (): Promise<unknown> => world.waiting(world.context(oauth('clientCredentials'), { secrets: { clientSecret: 'client-secret-1' }, memory }));
      answer = { status: 400, body: { error: 'invalid_client', error_description: 'client-secret-1 is wrong' } };
      await expect(read()).rejects.toMatchObject({ message: 'asking for an access token: refused (invalid_client)', failure: { kind: 'auth' } });
      answer = { status: 503, body: {} };
      await expect(read()).rejects.toMatchObject({ failure: { kind: 'transient' } });
      answer = { status: 429, body: {} };
      await expect(read()).rejects.toMatchObject({ failure: { kind: 'rateLimited' } });
      answer = { status: 200, body: { access_token: 'a-token-that-ended', expires_in: 3600 } };
      const refusal = await read().catch((error: unknown) => error);
      expect(refusal).toMatchObject({ failure: { kind: 'auth' } });
      expect(JSON.stringify(refusal)).not.toContain('a-token-that-ended');
      answer = { status: 200, body: { access_token: TOKEN, expires_in: 3600 } };
      expect(await read()).toEqual([]);
    });
  });

  it('says what it found: extensions, folders, what is missing', async () => {
    expect(await imap.probe(context)).toMatchObject({ missing: [], features: { move: true, idle: true, takenFolder: false, encrypted: false } });
    expect(world.sandbox.folders()).toEqual(['INBOX']);
    expect((await imap.probe(world.context({ folder: 'Remittances' }))).missing).toEqual(['The folder "Remittances" does not exist in this mailbox: make it, or correct the setting.']);
  });

  it('checks its settings', () => {
    const problems = (config: object, secrets: object = { password: PASSWORD }): readonly string[] => imap.settings({ host: 'mail.example', user: 'a@b.example', ...config }, secrets);
    expect(problems({})).toEqual([]);
    expect(problems({ tls: 'none' })).toEqual(['config.tls: must be "implicit" or "startTls": only a server on this machine may be reached without']);
    expect(problems({ takenFolder: 'inbox' })).toEqual(['config.takenFolder: folder, takenFolder and refusedFolder must be three']);
    expect(problems({ authentication: 'clientCredentials' })).toHaveLength(3);
    expect(problems({ authentication: 'refreshToken', tokenUrl: 'http://login.example/token', clientId: 'a', scope: 'b' })).toEqual(['config.tokenUrl: must begin with https: the client secret is sent there']);
    expect(problems({}, {})).toEqual(['secrets.password: is needed for the authentication "password"']);
    expect(problems({ allowedSenders: ['no sender'] })).toHaveLength(1);
    expect(problems({}, { password: WRONG_PASSWORD, token: 'x' })).toHaveLength(1);
  });
});
