import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { startFinanceSandbox, type FinanceSandbox } from './sandbox.js';
import { TestClient, type Reply } from './testing/client.js';

const HEADERS = 'Customer payment journal header';
const LINES = 'Customer payment journal line';
const SETTLED = 'Customer payment journal line settled invoice';

/** A package as a client makes one. */
function zipped(files: Readonly<Record<string, string>>): Uint8Array {
  const entities = Object.keys(files).map((name) => `<DataManagementPackageEntityData><EntityName>${name}</EntityName><InputFilePath>${name}.csv</InputFilePath></DataManagementPackageEntityData>`);
  return zipSync({ 'Manifest.xml': strToU8(`<m>${entities.join('')}</m>`), 'PackageHeader.xml': strToU8('<h/>'), ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`${name}.csv`, strToU8(text)])) });
}

const HEADER_CSV = 'JOURNALBATCHNUMBER,JOURNALNAME,DESCRIPTION\r\nP-1,ARPay,"posting, 1"\r\n';
const LINE_CSV = 'JOURNALBATCHNUMBER,LINENUMBER,ACCOUNTTYPE,ACCOUNTDISPLAYVALUE,CREDITAMOUNT,CURRENCYCODE,TRANSACTIONDATE,PAYMENTREFERENCE\r\n';
const SETTLED_CSV = 'JOURNALLINECOMPANY,JOURNALBATCHNUMBER,JOURNALLINENUMBER,INVOICENUMBER,INVOICECOMPANY,INVOICEDUEDATE,SETTLEMENTAMOUNTININVOICECURRENCY\r\nUSMF,P-1,1,CIV-1,USMF,2026-10-31,75\r\n';

