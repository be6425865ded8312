import type { PlannedStep } from '#canonical';
import { isOffered, type OperationCapability } from '../../index.js';
import { failureOf, failureOfKind, holds, holdsSameSet } from '../broken.js';
import { readToEnd, sameCheckpoint } from '../pages.js';
import { book, differencesOf, idOfSent, planOf, sendOnce, withOneUnitLess } from '../posting-run.js';
import { ofOperation, type Applicability, type Sentence, type WriteBench } from '../sentence.js';

const LATE_COMMIT_MS = 6_000;
const SHORT_DEADLINE_MS = 500;

type Guarded = Extract<OperationCapability, { by: 'native' | 'steps' | 'file' }>;

/** A guard that holds even when nobody looked first. */
function targetGuards(capability: Guarded): Applicability {
  return capability.duplicateGuard === 'find'
    ? { because: 'the target does not enforce a unique key; the engine looks first and waits out the processing time' } : true;
}

function answersOverTheWire(capability: Guarded): Applicability {
  return capability.by === 'file' ? { because: 'a file is delivered, there is no answer to lose' } : true;
}

function bothGuards(capability: Guarded): Applicability {
  const wire = answersOverTheWire(capability);
  return wire === true ? targetGuards(capability) : wire;
}

export const SENDING: readonly Sentence[] = [
  ofOperation(10, 'post', 'sending the same key twice books once, with the same id, and says so', { check: booksOnce }),
  ofOperation(11, 'post', 'the same key with another amount is a `conflict` that names the field', { check: noticesConflict }),
  ofOperation(12, 'post', 'an answer lost after booking is `outcomeUnknown`; `find` sees it; a retry books nothing', { applies: answersOverTheWire, check: survivesLostAnswer }),
  ofOperation(13, 'post', 'the target holds what was planned: the read-back equals the expectation', { check: readsBackAsPlanned }),
  ofOperation(37, 'post', '`find` knows exactly the keys that were sent, no prefix of them and no other', { check: findsExactKeys }),
  ofOperation(38, 'post', 'a commit after we gave up is found, and sending again adopts it', { applies: answersOverTheWire, check: adoptsLateCommit }),
  ofOperation(39, 'post', 'two workers sending the same key at once book once', { applies: bothGuards, check: booksOnceAtOnce }),
  ofOperation(40, 'post', 'a booking that somebody edited shows as a difference in the read-back', { check: noticesTampering }),
  ofOperation(28, 'post', 'a booked payment brings its invoices into the next read, by themselves or as touched', {
    applies: (_capability, connector) => (connector.capabilities.read.invoice === undefined ? { because: 'it does not read invoices' } : true),
    check: movesInvoices,
  }),
];

async function firstStep(bench: WriteBench): Promise<PlannedStep> {
  const [step] = await planOf(bench, await bench.writes.intent('several'));
  holds(step !== undefined, 'the plan has no step');
  return step;
}

async function holdsBookedOnce({ writes, harness }: WriteBench, step: PlannedStep, writtenBefore: number): Promise<void> {
  const booked = await writes.bookedCount(step.stepKey);
  holds(booked === 1, `the target holds ${booked} records for the key, not one`);
  const written = await harness.writtenCount() - writtenBefore;
  holds(written === 1, `${written} documents were written for one step`);
}

async function booksOnce(bench: WriteBench): Promise<void> {
  const before = await bench.harness.writtenCount();
  const step = await firstStep(bench);
  const first = await sendOnce(bench, step);
  const externalId = await idOfSent(bench, step, first);
  holds(first.state === 'pending' || !first.alreadyThere, 'the first send says the key was already there');
  const second = await sendOnce(bench, step, 2);
  holds(await idOfSent(bench, step, second) === externalId, 'the second send gives another id');
  holds(second.state === 'pending' || second.alreadyThere, 'the second send does not say that the key was already there');
  await holdsBookedOnce(bench, step, before);
}

