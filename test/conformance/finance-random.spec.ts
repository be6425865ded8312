import fc from 'fast-check';
import { currencyExponent, formatMinorUnits, type DocumentShare, type PlannedStep, type PostingIntent } from '#canonical';
import { ConnectorError, type SentStep } from '#connector-kit';
import { OUTCOME_WAIT_MS, planOf, sendOnce, type WriteBench } from '#connector-kit/testing';
import { finance } from '#connectors/dynamics365';
import { compareBooking } from '../../libs/posting/src/rules/compare-booking.js';
import { FinanceHarness, type FinanceVariant } from './finance-harness.js';

/**
 * Any posting the hub can intend, in Finance: planned, let through by preflight, sent over a line on which anything may happen to any of its calls,
 * by processes that may end after each. It is booked as planned, once, and reads back so; nothing half done is left. The sandbox checks its own books.
 */
const RUNS = 25;
const SEED = 20_261_122;
/** Some seconds are usual; a machine that does ten other things needs more. */
const PROPERTY_MS_MAX = 120_000;
/** How late a commit comes; the next attempt waits it out, as the engine waits `processingMsMax`. */
const LATE_MS = 5_000;
const ATTEMPTS_MAX = 12;

const BEFALLS = ['nothing', 'loseHeader', 'loseBatch', 'resetHeader', 'resetBatch', 'lateHeader', 'lateBatch', 'gatewayAfterBatch', 'garbleBatch', 'throttleRead', 'throttleHeader', 'throttleBatch', 'processEnds'] as const;
type Befalls = (typeof BEFALLS)[number];

interface Drawn {
  readonly invoices: readonly { readonly minor: bigint; readonly hundredths: bigint; readonly instalments: boolean }[];
  readonly onAccount: bigint;
  readonly memo: string | null;
  readonly befalls: readonly Befalls[];
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  invoices: fc.array(fc.record({ minor: fc.bigInt(100n, 9_999_999n), hundredths: fc.oneof(fc.constant(100n), fc.bigInt(1n, 99n)), instalments: fc.boolean() }), { maxLength: 4 }),
  onAccount: fc.oneof(fc.constant(0n), fc.bigInt(1n, 50_000n)),
  memo: fc.option(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((text) => text.trim()).filter((text) => text !== '')),
  befalls: fc.array(fc.constantFrom(...BEFALLS), { maxLength: 5 }),
});

function shareOf(harness: FinanceHarness, { minor, hundredths, instalments }: Drawn['invoices'][number]): DocumentShare {
  const { currency } = harness.world.book;
  const amount = { minor: (minor * hundredths) / 100n || 1n, currency };
  if (!instalments || currencyExponent(currency) !== 2) return { ...harness.share('invoice', minor), amount };
  const text = (value: bigint): string => formatMinorUnits(value, 2);
  const { externalId, number } = harness.world.book.inInstalments([text(minor / 2n), text(minor - minor / 2n)]);
  return { externalId, number, lineExternalId: null, amount, openBefore: { minor, currency } };
}

function intentOf(harness: FinanceHarness, draw: Drawn): PostingIntent {
  const currency = harness.currency();
  const invoices = draw.invoices.map((entry) => shareOf(harness, entry));
  const due = invoices.reduce((sum, { amount }) => sum + amount.minor, 0n);
  const onAccount = due === 0n && draw.onAccount === 0n ? 1n : draw.onAccount;
  return { ...harness.intentBase(), invoices, memo: draw.memo, onAccount: { minor: onAccount, currency }, amount: { minor: due + onAccount, currency } };
}

