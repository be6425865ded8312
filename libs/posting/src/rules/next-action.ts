import { backOffMs } from './back-off.js';
import { POSTING_STATES, type PostingState, type StepState } from './posting-state.js';

/** What the lane does next with one posting. `position` is the step's. Instants are milliseconds of the database's clock. */
export type NextAction =
  | { readonly do: 'preflight' }
  | { readonly do: 'send'; readonly position: number }
  | { readonly do: 'lookUp'; readonly position: number }
  | { readonly do: 'wait'; readonly untilMs: number }
  | { readonly do: 'readBack' }
  | { readonly do: 'giveUp'; readonly because: string }
  | { readonly do: 'nothing' };

export interface PostingFacts {
  readonly state: PostingState;
  /** This lane asked the target for refusals since it claimed the posting. */
  readonly preflighted: boolean;
  /** Tries of reading back that failed, in this claim. */
  readonly readBacks: number;
}

export interface StepFacts {
  readonly position: number;
  readonly state: StepState;
  /** Times it was sent, or at least meant to be; never counted down by a person's retry. */
  readonly attempts: number;
  /** Of these, how many were before a person last said "try again": the limit counts from there. */
  readonly attemptsBeforeRetry: number;
  /** Look-ups since the last send. */
  readonly lookUps: number;
  /** Not sent again before: every request sent so far has committed by then or never will. Null when nothing is in doubt. */
  readonly resendAfterMs: number | null;
  /** When the last look-up that saw nothing **began**, at the latest possible reading of the clocks; null when there was none since the send. */
  readonly absentSinceMs: number | null;
}

export interface PostingLimits {
  /** Sends of one step before a person is asked. Rejections by the rate limit do not count. */
  readonly sendAttemptsMax: number;
  /** Look-ups of one step after one send before a person is asked. */
  readonly lookUpsMax: number;
  readonly readBacksMax: number;
}

export const POSTING_LIMITS: PostingLimits = { sendAttemptsMax: 6, lookUpsMax: 30, readBacksMax: 8 };

/** Which safeguards are on. Everything always is, outside the runs that prove that each one is needed. */
export interface Safeguards {
  /** Write down that a call is about to be made, before it is. */
  readonly intent: boolean;
  /** Look a doubtful key up before sending it again. */
  readonly lookUp: boolean;
  /** Check what is left of the lease right before sending, and abort by it. */
  readonly leaseCheck: boolean;
  /** Wait for the target's longest processing time before sending again. */
  readonly unknownWait: boolean;
}
export const ALL_SAFEGUARDS: Safeguards = { intent: true, lookUp: true, leaseCheck: true, unknownWait: true };

/** The decision, from facts alone: where a posting stands is never remembered anywhere but in its rows. */
export function nextAction(posting: PostingFacts, steps: readonly StepFacts[], nowMs: number, limits: PostingLimits, safeguards: Safeguards = ALL_SAFEGUARDS): NextAction {
  if (POSTING_STATES[posting.state].turn !== 'lane') return { do: 'nothing' };
  const step = steps.find(({ state }) => state !== 'booked');
  if (step === undefined) {
    return posting.readBacks < limits.readBacksMax ? { do: 'readBack' } : { do: 'giveUp', because: `could not be read back in ${limits.readBacksMax} tries` };
  }
  const { position } = step;
  const tries = step.attempts - step.attemptsBeforeRetry;
  switch (step.state) {
    case 'planned':
      if (tries >= limits.sendAttemptsMax) return { do: 'giveUp', because: `was not taken in ${tries} tries` };
      return posting.preflighted || tries > 0 || position > 0 ? { do: 'send', position } : { do: 'preflight' };
    case 'sending':
    case 'unknown': return inDoubt(step, nowMs, limits, safeguards);
    case 'accepted':
      return step.lookUps < limits.lookUpsMax ? { do: 'lookUp', position } : { do: 'giveUp', because: `was accepted, and is not decided after ${step.lookUps} look-ups` };
    case 'refused':
    case 'conflict':
    case 'inFile':
    case 'exported':
    case 'settled':
    case 'booked': return { do: 'nothing' };
  }
}

/** The heart of exactly-once: sent again only when the wait is over **and** a look-up that began after it saw nothing. */
function inDoubt(step: StepFacts, nowMs: number, limits: PostingLimits, safeguards: Safeguards): NextAction {
  const { position } = step;
  const resendAfterMs = safeguards.unknownWait ? step.resendAfterMs ?? nowMs : 0;
  const provenAbsent = !safeguards.lookUp || (step.absentSinceMs !== null && step.absentSinceMs >= resendAfterMs);
  if (provenAbsent) {
    if (step.attempts - step.attemptsBeforeRetry >= limits.sendAttemptsMax) return { do: 'giveUp', because: `has no known outcome after ${step.attempts} sends` };
    return { do: 'send', position };
  }
  if (step.lookUps >= limits.lookUpsMax) return { do: 'giveUp', because: `could not be looked up in ${step.lookUps} tries` };
  return { do: 'lookUp', position };
}

/** When to look again after a look-up that settled nothing: backing off, but never later than the end of the wait needs. */
export function nextLookUpMs(step: Pick<StepFacts, 'lookUps' | 'resendAfterMs'>, nowMs: number, spread: number): number {
  const backedOff = nowMs + backOffMs(step.lookUps, spread);
  return step.resendAfterMs !== null && nowMs < step.resendAfterMs ? Math.min(backedOff, step.resendAfterMs + 1) : backedOff;
}
