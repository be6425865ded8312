/** Terms of booked invoices, changed in Business Central through the hub's API, over real HTTP on both sides. */
import type { InvoiceDoor } from '#connector-kit';
import { businessCentral } from '#connectors/dynamics365';
import { startBusinessCentralSandbox, type BusinessCentralSandbox } from '../../apps/sandbox/src/index.js';
import { seedRecord } from '../../connectors/memory/src/target/seeding.js';
import { connectBooks, startTestHub, type Answer, type Client, type TestHub } from '../support/hub.js';

interface Invoice { readonly id: string; readonly number: string; readonly externalId: string; readonly dueOn: string | null; readonly extras: Record<string, string> }
interface Change { readonly id: string; readonly state: string; readonly found: Record<string, string | null> | null; readonly problem: string | null }
interface Problem { readonly type: string; readonly detail: string; readonly errors?: readonly { readonly field: string }[] }

const COMPANY = 0;
let hub: TestHub;
let sandbox: BusinessCentralSandbox;
let client: Client;
let connectionId: string;
/** What somebody does in Business Central after the hub looked and before it sends. */
let inBetween: (() => void) | null = null;

const door: InvoiceDoor = {
  ...businessCentral.invoices,
  change: async (context, invoice, terms) => {
    inBetween?.();
    inBetween = null;
    await businessCentral.invoices.change(context, invoice, terms);
  },
};

beforeAll(async () => {
  sandbox = await startBusinessCentralSandbox({ profile: 'tiny' });
  hub = await startTestHub({ connectors: [{ ...businessCentral, invoices: door }] });
  client = await hub.client(hub.test.tenantId);
  const { tenantId, clientId, clientSecret } = sandbox.credentials;
  const made = await client.post('/v1/connections', {
    name: 'central', connector: 'business-central', secrets: { clientSecret },
    config: { tenantId, clientId, environment: sandbox.settings.environment, companyId: sandbox.companies[COMPANY]?.id, timeZone: 'UTC', serviceUrl: sandbox.url, loginUrl: sandbox.url },
  });
  connectionId = (made.body as { id: string }).id;
  await client.post(`/v1/connections/${connectionId}/check`);
  await sync('full');
}, 120_000);
afterEach(() => {
  sandbox.faults.clear();
  sandbox.settings.retryAfterSeconds = 0;
  inBetween = null;
});
afterAll(async () => {
  expect(hub.unforeseen).toEqual([]);
  await hub.close();
  expect(sandbox.failures).toEqual([]);
  await sandbox.stop();
});

async function sync(kind = 'incremental'): Promise<void> {
  await client.post(`/v1/connections/${connectionId}/syncs`, { kind });
  await hub.drain(hub.test.tenantId, connectionId);
}

let taken = 0;
/** An open invoice no other test has. */
async function openInvoice(): Promise<{ readonly invoice: Invoice; readonly etag: string }> {
  const { items } = (await client.get(`/v1/invoices?connectionId=${connectionId}&status=open&sort=number&limit=200`)).body as { items: Invoice[] };
  const invoice = items.filter(({ externalId }) => !externalId.startsWith('entry-'))[taken];
  taken += 1;
  if (invoice === undefined) throw new Error('no open invoice is left');
  return { invoice, etag: await etagOf(invoice) };
}

async function etagOf({ id }: Invoice): Promise<string> {
  return (await client.get(`/v1/invoices/${id}`)).headers.get('etag') ?? '';
}

async function change(invoice: Invoice, etag: string, terms: object, key?: string): Promise<Answer> {
  return await client.post(`/v1/invoices/${invoice.id}/changes`, terms, { 'if-match': etag, ...(key === undefined ? {} : { 'idempotency-key': key }) });
}

function inSource(invoice: Invoice): Record<string, unknown> {
  const { due_date: due, promised_pay_date: promised, dispute_status: dispute } = sandbox.book().existing('sales_invoice', 'id', invoice.externalId);
  return { due, promised, dispute };
}

const updates = (): number => sandbox.stats().requests['update'] ?? 0;

