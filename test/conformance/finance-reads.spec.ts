import type { Checkpoint, EntityReader, SourceRecord } from '#connector-kit';
import { book, failureOf, planOf, sendOnce, takeAll, type WriteBench } from '#connector-kit/testing';
import { finance } from '#connectors/dynamics365';
import { FinanceHarness, type FinanceVariant } from './finance-harness.js';

let harness: FinanceHarness;

async function open(variant: FinanceVariant = {}): Promise<void> {
  harness = new FinanceHarness(variant);
  await harness.start();
}

afterEach(async () => { await harness.stop(); });

const READ = Object.keys(finance.read) as (keyof typeof finance.read)[];

/** Everything a run brings, and where the next one starts. */
async function read(entity: keyof typeof finance.read, from: Checkpoint | null = null): Promise<{ readonly records: readonly SourceRecord[]; readonly checkpoint: Checkpoint | null }> {
  const pages = await takeAll(`reading ${entity}`, finance.read[entity].changes(harness.context(), from));
  return { records: pages.flatMap(({ records }) => records), checkpoint: pages.at(-1)?.checkpoint ?? from };
}

const lastOf = (records: readonly SourceRecord[], externalId: string): SourceRecord | undefined => records.findLast((record) => record.externalId === externalId);

const writes = (): WriteBench => ({ harness, writes: harness.writes, door: finance.write });
const isEverywhere = (address: string): boolean => new URLSearchParams(address.split('?')[1] ?? '').get('cross-company') === 'true';

describe('cross-company', () => {
  it('is on every request: probe, lists and their next pages, ids, sweeps, preflight, posting, look-up, read-back and taking away', async () => {
    await open();
    for (const entity of READ) {
      const seeded = await harness.seed(entity, 5);
      const reader: EntityReader = finance.read[entity];
      const { checkpoint } = await read(entity);
      await harness.change(entity, seeded[0] ?? '');
      await read(entity, checkpoint);
      await takeAll('by ids', reader.byIds?.(harness.context(), seeded) ?? (async function* () { /* not read by id */ })());
      await takeAll('ids', reader.ids?.(harness.context()) ?? (async function* () { /* not listed */ })());
      await takeAll('open items', reader.openItems?.(harness.context()) ?? (async function* () { /* has none */ })());
    }
    await finance.probe(harness.context());
    const { sent, intent } = await book(writes(), await harness.writes.intent('several'));
    await finance.write.readBack(harness.context(), sent);
    const [refused] = await planOf(writes(), { ...intent, idempotencyKey: 'trb-refused' });
    if (refused === undefined) throw new Error('the plan has no step');
    await finance.write.preflight(harness.context(), [refused]);
    await failureOf('settling what is settled', () => sendOnce(writes(), refused));
    const { asked } = harness.world.line;
    expect(asked.filter(({ address }) => !isEverywhere(address))).toEqual([]);
    expect(new Set(asked.map(({ method }) => method))).toEqual(new Set(['GET', 'POST', 'DELETE']));
    expect(asked.filter(({ address }) => address.startsWith('PaymentJournalLineSettledInvoices?')).length).toBeGreaterThan(0);
    expect(asked.filter(({ address }) => /skip/i.test(address)).length).toBeGreaterThan(0);
  });

  it('reads and posts in companies that are not the service user\'s own', async () => {
    await open();
    const [invoice] = await harness.seed('invoice', 1);
    const intent = await harness.writes.intent('several');
    harness.world.sandbox.settings.defaultCompany = 'gbsi';
    const { records } = await read('invoice');
    expect(records.map(({ externalId }) => externalId)).toContain(invoice);
    const { sent } = await book(writes(), intent);
    expect(sent[0]?.externalId).toMatch(/^usmf\/\d+$/);
  });

  it('is narrowed by the companies a connection names', async () => {
    await open({ config: { companies: ['GBSI'] } });
    await harness.seed('customer', 2);
    expect((await read('customer')).records).toEqual([]);
    expect((await read('company')).records.map(({ externalId }) => externalId)).toEqual(['gbsi']);
  });
});

