import type { PostingRow, PostingStepRow } from '#storage';
import type { StepChange, Transition } from './compose-move.js';
import { withLookUp, type LastLookUp } from './late-commit.js';
import { PostingError } from './ports.js';
import { asPostingState, asStepState, moveStep, POSTING_STATES, type StepState } from './rules/posting-state.js';

/** A person booked in the ERP what the hub could not, and names what it became there. */
export interface Settlement {
  /** Why; kept with the posting. */
  readonly reason: string;
  /** One for each step that is not booked. */
  readonly documents: readonly { readonly stepKey: string; readonly externalId: string }[];
}

/**
 * The move of a posting that a person settled in the ERP. Nothing is sent any more; the hub takes the person's word, and the evidence says so, with what the target said last.
 * @throws PostingError `notNow` where it is not a person's turn, `invalid` where a reason or a document is missing or is one too many.
 */
export function settlement(posting: PostingRow, steps: readonly PostingStepRow[], said: Settlement, by: string, lookUp: LastLookUp): Transition {
  const state = asPostingState(posting.state);
  const allowed: readonly string[] = POSTING_STATES[state].next;
  if (!allowed.includes('settledByPerson')) throw new PostingError('notNow', `posting ${posting.id} is "${state}": only one that waits for a person, or for its next step, can be settled by hand`);
  if (said.reason.trim() === '') throw new PostingError('invalid', 'say why it was settled by hand: the reason is kept with the posting');
  const open = steps.filter((step) => asStepState(step.state) !== 'booked');
  const problems = documentProblems(open, said.documents);
  if (problems.length > 0) throw new PostingError('invalid', problems.join('; '));
  const idOf = new Map(said.documents.map(({ stepKey, externalId }) => [stepKey, externalId]));
  return {
    to: 'settledByPerson', because: said.reason,
    evidence: withLookUp({ settledBy: by, documents: said.documents.map(({ stepKey, externalId }) => ({ stepKey, externalId })) }, lookUp),
    steps: open.map((step): StepChange => ({
      position: step.position, stepKey: step.stepKey, state: settledFrom(asStepState(step.state)), attempts: step.attempts, lookUps: step.lookUps, externalId: idOf.get(step.stepKey) ?? '',
    })),
  };
}

/** A step that was settled before, and contradicted since, is settled anew. */
function settledFrom(state: StepState): StepState {
  return state === 'settled' ? state : moveStep(state, 'settled');
}

function documentProblems(open: readonly PostingStepRow[], documents: Settlement['documents']): string[] {
  const problems = open.filter(({ stepKey }) => !documents.some((document) => document.stepKey === stepKey && document.externalId.trim() !== ''))
    .map(({ stepKey, step }) => `step ${stepKey} (${step.says}) is not in the ERP as far as the hub knows: name the document it became`);
  for (const [index, { stepKey }] of documents.entries()) {
    if (!open.some((step) => step.stepKey === stepKey)) problems.push(`${stepKey} is not an open step of this posting`);
    else if (documents.findIndex((document) => document.stepKey === stepKey) !== index) problems.push(`${stepKey} is named twice`);
  }
  return problems;
}
