import { backOffMs } from './back-off.js';
import { BATCH_STATES, type BatchState } from './batch-state.js';

/** What the lane does next with one batch. Instants are milliseconds of the database's clock. */
export type NextBatchAction =
  | { readonly do: 'deliver' }
  | { readonly do: 'lookUp' }
  | { readonly do: 'confirm' }
  | { readonly do: 'giveUp'; readonly because: string }
  | { readonly do: 'nothing' };

export interface BatchFacts {
  readonly state: BatchState;
  /** Deliveries begun, or at least meant to be. */
  readonly attempts: number;
  readonly attemptsBeforeRetry: number;
  /** Look-ups since the last delivery. */
  readonly lookUps: number;
  /** Not delivered again before: whatever left has arrived by then or never will. Null when nothing is in doubt. */
  readonly resendAfterMs: number | null;
  /** When the last look-up that found the file absent **began**; null when there was none since the delivery. */
  readonly absentSinceMs: number | null;
}

export interface BatchLimits {
  readonly deliveriesMax: number;
  readonly lookUpsMax: number;
}
export const BATCH_LIMITS: BatchLimits = { deliveriesMax: 8, lookUpsMax: 40 };

/** Which safeguards of the file door are on. Everything always is, outside the runs that prove that each one is needed. */
export interface FileSafeguards {
  /** Deliver the bytes that were stored when the batch was closed, never bytes made anew. */
  readonly storedFile: boolean;
  /** Every delivery of a batch bears the same name. */
  readonly sameName: boolean;
  /** Look for a file whose delivery is in doubt before it is delivered again. */
  readonly lookUp: boolean;
}
export const ALL_FILE_SAFEGUARDS: FileSafeguards = { storedFile: true, sameName: true, lookUp: true };

/** The decision, from facts alone. A file in doubt goes again only after the wait **and** a look-up that began after it and found nothing. */
export function nextBatchAction(batch: BatchFacts, limits: BatchLimits, safeguards: FileSafeguards = ALL_FILE_SAFEGUARDS): NextBatchAction {
  if (BATCH_STATES[batch.state].turn !== 'lane') return { do: 'nothing' };
  switch (batch.state) {
    case 'delivered':
    case 'unconfirmed': return { do: 'confirm' };
    case 'closed': return deliver(batch, limits);
    default: break;
  }
  const provenAbsent = batch.absentSinceMs !== null && batch.absentSinceMs >= (batch.resendAfterMs ?? 0);
  if (provenAbsent || !safeguards.lookUp) return deliver(batch, limits);
  return batch.lookUps < limits.lookUpsMax ? { do: 'lookUp' } : { do: 'giveUp', because: `could not be found out in ${batch.lookUps} look-ups whether the target has the file` };
}

function deliver({ attempts, attemptsBeforeRetry }: BatchFacts, { deliveriesMax }: BatchLimits): NextBatchAction {
  const tries = attempts - attemptsBeforeRetry;
  return tries < deliveriesMax ? { do: 'deliver' } : { do: 'giveUp', because: `could not be delivered in ${tries} tries` };
}

/** Waits between two questions for a target's answer: a file is worked off in minutes or overnight. */
export const POLL_FIRST_MS = 5_000;
export const POLL_MS_MAX = 10 * 60_000;

/** Milliseconds to the next question after `polls` without news: doubled from `firstMs` up to `mostMs`, the latter half of it by chance. */
export function pollAfterMs(polls: number, spread: number, firstMs: number = POLL_FIRST_MS, mostMs: number = POLL_MS_MAX): number {
  const step = Math.min(firstMs * 2 ** Math.min(Math.max(polls, 0), 20), mostMs);
  return Math.round(step / 2 + (step / 2) * spread);
}

/** When to look again for a file in doubt: backing off, but never later than the end of the wait needs. */
export function lookAgainInMs(batch: Pick<BatchFacts, 'lookUps' | 'resendAfterMs'>, nowMs: number, spread: number): number {
  const waitMs = backOffMs(batch.lookUps + 1, spread);
  return batch.resendAfterMs !== null && nowMs < batch.resendAfterMs ? Math.min(waitMs, batch.resendAfterMs + 1 - nowMs) : waitMs;
}
