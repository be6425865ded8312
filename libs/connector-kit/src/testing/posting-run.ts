import { canonicalJson, type BookedRecord, type Json, type PlannedStep, type PostingIntent } from '#canonical';
import { resolveStep, type Plan, type Probe, type ReversalRequest, type SendResult, type SentStep } from '../index.js';
import { holds } from './broken.js';
import type { WriteBench } from './sentence.js';

/** Times the kit asks for an outcome that comes later, and how long it lets the target work in between. */
export const OUTCOME_LOOKUPS_MAX = 30;
export const OUTCOME_WAIT_MS = 1_000;

export async function probeOf(bench: WriteBench): Promise<Probe> {
  return await bench.harness.connector.probe(bench.harness.context());
}

/** The steps of a plan that must not be refused. */
export function stepsOf(plan: Plan): readonly PlannedStep[] {
  holds('steps' in plan, `the plan was refused: ${'refusals' in plan ? plan.refusals.map((refusal) => refusal.problem).join('; ') : ''}`);
  return plan.steps;
}

export async function planOf(bench: WriteBench, intent: PostingIntent): Promise<readonly PlannedStep[]> {
  return stepsOf(bench.door.plan(intent, bench.writes.tools(await probeOf(bench))));
}

/** Sends one step as the engine does on the given attempt. */
export async function sendOnce(bench: WriteBench, step: PlannedStep, attempt = 1, deadlineMs = bench.door.sendTimeoutMs(bench.harness.context())): Promise<SendResult> {
  return await bench.door.send(bench.harness.context(), step, { deadlineMs, attempt });
}

/** The id a sent step got, asking for it while the outcome is pending. */
export async function idOfSent(bench: WriteBench, step: PlannedStep, result: SendResult): Promise<string> {
  if (result.state === 'booked') return result.externalId;
  for (let lookup = 0; lookup < OUTCOME_LOOKUPS_MAX; lookup += 1) {
    const found = (await bench.door.find(bench.harness.context(), [step])).get(step.stepKey);
    if (found?.state === 'booked') return found.externalId;
    holds(found?.state !== 'refused', `step "${step.stepKey}" was refused later: ${found?.state === 'refused' ? found.problem : ''}`);
    await bench.harness.passTime(OUTCOME_WAIT_MS);
  }
  holds(false, `step "${step.stepKey}" stayed pending through ${OUTCOME_LOOKUPS_MAX} look-ups`);
}

/** Sends steps in their order, each with the ids of those before it. */
export async function sendAll(bench: WriteBench, steps: readonly PlannedStep[], attempt = 1): Promise<readonly SentStep[]> {
  const externalIds = new Map<string, string>();
  const sent: SentStep[] = [];
  for (const planned of steps) {
    const step = resolveStep(planned, externalIds);
    const externalId = await idOfSent(bench, step, await sendOnce(bench, step, attempt));
    externalIds.set(step.stepKey, externalId);
    sent.push({ step, externalId });
  }
  return sent;
}

export interface BookedPosting {
  readonly intent: PostingIntent;
  readonly sent: readonly SentStep[];
}

export async function book(bench: WriteBench, intent: PostingIntent): Promise<BookedPosting> {
  return { intent, sent: await sendAll(bench, await planOf(bench, intent)) };
}

export function reversalOf(booked: BookedPosting, idempotencyKey: string): ReversalRequest {
  return { idempotencyKey, intent: booked.intent, booked: booked.sent, reversedOn: booked.intent.postedOn, reason: 'applied to the wrong customer' };
}

export async function planReversalOf(bench: WriteBench, request: ReversalRequest): Promise<readonly PlannedStep[]> {
  return stepsOf(bench.door.planReversal(request, bench.writes.tools(await probeOf(bench))));
}

/** One minor unit less on the first invoice, same key: what a stale retry of an edited posting looks like. */
export function withOneUnitLess(intent: PostingIntent): PostingIntent {
  const [first, ...rest] = intent.invoices;
  holds(first !== undefined, 'the intent pays no invoice');
  const less = (money: PostingIntent['amount']): PostingIntent['amount'] => ({ ...money, minor: money.minor - 1n });
  return { ...intent, amount: less(intent.amount), invoices: [{ ...first, amount: less(first.amount) }, ...rest] };
}

/** What a read-back differs in from the plan: the comparison the posting engine makes. Empty when all is as planned. */
export function differencesOf(step: PlannedStep, booked: BookedRecord | undefined): readonly string[] {
  if (booked === undefined) return ['no answer'];
  if (step.action === 'delete') return booked.externalId === null ? [] : ['still there'];
  if (booked.externalId === null) return ['not there'];
  const fields = Object.entries(step.expected.fields).filter(([name, value]) => booked.fields[name] !== value)
    .map(([name, value]) => `${name}: "${booked.fields[name] ?? ''}" instead of "${value}"`);
  const found = applicationTexts(booked.applications);
  const expected = applicationTexts(step.expected.applications);
  return found === expected ? fields : [...fields, `applications: ${found} instead of ${expected}`];
}

function applicationTexts(applications: BookedRecord['applications']): string {
  return applications.map((application) => `${application.externalId} ${application.amount}`).toSorted().join(', ');
}

/** Freezes a value and everything in it, so that a plan that writes into its input is caught. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  Object.values(value).forEach(frozen);
  return value;
}

export function sameValue(left: unknown, right: unknown): boolean {
  return canonicalJson(left as Json) === canonicalJson(right as Json);
}
