import { startBusinessCentralSandbox, type BusinessCentralSandbox } from './index.js';
import { TestClient } from './testing/client.js';

interface Part {
  readonly id: string | null;
  readonly status: number;
  readonly body?: Record<string, unknown>;
}

describe('$batch', () => {
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

  async function send(requests: readonly Record<string, unknown>[], headers: Record<string, string> = {}): Promise<Part[]> {
    const reply = await client.call('POST', 'v2.0/$batch', { requests }, headers);
    expect(reply.status).toBe(200);
    return reply.body['responses'] as Part[];
  }
  const payment = (batch: string, id: string, values: Record<string, unknown> = {}): Record<string, unknown> => ({
    id, method: 'POST', url: `companies(${client.companyId})/customerPaymentJournals(${batch})/customerPayments`, headers: { 'Content-Type': 'application/json' },
    body: { customerNumber: customer.number, postingDate: '2026-11-20', documentNumber: id, externalDocumentNumber: `TRB-${id}`, amount: -10.1, ...values },
  });
  const lines = async (batch: string): Promise<unknown[]> => (await client.get(`customerPaymentJournals(${batch})/customerPayments`)).rows.map((row) => row['documentNumber']);

  it('works every part on and answers each by its id', async () => {
    const batch = await client.batch();
    const parts = await send([payment(batch, 'A'), { method: 'GET', url: `companies(${client.companyId})/customers(${customer.id})` }, payment(batch, 'B')]);
    expect(parts.map((part) => [part.id, part.status])).toEqual([['A', 201], [null, 200], ['B', 201]]);
    expect(parts[0]?.body).toMatchObject({ amount: -10.1, documentNumber: 'A' });
    expect(sandbox.stats().batchParts).toBe(3);
  });

  it('stops at the first failed part, keeping what went before; goes on when asked to', async () => {
    const batch = await client.batch();
    const wrong = payment(batch, 'WRONG', { customerNumber: 'NOBODY' });
    expect((await send([payment(batch, 'A'), wrong, payment(batch, 'C')])).map((part) => part.status)).toEqual([201, 400]);
    expect(await lines(batch)).toEqual(['A']);
    const parts = await send([payment(batch, 'D'), wrong, payment(batch, 'E')], { prefer: 'odata.continue-on-error' });
    expect(parts.map((part) => part.status)).toEqual([201, 400, 201]);
    expect(parts[1]?.body).toMatchObject({ error: { code: 'Application_DialogException' } });
    expect((await lines(batch)).sort()).toEqual(['A', 'D', 'E']);
  });

  it('is one transaction with Isolation: snapshot', async () => {
    const batch = await client.batch();
    const parts = await send([payment(batch, 'A'), payment(batch, 'WRONG', { customerNumber: 'NOBODY' })], { isolation: 'snapshot' });
    expect(parts.map((part) => part.status)).toEqual([201, 400]);
    expect(await lines(batch)).toEqual([]);
  });

  it('keeps what was posted in a snapshot, since posting commits', async () => {
    const batch = await client.batch();
    const parts = await send([payment(batch, 'A'), { method: 'POST', url: `companies(${client.companyId})/journals(${batch})/Microsoft.NAV.post` }, payment(batch, 'B'), payment(batch, 'WRONG', { customerNumber: 'NOBODY' })], { isolation: 'snapshot' });
    expect(parts.map((part) => part.status)).toEqual([201, 204, 201, 400]);
    expect(sandbox.elsewhere.paymentsOf('TRB-A')).toHaveLength(1);
    expect(await lines(batch)).toEqual([]);
  });

  it('finds the company in a header, by name', async () => {
    const [part] = await send([{ id: '1', method: 'GET', url: 'customers?$select=number', headers: { Company: 'Honeycomb US' } }]);
    expect(part?.body?.['value']).toMatchObject([{ number: customer.number }]);
  });

  it('takes a hundred parts and not one more', async () => {
    const requests = Array.from({ length: 101 }, (_unused, index) => ({ id: String(index), method: 'GET', url: `companies(${client.companyId})/customers` }));
    expect(await send(requests.slice(1))).toHaveLength(100);
    expect((await client.call('POST', 'v2.0/$batch', { requests })).status).toBe(400);
    expect((await client.call('POST', 'v2.0/$batch', { requests: 'none' })).status).toBe(400);
  });
});
