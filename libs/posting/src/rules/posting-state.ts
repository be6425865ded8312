import type { BankTransactionStatus } from '#canonical';

/**
 * The life of a posting. `turn`: who acts next; a state whose turn is the lane's always has a `due_at`, the others never. Where it is the
 * batch's, the posting travels in a file and moves when its batch does (`batch-state`).
 * `bank`: what the bank transaction shows meanwhile. `next`: the only states it may move to; a state in its own list may be
 * noted again (a look-up that saw nothing is evidence). Reachability is proved in the spec.
 */
export const POSTING_STATES = {
  planned: { says: 'Written down; nothing of it is in the target.', turn: 'lane', bank: 'posting', next: ['planned', 'sending', 'inBatch', 'refused', 'attention', 'cancelled'] },
  refused: { says: 'The target would refuse it; nothing was sent.', turn: 'person', bank: 'attention', next: ['planned', 'cancelled', 'settledByPerson'] },
  sending: { says: 'A call is or may be under way.', turn: 'lane', bank: 'posting', next: ['planned', 'partlySent', 'unknown', 'accepted', 'sent', 'attention'] },
  unknown: { says: 'A call was made and no trustworthy answer came; it is looked up.', turn: 'lane', bank: 'posting', next: ['unknown', 'sending', 'accepted', 'partlySent', 'sent', 'attention'] },
  accepted: { says: 'The target took it and will decide later.', turn: 'lane', bank: 'posting', next: ['accepted', 'partlySent', 'sent', 'attention'] },
  partlySent: { says: 'Some steps are booked, the next one is not sent.', turn: 'lane', bank: 'posting', next: ['partlySent', 'sending', 'attention', 'settledByPerson'] },
  sent: { says: 'Every step is booked; not read back yet.', turn: 'lane', bank: 'posting', next: ['sent', 'verified', 'differs', 'attention'] },
  inBatch: { says: 'Its records stand in a stored file; nothing of it is in the target as far as the hub knows.', turn: 'batch', bank: 'posting', next: ['planned', 'exported', 'attention'] },
  exported: { says: 'The target has the file and has not confirmed it.', turn: 'batch', bank: 'posting', next: ['planned', 'verified', 'differs', 'attention'] },
  verified: { says: 'Read back, or acknowledged by the target, and as planned.', turn: 'nobody', bank: 'posted', next: ['reversed'] },
  differs: { says: 'Read back, or acknowledged, and not as planned.', turn: 'person', bank: 'attention', next: ['sent', 'differenceAccepted'] },
  differenceAccepted: { says: 'Not as planned; a person accepted that, with a reason.', turn: 'nobody', bank: 'posted', next: ['reversed'] },
  attention: { says: 'Stopped; a person decides.', turn: 'person', bank: 'attention', next: ['planned', 'partlySent', 'unknown', 'accepted', 'sent', 'inBatch', 'exported', 'verified', 'differs', 'cancelled', 'settledByPerson'] },
  settledByPerson: { says: 'A person booked the rest in the target by hand and named the documents, with a reason.', turn: 'nobody', bank: 'posted', next: ['reversed', 'attention'] },
  cancelled: { says: 'Given up before anything was booked.', turn: 'nobody', bank: 'needsAllocation', next: [] },
  reversed: { says: 'Undone in the target: verified, or by a person who says so.', turn: 'nobody', bank: 'needsAllocation', next: [] },
} as const satisfies Readonly<Record<string, StateRule>>;

/** The life of one step, which is one call. */
export const STEP_STATES = {
  planned: { says: 'Not sent, or answered with "nothing was booked".', next: ['sending', 'inFile', 'settled'] },
  sending: { says: 'The intent is stored; the call may have been made.', next: ['planned', 'booked', 'accepted', 'unknown', 'refused', 'conflict'] },
  unknown: { says: 'Called, no trustworthy answer.', next: ['unknown', 'sending', 'booked', 'accepted', 'refused', 'settled'] },
  accepted: { says: 'Taken by the target, outcome later.', next: ['accepted', 'booked', 'refused', 'settled'] },
  inFile: { says: 'Stands in a stored file.', next: ['planned', 'exported', 'settled'] },
  exported: { says: 'Stands in a file the target has; outcome later.', next: ['planned', 'exported', 'booked', 'refused', 'settled'] },
  booked: { says: 'In the target, under an id of its own.', next: [] },
  refused: { says: 'The target said no; nothing was booked.', next: ['planned', 'settled'] },
  conflict: { says: 'The target holds something else under this key.', next: ['unknown', 'settled'] },
  settled: { says: 'A person says that it is in the target, and under which id.', next: ['accepted'] },
} as const satisfies Readonly<Record<string, { readonly says: string; readonly next: readonly string[] }>>;

