import 'reflect-metadata';
import { plaid } from '#connectors/plaid';
import { ACCESS_TOKEN, CLIENT_ID, FakeItem, FakePlaid, fakeAccount, SECRET } from '../../connectors/plaid/src/testing/index.js';
import { startTestHub, type Client, type TestHub } from '../support/hub.js';

interface Line {
  id: string; status: string; statusBecause: string | null; amount: { amount: string; currency: string }; pending: boolean; withdrawn: boolean; memo: string; bankAccountId: string;
  version: number; receivedDocumentId: string | null; bankFeedAccountId: string | null;
}
interface Feed { health: { state: string; because: string | null; since: string }; paused: boolean; unplacedCount: number; accountCount: number; updatedAt: string | null; expiries: { what: string }[] }
interface Account { id: string; externalId: string; formerExternalIds: string[]; bankAccountId: string | null }
type Hub = TestHub;

/** A bank feed through a whole hub: API, sync runs, storage, over a Plaid made from the reference. */
describe('a bank feed', () => {
  let hub: Hub;
  let client: Client;
  let fake: FakePlaid;
  let id: string;

  beforeAll(async () => { hub = await startTestHub({ connectors: [plaid], publicUrl: 'https://hub.example' }); client = await hub.client(hub.test.tenantId); });
  afterAll(async () => { await hub.close(); });
  beforeEach(async () => {
    fake = new FakePlaid();
    await fake.start();
    id = await connect({ secret: SECRET, accessToken: ACCESS_TOKEN, itemId: 'item-1' });
  });
  afterEach(async () => { await fake.stop(); expect(hub.unforeseen).toEqual([]); });

  let names = 0;
  async function connect(secrets: object): Promise<string> {
    const made = await client.post('/v1/connections', {
      name: `bank ${names += 1}`, connector: 'plaid', config: { clientId: CLIENT_ID, environment: 'sandbox', serviceUrl: fake.url, pageSize: 2 }, secrets,
    });
    expect(made.status).toBe(201);
    return (made.body as { id: string }).id;
  }
  async function sync(kind = 'incremental'): Promise<{ status: string; counts: unknown[]; problem: { message: string } | null }> {
    const asked = await client.post(`/v1/connections/${id}/syncs`, { kind });
    expect(asked.status).toBe(202);
    await hub.drain(hub.test.tenantId, id);
    return (await client.get(`/v1/syncs/${(asked.body as { id: string }).id}`)).body;
  }
  const lines = async (): Promise<Line[]> => ((await client.get(`/v1/bank-transactions?feedConnectionId=${id}&sort=id`)).body as { items: Line[] }).items;
  const feed = async (): Promise<Feed> => (await client.get(`/v1/bank-feeds/${id}`)).body;
  const accounts = async (): Promise<Account[]> => ((await client.get(`/v1/bank-feeds/${id}/accounts`)).body as { items: Account[] }).items;
  const sql = (text: string, values: (string | null)[] = []): Promise<Record<string, unknown>[]> => hub.test.database.inTenant(hub.test.tenantId, (transaction) => transaction.query(text, values));
  const events = async (type: string): Promise<Record<string, unknown>[]> => sql('SELECT subject_id, detail FROM event WHERE type = $1 ORDER BY id', [type]);

  it('becomes bank transactions on a bank account of its own, twins apart, and read again changes nothing', async () => {
    fake.item.add({ amount: '-1000.10', name: 'ACH ACME INV 4711' });
    fake.item.add({ amount: '-75', name: 'DEPOSIT' });
    fake.item.add({ amount: '-75', name: 'DEPOSIT' });
    fake.item.add({ amount: '12.5', name: 'FEE' });
    expect(await sync()).toMatchObject({ status: 'succeeded', counts: [{ entity: 'bankFeed', read: 4, changed: 4, quarantined: 0, deleted: 0 }] });
    const first = await lines();
    expect(first.map(({ amount, status }) => [amount.amount, status])).toEqual([['1000.10', 'potentialPayment'], ['75.00', 'potentialPayment'], ['75.00', 'potentialPayment'], ['-12.50', 'notPayment']]);
    expect(first[0]).toMatchObject({ receivedDocumentId: null, memo: 'ACH ACME INV 4711', pending: false, withdrawn: false });
    const [account] = await accounts();
    expect(account).toMatchObject({ externalId: 'acc-1', bankAccountId: first[0]?.bankAccountId });
    expect((await client.get(`/v1/bank-accounts/${account?.bankAccountId ?? ''}`)).body).toMatchObject({ name: 'First Platypus Bank Operating *0000', currency: 'USD', connectionId: null });
    expect(await feed()).toMatchObject({ health: { state: 'ok', because: null }, accountCount: 1, unplacedCount: 0, paused: false });
    expect(await sync()).toMatchObject({ counts: [{ read: 0, changed: 0 }] });
    expect(await sync('full')).toMatchObject({ counts: [{ read: 4, changed: 0, deleted: 0 }] });
    expect(await lines()).toEqual(first);
  });

  it('stores an update whole or not at all, and begins again where it began', async () => {
    for (let row = 0; row < 5; row += 1) fake.item.add({ name: `ROW ${row}` });
    fake.item.mutateNext = true;
    expect(await sync()).toMatchObject({ status: 'succeeded', counts: [{ read: 5, changed: 5 }] });
    // The loop was begun twice, both times at the beginning.
    expect(fake.calls.filter(({ path }) => path === '/transactions/sync').map(({ body }) => 'cursor' in body)).toEqual([false, true, false, true, true]);
    fake.item.add({ name: 'ROW 5' });
    fake.item.add({ name: 'ROW 6' });
    fake.item.add({ name: 'ROW 7' });
    const checkpoint = (): Promise<unknown> => sql('SELECT checkpoint FROM bank_feed WHERE connection_id = $1', [id]);
    const before = await checkpoint();
    // The accounts and the first page come, the second page does not.
    fake.faults.push({ kind: 'status', status: 400, code: 'INVALID_FIELD', after: 2 });
    expect(await sync()).toMatchObject({ status: 'failed' });
    expect([(await lines()).length, await checkpoint()]).toEqual([5, before]);
    expect(await feed()).toMatchObject({ health: { state: 'failing', because: expect.stringContaining('INVALID_FIELD') as string } });
    await sync();
    expect((await lines()).map(({ memo }) => memo)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((row) => `ROW ${row}`));
  });

  it('shows pending rows, never matches them, and settles them in their own line', async () => {
    const pending = fake.item.add({ name: 'CHECK 9', amount: '-20.00', pending: true });
    await sync();
    const [before] = await lines();
    expect(before).toMatchObject({ pending: true, status: 'notPayment', statusBecause: expect.stringContaining('pending at the bank') as string });
    fake.item.settle(pending.transactionId, true, { amount: '-20.50', date: '2026-03-04' });
    await sync();
    expect(await lines()).toEqual([expect.objectContaining({ id: before?.id, pending: false, status: 'potentialPayment', amount: { amount: '20.50', currency: 'USD' }, bookedOn: '2026-03-04' })]);
    expect(await sql('SELECT external_id, state, replaced_by FROM bank_feed_row WHERE connection_id = $1 ORDER BY id', [id])).toEqual([
      { external_id: pending.transactionId, state: 'replaced', replaced_by: 'tx-item-1-2' }, { external_id: 'tx-item-1-2', state: 'live', replaced_by: null },
    ]);
  });

  it('takes rows back without deleting them: put aside, a matched one for a person, a posted one with the posting to reverse', async () => {
    const rows = ['OPEN', 'MATCHED', 'POSTED'].map((name) => fake.item.add({ name }));
    await sync();
    const [, matched, posted] = await lines();
    await sql(`UPDATE bank_transaction SET status = 'readyToPost' WHERE id = $1`, [matched?.id ?? '']);
    const postingId = await insertPosting(posted?.id ?? '');
    for (const { transactionId } of rows) fake.item.remove(transactionId);
    expect(await sync()).toMatchObject({ counts: [{ deleted: 3 }] });
    const after = await lines();
    expect(after.map(({ status, withdrawn }) => [status, withdrawn])).toEqual([['notPayment', true], ['attention', true], ['attention', true]]);
    expect(after[2]?.statusBecause).toContain(`posting ${postingId}): a reversal is needed (POST /v1/postings/${postingId}/reversal)`);
    expect((await events('bankTransaction.withdrawn')).slice(-3).map(({ detail }) => detail)).toEqual([null, null, { reversalNeeded: true, postingIds: [postingId] }]);
    // The matched one can be put aside; the posted one cannot before it is reversed.
    const mark = (line?: Line): ReturnType<Client['post']> => client.post(`/v1/bank-transactions/${line?.id ?? ''}/non-payment-mark`, { because: 'the bank took it back' }, { 'if-match': `"${line?.version ?? 0}"` });
    expect([(await mark(after[1])).status, (await mark(after[2])).status]).toEqual([200, 409]);
  });

  it('asks for a person when a posted row changes its amount', async () => {
    const row = fake.item.add({ name: 'WIRE', amount: '-300.00' });
    await sync();
    const [line] = await lines();
    const postingId = await insertPosting(line?.id ?? '');
    fake.item.modify(row.transactionId, { amount: '-310.00' });
    await sync();
    expect(await lines()).toEqual([expect.objectContaining({ id: line?.id, status: 'attention', statusBecause: expect.stringContaining(`from 300.00 USD to 310.00 USD after it was posted (posting ${postingId})`) as string })]);
  });

  async function insertPosting(bankTransactionId: string): Promise<string> {
    await sql(`UPDATE bank_transaction SET status = 'posted' WHERE id = $1`, [bankTransactionId]);
    const [row] = await sql(`
      INSERT INTO posting (connection_id, kind, bank_transaction_id, idempotency_key, intent, currency, amount_minor, state, chain_hash, created_by)
      VALUES ($1, 'payment', $2::bigint, 'key-' || $2::text, '{}', 'USD', 10000, 'verified', '', 'spec') RETURNING id`, [id, bankTransactionId]);
    return String(row?.['id']);
  }

  it('keeps a row in no known currency, or finer than its currency, and says why it is no line', async () => {
    fake.item.add({ name: 'POINTS', isoCurrency: null });
    fake.item.add({ name: 'YEN', isoCurrency: 'JPY', amount: '-100.5' });
    expect(await sync()).toMatchObject({ status: 'succeeded', counts: [{ read: 2, quarantined: 2 }] });
    expect(await lines()).toEqual([]);
    const { items } = (await client.get(`/v1/bank-feeds/${id}/unplaced`)).body as { items: { problem: string; payload: { amount: string } }[] };
    expect(items.map(({ problem }) => problem)).toEqual([expect.stringContaining('no ISO 4217 currency'), expect.stringContaining('"100.5" JPY cannot be kept')]);
    expect(items[1]?.payload).toMatchObject({ amount: '-100.5', name: 'YEN' });
  });

  it('says who must act, stops reading, and reads on when the login is repaired', async () => {
    fake.item.add({ name: 'FIRST' });
    await sync();
    fake.item.error = 'ITEM_LOGIN_REQUIRED';
    expect(await sync()).toMatchObject({ status: 'failed' });
    expect(await feed()).toMatchObject({ paused: true, health: { state: 'signInAgain', because: expect.stringContaining('tributary bank link --update') as string } });
    expect((await client.post(`/v1/bank-feeds/${id}/syncs`)).status).toBe(409);
    expect((await client.post(`/v1/bank-feeds/${id}/link`, { update: true })).body).toMatchObject({ token: expect.stringContaining('link-') as string });
    expect(fake.calls.at(-1)?.body).toMatchObject({ access_token: ACCESS_TOKEN });
    fake.item.error = null;
    fake.item.add({ name: 'SECOND' });
    expect((await client.post(`/v1/bank-feeds/${id}/link/finish`, {})).body).toMatchObject({ paused: false, health: { state: 'unread' } });
    await hub.drain(hub.test.tenantId, id);
    expect([(await feed()).health.state, (await lines()).length]).toEqual(['ok', 2]);
    expect((await events('bankFeed.healthChanged')).filter(({ subject_id }) => subject_id === id).map(({ detail }) => (detail as { health: string }).health)).toEqual(['ok', 'signInAgain', 'unread', 'ok']);
  });

  it('follows a new login of the same bank: same accounts, same lines, new ids', async () => {
    fake.item.add({ name: 'ONE', amount: '-1.00' });
    fake.item.add({ name: 'TWIN', amount: '-2.00' });
    fake.item.add({ name: 'TWIN', amount: '-2.00' });
    await sync();
    const before = await lines();
    fake.item.error = 'USER_PERMISSION_REVOKED';
    await sync();
    expect((await feed()).health.state).toBe('linkAnew');
    const again = new FakeItem('item-2');
    again.accounts = [fakeAccount('acc-9', 'Operating', '0000')];
    for (const [name, amount] of [['ONE', '-1.00'], ['TWIN', '-2.00'], ['TWIN', '-2.00'], ['NEW', '-3.00']] as const) again.add({ name, amount, accountId: 'acc-9' });
    fake.items.set('access-sandbox-new', again);
    fake.publicTokens.set('public-sandbox-1', 'access-sandbox-new');
    expect((await client.post(`/v1/bank-feeds/${id}/link/finish`, { publicToken: 'public-sandbox-1' })).status).toBe(200);
    await hub.drain(hub.test.tenantId, id);
    const after = await lines();
    expect(after.slice(0, 3).map((line) => [line.id, line.status])).toEqual(before.map((line) => [line.id, line.status]));
    expect(after.map(({ memo }) => memo)).toEqual(['ONE', 'TWIN', 'TWIN', 'NEW']);
    expect(await accounts()).toEqual([expect.objectContaining({ externalId: 'acc-9', formerExternalIds: ['acc-1'] })]);
    // Read from the beginning once more, nothing moves.
    await sync('full');
    expect(await lines()).toEqual(after);
  });

  it('tells of a consent that ends within thirty days, once', async () => {
    fake.item.consentExpiresAt = new Date(Date.now() + 20 * 86_400_000).toISOString();
    await client.post(`/v1/connections/${id}/check`);
    await client.post(`/v1/connections/${id}/check`);
    expect((await events('connection.expiring')).filter(({ subject_id }) => subject_id === id)).toEqual([
      { subject_id: id, detail: { what: 'consent of First Platypus Bank', at: fake.item.consentExpiresAt, cure: expect.stringContaining('tributary bank link --update') as string } },
    ]);
    expect((await feed()).expiries).toEqual([expect.objectContaining({ what: 'consent of First Platypus Bank' })]);
  });

  it('is linked from nothing: connection, ticket with the webhook\'s address, exchange, first read', async () => {
    id = await connect({ secret: SECRET });
    expect((await client.post(`/v1/connections/${id}/check`)).body).toMatchObject({ missing: [expect.stringContaining('no bank login is linked') as string] });
    expect((await client.post(`/v1/bank-feeds/${id}/link`, {})).status).toBe(200);
    expect(fake.calls.at(-1)?.body).toMatchObject({ products: ['transactions'], webhook: `https://hub.example/v1/webhooks/${id}`, transactions: { days_requested: 90 } });
    fake.item.add({ name: 'FIRST' });
    fake.publicTokens.set('public-sandbox-2', ACCESS_TOKEN);
    await client.post(`/v1/bank-feeds/${id}/link/finish`, { publicToken: 'public-sandbox-2' });
    await hub.drain(hub.test.tenantId, id);
    expect((await lines()).map(({ memo }) => memo)).toEqual(['FIRST']);
    expect(JSON.stringify((await client.get(`/v1/connections/${id}`)).body)).not.toContain(ACCESS_TOKEN);
    expect((await client.post(`/v1/bank-feeds/${id}/link/finish`, { publicToken: 'public-sandbox-2' })).status).toBe(502);
  });

  describe('is woken by webhooks', () => {
    const body = (code: string, type = 'TRANSACTIONS'): object => ({ webhook_type: type, webhook_code: code, item_id: 'item-1', environment: 'sandbox' });
    const now = (): number => Math.floor(Date.now() / 1_000);
    async function deliver(content: object, given: { issuedAt?: number; bytes?: Uint8Array; to?: string; type?: string } = {}): Promise<{ status: number; body: unknown }> {
      const signed = fake.keys.deliver(content, { issuedAt: given.issuedAt ?? now() });
      const headers = { ...Object.fromEntries(signed.headers), 'content-type': given.type ?? 'application/json' };
      const response = await fetch(`${hub.url}/v1/webhooks/${given.to ?? id}`, { method: 'POST', headers, body: Buffer.from(given.bytes ?? signed.body) });
      return { status: response.status, body: await response.json() };
    }

    it('that prove themselves on their bytes: a read is in line before the answer', async () => {
      fake.item.add({ name: 'WOKEN' });
      expect(await deliver(body('SYNC_UPDATES_AVAILABLE'))).toEqual({ status: 200, body: { woken: ['bankFeed'] } });
      expect(hub.woken).toContain(`sync ${hub.test.tenantId} ${id}`);
      await hub.drain(hub.test.tenantId, id);
      expect((await lines()).map(({ memo }) => memo)).toEqual(['WOKEN']);
      expect(await deliver(body('DEFAULT_UPDATE'))).toEqual({ status: 200, body: { woken: [] } });
    });

    it('and by nothing else: changed bytes, an old signature, an unknown connection, a system without webhooks', async () => {
      const runs = async (): Promise<number> => (await sql('SELECT 1 FROM sync_run WHERE connection_id = $1', [id])).length;
      const content = body('SYNC_UPDATES_AVAILABLE');
      expect(await deliver(content, { bytes: new TextEncoder().encode(JSON.stringify(content)) })).toMatchObject({ status: 401, body: { type: '/problems/webhook-refused' } });
      expect(await deliver(content, { issuedAt: now() - 360 })).toMatchObject({ status: 401 });
      expect(await deliver(content, { to: '999999' })).toMatchObject({ status: 404 });
      expect(await deliver(content, { to: 'abc' })).toMatchObject({ status: 422 });
      expect(await deliver(content, { bytes: new Uint8Array(300_000) })).toMatchObject({ status: 413 });
      expect(await runs()).toBe(0);
      expect(await deliver(content, { type: 'text/plain' })).toMatchObject({ status: 200 });
      expect(await runs()).toBe(1);
    });

    it('to look at the login: broken, it stops with the reason; repaired, it reads on', async () => {
      await sync();
      fake.item.error = 'ITEM_LOGIN_REQUIRED';
      expect(await deliver(body('ERROR', 'ITEM'))).toEqual({ status: 200, body: { woken: ['health'] } });
      await hub.drain(hub.test.tenantId, id);
      expect(await feed()).toMatchObject({ paused: true, health: { state: 'signInAgain' } });
      fake.item.error = null;
      fake.item.add({ name: 'AFTER REPAIR' });
      expect(await deliver(body('LOGIN_REPAIRED', 'ITEM'))).toMatchObject({ status: 200 });
      await hub.drain(hub.test.tenantId, id);
      expect([(await feed()).health.state, (await lines()).map(({ memo }) => memo)]).toEqual(['ok', ['AFTER REPAIR']]);
      // The check has set the address of the webhooks as well.
      expect(fake.item.webhook).toBe(`https://hub.example/v1/webhooks/${id}`);
    });
  });
});