async function noticesConflict(bench: WriteBench): Promise<void> {
  const { writes, harness } = bench;
  const intent = await writes.intent('inFull');
  const [[step], [other]] = [await planOf(bench, intent), await planOf(bench, withOneUnitLess(intent))];
  holds(step !== undefined && other !== undefined, 'the plan has no step');
  holds(step.stepKey === other.stepKey, 'the step key depends on the amount; an edited posting would book twice');
  const before = await harness.writtenCount();
  const externalId = await idOfSent(bench, step, await sendOnce(bench, step));
  const conflict = await failureOfKind('conflict', 'the same key with another amount', async () => idOfSent(bench, other, await sendOnce(bench, other, 2)));
  holds(conflict.differsIn.length > 0 && conflict.differsIn.every((path) => path.trim() !== ''), 'the conflict does not name the field');
  holds(conflict.externalId === externalId, `the conflict names ${conflict.externalId}, the booking is ${externalId}`);
  await holdsBookedOnce(bench, step, before);
}

/** The id a look-up gives. Where the target decides later, the look-up may say so first: the key is there, its id comes. */
async function idOfFound(bench: WriteBench, step: PlannedStep, what: string): Promise<string> {
  const { post } = bench.harness.connector.capabilities.operations;
  const found = (await bench.door.find(bench.harness.context(), [step])).get(step.stepKey);
  const later = isOffered(post) && post.outcome === 'later';
  holds(found?.state === 'booked' || (later && found?.state === 'pending'), `${what} and \`find\` answers ${found?.state ?? 'nothing'}`);
  return await idOfSent(bench, step, found.state === 'booked' ? { ...found, alreadyThere: true } : { state: 'pending' });
}

async function survivesLostAnswer(bench: WriteBench): Promise<void> {
  const { harness } = bench;
  const before = await harness.writtenCount();
  const step = await firstStep(bench);
  await harness.misbehave({ kind: 'loseNextAnswerAfterCommit' });
  await failureOfKind('outcomeUnknown', 'a send whose answer is lost', () => sendOnce(bench, step));
  const externalId = await idOfFound(bench, step, 'the key is booked');
  const again = await sendOnce(bench, step, 2);
  holds(await idOfSent(bench, step, again) === externalId, 'the retry gives another id than `find`');
  await holdsBookedOnce(bench, step, before);
}

async function readsBackAsPlanned(bench: WriteBench): Promise<void> {
  const { harness, writes, door } = bench;
  const { operations } = harness.connector.capabilities;
  const shapes = ['inFull', 'several', ...(isOffered(operations.apply) ? ['withCredit' as const] : []), ...(isOffered(operations.writeOff) ? ['withWriteOff' as const] : [])] as const;
  for (const shape of shapes) {
    const { sent } = await book(bench, await writes.intent(shape));
    const records = await door.readBack(harness.context(), sent);
    holdsSameSet(`${shape}: read-back answers`, records.map((record) => record.stepKey), sent.map(({ step }) => step.stepKey));
    for (const { step, externalId } of sent) {
      const record = records.find(({ stepKey }) => stepKey === step.stepKey);
      const differences = differencesOf(step, record);
      holds(differences.length === 0, `${shape}: "${step.says}" differs: ${differences.join('; ')}`);
      holds(step.action === 'delete' || record?.externalId === externalId, `${shape}: the read-back is of ${record?.externalId ?? 'nothing'}, not of ${externalId}`);
    }
  }
}

async function findsExactKeys(bench: WriteBench): Promise<void> {
  const { harness, door } = bench;
  const step = await firstStep(bench);
  const unsent = await door.find(harness.context(), [step]);
  holds(unsent.size === 0, 'a key that was never sent is found');
  await idOfSent(bench, step, await sendOnce(bench, step));
  const prefix = { ...step, stepKey: step.stepKey.slice(0, -1) };
  const longer = { ...step, stepKey: `${step.stepKey.slice(0, -1)}_x` };
  const found = await door.find(harness.context(), [prefix, step, longer]);
  holdsSameSet('keys found', found.keys(), [step.stepKey]);
}