interface StateRule {
  readonly says: string;
  readonly turn: 'lane' | 'batch' | 'person' | 'nobody';
  readonly bank: BankTransactionStatus;
  readonly next: readonly string[];
}

export type PostingState = keyof typeof POSTING_STATES;
export type StepState = keyof typeof STEP_STATES;
export const POSTING_STATE_NAMES = Object.keys(POSTING_STATES) as readonly PostingState[];

/** Raised when something tries a move the table does not have. It is a bug, never an outcome. */
export class MoveError extends Error {
  override readonly name = 'MoveError';
}

/** The one way a posting changes state. @throws MoveError when the table has no such move. */
export function move(from: PostingState, to: PostingState): PostingState {
  const allowed: readonly string[] = POSTING_STATES[from].next;
  if (!allowed.includes(to)) throw new MoveError(`a posting does not move from "${from}" to "${to}"; allowed: ${allowed.join(', ') || 'none'}`);
  return to;
}

/** The one way a step changes state. @throws MoveError when the table has no such move. */
export function moveStep(from: StepState, to: StepState): StepState {
  const allowed: readonly string[] = STEP_STATES[from].next;
  if (!allowed.includes(to)) throw new MoveError(`a step does not move from "${from}" to "${to}"; allowed: ${allowed.join(', ') || 'none'}`);
  return to;
}

/** @throws MoveError for a text that names no state: the row was written by another release. */
export function asPostingState(text: string): PostingState {
  if (!(text in POSTING_STATES)) throw new MoveError(`"${text}" is no state of a posting`);
  return text as PostingState;
}

/** @throws MoveError for a text that names no state of a step. */
export function asStepState(text: string): StepState {
  if (!(text in STEP_STATES)) throw new MoveError(`"${text}" is no state of a step`);
  return text as StepState;
}

/** Where a posting stands, from its steps alone: what a crash, a retry or an answer leaves it in. */
export function stateOfSteps(steps: readonly { readonly state: StepState }[]): PostingState {
  const has = (state: StepState): boolean => steps.some((step) => step.state === state);
  if (has('refused') || has('conflict')) return 'attention';
  if (has('sending')) return 'sending';
  if (has('unknown')) return 'unknown';
  if (has('accepted')) return 'accepted';
  if (has('inFile')) return 'inBatch';
  if (has('exported')) return 'exported';
  if (steps.every((step) => step.state === 'booked')) return 'sent';
  return has('booked') ? 'partlySent' : 'planned';
}

/** Nothing of it can be in the target: only then may it be cancelled. */
export function nothingSent(steps: readonly { readonly state: StepState }[]): boolean {
  return steps.every((step) => step.state === 'planned' || step.state === 'refused');
}

/** One posting of a bank transaction, as far as the bank transaction's status depends on it. */
export interface PostingOfBankTransaction {
  readonly kind: 'payment' | 'reversal';
  readonly state: PostingState;
  readonly amountMinor: bigint;
}

/**
 * What a bank transaction shows, from all its postings: a person's business first, then work under way; posted only when all of
 * its amount is, else it needs allocation again. A reversal that is done has nothing more to say: its original says it.
 */
export function bankStatusOf(postings: readonly PostingOfBankTransaction[], amountMinor: bigint): BankTransactionStatus {
  const shown = postings
    .filter((posting) => posting.kind === 'payment' || POSTING_STATES[posting.state].turn !== 'nobody')
    .map((posting): BankTransactionStatus => POSTING_STATES[posting.state].bank);
  if (shown.includes('attention')) return 'attention';
  if (shown.includes('posting')) return 'posting';
  const posted = postings
    .filter((posting) => posting.kind === 'payment' && POSTING_STATES[posting.state].bank === 'posted')
    .reduce((sum, posting) => sum + posting.amountMinor, 0n);
  return posted > 0n && posted >= amountMinor ? 'posted' : 'needsAllocation';
}
