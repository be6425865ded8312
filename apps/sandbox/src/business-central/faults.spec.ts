import { startBusinessCentralSandbox, type BusinessCentralSandbox } from './index.js';
import { TestClient, type Reply } from './testing/client.js';

describe('Faults on demand', () => {
  let sandbox: BusinessCentralSandbox;
  let client: TestClient;
  let customer: { id: string; number: string };
  let batch: string;

  beforeEach(async () => {
    sandbox = await startBusinessCentralSandbox({ profile: 'bare' });
    client = new TestClient(sandbox);
    customer = sandbox.elsewhere.addCustomer({ name: 'Granite Supply' });
    batch = await client.batch();
  });
  afterEach(async () => {
    sandbox.checkBooks();
    expect(sandbox.failures).toEqual([]);
    await sandbox.stop();
  });

  const addLine = (): Promise<Reply> => client.in('POST', `customerPaymentJournals(${batch})/customerPayments`, { customerNumber: customer.number, postingDate: '2026-11-20', documentNumber: 'HUB-1', externalDocumentNumber: 'TRB-1', amount: -10 });
  const written = (): number => Number(sandbox.book().one("SELECT count(*) AS count FROM journal_line WHERE account_type = 'Customer'")?.['count']);

  it('lose the answer to a write that was committed', async () => {
    sandbox.faults.add({ kind: 'loseAnswer', requestClass: 'create', count: 1 });
    await expect(addLine()).rejects.toThrow();
    expect(written()).toBe(1);
    expect((await addLine()).status).toBe(201);
  });

  it('reset the connection before anything is done', async () => {
    sandbox.faults.add({ kind: 'reset', requestClass: 'create', count: 1 });
    await expect(addLine()).rejects.toThrow();
    expect(written()).toBe(0);
  });

  it.each([['failBefore', 0, 503], ['failAfter', 1, 504]] as const)('answer 5xx by %s with %i line written', async (kind, lines, status) => {
    sandbox.faults.add({ kind, requestClass: 'create', count: 1 });
    expect((await addLine()).status).toBe(status);
    expect(written()).toBe(lines);
  });

  it('post after the client gave up', async () => {
    await addLine();
    sandbox.faults.add({ kind: 'lateCommit', requestClass: 'action', count: 1, holdMs: 5000 });
    const authorization = `Bearer ${await client.bearer()}`;
    await expect(fetch(`${sandbox.apiUrl}/v2.0/companies(${client.companyId})/journals(${batch})/Microsoft.NAV.post`, { method: 'POST', headers: { authorization }, signal: AbortSignal.timeout(50) })).rejects.toThrow();
    for (let wait = 0; wait < 100 && sandbox.elsewhere.paymentsOf('TRB-1').length === 0; wait += 1) await new Promise((resolve) => { setTimeout(resolve, 10); });
    expect(sandbox.elsewhere.paymentsOf('TRB-1')).toHaveLength(1);
  });

  it('break off a 200, repeat a page, throttle, and draw only on paths that are named', async () => {
    sandbox.faults.add({ kind: 'garbled', requestClass: 'read', pathContains: 'salesInvoices', count: 1 });
    expect((await client.get('customers')).rows).toHaveLength(1);
    const broken = await client.get('salesInvoices');
    expect([broken.status, broken.body]).toEqual([200, {}]);
    sandbox.faults.add({ kind: 'duplicatePage', requestClass: 'read', count: 1 });
    const first = await client.get('currencies', { prefer: 'odata.maxpagesize=2' });
    const link = String(first.body['@odata.nextLink']);
    expect((await client.call('GET', link, undefined, { prefer: 'odata.maxpagesize=2' })).text).toBe(first.text);
    expect((await client.call('GET', link, undefined, { prefer: 'odata.maxpagesize=2' })).rows.map((row) => row['code'])).not.toEqual(first.rows.map((row) => row['code']));
    sandbox.faults.add({ kind: 'throttle', count: 2 });
    expect([(await client.get('customers')).status, (await addLine()).status, (await addLine()).status]).toEqual([429, 429, 201]);
    expect(sandbox.stats().faults).toEqual({ garbled: 1, duplicatePage: 1, throttle: 2 });
  });

  it('close the posting range just before a batch is posted', async () => {
    await addLine();
    sandbox.faults.add({ kind: 'closePostingRange', requestClass: 'action' });
    expect((await client.post(batch)).message).toMatch(/^Posting Date is not within your range/);
    expect(sandbox.elsewhere.paymentsOf('TRB-1')).toEqual([]);
  });

  it('let the secret run out just before a token is asked for', async () => {
    sandbox.faults.add({ kind: 'expireSecret', requestClass: 'token', count: 1 });
    expect((await client.requestToken()).body['error_codes']).toEqual([7000222]);
  });

  it('are the same for the same seed', async () => {
    const draws = async (): Promise<number[]> => {
      sandbox.faults.reseed(7);
      const id = sandbox.faults.add({ kind: 'failBefore', requestClass: 'read', probability: 0.5 });
      const statuses: number[] = [];
      for (let count = 0; count < 12; count += 1) statuses.push((await client.get('paymentMethods')).status);
      sandbox.faults.remove(id);
      return statuses;
    };
    const first = await draws();
    expect(await draws()).toEqual(first);
    expect(new Set(first)).toEqual(new Set([200, 503]));
  });

  it('are armed over HTTP, and refused when they make no sense', async () => {
    expect((await client.control('POST', 'faults', { kind: 'slow', delayMs: 5 })).status).toBe(201);
    expect((await client.control('GET', 'faults')).text).toContain('slow');
    expect((await client.control('DELETE', 'faults')).status).toBe(200);
    expect((await client.control('POST', 'faults', { kind: 'nonsense' })).status).toBe(400);
    expect((await client.control('POST', 'faults', { kind: 'slow', probability: 2 })).status).toBe(400);
  });
});
