import type { Json, PlannedStep } from '#canonical';
import { isOffered, type FoundStep } from '#connector-kit';
import type { PostingMoveRow, PostingStepRow } from '#storage';
import { failureOf } from './lane/answer-to-transition.js';
import { leaseMsOf, NEEDS_NO_WAIT, type LaneLimits } from './lane/lane-limits.js';
import { PostingError, writeDoorOf, type PostingConnection } from './ports.js';
import { committedByMs, mayCommitLate } from './rules/late-commit.js';
import { asStepState } from './rules/posting-state.js';

/** A person who waits for an answer is not kept longer than this. */
const LOOK_UP_TIMEOUT_MS_MAX = 20_000;

/** What a person wants to do with a posting, in words for the message. */
export type ByHand = 'settled by hand' | 'cancelled';

/** The calls of a posting and what became of them. */
export interface CalledPosting {
  readonly steps: readonly PostingStepRow[];
  readonly moves: readonly PostingMoveRow[];
}

/** What the target said of steps that may have been booked unseen; `null` where there are none. Goes into the evidence of the person's move. */
export type LastLookUp = { readonly absent: readonly string[] } | { readonly notAsked: string } | null;

/**
 * Before a person's word takes the place of a call: no request of the posting may still commit, and the target, asked once more, must not have it.
 * Only a settlement may go on where the target cannot be asked: its person has looked into the ERP, and the evidence says that the hub could not.
 * @param nowMs the database's clock
 * @throws PostingError `notNow`, saying until when to wait, that the target has it or decides later, or that it cannot be asked.
 */
export async function proveNothingLate(connection: PostingConnection, { steps, moves }: CalledPosting, nowMs: number, limits: LaneLimits, act: ByHand): Promise<LastLookUp> {
  const doubtful = steps.filter((step) => mayCommitLate({ state: asStepState(step.state), repeatedInDoubt: repeatedInDoubt(connection, step, moves) }));
  if (doubtful.length === 0) return null;
  const door = writeDoorOf(connection);
  const context = connection.context(AbortSignal.timeout(LOOK_UP_TIMEOUT_MS_MAX));
  const leaseMs = leaseMsOf(door.sendTimeoutMs(context), limits);
  const byMs = Math.max(...doubtful.map((step) => committedByMs(sentFacts(step), leaseMs, processingMsMaxOf(connection, step.step))));
  if (nowMs < byMs) {
    throw new PostingError('notNow', `a call for step ${stepKeys(doubtful)} may still be booked by the target until ${new Date(byMs).toISOString()}: it can be ${act} after that, not before, or it may be in the ERP twice`);
  }
  let found: ReadonlyMap<string, FoundStep>;
  try {
    found = await door.find(context, doubtful.map(({ step }) => step));
  } catch (error) {
    const { message } = failureOf(error);
    if (act === 'settled by hand') return { notAsked: message };
    throw new PostingError('notNow', `the target cannot be asked whether it has step ${stepKeys(doubtful)} (${message}): it cannot be ${act} before it was`);
  }
  for (const { stepKey } of doubtful) refuseWhatIsThere(stepKey, found.get(stepKey), act);
  return { absent: doubtful.map(({ stepKey }) => stepKey) };
}

/** The evidence of a person's move, with what the target was asked before. */
export function withLookUp(evidence: { readonly [name: string]: Json }, lookUp: LastLookUp): Json {
  return lookUp === null ? evidence : { ...evidence, lookUp: lookUp as unknown as Json };
}

function refuseWhatIsThere(stepKey: string, found: FoundStep | undefined, act: ByHand): void {
  if (found?.state === 'booked') throw new PostingError('notNow', `the target has step ${stepKey} as ${found.externalId}: it cannot be ${act}; try the posting again (retry), and the hub reads it back`);
  if (found?.state === 'pending') throw new PostingError('notNow', `the target has step ${stepKey} and has not decided: book it or take it out there first, then it can be ${act}`);
}

/** The moves tell which calls went without an answer; only under these guards is a call repeated before the one before it is decided. */
function repeatedInDoubt({ capabilities: { operations } }: PostingConnection, { step, stepKey }: PostingStepRow, moves: readonly PostingMoveRow[]): boolean {
  const capability = operations[step.operation];
  const waited = isOffered(capability) && !NEEDS_NO_WAIT.has(capability.duplicateGuard);
  return !waited && moves.some((move) => move.stepKey === stepKey && move.toState === 'unknown');
}

function sentFacts({ sentAt, resendAfterMs }: PostingStepRow): Parameters<typeof committedByMs>[0] {
  return { sentAtMs: sentAt === null ? null : Date.parse(sentAt), resendAfterMs };
}

/** An operation withdrawn since (an extension removed, a permission lost) leaves no time to wait by: what others take is the best guess. */
function processingMsMaxOf({ capabilities: { operations } }: PostingConnection, { operation }: PlannedStep): number {
  const capability = operations[operation];
  if (isOffered(capability)) return capability.processingMsMax;
  return Math.max(0, ...Object.values(operations).map((other) => (isOffered(other) ? other.processingMsMax : 0)));
}

function stepKeys(steps: readonly PostingStepRow[]): string {
  return steps.map(({ stepKey }) => stepKey).join(', ');
}
