import type { StepState } from './posting-state.js';

export interface SentStepFacts {
  readonly state: StepState;
  /** An earlier call of it went without an answer, and was sent again without waiting, because the target refuses a second record under its key. */
  readonly repeatedInDoubt: boolean;
  /** When its last intent was stored, in milliseconds of the database's clock; null when it was never meant to be sent. */
  readonly sentAtMs: number | null;
  readonly resendAfterMs: number | null;
}

/** Whether a request for this step may still commit in the target, or may have done so unseen. The answer to the last call proves nothing about a call before it that was not waited for. */
export function mayCommitLate({ state, repeatedInDoubt }: Pick<SentStepFacts, 'state' | 'repeatedInDoubt'>): boolean {
  switch (state) {
    case 'sending':
    case 'unknown':
    case 'accepted': return true;
    case 'planned':
    case 'refused':
    case 'conflict': return repeatedInDoubt;
    // A file has rules of its own; what a person settled was judged when it was.
    case 'inFile':
    case 'exported':
    case 'booked':
    case 'settled': return false;
  }
}

/**
 * When every request for this step has committed or never will, in milliseconds of the database's clock. It may have left until the end of the
 * lease its intent was stored under, and the target takes up to `processingMsMax` after that, whatever guard against duplicates it has: a document a person books by hand bears no key.
 */
export function committedByMs({ sentAtMs, resendAfterMs }: Pick<SentStepFacts, 'sentAtMs' | 'resendAfterMs'>, leaseMs: number, processingMsMax: number): number {
  return Math.max(resendAfterMs ?? 0, sentAtMs === null ? 0 : sentAtMs + leaseMs + processingMsMax);
}
