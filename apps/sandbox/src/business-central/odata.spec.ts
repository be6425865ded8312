import fc from 'fast-check';
import { startBusinessCentralSandbox, type BusinessCentralSandbox } from './index.js';
import { escapeEnum, unescapeEnum } from './odata/json-text.js';
import { parseFilter } from './odata/filter-parser.js';
import { ODataError } from './odata/odata-error.js';
import { TestClient } from './testing/client.js';

describe('The OData dialect', () => {
  let sandbox: BusinessCentralSandbox;
  let client: TestClient;

  beforeAll(async () => {
    sandbox = await startBusinessCentralSandbox({ profile: 'tiny' });
    client = new TestClient(sandbox);
  });
  afterAll(async () => {
    expect(sandbox.failures).toEqual([]);
    await sandbox.stop();
  });

  async function walk(path: string, headers: Record<string, string>): Promise<{ rows: Record<string, unknown>[]; pages: number }> {
    const rows: Record<string, unknown>[] = [];
    let pages = 0;
    for (let next: string | undefined = `v2.0/companies(${client.companyId})/${path}`; next !== undefined; pages += 1) {
      const reply = await client.call('GET', next, undefined, headers);
      expect(reply.status).toBe(200);
      rows.push(...reply.rows);
      next = reply.body['@odata.nextLink'] as string | undefined;
    }
    return { rows, pages };
  }

  it('pages by the link it gives, each row once and in order, also when rows change meanwhile', async () => {
    const all = (await client.get('salesInvoices?$orderby=dueDate desc,number')).rows;
    const { rows, pages } = await walk('salesInvoices?$orderby=dueDate desc,number', { prefer: 'odata.maxpagesize=7' });
    expect(rows.map((row) => row['number'])).toEqual(all.map((row) => row['number']));
    expect(pages).toBe(Math.ceil(all.length / 7));
    expect(new Set(rows.map((row) => row['id'])).size).toBe(all.length);
  });

  it('never gives more rows than the product\'s page, whatever is preferred, and keeps $top over pages', async () => {
    sandbox.settings.pageSizeMax = 5;
    const { rows, pages } = await walk('salesInvoices?$top=12', { prefer: 'odata.maxpagesize=1000' });
    sandbox.settings.pageSizeMax = 20_000;
    expect([rows.length, pages]).toEqual([12, 3]);
  });

  it('filters by text, day, moment, amount, id, flag and escaped or plain enumeration member', async () => {
    const open = (await client.get("salesInvoices?$filter=status eq 'Open' and totalAmountIncludingTax ge 100.5 and dueDate gt 2020-01-01")).rows;
    expect(open.length).toBeGreaterThan(5);
    const [first] = open;
    expect((await client.get(`salesInvoices?$filter=id eq ${String(first?.['id'])}`)).rows).toHaveLength(1);
    expect((await client.get(`salesInvoices?$filter=lastModifiedDateTime ge ${String(first?.['lastModifiedDateTime'])} and number eq '${String(first?.['number']).toLowerCase()}'`)).rows).toHaveLength(1);
    expect((await client.get("customers?$filter=blocked eq '_x0020_' and contains(displayName,'a')")).rows.length).toBeGreaterThan(0);
    expect((await client.get("customers?$filter=startswith(number,'C1') and not endswith(number,'9')&$count=true")).body['@odata.count']).toBe(12);
    expect((await client.get("salesInvoices/$count?$filter=status eq 'Draft'")).text).toBe('2');
  });

  it.each([
    ["salesInvoices?$filter=number eq 'A' or customerNumber eq 'B'", 'BadRequest_MethodNotImplemented', "The 'OR' operator is not supported on distinct fields on an OData filter."],
    ['salesInvoices?$filter=remainingAmount gt 0', 'Application_FilterErrorException', /remainingAmount/],
    ['salesInvoices?$orderby=remainingAmount', 'Application_FilterErrorException', /remainingAmount/],
    ["generalLedgerEntries?$filter=customerNumber eq 'C1'", 'BadRequest', /Could not find a property named 'customerNumber'/],
    ['customers?$filter=number eq 5', 'BadRequest', /incompatible types/],
    ["customers?$filter=number in ('C10010')", 'BadRequest', /in/],
    ["customers?$filter=startswith(tolower(number),'c')", 'BadRequest', /Nested/],
    ['customers?$select=nothing', 'BadRequest', /nothing/],
    ['customers?$top=-1', 'BadRequest', /\$top/],
    ['customerPayment', 'BadRequest_NotFound', /^No HTTP resource was found/],
  ])('refuses %s', async (path, code, message) => {
    const reply = await client.get(path);
    expect(reply).toMatchObject({ status: 400, code });
    if (message instanceof RegExp) expect(reply.message).toMatch(message);
    else expect(reply.message).toBe(message);
  });

  it('ignores a filter on a page variable where it is set to', async () => {
    sandbox.settings.variableFieldFilter = 'ignore';
    const ignored = (await client.get('salesInvoices?$filter=remainingAmount lt 0')).rows.length;
    sandbox.settings.variableFieldFilter = 'error';
    expect(ignored).toBe((await client.get('salesInvoices')).rows.length);
  });

  it('ignores lambdas, and knows "in" from schema version 2.1 on', async () => {
    const all = (await client.get('customers')).rows.length;
    expect((await client.get("customers?$filter=defaultDimensions/any(d: d/code eq 'X')")).rows).toHaveLength(all);
    expect((await client.get("customers?$schemaversion=2.1&$filter=number in ('C10010','C10020')")).rows).toHaveLength(2);
  });

  it('expands children with options of their own, and single ones as objects', async () => {
    const [invoice] = (await client.get('salesInvoices?$top=1&$select=number&$expand=salesInvoiceLines($select=netAmount,lineType;$top=1)')).rows;
    expect(Object.keys(invoice ?? {})).toEqual(['@odata.etag', 'number', 'salesInvoiceLines']);
    expect(invoice?.['salesInvoiceLines']).toEqual([{ '@odata.etag': expect.any(String), netAmount: expect.any(Number), lineType: 'Account' }]);
    const [customer] = (await client.get('customers?$top=1&$expand=customerFinancialDetails,agedAccountsReceivable')).rows;
    expect(customer?.['customerFinancialDetails']).toMatchObject({ number: customer?.['number'] });
  });

  it('writes amounts as JSON numbers with the ledger\'s digits, blanks as blanks, and the correlation id after two blanks', async () => {
    const text = (await client.get('salesInvoices?$top=3')).text;
    expect(text).toMatch(/"totalAmountIncludingTax":\d+(\.\d{1,2})?[,}]/);
    expect(text).toContain('"promisedPayDate":"0001-01-01"');
    expect(text).toContain('"orderId":"00000000-0000-0000-0000-000000000000"');
    expect((await client.get('customers(11111111-1111-4111-8111-111111111111)')).text).toMatch(/ {2}CorrelationId: {2}[0-9a-f-]{36}\."\}\}$/);
  });

  it('shows a currency code where the table has none, and the debtor in bill-to', async () => {
    const rows = (await client.get('salesInvoices')).rows;
    expect(rows.every((row) => ['USD', 'EUR'].includes(String(row['currencyCode'])))).toBe(true);
    expect(sandbox.book().one("SELECT count(*) AS count FROM sales_invoice WHERE currency_code = 'USD'")?.['count']).toBe(0);
  });

  it('shows the days of posting in the setup page, read-only, where the version has it', async () => {
    sandbox.elsewhere.setPostingRange('2026-01-01', '');
    const { rows: [setup], status } = await client.get('generalLedgerSetup');
    expect([status, setup]).toEqual([200, expect.objectContaining({ allowPostingFrom: '2026-01-01', allowPostingTo: '0001-01-01', localCurrencyCode: 'USD', '@odata.etag': expect.any(String) as string })]);
    expect((await client.in('PATCH', `generalLedgerSetup(${String(setup?.['id'])})`, { allowPostingFrom: '2025-01-01' }, { 'if-match': '*' })).code).toBe('BadRequest_MethodNotAllowed');
    sandbox.settings.generalLedgerSetupShown = false;
    expect((await client.get('generalLedgerSetup')).status).toBe(400);
    sandbox.settings.generalLedgerSetupShown = true;
    sandbox.elsewhere.setPostingRange('', '');
  });

  it('sees every second company as its own', async () => {
    const other = new TestClient(sandbox, sandbox.companies[1]?.id);
    const [mine, theirs] = [(await client.get('customers')).rows, (await other.get('customers')).rows];
    expect(new Set([...mine, ...theirs].map((row) => row['id'])).size).toBe(mine.length + theirs.length);
    expect((await client.call('GET', `v2.0/customers?company=${client.companyId}`)).rows).toHaveLength(mine.length);
    expect(await client.call('GET', 'v2.0/companies(11111111-1111-4111-8111-111111111111)/customers')).toMatchObject({ status: 404, code: 'Internal_RecordNotFound' });
  });

  it('escapes enumeration members both ways', () => {
    expect(escapeEnum('In Review')).toBe('In_x0020_Review');
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'Z', '_', ' ', '/', '(', '.', '9') }).filter((text) => !text.includes('_x')), (text) => { expect(unescapeEnum(escapeEnum(text))).toBe(text); }));
  });

  it('reads any filter text or refuses it in words, never otherwise', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('number', ' eq ', "'x'", ' and ', ' or ', '(', ')', 'not ', 'contains', ',', '5', "'", ' ge ', '2026-01-01')).map((parts) => parts.join('')), (text) => {
      try {
        expect(parseFilter(text, true)).toHaveProperty('kind');
      } catch (error) {
        expect(error).toBeInstanceOf(ODataError);
      }
    }), { numRuns: 500 });
  });
});
