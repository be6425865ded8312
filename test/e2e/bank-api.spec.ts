import 'reflect-metadata';
import type { INestApplication } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import express from 'express';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { ApiKeys, AuditTrail } from '#access';
import { Database } from '#storage';
import { BANK_CONTROLLERS, RECEIVED_DOCUMENT_BYTES_MAX, RECEIVED_DOCUMENT_CONTENT_TYPE, RECEIVED_DOCUMENT_UPLOAD_PATH, BANK_PROVIDERS } from '../../apps/hub/src/api/bank.js';
import { MAIL_DOMAIN, WAKE } from '../../apps/hub/src/api/index.js';
import { AuthenticationGuard } from '../../apps/hub/src/http/authentication.js';
import { IdempotencyInterceptor } from '../../apps/hub/src/http/idempotency.js';
import { ProblemFilter } from '../../apps/hub/src/http/problem.js';
import { validationPipe } from '../../apps/hub/src/http/validation.js';
import { bai2File } from '../support/bai2.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

/** One cheque of 7,000.00 for one invoice, in the classic columns. */
const LOCKBOX_FILE = [
  '100OURCOMPANYTHEIRBANK 2611210930', `2${'DESTINATIONORIGIN'.padEnd(41)}`, '50010010002222261121', `6001001${'700000'.padStart(10, '0')}${'021000021'}${'123456'.padStart(10, '0')}${'180'.padStart(10, '0')}`,
  `40010016019${'INV-55'.padEnd(15)}${'700000'.padStart(10, '0')}`, `7001001${'0002222'}261121001${'700000'.padStart(10, '0')}`, `8${'000000'}${'0002222'}2611210001${'700000'.padStart(10, '0')}`, '9000008', '',
].join('\n');

interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly body: Record<string, unknown>;
}

