import { IDEMPOTENCY_KEY_MAX, OPERATIONS, type PlannedStep, type PostingIntent } from '#canonical';
import { isOffered, neededSteps, type Plan } from '../../index.js';
import { failureOfKind, holds, SentenceBroken } from '../broken.js';
import type { IntentShape } from '../harness.js';
import { book, frozen, planOf, planReversalOf, probeOf, reversalOf, sameValue, sendOnce, stepsOf } from '../posting-run.js';
import { ofConnector, ofOperation, type Sentence, type WriteBench } from '../sentence.js';

export const PLANNING: readonly Sentence[] = [
  ofOperation(31, 'post', 'a plan is pure: the same input gives the same plan, nothing is changed, nothing is asked', { check: plansPurely }),
  ofOperation(32, 'post', 'every step has a short key of its own, an offered operation, and needs only steps before it', { check: plansSoundSteps }),
  ofConnector(33, 'what cannot be done is refused by the plan, in sentences, and never thrown', {
    applies: (connector) => (connector.write === undefined ? { because: 'nothing is written' } : true),
    check: refusesPolitely,
  }),
  ofOperation(34, 'post', 'the dry-run comes true: what it shows as open afterwards is open afterwards', { check: dryRunComesTrue }),
  ofOperation(35, 'post', 'preflight lets a good plan pass and foresees over-application; sending it anyway is `invalid` and names the field', { check: foreseesOverApplication }),
  ofOperation(36, 'post', 'preflight foresees a closed period', { check: foreseesClosedPeriod }),
];

/** The shapes of cash this connector says it can book. */
function shapesOf({ harness }: WriteBench): readonly IntentShape[] {
  const { operations } = harness.connector.capabilities;
  const shapes: IntentShape[] = ['inFull', 'several'];
  if (isOffered(operations.apply)) shapes.push('withCredit');
  if (isOffered(operations.writeOff)) shapes.push('withWriteOff');
  return shapes;
}

async function plansPurely(bench: WriteBench): Promise<void> {
  const { writes, door } = bench;
  const probe = frozen(await probeOf(bench));
  const network = globalThis.fetch;
  const booked = isOffered(bench.harness.connector.capabilities.operations.reverse) ? await book(bench, await writes.intent('several')) : null;
  for (const shape of shapesOf(bench)) {
    const intent = frozen(await writes.intent(shape));
    globalThis.fetch = () => { throw new TypeError('a plan asks nobody'); };
    try {
      const plans = [door.plan(intent, writes.tools(probe)), door.plan(intent, writes.tools(probe))];
      holds(sameValue(plans[0], plans[1]), `planning ${shape} twice gives two plans`);
      if (booked === null) continue;
      const request = frozen(reversalOf(booked, `${booked.intent.idempotencyKey}-r`));
      const reversals = [door.planReversal(request, writes.tools(probe)), door.planReversal(request, writes.tools(probe))];
      holds(sameValue(reversals[0], reversals[1]), 'planning a reversal twice gives two plans');
    } finally {
      globalThis.fetch = network;
    }
  }
}

async function plansSoundSteps(bench: WriteBench): Promise<void> {
  for (const shape of shapesOf(bench)) {
    const intent = await bench.writes.intent(shape);
    const longKey = `${intent.idempotencyKey}${'x'.repeat(IDEMPOTENCY_KEY_MAX)}`.slice(0, IDEMPOTENCY_KEY_MAX);
    const [plain, other] = [await planOf(bench, { ...intent, idempotencyKey: longKey }), await planOf(bench, { ...intent, idempotencyKey: `${longKey.slice(0, -1)}y` })];
    soundSteps(bench, plain);
    const keys = new Set(plain.map((step) => step.stepKey));
    holds(other.every((step) => !keys.has(step.stepKey)), 'two postings whose keys differ in the last character share a step key');
  }
  if (!isOffered(bench.harness.connector.capabilities.operations.reverse)) return;
  const booked = await book(bench, await bench.writes.intent('several'));
  const reversal = await planReversalOf(bench, reversalOf(booked, `${booked.intent.idempotencyKey}-r`));
  soundSteps(bench, reversal);
  holds(reversal.every((step) => booked.sent.every((sent) => sent.step.stepKey !== step.stepKey)), 'a reversal uses a step key of the original');
}

function soundSteps({ harness }: WriteBench, steps: readonly PlannedStep[]): void {
  const before = new Set<string>();
  for (const step of steps) {
    const key = `step key "${step.stepKey}"`;
    holds(/^[A-Za-z0-9_-]+$/.test(step.stepKey) && step.stepKey.length <= IDEMPOTENCY_KEY_MAX, `${key} must be 1 to ${IDEMPOTENCY_KEY_MAX} of A-Z a-z 0-9 _ -`);
    holds(!before.has(step.stepKey), `${key} is used twice`);
    holds(isOffered(harness.connector.capabilities.operations[step.operation]), `${key} is a ${step.operation}, which is not offered`);
    for (const needed of neededSteps(step)) holds(before.has(needed), `${key} needs "${needed}", which is not planned before it`);
    holds((step.action === 'create') === (step.target === null), `${key}: a create has no target, everything else has one`);
    holds(step.says.trim().includes(' '), `${key} does not say in a sentence what it does`);
    holds(step.action === 'delete' || Object.keys(step.expected.fields).length > 0, `${key} expects nothing that a read-back could be compared with`);
    before.add(step.stepKey);
  }
}

