import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { businessCentral } from '#connectors/dynamics365';
import { csv } from '#connectors/flat-files';
import { MemoryTarget } from '#connectors/memory';
import { netsuite } from '#connectors/netsuite';
import { openBooks, seedRecord, type MasterData } from '../../connectors/memory/src/target/seeding.js';
import { bai2File } from '../support/bai2.js';
import { startTestHub, type Client, type TestHub } from '../support/hub.js';

/** The built program, as a person runs it: `npm test` builds before it runs these. */
const PROGRAM = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'bin', 'tributary.js');
const TOKEN = 'memory-token-77aa';

interface Run { code: number; out: string; err: string }

describe('the command line', () => {
  let hub: TestHub;
  let client: Client;
  let folder: string;
  let target: MemoryTarget;
  let master: MasterData;
  beforeAll(async () => {
    hub = await startTestHub({ working: true, connectors: [netsuite, businessCentral, csv] });
    client = await hub.client(hub.test.tenantId);
    folder = mkdtempSync(join(tmpdir(), 'tributary-cli-'));
    target = new MemoryTarget({ token: TOKEN });
    master = openBooks(target);
    hub.targets.put('books', target);
    writeFileSync(join(folder, 'secrets.json'), JSON.stringify({ token: TOKEN }));
    for (let count = 0; count < 3; count += 1) seedRecord(target, master, 'invoice');
  });
  afterAll(async () => {
    await hub.close();
    rmSync(folder, { recursive: true });
  });

  function tributary(words: readonly string[], environment: Record<string, string> = { TRIBUTARY_URL: hub.url, TRIBUTARY_API_KEY: client.key }): Promise<Run> {
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    return new Promise((resolve) => {
      execFile(process.execPath, [PROGRAM, ...words], { cwd: folder, env: { ...inherited, ...environment } }, (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err });
      });
    });
  }
  async function json<T>(words: readonly string[]): Promise<{ code: number; document: T }> {
    const { code, out, err } = await tributary([...words, '--json']);
    try {
      return { code, document: JSON.parse(out) as T };
    } catch {
      throw new Error(`not one JSON document on stdout: ${out}\n${err}`);
    }
  }

  it('connects and checks, with secrets from a file and settings as pairs', async () => {
    const run = await tributary(['connect', 'memory', '--name', 'books', '--config', 'target=books', 'pageSize=2', '--secrets', 'secrets.json']);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toContain('books is sound');
    expect(run.out).not.toContain(TOKEN);
  });

  it('prints what the hub refuses, field by field, and ends with 3', async () => {
    const again = await tributary(['connect', 'memory', '--name', 'books', '--config', 'target=books', '--secrets', 'secrets.json']);
    expect(again).toMatchObject({ code: 3, out: '' });
    expect(again.err).toContain('there is a connection called "books" already');
    const wrong = await tributary(['invoices', '--filter', 'colour=red']);
    expect(wrong.code).toBe(3);
    expect(wrong.err).toMatch(/colour = "red" {2}there is no filter "colour"; there are connectionId/);
    expect(await json(['invoices', '--filter', 'colour=red'])).toMatchObject({ code: 3, document: { status: 422, errors: [{ field: 'colour' }] } });
  });

  it('changes one setting and leaves the others, replaces credentials, and checks anew', async () => {
    expect(await tributary(['configure', 'books'])).toMatchObject({ code: 2, err: expect.stringContaining('nothing to change') as string });
    const changed = await json<{ connection: { config: object; syncEveryMinutes: number } }>(['configure', 'books', '--config', 'pageSize=3', '--every', '60']);
    expect(changed).toMatchObject({ code: 0, document: { connection: { config: { target: 'books', pageSize: 3 }, syncEveryMinutes: 60 } } });
    expect(await tributary(['configure', 'books', '--every', '1h'])).toMatchObject({ code: 2, err: expect.stringContaining('whole minutes') as string });
    writeFileSync(join(folder, 'wrong.json'), JSON.stringify({ token: 'another-token-0000' }));
    expect((await tributary(['configure', 'books', '--secrets', 'wrong.json'])).code).not.toBe(0);
    const mended = await tributary(['configure', 'books', '--secrets', 'secrets.json', '--config', 'pageSize=2', '--every', '0']);
    expect(mended).toMatchObject({ code: 0, err: '' });
    expect(mended.out).toMatch(/books \(\d+\) is changed[\s\S]*books is sound/);
    expect((await json<{ items: { syncEveryMinutes: null }[] }>(['connections'])).document.items[0]?.syncEveryMinutes).toBeNull();
  });

  it('syncs to the end, with progress on stderr and the result on stdout, and ties out', async () => {
    const run = await tributary(['sync', 'books', '--full', '--follow']);
    expect(run).toMatchObject({ code: 0 });
    expect(run.out).toMatch(/succeeded[\s\S]*invoice +3 +3 +0/);
    expect(await tributary(['tie-out', 'books'])).toMatchObject({ code: 0, out: expect.stringContaining('ties out') as string });
  });

  it('changes the due day of an invoice in its source, shows what it changed, and says what makes no sense', async () => {
    const { document: { items: [invoice] } } = await json<{ items: { id: string; number: string; externalId: string }[] }>(['invoices', '--limit', '1', '--sort', 'number']);
    if (invoice === undefined) throw new Error('no invoice');
    const run = await tributary(['invoice', 'change', invoice.id, '--due', '2027-01-31', '--promised', '2027-01-15', '--idempotency-key', 'cli-change-1']);
    expect(run).toMatchObject({ code: 0, err: '', out: expect.stringContaining(`invoice ${invoice.number}: due 2027-01-31, promised 2027-01-15`) as string });
    expect(target.book.get(invoice.externalId).fields).toMatchObject({ due: '2027-01-31', promised: '2027-01-15' });
    expect((await tributary(['invoice', 'changes', invoice.id])).out).toMatch(/due 2027-01-31, promised 2027-01-15 +made/);
    expect((await tributary(['invoice', 'change', invoice.id])).code).toBe(2);
    expect(await tributary(['invoice', 'change', invoice.id, '--due', 'soon'])).toMatchObject({ code: 3, err: expect.stringContaining('is not a calendar day') as string });
  });

  it('lists page by page, or all of it', async () => {
    const page = await json<{ items: { number: string }[]; nextCursor: string }>(['invoices', '--limit', '2', '--sort', 'number']);
    expect(page.document.items.map(({ number }) => number)).toEqual(['INV-1', 'INV-2']);
    const rest = await json<{ items: { number: string }[] }>(['invoices', '--limit', '2', '--sort', 'number', '--cursor', page.document.nextCursor]);
    expect(rest.document.items.map(({ number }) => number)).toEqual(['INV-3']);
    expect((await json<{ items: object[] }>(['invoices', '--all', '--limit', '1'])).document.items).toHaveLength(3);
    expect((await tributary(['invoices'])).out).toMatch(/^ID +NUMBER +CUSTOMER[\s\S]*100\.00 USD/);
  });

  it('explains a record, and previews an overlay', async () => {
    const { document } = await json<{ items: { externalId: string }[] }>(['invoices', '--limit', '1']);
    const explained = await tributary(['mapping', 'explain', 'books', 'invoice', '--id', document.items[0]?.externalId ?? '']);
    expect(explained.code).toBe(0);
    expect(explained.out).toMatch(/purchaseOrder[\s\S]*invoice\.read\.yaml:\d+/);
    writeFileSync(join(folder, 'overlay.yaml'), 'overlays: memory.invoice.read\nversion: 1\nfrom: { connector: memory, record: invoice }\nto: invoice\nfields:\n  purchaseOrder: { from: number }\n');
    expect(await tributary(['mapping', 'preview', 'books', 'invoice', '--overlay', 'overlay.yaml'])).toMatchObject({ code: 0, out: expect.stringContaining('3 would change') as string });
  });

  it('takes a bank file to a verified posting and back', async () => {
    const { document: connections } = await json<{ items: { id: string }[] }>(['connections']);
    await client.post('/v1/bank-accounts', { name: 'Operating', accountNumber: '111222333', currency: 'USD', connectionId: connections.items[0]?.id, ledgerAccountExternalId: master.bankAccount });
    writeFileSync(join(folder, 'day.bai2'), bai2File('1', { lines: [{ code: '142', cents: 10_000, text: 'HARBOR FREIGHT LINES INV-2' }] }));
    expect(await tributary(['bank', 'import', 'day.bai2'])).toMatchObject({ code: 0, out: expect.stringContaining('1 transactions, 1 new') as string });
    expect(await tributary(['bank', 'import', 'day.bai2'])).toMatchObject({ code: 0, out: expect.stringContaining('is known as') as string });
    expect(await json(['match'])).toMatchObject({ code: 0, document: { matched: 1, written: 1 } });
    const { document: transactions } = await json<{ items: { id: string }[] }>(['transactions']);
    const { document: invoices } = await json<{ items: { id: string; customerId: string }[] }>(['invoices', '--filter', 'number=INV-2']);
    const [invoice] = invoices.items;
    const decision = {
      bankTransactionId: transactions.items[0]?.id, customerId: invoice?.customerId, invoices: [{ invoiceId: invoice?.id, amount: { amount: '100.00', currency: 'USD' } }],
    };
    writeFileSync(join(folder, 'decision.json'), JSON.stringify(decision));
    const dry = await tributary(['post', '--decision', 'decision.json', '--dry-run']);
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.out).toContain('invoice INV-2: open 100.00 -> 0.00 USD');
    expect(target.book.writtenCount).toBe(0);
    const posted = await json<{ postings: { id: string; state: string }[] }>(['post', '--decision', 'decision.json', '--follow']);
    expect(posted).toMatchObject({ code: 0, document: { postings: [{ state: 'verified' }] } });
    expect(target.book.writtenCount).toBe(1);
    const id = posted.document.postings[0]?.id ?? '';
    expect(await tributary(['reverse', id])).toMatchObject({ code: 2, err: expect.stringContaining('--reason') as string });
    expect((await tributary(['reverse', id, '--preview'])).out).toContain('would:');
    expect(await json(['reverse', id, '--reason', 'wrong customer', '--follow'])).toMatchObject({ code: 0, document: { postings: [{ kind: 'reversal', state: 'verified' }] } });
    expect(await json(['postings', '--filter', 'kind=payment'])).toMatchObject({ document: { items: [{ id, state: 'reversed' }] } });
    expect(hub.unforeseen).toEqual([]);
  });

  it('says what needs a person, and ends with 1 when something does', async () => {
    expect((await tributary(['status'])).code).toBe(0);
    const { document } = await json<{ items: { id: string }[] }>(['connections']);
    await client.post(`/v1/connections/${document.items[0]?.id}/pause`, { because: 'the year is closing' });
    const status = await tributary(['status']);
    expect(status.code).toBe(1);
    expect(status.out).toContain('books: it is paused: the year is closing');
  });

  it('pauses and resumes a connection by its name, and lists connections page by page', async () => {
    expect(await tributary(['resume', 'books'])).toMatchObject({ code: 0, out: 'books is active\n' });
    expect((await tributary(['pause', 'books', '--because', 'the year is closing'])).out).toContain('books is paused: the year is closing');
    expect((await tributary(['connections', '--filter', 'status=paused'])).out).toContain('paused: the year is closing');
    await tributary(['resume', 'books']);
    expect(await json(['connect', 'memory', '--name', 'another', '--config', 'target=another', '--secrets', 'secrets.json', '--no-check'])).toMatchObject({ code: 0 });
    const page = await json<{ items: { name: string }[]; nextCursor: string }>(['connections', '--limit', '1']);
    expect(page.document.items.map(({ name }) => name)).toEqual(['books']);
    expect((await json<{ items: { name: string }[] }>(['connections', '--limit', '1', '--cursor', page.document.nextCursor])).document).toMatchObject({ items: [{ name: 'another' }], nextCursor: null });
    expect(await tributary(['sync', 'nowhere'])).toMatchObject({ code: 2, err: expect.stringMatching(/there is no connection "nowhere"; there are books \(\d+\), another \(\d+\)/) as string });
  });

  it('takes a connection\'s name in filters', async () => {
    expect((await json<{ items: object[] }>(['invoices', '--filter', 'connection=books'])).document.items).toHaveLength(3);
    expect((await json<{ items: object[] }>(['invoices', '--filter', 'connectionId=another'])).document.items).toHaveLength(0);
    expect(await tributary(['invoices', '--filter', 'connection=nowhere'])).toMatchObject({ code: 2, err: expect.stringContaining('there is no connection "nowhere"') as string });
  });

  it('names everything that is missing at the first try, credentials too', async () => {
    const run = await tributary(['connect', 'netsuite', '--name', 'ns', '--config', 'accountId=1234567']);
    expect(run.code).toBe(3);
    for (const setting of ['config.clientId', 'config.certificateId', 'secrets.privateKeyPem']) expect(run.err).toContain(`${setting}: is missing`);
    const central = await tributary(['connect', 'business-central', '--name', 'bc', '--config', 'authentication=certificate']);
    for (const setting of ['config.tenantId', 'config.certificatePem', 'secrets.privateKeyPem']) expect(central.err).toContain(`${setting}: is missing`);
  });

  it('tells a source without totals from one that differs, and from one that could not be asked', async () => {
    writeFileSync(join(folder, 'csv.json'), JSON.stringify({ books: 'by hand', reads: [{ entity: 'invoice', layout: 'csv.invoices' }] }));
    const connected = await tributary(['connect', 'csv', '--name', 'files', '--config', 'csv.json']);
    expect(connected).toMatchObject({ code: 0 });
    expect(await tributary(['tie-out', 'files'])).toMatchObject({ code: 0, out: expect.stringContaining('nothing to compare') as string });
    expect(await tributary(['sync', 'files', '--follow'])).toMatchObject({ code: 0 });
    expect(await tributary(['status'])).toMatchObject({ code: 0 });
  });

  it('lists bank accounts, and says which there are when a CSV file does not name its own', async () => {
    expect((await tributary(['bank', 'accounts'])).out).toMatch(/ID +NAME +NUMBER[\s\S]*Operating +111222333 +USD/);
    writeFileSync(join(folder, 'bank.csv'), 'Date,Description,Amount\n2026-03-01,"HARBOR",82.09\n');
    const run = await tributary(['bank', 'import', 'bank.csv']);
    expect(run.code).toBe(1);
    expect(run.out).toMatch(/--account ID:\s+ID +NAME[\s\S]*Operating/);
  });

  it('lists what could not be mapped, tries it again, and gives it up with a reason', async () => {
    const { id: invoice } = seedRecord(target, master, 'invoice', { issued: '2026-02-29' });
    await tributary(['sync', 'books', '--follow']);
    const list = await tributary(['quarantine', 'list', '--filter', 'connection=books']);
    expect(list.out).toMatch(new RegExp(`invoice +${invoice} +1 +open`));
    expect((await tributary(['status'])).out).toContain('1 records could not be mapped');
    expect(await tributary(['quarantine', 'retry', 'books', '--follow'])).toMatchObject({ code: 0 });
    const { document } = await json<{ items: { id: string; attempts: number }[] }>(['quarantine', 'list', '--filter', 'dismissed=false']);
    const [record] = document.items;
    expect(await tributary(['quarantine', 'dismiss', record?.id ?? '', '--because', 'a test record'])).toMatchObject({ code: 0, out: expect.stringContaining(`invoice ${invoice}`) as string });
    expect(await tributary(['quarantine', 'dismiss', record?.id ?? '', '--because', 'again'])).toMatchObject({ code: 3, err: expect.stringContaining('dismissed it already') as string });
    await tributary(['sync', 'books', '--full', '--follow']);
    expect((await tributary(['quarantine', 'list'])).out).toContain('given up by');
    expect((await tributary(['status'])).out).not.toContain('could not be mapped');
    // It stays a gap: giving a record up proves nothing.
    expect((await tributary(['tie-out', 'books'])).code).toBe(1);
    target.book.update(invoice, { issued: '2026-02-29', memo: 'sent again' });
    await tributary(['sync', 'books', '--follow']);
    expect((await tributary(['status'])).out).toContain('1 records could not be mapped');
    target.book.update(invoice, { issued: '2026-02-28' });
    expect(await tributary(['sync', 'books', '--follow'])).toMatchObject({ code: 0 });
    expect((await tributary(['quarantine', 'list'])).out).not.toContain(invoice);
  });

  it('lists files handed in', async () => {
    expect(await tributary(['uploads', '--filter', 'connection=files'])).toMatchObject({ code: 0, out: expect.stringContaining('HANDED IN') as string });
  });

  it('finds the hub of this folder by its state file, and never sends that key elsewhere', async () => {
    expect(await tributary(['status'], {})).toMatchObject({ code: 4, out: '', err: expect.stringContaining('npm start') as string });
    writeFileSync(join(folder, 'hub.json'), JSON.stringify({ url: hub.url, apiKey: client.key, pid: 1 }));
    expect((await tributary(['connections'], { TRIBUTARY_DATA_DIRECTORY: '.' })).code).toBe(0);
    const elsewhere = await tributary(['connections', '--url', 'http://127.0.0.1:1'], { TRIBUTARY_DATA_DIRECTORY: '.' });
    expect(elsewhere).toMatchObject({ code: 4, err: expect.stringContaining('no API key for http://127.0.0.1:1') as string });
    expect(await tributary(['connections'], { TRIBUTARY_URL: hub.url, TRIBUTARY_API_KEY: 'trb_wrong' })).toMatchObject({ code: 4, err: expect.stringContaining('Unauthenticated') as string });
  });

  it('keeps to one JSON document also when the command line makes no sense', async () => {
    expect(await json(['sync'])).toMatchObject({ code: 2, document: { title: 'Cannot do that' } });
    expect((await tributary(['nonsense'])).code).toBe(2);
    expect(await tributary(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('Exit codes') as string });
  });
});
