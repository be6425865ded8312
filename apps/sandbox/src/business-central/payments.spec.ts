import { startBusinessCentralSandbox, type BusinessCentralSandbox } from './index.js';
import { TestClient } from './testing/client.js';

describe('Payments through a customer payment journal', () => {
  let sandbox: BusinessCentralSandbox;
  let client: TestClient;
  let customer: { id: string; number: string };

  beforeEach(async () => {
    sandbox = await startBusinessCentralSandbox({ profile: 'bare' });
    client = new TestClient(sandbox);
    customer = sandbox.elsewhere.addCustomer({ name: 'Granite Supply' });
  });
  afterEach(async () => {
    sandbox.checkBooks();
    expect(sandbox.failures).toEqual([]);
    await sandbox.stop();
  });

  const line = (values: Record<string, unknown> = {}): Record<string, unknown> => ({ customerNumber: customer.number, postingDate: '2026-11-20', documentNumber: 'HUB-1', externalDocumentNumber: 'TRB-0001', amount: -40.5, ...values });

  it('pays part of an invoice without moving the invoice\'s modification time, and moves it when the status flips', async () => {
    const invoice = sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '100.25', postingDate: '2026-11-01' });
    const before = (await client.get(`salesInvoices(${invoice.id})`)).body;
    const batch = await client.batch();
    await client.create(`customerPaymentJournals(${batch})/customerPayments`, line({ appliesToInvoiceNumber: invoice.number }));
    expect((await client.post(batch)).status).toBe(204);
    const partly = (await client.get(`salesInvoices(${invoice.id})`)).body;
    expect(partly).toMatchObject({ remainingAmount: 59.75, status: 'Open', lastModifiedDateTime: before['lastModifiedDateTime'], '@odata.etag': before['@odata.etag'] });
    await client.create(`customerPaymentJournals(${batch})/customerPayments`, line({ appliesToInvoiceNumber: invoice.number, amount: -59.75, documentNumber: 'HUB-2', externalDocumentNumber: 'TRB-0002' }));
    expect((await client.post(batch)).status).toBe(204);
    const paid = (await client.get(`salesInvoices(${invoice.id})`)).body;
    expect(paid).toMatchObject({ remainingAmount: 0, status: 'Paid' });
    expect(paid['lastModifiedDateTime']).not.toBe(before['lastModifiedDateTime']);
  });

  it('refuses a positive amount when the batch is posted, not when the line is written', async () => {
    const batch = await client.batch();
    await client.create(`customerPaymentJournals(${batch})/customerPayments`, line({ amount: 40.5 }));
    const refused = await client.post(batch);
    expect(refused).toMatchObject({ status: 400, code: 'Application_FieldValidationException' });
    expect(refused.message).toMatch(/^Amount must be negative in Gen\. Journal Line/);
    expect(sandbox.elsewhere.paymentsOf('TRB-0001')).toEqual([]);
  });

  it('posts nothing of a batch of which one line names a closed invoice', async () => {
    const open = sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '70' });
    const closed = sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '30' });
    sandbox.elsewhere.settleInvoice(closed.number);
    const batch = await client.batch();
    await client.create(`customerPaymentJournals(${batch})/customerPayments`, line({ appliesToInvoiceNumber: open.number }));
    await client.create(`customerPaymentJournals(${batch})/customerPayments`, line({ appliesToInvoiceNumber: closed.number }));
    expect(await client.post(batch)).toMatchObject({ status: 400, code: 'Internal_DataNotFoundFilter' });
    expect(sandbox.elsewhere.openAmount(open.number)).toBe('70');
    expect((await client.get(`customerPaymentJournals(${batch})/customerPayments`)).rows).toHaveLength(2);
  });

  it('posts the same payment twice when asked twice: nothing checks payment numbers', async () => {
    const batch = await client.batch();
    for (let count = 0; count < 2; count += 1) {
      await client.create(`customerPaymentJournals(${batch})/customerPayments`, line());
      expect((await client.post(batch)).status).toBe(204);
    }
    expect(sandbox.elsewhere.paymentsOf('TRB-0001')).toHaveLength(2);
    expect(sandbox.stats().duplicates).toEqual([{ key: 'TRB-0001', company: 'Honeycomb US', posted: 2 }]);
  });

  it('leaves one empty line behind, which clashes with a line number of ten thousand', async () => {
    const batch = await client.batch();
    await client.create(`customerPaymentJournals(${batch})/customerPayments`, line());
    await client.post(batch);
    expect((await client.get(`customerPaymentJournals(${batch})/customerPayments`)).rows).toEqual([]);
    expect(await client.in('POST', `customerPaymentJournals(${batch})/customerPayments`, line({ lineNumber: 10_000 }))).toMatchObject({ status: 409, code: 'Internal_EntityWithSameKeyExists' });
    expect(await client.post(batch)).toMatchObject({ status: 400, message: 'There is nothing to post.' });
  });

  it('answers 204 and posts later when the job queue posts', async () => {
    sandbox.settings.postWithJobQueue = true;
    sandbox.setClock(new Date('2026-11-20T10:00:00Z'), true);
    const batch = await client.batch();
    await client.create(`customerPaymentJournals(${batch})/customerPayments`, line());
    expect((await client.post(batch)).status).toBe(204);
    expect(sandbox.elsewhere.paymentsOf('TRB-0001')).toEqual([]);
    sandbox.setClock(new Date('2026-11-20T10:00:06Z'), true);
    expect(sandbox.elsewhere.paymentsOf('TRB-0001')).toHaveLength(1);
  });
});