describe('a change of a booked invoice', () => {
  it('is made in the source, read back, stored, told and traced', async () => {
    const { invoice, etag } = await openInvoice();
    const answer = await change(invoice, etag, { dueOn: '2027-01-31', promisedOn: '2027-01-15', disputeStatus: 'PRICE' }, 'change-1');
    expect([answer.status, (answer.body as Change).state, (answer.body as Change).found]).toEqual([201, 'made', { dueOn: '2027-01-31', promisedOn: '2027-01-15', disputeStatus: 'PRICE' }]);
    expect(inSource(invoice)).toEqual({ due: '2027-01-31', promised: '2027-01-15', dispute: 'PRICE' });
    expect(hub.woken).toContain(`sync ${hub.test.tenantId} ${connectionId}`);
    await hub.drain(hub.test.tenantId, connectionId);
    const after = (await client.get(`/v1/invoices/${invoice.id}`)).body as Invoice;
    expect([after.dueOn, after.extras['promisedPayDate'], after.extras['disputeStatus']]).toEqual(['2027-01-31', '2027-01-15', 'PRICE']);
    const { items: events } = (await client.get('/v1/events?limit=1000')).body as { items: { type: string; subjectId: string }[] };
    expect(events.filter(({ subjectId, type }) => subjectId === invoice.id && type === 'invoice.termsChanged')).toHaveLength(1);
    const { items: audit } = (await client.get('/v1/audit')).body as { items: { action: string; subject: string }[] };
    expect(audit.filter(({ action, subject }) => action === 'invoice.change.made' && subject === `invoice/${invoice.id}`)).toHaveLength(1);
  });

  it('asked for twice with one key is made once and answered alike', async () => {
    const { invoice, etag } = await openInvoice();
    const before = updates();
    const [first, second] = [await change(invoice, etag, { dueOn: '2027-02-28' }, 'change-2'), await change(invoice, etag, { dueOn: '2027-02-28' }, 'change-2')];
    expect([first.status, second.status, second.headers.get('idempotent-replayed'), (second.body as Change).id]).toEqual([201, 201, 'true', (first.body as Change).id]);
    expect(updates() - before).toBe(1);
    expect((await change(invoice, etag, { dueOn: '2027-03-31' }, 'change-2')).status).toBe(422);
  });

  it('takes a promise and a dispute off again', async () => {
    const { invoice, etag } = await openInvoice();
    expect((await change(invoice, etag, { promisedOn: '2027-01-15', disputeStatus: 'OPEN' })).status).toBe(201);
    await hub.drain(hub.test.tenantId, connectionId);
    expect((await change(invoice, await etagOf(invoice), { promisedOn: null, disputeStatus: null })).status).toBe(201);
    expect(inSource(invoice)).toMatchObject({ promised: '0001-01-01', dispute: '' });
  });

  it('whose answer is lost is looked up, found made, and not sent again', async () => {
    const { invoice, etag } = await openInvoice();
    const before = updates();
    sandbox.faults.add({ kind: 'loseAnswer', requestClass: 'update', count: 1 });
    expect((await change(invoice, etag, { dueOn: '2027-04-30' })).status).toBe(201);
    expect([inSource(invoice)['due'], updates() - before]).toEqual(['2027-04-30', 1]);
  });

  it('that is throttled waits as long as it is told and is made', async () => {
    const { invoice, etag } = await openInvoice();
    sandbox.settings.retryAfterSeconds = 1;
    sandbox.faults.add({ kind: 'throttle', requestClass: 'update', count: 1 });
    const startedAt = performance.now();
    expect((await change(invoice, etag, { dueOn: '2027-05-31' })).status).toBe(201);
    expect([inSource(invoice)['due'], performance.now() - startedAt >= 1_000]).toEqual(['2027-05-31', true]);
  });

  it('that is throttled for longer than a caller waits stays open, and the same key goes on with it', async () => {
    const { invoice, etag } = await openInvoice();
    sandbox.settings.retryAfterSeconds = 120;
    sandbox.faults.add({ kind: 'throttle', requestClass: 'update' });
    const refused = await change(invoice, etag, { dueOn: '2027-06-30' }, 'change-6');
    expect([refused.status, (refused.body as Problem).type]).toEqual([502, '/problems/source-busy']);
    expect(((await client.get(`/v1/invoices/${invoice.id}/changes`)).body as { items: Change[] }).items.map(({ state }) => state)).toEqual(['open']);
    sandbox.faults.clear();
    const again = await change(invoice, etag, { dueOn: '2027-06-30' }, 'change-6');
    expect([again.status, inSource(invoice)['due']]).toEqual([201, '2027-06-30']);
    expect(((await client.get(`/v1/invoices/${invoice.id}/changes`)).body as { items: Change[] }).items.map(({ state }) => state)).toEqual(['made']);
  });
});