async function refusesPolitely(harness: WriteBench['harness']): Promise<void> {
  const { connector: { write: door, capabilities }, writes } = harness;
  holds(door !== undefined && writes !== undefined, 'there is no way to write');
  const bench: WriteBench = { harness, door, writes };
  const tools = writes.tools(await probeOf(bench));
  const good = await writes.intent('inFull');
  const wrong: readonly (readonly [string, PostingIntent])[] = [
    ['an amount that does not add up', { ...good, amount: { ...good.amount, minor: good.amount.minor + 1n } }],
    ['a negative amount', { ...good, amount: { ...good.amount, minor: -good.amount.minor } }],
    ['a key that no target can store', { ...good, idempotencyKey: `${'k'.repeat(IDEMPOTENCY_KEY_MAX)}k` }],
  ];
  for (const [what, intent] of wrong) refused(what, () => door.plan(intent, tools));
  for (const operation of OPERATIONS) {
    if (isOffered(capabilities.operations[operation])) continue;
    const plan = await planOfUnoffered(bench, operation);
    if (plan === null) continue;
    const refusals = refused(`${operation}, which is not offered,`, () => plan);
    holds(refusals.some((refusal) => refusal.code === 'notSupported'), `${operation} is not offered and refused as ${refusals.map((refusal) => refusal.code).join(', ')}`);
  }
}

/** A plan that would need the operation, null where no intent asks for it by itself. */
async function planOfUnoffered({ harness, writes, door }: WriteBench, operation: string): Promise<Plan | null> {
  const tools = writes.tools(await probeOf({ harness, writes, door }));
  const { operations } = harness.connector.capabilities;
  if (operation === 'writeOff' && isOffered(operations.post)) return door.plan(await writes.intent('withWriteOff'), tools);
  if (operation === 'apply' && isOffered(operations.post)) return door.plan(await writes.intent('withCredit'), tools);
  if (operation !== 'reverse' || !isOffered(operations.post)) return null;
  const intent = await writes.intent('inFull');
  const booked = stepsOf(door.plan(intent, tools)).map((step, index) => ({ step, externalId: String(index + 1) }));
  return door.planReversal(reversalOf({ intent, sent: booked }, `${intent.idempotencyKey}-r`), tools);
}

function refused(what: string, plan: () => Plan): Extract<Plan, { refusals: unknown }>['refusals'] {
  let outcome: Plan;
  try {
    outcome = plan();
  } catch (error) {
    throw new SentenceBroken(`${what} made the plan throw ${String(error)} instead of refusing`);
  }
  holds('refusals' in outcome, `${what} was planned`);
  for (const refusal of outcome.refusals) {
    holds(refusal.problem.trim().includes(' ') && refusal.cure.trim().includes(' '), `${what}: a refusal must say in sentences what is wrong and what to do`);
  }
  return outcome.refusals;
}

async function dryRunComesTrue(bench: WriteBench): Promise<void> {
  for (const shape of shapesOf(bench)) {
    const intent = await bench.writes.intent(shape);
    const steps = await planOf(bench, intent);
    const shown = new Map(steps.flatMap((step) => step.effects).map((effect) => [`${effect.document} ${effect.externalId}`, effect]));
    for (const share of intent.invoices) holds(shown.has(`invoice ${share.externalId}`), `${shape}: the dry-run does not show invoice ${share.number}`);
    for (const share of intent.credits) holds(shown.has(`creditMemo ${share.externalId}`), `${shape}: the dry-run does not show credit ${share.number}`);
    await book(bench, intent);
    for (const effect of shown.values()) {
      const open = await bench.writes.openOf(effect.document, effect.externalId);
      holds(open === effect.after, `${shape}: the dry-run shows ${effect.number} with ${effect.after} open afterwards, the target has ${open}`);
    }
  }
}

async function foreseesOverApplication(bench: WriteBench): Promise<void> {
  const { harness, writes, door } = bench;
  const intent = await writes.intent('inFull');
  const steps = await planOf(bench, intent);
  const good = await door.preflight(harness.context(), steps);
  holds(good.length === 0, `a plan the target can take is refused: ${good.map((refusal) => refusal.problem).join('; ')}`);
  for (const share of intent.invoices) await writes.settleElsewhere(share.externalId);
  const refusals = await door.preflight(harness.context(), steps);
  holds(refusals.some((refusal) => refusal.code === 'overApplied' || refusal.code === 'documentChanged'), 'the invoice is paid already and preflight does not say so');
  holds(refusals.every((refusal) => /^steps\[\d+\]/.test(refusal.path)), `a refusal must name its step, not "${refusals.map((refusal) => refusal.path).join('", "')}"`);
  const [step] = steps;
  holds(step !== undefined, 'the plan has no step');
  await sendIsInvalid(bench, step);
}

async function foreseesClosedPeriod(bench: WriteBench): Promise<void> {
  const { harness, writes, door } = bench;
  const intent = await writes.intent('inFull');
  const steps = await planOf(bench, intent);
  await writes.closePeriod(intent.postedOn);
  const refusals = await door.preflight(harness.context(), steps);
  holds(refusals.some((refusal) => refusal.code === 'periodClosed'), 'the period is closed and preflight does not say so');
  const [step] = steps;
  holds(step !== undefined, 'the plan has no step');
  await sendIsInvalid(bench, step);
}

async function sendIsInvalid(bench: WriteBench, step: PlannedStep): Promise<void> {
  const failure = await failureOfKind('invalid', 'sending what the target refuses', () => sendOnce(bench, step));
  for (const issue of failure.issues) holds(issue.path !== '' && issue.problem.trim().includes(' '), `a refusal must name the field and say what is wrong: ${JSON.stringify(issue)}`);
  const booked = await bench.writes.bookedCount(step.stepKey);
  holds(booked === 0, `the send was refused and ${booked} records were booked`);
}