describe('the package API', () => {
  let sandbox: FinanceSandbox;
  let client: TestClient;
  beforeEach(async () => {
    sandbox = await startFinanceSandbox({ profile: 'bare', clock: new Date('2026-11-20T10:00:00Z') });
    client = new TestClient(sandbox);
    sandbox.mutations.addCustomer({ account: 'US-001', name: 'Summit Supply Inc.' });
    sandbox.mutations.addInvoice({ account: 'US-001', number: 'CIV-1', amount: '100', day: '2026-10-01', dueDate: '2026-10-31' });
  });
  afterEach(async () => {
    sandbox.checkBook();
    await sandbox.stop();
    expect(sandbox.failures).toEqual([]);
  });
  const action = async (name: string, body: unknown): Promise<Reply> => client.call('POST', `/data/DataManagementDefinitionGroups/Microsoft.Dynamics.DataEntities.${name}`, body);
  const value = async (name: string, body: unknown): Promise<unknown> => (await action(name, body)).body?.['value'];
  const target = async (): Promise<string> => (JSON.parse(String(await value('GetAzureWriteUrl', { uniqueFileName: 'a.zip' }))) as { BlobUrl: string }).BlobUrl;
  const put = async (url: string, body: Uint8Array, headers: Record<string, string> = { 'x-ms-blob-type': 'BlockBlob' }): Promise<Response> => fetch(url, { method: 'PUT', headers, body: Buffer.from(body) });
  const start = async (url: string, more: Record<string, unknown> = {}): Promise<Reply> =>
    action('ImportFromPackage', { packageUrl: url, definitionGroupId: 'Customer payments import', executionId: '', execute: true, overwrite: true, legalEntityId: 'USMF', ...more });
  const importing = async (files: Readonly<Record<string, string>>): Promise<string> => {
    const url = await target();
    expect((await put(url, zipped(files))).status).toBe(201);
    return String((await start(url)).body?.['value']);
  };
  const status = async (executionId: string): Promise<unknown> => value('GetExecutionSummaryStatus', { executionId });

  it('writes header, line and marks from the CSV files of a package', async () => {
    const executionId = await importing({ [HEADERS]: HEADER_CSV, [LINES]: `${LINE_CSV}P-1,1,Cust,US-001,80.50,USD,2026-11-20,pay-1\r\n`, [SETTLED]: SETTLED_CSV });
    expect(await status(executionId)).toBe('Succeeded');
    expect((await client.get('CustomerPaymentJournalHeaders')).rows).toMatchObject([{ JournalBatchNumber: 'P-1', Description: 'posting, 1' }]);
    expect((await client.get('CustomerPaymentJournalLines')).rows).toMatchObject([{ CreditAmount: 80.5, PaymentReference: 'pay-1', TransactionDate: '2026-11-20T12:00:00Z' }]);
    expect(sandbox.mutations.postJournal({ batch: 'P-1' }).posted).toBe(true);
    expect(sandbox.mutations.openAmount({ invoice: 'CIV-1' }).open).toBe('25');
    expect(await value('GetExecutionErrors', { executionId })).toBe('[]');
  });

  it('takes what it can: the rest is in the errors, and in the file of keys once that is ready', async () => {
    sandbox.settings.errorKeysDelayMs = 60_000;
    const executionId = await importing({ [HEADERS]: HEADER_CSV, [LINES]: `${LINE_CSV}P-1,1,Cust,US-001,80.50,USD,2026-11-20,pay-1\r\nP-1,2,Cust,US-999,1,USD,2026-11-20,pay-2\r\nP-1,3,Cust,US-001,much,USD,2026-11-20,pay-3\r\n` });
    expect(await status(executionId)).toBe('PartiallySucceeded');
    expect(JSON.parse(String(await value('GetExecutionErrors', { executionId })))).toMatchObject([{ RecordId: '3', ErrorMessage: expect.stringMatching(/US-999/) }, { RecordId: '4', ErrorMessage: "The value 'much' of CREDITAMOUNT cannot be converted." }]);
    const staging = String(await value('GetImportStagingErrorFileUrl', { executionId, entityName: LINES }));
    expect(await (await fetch(staging)).text()).toMatch(/^LINE,MESSAGE\r\n4,The value 'much'/);
    const keys = async (): Promise<string> => String(await value('GetImportTargetErrorKeysFileUrl', { executionId, entityName: LINES }));
    expect([await keys(), await value('GenerateImportTargetErrorKeysFile', { executionId, entityName: HEADERS }), await value('GenerateImportTargetErrorKeysFile', { executionId, entityName: LINES }), await keys()]).toEqual(['', false, true, '']);
    sandbox.setClock(new Date('2026-11-20T10:02:00Z'), true);
    expect(await (await fetch(await keys())).text()).toBe('DATAAREAID,JOURNALBATCHNUMBER,LINENUMBER\r\nusmf,P-1,2\r\n');
  });

  it('changes nothing when it comes again with its numbers kept, and books twice when they are replaced', async () => {
    const files = { [HEADERS]: HEADER_CSV, [LINES]: `${LINE_CSV}P-1,1,Cust,US-001,80.50,USD,2026-11-20,pay-1\r\n` };
    await importing(files);
    expect(await status(await importing(files))).toBe('Succeeded');
    expect(sandbox.stats()).toMatchObject({ written: { journals: 1, lines: 1 }, duplicates: [] });
    sandbox.settings.packageNumbering = 'sequence';
    await importing(files);
    expect(sandbox.stats()).toMatchObject({ written: { journals: 2, lines: 2 }, duplicates: [{ key: 'pay-1', live: 2, created: 2 }] });
    expect((await client.get('CustomerPaymentJournalLines')).rows.map((row) => row['JournalBatchNumber'])).toEqual(['P-1', '000001']);
  });

  it('takes its time by the clock, refuses a second import meanwhile, and fails on what is no package', async () => {
    sandbox.settings.packageDurationMs = 120_000;
    const executionId = await importing({ [HEADERS]: HEADER_CSV });
    const again = await start(await target());
    expect([await status(executionId), again.status, again.problem]).toEqual(['Executing', 500, expect.stringMatching(/update conflict/)]);
    sandbox.setClock(new Date('2026-11-20T10:03:00Z'), true);
    expect(await status(executionId)).toBe('Succeeded');
    sandbox.settings.packageDurationMs = 0;
    const url = await target();
    await put(url, strToU8('no zip'));
    const failed = String((await start(url)).body?.['value']);
    expect([await status(failed), await value('GetExecutionErrors', { executionId: failed }), await status('unknown')]).toEqual(['Failed', expect.stringMatching(/not a valid zip/), 'Unknown']);
    expect(await status(String((await start(url, { execute: false })).body?.['value']))).toBe('NotRun');
    expect((await start(url, { definitionGroupId: 'none' })).problem).toMatch(/data project 'none' does not exist/);
    expect((await start(url, { overwrite: 'yes' })).problem).toMatch(/'overwrite'.*Edm\.Boolean/);
  });

  it('has addresses that want the blob type, are signed, and run out', async () => {
    const url = await target();
    expect((await put(url, strToU8('x'), {})).status).toBe(400);
    expect((await put(url.replace(/sig=[^&]+/, 'sig=forged'), strToU8('x'))).status).toBe(403);
    sandbox.setClock(new Date('2026-11-20T11:00:01Z'), true);
    const late = await put(url, strToU8('x'));
    expect([late.status, await late.text()]).toEqual([403, expect.stringMatching(/AuthenticationFailed/)]);
  });

  it('exports a package whose manifest names its files; the answer is flat or wrapped', async () => {
    sandbox.addDataProject({ name: 'Receivables', entities: ['Customers V3', 'Customer open transactions'] });
    const executionId = String(await value('ExportToPackage', { definitionGroupId: 'Receivables', packageName: 'r.zip', executionId: '', reExecute: false, legalEntityId: 'USMF' }));
    expect(await status(executionId)).toBe('Succeeded');
    sandbox.settings.exportValueWrapped = true;
    const { value: url } = (await value('GetExportedPackageUrl', { executionId })) as { value: string };
    const files = unzipSync(new Uint8Array(await (await fetch(url)).arrayBuffer()));
    expect(Object.keys(files)).toEqual(['Manifest.xml', 'PackageHeader.xml', 'Customers V3.csv', 'Customer open transactions.csv']);
    expect(strFromU8(files['Customer open transactions.csv'] ?? new Uint8Array())).toMatch(/^DATAAREAID,SYSRECID,REFRECID,.*\r\nusmf,\d+,\d+,US-001,2026-10-01,2026-10-31,100,100,/);
    expect(strFromU8(files['Manifest.xml'] ?? new Uint8Array())).toMatch(/<EntityName>Customers V3<\/EntityName><InputFilePath>Customers V3\.csv<\/InputFilePath>/);
  });

  it('takes marks where OData does not', async () => {
    sandbox.settings.settledInvoicesWritable = false;
    await expect(client.journal('US-001', 75, [['CIV-1', '2026-10-31', 75]])).rejects.toThrow(/405/);
    expect((await client.get('PaymentJournalLineSettledInvoices')).rows).toEqual([]);
    expect(await status(await importing({ [HEADERS]: HEADER_CSV, [LINES]: `${LINE_CSV}P-1,1,Cust,US-001,80.50,USD,2026-11-20,pay-1\r\n`, [SETTLED]: SETTLED_CSV }))).toBe('Succeeded');
    expect((await client.get('PaymentJournalLineSettledInvoices')).rows).toMatchObject([{ JournalBatchNumber: 'P-1', SettlementAmountInInvoiceCurrency: 75 }]);
  });

  it('takes files by a recurring job, and offers packages again until they are acknowledged', async () => {
    const { clientId } = sandbox.credentials;
    sandbox.addRecurringJob({ activityId: 'in', direction: 'import', project: 'Customer payments import', legalEntityId: 'USMF', clientIds: [clientId] });
    sandbox.addRecurringJob({ activityId: 'out', direction: 'export', project: 'Customers export', legalEntityId: 'USMF', clientIds: [clientId] });
    const enqueue = async (body: string, entity = HEADERS): Promise<Reply> => client.call('POST', `/api/connector/enqueue/in?entity=${encodeURIComponent(entity)}`, body, { 'content-type': 'application/zip' });
    const messageId = JSON.parse((await enqueue(HEADER_CSV)).text) as string;
    expect([await value('GetMessageStatus', { messageId }), await value('GetMessageStatus', { messageId: 'none' })]).toEqual(['Processed', '']);
    const refused = JSON.parse((await enqueue('JOURNALNAME\r\nNone\r\n')).text) as string;
    expect(await value('GetMessageStatus', { messageId: refused })).toBe('ProcessedWithErrors');
    expect((await enqueue('x', 'Customers V3')).status).toBe(400);

    const dequeue = async (): Promise<Reply> => client.call('GET', '/api/connector/dequeue/out');
    const first = await dequeue();
    expect((await dequeue()).status).toBe(204);
    sandbox.setClock(new Date('2026-11-20T10:31:00Z'), true);
    const again = await dequeue();
    expect([again.body?.['CorrelationId'], again.body?.['PopReceipt'] === first.body?.['PopReceipt']]).toEqual([first.body?.['CorrelationId'], false]);
    const files = unzipSync(new Uint8Array(await (await fetch(String(again.body?.['DownloadLocation']))).arrayBuffer()));
    expect(strFromU8(files['Customers V3.csv'] ?? new Uint8Array())).toMatch(/US-001/);
    expect((await client.call('POST', '/api/connector/ack/out', first.body)).status).toBe(400);
    expect((await client.call('POST', '/api/connector/ack/out', again.body)).status).toBe(200);
    expect((await dequeue()).body?.['CorrelationId']).not.toBe(first.body?.['CorrelationId']);
    const foreign = new TestClient(sandbox, sandbox.registerClient());
    expect((await foreign.call('GET', '/api/connector/dequeue/out')).status).toBe(403);
  });
});
