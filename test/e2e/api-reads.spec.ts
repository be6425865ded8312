import pg from 'pg';
import { seedRecord } from '../../connectors/memory/src/target/seeding.js';
import { connectBooks, startTestHub, type Client, type ConnectedBooks, type TestHub } from '../support/hub.js';

interface Page<T> { items: T[]; nextCursor: string | null }
interface InvoiceLike { id: string; number: string; externalId: string; open: { amount: string; currency: string }; customerId: string }

describe('reading over the API', () => {
  let hub: TestHub;
  let client: Client;
  let books: ConnectedBooks;
  beforeAll(async () => {
    hub = await startTestHub();
    client = await hub.client(hub.test.tenantId);
    books = await connectBooks(hub, client, hub.test.tenantId, 'books');
    for (let count = 0; count < 7; count += 1) seedRecord(books.target, books.master, 'invoice', count === 0 ? { due: '2020-01-01' } : {});
    seedRecord(books.target, books.master, 'contact');
    seedRecord(books.target, books.master, 'creditMemo');
    seedRecord(books.target, books.master, 'payment', { unapplied: '0.00' });
    await books.sync('full');
  });
  afterAll(async () => { await hub.close(); });

  it('shows a run with its progress per record type, and who asked for it', async () => {
    const { body } = await client.get('/v1/syncs') as { body: Page<{ status: string; requestedBy: string; counts: { entity: string; read: number; changed: number }[] }> };
    expect(body.items[0]).toMatchObject({ status: 'succeeded', requestedBy: expect.stringContaining('spec') as string });
    expect(body.items[0]?.counts).toContainEqual(expect.objectContaining({ entity: 'invoice', read: 7, changed: 7 }));
  });

  it('filters by exact amounts of one currency', async () => {
    const { body } = await client.get('/v1/invoices?openMin=100.00&currency=USD&open=true') as { body: Page<InvoiceLike> };
    expect(body.items).toHaveLength(7);
    expect(body.items[0]?.open).toEqual({ amount: '100.00', currency: 'USD' });
    const without = await client.get('/v1/invoices?openMin=100.00');
    expect(without).toMatchObject({ status: 422, body: { errors: [{ field: 'openMin', value: '100.00' }] } });
  });

  it('gives each record by the id its list shows, for every record type', async () => {
    for (const path of ['companies', 'ledger-accounts', 'customers', 'contacts', 'invoices', 'credit-memos', 'payments']) {
      const { body } = await client.get(`/v1/${path}`) as { body: Page<{ id: string; externalId: string }> };
      expect({ path, count: body.items.length > 0 }).toEqual({ path, count: true });
      const [first] = body.items;
      expect(await client.get(`/v1/${path}/${first?.id}`)).toMatchObject({ status: 200, body: { id: first?.id, externalId: first?.externalId } });
      const lineage = await client.get(`/v1/${path}/${first?.id}/lineage`) as { status: number; body: { explainedAsMade: boolean; payload: object; fields: { field: string; from: string; value: string | null }[] } };
      expect(lineage).toMatchObject({ status: 200, body: { id: first?.id, explainedAsMade: true } });
      expect(lineage.body.fields).toContainEqual(expect.objectContaining({ field: 'externalId', from: 'id', value: first?.externalId }));
    }
  });

  it('proves completeness against the source, and names the gap when there is one', async () => {
    const path = `/v1/connections/${books.connectionId}/tie-out`;
    expect(await client.get(path)).toMatchObject({ body: { offered: true, proven: true, gapCount: 0 } });
    // Money moves in the books without any record saying so.
    const [first] = books.target.book.ofEntity('invoice');
    if (first === undefined) throw new Error('there is no invoice');
    const before = first.modifiedAt;
    books.target.book.update(first.id, { open: '90.00' });
    (books.target.book.get(first.id) as { modifiedAt: Date }).modifiedAt = before;
    await books.sync('tieOut');
    const { body } = await client.get(path) as { body: { proven: boolean; gapCount: number; lines: { gap: boolean; difference: object }[] } };
    expect(body.proven).toBe(false);
    expect(body.lines.filter((line) => line.gap)).toEqual([expect.objectContaining({ difference: { count: 0, open: { amount: '10.00', currency: 'USD' } } })]);
    expect(await client.get('/v1/overview')).toMatchObject({ body: { connections: [{ tieOutGaps: 1, needs: [expect.stringContaining('tie-out')] }] } });
    await books.sync('sweep');
    expect(await client.get(path)).toMatchObject({ body: { proven: true } });
  });

  it('knows up to when each record type is complete', async () => {
    const { body } = await client.get(`/v1/connections/${books.connectionId}/freshness`) as { body: { entities: { entity: string; freshAt: string | null; ageSeconds: number }[] } };
    expect(body.entities).toHaveLength(7);
    for (const entity of body.entities) expect({ ...entity, old: entity.ageSeconds > 60 }).toMatchObject({ freshAt: expect.any(String) as string, old: false });
  });

  it('previews a mapping on what was received, and says how many records would change', async () => {
    const path = `/v1/connections/${books.connectionId}/mapping/preview`;
    expect(await client.post(path, { entity: 'invoice' })).toMatchObject({ status: 200, body: { sampled: 7, mapped: 7, refused: 0, wouldChange: 0 } });
    const overlay = 'overlays: memory.invoice.read\nversion: 1\nfrom: { connector: memory, record: invoice }\nto: invoice\nfields:\n  purchaseOrder: { from: number }\n';
    const { body } = await client.post(path, { entity: 'invoice', overlay, sample: 5 }) as { body: { wouldChange: number; results: { outcome: string; record: object }[] } };
    expect(body).toMatchObject({ sampled: 5, wouldChange: 5 });
    expect(body.results[0]).toMatchObject({ outcome: 'changed', record: { purchaseOrder: 'INV-1', open: { amount: '90.00', currency: 'USD' } } });
    const broken = overlay.replace('from: number', 'from: nowhere');
    const refused = await client.post(path, { entity: 'invoice', overlay: broken }) as unknown as { body: { refused: number; wouldChange: number; results: object[] } };
    expect(refused.body).toMatchObject({ refused: 7, wouldChange: 7 });
    expect(refused.body.results[0]).toMatchObject({ outcome: 'nowRefused', record: null, problems: [{ field: 'purchaseOrder', line: 6 }] });
  });

  it('explains a record that was received, and one that is given', async () => {
    const path = `/v1/connections/${books.connectionId}/mapping/explain`;
    const { body: list } = await client.get('/v1/invoices?limit=1') as { body: Page<InvoiceLike> };
    expect(await client.post(path, { entity: 'invoice', externalId: list.items[0]?.externalId })).toMatchObject({ status: 200, body: { sound: true, rawRecordId: expect.any(String) as string } });
    const given = await client.post(path, { entity: 'invoice', payload: { id: '9', total: 'twelve' } }) as { body: { sound: boolean; fields: { field: string; problem: string | null; line: number }[] } };
    expect(given.body.sound).toBe(false);
    expect(given.body.fields.find((field) => field.field === 'total')).toMatchObject({ from: 'total', problem: expect.any(String) as string, line: expect.any(Number) as number });
    expect(await client.post(path, { entity: 'invoice' })).toMatchObject({ status: 422, body: { errors: [{ field: 'payload' }] } });
    expect(await client.post(path, { entity: 'invoice', externalId: 'nowhere' })).toMatchObject({ status: 404 });
  });

  it('lists capabilities as data, with the reason for every gap', async () => {
    const { body } = await client.get('/v1/connectors') as { body: { items: { id: string; capabilities: { read: { offered: boolean; because: string | null }[]; operations: { offered: boolean; because: string | null }[] } }[] } };
    const [memory] = body.items;
    expect(memory?.id).toBe('memory');
    const all = [...memory?.capabilities.read ?? [], ...memory?.capabilities.operations ?? []];
    expect(all).toHaveLength(12);
    for (const capability of all) expect(capability.because === null).toBe(capability.offered);
  });

  it('says what a customer owes and has to get, per currency, and what is overdue', async () => {
    seedRecord(books.target, books.master, 'payment', { total: '60.00', unapplied: '25.00' });
    await books.sync();
    const { body: list } = await client.get('/v1/customers?search=Harbor') as { body: Page<{ id: string }> };
    const { body } = await client.get(`/v1/customers/${list.items[0]?.id}`);
    const usd = (amount: string) => ({ amount, currency: 'USD' });
    expect(body).toMatchObject({ balances: [{ currency: 'USD', open: usd('690.00'), overdue: usd('90.00'), onAccount: usd('25.00'), openCredits: usd('40.00'), reserved: usd('0.00') }] });
  });

  it('pages through a list without skipping or repeating while rows are written', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await client.get(`/v1/invoices?limit=3&sort=number${cursor === null ? '' : `&cursor=${cursor}`}`) as { body: Page<InvoiceLike> };
      seen.push(...body.items.map((invoice) => invoice.number));
      if (cursor === null) {
        // One before the place a reader has reached, and one after it.
        for (const number of ['INV-0', 'INV-6b']) seedRecord(books.target, books.master, 'invoice', { number });
        await books.sync();
      }
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(['INV-1', 'INV-2', 'INV-3', 'INV-4', 'INV-5', 'INV-6', 'INV-6b', 'INV-7']);
  });
});

