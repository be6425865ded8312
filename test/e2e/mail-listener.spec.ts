import { createTransport } from 'nodemailer';
import { AuditTrail } from '#access';
import { InboundAddresses, MAIL_RECIPIENTS_MAX, ReceivedDocuments, type RunningMailListener, startMailListener } from '#bank';
import { FILE_BYTES_MAX, type ReadDocument } from '#documents';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

const READ: ReadDocument = { format: 'email', version: null, refused: null, statements: [], remittances: [], entries: [], findings: [], layout: null };

interface Delivery {
  readonly to: string | readonly string[];
  readonly text?: string;
  readonly size?: number;
}

describe('the mail listener', () => {
  let test: TestDatabase;
  let addresses: InboundAddresses;
  let documents: ReceivedDocuments;
  let listener: RunningMailListener;
  let failing = false;
  const received: string[] = [];
  const logged: string[] = [];

  beforeAll(async () => {
    test = await openTestDatabase();
    const audit = new AuditTrail(test.database);
    addresses = new InboundAddresses({ database: test.database, audit });
    documents = new ReceivedDocuments({ database: test.database, audit, parse: async () => READ });
    listener = await startMailListener({
      host: '127.0.0.1', port: 0, domain: 'pay.example', tls: null, addresses,
      documents: { receive: async (...given) => { if (failing) throw new Error('the disk is full'); return documents.receive(...given); } },
      onReceived: (tenantId, documentId) => { received.push(`${tenantId} ${documentId}`); },
      log: (event) => { logged.push(event); },
    });
  });
  afterAll(async () => { await listener.close(); await test.close(); });
  beforeEach(() => { received.length = 0; });

  async function send({ to, text = 'this covers INV-1', size }: Delivery): Promise<{ readonly code: number; readonly said: string }> {
    const transport = createTransport({ host: '127.0.0.1', port: listener.port, ignoreTLS: true });
    try {
      const raw = `From: ap@acme.example\r\nTo: you\r\nSubject: Payment\r\nMessage-ID: <1@acme.example>\r\n\r\n${text}\r\n`;
      const { response } = await transport.sendMail({ envelope: { from: 'ap@acme.example', to: [to].flat(), ...(size === undefined ? {} : { size }) }, raw });
      return { code: Number(response.slice(0, 3)), said: response };
    } catch (error) {
      const { responseCode, message } = error as { responseCode?: number; message: string };
      return { code: responseCode ?? 0, said: message };
    } finally {
      transport.close();
    }
  }
  const address = async (tenantId = test.tenantId): Promise<string> => `${(await addresses.create(tenantId, 'Payers', 'ann')).localPart}@pay.example`;

  it('keeps a mail before it answers for it, with its sender, and has it read', async () => {
    const { code } = await send({ to: await address(), text: 'kept before it is answered' });
    expect(code).toBe(250);
    const [key = ''] = received;
    const [, id = ''] = key.split(' ');
    const kept = await documents.get(test.tenantId, id);
    expect(kept).toMatchObject({ status: 'processing', channel: 'Email', source: 'smtp', sender: 'ap@acme.example' });
    expect((await documents.content(test.tenantId, id))?.content.toString()).toContain('kept before it is answered');
    await documents.process(test.tenantId, id);
    expect(await documents.get(test.tenantId, id)).toMatchObject({ status: 'processed', format: 'email' });
  });

  it('takes the same mail again as the same one', async () => {
    const to = await address();
    await send({ to, text: 'sent twice' });
    const [first = ''] = received;
    await documents.process(test.tenantId, first.split(' ')[1] ?? '');
    expect((await send({ to, text: 'sent twice' })).code).toBe(250);
    expect(received).toEqual([first]);
  });

  it('asks the sender to come again when it cannot keep a mail, and has nothing of it', async () => {
    failing = true;
    const { code } = await send({ to: await address(), text: 'not now' });
    failing = false;
    expect([code, received]).toEqual([451, []]);
    expect(logged).toContain('mail.failed');
  });

  it('knows no address but the tenants\' own: no relay, no guess, no revoked one, and no other tenant sees a mail', async () => {
    for (const to of ['ann@acme.example', 'nobody@pay.example', 'postmaster@pay.example']) expect([to, (await send({ to })).code]).toEqual([to, 550]);
    const made = await addresses.create(test.tenantId, 'Old', 'ann');
    await addresses.revoke(test.tenantId, made.id, 'ann');
    expect((await send({ to: `${made.localPart}@pay.example` })).code).toBe(550);
    expect(received).toEqual([]);
    await send({ to: await address(test.otherTenantId), text: 'for the others' });
    const [tenantId = '', id = ''] = (received[0] ?? '').split(' ');
    expect(tenantId).toBe(test.otherTenantId);
    expect(await documents.get(test.tenantId, id)).toBeNull();
  });

  it('takes an address in any case, and one mail for two addresses of a tenant once', async () => {
    const [one, two] = [await address(), await address()];
    expect((await send({ to: [one.toUpperCase(), two], text: 'to both' })).code).toBe(250);
    expect(received).toHaveLength(1);
  });

  it('refuses what is too large, and a list of recipients, and says how much is taken', async () => {
    const large = await send({ to: await address(), size: FILE_BYTES_MAX + 1 });
    expect(large.said).toContain(String(FILE_BYTES_MAX));
    const many = await Promise.all(Array.from({ length: MAIL_RECIPIENTS_MAX + 1 }, () => address()));
    expect((await send({ to: many, text: 'to a list' })).code).toBe(250);
    expect(received).toHaveLength(1);
  });

  it('gives up on a document whose reading ended the process again and again, and says so', async () => {
    const hanging = new ReceivedDocuments({ database: test.database, audit: new AuditTrail(test.database), parse: () => { throw new Error('the process ends here'); } });
    await send({ to: await address(), text: 'poison' });
    const [, id = ''] = (received[0] ?? '').split(' ');
    for (let time = 1; time <= 3; time += 1) await expect(hanging.process(test.tenantId, id)).rejects.toThrow('ends here');
    await hanging.process(test.tenantId, id);
    expect(await documents.get(test.tenantId, id)).toMatchObject({ status: 'invalid', findings: [{ severity: 'error', problem: expect.stringContaining('ended the process 3 times') as string }] });
  });

  it('finds a document nobody was woken for', async () => {
    await send({ to: await address(), text: 'the wake-up was lost' });
    const [, id = ''] = (received[0] ?? '').split(' ');
    expect(await documents.waiting(test.tenantId)).not.toContain(id);
    await test.database.inTenant(test.tenantId, (transaction) => transaction.execute(`UPDATE received_document SET uploaded_at = uploaded_at - interval '1 minute' WHERE id = $1`, [id]));
    expect(await documents.waiting(test.tenantId)).toContain(id);
    await documents.process(test.tenantId, id);
    expect(await documents.waiting(test.tenantId)).not.toContain(id);
  });
});
