import fc from 'fast-check';
import { currencyExponent, formatMinorUnits, type DocumentShare, type PlannedStep, type PostingIntent, type WriteOffShare } from '#canonical';
import { resolveStep, type SentStep } from '#connector-kit';
import { idOfSent, planOf, planReversalOf, reversalOf, sendOnce, type WriteBench } from '#connector-kit/testing';
import { netsuite } from '#connectors/netsuite';
import { compareBooking } from '../../libs/posting/src/rules/compare-booking.js';
import { NetSuiteHarness, type NetSuiteVariant } from './netsuite-harness.js';

/**
 * Any posting the hub can intend, in NetSuite: planned, let through by preflight, sent over a line that loses answers, it is booked as planned
 * and reads back so; reversed, every document is as open as before. The sandbox checks its own books after each.
 */
const RUNS = 20;
const SEED = 20_260_310;
/** Three seconds are usual; a machine that does ten other things needs more. */
const PROPERTY_MS_MAX = 100_000;

/** A document and how much of it is taken, in hundredths of what is open. */
interface Taken {
  readonly minor: bigint;
  readonly hundredths: bigint;
}

interface Drawn {
  readonly invoices: readonly (Taken & { readonly writeOff: boolean })[];
  readonly credits: readonly Taken[];
  readonly onAccount: bigint;
  readonly undeposited: boolean;
  readonly memo: string | null;
  /** Places in the order of sends at which an answer gets lost. */
  readonly lost: readonly boolean[];
}

const taken = { minor: fc.bigInt(100n, 9_999_999n), hundredths: fc.oneof(fc.constant(100n), fc.bigInt(1n, 99n)) };
const drawn: fc.Arbitrary<Drawn> = fc.record({
  invoices: fc.array(fc.record({ ...taken, writeOff: fc.boolean() }), { minLength: 1, maxLength: 4 }),
  credits: fc.array(fc.record(taken), { maxLength: 2 }),
  onAccount: fc.oneof(fc.constant(0n), fc.bigInt(1n, 50_000n)),
  undeposited: fc.boolean(),
  memo: fc.option(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((text) => text.trim()).filter((text) => text !== '')),
  lost: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
});

const partOf = ({ minor, hundredths }: Taken): bigint => (minor * hundredths) / 100n || 1n;

/** Credits beyond what the invoices take are left out, as the hub's own form leaves them out. */
function intentOf(harness: NetSuiteHarness, draw: Drawn): PostingIntent {
  const currency = harness.currency();
  const invoices: DocumentShare[] = [];
  const writeOffs: WriteOffShare[] = [];
  for (const entry of draw.invoices) {
    const whole = harness.share('invoice', entry.minor);
    const paid = partOf(entry);
    invoices.push({ ...whole, amount: { minor: paid, currency } });
    const rest = entry.minor - paid;
    if (entry.writeOff && rest > 0n) writeOffs.push({ ...whole, amount: { minor: rest, currency }, accountExternalId: harness.world.book.ledger.writeOff, reasonCode: 'short pay' });
  }
  const due = invoices.reduce((sum, share) => sum + share.amount.minor, 0n);
  const credits: DocumentShare[] = [];
  let credited = 0n;
  for (const entry of draw.credits) {
    const given = partOf(entry) < due - credited ? partOf(entry) : due - credited;
    if (given <= 0n) continue;
    credits.push({ ...harness.share('creditMemo', entry.minor), amount: { minor: given, currency } });
    credited += given;
  }
  const base = harness.intentBase();
  return {
    ...base, invoices, credits, writeOffs, onAccount: { minor: draw.onAccount, currency }, amount: { minor: due - credited + draw.onAccount, currency }, memo: draw.memo,
    bankAccountExternalId: draw.undeposited ? null : base.bankAccountExternalId,
  };
}

/** Sends as the engine does: what is unknown is looked up, and sent again only when it is not there. */
async function carry(bench: WriteBench, steps: readonly PlannedStep[], lost: readonly boolean[]): Promise<readonly SentStep[]> {
  const ids = new Map<string, string>();
  const sent: SentStep[] = [];
  for (const [index, planned] of steps.entries()) {
    const step = resolveStep(planned, ids);
    if (lost[index] === true) {
      await bench.harness.misbehave({ kind: 'loseNextAnswerAfterCommit' });
      await expect(sendOnce(bench, step)).rejects.toMatchObject({ failure: { kind: 'outcomeUnknown' } });
      const found = (await bench.door.find(bench.harness.context(), [step])).get(step.stepKey);
      expect(found?.state).toBe('booked');
    }
    const externalId = await idOfSent(bench, step, await sendOnce(bench, step, lost[index] === true ? 2 : 1));
    ids.set(step.stepKey, externalId);
    sent.push({ step, externalId });
  }
  return sent;
}

async function verified(bench: WriteBench, sent: readonly SentStep[]): Promise<void> {
  const booked = await bench.door.readBack(bench.harness.context(), sent);
  const differences = sent.flatMap(({ step }) => booked.filter(({ stepKey }) => stepKey === step.stepKey).flatMap((record) => compareBooking(step, record)));
  expect(booked).toHaveLength(sent.length);
  expect(differences).toEqual([]);
}

async function holdsTrue(harness: NetSuiteHarness, bench: WriteBench, draw: Drawn): Promise<void> {
  const { book, sandbox } = harness.world;
  const intent = intentOf(harness, draw);
  const steps = await planOf(bench, intent);
  expect(await bench.door.preflight(harness.context(), steps)).toEqual([]);
  const sent = await carry(bench, steps, draw.lost);
  await verified(bench, sent);
  sandbox.checkBook();
  const shown = new Map(steps.flatMap((step) => step.effects).map((effect) => [effect.externalId, effect.after]));
  expect([...shown.keys()].map((id) => [id, book.openOf(id)])).toEqual([...shown]);
  const reversal = await planReversalOf(bench, reversalOf({ intent, sent }, `${intent.idempotencyKey}-r`));
  expect(await bench.door.preflight(harness.context(), reversal)).toEqual([]);
  await verified(bench, await carry(bench, reversal, draw.lost.toReversed()));
  sandbox.checkBook();
  const exponent = currencyExponent(harness.currency());
  for (const share of [...intent.invoices, ...intent.credits]) expect(book.openOf(share.externalId)).toBe(formatMinorUnits(share.openBefore.minor, exponent));
}

const VARIANTS: readonly (readonly [string, NetSuiteVariant])[] = [
  ['dollars, reversed by deleting', {}],
  ['dollars, reversed by countering', { config: { reversal: 'compensate' } }],
  ['yen, reversed by deleting', { currency: 'JPY' }],
];

describe.each(VARIANTS)('any posting in NetSuite: %s', (_name, variant) => {
  it('is booked as planned, once, and comes undone', async () => {
    const harness = new NetSuiteHarness(variant);
    const bench: WriteBench = { harness, writes: harness.writes, door: netsuite.write };
    await harness.start();
    try {
      await fc.assert(fc.asyncProperty(drawn, (draw) => holdsTrue(harness, bench, draw)), { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: PROPERTY_MS_MAX - 10_000, markInterruptAsFailure: true, endOnFailure: true });
    } finally {
      await harness.stop();
    }
  }, PROPERTY_MS_MAX);
});
