import { startNetSuiteSandbox, type NetSuiteSandbox } from './sandbox.js';
import { TestClient } from './testing/client.js';

describe('SuiteQL', () => {
  let sandbox: NetSuiteSandbox;
  let client: TestClient;

  beforeAll(async () => {
    sandbox = await startNetSuiteSandbox({ profile: 'tiny', seed: 3 });
    client = new TestClient(sandbox);
  });
  afterAll(async () => {
    expect(sandbox.failures).toEqual([]);
    await sandbox.stop();
  });

  it('gives every value as text, keys in lower case, nothing for null, and empty links', async () => {
    const reply = await client.query('SELECT T.ID AS TheId, T.ForeignTotal, t.externalid FROM Transaction T WHERE t.type = \'CustInvc\' ORDER BY t.id FETCH FIRST 1 ROWS ONLY');
    const [row] = reply.items;
    expect(Object.keys(row ?? {})).toEqual(['links', 'theid', 'foreigntotal']);
    expect(typeof row?.['theid']).toBe('string');
    expect(reply.body).toMatchObject({ count: 1, hasMore: false, offset: 0, totalResults: 1 });
  });

  it('drops trailing zeros of amounts', async () => {
    const customer = await client.create('customer', { companyName: 'Zero Trail Inc.' });
    const invoice = async (amount: number): Promise<string> => client.create('invoice', { entity: { id: customer }, item: { items: [{ item: { id: '1' }, amount }] } });
    const ids = [await invoice(1234.5), await invoice(7), await invoice(0.05)];
    const rows = (await client.query(`SELECT id, foreigntotal FROM transaction WHERE id IN (${ids.join()}) ORDER BY id`)).items;
    expect(rows.map((row) => row['foreigntotal'])).toEqual(['1234.5', '7', '0.05']);
    const found = await client.query('SELECT id FROM transaction WHERE entity = ? AND foreigntotal > ? AND foreigntotal < 1234.51 ORDER BY id', [customer, '6.99']);
    expect(found.items.map((row) => row['id'])).toEqual(ids.slice(0, 2));
    expect((await client.query('SELECT SUM(foreigntotal) AS s, COUNT(*) AS n, MAX(foreigntotal + 1) AS m FROM transaction WHERE entity = ?', [customer])).items).toEqual([{ links: [], s: '1241.55', n: '3', m: '1235.5' }]);
  });

  it.each([
    ['SELECT id FROM transaction LIMIT 5', /LIMIT/],
    ['WITH a AS (SELECT 1 FROM dual) SELECT * FROM a', /WITH/],
    ["SELECT id FROM transaction WHERE trandate > DATE '2026-01-01'", /date literals/],
    ["SELECT tranid + 'x' FROM transaction", /\|\|/],
    ['SELECT id FROM [transaction]', /unexpected character '\['/],
    ['SELECT t.id FROM transaction t, customer c WHERE t.entity = c.id(+)', /\(\+\)/],
    ['SELECT t.id FROM transaction t, customer c JOIN subsidiary s ON s.id = c.subsidiary', /cannot be mixed/],
    ['SELECT nosuch FROM transaction', /Unknown identifier 'nosuch'\. Available identifiers are: \{transaction=transaction\}\./],
    ['SELECT id FROM foo', /Invalid search type: foo\./],
    ['DELETE FROM transaction', /Invalid or unsupported search/],
    ['SELECT FROM', /Invalid or unsupported search/],
    ["SELECT x_locked FROM transaction", /Unknown identifier/],
    ["SELECT id FROM transaction WHERE trandate > '2026-01-31'", /Unparseable date/],
    [`SELECT id FROM transaction WHERE id IN (${Array.from({ length: 1001 }, (_, index) => index).join()})`, /1000/],
    ['SELECT RANDOMBLOB(5) FROM dual', /unknown function/],
    [`SELECT ${'('.repeat(5000)}1${')'.repeat(5000)} FROM dual`, /nested/],
  ])('refuses %s', async (query, detail) => {
    const reply = await client.query(query);
    expect(reply.status).toBe(400);
    expect(reply.detail).toMatch(detail);
    expect(reply.body).toMatchObject({ status: 400, 'o:errorDetails': [{ 'o:errorCode': 'INVALID_PARAMETER', 'o:errorQueryParam': 'q' }] });
  });

  it('needs Prefer: transient, a limit of at most 1000 and an offset divisible by it', async () => {
    const q = 'SELECT id FROM transaction ORDER BY id';
    expect((await client.query(q, [], 'limit=10', {})).status).toBe(400);
    expect((await client.query(q, [], 'limit=1001')).status).toBe(400);
    expect((await client.query(q, [], 'limit=10&offset=15')).status).toBe(400);
    const second = await client.query(q, [], 'limit=10&offset=10');
    const all = await client.query(q);
    expect(second.items).toEqual(all.items.slice(10, 20));
    expect(second.hasMore).toBe(true);
  });

  it('ignores OFFSET in the query: the first rows come again', async () => {
    const q = 'SELECT id FROM transaction ORDER BY id';
    const first = await client.query(`${q} FETCH FIRST 3 ROWS ONLY`);
    expect((await client.query(`${q} OFFSET 3 ROWS FETCH NEXT 3 ROWS ONLY`)).items).toEqual(first.items);
  });

  it('walks the whole table by id, with the right total on every page', async () => {
    const everything = await client.query('SELECT id FROM transaction ORDER BY id');
    const seen: string[] = [];
    let last = '0';
    for (;;) {
      const page = await client.query('SELECT id FROM transaction WHERE id > ? ORDER BY id', [last], 'limit=17');
      expect(page.totalResults).toBe(everything.totalResults - seen.length);
      expect(page.hasMore).toBe(page.items.length < page.totalResults);
      seen.push(...page.items.map((row) => row['id'] ?? ''));
      if (!page.hasMore) break;
      last = seen.at(-1) ?? '';
    }
    expect(seen).toEqual(everything.items.map((row) => row['id']));
    expect((await client.query('SELECT id FROM transaction WHERE id > ? ORDER BY id', ['0'], 'limit=17')).totalResults).toBe(seen.length);
  });

  it('walks with the id written into the query as it does with a bound one, also after something was written', async () => {
    const ofInvoices = "SELECT t.id FROM transaction t JOIN transactionline l ON l.transaction = t.id AND l.mainline = 'T' WHERE t.type = 'CustInvc' AND (t.memo IS NULL OR t.memo <> 'id > 7')";
    const pages = async (next: (last: string) => Promise<{ items: readonly Record<string, unknown>[]; body: unknown }>): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for (let last = '0'; ;) {
        const { items, body } = await next(last);
        seen.push({ ids: items.map((row) => row['id']), total: (body as { totalResults: unknown }).totalResults });
        if (items.length === 0) return seen;
        last = String(items.at(-1)?.['id']);
      }
    };
    const written = (last: string): ReturnType<TestClient['query']> => client.query(`${ofInvoices} AND t.id > ${last} ORDER BY t.id`, [], 'limit=7');
    const bound = (last: string): ReturnType<TestClient['query']> => client.query(`${ofInvoices} AND t.id > ? ORDER BY t.id`, [last], 'limit=7');
    const before = await pages(written);
    expect(before).toEqual(await pages(bound));
    await client.create('invoice', { entity: { id: '1' }, memo: 'later', item: { items: [{ item: { id: '1' }, amount: 3 }] } });
    const after = await pages(written);
    expect(after).not.toEqual(before);
    expect(after).toEqual(await pages(bound));
  });

  it('finds the first id beyond another, and nothing beyond the last', async () => {
    const first = async (beyond: string): Promise<unknown> => (await client.query(`SELECT MIN(t.id) AS firstid FROM transaction t JOIN currency c ON c.id = t.currency WHERE t.type = 'CustInvc' AND t.id > ${beyond}`)).items;
    const ids = (await client.query("SELECT id FROM transaction WHERE type = 'CustInvc' ORDER BY id")).items.map((row) => String(row['id']));
    expect(await first(ids[3] ?? '')).toEqual([{ links: [], firstid: ids[4] }]);
    expect(await first(ids.at(-1) ?? '')).toEqual([{ links: [] }]);
  });

  it('shows dates in the account format and moments in the account time zone', async () => {
    const customer = await client.create('customer', { companyName: 'Date Shop' });
    sandbox.setClock(new Date('2026-11-21T06:30:00Z'));
    const id = await client.create('invoice', { entity: { id: customer }, tranDate: '2026-11-05', item: { items: [{ item: { id: '1' }, amount: 1 }] } });
    const q = "SELECT trandate, lastmodifieddate AS bare, TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS full, TO_CHAR(trandate, 'DD.MM.YYYY') AS german FROM transaction WHERE id = ?";
    expect((await client.query(q, [id])).items).toEqual([{ links: [], trandate: '11/5/2026', bare: '11/20/2026', full: '2026-11-20 22:30:00', german: '05.11.2026' }]);
    const window = 'SELECT id FROM transaction WHERE entity = ? AND lastmodifieddate >= TO_DATE(?, \'YYYY-MM-DD HH24:MI:SS\') AND lastmodifieddate < TO_DATE(?, \'YYYY-MM-DD HH24:MI:SS\')';
    expect((await client.query(window, [customer, '2026-11-20 22:30:00', '2026-11-20 22:30:01'])).items).toHaveLength(1);
    expect((await client.query(window, [customer, '2026-11-20 22:30:01', '2026-11-20 23:30:01'])).items).toHaveLength(0);
    expect((await client.query("SELECT id FROM transaction WHERE entity = ? AND trandate = TO_DATE('2026-11-05', 'YYYY-MM-DD')", [customer])).items).toHaveLength(1);
    expect((await client.query("SELECT id FROM transaction WHERE entity = ? AND trandate = '11/5/2026'", [customer])).items).toHaveLength(1);
    expect((await client.query('SELECT SESSIONTIMEZONE AS timezone FROM DUAL')).items).toEqual([{ links: [], timezone: 'America/Los_Angeles' }]);
    expect((await client.view(`invoice/${id}`))['lastModifiedDate']).toBe('2026-11-21T06:30:00Z');
  });

  it('shows a status as letter, code and label, and names unnamed columns expr1', async () => {
    const reply = await client.query("SELECT t.status, BUILTIN.CF(t.status) AS code, BUILTIN.DF(t.status) AS label, BUILTIN.DF(t.currency), NVL(t.memo, 'none') AS memo, CASE WHEN t.type = 'CustInvc' THEN 'i' ELSE 'o' END AS kind FROM transaction t WHERE t.type = 'CustInvc' AND t.foreignamountunpaid > 0 ORDER BY t.id FETCH FIRST 1 ROWS ONLY");
    expect(reply.items[0]).toMatchObject({ status: 'A', code: 'CustInvc:A', label: 'Invoice : Open', memo: 'none', kind: 'i' });
    expect(['US Dollar', 'British Pound']).toContain(reply.items[0]?.['expr1']);
  });

  it('gives zero rows when type codes and record type names are mixed up', async () => {
    expect((await client.query("SELECT id FROM transaction WHERE type = 'invoice'")).items).toEqual([]);
    expect((await client.query("SELECT id FROM transaction WHERE recordtype = 'invoice'")).items.length).toBeGreaterThan(0);
  });

  it('holds applications one row per line pair: joined naively they are more than the documents', async () => {
    const grouped = await client.query("SELECT l.nextdoc, l.previousdoc, SUM(l.foreignamount) AS applied FROM NextTransactionLineLink l GROUP BY l.nextdoc, l.previousdoc");
    const rows = await client.query('SELECT l.nextdoc FROM NextTransactionLineLink l');
    expect(rows.totalResults).toBeGreaterThan(grouped.totalResults);
    const previous = await client.query("SELECT p.nexttype, COUNT(DISTINCT p.nextdoc) AS n FROM PreviousTransactionLineLink p GROUP BY p.nexttype");
    expect(previous.items[0]?.['nexttype']).toBe('CustPymt');
    expect((await client.query('SELECT nexttype FROM NextTransactionLineLink')).status).toBe(400);
  });

  it('hides the column subsidiary without OneWorld and tables the role cannot see', async () => {
    sandbox.settings.oneWorld = false;
    sandbox.settings.hiddenTables = ['customer'];
    expect((await client.query('SELECT subsidiary FROM transactionline')).detail).toMatch(/Unknown identifier 'subsidiary'/);
    expect((await client.query('SELECT id FROM customer')).detail).toMatch(/Record 'customer' was not found\./);
    sandbox.settings.oneWorld = true;
    sandbox.settings.hiddenTables = [];
    expect((await client.query('SELECT subsidiary FROM transactionline')).status).toBe(200);
  });

  it('sees a new record only after the search delay', async () => {
    sandbox.setClock(new Date('2026-11-21T08:00:00Z'), true);
    sandbox.settings.searchDelayMs = 20_000;
    const customer = await client.create('customer', { companyName: 'Late Search Ltd' });
    const id = await client.create('invoice', { entity: { id: customer }, externalId: 'late-1', item: { items: [{ item: { id: '1' }, amount: 1 }] } });
    sandbox.settings.searchDelayMs = 0;
    const q = "SELECT t.id, l.id AS line FROM transaction t JOIN transactionline l ON l.transaction = t.id WHERE t.externalid = 'late-1' AND l.mainline = 'T'";
    expect((await client.query(q)).items).toEqual([]);
    expect((await client.record('GET', 'invoice/eid:late-1')).status).toBe(200);
    sandbox.setClock(new Date('2026-11-21T08:00:20Z'), true);
    expect((await client.query(q)).items).toEqual([{ links: [], id, line: '0' }]);
  });

  it('counts open receivables the same from headers and from accounting lines in one currency', async () => {
    const header = await client.query("SELECT SUM(foreignamountunpaid) AS open FROM transaction WHERE type = 'CustInvc' AND currency = 1");
    const ledger = await client.query("SELECT SUM(a.amountunpaid) AS open FROM transactionaccountingline a JOIN transaction t ON t.id = a.transaction WHERE t.type = 'CustInvc' AND t.currency = 1 AND a.posting = 'T' AND a.accountingbook = 1");
    expect(header.items[0]?.['open']).toBe(ledger.items[0]?.['open']);
  });
});
