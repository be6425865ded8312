import type { BookedRecord, Json, Refusal } from '#canonical';
import type { NewEvent, PostingMoveRow, PostingWrite, StepWrite } from '#storage';
import type { Difference } from './rules/compare-booking.js';
import { clean } from './rules/clean-text.js';
import { chainHash, type ChainedMove } from './rules/evidence-chain.js';
import { move, POSTING_STATES, type PostingState, type StepState } from './rules/posting-state.js';

/** One step's new facts. */
export interface StepChange {
  readonly position: number;
  readonly stepKey: string;
  readonly state: StepState;
  readonly attempts: number;
  readonly lookUps: number;
  /** Set by a person's retry: the tries so far are forgiven, not forgotten. */
  readonly attemptsBeforeRetry?: number;
  readonly sentNow?: boolean;
  readonly answeredNow?: boolean;
  /** From now. */
  readonly resendAfterMs?: number;
  readonly externalId?: string;
  readonly problem?: string;
  readonly booked?: BookedRecord;
}

/** A move on its way into the database: where to, why, and what proves it. */
export interface Transition {
  readonly to: PostingState;
  readonly because: string;
  readonly evidence: Json;
  readonly steps?: readonly StepChange[];
  /** When the lane looks again, from now. Ignored where it is not the lane's turn. */
  readonly dueInMs?: number;
  /** The lane goes on with it at once and keeps its lease. */
  readonly keepLease?: boolean;
  readonly refusals?: readonly Refusal[];
  readonly differences?: readonly Difference[];
}

export interface MovablePosting {
  readonly id: string;
  readonly connectionId: string;
  readonly kind: 'payment' | 'reversal';
  readonly customerId: string | null;
  readonly bankTransactionId: string | null;
  readonly currency: string;
  readonly amountMinor: string;
  readonly state: PostingState;
  readonly moveCount: number;
  readonly chainHash: string;
}

export interface ComposedMove {
  readonly move: PostingMoveRow;
  readonly posting: PostingWrite;
  readonly steps: readonly StepWrite[];
  readonly event: NewEvent | null;
}

/** States the world outside hears of; what lies between them is the lane's own business. */
const TOLD: ReadonlySet<PostingState> = new Set(['refused', 'verified', 'differs', 'differenceAccepted', 'settledByPerson', 'attention', 'cancelled', 'reversed']);

/**
 * Everything one move writes, as data. Pure, so that the row, the chain and the event can never tell three stories. Texts of targets and
 * payers are made storable here, before they are hashed.
 * @throws MoveError when the state table has no such move.
 */
export function composeMove(posting: MovablePosting, wanted: Transition, byWhom: string, at: string, leaseMs: number): ComposedMove {
  const transition = clean(wanted);
  const to = move(posting.state, transition.to);
  const link: ChainedMove = {
    postingId: posting.id, sequence: posting.moveCount + 1, stepKey: transition.steps?.length === 1 ? transition.steps[0]?.stepKey ?? null : null,
    fromState: posting.state, toState: to, because: transition.because, byWhom, evidence: transition.evidence, at,
  };
  const hash = chainHash(posting.chainHash, link);
  return {
    move: { ...link, hash },
    posting: {
      id: posting.id, state: to, because: transition.because, moveCount: link.sequence, chainHash: hash,
      dueInMs: POSTING_STATES[to].turn === 'lane' ? transition.dueInMs ?? 0 : null,
      leaseMs: transition.keepLease === true ? leaseMs : null,
      refusals: transition.refusals === undefined ? null : transition.refusals as unknown as Json,
      differences: transition.differences === undefined ? null : transition.differences as unknown as Json,
      verified: to === 'verified' || to === 'differenceAccepted',
    },
    steps: (transition.steps ?? []).map((step) => stepWrite(posting.id, step)),
    event: TOLD.has(to) && to !== posting.state ? eventOf(posting, `posting.${to}`, transition.because) : null,
  };
}

export function eventOf(posting: Omit<MovablePosting, 'state' | 'moveCount' | 'chainHash'>, type: string, because: string): NewEvent {
  const { id, connectionId, kind, customerId, bankTransactionId, currency, amountMinor } = posting;
  return { type, subject: 'posting', subjectId: id, detail: { connectionId, kind, customerId, bankTransactionId, currency, amountMinor, because } };
}

function stepWrite(postingId: string, step: StepChange): StepWrite {
  return {
    postingId, position: step.position, state: step.state, attempts: step.attempts, lookUps: step.lookUps, attemptsBeforeRetry: step.attemptsBeforeRetry ?? null,
    sentNow: step.sentNow ?? false, answeredNow: step.answeredNow ?? false, resendAfterMs: step.resendAfterMs ?? null,
    externalId: step.externalId ?? null, problem: step.problem ?? null, booked: (step.booked ?? null) as Json | null,
  };
}
