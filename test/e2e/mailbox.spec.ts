import { join } from 'node:path';
import { AuditTrail, SecretBox } from '#access';
import { InboxImport, ReceivedDocuments } from '#bank';
import { Connections, loadCatalogue, type OpenConnection } from '#connections';
import { imap } from '#connectors/mailbox';
import { ImapSandbox } from '../../apps/sandbox/src/imap/index.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const [USER, PASSWORD] = ['ar@hub.example', 'correct-horse-7'];

/** A mail with words and a table, as a payer's system sends it. */
function advice(id: string, attachment: string): string {
  return [
    'From: "Acme Payables" <ap@acme.example>', `To: ${USER}`, 'Subject: Remittance advice', 'Date: Tue, 03 Nov 2026 11:00:00 +0000', `Message-ID: <${id}@acme.example>`, 'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="part"', '', '--part', 'Content-Type: text/plain; charset=utf-8', '', 'Please find attached what we pay.', '',
    '--part', 'Content-Type: text/csv; name="advice.csv"', 'Content-Disposition: attachment; filename="advice.csv"', '', attachment, '--part--', '',
  ].join('\r\n');
}
const TABLE = ['Invoice,Amount,Currency,Payment Date', 'INV-1001,1250.00,USD,2026-11-23', 'INV-1002,99.50,USD,2026-11-23'].join('\r\n');

describe('a mailbox in the hub', () => {
  let test: TestDatabase;
  let sandbox: ImapSandbox;
  let connectionId: string;
  let connections: Connections;
  let documents: ReceivedDocuments;
  let log: string[];
  const signal = new AbortController().signal;

  beforeEach(async () => {
    test = await openTestDatabase();
    const now = (): Date => new Date();
    sandbox = new ImapSandbox({ users: [{ name: USER, password: PASSWORD, accessToken: null, readOnly: false }], now });
    const port = await sandbox.start();
    log = [];
    const { database } = test;
    const catalogue = await loadCatalogue([imap], join(import.meta.dirname, '..', '..', 'mappings'));
    connections = new Connections({ database, catalogue, secrets: new SecretBox(Buffer.alloc(32, 1)), now, monotonicMs: () => performance.now(), log: note, onCall: () => undefined });
    documents = new ReceivedDocuments({ database, audit: new AuditTrail(database) });
    const { id } = await connections.create(test.tenantId, { name: 'mailbox', connector: 'imap', mappingOverlays: {}, syncEveryMinutes: null, config: { host: '127.0.0.1', port, tls: 'none', user: USER } }, { password: PASSWORD });
    connectionId = id;
    await connections.check(test.tenantId, id, signal);
  });
  afterEach(async () => {
    await sandbox.stop();
    await test.close();
  });

  function note(event: string, detail: object): void {
    log.push(`${event} ${JSON.stringify(detail)}`);
  }
  const open = (tenantId: string, id: string): Promise<OpenConnection> => connections.open(tenantId, id);
  const drain = (openConnection = open): Promise<void> => new InboxImport({ database: test.database, receivedDocuments: documents, openConnection, holder: 'spec', log: note }).drain(test.tenantId, connectionId, signal);
  const rows = <R extends Record<string, unknown>>(sql: string): Promise<R[]> => test.database.inTenant(test.tenantId, (transaction) => transaction.query<R>(sql));
  const received = (): Promise<Record<string, unknown>[]> => rows('SELECT status, channel, sender, source, name FROM received_document ORDER BY id');
  const remittances = async (): Promise<number> => (await rows('SELECT id FROM remittance')).length;
  const mailsIn = (folder: string): readonly string[] => sandbox.messages(folder).map(({ bytes }) => bytes.toString('utf8'));

  it('brings a mail with body and attachment in as one document with one remittance, and moves it away', async () => {
    sandbox.deliver('INBOX', advice('a1', TABLE));
    await drain();
    expect(await received()).toEqual([{ status: 'processed', channel: 'Email', sender: 'ap@acme.example', source: 'imap', name: '1001-1.eml' }]);
    expect(await remittances()).toBe(1);
    expect(mailsIn('INBOX')).toEqual([]);
    expect(mailsIn('Tributary/Read')).toEqual([advice('a1', TABLE)]);
    expect(sandbox.connections()).toBe(0);
  });

  it('moves a mail that says nothing about a payment aside, with a note that names the document kept', async () => {
    sandbox.deliver('INBOX', advice('a2', 'Invoice,Amount\r\nINV-1,12.34.56\r\n'));
    await drain();
    expect(await received()).toMatchObject([{ status: 'invalid', sender: 'ap@acme.example' }]);
    expect(await remittances()).toBe(0);
    expect(mailsIn('INBOX')).toEqual([]);
    const [text = '', mail] = mailsIn('Tributary/Refused');
    expect(mail).toBe(advice('a2', 'Invoice,Amount\r\nINV-1,12.34.56\r\n'));
    expect(Buffer.from(text.split('\r\n\r\n')[1] ?? '', 'base64').toString()).toMatch(/the hub keeps the file as document \d+/);
  });

  it('takes nothing twice when it is killed between the import and the move', async () => {
    sandbox.deliver('INBOX', advice('a3', TABLE));
    const killed = async (tenantId: string, id: string): Promise<OpenConnection> => {
      const connection = await open(tenantId, id);
      return { ...connection, connector: { ...connection.connector, inbox: { ...imap.inbox, settle: () => Promise.reject(new Error('killed')) } }, context: connection.context.bind(connection) };
    };
    await expect(drain(killed)).rejects.toThrow('killed');
    expect(mailsIn('INBOX')).toHaveLength(1);
    expect(await remittances()).toBe(1);
    await drain();
    expect(mailsIn('INBOX')).toEqual([]);
    expect(mailsIn('Tributary/Read')).toHaveLength(1);
    expect(await remittances()).toBe(1);
    expect((await received()).length).toBe(1);
  });

  it('stops the connection when the login is refused, and says why', async () => {
    for (const command of ['LOGIN', 'AUTHENTICATE']) sandbox.misbehave({ kind: 'refuseNext', command, code: 'AUTHENTICATIONFAILED', text: 'the password was changed' });
    await drain();
    expect(log.join('\n')).toContain('"kind":"auth"');
    expect(log.join('\n')).not.toContain(PASSWORD);
  });
});
