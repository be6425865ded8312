import { ConnectorError } from '#connector-kit';
import type { BookedRecord, Json } from '#canonical';
import { backOffMs } from '../rules/back-off.js';
import { compareBooking } from '../rules/compare-booking.js';
import { nextAction, nextLookUpMs } from '../rules/next-action.js';
import { stateOfSteps } from '../rules/posting-state.js';
import { afterFound, failureOf, vendorText } from './answer-to-transition.js';
import type { CarriedPosting } from './carried-posting.js';
import type { LaneRun } from './lane-run.js';
import type { Questions } from './questions.js';
import type { SendGate } from './send-gate.js';
import { sendStep } from './send-step.js';

export interface CarryTools {
  readonly run: LaneRun;
  readonly questions: Questions;
  readonly gate: SendGate;
}

/**
 * Takes one posting as far as it goes now: until it is verified, a person's, or due later. Every stop is in the database, none here.
 * @returns `untouched` when it was left as it was claimed: its lease may be given back.
 */
export async function carry(tools: CarryTools, posting: CarriedPosting): Promise<'moved' | 'untouched'> {
  const { run } = tools;
  let moved: 'moved' | 'untouched' = 'untouched';
  for (;;) {
    if (run.stopping || run.options.pacer.heldForMs() > run.options.limits.turnWaitMsMax / 2) return posting.leaseEndsAtMs === 0 ? 'moved' : letGo(run, posting, moved);
    const action = nextAction(posting.facts(), posting.stepFacts(), run.databaseClock.nowMs(), run.options.postingLimits, run.options.safeguards);
    switch (action.do) {
      case 'preflight': if (!await preflight(tools, posting)) return 'moved'; break;
      case 'send': await send(tools, posting, action.position); moved = 'moved'; break;
      case 'lookUp': await lookUp(tools, posting, action.position); moved = 'moved'; break;
      case 'readBack': await readBack(tools, posting); moved = 'moved'; break;
      case 'giveUp':
        await run.ledger.write(posting, { to: 'attention', because: action.because, evidence: null });
        return 'moved';
      case 'wait':
      case 'nothing': return 'moved';
    }
    if (posting.leaseEndsAtMs === 0) return 'moved';
  }
}

async function send({ run, gate }: CarryTools, posting: CarriedPosting, position: number): Promise<void> {
  if (posting.stepAt(position).state === 'sending') {
    // Only without the look-up safeguard: what a crash left under way is taken for unknown and sent again at once.
    await run.ledger.write(posting, { to: 'unknown', because: 'left under way', evidence: null, keepLease: true, steps: [posting.change(position, { state: 'unknown' })] });
  }
  await gate.through(() => sendStep(run, posting, position));
}

/** Claimed, perhaps moved, and not to be gone on with now: due at once for whoever comes next. */
async function letGo(run: LaneRun, posting: CarriedPosting, moved: 'moved' | 'untouched'): Promise<'moved' | 'untouched'> {
  if (moved === 'untouched') return 'untouched';
  await run.ledger.write(posting, { to: posting.state, because: 'the lane stopped here', evidence: null, dueInMs: 0 });
  return 'moved';
}

/** False when the target would refuse it. A preflight that cannot be had holds nothing up: the send itself is the judge. */
async function preflight({ run, questions }: CarryTools, posting: CarriedPosting): Promise<boolean> {
  posting.preflighted = true;
  try {
    const refusals = await questions.preflight(posting.steps.map(({ step }) => step));
    if (refusals.length === 0) return true;
    await run.ledger.write(posting, {
      to: 'refused', because: vendorText(refusals.map(({ problem, cure }) => `${problem} (${cure})`).join('; ')), evidence: { refusals: refusals as unknown as Json }, refusals,
    });
    return false;
  } catch (error) {
    const { failure, message } = connectorFailure(error);
    if (failure.kind === 'auth') run.pause(`${message} (${failure.hint})`);
    else run.options.log('posting.preflightFailed', { posting: posting.id, kind: failure.kind, message });
    return true;
  }
}

