import type { DocumentShare, Invoice, PostingIntent } from '#canonical';
import type { Checkpoint, EntityReader, SourceRecord } from '#connector-kit';
import { planOf, sendOnce, takeAll, type WriteBench } from '#connector-kit/testing';
import { businessCentral } from '#connectors/dynamics365';
import { compileMapping, loadMappingFolder } from '#mapping';
import type { TenantSettings } from '../../apps/sandbox/src/index.js';
import { compareBooking } from '../../libs/posting/src/rules/compare-booking.js';
import { BusinessCentralHarness, type BusinessCentralVariant } from './business-central-harness.js';

/** Debts that no sales invoice stands for (reference, 2.4): opening balances, which only the customer ledger shows. */
const HOUR_MS = 3_600_000;
const INVOICES = businessCentral.read.invoice as Required<EntityReader>;
const EXTENSION = { companionInstalled: true };
const ANALYTICS = { analyticsInstalled: true };
const harnesses: BusinessCentralHarness[] = [];

async function started(tenant: Partial<TenantSettings> = {}, variant: BusinessCentralVariant = {}): Promise<BusinessCentralHarness> {
  const harness = new BusinessCentralHarness({ ...variant, tenant });
  await harness.start();
  harnesses.push(harness);
  return harness;
}

afterEach(async () => {
  for (const harness of harnesses.splice(0)) {
    harness.world.sandbox.checkBooks();
    await harness.stop();
  }
});

/** @returns the id the hub knows it by */
function owe(harness: BusinessCentralHarness, amount = '250', documentNumber = 'OPEN-1'): string {
  const { sandbox, book } = harness.world;
  return `entry-${sandbox.elsewhere.addOpeningBalance({ customerNumber: book.customer.number, amount, documentNumber, dueDate: '2026-01-31' })}`;
}

async function read(harness: BusinessCentralHarness, entity: 'invoice' | 'creditMemo' | 'payment', from: Checkpoint | null = null): Promise<{ records: ReadonlyMap<string, SourceRecord>; checkpoint: Checkpoint | null }> {
  const pages = await takeAll(entity, businessCentral.read[entity].changes(harness.context(), from));
  return { records: new Map(pages.flatMap((page) => page.records).map((record) => [record.externalId, record])), checkpoint: pages.at(-1)?.checkpoint ?? from };
}

async function invoiceOf(record: SourceRecord | undefined): Promise<Invoice> {
  const mapping = (await loadMappingFolder('mappings/business-central')).get('business-central.invoice.read');
  if (mapping === undefined || mapping.direction !== 'read' || record === undefined) throw new Error('no mapping, or no record');
  const result = compileMapping(mapping, { transforms: {} }).apply(record.payload);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value as Invoice;
}

const openTotal = async (harness: BusinessCentralHarness): Promise<unknown> => (await businessCentral.totals?.(harness.context()) ?? []).map(({ count, open }) => [count, open]);

describe('an opening balance', () => {
  it.each([['the companion extension', EXTENSION, '2026-01-31'], ['the analytics app', ANALYTICS, '2026-01-31'], ['the ledger app alone', {}, null]] as const)('is an open invoice, read through %s', async (_how, tenant, dueOn) => {
    const harness = await started(tenant);
    const id = owe(harness);
    expect(await invoiceOf((await read(harness, 'invoice')).records.get(id))).toMatchObject({
      externalId: id, number: 'OPEN-1', customerExternalId: harness.world.book.customer.id, status: 'open', dueOn, total: { minor: 25_000n, currency: 'USD' }, open: { minor: 25_000n, currency: 'USD' },
    });
    expect(await openTotal(harness)).toEqual([[1, '250.00']]);
  });

  it.each([['the companion extension', EXTENSION], ['the analytics app', ANALYTICS]] as const)('paid in part comes again with what is left and names its payment, through %s', async (_how, tenant) => {
    const harness = await started(tenant);
    const id = owe(harness);
    const before = await read(harness, 'invoice');
    await harness.passTime(HOUR_MS);
    harness.world.sandbox.elsewhere.settleInvoice('OPEN-1', '100');
    await harness.passTime(1000);
    const after = await read(harness, 'invoice', before.checkpoint);
    expect((await invoiceOf(after.records.get(id))).open.minor).toBe(15_000n);
    expect([...(await read(harness, 'payment')).records.values()].map(({ payload }) => payload['allocations'])).toEqual([[{ invoice: id, amount: expect.stringMatching(/^100(\.00)?$/) as string }]]);
    expect(await openTotal(harness)).toEqual([[1, '150.00']]);
  });

  it('is in the sweep while it is open, is re-read by its id, and stays in the list of ids when it is paid', async () => {
    const harness = await started();
    const id = owe(harness);
    const ids = async (pages: AsyncIterable<{ readonly records: readonly SourceRecord[] }>): Promise<readonly string[]> => (await takeAll('invoices', pages)).flatMap(({ records }) => records.map(({ externalId }) => externalId));
    expect(await ids(INVOICES.openItems(harness.context()))).toEqual([id]);
    harness.world.sandbox.elsewhere.settleInvoice('OPEN-1');
    expect(await ids(INVOICES.openItems(harness.context()))).toEqual([]);
    expect(await ids(INVOICES.byIds(harness.context(), [id, 'entry-999999']))).toEqual([id]);
    expect((await takeAll('ids', INVOICES.ids(harness.context()))).flat()).toEqual([id]);
    expect((await invoiceOf((await read(harness, 'invoice')).records.get(id))).status).toBe('paid');
  });

  it('is void when it was reversed, and its counterpart is no invoice', async () => {
    const harness = await started();
    const id = owe(harness);
    harness.world.sandbox.elsewhere.reverse('OPEN-1');
    const { records } = await read(harness, 'invoice');
    expect([records.size, (await invoiceOf(records.get(id))).status]).toEqual([1, 'void']);
    expect((await read(harness, 'creditMemo')).records.size).toBe(0);
  });

  it('in a customer\'s favour is a credit memo', async () => {
    const harness = await started(EXTENSION);
    const id = owe(harness, '-40', 'OPEN-CR');
    expect((await read(harness, 'invoice')).records.size).toBe(0);
    expect((await read(harness, 'creditMemo')).records.get(id)?.payload).toMatchObject({ number: 'OPEN-CR', status: 'Open', totalAmountIncludingTax: expect.stringMatching(/^40/) as string, allocations: [] });
  });
});

