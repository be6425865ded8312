import { formatMoney, type PlannedStep } from '#canonical';
import { isOffered } from '../../index.js';
import { errorOf, failureOf, holds } from '../broken.js';
import { book, differencesOf, idOfSent, planReversalOf, probeOf, reversalOf, sendAll, sendOnce, type BookedPosting } from '../posting-run.js';
import { ofOperation, type Sentence, type WriteBench } from '../sentence.js';
import type { IntentShape } from '../harness.js';

export const REVERSING: readonly Sentence[] = [
  ofOperation(48, 'apply', 'a credit applied to an invoice takes the same from both', { check: appliesCredit }),
  ofOperation(42, 'writeOff', 'a write-off closes the invoice', { check: closesByWriteOff }),
  ofOperation(14, 'reverse', 'a reversal nets to zero: every document is as open as before, and the read-back agrees', { check: netsToZero }),
  ofOperation(44, 'reverse', 'reversing twice changes nothing, with the same key and with another', { check: reversesOnce }),
  ofOperation(45, 'reverse', 'reversing an original the target does not know is refused, as `invalid` or before it is sent', { check: refusesUnknownOriginal }),
  ofOperation(41, 'unapply', 'an un-apply gives the credit and the invoice back, and deletes neither', { check: unappliesCredit }),
];

async function holdsOpen({ writes }: WriteBench, what: string, document: 'invoice' | 'creditMemo', externalId: string, expected: string): Promise<void> {
  const open = await writes.openOf(document, externalId);
  holds(open === expected, `${what}: ${document} ${externalId} has ${open} open instead of ${expected}`);
}

async function holdsAsBefore(bench: WriteBench, what: string, { intent }: BookedPosting): Promise<void> {
  for (const share of intent.invoices) await holdsOpen(bench, what, 'invoice', share.externalId, formatMoney(share.openBefore));
  for (const share of intent.credits) await holdsOpen(bench, what, 'creditMemo', share.externalId, formatMoney(share.openBefore));
}

async function appliesCredit(bench: WriteBench): Promise<void> {
  const { intent } = await book(bench, await bench.writes.intent('withCredit'));
  holds(intent.credits.length > 0, 'the harness gave no credit');
  for (const share of intent.credits) {
    const left = formatMoney({ ...share.openBefore, minor: share.openBefore.minor - share.amount.minor });
    await holdsOpen(bench, 'after applying', 'creditMemo', share.externalId, left);
  }
  for (const share of intent.invoices) {
    const left = formatMoney({ ...share.openBefore, minor: share.openBefore.minor - share.amount.minor });
    await holdsOpen(bench, 'after applying', 'invoice', share.externalId, left);
  }
}

async function closesByWriteOff(bench: WriteBench): Promise<void> {
  const { intent } = await book(bench, await bench.writes.intent('withWriteOff'));
  holds(intent.writeOffs.length > 0, 'the harness gave nothing to write off');
  for (const share of intent.writeOffs) {
    const nothing = formatMoney({ minor: 0n, currency: share.amount.currency });
    await holdsOpen(bench, 'after writing off', 'invoice', share.externalId, nothing);
  }
}

/** Shapes whose every step can be taken back. */
function reversibleShapes({ harness }: WriteBench): readonly IntentShape[] {
  const { operations } = harness.connector.capabilities;
  const shapes: IntentShape[] = ['inFull', 'several'];
  if (isOffered(operations.apply) && isOffered(operations.unapply)) shapes.push('withCredit');
  if (isOffered(operations.writeOff)) shapes.push('withWriteOff');
  return shapes;
}

async function netsToZero(bench: WriteBench): Promise<void> {
  for (const shape of reversibleShapes(bench)) {
    const booked = await book(bench, await bench.writes.intent(shape));
    const steps = await planReversalOf(bench, reversalOf(booked, `${booked.intent.idempotencyKey}-r`));
    const sent = await sendAll(bench, steps);
    await holdsAsBefore(bench, `${shape}, reversed`, booked);
    const records = await bench.door.readBack(bench.harness.context(), sent);
    for (const { step } of sent) {
      const differences = differencesOf(step, records.find(({ stepKey }) => stepKey === step.stepKey));
      holds(differences.length === 0, `${shape}, reversed: "${step.says}" differs: ${differences.join('; ')}`);
    }
  }
}

async function reversesOnce(bench: WriteBench): Promise<void> {
  const booked = await book(bench, await bench.writes.intent('several'));
  const steps = await planReversalOf(bench, reversalOf(booked, `${booked.intent.idempotencyKey}-r`));
  await sendAll(bench, steps);
  const written = await bench.harness.writtenCount();
  for (const { step } of await sendAll(bench, steps, 2)) {
    const again = await sendOnce(bench, step, 3);
    holds(again.state === 'pending' || again.alreadyThere, `"${step.says}" was sent before and the target says it is new`);
  }
  await holdsAsBefore(bench, 'reversed twice with one key', booked);
  const others = await planReversalOf(bench, reversalOf(booked, `${booked.intent.idempotencyKey}-s`));
  // A target may answer "already void" or refuse; it must not book a second counter-entry.
  for (const step of others) await sendOnce(bench, step).then((result) => idOfSent(bench, step, result)).catch((error: unknown) => refusedAsDone(step, error));
  await holdsAsBefore(bench, 'reversed twice with two keys', booked);
  const more = await bench.harness.writtenCount() - written;
  holds(more === 0, `reversing again wrote ${more} more documents`);
}

async function refusedAsDone(step: PlannedStep, error: unknown): Promise<void> {
  const { kind } = await failureOf(`"${step.says}" a second time`, () => Promise.reject(error as Error));
  holds(kind === 'invalid' || kind === 'conflict', `"${step.says}" a second time is reported as ${kind}`);
}

async function refusesUnknownOriginal(bench: WriteBench): Promise<void> {
  const { harness, writes, door } = bench;
  const booked = await book(bench, await writes.intent('inFull'));
  const unknown = { ...booked, sent: booked.sent.map(({ step }) => ({ step, externalId: '999999999' })) };
  const plan = door.planReversal(reversalOf(unknown, `${booked.intent.idempotencyKey}-r`), writes.tools(await probeOf(bench)));
  if ('refusals' in plan) return;
  const written = await harness.writtenCount();
  const refusals = await door.preflight(harness.context(), plan.steps);
  holds(refusals.length > 0, 'the original is unknown and preflight does not say so');
  const error = await errorOf('reversing an unknown original', () => sendAll(bench, plan.steps));
  const { kind } = await failureOf('reversing an unknown original', () => Promise.reject(error as Error));
  holds(kind === 'invalid', `reversing an unknown original is reported as ${kind}`);
  holds(await harness.writtenCount() === written, 'reversing an unknown original wrote something');
}

async function unappliesCredit(bench: WriteBench): Promise<void> {
  const withCredit = isOffered(bench.harness.connector.capabilities.operations.apply);
  const booked = await book(bench, await bench.writes.intent(withCredit ? 'withCredit' : 'inFull'));
  const steps = await planReversalOf(bench, reversalOf(booked, `${booked.intent.idempotencyKey}-r`));
  holds(steps.some((step) => step.operation === 'unapply'), 'un-apply is offered and the reversal has no such step');
  await sendAll(bench, steps);
  await holdsAsBefore(bench, 'un-applied', booked);
}
