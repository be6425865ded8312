import type { EntityName } from '#canonical';
import { ConnectorError, type AnyConnector, type Page } from '#connector-kit';
import { connectionsForTheNight, type SyncKind, type Transaction } from '#storage';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { openMemoryHub, type MemoryHub } from '../support/memory-hub.js';

describe('sync', () => {
  let test: TestDatabase;
  let hub: MemoryHub;
  /** Told before each page is handed to the engine; a spec throws or aborts here. */
  let onPage: (entity: EntityName, page: number) => void = () => undefined;

  /** Instead of the source's own totals. */
  let totals: AnyConnector['totals'] | null = null;

  beforeEach(async () => {
    test = await openTestDatabase();
    onPage = () => undefined;
    totals = null;
    hub = await openMemoryHub(test, (connector) => ({
      ...watched(connector, (entity, page) => { onPage(entity, page); }), totals: (context) => totals?.(context) ?? connector.totals?.(context) ?? Promise.resolve([]),
    }));
  });
  afterEach(async () => { await test.close(); });

  const inTenant = <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => test.database.inTenant(test.tenantId, work);
  const rows = <R extends Record<string, unknown>>(sql: string): Promise<R[]> => inTenant((transaction) => transaction.query<R>(sql));

  async function run(kind: SyncKind, signal = new AbortController().signal): Promise<Record<string, unknown>> {
    const { id } = await hub.sync.request(test.tenantId, hub.connection.id, kind, 'spec');
    await hub.sync.drain(test.tenantId, hub.connection.id, signal);
    const [row] = await rows(`SELECT * FROM sync_run WHERE id = ${id}`);
    return row ?? {};
  }

  const gaps = (): Promise<Record<string, unknown>[]> => rows(`
    SELECT * FROM tie_out_line WHERE sync_run_id = (SELECT max(sync_run_id) FROM tie_out_line) AND (source_count, source_open_minor) <> (hub_count, hub_open_minor)`);

  /** Everything the hub knows, without what differs from run to run. */
  const snapshot = (): Promise<Record<string, unknown>[]> => rows(`
    SELECT 'invoice' AS entity, external_id, number, total_minor, open_minor, status, deleted_at IS NULL AS alive FROM invoice
    UNION ALL SELECT 'payment', external_id, number, total_minor, unapplied_minor, status, deleted_at IS NULL FROM payment
    UNION ALL SELECT 'allocation', source_external_id, invoice_external_id, amount_minor, position, currency, true FROM allocation
    UNION ALL SELECT 'customer', external_id, name, 0, 0, currency, deleted_at IS NULL FROM customer ORDER BY 1, 2, 3`);

  it('brings everything in with its lineage, tells of it once, and ties out to the source\'s own totals', async () => {
    for (let index = 0; index < 12; index += 1) hub.seed('invoice');
    hub.seed('creditMemo');
    expect(await run('full')).toMatchObject({ status: 'succeeded', counts: { invoice: { read: 12, changed: 12 } } });
    const [invoice] = await rows(`SELECT i.*, r.payload FROM invoice i JOIN raw_record r ON r.id = i.raw_record_id LIMIT 1`);
    expect(invoice).toMatchObject({ mapping_name: 'memory.invoice.read', open_minor: '10000', payload: expect.objectContaining({ id: invoice?.['external_id'] }) });
    expect(await rows(`SELECT count(*) AS count FROM event WHERE type = 'invoice.changed'`)).toEqual([{ count: '12' }]);
    expect((await rows('SELECT * FROM tie_out_line')).length).toBeGreaterThan(0);
    expect(await gaps()).toEqual([]);
  });

  it('keeps what it read when the source\'s totals cannot be had: that is the tie-out\'s failure, and of a run that was to do nothing else', async () => {
    hub.seed('invoice');
    expect(await run('full')).toMatchObject({ status: 'succeeded', tie_out: 'compared', tie_out_problem: null });
    totals = () => Promise.reject(new ConnectorError('the report is locked', { kind: 'invalid', issues: [{ path: 'totals', value: '', problem: 'is locked' }] }));
    hub.seed('invoice');
    expect(await run('incremental')).toMatchObject({ status: 'succeeded', problem: null, tie_out: 'failed', tie_out_problem: 'the report is locked', counts: { invoice: { changed: 1 } } });
    expect(await rows('SELECT * FROM invoice')).toHaveLength(2);
    expect(await run('tieOut')).toMatchObject({ status: 'failed', problem: { message: 'the report is locked' }, tie_out: null });
    totals = () => Promise.resolve([{ entity: 'invoice', companyExternalId: null, currency: 'USD', bucket: 'open', count: 1, open: 'a lot' }]);
    expect(await run('incremental')).toMatchObject({ status: 'succeeded', tie_out: 'failed', tie_out_problem: expect.stringContaining('a lot') as string });
    totals = null;
    expect(await run('incremental')).toMatchObject({ status: 'succeeded', tie_out: 'compared' });
    expect(await gaps()).toEqual([]);
  });

  it('takes a record once when the source repeats a page of its first read', async () => {
    for (let index = 0; index < 12; index += 1) hub.seed('invoice');
    // Counted by page, so that the repetition falls into the invoices and not into what is read before them.
    onPage = (entity, page) => { if (entity === 'invoice' && page === 1) hub.target.misbehave({ kind: 'duplicatePage' }); };
    expect(await run('full')).toMatchObject({ status: 'succeeded', counts: { invoice: { read: 17, changed: 12 } } });
    expect(await rows(`SELECT count(*) AS events, (SELECT count(*) FROM raw_record WHERE entity = 'invoice') AS raw FROM event WHERE type = 'invoice.changed'`))
      .toEqual([{ events: '12', raw: '12' }]);
  });

  it('writes nothing when nothing changed, and exactly the changed rows when something did', async () => {
    const ids = Array.from({ length: 8 }, () => hub.seed('invoice').id);
    await run('full');
    const before = await rows('SELECT count(*) AS count FROM raw_record');
    expect(await run('full')).toMatchObject({ counts: { invoice: { read: 8, changed: 0 } } });
    expect(await rows('SELECT count(*) AS count FROM raw_record')).toEqual(before);
    hub.target.book.update(ids[2] ?? '', { memo: 'changed' });
    expect(await run('incremental')).toMatchObject({ counts: { invoice: { changed: 1 } } });
    expect(await rows(`SELECT memo FROM invoice WHERE memo IS NOT NULL`)).toEqual([{ memo: 'changed' }]);
  });

  it('reads an invoice again when a payment moved its balance without touching it, and when the payment is taken back', async () => {
    const invoice = hub.seed('invoice');
    await run('full');
    const openOf = async (): Promise<unknown> => (await rows(`SELECT open_minor FROM invoice`))[0]?.['open_minor'];
    const payment = hub.seed('payment', { unapplied: '0.00', applications: [{ invoice: invoice.id, amount: '25.00', discount: null, appliedOn: null }] });
    // The book's own way to move a balance stamps the invoice; here it must not, so the field is set behind its back.
    const moveSilently = (id: string, open: string): void => { Object.assign(hub.target.book.get(id), { fields: { ...hub.target.book.get(id).fields, open } }); };
    moveSilently(invoice.id, '75.00');
    await run('incremental');
    expect(await openOf()).toBe('7500');
    hub.target.book.update(payment.id, { unapplied: '25.00', applications: [] });
    moveSilently(invoice.id, '100.00');
    await run('incremental');
    expect(await openOf()).toBe('10000');
    expect(await rows('SELECT * FROM allocation')).toEqual([]);
  });

  it('ends with the same tables as an unbroken run when it is killed before every single page', async () => {
    for (let index = 0; index < 17; index += 1) hub.seed('invoice');
    for (let index = 0; index < 6; index += 1) hub.seed('payment');
    let runs = 0;
    for (let target = 1; runs < 100; target += 1) {
      const abort = new AbortController();
      let seen = 0;
      onPage = () => {
        seen += 1;
        if (seen === target) abort.abort(new Error('killed'));
      };
      runs = target;
      await hub.sync.request(test.tenantId, hub.connection.id, 'incremental', 'spec');
      const ended = await hub.sync.drain(test.tenantId, hub.connection.id, abort.signal).then(() => true, () => false);
      if (ended) break;
    }
    expect(runs).toBeGreaterThan(5);
    const broken = await snapshot();
    onPage = () => undefined;
    await run('full');
    expect(await snapshot()).toEqual(broken);
    expect(broken).toHaveLength(17 + 6 + 1);
    expect(await rows(`SELECT count(*) AS count FROM event WHERE type = 'invoice.changed'`)).toEqual([{ count: '17' }]);
  });

  it('keeps what it cannot map, with the place of the problem, goes on, and takes it in when it makes sense', async () => {
    hub.seed('invoice');
    const bad = hub.seed('invoice', { issued: '2026-02-29' });
    expect(await run('full')).toMatchObject({ status: 'succeeded', counts: { invoice: { read: 2, changed: 1, quarantined: 1 } } });
    const [kept] = await rows<{ problems: object[]; external_id: string }>('SELECT * FROM quarantined_record');
    expect(kept).toMatchObject({ external_id: bad.id, problems: [expect.objectContaining({ field: 'issuedOn', value: '"2026-02-29"', file: expect.stringContaining('invoice.read.yaml') })] });
    expect((await gaps()).length).toBeGreaterThan(0);
    expect(await run('full')).toMatchObject({ counts: { invoice: { quarantined: 0, changed: 0 } } });
    hub.target.book.update(bad.id, { issued: '2026-02-28' });
    await run('incremental');
    expect(await rows('SELECT * FROM quarantined_record')).toEqual([]);
    expect(await rows('SELECT * FROM invoice')).toHaveLength(2);
  });

  it('keeps apart what no database can hold, and does not let one such record stop the others', async () => {
    hub.seed('invoice');
    const refused = [hub.seed('invoice', { memo: 'a\0b' }), hub.seed('invoice', { total: '92233720368547758.08' })];
    hub.seed('invoice', { custom: { nul: '\0', half: '\ud800', long: `${'y'.repeat(1_998)}😀 and more` } });
    expect(await run('full')).toMatchObject({ status: 'succeeded', counts: { invoice: { read: 4, changed: 2, quarantined: 2 } } });
    expect(await rows('SELECT external_id FROM quarantined_record ORDER BY external_id')).toEqual(refused.map(({ id }) => ({ external_id: id })));
  });

  it('deletes what a complete listing no longer has, and holds a suspicious loss for a person', async () => {
    const ids = Array.from({ length: 30 }, () => hub.seed('invoice').id);
    await run('full');
    hub.target.book.update(ids[0] ?? '', {}, true);
    await run('deletions');
    expect(await rows(`SELECT external_id FROM invoice WHERE deleted_at IS NOT NULL`)).toEqual([{ external_id: ids[0] }]);
    for (const id of ids.slice(1, 25)) hub.target.book.update(id, {}, true);
    const outcome = await run('deletions');
    if ((outcome['counts'] as Record<string, { held?: number }>)['invoice']?.held === 24) {
      expect(await rows(`SELECT because FROM held_deletion WHERE decision IS NULL`)).toEqual([{ because: expect.stringContaining('24 of 29') }]);
      expect(await rows(`SELECT 1 FROM invoice WHERE deleted_at IS NOT NULL`)).toHaveLength(1);
    } else {
      throw new Error(`24 of 29 deletions were not held: ${JSON.stringify(outcome)}`);
    }
  });

  it('frees what a posting took only after a run that read the balances again, not after one that read something else', async () => {
    const invoice = hub.seed('invoice');
    await run('full');
    await inTenant(async (transaction) => {
      const posting = await transaction.one<{ id: string }>(`INSERT INTO posting (connection_id, kind, idempotency_key, intent, currency, amount_minor, state, chain_hash, created_by, verified_at)
        VALUES ($1, 'payment', 'trb-spec', '{}', 'USD', 10000, 'verified', '', 'spec', clock_timestamp()) RETURNING id`, [hub.connection.id]);
      await transaction.execute(`INSERT INTO posting_share (posting_id, position, connection_id, document, role, external_id, currency, amount_minor)
        VALUES ($1, 0, $2, 'invoice', 'settles', $3, 'USD', 10000)`, [posting?.id ?? '', hub.connection.id, invoice.id]);
    });
    const freed = async (): Promise<boolean> => (await rows('SELECT 1 FROM posting_share WHERE released_at IS NOT NULL')).length === 1;
    for (const kind of ['tieOut', 'deletions', 'retryQuarantine'] as const) {
      expect(await run(kind)).toMatchObject({ status: 'succeeded' });
      expect({ kind, freed: await freed() }).toEqual({ kind, freed: false });
    }
    await run('incremental');
    expect(await freed()).toBe(true);
  });

  it('keeps a connection to its own books: another target needs a connection of its own', async () => {
    const { id, version } = hub.connection;
    const given = { name: 'books', config: { target: 'other books', pageSize: 5 }, mappingOverlays: {}, syncEveryMinutes: null };
    await expect(hub.connections.update(test.tenantId, id, version, given, null)).rejects.toThrow('keeps the books of "books" and cannot change to "other books"');
  });

  it('gives the nightly runs the connections that read on a schedule and have read everything once', async () => {
    const forTheNight = (): Promise<unknown[]> => inTenant(connectionsForTheNight);
    await rows('UPDATE connection SET sync_every_minutes = 15');
    expect(await forTheNight()).toEqual([]);
    await run('full');
    expect(await forTheNight()).toEqual([{ connectionId: hub.connection.id, timeZone: 'America/Los_Angeles', sweepAt: null, deletionsAt: null }]);
    await run('sweep');
    expect(await forTheNight()).toEqual([expect.objectContaining({ sweepAt: expect.any(Date) as Date, deletionsAt: null })]);
    await rows('UPDATE connection SET sync_every_minutes = NULL');
    expect(await forTheNight()).toEqual([]);
  });

  it('is exclusive per connection: two workers at once do the work once', async () => {
    for (let index = 0; index < 10; index += 1) hub.seed('invoice');
    await hub.sync.request(test.tenantId, hub.connection.id, 'full', 'spec');
    const signal = new AbortController().signal;
    await Promise.all([hub.sync.drain(test.tenantId, hub.connection.id, signal), hub.sync.drain(test.tenantId, hub.connection.id, signal)]);
    expect(await rows(`SELECT count(*) AS count FROM event WHERE type = 'invoice.changed'`)).toEqual([{ count: '10' }]);
  });

  it('waits out throttling, and pauses the connection at once when the credentials are refused', async () => {
    hub.seed('invoice');
    hub.target.misbehave({ kind: 'throttleNext', retryAfterMs: 5 });
    expect(await run('full')).toMatchObject({ status: 'succeeded' });
    await hub.connections.update(test.tenantId, hub.connection.id, (await hub.connections.get(test.tenantId, hub.connection.id))?.version ?? 0,
      { name: 'books', config: { target: 'books', pageSize: 5 }, mappingOverlays: {}, syncEveryMinutes: 15 }, { token: 'wrong' });
    expect(await run('incremental')).toMatchObject({ status: 'failed', problem: { kind: 'auth' } });
    expect(await rows(`SELECT status, paused_because FROM connection`)).toEqual([{ status: 'paused', paused_because: expect.stringContaining('credentials') }]);
  });
});

function watched(connector: AnyConnector, onPage: (entity: EntityName, page: number) => void): AnyConnector {
  const read = Object.fromEntries(Object.entries(connector.read).map(([entity, reader]) => [entity, {
    ...reader,
    async *changes(...parameters: Parameters<typeof reader.changes>): AsyncIterable<Page> {
      let page = 0;
      for await (const each of reader.changes(...parameters)) {
        page += 1;
        onPage(entity as EntityName, page);
        yield each;
      }
    },
  }]));
  return { ...connector, read };
}