async function adoptsLateCommit(bench: WriteBench): Promise<void> {
  const { harness, door } = bench;
  const before = await harness.writtenCount();
  const step = await firstStep(bench);
  await harness.misbehave({ kind: 'lateCommit', afterMs: LATE_COMMIT_MS });
  await failureOfKind('outcomeUnknown', 'a send that commits late', () => sendOnce(bench, step, 1, SHORT_DEADLINE_MS));
  const early = (await door.find(harness.context(), [step])).get(step.stepKey);
  holds(early === undefined || early.state === 'pending', `nothing is committed yet and \`find\` answers ${early?.state ?? ''}`);
  await harness.passTime(LATE_COMMIT_MS + 1);
  const externalId = await idOfFound(bench, step, 'the commit came late');
  holds(await idOfSent(bench, step, await sendOnce(bench, step, 2)) === externalId, 'the retry gives another id than `find`');
  await holdsBookedOnce(bench, step, before);
}

async function booksOnceAtOnce(bench: WriteBench): Promise<void> {
  const before = await bench.harness.writtenCount();
  const step = await firstStep(bench);
  const results = await Promise.allSettled([sendOnce(bench, step), sendOnce(bench, step, 2)]);
  for (const result of results) {
    if (result.status === 'fulfilled') continue;
    const { kind } = await failureOf('one of two sends at once', () => Promise.reject(result.reason as Error));
    holds(kind === 'transient' || kind === 'outcomeUnknown' || kind === 'rateLimited', `one of two sends at once failed as ${kind}`);
  }
  await idOfSent(bench, step, await sendOnce(bench, step, 3));
  await holdsBookedOnce(bench, step, before);
}

async function noticesTampering(bench: WriteBench): Promise<void> {
  const { harness, writes, door } = bench;
  const { sent } = await book(bench, await writes.intent('inFull'));
  const [first] = sent;
  holds(first !== undefined, 'nothing was sent');
  await writes.tamper(first.externalId);
  const records = await door.readBack(harness.context(), sent);
  const differences = differencesOf(first.step, records.find(({ stepKey }) => stepKey === first.step.stepKey));
  holds(differences.length > 0, 'the booking was edited in the target and the read-back still shows the plan');
}

async function movesInvoices(bench: WriteBench): Promise<void> {
  const { harness, writes } = bench;
  const { invoice, payment } = harness.connector.read;
  const declared = harness.connector.capabilities.read;
  holds(invoice !== undefined && declared.invoice !== undefined, 'invoices are not read');
  const intent = await writes.intent('several');
  const invoices = { harness, entity: 'invoice', reader: invoice, capability: declared.invoice } as const;
  const payments = payment === undefined || declared.payment === undefined ? null : { harness, entity: 'payment', reader: payment, capability: declared.payment } as const;
  const before = { invoices: await readToEnd(invoices, null), payments: payments === null ? null : await readToEnd(payments, null) };
  await harness.passTime(120_000);
  await book(bench, intent);
  await harness.passTime(1_000);
  const delta = await readToEnd(invoices, before.invoices.checkpoint);
  const known = new Map(before.invoices.records.map((record) => [record.externalId, record.revision]));
  const moved = delta.records.filter((record) => known.get(record.externalId) !== record.revision).map((record) => record.externalId);
  const paid = payments === null ? null : await readToEnd(payments, before.payments?.checkpoint ?? null);
  const touched = paid?.pages.flatMap((page) => page.touched?.invoice ?? []) ?? [];
  holds(paid === null || !sameCheckpoint(paid.checkpoint, before.payments?.checkpoint ?? null), 'the payment did not come with the next read');
  holdsSameSet('invoices whose balance moved unseen', intent.invoices.map(({ externalId }) => externalId).filter((id) => !moved.includes(id) && !touched.includes(id)), []);
}
