import { startBusinessCentralSandbox, type BusinessCentralSandbox } from './index.js';
import { TestClient, type Reply } from './testing/client.js';
import { TestReceiver } from './testing/receiver.js';

describe('Webhook subscriptions', () => {
  let sandbox: BusinessCentralSandbox;
  let client: TestClient;
  let receiver: TestReceiver;
  let notificationUrl: string;
  let customer: { id: string; number: string };
  const start = Date.parse('2026-11-20T10:00:00Z');

  beforeEach(async () => {
    sandbox = await startBusinessCentralSandbox({ profile: 'bare' });
    client = new TestClient(sandbox);
    receiver = new TestReceiver();
    notificationUrl = await receiver.listen();
    customer = sandbox.elsewhere.addCustomer({ name: 'Granite Supply' });
    sandbox.setClock(new Date(start), true);
  });
  afterEach(async () => {
    expect(sandbox.failures).toEqual([]);
    await sandbox.stop();
    await receiver.stop();
  });

  const subscribe = (entitySet: string, values: Record<string, unknown> = {}): Promise<Reply> => client.call('POST', 'v2.0/subscriptions', { notificationUrl, resource: `/api/v2.0/companies(${client.companyId})/${entitySet}`, clientState: 'secret', ...values });
  const after = async (seconds: number): Promise<void> => {
    sandbox.setClock(new Date(start + seconds * 1000), true);
    await sandbox.deliverNotifications();
  };

  it('start with a handshake, and not without one', async () => {
    const created = await subscribe('customers');
    expect(created).toMatchObject({ status: 201 });
    expect(created.body).toMatchObject({ clientState: 'secret', expirationDateTime: '2026-11-23T10:00:00.000Z', subscriptionId: expect.any(String) });
    receiver.echoes = false;
    expect((await subscribe('salesInvoices')).status).toBe(400);
    expect((await client.call('GET', 'v2.0/subscriptions')).rows).toHaveLength(1);
  });

  it('wake after the delay, once for everything in it, with no data but the resource', async () => {
    await subscribe('salesInvoices');
    const invoice = sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '10' });
    sandbox.elsewhere.edit('sales_invoice', invoice.number, { your_reference: 'changed' });
    await after(29);
    expect(receiver.deliveries).toEqual([]);
    await after(31);
    expect(receiver.deliveries).toEqual([{ value: [{ subscriptionId: expect.any(String), clientState: 'secret', expirationDateTime: '2026-11-23T10:00:00.000Z', resource: `api/v2.0/companies(${client.companyId})/salesInvoices(${invoice.id})`, changeType: 'created', lastModifiedDateTime: '2026-11-20T10:00:00.000Z' }] }]);
  });

  it('stay silent about a partial payment on salesInvoices, and tick on generalLedgerEntries', async () => {
    const invoice = sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '10' });
    await subscribe('salesInvoices');
    const ledger = String((await subscribe('generalLedgerEntries')).body['subscriptionId']);
    sandbox.elsewhere.settleInvoice(invoice.number, '4');
    await after(31);
    expect(receiver.deliveries.flatMap((delivery) => delivery.value.map((entry) => entry.subscriptionId))).toEqual([ledger, ledger]);
  });

  it('send one collection for more records than the bound', async () => {
    sandbox.settings.webhookRecordsMax = 3;
    await subscribe('customers');
    for (let count = 0; count < 4; count += 1) sandbox.elsewhere.addCustomer({ name: `Customer ${count}` });
    await after(31);
    expect(receiver.deliveries[0]?.value).toMatchObject([{ changeType: 'collection', resource: expect.stringContaining('customers?$filter=lastModifiedDateTime%20ge%202026-11-20T10:00:00.000Z') }]);
  });

  it('are tried again after 503 by the documented steps, and deleted after 404', async () => {
    await subscribe('customers');
    receiver.status = 503;
    sandbox.elsewhere.addCustomer({ name: 'New' });
    await after(31);
    await after(60);
    expect(receiver.deliveries).toHaveLength(1);
    await after(92);
    expect(receiver.deliveries).toHaveLength(2);
    receiver.status = 404;
    await after(153);
    expect(receiver.deliveries).toHaveLength(3);
    expect((await client.call('GET', 'v2.0/subscriptions')).rows).toEqual([]);
  });

  it('run out after three days unless renewed with If-Match and another handshake, by their quoted key', async () => {
    const id = String((await subscribe('customers')).body['subscriptionId']);
    const path = `v2.0/subscriptions('${id}')`;
    sandbox.setClock(new Date(start + 2 * 86_400_000), true);
    client.forgetToken();
    expect(await client.call('PATCH', path, { notificationUrl, clientState: 'next' })).toMatchObject({ status: 400, code: 'BadRequest_InvalidToken' });
    const renewed = await client.call('PATCH', path, { notificationUrl, clientState: 'next' }, { 'if-match': '*' });
    expect(renewed.body).toMatchObject({ clientState: 'next', expirationDateTime: '2026-11-25T10:00:00.000Z' });
    sandbox.setClock(new Date(start + 6 * 86_400_000), true);
    client.forgetToken();
    expect((await client.call('GET', path)).status).toBe(404);
  });

  it('are deleted with If-Match alone', async () => {
    const id = String((await subscribe('customers')).body['subscriptionId']);
    expect((await client.call('DELETE', `v2.0/subscriptions('${id}')`)).status).toBe(400);
    expect((await client.call('DELETE', `v2.0/subscriptions('${id}')`, undefined, { 'if-match': '*' })).status).toBe(204);
    expect((await client.call('GET', 'v2.0/subscriptions')).rows).toEqual([]);
  });

  it('are refused for what cannot be subscribed to', async () => {
    expect((await subscribe('agedAccountsReceivables')).status).toBe(400);
    expect((await subscribe('customers', { resource: '/api/v2.0/companies(nobody)/customers' })).status).toBe(400);
    expect((await subscribe('customers', { clientState: 'x'.repeat(2049) })).code).toBe('Application_StringExceededLength');
    expect((await client.call('GET', `microsoft/runtime/beta/companies(${client.companyId})/webhookSupportedResources`)).text).toContain('generalLedgerEntries');
  });
});