describe('somebody else\'s edit', () => {
  it('of the same term, unread by the hub, is answered with 412 and stays; the hub reads it', async () => {
    const { invoice, etag } = await openInvoice();
    sandbox.elsewhere.edit('sales_invoice', invoice.number, { due_date: '2027-07-07' });
    const answer = await change(invoice, etag, { dueOn: '2027-07-31' }, 'change-7');
    expect([answer.status, (answer.body as Problem).detail]).toEqual([412, expect.stringContaining('dueOn is 2027-07-07 there')]);
    expect(inSource(invoice)['due']).toBe('2027-07-07');
    await hub.drain(hub.test.tenantId, connectionId);
    expect(((await client.get(`/v1/invoices/${invoice.id}`)).body as Invoice).dueOn).toBe('2027-07-07');
    expect(((await client.get(`/v1/invoices/${invoice.id}/changes`)).body as { items: Change[] }).items[0]).toMatchObject({ state: 'conflicted', found: { dueOn: '2027-07-07' } });
    expect((await change(invoice, await etagOf(invoice), { dueOn: '2027-07-31' })).status).toBe(201);
  });

  it('of the same term between our look and our call is a stale ETag there and 412 here', async () => {
    const { invoice, etag } = await openInvoice();
    inBetween = () => { sandbox.elsewhere.edit('sales_invoice', invoice.number, { due_date: '2027-08-08' }); };
    expect((await change(invoice, etag, { dueOn: '2027-08-31' })).status).toBe(412);
    expect(inSource(invoice)['due']).toBe('2027-08-08');
  });

  it('of something else between our look and our call is no obstacle', async () => {
    const { invoice, etag } = await openInvoice();
    inBetween = () => { sandbox.elsewhere.edit('sales_invoice', invoice.number, { your_reference: 'edited' }); };
    expect((await change(invoice, etag, { dueOn: '2027-09-30' })).status).toBe(201);
    expect([inSource(invoice)['due'], sandbox.book().existing('sales_invoice', 'id', invoice.externalId)['your_reference']]).toEqual(['2027-09-30', 'edited']);
  });

  it('that the hub has read and the author has not is 412 before anything is asked', async () => {
    const { invoice, etag } = await openInvoice();
    sandbox.elsewhere.edit('sales_invoice', invoice.number, { your_reference: 'read since' });
    await sync();
    const before = updates();
    expect((await change(invoice, etag, { dueOn: '2027-10-31' })).status).toBe(412);
    expect(updates()).toBe(before);
  });
});

describe('what cannot be changed is said in words', () => {
  it.each([
    ['a dispute status nobody set up', { disputeStatus: 'NOSUCH' }, 'disputeStatus'], ['a day that is none', { dueOn: '2027-02-30' }, 'dueOn'], ['nothing at all', {}, ''], ['no due day any more', { dueOn: null }, 'dueOn'],
  ])('%s is 422 and names the field', async (_what, terms, field) => {
    const { invoice, etag } = await openInvoice();
    const answer = await change(invoice, etag, terms);
    expect([answer.status, (answer.body as Problem).errors?.map((error) => error.field)]).toEqual([422, [field]]);
  });

  it('without an ETag it is 428, for an invoice that is not there 404', async () => {
    const { invoice, etag } = await openInvoice();
    expect((await client.post(`/v1/invoices/${invoice.id}/changes`, { dueOn: '2027-11-30' })).status).toBe(428);
    expect((await client.post('/v1/invoices/999999999/changes', { dueOn: '2027-11-30' }, { 'if-match': etag })).status).toBe(404);
  });

  it('an opening balance has no document to change: 409 says where a person does it', async () => {
    const { items } = (await client.get(`/v1/invoices?connectionId=${connectionId}&number=OB-0001`)).body as { items: Invoice[] };
    const [invoice] = items;
    if (invoice === undefined) throw new Error('no opening balance');
    const answer = await change(invoice, await etagOf(invoice), { dueOn: '2027-11-30' });
    expect([answer.status, (answer.body as Problem).detail]).toEqual([409, expect.stringContaining('Customer Ledger Entries')]);
  });

  it('a paused connection is 409, and a key that may only read 403', async () => {
    const { invoice, etag } = await openInvoice();
    await client.post(`/v1/connections/${connectionId}/pause`, { because: 'stock-taking' });
    expect((await change(invoice, etag, { dueOn: '2027-12-31' })).status).toBe(409);
    await client.post(`/v1/connections/${connectionId}/resume`);
    const reader = await hub.client(hub.test.tenantId, ['viewer']);
    expect((await reader.post(`/v1/invoices/${invoice.id}/changes`, { dueOn: '2027-12-31' }, { 'if-match': etag })).status).toBe(403);
  });
});

describe('the reference connector', () => {
  it('changes its invoices by the same door', async () => {
    const books = await connectBooks(hub, client, hub.test.tenantId, 'books');
    seedRecord(books.target, books.master, 'invoice');
    await books.sync('full');
    const { items } = (await client.get(`/v1/invoices?connectionId=${books.connectionId}&limit=1`)).body as { items: Invoice[] };
    const [invoice] = items;
    if (invoice === undefined) throw new Error('the books have no invoice');
    expect((await change(invoice, await etagOf(invoice), { dueOn: '2027-01-01' })).status).toBe(201);
    await hub.drain(hub.test.tenantId, books.connectionId);
    expect(((await client.get(`/v1/invoices/${invoice.id}`)).body as Invoice).dueOn).toBe('2027-01-01');
  });
});
