import { createHash } from 'node:crypto';
import { canonicalJson, type PlannedStep } from '#canonical';
import { ConnectorError, resolveStep, type Context, type SendResult } from '#connector-kit';
import type { Transition } from '../compose-move.js';
import { afterFailure, afterSent, failureOf, type AfterAnswer } from './answer-to-transition.js';
import type { CarriedPosting } from './carried-posting.js';
import { leavingOnlyWhile } from './leaving-requests.js';
import type { LaneRun } from './lane-run.js';
import type { Turn } from './pacer.js';

/**
 * One call under a lease: intent committed, turn taken, lease checked, sent, answered, recorded.
 * The order is the whole point; see README, "Exactly once".
 */
export async function sendStep(run: LaneRun, posting: CarriedPosting, position: number): Promise<void> {
  const { crashPoint, safeguards, limits, pacer } = run.options;
  const { step } = posting.stepAt(position);
  const resolved = resolveStep(step, posting.externalIds());
  await crashPoint('beforeIntent', posting.kind);
  const intent = intentOf(run, posting, position, resolved);
  if (safeguards.intent) await run.ledger.write(posting, intent);
  else posting.take(intent, null, run.databaseClock.nowMs());
  await crashPoint('afterIntent', posting.kind);

  const turn = await pacer.turn(Math.max(1, Math.min(limits.turnWaitMsMax, leaseLeftMs(run, posting) - run.sendTimeoutMs - limits.leaseMarginMs)));
  if (turn === null) {
    await withdraw(run, posting, position, 'no turn came while its lease was long enough');
    return;
  }
  await crashPoint('beforeSend', posting.kind);
  if (!mayStillSend(run, posting)) {
    turn.end(null);
    await withdraw(run, posting, position, 'the lease was too short for the call');
    return;
  }
  const answer = await call(run, posting, position, resolved, turn);
  await crashPoint('afterSend', posting.kind);
  if (answer.pauseLane !== undefined) run.pause(answer.pauseLane);
  await run.ledger.write(posting, answer.transition);
  await crashPoint('afterRecord', posting.kind);
}

function leaseLeftMs(run: LaneRun, posting: CarriedPosting): number {
  return posting.leaseEndsAtMs - run.elapsed.nowMs();
}

/**
 * Asked with nothing awaited between the answer and the call. The end of the lease was read from the database in the transaction
 * that stored the intent and is counted from before that transaction began, by clocks that go on while the process is stopped.
 */
function mayStillSend(run: LaneRun, posting: CarriedPosting): boolean {
  return !run.options.safeguards.leaseCheck || leaseLeftMs(run, posting) >= run.sendTimeoutMs + run.options.limits.leaseMarginMs;
}

function intentOf(run: LaneRun, posting: CarriedPosting, position: number, resolved: PlannedStep): Transition {
  const attempt = posting.stepAt(position).attempts + 1;
  return {
    to: 'sending',
    because: `step ${position + 1} of ${posting.steps.length} is sent${attempt > 1 ? `, attempt ${attempt}` : ''}`,
    evidence: { attempt, operation: resolved.operation, recordType: resolved.recordType, requestSha256: createHash('sha256').update(canonicalJson({ target: resolved.target, body: resolved.body })).digest('hex') },
    keepLease: true,
    // Should we die now, the request may leave until the lease ends and commit for as long as the target takes after that.
    steps: [posting.change(position, { state: 'sending', attempts: attempt, lookUps: 0, sentNow: true, resendAfterMs: run.leaseMs + run.processingMsOf(resolved) })],
  };
}

/** This process knows that the call was not made: the step is as if it had never been meant to be. */
async function withdraw(run: LaneRun, posting: CarriedPosting, position: number, because: string): Promise<void> {
  await run.ledger.write(posting, {
    to: posting.stateWith(position, 'planned'), because: `not sent: ${because}`, evidence: { sent: false }, dueInMs: 0,
    steps: [posting.change(position, { state: 'planned', attempts: posting.stepAt(position).attempts - 1 })],
  });
}

async function call(run: LaneRun, posting: CarriedPosting, position: number, resolved: PlannedStep, turn: Turn): Promise<AfterAnswer> {
  const { door } = run;
  const deadlineMs = run.sendTimeoutMs;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
  let speed: Parameters<Turn['end']>[0] = null;
  try {
    run.counts.sent += 1;
    const result = await orAborted(door.send(leasedContext(run, posting, turn, abort.signal), resolved, { deadlineMs, attempt: posting.stepAt(position).attempts }), abort.signal);
    speed = 'accepted';
    return afterSent(posting, position, result);
  } catch (error) {
    const { failure, message } = failureOf(error);
    if (failure.kind === 'rateLimited') speed = { retryAfterMs: failure.retryAfterMs };
    return afterFailure(posting, position, failure, message, run.processingMsOf(resolved));
  } finally {
    clearTimeout(timer);
    turn.end(speed);
  }
}

/** A connector that does not listen to its signal is not waited for: its request may still commit, so the outcome is unknown. */
function orAborted(sending: Promise<SendResult>, signal: AbortSignal): Promise<SendResult> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => setTimeout(() => reject(new ConnectorError('the connector did not stop at its deadline', { kind: 'outcomeUnknown' })), ABORT_GRACE_MS), { once: true });
  });
  return Promise.race([sending, aborted]);
}
const ABORT_GRACE_MS = 100;

/** The connector's context, whose `fetch` asks for the lease once more: a connector may fetch a token first, and the process may be stopped meanwhile. */
function leasedContext(run: LaneRun, posting: CarriedPosting, turn: Turn, signal: AbortSignal): Context {
  const context = run.options.connection.context(signal);
  const endsAtMs = posting.leaseEndsAtMs;
  return {
    ...context,
    now: () => context.now(),
    fetch: (input, init) => {
      const mayLeave = (): boolean => !run.options.safeguards.leaseCheck || run.elapsed.nowMs() <= endsAtMs - run.options.limits.leaseMarginMs;
      if (!mayLeave()) {
        return Promise.reject(new ConnectorError('the lease ended before the request left', { kind: 'outcomeUnknown' }));
      }
      turn.noteRequest();
      return leavingOnlyWhile(mayLeave, () => context.fetch(input, init));
    },
  };
}