async function lookUp({ run, questions }: CarryTools, posting: CarriedPosting, position: number): Promise<void> {
  const { step, state, lookUps, resendAfterMs } = posting.stepAt(position);
  try {
    const { found, beganAtMs } = await questions.lookUp(step);
    if (found !== null) {
      await run.ledger.write(posting, afterFound(posting, position, found).transition);
      return;
    }
    posting.noteAbsent(position, beganAtMs);
    const seen = state === 'accepted' ? 'accepted' : 'unknown';
    const decided = seen === 'unknown' && (resendAfterMs === null || beganAtMs >= resendAfterMs || !run.options.safeguards.unknownWait);
    const now = run.databaseClock.nowMs();
    await run.ledger.write(posting, {
      to: posting.stateWith(position, seen), because: decided ? 'looked up after its wait: the target does not have it' : 'looked up: not there yet', evidence: { lookUp: 'absent' },
      dueInMs: decided ? 0 : nextLookUpMs({ lookUps: lookUps + 1, resendAfterMs }, now, Math.random()) - now, keepLease: decided,
      steps: [posting.change(position, { state: seen, lookUps: lookUps + 1 })],
    });
  } catch (error) {
    await questionFailed(run, posting, position, error, 'could not be looked up');
  }
}

async function readBack({ run, questions }: CarryTools, posting: CarriedPosting): Promise<void> {
  await run.options.crashPoint('beforeReadBack', posting.kind);
  const last = posting.steps.length - 1;
  let records: readonly BookedRecord[];
  try {
    records = await questions.readBack(posting.steps.map(({ step, externalId }) => ({ step, externalId: externalId ?? '' })));
  } catch (error) {
    await questionFailed(run, posting, last, error, 'could not be read back');
    return;
  }
  await run.options.crashPoint('afterReadBack', posting.kind);
  const differences = posting.steps.flatMap(({ step }, index) => {
    const record = records[index];
    return record === undefined ? [] : compareBooking(step, record);
  });
  const verified = differences.length === 0;
  await run.ledger.write(posting, {
    to: verified ? 'verified' : 'differs', differences,
    because: verified ? 'read back: every field as planned' : `read back: ${differences.map(({ field, expected, booked }) => `${field} is ${booked ?? 'missing'} instead of ${expected ?? 'nothing'}`).join('; ')}`,
    evidence: { booked: records as unknown as Json, differences: differences as unknown as Json },
    steps: posting.steps.flatMap(({ position }, index) => {
      const record = records[index];
      return record === undefined ? [] : [posting.change(position, { booked: record })];
    }),
  });
  if (verified) run.counts.verified += 1;
  await run.options.crashPoint('afterVerdict', posting.kind);
}

/** A question that got no answer changes nothing but the time of the next one; how often is counted, so that a person sees it in the end. */
async function questionFailed(run: LaneRun, posting: CarriedPosting, position: number, error: unknown, what: string): Promise<void> {
  const { failure, message } = connectorFailure(error);
  const { state, lookUps } = posting.stepAt(position);
  if (failure.kind === 'auth') run.pause(`${message} (${failure.hint})`);
  const counted = failure.kind === 'auth' || failure.kind === 'rateLimited' ? lookUps : lookUps + 1;
  const seen = state === 'sending' ? 'unknown' : state;
  await run.ledger.write(posting, {
    to: stateOfSteps(posting.steps.map((step) => (step.position === position ? { state: seen } : step))), because: `${what}: ${message}`, evidence: { failure: failure as unknown as Json },
    dueInMs: failure.kind === 'rateLimited' || failure.kind === 'auth' ? 0 : backOffMs(counted, Math.random()),
    steps: [posting.change(position, { state: seen, lookUps: counted })],
  });
}

function connectorFailure(error: unknown): ReturnType<typeof failureOf> {
  if (error instanceof ConnectorError) return failureOf(error);
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) return { failure: { kind: 'transient' }, message: error.message };
  throw error;
}