// Nest is ES modules: Jest loads it with NODE_OPTIONS=--experimental-vm-modules and says so when the flag is missing.
describe('the API of bank files, transactions and remittances', () => {
  let test: TestDatabase;
  let app: INestApplication<Server>;
  let url: string;
  const keys = { analyst: '', viewer: '', implementer: '' };
  const unforeseen: unknown[] = [];
  const woken: string[] = [];

  beforeAll(async () => {
    test = await openTestDatabase();
    const apiKeys = new ApiKeys(test.database);
    for (const role of ['analyst', 'viewer', 'implementer'] as const) keys[role] = (await apiKeys.create(test.tenantId, role, [role])).key;
    const module = await Test.createTestingModule({
      controllers: BANK_CONTROLLERS,
      providers: [
        ...BANK_PROVIDERS,
        { provide: Database, useValue: test.database },
        { provide: AuditTrail, useValue: new AuditTrail(test.database) },
        { provide: WAKE, useValue: { wakeDocument: async (tenantId: string, documentId: string) => { woken.push(`${tenantId} ${documentId}`); } } }, { provide: MAIL_DOMAIN, useValue: 'pay.example' },
        { provide: APP_GUARD, inject: [Reflector], useFactory: (reflector: Reflector) => new AuthenticationGuard(apiKeys, reflector) },
        { provide: APP_INTERCEPTOR, useFactory: () => new IdempotencyInterceptor(test.database) },
        { provide: APP_PIPE, useFactory: validationPipe },
        { provide: APP_FILTER, useFactory: () => new ProblemFilter((error) => { unforeseen.push(error); }) },
      ],
    }).compile();
    app = module.createNestApplication({ logger: false });
    app.use(RECEIVED_DOCUMENT_UPLOAD_PATH, express.raw({ type: RECEIVED_DOCUMENT_CONTENT_TYPE, limit: RECEIVED_DOCUMENT_BYTES_MAX }));
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await app.close();
    await test.close();
  });
  afterEach(() => { expect(unforeseen).toEqual([]); });

  async function call(method: string, path: string, given: { body?: unknown; bytes?: Uint8Array; ifMatch?: string | null; key?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
    const { body, bytes, ifMatch, key = keys.analyst, headers = {} } = given;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(ifMatch === undefined || ifMatch === null ? {} : { 'if-match': ifMatch }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(bytes === undefined ? {} : { 'content-type': RECEIVED_DOCUMENT_CONTENT_TYPE }), ...headers },
      ...(bytes === undefined ? body === undefined ? {} : { body: JSON.stringify(body) } : { body: Buffer.from(bytes) }),
    });
    const text = await response.text();
    return { status: response.status, etag: response.headers.get('etag'), body: text === '' ? {} : JSON.parse(text) as Record<string, unknown> };
  }
  const fieldsOf = ({ body }: Answer): unknown[] => (body['errors'] as { field: string }[] | undefined ?? []).map(({ field }) => field);

  it('takes a file as raw bytes, gives it back byte for byte, and recognises it', async () => {
    const bytes = bai2File('1', { lines: [{ code: '142', cents: 1_230, text: 'ACME INV 1' }, { code: '142', cents: 100, text: 'PAYROLL FUNDING' }] });
    const made = await call('POST', '/v1/documents?name=day%20%C3%A41.bai2&source=sftp', { bytes });
    expect(made).toMatchObject({ status: 201, body: { status: 'processed', source: 'sftp', name: 'day ä1.bai2', duplicateOf: null, uploadedBy: 'analyst', counts: { created: 2 }, warningCount: 1, errorCount: 0 } });
    expect(await call('POST', '/v1/documents?name=again', { bytes })).toMatchObject({ status: 200, body: { id: made.body['id'], duplicateOf: made.body['id'] } });
    const content = await fetch(`${url}/v1/documents/${String(made.body['id'])}/content`, { headers: { authorization: `Bearer ${keys.viewer}` } });
    expect([content.headers.get('content-disposition'), content.headers.get('x-content-type-options')]).toEqual([`attachment; filename="day__1.bai2"; filename*=UTF-8''day%20%C3%A41.bai2`, 'nosniff']);
    expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true);
    expect(await call('GET', '/v1/documents?status=processed')).toMatchObject({ status: 200, body: { items: [{ id: made.body['id'] }], nextCursor: null } });
  });

  it('repeats an upload\'s answer under its idempotency key', async () => {
    const bytes = bai2File('2', { lines: [{ code: '142', cents: 5, text: 'KEYED' }] });
    const first = await call('POST', '/v1/documents?name=keyed', { bytes, headers: { 'idempotency-key': 'k1' } });
    expect(await call('POST', '/v1/documents?name=keyed', { bytes, headers: { 'idempotency-key': 'k1' } })).toMatchObject({ status: 201, body: first.body });
  });

  it('answers who may not, what is missing and what is wrong, each with its field', async () => {
    const bytes = Buffer.from('x');
    expect((await call('POST', '/v1/documents?name=a', { bytes, key: keys.viewer })).status).toBe(403);
    expect((await call('POST', '/v1/bank-accounts', { body: {} })).status).toBe(403);
    expect((await call('POST', '/v1/documents?name=a', { body: { a: 1 } })).status).toBe(400);
    expect(fieldsOf(await call('POST', '/v1/documents?colour=red', { bytes }))).toEqual(expect.arrayContaining(['colour', 'name']));
    expect(fieldsOf(await call('POST', '/v1/documents?name=a&bankAccountId=77', { bytes }))).toEqual(['bankAccountId']);
    for (const path of ['bank-files', 'bank-accounts', 'bank-transactions', 'remittances']) {
      expect([path, (await call('GET', `/v1/${path}/999999`)).status, (await call('GET', `/v1/${path}/abc`)).status]).toEqual([path, 404, 404]);
    }
    expect(fieldsOf(await call('GET', '/v1/bank-transactions?amountMin=1'))).toEqual(['amountMin']);
  });

  it('marks a transaction under its ETag only, with everything like it, and takes it up again', async () => {
    const { body } = await call('GET', '/v1/bank-transactions?search=payroll');
    const [line] = body['items'] as { id: string; amount: unknown; where: unknown }[];
    expect(line).toMatchObject({ amount: { amount: '1.00', currency: 'USD' }, where: { line: 5 }, status: 'potentialPayment', bookedOn: '2026-11-01', proposalId: null });
    const path = `/v1/bank-transactions/${line?.id ?? ''}`;
    const { etag } = await call('GET', path);
    const mark = { because: 'our own money', likeIt: { field: 'memo', operator: 'contains', value: 'payroll' } };
    expect((await call('POST', `${path}/non-payment-mark`, { body: mark })).status).toBe(428);
    expect((await call('POST', `${path}/non-payment-mark`, { body: mark, ifMatch: '"99"' })).status).toBe(409);
    expect(fieldsOf(await call('POST', `${path}/non-payment-mark`, { body: { likeIt: { field: 'colour' } }, ifMatch: etag }))).toEqual(expect.arrayContaining(['because', 'likeIt.field', 'likeIt.operator']));
    const marked = await call('POST', `${path}/non-payment-mark`, { body: mark, ifMatch: etag });
    expect(marked).toMatchObject({ status: 200, etag: '"2"', body: { transaction: { status: 'notPayment', decidedBy: 'analyst' }, rule: { field: 'memo', value: 'payroll' }, othersMarked: 0 } });
    expect(await call('DELETE', `${path}/non-payment-mark`, { ifMatch: marked.etag })).toMatchObject({ status: 200, etag: '"3"', body: { status: 'potentialPayment' } });
    const rules = (await call('GET', '/v1/non-payment-rules')).body['items'] as { id: string }[];
    expect((await call('DELETE', `/v1/non-payment-rules/${rules[0]?.id ?? ''}`)).status).toBe(204);
    expect(await call('POST', '/v1/non-payment-rules', { body: { field: 'memo', operator: 'equals', value: 'x y z', because: 'test' } })).toMatchObject({ status: 201, body: { marked: 0 } });
  });

  it('keeps a document and reads it later when it is asked to', async () => {
    const bytes = bai2File('1', { account: '990017', lines: [{ code: '142', cents: 4_200, text: 'LATER' }] });
    const kept = await call('POST', '/v1/documents?name=later.bai&channel=Portal', { bytes, headers: { prefer: 'respond-async, wait=5' } });
    expect(kept).toMatchObject({ status: 202, body: { status: 'processing', channel: 'Portal', counts: null, duplicateOf: null } });
    expect(woken).toEqual([`${test.tenantId} ${String(kept.body['id'])}`]);
    const read = await call('POST', '/v1/documents?name=later.bai', { bytes });
    expect(read).toMatchObject({ status: 201, body: { id: kept.body['id'], status: 'processed', counts: { created: 1 } } });
    expect(await call('POST', '/v1/documents?name=later.bai', { bytes, headers: { prefer: 'respond-async' } })).toMatchObject({ status: 200, body: { duplicateOf: kept.body['id'] } });
    expect(await call('GET', `/v1/documents/${String(kept.body['id'])}/reading`)).toMatchObject({ status: 200, body: { format: 'bai2', statements: [{ account: '990017', transactions: [{ amount: '42.00', where: { record: '16' } }] }] } });
  });

  it('makes and revokes addresses for payers\' mails', async () => {
    expect(await call('POST', '/v1/inbound-addresses', { key: keys.analyst, body: { name: 'Payers' } })).toMatchObject({ status: 403 });
    const made = await call('POST', '/v1/inbound-addresses', { key: keys.implementer, body: { name: 'Payers, all' } });
    expect(made).toMatchObject({ status: 201, body: { name: 'Payers, all', address: expect.stringMatching(/^payers-all-[a-z2-9]{16}@pay\.example$/) as string, revokedAt: null } });
    expect((await call('DELETE', `/v1/inbound-addresses/${String(made.body['id'])}`, { key: keys.implementer })).status).toBe(204);
    expect((await call('GET', '/v1/inbound-addresses')).body['items']).toMatchObject([{ id: made.body['id'], revokedAt: expect.any(String) as string }]);
    expect((await call('DELETE', '/v1/inbound-addresses/999999', { key: keys.implementer })).status).toBe(404);
  });

  it('keeps lockbox profiles, says everything that is wrong with one, tries one on a document, and reads by it', async () => {
    const { items } = (await call('GET', '/v1/lockbox-profiles')).body as { items: { name: string; shipped: boolean; assumed: boolean; records: object[] }[] };
    expect(items.filter(({ assumed }) => assumed).map(({ name }) => name)).toEqual(['bank-of-america', 'jpmorgan-chase']);
    const classic = items.find(({ name }) => name === 'bai-80');
    const profile = { title: 'Our bank', source: 'a test file', assumed: false, width: 80, currency: 'USD', records: classic?.records ?? [] };
    const configure = { key: keys.implementer };
    expect((await call('PUT', '/v1/lockbox-profiles/bai-80', { ...configure, body: profile })).status).toBe(409);
    const faulty = await call('PUT', '/v1/lockbox-profiles/ours', { ...configure, body: { ...profile, width: 20, records: [{ type: '6', fields: [{ meaning: 'amount', from: 8, to: 17, type: 'amount', decimals: 2 }] }] } });
    expect([faulty.status, fieldsOf(faulty)]).toEqual([422, ['record 6', 'record 7']]);
    const kept = await call('PUT', '/v1/lockbox-profiles/ours', { ...configure, body: { ...profile, usedFor: ['Lockbox-SFTP'] } });
    expect(kept).toMatchObject({ status: 200, body: { name: 'ours', shipped: false, usedFor: ['lockbox-sftp'] } });
    const file = await call('POST', '/v1/documents?name=box.txt&source=lockbox-sftp', { bytes: Buffer.from(LOCKBOX_FILE) });
    expect(file).toMatchObject({ status: 201, body: { status: 'processed', format: 'lockbox.bai', counts: { remittances: 1, remittanceLines: 1 } } });
    const preview = await call('POST', '/v1/lockbox-profiles/preview', { ...configure, body: { receivedDocumentId: file.body['id'], profile } });
    expect(preview).toMatchObject({ status: 200, body: { problems: [], cheques: { count: 1, amount: '7000.00' } } });
    expect((await call('GET', `/v1/remittances?receivedDocumentId=${String(file.body['id'])}`)).body['items']).toMatchObject([{ source: 'Lockbox', method: 'CHK', total: { amount: '7000.00' } }]);
    expect((await call('DELETE', '/v1/lockbox-profiles/ours', configure)).status).toBe(204);
    expect((await call('DELETE', '/v1/lockbox-profiles/ours', configure)).status).toBe(404);
  });

  it('answers a CSV file\'s questions by its id', async () => {
    const account = await call('POST', '/v1/bank-accounts', { key: keys.implementer, body: { name: 'Till', accountNumber: '42 42', currency: 'EUR' } });
    expect(account).toMatchObject({ status: 201, etag: '"1"', body: { accountNumber: '4242', connectionId: null } });
    const asked = await call('POST', `/v1/documents?name=till.csv&bankAccountId=${String(account.body['id'])}`, { bytes: Buffer.from('Date,Text,Amount\n03/04/2026,A,1.50\n') });
    expect(asked).toMatchObject({ status: 201, body: { status: 'invalid', layout: { questions: ['dateOrder'] } } });
    const { layout } = asked.body['layout'] as { layout: Record<string, unknown> };
    const path = `/v1/documents/${String(asked.body['id'])}/import`;
    expect(fieldsOf(await call('POST', path, { body: { layout: { ...layout, dateOrder: 'backwards' } } }))).toEqual(['layout.dateOrder']);
    expect(await call('POST', path, { body: { layout: { ...layout, dateOrder: 'dayMonthYear' } } })).toMatchObject({ status: 200, body: { status: 'processed', counts: { created: 1 } } });
    expect((await call('POST', path, { body: {} })).status).toBe(409);
    expect(await call('GET', `/v1/bank-accounts/${String(account.body['id'])}`)).toMatchObject({ etag: '"2"', body: { csvLayout: { dateOrder: 'dayMonthYear' } } });
    expect(await call('PATCH', `/v1/bank-accounts/${String(account.body['id'])}`, { key: keys.implementer, ifMatch: '"2"', body: { name: 'Shop' } })).toMatchObject({ status: 200, body: { name: 'Shop', version: 3 } });
    expect(fieldsOf(await call('PATCH', `/v1/bank-accounts/${String(account.body['id'])}`, { key: keys.implementer, ifMatch: '"3"', body: { name: null, connectionId: '1 OR 1' } }))).toEqual(expect.arrayContaining(['name', 'connectionId']));
  });

  it('takes a remittance, says what does not add up, and links it', async () => {
    const usd = (amount: string): { amount: string; currency: string } => ({ amount, currency: 'USD' });
    const body = { payerName: 'ACME', currency: 'USD', total: usd('12.30'), paidOn: '2026-11-01', lines: [{ reference: 'INV 1', paid: usd('12.00'), gross: usd('12.00') }] };
    const made = await call('POST', '/v1/remittances', { body });
    expect(made).toMatchObject({ status: 201, etag: '"1"', body: { source: 'API', difference: usd('0.30'), lineTotal: usd('12.00'), lines: [{ reference: 'INV 1', discount: null }], findings: [{ severity: 'warning' }] } });
    expect(fieldsOf(await call('POST', '/v1/remittances', { body: { ...body, paidOn: '2026-02-30' } }))).toEqual(['paidOn']);
    expect(fieldsOf(await call('POST', '/v1/remittances', { body: { ...body, total: usd('1.234') } }))).toEqual(['total.amount']);
    expect(fieldsOf(await call('POST', '/v1/remittances', { body: { ...body, total: 12.3, lines: [{ reference: '', paid: usd('1e3') }] } }))).toEqual(expect.arrayContaining(['total', 'lines[0].reference', 'lines[0].paid.amount']));
    const [line] = (await call('GET', '/v1/bank-transactions?search=ACME')).body['items'] as { id: string }[];
    const path = `/v1/remittances/${String(made.body['id'])}/bank-transaction`;
    expect(await call('PUT', path, { body: { bankTransactionId: line?.id }, ifMatch: made.etag })).toMatchObject({ status: 200, etag: '"2"', body: { bankTransactionId: line?.id } });
    expect((await call('GET', '/v1/remittances?linked=true')).body['items']).toHaveLength(1);
    expect(await call('DELETE', path, { ifMatch: '"2"' })).toMatchObject({ status: 200, body: { bankTransactionId: null } });
  });

  it('describes every route with an answer\'s shape', () => {
    const description = SwaggerModule.createDocument(app, new DocumentBuilder().setTitle('bank').build());
    const operations = Object.entries(description.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => [`${method} ${path}`, operation as { summary?: string; responses: Record<string, unknown> }] as const));
    expect(operations).toHaveLength(31);
    for (const [name, { summary, responses }] of operations) {
      expect([name, typeof summary]).toEqual([name, 'string']);
      expect([name, Object.keys(responses).some((status) => status.startsWith('2'))]).toEqual([name, true]);
    }
  });
});
