import { parseMinorUnits } from '#canonical';
import { businessCentralBankBook, startBusinessCentralSandbox, type BusinessCentralSandbox } from './index.js';
import { assertBook } from './ledger/invariants.js';
import { TestClient } from './testing/client.js';

const DIGEST = 'SELECT group_concat(number || bill_to_number || amount_including_tax || due_date || status || modified_at) AS text FROM sales_invoice';

describe('A generated company', () => {
  const running: BusinessCentralSandbox[] = [];
  const start = async (options: Parameters<typeof startBusinessCentralSandbox>[0]): Promise<BusinessCentralSandbox> => {
    const sandbox = await startBusinessCentralSandbox(options);
    running.push(sandbox);
    return sandbox;
  };
  afterEach(async () => { for (const sandbox of running.splice(0)) await sandbox.stop(); });

  it('is the same for the same seed and another for another', async () => {
    const digests: unknown[] = [];
    for (const seed of [4, 4, 5]) digests.push((await start({ profile: 'tiny', seed })).book().one(DIGEST)?.['text']);
    expect(digests[0]).toBe(digests[1]);
    expect(digests[0]).not.toBe(digests[2]);
  });

  it('has what receivables are made of: partly paid, drafts that look open, branches, foreign currency, canceled invoices', async () => {
    const sandbox = await start({ profile: 'demo', customers: 40, openInvoices: 150 });
    sandbox.checkBooks();
    const count = (sql: string): number => Number(sandbox.book().one(`SELECT count(*) AS count FROM ${sql}`)?.['count']);
    expect(count("sales_invoice WHERE posted = 0 AND status = 'Open'")).toBeGreaterThan(5);
    expect(count('cust_ledger_entry WHERE is_open = 1 AND remaining <> amount')).toBeGreaterThan(5);
    expect(count('sales_invoice WHERE sell_to_number <> bill_to_number')).toBeGreaterThan(0);
    expect(count("cust_ledger_entry WHERE currency_code = 'EUR'")).toBeGreaterThan(0);
    expect(count("sales_invoice WHERE status = 'Canceled'")).toBeGreaterThan(5);
    expect(count("cust_ledger_entry e WHERE document_type = 'Invoice' AND NOT EXISTS (SELECT 1 FROM sales_invoice i WHERE i.entry_no = e.entry_no)")).toBe(12);
    expect(count("detailed_cust_ledger_entry WHERE entry_type LIKE 'Realized%'")).toBeGreaterThan(0);
  });

  it('is checked before every commit: a wrong amount is found and undone', async () => {
    const sandbox = await start({ profile: 'tiny' });
    const book = sandbox.book();
    const entry = book.existing('cust_ledger_entry', 'is_open', 1);
    expect(() => { book.transaction(() => { book.run('UPDATE detailed_cust_ledger_entry SET amount = amount + 100 WHERE cust_ledger_entry_no = ?', Number(entry['entry_no'])); assertBook(book); }); }).toThrow(/remaining amount of a customer ledger entry = sum of its detailed rows/);
    expect(() => { book.transaction(() => { book.insert('gl_entry', { entry_no: 999_999, document_type: ' ', account_number: '40300', amount: 5, transaction_no: 999_999 }); }); }).toThrow(/general ledger balances/);
    expect(sandbox.stats().invariantViolations).toBe(1);
    sandbox.checkBooks();
  });

  it('is changed by somebody else over the control calls', async () => {
    const sandbox = await start({ profile: 'bare' });
    const client = new TestClient(sandbox);
    const customer = (await client.control('POST', 'elsewhere/addCustomer', { name: 'Granite Supply' })).body;
    const invoice = (await client.control('POST', 'elsewhere/addInvoice', { customerNumber: customer['number'], amount: '80.4', dueDate: '2026-12-24' })).body;
    await client.control('POST', 'elsewhere/settleInvoice', { number: invoice['number'], amount: '30' });
    expect((await client.get(`salesInvoices(${String(invoice['id'])})`)).body).toMatchObject({ remainingAmount: 50.4, dueDate: '2026-12-24' });
    expect(JSON.parse((await client.control('GET', 'open-amounts')).text)).toMatchObject([{ number: invoice['number'], remaining: '50.4' }]);
    await client.control('POST', 'elsewhere/edit', { table: 'customer', number: customer['number'], changes: { name: 'Granite Supply Ltd' } });
    expect((await client.get('customers')).rows).toMatchObject([{ displayName: 'Granite Supply Ltd' }]);
    await client.control('POST', 'elsewhere/edit', { table: 'customer', number: customer['number'], changes: { city: 'Leeds' }, modifiedAt: '2026-01-01T00:00:00Z' });
    expect((await client.get('customers')).rows).toMatchObject([{ city: 'Leeds', lastModifiedDateTime: '2026-01-01T00:00:00.000Z' }]);
    expect((await client.control('GET', 'open-requests')).text).toBe('[]');
    expect((await client.control('POST', 'elsewhere/edit', { table: 'customer; DROP', number: 'x', changes: {} })).status).toBe(400);
    expect((await client.control('PATCH', 'settings', { pageSizeMax: 'many' })).status).toBe(400);
    expect((await client.control('PATCH', 'settings', { tenantId: 'x' })).status).toBe(400);
    expect((await client.control('POST', 'clock', { advanceMs: 86_400_000 })).status).toBe(200);
    expect((await client.control('POST', 'check')).body).toEqual({ holds: true });
  });

  it('tells the simulated bank what its customers owe', async () => {
    const sandbox = await start({ profile: 'tiny' });
    const owed = businessCentralBankBook(sandbox.book());
    const open = sandbox.elsewhere.openAmounts();
    expect(owed.invoices).toHaveLength(open.filter((item) => item.documentType === 'Invoice').length);
    expect(owed.credits.length).toBeGreaterThan(0);
    const [invoice] = owed.invoices;
    expect(invoice?.openMinor).toBe(parseMinorUnits(sandbox.elsewhere.openAmount(invoice?.number ?? ''), 2));
    expect(owed.customers.some((customer) => customer.id === invoice?.customerId)).toBe(true);
  });

  it('hides what the application has no permission for', async () => {
    const sandbox = await start({ profile: 'bare', settings: { forbiddenEntitySets: ['salesCreditMemos'] } });
    expect(await new TestClient(sandbox).get('salesCreditMemos')).toMatchObject({ status: 403, code: 'Authorization_RequestDenied' });
  });

  it('is in an environment that can be found', async () => {
    const sandbox = await start({ profile: 'bare' });
    const client = new TestClient(sandbox);
    expect((await client.call('GET', `${sandbox.url}/environments/v1.2`)).rows).toMatchObject([{ name: 'production', aadTenantId: sandbox.settings.tenantId }]);
    expect((await client.call('GET', `${sandbox.url}/v2.0/production/api/v2.0/companies`)).rows).toHaveLength(2);
    expect((await client.call('GET', `${sandbox.url}/v2.0/nobody/production/api/v2.0/companies`)).status).toBe(400);
  });
});
