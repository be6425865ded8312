import { startNetSuiteSandbox, type NetSuiteSandbox } from './sandbox.js';
import { codeOf, detailOf, eventually, pathOf, TestClient, type Reply } from './testing/client.js';

const TODAY = '2026-11-21';

describe('record service', () => {
  let sandbox: NetSuiteSandbox;
  let client: TestClient;
  let customer: string;

  beforeEach(async () => {
    sandbox = await startNetSuiteSandbox({ profile: 'tiny', seed: 11 });
    sandbox.setClock(new Date(`${TODAY}T18:00:00Z`));
    client = new TestClient(sandbox);
    customer = await client.create('customer', { companyName: 'Record Shop Inc.', externalId: 'shop' });
  });
  afterEach(async () => {
    sandbox.checkBook();
    expect(sandbox.failures).toEqual([]);
    await sandbox.stop();
  });

  const items = (amount: number): Record<string, unknown> => ({ items: [{ item: { id: '1' }, amount }] });
  const invoice = async (amount: number, more: Record<string, unknown> = {}): Promise<string> => client.create('invoice', { entity: { id: customer }, item: items(amount), ...more });
  const pay = async (doc: string, amount: number, more: Record<string, unknown> = {}): Promise<string> =>
    client.create('customerPayment', { customer: { id: customer }, payment: amount, apply: { items: [{ doc: { id: doc }, apply: true, amount }] }, ...more });
  const open = async (id: string): Promise<unknown> => (await client.view(`invoice/${id}`))['amountRemaining'];
  const refused = (reply: Reply, detail: RegExp): void => {
    expect([reply.status, codeOf(reply)]).toEqual([400, 'USER_ERROR']);
    expect(detailOf(reply)).toMatch(detail);
  };

  it('answers a create with 204 and the address, an unknown record with 404, a name in any case', async () => {
    const reply = await client.record('POST', 'INVOICE', { entity: { externalId: 'shop' }, item: items(5) });
    expect([reply.status, reply.text]).toEqual([204, '']);
    expect(reply.headers.get('location')).toMatch(/\/services\/rest\/record\/v1\/invoice\/\d+$/);
    const missing = await client.record('GET', 'invoice/999999');
    expect([missing.status, codeOf(missing), detailOf(missing)]).toEqual([404, 'NONEXISTENT_ID', 'Record does not exist.']);
    expect((await client.record('GET', `customerpayment/999999`)).status).toBe(404);
    expect((await client.record('GET', 'nosuchrecord/1')).status).toBe(404);
  });

  it('drops a misspelt property without a word, unless validation is asked for', async () => {
    const body = { entity: { id: customer }, item: items(5), meno: 'typo' };
    const id = await client.create('invoice', body);
    expect(await client.view(`invoice/${id}`)).not.toHaveProperty('memo');
    const strict = await client.record('POST', 'invoice', body, { 'x-netsuite-propertynamevalidation': 'error' });
    expect([strict.status, codeOf(strict), pathOf(strict)]).toEqual([400, 'INVALID_CONTENT', 'meno']);
    const line = await client.record('POST', 'customerPayment', { customer: { id: customer }, payment: 1, apply: { items: [{ doc: { id }, apply: true, amount: 1, disc: 1 }] } }, { 'x-netsuite-propertynamevalidation': 'error' });
    expect(pathOf(line)).toBe('apply.items[0].disc');
  });

  it('creates and then updates through PUT by external id', async () => {
    const body = { entity: { id: customer }, item: items(5), memo: 'first' };
    expect((await client.record('PUT', 'invoice/eid:up-1', body)).status).toBe(204);
    expect((await client.record('PUT', 'invoice/eid:up-1', { memo: 'second' })).status).toBe(204);
    expect(await client.view('invoice/eid:up-1')).toMatchObject({ memo: 'second', total: 5 });
    expect((await client.record('PUT', 'invoice/12', body)).status).toBe(400);
    expect((await client.record('GET', 'invoice/eid:a|b')).status).toBe(400);
  });

  it('refuses a record locked by a workflow even on GET', async () => {
    const id = await invoice(5);
    sandbox.mutations.lockRecord('transaction', Number(id));
    refused(await client.record('GET', `invoice/${id}`), /locked by a user defined workflow/);
    refused(await client.record('PATCH', `invoice/${id}`, { memo: 'x' }), /locked by a user defined workflow/);
    expect((await client.query('SELECT id FROM transaction WHERE id = ?', [id])).items).toHaveLength(1);
  });

  it('refuses posting, changing and deleting in a closed period, and posting in a locked one', async () => {
    const id = await invoice(5);
    const paid = await pay(id, 5);
    refused(await client.record('POST', 'invoice', { entity: { id: customer }, item: items(5), tranDate: '2025-12-15' }), /not within an open accounting period/);
    refused(await client.record('POST', 'invoice', { entity: { id: customer }, item: items(5), tranDate: '2031-01-01' }), /not within the date range/);
    sandbox.mutations.setPeriod(TODAY, { arLocked: true });
    refused(await client.record('POST', 'invoice', { entity: { id: customer }, item: items(5) }), /open accounting period/);
    sandbox.settings.overridePeriodRestrictions = true;
    await invoice(6);
    sandbox.mutations.setPeriod(TODAY, { closed: true });
    refused(await client.record('POST', 'invoice', { entity: { id: customer }, item: items(5) }), /open accounting period/);
    refused(await client.record('DELETE', `customerPayment/${paid}`), /open accounting period/);
    refused(await client.record('PATCH', `invoice/${id}`, { memo: 'late' }), /open accounting period/);
    sandbox.mutations.setPeriod(TODAY, { allowNonGl: true });
    expect((await client.record('PATCH', `invoice/${id}`, { memo: 'late' })).status).toBe(204);
  });

  it('deletes a payment, opens its invoices and leaves a trace', async () => {
    const id = await invoice(50);
    const paid = await pay(id, 30, { externalId: 'gone-1' });
    expect((await client.record('DELETE', `customerPayment/${paid}`)).status).toBe(204);
    expect(await open(id)).toBe(50);
    expect((await client.record('GET', 'customerPayment/eid:gone-1')).status).toBe(404);
    expect((await client.query('SELECT recordid, scriptid, name FROM deletedrecord WHERE recordid = ?', [paid])).items).toEqual([{ links: [], recordid: paid, scriptid: 'customerpayment', name: `PYMT${paid}` }]);
    await pay(id, 30, { externalId: 'gone-1' });
    expect(sandbox.stats().duplicates).toEqual([{ key: 'gone-1', live: 1, created: 2 }]);
  });

  it('keeps what is deposited, applied to, or protected by a preference', async () => {
    const id = await invoice(50);
    const paid = await pay(id, 30);
    refused(await client.record('DELETE', `invoice/${id}`), /linked to by one or more transactions/);
    sandbox.settings.reversingJournalVoids = true;
    refused(await client.record('DELETE', `customerPayment/${paid}`), /Void Transactions Using Reversing Journals/);
    sandbox.settings.reversingJournalVoids = false;
    sandbox.settings.deletionReasonRequired = true;
    refused(await client.record('DELETE', `customerPayment/${paid}`), /Deletion Reason/);
    sandbox.mutations.depositPayment(Number(paid));
    expect((await client.view(`customerPayment/${paid}`))['status']).toEqual({ id: 'C', refName: 'Payment : Deposited' });
    refused(await client.record('DELETE', `customerPayment/${paid}`, { deletionReason: { id: '1' } }), /has been deposited/);
    const other = await pay(id, 20);
    expect((await client.record('DELETE', `customerPayment/${other}`, { deletionReason: { id: '1' } })).status).toBe(204);
    expect(await open(id)).toBe(20);
  });

  it('applies and un-applies a credit memo, and makes one from an invoice only when it is applied to it', async () => {
    const id = await invoice(80);
    const credit = await client.create('creditMemo', { entity: { id: customer }, item: items(30), apply: { items: [{ doc: { id }, apply: true, amount: 25 }] } });
    expect(await client.view(`creditMemo/${credit}`)).toMatchObject({ total: 30, applied: 25, unapplied: 5, status: { id: 'A' } });
    await client.record('PATCH', `creditMemo/${credit}`, { apply: { items: [{ doc: { id }, apply: false }] } });
    expect(await open(id)).toBe(80);
    refused(await client.record('POST', `invoice/${id}/!transform/creditMemo`, {}), /apply the credit memo to the invoice/);
    const made = await client.record('POST', `invoice/${id}/!transform/creditMemo`, { item: items(2.5), apply: { items: [{ doc: { id }, apply: true, amount: 2.5 }] } });
    expect([made.status, made.headers.get('location')?.includes('/creditMemo/')]).toEqual([204, true]);
    expect(await open(id)).toBe(77.5);
  });

  it('turns a deposit into a deposit application and no further than what is left of it', async () => {
    const id = await invoice(80);
    const deposit = await client.create('customerDeposit', { customer: { id: customer }, payment: 50 });
    refused(await client.record('POST', 'depositApplication', {}), /only be created by transforming/);
    const transform = async (amount: number): Promise<Reply> => client.record('POST', `customerDeposit/${deposit}/!transform/depositApplication`, { apply: { items: [{ doc: { id }, apply: true, amount }] } });
    const first = await transform(30);
    expect(first.status).toBe(204);
    refused(await transform(21), /exceeds the remaining deposit/);
    expect(await open(id)).toBe(50);
    const links = await client.query("SELECT linktype, previousdoc FROM NextTransactionLineLink WHERE nextdoc = ? ORDER BY linktype FETCH FIRST 1 ROWS ONLY", [first.headers.get('location')?.split('/').at(-1)]);
    expect(links.items).toEqual([{ links: [], linktype: 'DepAppl', previousdoc: deposit }]);
    expect((await client.record('DELETE', `depositApplication/${first.headers.get('location')?.split('/').at(-1)}`)).status).toBe(204);
    expect(await open(id)).toBe(80);
  });

  it('refunds what is unapplied of a payment; the payment can then not be deleted', async () => {
    const id = await invoice(20);
    const paid = await pay(id, 20, { payment: 100 });
    const refund = await client.record('POST', `customerPayment/${paid}/!transform/customerRefund`, { account: { id: '100' } });
    expect(refund.status).toBe(204);
    expect(await client.view(`customerPayment/${paid}`)).toMatchObject({ unapplied: 0 });
    refused(await client.record('DELETE', `customerPayment/${paid}`), /linked to/);
    expect((await client.record('DELETE', `customerRefund/${refund.headers.get('location')?.split('/').at(-1)}`)).status).toBe(204);
    expect(await client.view(`customerPayment/${paid}`)).toMatchObject({ unapplied: 80 });
  });

  it('takes balanced journals only, wants a customer on the receivables line, and applies one only when approved', async () => {
    const id = await invoice(20);
    const lines = (debit: number, entity?: string): Record<string, unknown> => ({
      subsidiary: { id: '1' }, line: { items: [{ account: { id: '7' }, debit }, { account: { id: '101' }, credit: 5, ...(entity === undefined ? {} : { entity: { id: entity } }) }] },
    });
    refused(await client.record('POST', 'journalEntry', lines(6, customer)), /must balance/);
    expect(pathOf(await client.record('POST', 'journalEntry', lines(5)))).toBe('line.items[1].entity');
    sandbox.settings.journalApproval = true;
    const journal = await client.create('journalEntry', lines(5, customer));
    expect(await client.view(`journalEntry/${journal}`)).toMatchObject({ approved: false, status: { id: 'A' } });
    const netting = { customer: { id: customer }, payment: 0, apply: { items: [{ doc: { id }, apply: true, amount: 5 }] }, credit: { items: [{ doc: { id: journal }, line: 1, apply: true, amount: 5 }] } };
    expect(pathOf(await client.record('POST', 'customerPayment', netting))).toBe('credit.items[0].doc');
    expect((await client.record('PATCH', `journalEntry/${journal}`, { approved: true })).status).toBe(204);
    expect((await client.record('POST', 'customerPayment', netting)).status).toBe(204);
    expect(await open(id)).toBe(15);
  });

  it('refuses a second customer of the same name and a customer without one', async () => {
    refused(await client.record('POST', 'customer', { companyName: 'Record Shop Inc.' }), /This entity already exists/);
    refused(await client.record('POST', 'customer', { email: 'a@b.example' }), /You must enter a value for Company Name/);
  });

  it('lists ids only, reads dates of q in the account format, and refuses others', async () => {
    const list = await client.record('GET', 'invoice?limit=5');
    expect(list.body).toMatchObject({ count: 5, hasMore: true, offset: 0 });
    expect(Object.keys(((list.body?.['items'] ?? []) as object[])[0] ?? {})).toEqual(['links', 'id']);
    const wrong = await client.record('GET', `invoice?q=${encodeURIComponent('lastModifiedDate ON_OR_AFTER "2026-11-01"')}`);
    expect([wrong.status, codeOf(wrong), detailOf(wrong)]).toEqual([400, 'INVALID_PARAMETER', 'Unparseable date: 2026-11-01']);
    const id = await invoice(5);
    const found = await client.record('GET', `invoice?q=${encodeURIComponent('lastModifiedDate ON_OR_AFTER "11/21/2026"')}`);
    expect(((found.body?.['items'] ?? []) as { id: string }[]).map((item) => item.id)).toEqual([id]);
  });

  it('refuses what is no JSON, no object, or names a record that does not exist', async () => {
    const broken = await fetch(`${sandbox.url}/services/rest/record/v1/invoice`, { method: 'POST', headers: { authorization: `Bearer ${await client.bearer()}` }, body: '{"a":' });
    expect(broken.status).toBe(400);
    const bad = await client.record('POST', 'invoice', { entity: { id: customer }, item: { items: [{ item: { id: '9999' }, amount: 1 }] } });
    expect(pathOf(bad)).toBe('item.items[0]');
    refused(bad, /Invalid Field Value 9999 for the following field: item/);
  });

  it('answers an asynchronous create with a job, its task and its result, and a repeated key with the first job', async () => {
    sandbox.settings.latencyMs = { async: 700 };
    const headers = { prefer: 'respond-async', 'x-netsuite-idempotency-key': 'key-1' };
    const body = { entity: { id: customer }, item: items(9), externalId: 'async-1' };
    const submitted = await client.record('POST', 'invoice', body, headers);
    expect([submitted.status, submitted.headers.get('preference-applied')]).toEqual([202, 'respond-async']);
    const location = submitted.headers.get('location') ?? '';
    const path = location.slice(sandbox.url.length);
    expect((await client.call('GET', path)).body).toMatchObject({ completed: false, progress: 'pending' });
    const again = await client.record('POST', 'invoice', body, headers);
    expect([again.status, codeOf(again), again.body?.['title'], again.headers.get('location')]).toEqual([400, 'IDEMPOTENCY_ERROR', 'Conflict', location]);
    await eventually(async () => (await client.call('GET', path)).body?.['completed'] === true);
    expect((await client.call('GET', path)).body).toMatchObject({ completed: true, progress: 'succeeded' });
    expect((await client.call('GET', `${path}/task/1`)).body).toMatchObject({ completed: true, progress: 'succeeded' });
    const result = await client.call('GET', `${path}/task/1/result`);
    expect([result.status, result.headers.get('location')]).toEqual([204, expect.stringMatching(/\/invoice\/\d+$/)]);
  });

  it('ignores the idempotency key on a synchronous call', async () => {
    const headers = { 'x-netsuite-idempotency-key': 'sync-1' };
    const before = sandbox.stats().transactions;
    for (let time = 0; time < 2; time += 1) await client.record('POST', 'invoice', { entity: { id: customer }, item: items(1) }, headers);
    expect(sandbox.stats().transactions).toBe(before + 2);
  });

  it('takes a batch of records asynchronously, one task each', async () => {
    const batch = { items: [{ entity: { id: customer }, item: items(1) }, { entity: { id: '99999' }, item: items(1) }] };
    const submitted = await client.record('POST', 'invoice', batch, { prefer: 'respond-async', 'content-type': 'application/vnd.oracle.resource+json; type=collection' });
    const path = (submitted.headers.get('location') ?? '').slice(sandbox.url.length);
    await eventually(async () => (await client.call('GET', path)).body?.['completed'] === true);
    expect((await client.call('GET', `${path}/task/1/result`)).status).toBe(204);
    expect((await client.call('GET', `${path}/task/2/result`)).status).toBe(400);
    expect((await client.call('GET', path)).body).toMatchObject({ progress: 'failed' });
  });
});
