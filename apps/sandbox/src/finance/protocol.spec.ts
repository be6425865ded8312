import { startFinanceSandbox, type FinanceSandbox } from './sandbox.js';
import { TestClient, type Reply } from './testing/client.js';

describe('the token endpoint', () => {
  let sandbox: FinanceSandbox;
  let client: TestClient;
  beforeAll(async () => { sandbox = await startFinanceSandbox({ profile: 'bare' }); client = new TestClient(sandbox); });
  afterAll(async () => { await sandbox.stop(); expect(sandbox.failures).toEqual([]); });
  const code = (reply: Reply): unknown => (reply.body?.['error_codes'] as number[] | undefined)?.[0];

  it('gives a bearer token for a secret, and for an assertion signed with the registered certificate', async () => {
    expect((await client.requestToken()).body).toMatchObject({ token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: expect.any(String) });
    expect((await client.requestTokenByAssertion()).status).toBe(200);
    const { 'x5t#S256': _none, ...sha1 } = { 'x5t#S256': undefined, 'alg': 'RS256', 'x5t': sandbox.credentials.thumbprintSha1 };
    expect((await client.requestTokenByAssertion({}, { ...sha1, 'x5t#S256': undefined })).status).toBe(200);
  });

  it('refuses in Entra\'s shape, with the number of what is wrong', async () => {
    const wrong = await client.requestToken({ client_secret: 'wrong' });
    expect([wrong.status, wrong.body]).toEqual([401, expect.objectContaining({ error: 'invalid_client', error_description: expect.stringMatching(/^AADSTS7000215: .* Trace ID: .* Correlation ID: .* Timestamp: /), error_codes: [7_000_215], trace_id: expect.any(String) })]);
    const codes = [
      await client.requestToken({ client_id: '00000000-0000-0000-0000-000000000000' }), await client.requestToken({}, sandbox.tokenUrl.replace(/\/[0-9a-f-]{36}\//, '/contoso/')),
      await client.requestToken({ scope: `${sandbox.url}//.default` }), await client.requestToken({ scope: `${sandbox.url}/data/.default` }),
      await client.requestTokenByAssertion({ aud: 'https://elsewhere' }), await client.requestTokenByAssertion({ exp: 1 }), await client.requestTokenByAssertion({}, { 'x5t#S256': 'unknown' }),
    ];
    expect(codes.map((reply) => [reply.status, code(reply)])).toEqual([[400, 700_016], [400, 90_002], [400, 70_011], [400, 70_011], [401, 700_023], [401, 700_024], [401, 700_027]]);
  });

  it('refuses a secret that ran out; the environment refuses tokens it does not know and clients it has not registered', async () => {
    const { clientId, clientSecret, ...rest } = sandbox.registerClient();
    const other = new TestClient(sandbox, { clientId, clientSecret, ...rest });
    sandbox.expireSecret(clientId);
    expect(code(await other.requestToken())).toBe(7_000_222);
    expect((await client.call('GET', '/data/LegalEntities', undefined, { authorization: 'Bearer none' })).status).toBe(401);
    expect((await client.get('LegalEntities')).status).toBe(200);
    sandbox.settings.applicationRegistered = false;
    expect((await client.get('LegalEntities')).status).toBe(401);
    sandbox.settings.applicationRegistered = true;
    sandbox.revokeTokens();
    expect((await client.get('LegalEntities')).status).toBe(401);
  });
});

describe('OData', () => {
  let sandbox: FinanceSandbox;
  let client: TestClient;
  beforeEach(async () => {
    sandbox = await startFinanceSandbox({ profile: 'bare', clock: new Date('2026-11-20T10:00:00Z') });
    client = new TestClient(sandbox);
    for (const [company, account, name] of [['usmf', 'US-001', 'Summit Supply Inc.'], ['usmf', 'US-002', 'Harbor Foods LLC'], ['usmf', 'US-003', 'Granite Supply Co.'], ['gbsi', 'GB-001', "Leeds O'Neil Ltd"]] as const) sandbox.mutations.addCustomer({ company, account, name });
    sandbox.mutations.addInvoice({ account: 'US-001', number: 'CIV-1', amount: '100.25', day: '2026-10-01', terms: '2%10Net30' });
    sandbox.mutations.addInvoice({ account: 'US-002', number: 'FTI-1', amount: '90', day: '2026-10-02', kind: 'freeText', instalments: [{ amount: '60', dueDate: '2026-11-01' }, { amount: '30', dueDate: '2026-12-01' }] });
    sandbox.mutations.addInvoice({ account: 'US-003', number: '', amount: '5', draft: true });
  });
  afterEach(async () => {
    sandbox.checkBook();
    await sandbox.stop();
    expect(sandbox.failures).toEqual([]);
  });
  const accounts = async (filter: string, more: Record<string, string> = {}): Promise<unknown> => {
    const reply = await client.get('CustomersV3', { $filter: filter, $select: 'CustomerAccount', ...more });
    return reply.status === 200 ? reply.rows.map((row) => row['CustomerAccount']) : reply.problem;
  };

  it('shows the default company alone, unless asked for all of them', async () => {
    expect((await client.get('CustomersV3')).rows).toHaveLength(3);
    expect((await client.get('CustomersV3', { 'cross-company': 'true' })).rows).toHaveLength(4);
    expect(await accounts("dataAreaId eq 'gbsi'")).toEqual([]);
    expect(await accounts("dataAreaId eq 'gbsi'", { 'cross-company': 'true' })).toEqual(['GB-001']);
    expect(await accounts("dataAreaId eq 'GBSI'", { 'cross-company': 'true' })).toEqual([]);
    const key = "CustomersV3(dataAreaId='gbsi',CustomerAccount='GB-001')";
    expect([(await client.get(key)).status, (await client.get(key, { 'cross-company': 'true' })).status]).toEqual([404, 200]);
    expect((await client.call('PATCH', `/data/${key}`, { KnownAs: 'Leeds' })).status).toBe(404);
    expect((await client.call('PATCH', `/data/${key}?cross-company=true`, { KnownAs: 'Leeds' })).status).toBe(204);
  });

  it('filters by its own dialect', async () => {
    expect(await accounts("OrganizationName eq '*Supply*'")).toEqual(['US-001', 'US-003']);
    expect(await accounts("OrganizationName ne '*Supply*' and not (CustomerAccount eq 'US-003')")).toEqual(['US-002']);
    expect(await accounts("(CustomerAccount eq 'us-001' or CustomerAccount eq 'US-002') and OrganizationName gt 'I'")).toEqual(['US-001']);
    expect(await accounts("OrganizationName eq 'Leeds O''Neil Ltd'", { 'cross-company': 'true' })).toEqual(['GB-001']);
    expect(await accounts("OnHoldStatus eq Microsoft.Dynamics.DataEntities.CustVendorBlocked'No'")).toHaveLength(3);
    expect(await accounts("OnHoldStatus eq 'No'")).toMatch(/incompatible types .* 'Microsoft\.Dynamics\.DataEntities\.CustVendorBlocked' and 'Edm\.String'/);
    expect(await accounts("OnHoldStatus gt Microsoft.Dynamics.DataEntities.CustVendorBlocked'No'")).toMatch(/not supported for the enumeration/);
    expect(await accounts("OnHoldStatus eq Microsoft.Dynamics.DataEntities.CustVendorBlocked'Perhaps'")).toMatch(/not a valid enumeration/);
    expect(await accounts("CustomerAccount in ('US-001')")).toMatch(/'in' is not supported/);
    expect(await accounts("contains(OrganizationName,'Supply')")).toMatch(/unknown function with name 'contains'/);
    expect(await accounts("Nmae eq 'x'")).toBe("Could not find a property named 'Nmae' on type 'Microsoft.Dynamics.DataEntities.CustomerV3'.");
    expect(await accounts("CustomerAccount eq 'US-001' and")).toMatch(/Expression expected/);
  });

  it('has days at noon UTC, 1900 for none, numbers as numbers, and nothing that is null', async () => {
    const [row] = (await client.get('CustTransactions', { $filter: "Invoice eq 'CIV-1'" })).rows;
    expect(row).toMatchObject({ TransDate: '2026-10-01T12:00:00Z', DueDate: '2026-10-31T12:00:00Z', Closed: '1900-01-01T12:00:00Z', AmountCur: 100.25, SettleAmountCur: 0, LastSettleVoucher: '', TransType: 'Sales', '@odata.etag': expect.stringMatching(/^W\/".+"$/) });
    expect(Object.values(row ?? {})).not.toContain(null);
    expect((await client.get('CustTransOpens', { $filter: 'PossibleCashDisc ne 0' })).rows).toMatchObject([{ PossibleCashDisc: 2, CashDiscDate: '2026-10-11T12:00:00Z' }]);
    const dated = async (filter: string): Promise<number | string> => {
      const reply = await client.get('CustTransactions', { $filter: filter });
      return reply.status === 200 ? reply.rows.length : reply.problem;
    };
    expect([await dated('TransDate ge 2026-10-02T00:00:00Z'), await dated('TransDate gt 2026-10-01T12:00:00Z and AmountCur lt 90.5'), await dated('Closed eq 1900-01-01T12:00:00Z')]).toEqual([1, 1, 2]);
    expect(await dated('TransDate ge 2026-10-02')).toMatch(/'Edm.DateTimeOffset' and 'Edm.Date'/);
  });

  it('expands the first level, with a selection inside, and no deeper', async () => {
    const opens = (await client.get('CustTransOpens', { $expand: 'CustTransaction($select=Invoice)', $select: 'AmountCur,DueDate' })).rows;
    expect(opens.map(({ '@odata.etag': _etag, ...row }) => row)).toEqual([
      { AmountCur: 100.25, DueDate: '2026-10-31T12:00:00Z', CustTransaction: { '@odata.etag': expect.any(String), Invoice: 'CIV-1' } },
      { AmountCur: 60, DueDate: '2026-11-01T12:00:00Z', CustTransaction: { '@odata.etag': expect.any(String), Invoice: 'FTI-1' } },
      { AmountCur: 30, DueDate: '2026-12-01T12:00:00Z', CustTransaction: { '@odata.etag': expect.any(String), Invoice: 'FTI-1' } },
    ]);
    expect((await client.get('CustTransOpens', { $expand: 'CustTransaction($expand=CustTransOpen)' })).problem).toMatch(/first level/);
  });

  it('has the headers of both kinds of invoices, drafts too, and one journal over the posted ones', async () => {
    expect((await client.get('SalesInvoiceHeadersV4')).rows).toMatchObject([{ InvoiceNumber: 'CIV-1', TotalInvoiceAmount: 100.25, PaymentTermsName: '2%10Net30' }]);
    expect((await client.get('FreeTextInvoiceHeaders')).rows).toMatchObject([{ FreeTextNumber: 'FTI-1', IsPosted: 'Yes' }, { FreeTextNumber: '', IsPosted: 'No' }]);
    expect((await client.get('CustInvoiceJourBiEntities')).rows.map((row) => row['InvoiceId'])).toEqual(['CIV-1', 'FTI-1']);
  });

  it('pages with a nextLink that counts rows: what is deleted in between makes one go missing', async () => {
    const first = await client.get('CustomersV3', { $select: 'CustomerAccount', $count: 'true' }, { prefer: 'odata.maxpagesize=2' });
    expect([first.rows.map((row) => row['CustomerAccount']), first.body?.['@odata.count']]).toEqual([['US-001', 'US-002'], 3]);
    const link = String(first.body?.['@odata.nextLink']);
    expect(link).toMatch(/%24skip=2|\$skip=2/);
    expect((await client.call('GET', link)).rows.map((row) => row['CustomerAccount'])).toEqual(['US-003']);
    sandbox.mutations.removeCustomer({ account: 'US-001' });
    expect((await client.call('GET', link)).rows).toEqual([]);
  });

  it('pages by a token where the tenant does so, and loses nothing then', async () => {
    sandbox.settings.nextLink = 'token';
    sandbox.settings.pageSizeMax = 1;
    const first = await client.get('CustomersV3', { $top: '2' });
    sandbox.mutations.removeCustomer({ account: 'US-001' });
    const second = await client.call('GET', String(first.body?.['@odata.nextLink']));
    expect([second.rows.map((row) => row['CustomerAccount']), second.body?.['@odata.nextLink']]).toEqual([['US-002'], undefined]);
  });

  it('hands out RecIds in blocks: a later record may have a lower one', async () => {
    await client.create('CustomersV3', { dataAreaId: 'usmf', CustomerAccount: 'US-900', OrganizationName: 'By service', CustomerGroupId: '10' });
    sandbox.mutations.addCustomer({ account: 'US-901', name: 'By a person' });
    expect((await client.get('CustomersV3')).rows.map((row) => row['CustomerAccount'])).toEqual(['US-001', 'US-002', 'US-003', 'US-901', 'US-900']);
  });

  it('needs every part of a key, and honours If-Match', async () => {
    expect((await client.get("CustomersV3('US-001')")).problem).toMatch(/number of keys/);
    expect((await client.get("CustomersV3(dataAreaId='usmf',Account='US-001')")).problem).toMatch(/'CustomerAccount'.*missing/);
    const key = "CustomersV3(dataAreaId='usmf',CustomerAccount='US-001')";
    const etag = (await client.get(key)).headers.get('etag') ?? '';
    sandbox.mutations.editCustomer({ account: 'US-001', changes: { KnownAs: 'somebody' } });
    const stale = await client.call('PATCH', `/data/${key}`, { KnownAs: 'us' }, { 'if-match': etag });
    const fresh = await client.call('PATCH', `/data/${key}`, { KnownAs: 'us' }, { 'if-match': (await client.get(key)).headers.get('etag') ?? '' });
    expect([stale.status, fresh.status, fresh.text]).toEqual([412, 204, '']);
  });

  it('hides the reason of a refusal inside, above a stack trace', async () => {
    const reply = await client.call('POST', '/data/CustomersV3', { dataAreaId: 'usmf', CustomerAccount: 'US-9', CustomerGroupId: 'Local' });
    expect([reply.status, reply.body]).toEqual([400, { error: { code: '', message: 'An error has occurred.', innererror: {
      message: "Write failed for table row of type 'CustCustomerV3Entity'. Infolog: Warning: The value 'Local' in field 'Customer group' is not found in the related table 'Customer groups'.; Warning: validateField failed on field 'CustCustomerV3Entity.CustomerGroupId'..",
      type: 'Microsoft.Dynamics.Platform.Integration.Services.OData.AxODataWriteException', stacktrace: expect.stringMatching(/ at Microsoft\.Dynamics/),
    } } }]);
  });

  it('has no collection that the tenant lacks, in its metadata neither', async () => {
    sandbox.settings.hiddenEntities = ['CustSettlementBiEntities'];
    expect((await client.get('CustSettlementBiEntities')).status).toBe(404);
    const collections = (await client.call('GET', '/Metadata/DataEntities')).rows.map((row) => row['PublicCollectionName']);
    expect(collections).toContain('CustTransOpens');
    expect(collections).not.toContain('CustSettlementBiEntities');
    const entity = await client.call('GET', "/metadata/PublicEntities('CustomerPaymentJournalHeader')");
    expect(entity.body).toMatchObject({ EntitySetName: 'CustomerPaymentJournalHeaders', IsReadOnly: false, Properties: expect.arrayContaining([expect.objectContaining({ Name: 'JournalBatchNumber', IsKey: true })]) });
    expect((await client.call('GET', '/Metadata/PublicEnumerations')).rows).toContainEqual(expect.objectContaining({ Name: 'NoYes', Members: [expect.objectContaining({ Name: 'No', Value: 0 }), expect.objectContaining({ Name: 'Yes', Value: 1 })] }));
    expect((await client.call('POST', '/api/services/AnyGroup/AnyService/post', {})).status).toBe(404);
    expect((await client.call('POST', '/data/CustTransactions', {})).status).toBe(405);
  });
});

describe('$batch', () => {
  let sandbox: FinanceSandbox;
  let client: TestClient;
  beforeEach(async () => {
    sandbox = await startFinanceSandbox({ profile: 'bare' });
    client = new TestClient(sandbox);
    sandbox.mutations.addCustomer({ account: 'US-001', name: 'Summit Supply Inc.' });
  });
  afterEach(async () => { await sandbox.stop(); expect(sandbox.failures).toEqual([]); });

  const operation = (method: string, target: string, body?: unknown, id = ''): string =>
    `Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n${id === '' ? '' : `Content-ID: ${id}\r\n`}\r\n${method} ${target} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${body === undefined ? '' : JSON.stringify(body)}`;
  const changeset = (...operations: string[]): string => `Content-Type: multipart/mixed; boundary=cs\r\n\r\n${operations.map((each) => `--cs\r\n${each}\r\n`).join('')}--cs--`;
  const send = async (parts: string[], headers: Record<string, string> = {}): Promise<Reply> =>
    client.call('POST', '/data/$batch', `${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`, { 'content-type': 'multipart/mixed; boundary=b', ...headers });
  const header = (batch: string): unknown => ({ dataAreaId: 'usmf', JournalName: 'ARPay', JournalBatchNumber: batch });
  const line = (batch: string, account: string): unknown => ({ dataAreaId: 'usmf', JournalBatchNumber: batch, LineNumber: 1, AccountDisplayValue: account, CreditAmount: 1, CurrencyCode: 'USD' });
  const statuses = (reply: Reply): number[] => [...reply.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => Number(match[1]));

  it('does a changeset as a whole or not at all, and answers 200 whatever its parts say', async () => {
    const good = await send([changeset(operation('POST', '/data/CustomerPaymentJournalHeaders', header('J1'), '1'), operation('POST', 'CustomerPaymentJournalLines', line('J1', 'US-001'), '2')), operation('GET', 'CustomerPaymentJournalLines?$select=JournalBatchNumber')]);
    expect([good.status, statuses(good)]).toEqual([200, [201, 201, 200]]);
    expect(good.headers.get('content-type')).toMatch(/^multipart\/mixed; boundary=batchresponse_/);
    expect(good.text).toMatch(/Content-ID: 2/);
    const bad = await send([changeset(operation('POST', '/data/CustomerPaymentJournalHeaders', header('J2')), operation('POST', '/data/CustomerPaymentJournalLines', line('J2', 'US-999')))]);
    expect([bad.status, statuses(bad)]).toEqual([200, [400]]);
    expect((await client.get('CustomerPaymentJournalHeaders')).rows.map((row) => row['JournalBatchNumber'])).toEqual(['J1']);
  });

  it('says 500 for a duplicate, which alone is 400', async () => {
    await client.create('CustomerPaymentJournalHeaders', header('J1'));
    const inside = await send([changeset(operation('POST', '/data/CustomerPaymentJournalHeaders', header('J1')))]);
    expect([statuses(inside), inside.text]).toEqual([[500], expect.stringMatching(/The record already exists\.\./)]);
    expect((await client.call('POST', '/data/CustomerPaymentJournalHeaders', header('J1'))).status).toBe(400);
  });

  it('stops after a failed part unless told to go on', async () => {
    const parts = [operation('GET', 'Nothing'), operation('GET', 'LegalEntities')];
    expect(statuses(await send(parts))).toEqual([404]);
    expect(statuses(await send(parts, { prefer: 'odata.continue-on-error' }))).toEqual([404, 200]);
  });

  it('is refused when it is no multipart, not closed, or too large', async () => {
    expect((await client.call('POST', '/data/$batch', { requests: [] })).status).toBe(415);
    expect((await client.call('POST', '/data/$batch', '--b\r\nx', { 'content-type': 'multipart/mixed; boundary=b' })).status).toBe(400);
    expect((await send([changeset(...Array.from({ length: 5001 }, () => operation('GET', 'X')))])).problem).toMatch(/maximum of 5000/);
  });
});
