import fc from 'fast-check';
import type { DocumentShare, PlannedStep, PostingIntent } from '#canonical';
import { ConnectorError, type SentStep } from '#connector-kit';
import { planOf, sendOnce, type WriteBench } from '#connector-kit/testing';
import { businessCentral } from '#connectors/dynamics365';
import { compareBooking } from '../../libs/posting/src/rules/compare-booking.js';
import { BusinessCentralHarness, type BusinessCentralVariant } from './business-central-harness.js';

/**
 * Any cash the hub can intend for Business Central, several postings in turn through one batch, over a line that loses, delays, repeats and
 * refuses, with the process dying now and then: each is booked as planned, once, nothing stays in the batch, and the books add up.
 */
const RUNS = 25;
const SEED = 20_260_310;
/** Ten seconds are usual; a machine that does ten other things needs more. */
const PROPERTY_MS_MAX = 100_000;
const ROUNDS_MAX = 40;
/** What the engine waits before it sends again after an unknown outcome. */
const WAIT_MS = 16 * 60_000;

const FAULTS = ['none', 'loseLines', 'losePosting', 'failLines', 'failPosting', 'resetPosting', 'throttleLines', 'throttlePosting', 'garblePosting', 'loseLookUp', 'die'] as const;
type Trouble = (typeof FAULTS)[number];

interface DrawnPosting {
  readonly invoices: readonly { readonly minor: bigint; readonly hundredths: bigint }[];
  readonly onAccount: bigint;
  readonly memo: string | null;
  readonly troubles: readonly Trouble[];
}

const posting: fc.Arbitrary<DrawnPosting> = fc.record({
  invoices: fc.array(fc.record({ minor: fc.bigInt(100n, 9_999_999n), hundredths: fc.oneof(fc.constant(100n), fc.bigInt(1n, 99n)) }), { maxLength: 4 }),
  onAccount: fc.oneof(fc.constant(0n), fc.bigInt(1n, 50_000n)),
  memo: fc.option(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((text) => text.trim()).filter((text) => text !== '')),
  troubles: fc.array(fc.constantFrom(...FAULTS), { maxLength: 5 }),
}).filter(({ invoices, onAccount }) => invoices.length > 0 || onAccount > 0n);

function intentOf(harness: BusinessCentralHarness, { invoices, onAccount, memo }: DrawnPosting): PostingIntent {
  const currency = harness.currency();
  const shares = invoices.map(({ minor, hundredths }): DocumentShare => ({ ...harness.share('invoice', minor), amount: { minor: (minor * hundredths) / 100n || 1n, currency } }));
  const amount = shares.reduce((sum, share) => sum + share.amount.minor, onAccount);
  return { ...harness.intentBase(), invoices: shares, onAccount: { minor: onAccount, currency }, amount: { minor: amount, currency }, memo };
}

function strike(harness: BusinessCentralHarness, trouble: Trouble): void {
  const { faults } = harness.world.sandbox;
  const once = { count: 1 } as const;
  switch (trouble) {
    case 'none': return;
    case 'loseLines': faults.add({ kind: 'loseAnswer', requestClass: 'batch', ...once }); return;
    case 'losePosting': faults.add({ kind: 'loseAnswer', requestClass: 'action', ...once }); return;
    case 'failLines': faults.add({ kind: 'failBefore', requestClass: 'batch', status: 503, ...once }); return;
    case 'failPosting': faults.add({ kind: 'failAfter', requestClass: 'action', status: 500, html: true, ...once }); return;
    case 'resetPosting': faults.add({ kind: 'reset', requestClass: 'action', ...once }); return;
    case 'throttleLines': faults.add({ kind: 'throttle', requestClass: 'batch', ...once }); return;
    case 'throttlePosting': faults.add({ kind: 'throttle', requestClass: 'action', ...once }); return;
    case 'garblePosting': faults.add({ kind: 'garbled', requestClass: 'action', ...once }); return;
    case 'loseLookUp': faults.add({ kind: 'failBefore', requestClass: 'read', status: 503, pathContains: 'customerLedgerEntries', ...once }); return;
    case 'die': faults.add({ kind: 'reset', requestClass: 'action', ...once }); harness.restartProcess();
  }
}