describe('where nothing tells it', () => {
  it.each([
    ['no ledger can be read', { reportsFinanceInstalled: false }, 'none', /only the customer ledger shows them/], ['only the ledger app is there', {}, 'wholeAmount', /counts as wholly open, here and in the totals/],
    ['analytics is there', ANALYTICS, 'localCurrency', /in a foreign currency/],
  ] as const)('the probe says so: %s', async (_what, tenant, feature, sentence) => {
    const harness = await started(tenant);
    const { features, unseen = [] } = await businessCentral.probe(harness.context());
    expect(features['openingBalances']).toBe(feature);
    expect(unseen).toEqual([expect.stringMatching(sentence)]);
  });

  it('the companion extension leaves nothing unsaid', async () => {
    const harness = await started(EXTENSION);
    const { features, unseen } = await businessCentral.probe(harness.context());
    expect([features['openingBalances'], unseen]).toEqual(['ledger', []]);
  });
});

const benchOf = (harness: BusinessCentralHarness): WriteBench => ({ harness, writes: harness.writes, door: businessCentral.write });

function intentFor(harness: BusinessCentralHarness, share: Pick<DocumentShare, 'externalId' | 'number'>, minor: bigint, openMinor = 25_000n): PostingIntent {
  const money = (amount: bigint): { minor: bigint; currency: string } => ({ minor: amount, currency: 'USD' });
  return { ...harness.intentBase(), amount: money(minor), invoices: [{ ...share, lineExternalId: null, amount: money(minor), openBefore: money(openMinor) }] };
}

describe('cash for an opening balance', () => {
  it.each([['the companion extension', EXTENSION], ['the analytics app', ANALYTICS]] as const)('is posted against its number and reads back as planned, with %s', async (_how, tenant) => {
    const harness = await started(tenant);
    const bench = benchOf(harness);
    const externalId = owe(harness);
    const [step] = await planOf(bench, intentFor(harness, { externalId, number: 'OPEN-1' }, 10_000n));
    if (step === undefined) throw new Error('no step');
    expect(await bench.door.preflight(harness.context(), [step])).toEqual([]);
    const sent = await sendOnce(bench, step);
    const [booked] = await bench.door.readBack(harness.context(), [{ step, externalId: sent.state === 'booked' ? sent.externalId : '' }]);
    if (booked === undefined) throw new Error('nothing is booked');
    expect(compareBooking(step, booked)).toEqual([]);
    expect(harness.world.sandbox.elsewhere.openAmount('OPEN-1')).toBe('150');
  });

  it('is refused before anything is sent where what is open of it cannot be read', async () => {
    const harness = await started();
    const bench = benchOf(harness);
    const externalId = owe(harness);
    const steps = await planOf(bench, intentFor(harness, { externalId, number: 'OPEN-1' }, 10_000n));
    expect((await bench.door.preflight(harness.context(), steps)).map(({ code, path }) => [code, path])).toEqual([['notSupported', 'steps[0].body.lines[0].appliesToInvoiceNumber']]);
  });

  it('is refused when less is open by now, or the entry is gone', async () => {
    const harness = await started(EXTENSION);
    const bench = benchOf(harness);
    const externalId = owe(harness);
    harness.world.sandbox.elsewhere.settleInvoice('OPEN-1', '200');
    const codes = async (id: string): Promise<readonly string[]> => (await bench.door.preflight(harness.context(), await planOf(bench, intentFor(harness, { externalId: id, number: 'OPEN-1' }, 10_000n)))).map(({ code }) => code);
    expect([await codes(externalId), await codes('entry-999999')]).toEqual([['overApplied'], ['documentMissing']]);
  });
});
