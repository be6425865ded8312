import { join } from 'node:path';
import { AuditTrail, SecretBox } from '#access';
import { ReceivedDocuments, InboxImport } from '#bank';
import { Connections, loadCatalogue, type ConnectionRecord } from '#connections';
import { csv, sftp } from '#connectors/flat-files';
import { keepUploadedFile, type SyncKind } from '#storage';
import { SyncService } from '#sync';
import { createHash } from 'node:crypto';
import { SftpSandbox } from '../../apps/sandbox/src/sftp/index.js';
import { bai2File } from '../support/bai2.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import type { LocalDate } from '#canonical';
import { FlatFileIntents } from '../conformance/flat-file-rows.js';

const PASSWORD = 'correct-horse-7';
const HEADING = 'Invoice ID,Invoice Number,Customer ID,Company ID,Currency,Invoice Date,Due Date,Total,Open Amount,Status,Purchase Order,Memo';
const line = (number: number, open = '10.00'): string => `I${number},R-${number},K1,,EUR,2026-02-01,2026-03-03,10.00,${open},open,,`;
const csvFile = (...lines: readonly string[]): Buffer => Buffer.from([HEADING, ...lines, ''].join('\r\n'));

describe('flat files in the hub', () => {
  let test: TestDatabase;
  let sandbox: SftpSandbox;
  let port: number;
  let connections: Connections;
  let sync: SyncService;
  let inbox: InboxImport;
  let log: string[];
  const now = (): Date => new Date();

  beforeEach(async () => {
    test = await openTestDatabase();
    sandbox = new SftpSandbox({ users: [{ name: 'hub', password: PASSWORD, publicKey: null, denied: [] }], now });
    for (const folder of ['in', 'in/invoices', 'in/bank']) sandbox.makeFolder(folder);
    port = await sandbox.start();
    log = [];
    const { database } = test;
    const note = (event: string, detail: object): void => { log.push(`${event} ${JSON.stringify(detail)}`); };
    const catalogue = await loadCatalogue([sftp, csv], join(import.meta.dirname, '..', '..', 'mappings'));
    connections = new Connections({ database, catalogue, secrets: new SecretBox(Buffer.alloc(32, 1)), now, monotonicMs: () => performance.now(), log: note, onCall: () => undefined });
    const openConnection = connections.open.bind(connections);
    sync = new SyncService({ database, openConnection, holder: 'spec', now, monotonicMs: () => performance.now(), random: () => 0, log: note });
    inbox = new InboxImport({ database, receivedDocuments: new ReceivedDocuments({ database, audit: new AuditTrail(database) }), openConnection, holder: 'spec', log: note });
  });
  afterEach(async () => {
    await sandbox.stop();
    await test.close();
  });

  async function connect(config: object = {}): Promise<ConnectionRecord> {
    const connection = await connections.create(test.tenantId, {
      name: 'files', connector: 'sftp', mappingOverlays: {}, syncEveryMinutes: null,
      config: {
        host: '127.0.0.1', port, user: 'hub', hostKeys: [sandbox.hostKeyFingerprint()], settleSeconds: 0, pageSize: 2,
        reads: [{ entity: 'invoice', folder: 'in/invoices', layout: 'csv.invoices' }], inbox: [{ folder: 'in/bank' }], ...config,
      },
    }, { password: PASSWORD });
    await connections.check(test.tenantId, connection.id, new AbortController().signal);
    return connection;
  }

  const rows = <R extends Record<string, unknown>>(sql: string): Promise<R[]> => test.database.inTenant(test.tenantId, (transaction) => transaction.query<R>(sql));
  const namesIn = (folder: string): string[] => [...sandbox.files(folder).keys()].map((path) => path.slice(folder.length + 2));
  async function run({ id }: ConnectionRecord, kind: SyncKind = 'incremental', signal = new AbortController().signal): Promise<Record<string, unknown>> {
    const request = await sync.request(test.tenantId, id, kind, 'spec');
    await sync.drain(test.tenantId, id, signal);
    return (await rows(`SELECT status, counts, problem FROM sync_run WHERE id = ${request.id}`))[0] ?? {};
  }

  it('brings open items in with their lineage and archives the file after the commit', async () => {
    const connection = await connect();
    sandbox.put('in/invoices/monday.csv', csvFile(line(1), line(2), line(3)));
    expect(await run(connection)).toMatchObject({ status: 'succeeded', counts: { invoice: { read: 3, changed: 3 } } });
    expect(await rows(`SELECT external_id, number, open_minor, mapping_name FROM invoice ORDER BY 1 LIMIT 1`)).toEqual([{ external_id: 'I1', number: 'R-1', open_minor: '1000', mapping_name: 'flat-files.invoice.read' }]);
    expect(namesIn('in/invoices')).toEqual([expect.stringMatching(/^archive\/\d{8}T\d{9}Z_\d{8}T\d{9}Z_[0-9a-f]{32}_monday\.csv$/)]);
  });

  it('reads the same content once, whatever it is called, and moves it aside', async () => {
    const connection = await connect();
    sandbox.put('in/invoices/monday.csv', csvFile(line(1)));
    await run(connection);
    sandbox.put('in/invoices/again.csv', csvFile(line(1)));
    expect(await run(connection)).toMatchObject({ status: 'succeeded', counts: {} });
    expect(namesIn('in/invoices').filter((name) => name.includes('duplicate'))).toHaveLength(1);
    expect(namesIn('in/invoices').every((name) => name.startsWith('archive/'))).toBe(true);
    expect(await rows('SELECT count(*) AS raw FROM raw_record')).toEqual([{ raw: '1' }]);
  });

  it('quarantines the row that cannot be read, with its place, and takes the others', async () => {
    const connection = await connect();
    sandbox.put('in/invoices/monday.csv', csvFile(line(1), 'I2,R-2,K1,,EUR,31.2.2026,,10.00,10.00,open,,', line(3)));
    expect(await run(connection)).toMatchObject({ status: 'succeeded', counts: { invoice: { read: 3, changed: 2, quarantined: 1 } } });
    const [row] = await rows<{ external_id: string; problems: { problem: string }[] }>('SELECT external_id, problems FROM quarantined_record');
    expect(row?.external_id).toMatch(/^monday\.csv:3 \([0-9a-f]{8}\)$/);
    expect(row?.problems[0]?.problem).toContain('31.2.2026');
    const before = await rows('SELECT problems FROM quarantined_record');
    await run(connection, 'retryQuarantine');
    expect(await rows('SELECT problems FROM quarantined_record')).toEqual(before);
  });

  it('refuses a file that is no such file at all, with a note that says why, and goes on with the next', async () => {
    const connection = await connect();
    sandbox.put('in/invoices/1-photo.csv', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70]), new Date(Date.now() - 60_000));
    sandbox.put('in/invoices/2-good.csv', csvFile(line(1)));
    expect(await run(connection)).toMatchObject({ status: 'succeeded', counts: { invoice: { changed: 1 } } });
    const names = namesIn('in/invoices');
    expect(names).toEqual(expect.arrayContaining([expect.stringMatching(/^error\/.*1-photo\.csv$/), expect.stringMatching(/^error\/.*1-photo\.csv\.reason\.txt$/), expect.stringMatching(/^archive\/.*2-good\.csv$/)]));
  });

  it('goes on after a stop in mid file: nothing lost, nothing twice, and the file stays until its last page is in', async () => {
    const connection = await connect();
    sandbox.put('in/invoices/monday.csv', csvFile(...Array.from({ length: 9 }, (_, index) => line(index + 1))));
    const stop = new AbortController();
    const watched = setInterval(() => { void rows('SELECT count(*) AS count FROM invoice').then(([row]) => { if (Number(row?.['count']) >= 2) stop.abort(); }); }, 1);
    await run(connection, 'incremental', stop.signal).catch(() => undefined);
    clearInterval(watched);
    const half = Number((await rows('SELECT count(*) AS count FROM invoice'))[0]?.['count']);
    if (half < 9) expect(namesIn('in/invoices')).toEqual(['monday.csv']);
    await rows(`UPDATE lease SET expires_at = clock_timestamp() - interval '1 second'`).catch(() => undefined);
    await run(connection);
    expect(await rows('SELECT count(*) AS count, count(DISTINCT external_id) AS ids FROM invoice')).toEqual([{ count: '9', ids: '9' }]);
    expect(await rows('SELECT count(*) AS raw FROM raw_record')).toEqual([{ raw: '9' }]);
    expect(namesIn('in/invoices')).toEqual([expect.stringContaining('archive/')]);
  });

  it('takes what a snapshot no longer lists for gone', async () => {
    const connection = await connect({ reads: [{ entity: 'invoice', folder: 'in/invoices', layout: 'csv.invoices', content: 'snapshot' }] });
    sandbox.put('in/invoices/monday.csv', csvFile(line(1), line(2), line(3)), new Date(Date.now() - 60_000));
    await run(connection);
    sandbox.put('in/invoices/tuesday.csv', csvFile(line(1), line(3)));
    await run(connection);
    expect(await run(connection, 'deletions')).toMatchObject({ status: 'succeeded', counts: { invoice: { deleted: 1 } } });
    expect(await rows('SELECT external_id FROM invoice WHERE deleted_at IS NOT NULL')).toEqual([{ external_id: 'I2' }]);
    expect(await run(connection, 'full')).toMatchObject({ status: 'succeeded', counts: { invoice: { read: 2, changed: 0 } } });
  });

  it('imports bank files from the inbox and settles them, each once', async () => {
    const connection = await connect();
    const file = bai2File('1', { lines: [{ code: '142', cents: 12_345, text: 'INV R-1' }] });
    sandbox.put('in/bank/statement.bai', file);
    sandbox.put('in/bank/broken.bai', Buffer.from('01,BANK,HUB'));
    const drain = (): Promise<void> => inbox.drain(test.tenantId, connection.id, new AbortController().signal);
    await drain();
    expect(await rows(`SELECT name, status, source FROM received_document ORDER BY name`)).toEqual([{ name: 'broken.bai', status: 'invalid', source: 'sftp' }, { name: 'statement.bai', status: 'processed', source: 'sftp' }]);
    expect(await rows('SELECT count(*) AS count FROM bank_transaction')).toEqual([{ count: '1' }]);
    expect(namesIn('in/bank')).toEqual(expect.arrayContaining([expect.stringMatching(/^archive\/.*statement\.bai$/), expect.stringMatching(/^error\/.*broken\.bai$/), expect.stringMatching(/^error\/.*reason\.txt$/)]));
    sandbox.put('in/bank/renamed.bai', file);
    await drain();
    expect(await rows('SELECT count(*) AS count FROM bank_transaction')).toEqual([{ count: '1' }]);
    expect(namesIn('in/bank').every((name) => /^(archive|error)\//.test(name))).toBe(true);
  });

  it('imports a bank file again after a stop between import and move, and changes nothing by it', async () => {
    const connection = await connect();
    sandbox.put('in/bank/statement.bai', bai2File('1', { lines: [{ code: '142', cents: 12_345 }] }));
    sandbox.misbehave({ kind: 'loseNextRenameAnswer' });
    await inbox.drain(test.tenantId, connection.id, new AbortController().signal);
    await inbox.drain(test.tenantId, connection.id, new AbortController().signal);
    expect(await rows('SELECT count(*) AS count FROM bank_transaction')).toEqual([{ count: '1' }]);
    expect(namesIn('in/bank')).toHaveLength(1);
  });

  it('pauses a connection whose login is refused at the inbox', async () => {
    const connection = await connect({ reads: [] });
    const open = await connections.open(test.tenantId, connection.id);
    const current = await connections.get(test.tenantId, connection.id);
    await connections.update(test.tenantId, connection.id, current?.version ?? 0, { name: 'files', config: open.config as never, mappingOverlays: {}, syncEveryMinutes: null }, { password: 'something-else-8' });
    await inbox.drain(test.tenantId, connection.id, new AbortController().signal);
    expect(await rows('SELECT status FROM connection')).toEqual([{ status: 'paused' }]);
    expect(log.join('\n')).not.toContain('something-else-8');
  });

  it('sends postings in the plain CSV template and reads the target\'s answer, both by the layouts this hub ships', async () => {
    for (const folder of ['out', 'ack']) sandbox.makeFolder(folder);
    const connection = await connect({
      outbound: { folder: 'out', layout: 'csv.postings.post', carries: ['credits', 'writeOffs', 'onAccount'], acknowledgements: { folder: 'ack', layout: 'csv.acknowledgement' } },
    });
    const open = await connections.open(test.tenantId, connection.id);
    const { fileDoor: door } = open.connector;
    if (door === undefined) throw new Error('there is no file door');
    const intents = new FlatFileIntents();
    const tools = { config: open.config, layout: (name: string) => open.layout(name) };
    const steps = (['several', 'withCredit', 'withWriteOff'] as const).map((shape) => {
      const plan = door.plan(intents.next(shape), { probe: null, config: open.config, render: () => { throw new Error('no write mapping is needed'); }, today: '2026-03-10' as LocalDate });
      if (!('steps' in plan)) throw new Error(plan.refusals[0].problem);
      return plan.steps[0];
    });
    const [first, second, third] = steps;
    if (first === undefined || second === undefined || third === undefined) throw new Error('a step is missing');
    const file = door.render({
      sequence: 1, key: door.batchKeyOf(first, tools), closedAt: '2026-03-10T12:00:00.000Z', closedOn: '2026-03-10' as LocalDate, steps: [first, second, third],
      control: { postings: 3, total: { minor: 325_00n, currency: 'USD' } },
    }, tools);
    const context = open.context(new AbortController().signal);
    expect(await door.deliver(context, file)).toEqual({ state: 'delivered', alreadyThere: false });
    const text = sandbox.files('out').get(`/out/${file.name}`)?.toString() ?? '';
    // Postings, rows, cash, cash applied, credits applied, written off.
    expect(text.trimEnd().split('\r\n').at(-1)).toBe('T,3,11,325.00,305.00,20.00,5.00');
    expect(await door.acknowledgement(context, file)).toBeNull();
    const answer = open.layout('csv.acknowledgement').render({ file: {}, details: [
      { stepKey: first.stepKey, status: 'refused', externalId: null, reason: 'customer 17 is blocked', total: null, receivedOn: null },
      { stepKey: second.stepKey, status: 'booked', externalId: 'D-2', reason: null, total: '80.00', receivedOn: '2026-03-10' },
    ] });
    sandbox.put(`ack/${file.name}.ack`, answer);
    expect([...(await door.acknowledgement(context, file))?.answers ?? []]).toEqual([
      [first.stepKey, { state: 'refused', problem: 'customer 17 is blocked' }],
      [second.stepKey, { state: 'booked', externalId: 'D-2', fields: { total: '80.00', receivedOn: '2026-03-10' }, applications: null }],
    ]);
  });

  it('reads what people handed in at the next sync, piece by piece, and says what became of it', async () => {
    const connection = await connections.create(test.tenantId, {
      name: 'by hand', connector: 'csv', config: { books: 'old ledger', reads: [{ entity: 'invoice', layout: 'csv.invoices' }] }, mappingOverlays: {}, syncEveryMinutes: null,
    }, null);
    await connections.check(test.tenantId, connection.id, new AbortController().signal);
    const keep = (name: string, content: Buffer): Promise<{ isNew: boolean }> => test.database.inTenant(test.tenantId, (transaction) => keepUploadedFile(transaction, {
      connectionId: connection.id, entity: 'invoice', name, content, contentHash: createHash('sha256').update(content).digest(), uploadedBy: 'ann',
    }));
    // More than one piece of a megabyte.
    const large = csvFile(...Array.from({ length: 20_000 }, (_, index) => line(index + 1)));
    expect(large.length).toBeGreaterThan(1_048_576);
    expect(await keep('large.csv', large)).toMatchObject({ isNew: true });
    expect(await keep('the same.csv', large)).toMatchObject({ isNew: false });
    await keep('photo.csv', Buffer.from([0xff, 0xd8, 0xff, 0xe0]));
    expect(await run(connection)).toMatchObject({ status: 'succeeded', counts: { invoice: { changed: 20_000 } } });
    expect(await rows('SELECT name, state, refused_because IS NOT NULL AS said FROM uploaded_file ORDER BY id')).toEqual([{ name: 'large.csv', state: 'taken', said: false }, { name: 'photo.csv', state: 'refused', said: true }]);
    expect(await run(connection)).toMatchObject({ status: 'succeeded', counts: {} });
    expect(await run(connection, 'full')).toMatchObject({ status: 'succeeded', counts: { invoice: { read: 20_000, changed: 0 } } });
  });
});
