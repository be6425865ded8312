import { startNetSuiteSandbox, type NetSuiteSandbox } from './sandbox.js';
import { codeOf, detailOf, pathOf, TestClient } from './testing/client.js';

describe('customerPayment', () => {
  let sandbox: NetSuiteSandbox;
  let client: TestClient;
  let customer: string;

  beforeEach(async () => {
    sandbox = await startNetSuiteSandbox({ profile: 'tiny', seed: 7 });
    client = new TestClient(sandbox);
    customer = await client.create('customer', { companyName: 'Spec Trading LLC' });
  });

  afterEach(async () => {
    sandbox.checkBook();
    expect(sandbox.failures).toEqual([]);
    await sandbox.stop();
  });

  const invoice = async (amount: number, more: Record<string, unknown> = {}): Promise<string> =>
    client.create('invoice', { entity: { id: customer }, item: { items: [{ item: { id: '1' }, amount }] }, ...more });
  const payment = (body: Record<string, unknown>): Record<string, unknown> => ({ customer: { id: customer }, account: { id: '100' }, ...body });
  const open = async (id: string): Promise<string | undefined> =>
    (await client.query('SELECT foreignamountunpaid AS open FROM transaction WHERE id = ?', [id])).items[0]?.['open'];

  it('applies what is ticked and keeps the rest unapplied', async () => {
    const id = await invoice(200);
    const paid = await client.create('customerPayment', payment({ payment: 250, externalId: 'hub-1', apply: { items: [{ doc: { id }, line: 0, apply: true, amount: 200 }] } }));
    expect(await open(id)).toBe('0');
    const view = await client.view(`customerPayment/${paid}`);
    expect(view).toMatchObject({ payment: 250, applied: 200, unapplied: 50, status: { id: 'B' }, externalId: 'hub-1' });
    expect((await client.query('SELECT foreignpaymentamountunused u, foreignpaymentamountused s FROM transaction WHERE id = ?', [paid])).items).toEqual([{ links: [], u: '50', s: '200' }]);
  });

  it('lists open items that are not applied, because a record is loaded in edit mode', async () => {
    const first = await invoice(10);
    const second = await invoice(20);
    const paid = await client.create('customerPayment', payment({ payment: 10, apply: { items: [{ doc: { id: first }, apply: true, amount: 10 }] } }));
    const { apply } = await client.view(`customerPayment/${paid}`) as { apply: { items: { doc: { id: string }; apply: boolean }[] } };
    expect(apply.items.map((item) => [item.doc.id, item.apply])).toEqual([[first, true], [second, false]]);
  });

  it('refuses to apply more than is due, at the line', async () => {
    const id = await invoice(100);
    const reply = await client.record('POST', 'customerPayment', payment({ payment: 500, apply: { items: [{ doc: { id }, apply: true, amount: 100.01 }] } }));
    expect([reply.status, codeOf(reply), pathOf(reply)]).toEqual([400, 'USER_ERROR', 'apply.items[0]']);
    expect(await open(id)).toBe('100');
  });

  it('refuses to apply more than the money there is', async () => {
    const id = await invoice(100);
    const reply = await client.record('POST', 'customerPayment', payment({ payment: 60, apply: { items: [{ doc: { id }, apply: true, amount: 100 }] } }));
    expect(reply.status).toBe(400);
    expect(sandbox.stats().transactions).toBeGreaterThan(0);
    expect((await client.query("SELECT COUNT(*) AS n FROM transaction WHERE type = 'CustPymt' AND entity = ?", [customer])).items[0]?.['n']).toBe('0');
  });

  it('merges lines by document on PATCH, un-applies with apply:false or amount:0, and replaces only when asked', async () => {
    const [a, b, c] = [await invoice(10), await invoice(20), await invoice(30)];
    const id = await client.create('customerPayment', payment({ payment: 60, apply: { items: [a, b].map((doc, index) => ({ doc: { id: doc }, apply: true, amount: 10 * (index + 1) })) } }));
    expect((await client.record('PATCH', `customerPayment/${id}`, { customer: { id: customer }, apply: { items: [{ doc: { id: c }, amount: 30 }] } })).status).toBe(204);
    expect([await open(a), await open(b), await open(c)]).toEqual(['0', '0', '0']);
    await client.record('PATCH', `customerPayment/${id}`, { apply: { items: [{ doc: { id: a }, apply: false }, { doc: { id: b }, apply: true, amount: 0 }] } });
    expect([await open(a), await open(b), await open(c)]).toEqual(['10', '20', '0']);
    await client.record('PATCH', `customerPayment/${id}?replace=apply`, { apply: { items: [{ doc: { id: a }, apply: true, amount: 4 }] } });
    expect([await open(a), await open(b), await open(c)]).toEqual(['6', '20', '30']);
    await client.record('PATCH', `customerPayment/${id}`, { apply: { items: null } });
    expect(await open(a)).toBe('10');
    expect(await client.view(`customerPayment/${id}`)).toMatchObject({ applied: 0, unapplied: 60 });
  });

  it('refuses autoApply on a payment that has applied lines', async () => {
    const id = await invoice(10);
    const paid = await client.create('customerPayment', payment({ payment: 20, apply: { items: [{ doc: { id }, apply: true, amount: 5 }] } }));
    expect((await client.record('PATCH', `customerPayment/${paid}`, { autoApply: true })).status).toBe(400);
    const other = await client.create('customerPayment', payment({ payment: 4, autoApply: true }));
    expect(await client.view(`customerPayment/${other}`)).toMatchObject({ applied: 4, unapplied: 0 });
  });

  it('accepts one record per external id, over all transaction types', async () => {
    await invoice(10, { externalId: 'shared-space' });
    const reply = await client.record('POST', 'customerPayment', payment({ payment: 1, apply: { items: [] }, autoApply: true, externalId: 'shared-space' }));
    expect([reply.status, codeOf(reply)]).toEqual([400, 'USER_ERROR']);
    expect(detailOf(reply)).toMatch(/This record already exists/);
    expect((await client.record('POST', 'customerPayment', payment({ payment: 1, autoApply: true, externalId: 'pipe|breaks' }))).status).toBe(400);
  });

  it('counts records per key when external ids are not unique', async () => {
    sandbox.settings.enforceUniqueExternalIds = false;
    await invoice(10);
    for (let time = 0; time < 3; time += 1) await client.create('customerPayment', payment({ payment: 1, autoApply: true, externalId: 'twice' }));
    expect(sandbox.stats().duplicates).toEqual([{ key: 'twice', live: 3, created: 3 }]);
  });

  it('takes only invoices of the customer or its parent and children', async () => {
    const stranger = await client.create('customer', { companyName: 'Stranger Inc.' });
    const child = await client.create('customer', { companyName: 'Spec Trading East', parent: { id: customer } });
    const theirs = await invoice(10, { entity: { id: stranger } });
    const childs = await invoice(10, { entity: { id: child } });
    const refused = await client.record('POST', 'customerPayment', payment({ payment: 10, apply: { items: [{ doc: { id: theirs }, apply: true, amount: 10 }] } }));
    expect([refused.status, pathOf(refused)]).toEqual([400, 'apply.items[0].doc']);
    expect(detailOf(refused)).toContain(`Invalid Field Value ${theirs}`);
    await client.create('customerPayment', payment({ payment: 10, apply: { items: [{ doc: { id: childs }, apply: true, amount: 10 }] } }));
    expect(await open(childs)).toBe('0');
  });

  it('takes only invoices of its own currency, receivables account and subsidiary', async () => {
    const gbp = await client.create('customer', { companyName: 'Pound Ltd', subsidiary: { id: '2' }, currency: { id: '2' } });
    const id = await invoice(10, { entity: { id: gbp } });
    const base = { customer: { id: gbp }, payment: 10, apply: { items: [{ doc: { id }, apply: true, amount: 10 }] } };
    expect((await client.record('POST', 'customerPayment', { ...base, currency: { id: '1' } })).status).toBe(400);
    expect((await client.record('POST', 'customerPayment', { ...base, arAcct: { id: '101' } })).status).toBe(400);
    expect((await client.record('POST', 'customerPayment', { ...base, arAcct: { id: '100' } })).status).toBe(400);
    expect((await client.record('POST', 'customerPayment', { ...base, subsidiary: { id: '1' } })).status).toBe(400);
    expect((await client.record('POST', 'customerPayment', { ...base, account: { id: '100' } })).status).toBe(400);
    expect((await client.record('POST', 'customerPayment', { ...base, account: { id: '102' } })).status).toBe(204);
  });

  it('nets credits against invoices with a payment of zero', async () => {
    const id = await invoice(100);
    const memo = await client.create('creditMemo', { entity: { id: customer }, item: { items: [{ item: { id: '1' }, amount: 60 }] } });
    const body = payment({ payment: 0, apply: { items: [{ doc: { id }, apply: true, amount: 60 }] }, credit: { items: [{ doc: { id: memo }, apply: true, amount: 60 }] } });
    const netting = await client.create('customerPayment', body);
    expect(await open(id)).toBe('40');
    expect(await client.view(`creditMemo/${memo}`)).toMatchObject({ status: { id: 'B' }, unapplied: 0 });
    const links = await client.query('SELECT l.nextdoc, SUM(l.foreignamount) AS applied FROM NextTransactionLineLink l WHERE l.previousdoc = ? GROUP BY l.nextdoc', [id]);
    expect(links.items).toEqual([{ links: [], nextdoc: memo, applied: '60' }]);
    expect(await client.view(`customerPayment/${netting}`)).toMatchObject({ payment: 0, applied: 60, unapplied: 0 });
    await client.record('DELETE', `customerPayment/${netting}`);
    expect(await open(id)).toBe('100');
  });

  it('closes an invoice with a write-off journal only through a payment that ticks both', async () => {
    const id = await invoice(100);
    const journal = await client.create('journalEntry', {
      subsidiary: { id: '1' }, line: { items: [{ account: { id: '7' }, debit: 2.5 }, { account: { id: '101' }, credit: 2.5, entity: { id: customer } }] },
    });
    expect(await open(id)).toBe('100');
    const body = payment({
      payment: 97.5, apply: { items: [{ doc: { id }, apply: true, amount: 100 }] }, credit: { items: [{ doc: { id: journal }, line: 1, apply: true, amount: 2.5 }] },
    });
    await client.create('customerPayment', body);
    expect(await open(id)).toBe('0');
    const line = await client.query('SELECT foreignpaymentamountunused u FROM transactionline WHERE transaction = ? AND id = 1', [journal]);
    expect(line.items[0]?.['u']).toBe('0');
  });

  it('applies to the instalment the line names', async () => {
    const installment = { items: [{ dueDate: '2026-12-31', amount: 40 }, { dueDate: '2027-01-31', amount: 60 }] };
    const id = await invoice(100, { overrideInstallments: true, installment });
    const view = await client.view(`invoice/${id}`) as { installment: { items: { line: number }[] } };
    const second = view.installment.items[1]?.line;
    await client.create('customerPayment', payment({ payment: 60, apply: { items: [{ doc: { id }, line: second, apply: true, amount: 60 }] } }));
    expect((await client.view(`invoice/${id}`) as { installment: { items: { amountDue: number }[] } }).installment.items.map((item) => item.amountDue)).toEqual([40, 0]);
    const wrong = await client.record('POST', 'customerPayment', payment({ payment: 60, apply: { items: [{ doc: { id }, line: 1, apply: true, amount: 1 }] } }));
    expect(pathOf(wrong)).toBe('apply.items[0].line');
  });

  it('does not move the modification time of an invoice that is paid, unless the account does', async () => {
    const modified = async (id: string): Promise<string | undefined> => (await client.query("SELECT TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS m FROM transaction WHERE id = ?", [id])).items[0]?.['m'];
    const [a, b] = [await invoice(10), await invoice(10)];
    const [beforeA, beforeB] = [await modified(a), await modified(b)];
    sandbox.setClock(new Date(Date.now() + 60_000));
    await client.create('customerPayment', payment({ payment: 10, apply: { items: [{ doc: { id: a }, apply: true, amount: 10 }] } }));
    sandbox.settings.invoiceModifiedWhenPaid = true;
    await client.create('customerPayment', payment({ payment: 10, apply: { items: [{ doc: { id: b }, apply: true, amount: 10 }] } }));
    expect(await modified(a)).toBe(beforeA);
    expect(await modified(b)).not.toBe(beforeB);
  });

  it('refuses cents a currency does not have and never rounds', async () => {
    const id = await invoice(10);
    const reply = await client.record('POST', 'customerPayment', payment({ payment: 5.001, apply: { items: [{ doc: { id }, apply: true, amount: 5.001 }] } }));
    expect(reply.status).toBe(400);
  });
});