describe('what moved since the last read', () => {
  it('is seen though no column of the transaction says so: a part payment brings the invoice, its open amount and the payment', async () => {
    await open();
    const [invoice = ''] = await harness.seed('invoice', 1);
    const [before, payments] = [await read('invoice'), await read('payment')];
    await harness.passTime(10 * 86_400_000);
    harness.world.sandbox.mutations.settle({ invoice: invoice.slice(5), amount: '40.00' });
    const after = await read('invoice', before.checkpoint);
    expect(lastOf(after.records, invoice)?.payload).toMatchObject({ open: '60', status: 'open' });
    const paid = await read('payment', payments.checkpoint);
    expect(paid.records.map(({ payload }) => payload)).toMatchObject([{ open: '0', allocations: [{ invoice, amount: '40' }] }]);
  });

  it('is seen when a settlement is undone: the invoice is open again, the payment on account, its allocations gone', async () => {
    await open();
    const [invoice = ''] = await harness.seed('invoice', 1);
    harness.world.book.settle(invoice);
    const before = await read('invoice');
    const payments = await read('payment');
    await harness.passTime(5 * 86_400_000);
    harness.world.sandbox.mutations.undoSettlement({ transaction: invoice.slice(5) });
    const after = await read('invoice', before.checkpoint);
    expect(lastOf(after.records, invoice)?.payload).toMatchObject({ open: '100', status: 'open', allocations: [] });
    expect((await read('payment', payments.checkpoint)).records.map(({ payload }) => payload)).toMatchObject([{ open: '-100', allocations: [] }]);
  });

  it('comes with the sweep where neither a new id nor a settlement shows it: a due day that somebody moved', async () => {
    await open();
    const [invoice = ''] = await harness.seed('invoice', 1);
    const first = await read('invoice');
    await harness.passTime(10 * 86_400_000);
    const before = await read('invoice', first.checkpoint);
    harness.world.sandbox.mutations.editTransaction({ recId: invoice.slice(5), changes: { dueDate: '2026-12-24' } });
    expect((await read('invoice', before.checkpoint)).records).toEqual([]);
    const swept = (await takeAll('the sweep', finance.read.invoice.openItems?.(harness.context()) ?? (async function* () { /* has none */ })())).flatMap(({ records }) => records);
    expect(lastOf(swept, invoice)?.payload['DueDate']).toBe('2026-12-24T12:00:00Z');
  });

  it('is not lost where record ids are handed out in blocks, so that a younger one is lower', async () => {
    await open();
    const { book: records } = harness.world.sandbox;
    // The batch job has had its block of ids for long; people have used up many since.
    records.write('batch', () => records.nextRecId());
    for (let used = 0; used < 600; used += 1) records.write('person', () => records.nextRecId());
    const [high = ''] = await harness.seed('payment', 1);
    const before = await read('payment');
    await harness.passTime(1_000);
    const { sent } = await book(writes(), { ...harness.intentBase(), amount: { minor: 500n, currency: 'USD' }, onAccount: { minor: 500n, currency: 'USD' }, invoices: [] });
    const posted = sent[0]?.externalId ?? '';
    expect(BigInt(posted.slice(5)) < BigInt(high.slice(5))).toBe(true);
    expect((await read('payment', before.checkpoint)).records.map(({ externalId }) => externalId)).toContain(posted);
  });
});

describe('an environment', () => {
  it('whose links carry a token is read to the end all the same', async () => {
    await open({ environment: { nextLink: 'token' } });
    const seeded = await harness.seed('customer', 10);
    const { records } = await read('customer');
    expect(records.map(({ externalId }) => externalId)).toEqual(expect.arrayContaining([...seeded]));
  });

  it('that throttles says for how long', async () => {
    await open();
    await harness.misbehave({ kind: 'throttleNext', retryAfterMs: 12_000 });
    expect(await failureOf('reading', () => takeAll('invoices', finance.read.invoice.changes(harness.context(), null)))).toEqual({ kind: 'rateLimited', retryAfterMs: 12_000 });
  });

  it('where the client is not registered is `auth`, and says where to register it', async () => {
    await open();
    harness.world.sandbox.settings.applicationRegistered = false;
    expect(await failureOf('the probe', () => finance.probe(harness.context()))).toMatchObject({ kind: 'auth', hint: expect.stringContaining('Microsoft Entra applications') });
    harness.world.sandbox.settings.applicationRegistered = true;
  });

  it.each([
    ['PaymentJournalLineSettledInvoices', 'post'], ['CustomerPaymentJournalLines', 'post'],
  ])('without %s still reads, and says why it does not %s', async (entity) => {
    await open({ environment: { hiddenEntities: [entity] } });
    const probe = await finance.probe(harness.context());
    expect(probe.missing.join()).toContain(entity);
    expect(Object.keys(probe.capabilities.read)).toContain('invoice');
    expect(probe.capabilities.operations.post).toMatchObject({ by: 'manual', because: expect.stringContaining(entity) });
    const plan = finance.write.plan(await harness.writes.intent('inFull'), harness.writes.tools(probe));
    expect('refusals' in plan && plan.refusals[0].code).toBe('notSupported');
  });

  it('without settlements reads no ledger, and without Ledgers asks for the currencies', async () => {
    await open({ environment: { hiddenEntities: ['CustSettlementBiEntities', 'Ledgers'] } });
    const probe = await finance.probe(harness.context());
    expect(Object.keys(probe.capabilities.read)).toEqual(['company', 'ledgerAccount', 'customer']);
    expect(probe.missing.join('\n')).toMatch(/accounting currency of .*USMF/);
  });

  it('takes its currencies from the settings where the role may not read Ledgers', async () => {
    await open({ environment: { hiddenEntities: ['Ledgers'] }, config: { companies: ['USMF'], accountingCurrencies: { USMF: 'USD' } } });
    expect((await finance.probe(harness.context())).missing).toEqual([]);
    expect((await read('company')).records.map(({ payload }) => payload)).toMatchObject([{ id: 'usmf', AccountingCurrency: 'USD' }]);
  });

  it('names a company the connection asks for and the user does not see', async () => {
    await open({ config: { companies: ['USMF', 'ZZZZ'] } });
    expect((await finance.probe(harness.context())).missing.join()).toContain('ZZZZ');
  });
});
