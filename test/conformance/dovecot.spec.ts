import { ImapFlow } from 'imapflow';
import type { Context } from '#connector-kit';
import { testContext } from '#connector-kit/testing';
import { imap } from '#connectors/mailbox';
import { PRIVATE_KEY_PEM, selfSigned } from '../../connectors/dynamics365/src/entra/testing/certificate.js';
import { DovecotServer, dovecotProgram } from '../support/dovecot-server.js';
import { gathered, mailOf } from './mailbox-world.js';

const program = dovecotProgram();
const because = 'the program dovecot is not installed here, or needs root to run its parts as accounts of their own: install dovecot-imapd';

(program === null ? describe.skip : describe)(`a mailbox on Debian's own IMAP server${program === null ? ` [skipped: ${because}]` : ''}`, () => {
  const server = new DovecotServer();
  const certificate = selfSigned('localhost');
  beforeAll(() => server.start(program ?? '', { key: PRIVATE_KEY_PEM, certificate }));
  afterAll(() => server.stop());

  const context = (password = server.password, config: object = {}): Context => testContext({
    connectionId: '7', probe: null, now: () => new Date(), log: [], secrets: { password }, config: { host: '127.0.0.1', port: server.port, tls: 'none', user: server.user, ...config },
  });

  /** Another client of the mailbox. */
  async function beside<T>(work: (client: ImapFlow) => Promise<T>): Promise<T> {
    const client = new ImapFlow({ host: '127.0.0.1', port: server.port, secure: false, doSTARTTLS: false, auth: { user: server.user, pass: server.password }, logger: false });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.logout();
    }
  }
  const flagsIn = (folder: string): Promise<readonly (readonly string[])[]> => beside(async (client) => {
    const { exists } = await client.mailboxOpen(folder, { readOnly: true });
    return exists === 0 ? [] : (await client.fetchAll('1:*', { flags: true })).map(({ flags }) => [...flags ?? []].filter((flag) => flag !== '\\Recent'));
  });

  it('lets in, refuses another password, and misses nothing', async () => {
    expect(await imap.probe(context())).toMatchObject({ missing: [], features: { move: true, uidplus: true, takenFolder: false } });
    await expect(imap.probe(context('battery-staple-8'))).rejects.toMatchObject({ failure: { kind: 'auth' } });
  });

  it('encrypts by STARTTLS before the login, says when the certificate ends, and trusts no other', async () => {
    const encrypted = { host: 'localhost', tls: 'startTls' };
    expect(await imap.probe(context(server.password, { ...encrypted, trustedCertificatePem: certificate }))).toMatchObject({
      missing: [], features: { encrypted: true }, expiries: [{ what: 'certificate of the mail server', at: '2099-12-31T23:59:59.000Z' }],
    });
    for (const config of [encrypted, { ...encrypted, host: '127.0.0.1', trustedCertificatePem: certificate }]) await expect(imap.probe(context(server.password, config))).rejects.toMatchObject({ failure: { kind: 'auth', hint: expect.stringContaining('certificate') as string } });
  });

  it('reads mails byte for byte, marks none as read, and moves them', async () => {
    const mail = mailOf({ body: Array.from({ length: 12_000 }, (_none, line) => `line ${line}`).join('\r\n') });
    await beside(async (client) => { for (const each of [mail, mailOf({ id: 'other' })]) await client.append('INBOX', each); });
    const [first, second] = await gathered(imap.inbox.waiting(context()));
    if (first === undefined || second === undefined) throw new Error('two mails should wait');
    expect(first).toMatchObject({ size: mail.length, sender: 'ap@acme.example', channel: 'Email' });
    expect(Buffer.concat(await gathered(await imap.inbox.open(context(), first))).equals(Buffer.from(mail))).toBe(true);
    expect(await flagsIn('INBOX')).toEqual([[], []]);
    for (let time = 0; time < 2; time += 1) await imap.inbox.settle(context(), first, { state: 'taken' });
    for (let time = 0; time < 2; time += 1) await imap.inbox.settle(context(), second, { state: 'refused', because: 'it names no invoice' });
    expect(await gathered(imap.inbox.waiting(context()))).toEqual([]);
    // The mail system divides levels by a dot.
    expect(await flagsIn('Tributary.Read')).toEqual([[]]);
    expect(await flagsIn('Tributary.Refused')).toEqual([[], []]);
    await expect(imap.inbox.open(context(), first)).rejects.toMatchObject({ failure: { kind: 'conflict' } });
  });
});