interface Carried {
  readonly intent: PostingIntent;
  readonly step: PlannedStep;
  readonly troubles: Trouble[];
  /** Attempts whose outcome was unknown. */
  unknown: number;
  sent: SentStep | null;
}

/** One turn as the engine takes it: looked up first when in doubt, sent when it is not there. Other postings may take their turn in between. */
async function turn(bench: WriteBench, harness: BusinessCentralHarness, carried: Carried): Promise<void> {
  try {
    if (carried.unknown > 0) {
      await harness.passTime(WAIT_MS);
      const found = (await bench.door.find(harness.context(), [carried.step])).get(carried.step.stepKey);
      if (found?.state === 'booked') carried.sent = { step: carried.step, externalId: found.externalId };
      if (found !== undefined) return;
    }
    strike(harness, carried.troubles.shift() ?? 'none');
    const result = await sendOnce(bench, carried.step, carried.unknown + 1);
    if (result.state === 'booked') carried.sent = { step: carried.step, externalId: result.externalId };
    else carried.unknown += 1;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    expect(['outcomeUnknown', 'rateLimited', 'transient']).toContain(error.failure.kind);
    if (error.failure.kind === 'outcomeUnknown') carried.unknown += 1;
  } finally {
    harness.world.sandbox.faults.clear();
  }
}

async function holdsTrue(harness: BusinessCentralHarness, bench: WriteBench, draws: readonly DrawnPosting[]): Promise<void> {
  const carried: Carried[] = [];
  for (const draw of draws) {
    const intent = intentOf(harness, draw);
    const [step] = await planOf(bench, intent);
    if (step === undefined) throw new Error('no step');
    expect(await bench.door.preflight(harness.context(), [step])).toEqual([]);
    carried.push({ intent, step, troubles: [...draw.troubles], unknown: 0, sent: null });
  }
  for (let round = 0; carried.some(({ sent }) => sent === null); round += 1) {
    expect(round).toBeLessThan(ROUNDS_MAX);
    for (const each of carried) if (each.sent === null) await turn(bench, harness, each);
  }
  const { book, sandbox } = harness.world;
  const booked = await bench.door.readBack(harness.context(), carried.flatMap(({ sent }) => sent ?? []));
  for (const { step } of carried) {
    expect(booked.filter(({ stepKey }) => stepKey === step.stepKey).flatMap((record) => compareBooking(step, record))).toEqual([]);
    expect(book.receipts().get(step.stepKey)).toBe(1);
    expect(step.effects.map((effect) => book.openOf('invoice', effect.externalId))).toEqual(step.effects.map((effect) => effect.after));
  }
  expect(book.waitingLines()).toBe(0);
  sandbox.checkBooks();
}

const VARIANTS: readonly (readonly [string, BusinessCentralVariant])[] = [
  ['dollars, read through the ledger app', {}],
  ['yen, read through the companion extension', { currency: 'JPY', tenant: { companionInstalled: true } }],
  ['dollars, document numbers replaced at posting', { tenant: { postingNumberSeries: true } }],
];

describe.each(VARIANTS)('any posting in Business Central: %s', (_name, variant) => {
  it('is booked as planned, once, whatever the line does', async () => {
    const harness = new BusinessCentralHarness(variant);
    const bench: WriteBench = { harness, writes: harness.writes, door: businessCentral.write };
    await harness.start();
    try {
      await fc.assert(fc.asyncProperty(fc.array(posting, { minLength: 1, maxLength: 3 }), (draws) => holdsTrue(harness, bench, draws)), {
        numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: PROPERTY_MS_MAX - 10_000, markInterruptAsFailure: true, endOnFailure: true,
      });
    } finally {
      await harness.stop();
    }
  }, PROPERTY_MS_MAX);
});