describe('the change feed', () => {
  let hub: TestHub;
  let client: Client;
  beforeAll(async () => { hub = await startTestHub(); client = await hub.client(hub.test.tenantId); });
  afterAll(async () => { await hub.close(); });

  it('never skips a commit: what began earlier and commits later still comes, exactly once and in order', async () => {
    const { tenantId, database, url } = hub.test;
    const add = (subjectId: number) => database.inTenant(tenantId, (transaction) => transaction.execute(`INSERT INTO event (type, subject, subject_id) VALUES ('probe', 'probe', $1)`, [subjectId]));
    const slow = new pg.Client({ connectionString: url });
    await slow.connect();
    const received: string[] = [];
    let cursor = '';
    const poll = async (): Promise<void> => {
      const { body } = await client.get(`/v1/events?limit=2&after=${cursor}`) as { body: { items: { subjectId: string }[]; cursor: string; more: boolean } };
      received.push(...body.items.map((event) => event.subjectId));
      ({ cursor } = body);
      if (body.more) await poll();
    };
    try {
      await add(1);
      await slow.query('BEGIN');
      await slow.query(`INSERT INTO event (tenant_id, type, subject, subject_id) VALUES ($1, 'probe', 'probe', 2)`, [tenantId]);
      await add(3);
      await add(4);
      await poll();
      // 3 and 4 are committed, but 2 may still come before them: showing them now would lose it.
      expect(received).toEqual(['1']);
      await slow.query('COMMIT');
      await poll();
      expect(received).toEqual(['1', '2', '3', '4']);
      await poll();
      expect(received).toHaveLength(4);
    } finally {
      await slow.end();
    }
    expect(await client.get('/v1/events?after=yesterday')).toMatchObject({ status: 422, body: { errors: [{ field: 'after', value: 'yesterday' }] } });
  });
});
