import { startBusinessCentralSandbox, type BusinessCentralSandbox } from './index.js';
import { incremented } from './ledger/journal-posting.js';
import { TestClient } from './testing/client.js';

describe('Customer payment journals', () => {
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

  const line = (values: Record<string, unknown> = {}): Record<string, unknown> => ({ customerNumber: customer.number, postingDate: '2026-11-20', documentNumber: 'HUB-1', externalDocumentNumber: 'TRB-0001', amount: -40, ...values });
  const addLine = (batch: string, values: Record<string, unknown> = {}): ReturnType<TestClient['in']> => client.in('POST', `customerPaymentJournals(${batch})/customerPayments`, line(values));

  it('take a G/L account alone as balancing account, and show a bank account\'s number once a person set it', async () => {
    const bank = (await client.get("bankAccounts?$filter=number eq 'CHECKING'")).rows[0];
    expect(await client.in('POST', 'customerPaymentJournals', { code: 'HUB', balancingAccountId: bank?.['id'] })).toMatchObject({ status: 400, code: 'Application_DialogException' });
    const batch = await client.batch();
    sandbox.elsewhere.setBatchBank(batch, 'CHECKING');
    expect((await client.get(`customerPaymentJournals(${batch})`)).body).toMatchObject({ balancingAccountId: '00000000-0000-0000-0000-000000000000', balancingAccountNumber: 'CHECKING' });
  });

  it('are in the list of journals under their template, and a code is there once', async () => {
    const batch = await client.batch();
    expect((await client.get('journals')).rows.map((row) => row['id'])).not.toContain(batch);
    expect((await client.get(`journals(${batch})`)).body).toMatchObject({ templateDisplayName: 'CASHRCPT' });
    expect((await client.get("journals?$filter=templateDisplayName eq 'CASHRCPT'")).rows.map((row) => row['id'])).toContain(batch);
    expect(await client.in('POST', 'customerPaymentJournals', { code: 'HUB' })).toMatchObject({ status: 409, code: 'Internal_EntityWithSameKeyExists' });
    expect(await client.in('POST', `customerPaymentJournals(${batch})/Microsoft.NAV.post`)).toMatchObject({ status: 400, code: 'BadRequest_NotFound' });
  });

  it('validate fields in the order they are written', async () => {
    const invoice = sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '50' });
    const other = sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '60' });
    const draft = sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '70', state: 'draft' });
    const batch = await client.batch();
    const write = (values: Record<string, unknown>): ReturnType<TestClient['in']> => client.in('POST', `customerPaymentJournals(${batch})/customerPayments`, values);
    expect((await write({ appliesToInvoiceId: invoice.id, amount: -1 })).body).toMatchObject({ customerNumber: customer.number, appliesToInvoiceNumber: invoice.number });
    expect((await write({ appliesToInvoiceId: invoice.id, appliesToInvoiceNumber: other.number })).message).toBe('The Applies To Invoice values do not match to the same Invoice.');
    expect((await write({ appliesToInvoiceId: draft.id })).message).toBe('The "appliesToInvoiceId" should be the ID of an Open, Paid, Corrective, or Canceled Invoice.');
    expect((await write({ customerId: invoice.id })).message).toBe('The "customerId" does not match to a Customer.');
    expect((await write({ customerNumber: customer.number, appliesToInvoiceNumber: 'NO-SUCH', amount: -1 })).status).toBe(201);
  });

  it('are listed line by line only within a journal', async () => {
    const batch = await client.batch();
    await addLine(batch);
    expect((await client.get('customerPayments')).message).toBe('You must specify a journal batch ID or a journal ID to get a journal line.');
    expect((await client.get(`customerPayments?$filter=journalId eq ${batch}`)).rows).toHaveLength(1);
    expect(await client.in('POST', 'customerPayments', line({ journalId: batch, documentNumber: 'HUB-2' }))).toMatchObject({ status: 201 });
  });

  it('round an amount to the currency when it is set, and keep external document numbers in upper case', async () => {
    const batch = await client.batch();
    expect((await addLine(batch, { amount: -10.005, externalDocumentNumber: 'trb-7' })).body).toMatchObject({ amount: -10.01, externalDocumentNumber: 'TRB-7' });
  });

  it('post lines a person wrote although customerPayments does not show them', async () => {
    const batch = await client.batch();
    sandbox.elsewhere.addHiddenLine(batch, { customerNumber: customer.number, amount: '-5', documentNumber: 'BY-HAND' });
    expect((await client.get(`customerPaymentJournals(${batch})/customerPayments`)).rows).toEqual([]);
    expect((await client.post(batch)).status).toBe(204);
    expect(sandbox.stats().entries).toEqual({ Payment: 1 });
  });

  it('post N lines as N entries under one document number', async () => {
    const invoices = ['50', '60'].map((amount) => sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount }));
    const batch = await client.batch();
    for (const invoice of invoices) await addLine(batch, { appliesToInvoiceId: invoice.id });
    await addLine(batch, { amount: -7 });
    expect((await client.post(batch)).status).toBe(204);
    expect(sandbox.elsewhere.paymentsOf('TRB-0001').map((payment) => payment.remaining)).toEqual(['0', '0', '-7']);
    expect(invoices.map((invoice) => sandbox.elsewhere.openAmount(invoice.number))).toEqual(['10', '20']);
    expect(sandbox.stats().duplicates).toEqual([]);
    const general = (await client.get("generalLedgerEntries?$filter=documentNumber eq 'HUB-1'")).rows;
    expect(general).toHaveLength(6);
    expect(general[0]).toMatchObject({ debitAmount: 0, creditAmount: 40, documentType: 'Payment' });
  });

  it.each([
    ['a day that is closed', {}, { postingAllowedFrom: '2026-12-01' }, 'Application_DialogException', /^Posting Date is not within your range of allowed posting dates/],
    ['no document number', { documentNumber: '' }, {}, 'Application_FieldValidationException', /^Document No\. must have a value/],
    ['a missing dimension', {}, { mandatoryDimension: 'DEPARTMENT' }, 'Application_DialogException', /Select a Dimension Value Code for the Dimension Code DEPARTMENT/],
    ['a template that forces a report', {}, { forcePostingReport: true }, 'Application_DialogException', /posting report/],
    ['an invoice of another currency', { appliesToInvoiceNumber: 'EUR-INVOICE' }, {}, 'Application_DialogException', /^All entries in one application must be in the same currency\.$/],
  ])('fail at posting for %s, and post nothing', async (what, values, settings, code, message) => {
    const euro = what.includes('currency') ? sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '10', currency: 'EUR' }) : undefined;
    const batch = await client.batch();
    expect((await addLine(batch, euro === undefined ? values : { appliesToInvoiceNumber: euro.number })).status).toBe(201);
    expect((await client.control('PATCH', 'settings', settings)).status).toBe(200);
    const refused = await client.post(batch);
    expect(refused).toMatchObject({ status: 400, code });
    expect(refused.message).toMatch(message);
    expect(sandbox.elsewhere.paymentsOf('TRB-0001')).toEqual([]);
    expect((await client.get(`customerPaymentJournals(${batch})/customerPayments`)).rows).toHaveLength(1);
  });

  it('post with the dimension that is asked for', async () => {
    sandbox.settings.mandatoryDimension = 'DEPARTMENT';
    const batch = await client.batch();
    const payment = (await addLine(batch)).body;
    const path = `customerPayments(${String(payment['id'])})/dimensionSetLines`;
    expect(await client.in('POST', path, { code: 'DEPARTMENT', valueCode: 'NONE' })).toMatchObject({ status: 400, code: 'Internal_InvalidTableRelation' });
    expect((await client.in('POST', path, { code: 'DEPARTMENT', valueCode: 'SALES' })).status).toBe(201);
    expect((await client.post(batch)).status).toBe(204);
  });

  it('refuse a customer blocked for everything, and not one blocked for invoices', async () => {
    const batch = await client.batch();
    await addLine(batch);
    sandbox.elsewhere.blockCustomer(customer.number, 'All');
    expect((await client.post(batch)).message).toMatch(/is blocked with type All/);
    sandbox.elsewhere.blockCustomer(customer.number, 'Invoice');
    expect((await client.post(batch)).status).toBe(204);
  });

  it('refuse a known external document number only where that is switched on', async () => {
    const batch = await client.batch();
    await addLine(batch);
    await client.post(batch);
    sandbox.settings.uniqueExternalDocumentNumbers = true;
    await addLine(batch);
    expect((await client.post(batch)).message).toBe('Sales Payment TRB-0001 already exists for this customer.');
  });

  it('replace document numbers where the batch has a posting series, and refuse manual ones where its series does', async () => {
    sandbox.settings.postingNumberSeries = true;
    const batch = await client.batch();
    for (let count = 0; count < 2; count += 1) await addLine(batch);
    expect((await client.post(batch)).status).toBe(204);
    const numbers = sandbox.elsewhere.paymentsOf('TRB-0001').map((payment) => payment.documentNumber);
    expect(new Set(numbers).size).toBe(1);
    expect(numbers[0]).toMatch(/^PCR\d+$/);
    Object.assign(sandbox.settings, { postingNumberSeries: false, manualNumbersForbidden: true });
    const strict = await client.batch('STRICT');
    await addLine(strict);
    expect((await client.post(strict)).message).toMatch(/^You may not enter numbers manually/);
  });

  it('come back under the next name and another id where the template increments names', async () => {
    sandbox.settings.incrementBatchName = true;
    const batch = await client.batch('HUB09');
    await addLine(batch);
    expect((await client.post(batch)).status).toBe(204);
    expect((await client.get(`customerPaymentJournals(${batch})`)).status).toBe(404);
    expect((await client.get("customerPaymentJournals?$filter=code eq 'HUB10'")).rows).toHaveLength(1);
    expect(incremented('A9B99')).toBe('A9B100');
  });

  it('balance by document where the template says so: a bank line of another document type does not help', async () => {
    const batch = String((await client.create('customerPaymentJournals', { code: 'LOOSE', displayName: 'No balancing account' }))['id']);
    await addLine(batch);
    const bankLine = { accountType: 'Bank_x0020_Account', accountNumber: 'CHECKING', postingDate: '2026-11-20', documentNumber: 'HUB-1', amount: 40 };
    expect((await client.in('POST', `journals(${batch})/journalLines`, bankLine)).status).toBe(201);
    expect((await client.post(batch)).message).toMatch(/is out of balance by/);
    sandbox.settings.forceDocumentBalance = false;
    expect((await client.post(batch)).status).toBe(204);
  });

  it('have no customer lines in journalLines', async () => {
    const batch = await client.batch();
    expect(await client.in('POST', `journals(${batch})/journalLines`, { accountType: 'Customer', accountNumber: customer.number, amount: -5 })).toMatchObject({ status: 400 });
  });

  it('apply a payment on account to the oldest invoices for a customer with that method', async () => {
    const oldest = sandbox.elsewhere.addCustomer({ name: 'Atlas Foods', applicationMethod: 'Apply to Oldest' });
    const late = sandbox.elsewhere.addInvoice({ customerNumber: oldest.number, amount: '30', dueDate: '2026-12-31' });
    const early = sandbox.elsewhere.addInvoice({ customerNumber: oldest.number, amount: '30', dueDate: '2026-11-30' });
    const batch = await client.batch();
    await addLine(batch, { customerNumber: oldest.number });
    await client.post(batch);
    expect([sandbox.elsewhere.openAmount(early.number), sandbox.elsewhere.openAmount(late.number)]).toEqual(['0', '20']);
  });

  it('close an invoice within its discount days by the amount less the discount', async () => {
    const quick = sandbox.elsewhere.addCustomer({ name: 'Beacon Motors', paymentTerms: '2D10N30' });
    const invoice = sandbox.elsewhere.addInvoice({ customerNumber: quick.number, amount: '200', postingDate: '2026-11-15' });
    const batch = await client.batch();
    await addLine(batch, { customerNumber: quick.number, amount: -196, appliesToInvoiceId: invoice.id });
    await client.post(batch);
    expect((await client.get(`salesInvoices(${invoice.id})`)).body).toMatchObject({ status: 'Paid', remainingAmount: 0 });
  });

  it('post what the job queue cannot post to nobody\'s knowledge', async () => {
    sandbox.settings.postWithJobQueue = true;
    const batch = await client.batch();
    await addLine(batch, { amount: 40 });
    sandbox.setClock(new Date('2026-11-20T10:00:00Z'), true);
    expect((await client.post(batch)).status).toBe(204);
    sandbox.setClock(new Date('2026-11-20T10:01:00Z'), true);
    expect((await client.control('GET', 'job-errors')).text).toContain('Amount must be negative');
    expect((await client.get(`customerPaymentJournals(${batch})/customerPayments`)).rows).toHaveLength(1);
  });
});
