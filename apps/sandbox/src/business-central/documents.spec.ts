import { startBusinessCentralSandbox, type BusinessCentralSandbox } from './index.js';
import { TestClient } from './testing/client.js';

describe('Sales documents', () => {
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

  it('keep their id when they are posted and get another number', async () => {
    const account = (await client.get("accounts?$filter=number eq '60100'")).rows[0];
    const draft = await client.create('salesInvoices', { customerNumber: customer.number, salesInvoiceLines: [{ lineType: 'Account', accountId: account?.['id'], description: 'Honey', quantity: 3, unitPrice: 33.5 }] });
    expect(draft).toMatchObject({ status: 'Draft', remainingAmount: 100.5, totalAmountIncludingTax: 100.5 });
    expect((await client.in('POST', `salesInvoices(${String(draft['id'])})/Microsoft.NAV.post`)).status).toBe(204);
    const posted = (await client.get(`salesInvoices(${String(draft['id'])})`)).body;
    expect(posted).toMatchObject({ status: 'Open', remainingAmount: 100.5 });
    expect(posted['number']).not.toBe(draft['number']);
    expect(await client.in('POST', `salesInvoices(${String(draft['id'])})/Microsoft.NAV.post`)).toMatchObject({ status: 400, message: 'The action can be applied to a draft invoice only.' });
  });

  it('show a released draft as Open, with nothing in the ledger', async () => {
    const released = sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '50', state: 'released' });
    expect((await client.get(`salesInvoices(${released.id})`)).body).toMatchObject({ status: 'Open', remainingAmount: 50 });
    expect((await client.call('GET', `microsoft/reportsFinance/beta/companies(${client.companyId})/customerLedgerEntries`)).rows).toEqual([]);
  });

  it('are owed by the bill-to customer', async () => {
    const branch = sandbox.elsewhere.addCustomer({ name: 'Granite Supply - Leeds', billToNumber: customer.number });
    const invoice = sandbox.elsewhere.addInvoice({ customerNumber: branch.number, amount: '50' });
    expect((await client.get(`salesInvoices(${invoice.id})`)).body).toMatchObject({ customerId: branch.id, billToCustomerId: customer.id, billToCustomerNumber: customer.number });
    expect((await client.get(`customers(${customer.id})/customerFinancialDetails`)).body['balance']).toBe(50);
    expect((await client.get(`customers(${branch.id})/customerFinancialDetails`)).body['balance']).toBe(0);
  });

  it('take four fields once posted, and demand If-Match for them', async () => {
    const invoice = sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '50' });
    const path = `salesInvoices(${invoice.id})`;
    expect(await client.in('PATCH', path, { dueDate: '2027-01-31' })).toMatchObject({ status: 400, code: 'BadRequest_InvalidToken' });
    const { body } = await client.get(path);
    const changed = await client.in('PATCH', path, { dueDate: '2027-01-31', promisedPayDate: '2027-01-15', disputeStatus: 'PRICE' }, { 'if-match': String(body['@odata.etag']) });
    expect(changed).toMatchObject({ status: 200 });
    expect(changed.body).toMatchObject({ dueDate: '2027-01-31', promisedPayDate: '2027-01-15', disputeStatus: 'PRICE' });
    expect(await client.in('PATCH', path, { dueDate: '2027-02-01' }, { 'if-match': String(body['@odata.etag']) })).toMatchObject({ status: 409, code: 'Request_EntityChanged', message: 'Another user has already changed the record.' });
    expect(await client.in('PATCH', path, { externalDocumentNumber: 'X' }, { 'if-match': '*' })).toMatchObject({ status: 400, code: 'Application_DialogException' });
    expect(await client.in('DELETE', path)).toMatchObject({ status: 400 });
  });

  it('refuse a dispute status on a draft, and are deleted without a trace', async () => {
    const draft = sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '50', state: 'draft' });
    expect((await client.in('PATCH', `salesInvoices(${draft.id})`, { disputeStatus: 'PRICE' }, { 'if-match': '*' })).status).toBe(400);
    expect((await client.in('DELETE', `salesInvoices(${draft.id})`)).status).toBe(204);
    expect(await client.get(`salesInvoices(${draft.id})`)).toMatchObject({ status: 404, code: 'Internal_RecordNotFound' });
  });

  it('are canceled by a corrective credit memo, but not when partly paid', async () => {
    const [first, second] = [sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '50' }), sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '70' })];
    expect((await client.in('POST', `salesInvoices(${first.id})/Microsoft.NAV.cancel`)).status).toBe(204);
    expect((await client.get(`salesInvoices(${first.id})`)).body).toMatchObject({ status: 'Canceled', remainingAmount: 0 });
    expect((await client.get('salesCreditMemos')).rows).toMatchObject([{ status: 'Corrective', invoiceNumber: first.number, invoiceId: first.id }]);
    expect(await client.in('POST', `salesInvoices(${first.id})/Microsoft.NAV.cancel`)).toMatchObject({ status: 400, message: 'The invoice cannot be canceled because it has already been canceled.' });
    sandbox.elsewhere.settleInvoice(second.number, '10');
    expect((await client.in('POST', `salesInvoices(${second.id})/Microsoft.NAV.cancel`)).status).toBe(400);
  });

  it('settle an invoice by a credit memo that names it, and show no remaining amount on the credit memo', async () => {
    const invoice = sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '50' });
    const credit = sandbox.elsewhere.addCreditMemo({ customerNumber: customer.number, amount: '20', appliesTo: invoice.number });
    expect((await client.get(`salesInvoices(${invoice.id})`)).body['remainingAmount']).toBe(30);
    const memo = (await client.get(`salesCreditMemos(${credit.id})`)).body;
    expect(memo).toMatchObject({ status: 'Paid', invoiceNumber: invoice.number });
    expect(memo).not.toHaveProperty('remainingAmount');
  });

  it('check types, lengths and names of what is written', async () => {
    const journal = await client.batch();
    const write = (values: Record<string, unknown>): Promise<{ status: number; code: string }> => client.in('POST', `customerPaymentJournals(${journal})/customerPayments`, values);
    expect(await write({ externalDocumentNumber: 'x'.repeat(36) })).toMatchObject({ status: 400, code: 'Application_StringExceededLength' });
    expect(await write({ amount: '-5' })).toMatchObject({ status: 400, code: 'BadRequest' });
    expect(await write({ currencyCode: 'EUR' })).toMatchObject({ status: 400, code: 'BadRequest' });
    expect(await client.in('POST', `customerPaymentJournals(${journal})/customerPayments`, '{"amount":')).toMatchObject({ status: 400 });
  });

  it('have customers whose number is there once', async () => {
    const made = await client.create('customers', { displayName: 'Lakeside Labs', number: 'c77', blocked: 'Ship', creditLimit: 1000.5 });
    expect(made).toMatchObject({ number: 'C77', blocked: 'Ship', creditLimit: 1000.5, currencyCode: 'USD' });
    expect(await client.in('POST', 'customers', { displayName: 'Twin', number: 'C77' })).toMatchObject({ status: 409, code: 'Internal_EntityWithSameKeyExists' });
    expect(await client.in('PATCH', `customers(${String(made['id'])})`, { blocked: 'Sometimes' }, { 'if-match': '*' })).toMatchObject({ status: 400, code: 'Unknown' });
  });

  it('keep a customer with ledger entries from being deleted', async () => {
    sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '50' });
    expect((await client.in('DELETE', `customers(${customer.id})`)).status).toBe(400);
    const other = sandbox.elsewhere.addCustomer({ name: 'Nobody' });
    expect((await client.in('DELETE', `customers(${other.id})`)).status).toBe(204);
  });
});
