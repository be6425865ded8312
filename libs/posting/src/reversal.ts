import type { LocalDate, PlannedStep, Refusal } from '#canonical';
import { isOffered, type SentStep } from '#connector-kit';
import type { PostingRow, PostingStepRow } from '#storage';
import { mintIdempotencyKey, planTools } from './finalize.js';
import { planningDoorOf, PostingError, travelsByFile, type PostingConnection } from './ports.js';
import { clean } from './rules/clean-text.js';
import { intentFromJson, type StoredIntent } from './rules/intent-json.js';
import { asPostingState } from './rules/posting-state.js';

export interface ReversalWish {
  readonly reversedOn: LocalDate;
  readonly reason: string;
}

/** What undoing a posting would do: steps to send, refusals known beforehand, or a person's task because the target offers no way. */
export type ReversalPlan =
  | { readonly by: 'target'; readonly idempotencyKey: string; readonly steps: readonly PlannedStep[]; readonly byFile: boolean }
  | { readonly by: 'refused'; readonly refusals: readonly Refusal[] }
  | { readonly by: 'person'; readonly because: string };

/**
 * Plans the reversal of a verified posting. Pure but for the key it mints; nothing is stored or sent.
 * @throws PostingError `notNow` when the posting is not verified: what nobody has seen in the target cannot be undone there.
 */
export function planReversal(connection: PostingConnection, posting: PostingRow, steps: readonly PostingStepRow[], wish: ReversalWish, now: Date): ReversalPlan {
  const state = asPostingState(posting.state);
  if (posting.kind === 'reversal') throw new PostingError('notNow', `posting ${posting.id} is a reversal itself: post the payment again instead`);
  if (state === 'settledByPerson') return { by: 'person', because: `a person settled it in the ERP by hand (${posting.stateBecause ?? 'without a reason'}): undo it there by hand too, then say so here` };
  if (state !== 'verified' && state !== 'differenceAccepted') {
    throw new PostingError('notNow', `posting ${posting.id} is "${state}": only one that was verified, or whose difference a person accepted, can be reversed`);
  }
  refuseWhileLate(connection, posting, steps, now);
  const reverse = connection.capabilities.operations.reverse;
  if (!isOffered(reverse)) return { by: 'person', because: reverse.because };
  const idempotencyKey = mintIdempotencyKey();
  const plan = planningDoorOf(connection, 'reverse').planReversal({
    idempotencyKey, intent: intentFromJson(posting.intent as unknown as StoredIntent), booked: steps.map(sentStep), reversedOn: wish.reversedOn, reason: wish.reason,
  }, planTools(connection, now));
  return 'steps' in plan ? { by: 'target', idempotencyKey, steps: clean(plan.steps), byFile: travelsByFile(connection, plan.steps) } : { by: 'refused', refusals: clean(plan.refusals) };
}

/**
 * A change that was sent twice because its first answer never came may still arrive once more, and would undo what the reversal undid.
 * @throws PostingError `notNow` until the target's longest processing time has passed
 */
function refuseWhileLate(connection: PostingConnection, posting: PostingRow, steps: readonly PostingStepRow[], now: Date): void {
  for (const { step, attempts, sentAt } of steps) {
    const capability = connection.capabilities.operations[step.operation];
    if (attempts < 2 || sentAt === null || !isOffered(capability) || capability.duplicateGuard !== 'repeatable') continue;
    const settledAt = new Date(Date.parse(sentAt) + capability.processingMsMax);
    if (now < settledAt) throw new PostingError('notNow', `posting ${posting.id} was sent twice because an answer was lost, and the first call may still arrive: reverse it after ${settledAt.toISOString()}`);
  }
}

function sentStep(row: PostingStepRow): SentStep {
  if (row.externalId === null) throw new PostingError('notNow', `step ${row.stepKey} has no id in the target: the posting is not complete`);
  return { step: row.step, externalId: row.externalId };
}
