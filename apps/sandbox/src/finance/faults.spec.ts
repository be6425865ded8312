import { startFinanceSandbox, type FinanceSandbox } from './sandbox.js';
import { eventually, TestClient } from './testing/client.js';

const HEADER = { dataAreaId: 'usmf', JournalName: 'ARPay', Description: 'fault' };

describe('faults and throttling', () => {
  let sandbox: FinanceSandbox;
  let client: TestClient;
  beforeEach(async () => { sandbox = await startFinanceSandbox({ profile: 'bare' }); client = new TestClient(sandbox); await client.bearer(); });
  afterEach(async () => { await sandbox.stop(); expect(sandbox.failures).toEqual([]); });
  const post = async (): ReturnType<TestClient['call']> => client.call('POST', '/data/CustomerPaymentJournalHeaders', HEADER);
  const written = (): number => sandbox.stats().written.journals;

  it('commits and loses the answer, or breaks off before any work', async () => {
    sandbox.faults.add({ kind: 'loseAnswer', requestClass: 'create', count: 1 });
    await expect(post()).rejects.toThrow();
    expect(written()).toBe(1);
    sandbox.faults.add({ kind: 'reset', requestClass: 'write', count: 1 });
    expect((await client.get('LegalEntities')).status).toBe(200);
    await expect(post()).rejects.toThrow();
    expect(written()).toBe(1);
  });

  it('fails before or after the commit, with a gateway\'s page of HTML when told to', async () => {
    sandbox.faults.add({ kind: 'failBefore', requestClass: 'create', count: 1, html: true, status: 502 });
    const before = await post();
    expect([before.status, before.headers.get('content-type'), before.body, written()]).toEqual([502, 'text/html; charset=utf-8', null, 0]);
    sandbox.faults.add({ kind: 'failAfter', requestClass: 'create', count: 1 });
    const after = await post();
    expect([after.status, after.problem, written()]).toEqual([500, expect.stringMatching(/unexpected error/), 1]);
  });

  it('commits after the client has given up, or when the clock has moved on', async () => {
    sandbox.faults.add({ kind: 'lateCommit', requestClass: 'create', count: 1, delayMs: 100 });
    const controller = new AbortController();
    const sent = fetch(`${sandbox.url}/data/CustomerPaymentJournalHeaders`, { method: 'POST', signal: controller.signal, headers: { authorization: `Bearer ${await client.bearer()}` }, body: JSON.stringify(HEADER) });
    setTimeout(() => { controller.abort(); }, 40);
    await expect(sent).rejects.toThrow();
    expect(written()).toBe(0);
    await eventually(() => written() === 1);
    sandbox.faults.add({ kind: 'lateCommit', requestClass: 'create', count: 1, clockMs: 60_000 });
    await expect(post()).rejects.toThrow();
    expect(written()).toBe(1);
    sandbox.setClock(new Date(Date.now() + 61_000));
    expect(written()).toBe(2);
  });

  it('answers with the list before, and with what is no answer', async () => {
    sandbox.faults.add({ kind: 'duplicatePage', requestClass: 'read', count: 1 });
    const first = await client.get('PaymentTerms', {}, { prefer: 'odata.maxpagesize=2' });
    const link = String(first.body?.['@odata.nextLink']);
    expect((await client.call('GET', link)).rows).toEqual(first.rows);
    expect((await client.call('GET', link)).rows).not.toEqual(first.rows);
    sandbox.faults.add({ kind: 'garble', requestClass: 'create', count: 1 });
    const garbled = await post();
    expect([garbled.status, garbled.body, written()]).toEqual([200, null, 1]);
  });

  it('closes the period under way and slows down', async () => {
    sandbox.faults.add({ kind: 'closePeriod', requestClass: 'create', count: 1 });
    sandbox.faults.add({ kind: 'slow', requestClass: 'create', count: 1, delayMs: 60 });
    sandbox.mutations.addCustomer({ account: 'US-001', name: 'Summit Supply Inc.' });
    const started = performance.now();
    const batch = String((await post()).body?.['JournalBatchNumber']);
    expect(performance.now() - started).toBeGreaterThan(50);
    await client.create('CustomerPaymentJournalLines', { dataAreaId: 'usmf', JournalBatchNumber: batch, LineNumber: 1, AccountDisplayValue: 'US-001', CreditAmount: 1, CurrencyCode: 'USD' });
    expect(sandbox.mutations.postJournal({ batch }).infolog).toMatch(/is not open/);
  });

  it('throttles by resources over all clients, names the seconds, and makes repeat offenders wait longer', async () => {
    const foreign = new TestClient(sandbox, sandbox.registerClient());
    await foreign.bearer();
    sandbox.settings.resources = { ratePerSecond: 0.5, burst: 3 };
    const statuses = [await client.get('LegalEntities'), await foreign.get('LegalEntities'), await client.get('LegalEntities'), await foreign.get('LegalEntities')].map((reply) => reply.status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const [once, twice, thrice] = [await client.get('LegalEntities'), await client.get('LegalEntities'), await client.get('LegalEntities')].map((reply) => Number(reply.headers.get('retry-after')));
    expect([once, twice, thrice]).toEqual([2, 4, 8]);
    expect((await client.get('LegalEntities')).problem).toBe('This request could not be processed at this time due to system experiencing high resource utilization.');
    const actions = await client.call('POST', '/data/DataManagementDefinitionGroups/Microsoft.Dynamics.DataEntities.GetExecutionSummaryStatus', { executionId: 'x' });
    expect([actions.status, actions.body?.['value']]).toEqual([200, 'Unknown']);
    const { throttled, granted } = sandbox.stats();
    expect([Object.values(granted), Object.values(throttled)]).toEqual([[2, 1], [1, 4]]);
  });

  it('throttles by user as environments before 10.0.36 do, and on demand', async () => {
    sandbox.settings.userLimit = { requests: 2, windowSeconds: 300 };
    await client.get('LegalEntities');
    await client.get('LegalEntities');
    const third = await client.get('LegalEntities');
    expect([third.status, third.problem]).toEqual([429, 'Number of requests exeeded the limit of 2 over the time window of 300 seconds.']);
    sandbox.settings.userLimit = null;
    sandbox.faults.add({ kind: 'throttle', count: 2, retryAfterSeconds: null });
    expect([(await client.get('LegalEntities')).headers.get('retry-after'), (await client.get('LegalEntities')).status]).toEqual([null, 429]);
  });

  it('is controlled over HTTP by other processes', async () => {
    expect((await client.control('POST', 'faults', { kind: 'failBefore', requestClass: 'read', count: 1 })).status).toBe(201);
    expect((await client.get('LegalEntities')).status).toBe(503);
    expect((await client.control('POST', 'faults', { kind: 'nonsense' })).status).toBe(400);
    for (const wrong of [{ nosuch: 1 }, { pageSizeMax: 0 }, { nextLink: 'page' }, { resources: { ratePerSecond: 0 } }, { marksLock: 'yes' }]) expect((await client.control('PATCH', 'settings', wrong)).status).toBe(400);
    expect((await client.control('PATCH', 'settings', { nextLink: 'token', postingJobEveryMs: 1000 })).body).toMatchObject({ nextLink: 'token', postingJobEveryMs: 1000 });
    await client.control('POST', 'mutate/addCustomer', { account: 'US-001', name: 'Summit Supply Inc.' });
    const invoice = await client.control('POST', 'mutate/addInvoice', { account: 'US-001', number: 'CIV-1', amount: '12.30' });
    expect((await client.control('GET', 'open?invoice=CIV-1')).body).toEqual({ recId: invoice.body?.['recId'], open: '12.3', amount: '12.3' });
    await post();
    expect((await client.control('GET', 'documents?text=fault')).text).toMatch(/"batch":"000001","posted":false/);
    expect((await client.control('POST', 'mutate/postJournal', { batch: '000009' })).body).toEqual({ error: 'no journal 000009 in usmf' });
    expect((await client.control('POST', 'mutate/nosuch', {})).status).toBe(400);
    expect((await client.control('POST', 'check')).body).toEqual({ holds: true });
    expect((await client.control('GET', 'stats')).body).toMatchObject({ faults: { failBefore: 1 }, written: { journals: 1 }, openRequests: 0 });
  });
});