function befall(harness: FinanceHarness, what: Befalls): void {
  const { faults } = harness.world.sandbox;
  const once = { count: 1 } as const;
  switch (what) {
    case 'nothing': break;
    case 'loseHeader': faults.add({ kind: 'loseAnswer', requestClass: 'create', ...once }); break;
    case 'loseBatch': faults.add({ kind: 'loseAnswer', requestClass: 'batch', ...once }); break;
    case 'resetHeader': faults.add({ kind: 'reset', requestClass: 'create', ...once }); break;
    case 'resetBatch': faults.add({ kind: 'reset', requestClass: 'batch', ...once }); break;
    case 'lateHeader': faults.add({ kind: 'lateCommit', requestClass: 'create', clockMs: LATE_MS, ...once }); break;
    case 'lateBatch': faults.add({ kind: 'lateCommit', requestClass: 'batch', clockMs: LATE_MS, ...once }); break;
    case 'gatewayAfterBatch': faults.add({ kind: 'failAfter', requestClass: 'batch', status: 504, html: true, ...once }); break;
    case 'garbleBatch': faults.add({ kind: 'garble', requestClass: 'batch', ...once }); break;
    case 'throttleRead': faults.add({ kind: 'throttle', requestClass: 'read', ...once }); break;
    case 'throttleHeader': faults.add({ kind: 'throttle', requestClass: 'create', ...once }); break;
    case 'throttleBatch': faults.add({ kind: 'throttle', requestClass: 'batch', ...once }); break;
    case 'processEnds': harness.restartProcess(); break;
  }
}

/** Carries one step as the engine does: a doubtful one is looked up after the wait, and sent again only when it is not there. */
async function carry(harness: FinanceHarness, bench: WriteBench, step: PlannedStep, befalls: readonly Befalls[]): Promise<SentStep> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    befall(harness, befalls[attempt - 1] ?? 'nothing');
    const failure = await sendOnce(bench, step, attempt).then(() => null, (error: unknown) => {
      if (error instanceof ConnectorError) return error.failure;
      throw error;
    });
    harness.world.sandbox.faults.clear();
    expect(['outcomeUnknown', 'rateLimited', 'transient', undefined]).toContain(failure?.kind);
    if (failure !== null && failure.kind !== 'outcomeUnknown') continue;
    await harness.passTime(LATE_MS + 1);
    for (let wait = 0; wait < 3; wait += 1) {
      const found = (await bench.door.find(harness.context(), [step])).get(step.stepKey);
      if (found?.state === 'booked') return { step, externalId: found.externalId };
      expect(found?.state).not.toBe('refused');
      if (found === undefined) break;
      await harness.passTime(OUTCOME_WAIT_MS);
    }
  }
  throw new Error(`${step.stepKey} was not booked in ${ATTEMPTS_MAX} attempts`);
}

async function holdsTrue(harness: FinanceHarness, bench: WriteBench, draw: Drawn): Promise<void> {
  const { book, sandbox } = harness.world;
  const intent = intentOf(harness, draw);
  const [step, ...more] = await planOf(bench, intent);
  if (step === undefined || more.length > 0) throw new Error('not one step');
  expect(await bench.door.preflight(harness.context(), [step])).toEqual([]);
  const before = sandbox.stats().everWritten;
  const sent = await carry(harness, bench, step, draw.befalls);
  sandbox.checkBook();
  const after = sandbox.stats();
  expect({ journals: after.everWritten.journals - before.journals, lines: after.everWritten.lines - before.lines, duplicates: after.duplicates }).toEqual({ journals: 1, lines: 1, duplicates: [] });
  const [record] = await bench.door.readBack(harness.context(), [sent]);
  expect(record === undefined ? 'no answer' : compareBooking(step, record)).toEqual([]);
  const shown = new Map(step.effects.map((effect) => [effect.externalId, effect.after]));
  expect([...shown.keys()].map((id) => [id, book.openOf(id)])).toEqual([...shown]);
}

const VARIANTS: readonly (readonly [string, FinanceVariant])[] = [
  ['dollars', {}],
  ['yen', { currency: 'JPY' }],
  ['vouchers given when posted', { environment: { voucherAllocationAtPosting: false } }],
];

describe.each(VARIANTS)('any posting in Finance: %s', (_name, variant) => {
  it('is booked as planned, once, whatever happens to its calls', async () => {
    const harness = new FinanceHarness(variant);
    const bench: WriteBench = { harness, writes: harness.writes, door: finance.write };
    await harness.start();
    try {
      await fc.assert(fc.asyncProperty(drawn, (draw) => holdsTrue(harness, bench, draw)), { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: PROPERTY_MS_MAX - 10_000, markInterruptAsFailure: true, endOnFailure: true });
    } finally {
      await harness.stop();
    }
  }, PROPERTY_MS_MAX);
});
