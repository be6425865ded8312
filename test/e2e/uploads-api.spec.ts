import { csv } from '#connectors/flat-files';
import { startTestHub, type Client, type TestHub } from '../support/hub.js';

const FILE = ['Invoice ID,Invoice Number,Customer ID,Company ID,Currency,Invoice Date,Due Date,Total,Open Amount,Status,Purchase Order,Memo', 'I1,R-1,K1,,EUR,2026-02-01,2026-03-03,10.00,10.00,open,,', ''].join('\r\n');

describe('files handed in over the API', () => {
  let hub: TestHub;
  let client: Client;
  beforeAll(async () => {
    hub = await startTestHub({ connectors: [csv] });
    client = await hub.client(hub.test.tenantId);
  });
  afterAll(async () => { await hub.close(); });

  async function handIn(connectionId: string, content: string, by = client, entity = 'invoice'): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${hub.url}/v1/connections/${connectionId}/uploads?entity=${entity}&name=monday.csv`, {
      method: 'POST', headers: { authorization: `Bearer ${by.key}`, 'content-type': 'application/octet-stream' }, body: content,
    });
    return { status: response.status, body: await response.json() as Record<string, unknown> };
  }

  async function connect(connector: string, config: object, secrets?: object): Promise<string> {
    const { status, body } = await client.post('/v1/connections', { name: `${connector} ${Math.random()}`, connector, config, ...secrets === undefined ? {} : { secrets } });
    expect({ status, body }).toMatchObject({ status: 201 });
    return (body as { id: string }).id;
  }

  it('wait for the next sync, are read by it, and say so; the same content changes nothing', async () => {
    const id = await connect('csv', { books: 'old ledger', reads: [{ entity: 'invoice', layout: 'csv.invoices' }] });
    expect(await handIn(id, FILE)).toMatchObject({ status: 201, body: { state: 'waiting', entity: 'invoice', name: 'monday.csv', alreadyThere: false } });
    expect(await handIn(id, FILE)).toMatchObject({ status: 200, body: { state: 'waiting', alreadyThere: true } });
    expect(await client.post(`/v1/connections/${id}/syncs`, { kind: 'incremental' })).toMatchObject({ status: 202 });
    await hub.drain(hub.test.tenantId, id);
    expect(await client.get(`/v1/uploads?connectionId=${id}`)).toMatchObject({ status: 200, body: { items: [{ state: 'taken', name: 'monday.csv' }] } });
    expect(await client.get(`/v1/invoices?connectionId=${id}`)).toMatchObject({ body: { items: [{ number: 'R-1' }] } });
  });

  it('are refused, by field, for a connection that reads none, and for records it does not read', async () => {
    const id = await connect('csv', { books: 'old ledger', reads: [{ entity: 'invoice', layout: 'csv.invoices' }] });
    await client.post(`/v1/connections/${id}/check`);
    expect(await handIn(id, FILE, client, 'customer')).toMatchObject({ status: 422, body: { errors: [{ field: 'entity' }] } });
    expect(await handIn(id, FILE, client, 'nonsense')).toMatchObject({ status: 422 });
    expect(await handIn('999999', FILE)).toMatchObject({ status: 404 });
  });

  it('of one tenant are nothing to another', async () => {
    const id = await connect('csv', { books: 'old ledger', reads: [{ entity: 'invoice', layout: 'csv.invoices' }] });
    await handIn(id, FILE);
    const other = await hub.client(hub.test.otherTenantId);
    expect(await handIn(id, FILE, other)).toMatchObject({ status: 404 });
    expect(await other.get('/v1/uploads')).toMatchObject({ status: 200, body: { items: [] } });
  });

  it('need the right to decide', async () => {
    const id = await connect('csv', { books: 'old ledger', reads: [{ entity: 'invoice', layout: 'csv.invoices' }] });
    expect(await handIn(id, FILE, await hub.client(hub.test.tenantId, ['viewer']))).toMatchObject({ status: 403 });
  });
});
