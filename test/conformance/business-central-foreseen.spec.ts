import { addDays, parseMoney, type DocumentShare, type LocalDate, type PlannedStep, type PostingIntent } from '#canonical';
import { ConnectorError, type Plan } from '#connector-kit';
import { planOf, sendOnce, takeAll } from '#connector-kit/testing';
import { businessCentral } from '#connectors/dynamics365';
import { compareBooking } from '../../libs/posting/src/rules/compare-booking.js';
import { benchOf, businessCentralTenants } from './business-central-bench.js';
import type { BusinessCentralHarness, BusinessCentralVariant } from './business-central-harness.js';

/** What Business Central would refuse or do by itself while it posts, seen before anything is sent. */
const { started, stopAll } = businessCentralTenants();
afterEach(stopAll);

async function failureOf(work: Promise<unknown>): Promise<ConnectorError> {
  const error: unknown = await work.then(() => null, (reason: unknown) => reason);
  if (error instanceof ConnectorError) return error;
  throw new Error(`no ConnectorError but ${String(error)}`);
}

describe('the setup page', () => {
  it.each([['foresees', true], ['finds out by being refused, without', false]] as const)('%s a closed day through the setup page', async (_how, shown) => {
    const harness = await started({ tenant: { generalLedgerSetupShown: shown } });
    const bench = benchOf(harness);
    const [step] = await planOf(bench, await harness.writes.intent('inFull'));
    if (step === undefined) throw new Error('no step');
    harness.world.book.closePeriod(harness.world.book.today());
    expect((await businessCentral.probe(harness.context())).features['postingRangeKnown']).toBe(shown);
    expect((await bench.door.preflight(harness.context(), [step])).map(({ code }) => code)).toEqual(shown ? ['periodClosed'] : []);
    expect((await failureOf(sendOnce(bench, step))).failure).toMatchObject({ kind: 'invalid', issues: [{ path: 'lines.postingDate' }] });
    expect([harness.world.book.receipts().size, harness.world.book.waitingLines()]).toEqual([0, 0]);
  });
});

const usd = (text: string): { minor: bigint; currency: string } => parseMoney(text, 'USD');

interface Granted {
  readonly harness: BusinessCentralHarness;
  readonly share: DocumentShare;
  readonly customerId: string;
  readonly today: LocalDate;
}

/** An invoice over 100.00 with two percent off for ten days, as the reader brings it. */
async function granted(tenant: BusinessCentralVariant['tenant']): Promise<Granted> {
  const harness = await started(tenant === undefined ? {} : { tenant });
  const customer = harness.world.sandbox.elsewhere.addCustomer({ name: 'Pays early', paymentTerms: '2D10N30' });
  const { id, number } = harness.world.sandbox.elsewhere.addInvoice({ customerNumber: customer.number, amount: '100' });
  const pages = await takeAll('invoices', businessCentral.read.invoice.changes(harness.context(), null));
  const payload = pages.flatMap(({ records }) => records).find(({ externalId }) => externalId === id)?.payload ?? {};
  const today = harness.world.book.today();
  expect(payload).toMatchObject({ earlyDiscountAmount: expect.stringMatching(/^2(\.00)?$/) as string, earlyDiscountUntil: addDays(today, 10) });
  const earlyDiscount = { amount: usd(String(payload['earlyDiscountAmount'])), until: String(payload['earlyDiscountUntil']) as LocalDate };
  return { harness, customerId: customer.id, today, share: { externalId: id, number, lineExternalId: null, amount: usd('100'), openBefore: usd('100'), earlyDiscount } };
}

function intentOf({ harness, share, customerId, today }: Granted, paid: string, { onAccount = '0', postedOn = today, known = true } = {}): PostingIntent {
  const { earlyDiscount, ...plain } = share;
  const invoice: DocumentShare = { ...plain, amount: usd(paid), ...(known && earlyDiscount !== undefined ? { earlyDiscount } : {}) };
  return { ...harness.intentBase(), customerExternalId: customerId, postedOn, invoices: [invoice], onAccount: usd(onAccount), amount: { minor: usd(paid).minor + usd(onAccount).minor, currency: 'USD' } };
}

async function stepOf(world: Granted, intent: PostingIntent): Promise<PlannedStep> {
  const [step] = await planOf(benchOf(world.harness), intent);
  if (step === undefined) throw new Error('no step');
  return step;
}

/** @returns what is open afterwards, in the plan and in the books */
async function booked(world: Granted, intent: PostingIntent): Promise<readonly (string | undefined)[]> {
  const bench = benchOf(world.harness);
  const step = await stepOf(world, intent);
  expect(await bench.door.preflight(world.harness.context(), [step])).toEqual([]);
  const sent = await sendOnce(bench, step);
  const [record] = await bench.door.readBack(world.harness.context(), [{ step, externalId: sent.state === 'booked' ? sent.externalId : '' }]);
  if (record === undefined) throw new Error('nothing is booked');
  expect(compareBooking(step, record)).toEqual([]);
  return [step.effects[0]?.after, world.harness.world.book.openOf('invoice', world.share.externalId)];
}

describe.each([['by the payment terms', {}], ['by the entry, through the companion extension', { companionInstalled: true }]] as const)('an early-payment discount, told %s', (_how, tenant) => {
  it.each([
    ['is in the plan when what is left is paid in time', '98', {}, '0.00'], ['leaves the rest on account when it is planned so', '98', { onAccount: '2' }, '0.00'], ['is not taken on a part payment', '50', {}, '50.00'],
  ])('%s', async (_what, paid, options, left) => {
    const world = await granted(tenant);
    expect(await booked(world, intentOf(world, paid, options))).toEqual([left, left]);
  });

  it('is not taken after its day', async () => {
    const world = await granted(tenant);
    await world.harness.passTime(11 * 86_400_000);
    expect(await booked(world, intentOf(world, '100', { postedOn: addDays(world.today, 11) }))).toEqual(['0.00', '0.00']);
  });

  it('is said before it would leave money open on the payment', async () => {
    const world = await granted(tenant);
    const { harness } = world;
    const plan: Plan = businessCentral.write.plan(intentOf(world, '100'), harness.writes.tools(await businessCentral.probe(harness.context())));
    const [refusal] = 'refusals' in plan ? plan.refusals : [];
    expect([refusal?.code, refusal?.path, refusal?.cure]).toEqual(['overApplied', 'intent.invoices', expect.stringContaining('Give the invoice 98.00 and leave the rest on account')]);
  });

  it('that the hub had not read yet stops the posting before it is sent', async () => {
    const world = await granted(tenant);
    const step = await stepOf(world, intentOf(world, '100', { known: false }));
    expect((await benchOf(world.harness).door.preflight(world.harness.context(), [step])).map(({ code, problem }) => [code, problem.includes('discount of 2.00 USD')])).toEqual([['documentChanged', true]]);
  });
});

describe('a discount somebody took away from the entry', () => {
  it('stops the posting that counted on it', async () => {
    const world = await granted({ companionInstalled: true });
    const step = await stepOf(world, intentOf(world, '98'));
    const { book } = world.harness.world.sandbox;
    book().update('cust_ledger_entry', String(book().existing('cust_ledger_entry', 'document_number', world.share.number)['id']), { discount_possible: 0 });
    expect((await benchOf(world.harness).door.preflight(world.harness.context(), [step])).map(({ code }) => code)).toEqual(['documentChanged']);
  });
});
