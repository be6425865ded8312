import type { EntityName } from '#canonical';

/**
 * What is applied is read before what it is applied to: an invoice read after the payments already shows what they took,
 * so a first sync needs no second look. References resolve in any order.
 */
export const SYNC_ORDER: readonly EntityName[] = ['company', 'ledgerAccount', 'customer', 'contact', 'payment', 'creditMemo', 'invoice'];

/** Reads that fail this often in a row, without a page in between, end the run. */
export const READ_RETRIES_MAX = 8;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 60_000;

/** How long to wait before reading on, after `failures` failures in a row (1, 2, ...). The source's own wish counts when it is longer. `jitter` is in [0, 1). */
export function retryDelayMs(failures: number, wantedMs: number | null, jitter: number): number {
  const backoff = Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_MAX_MS);
  // Half fixed, half random, so that workers that failed together do not come back together.
  return Math.round(Math.max(wantedMs ?? 0, backoff / 2) + (backoff / 2) * jitter);
}

/** A run that lost this share of an entity's records at once is not believed without a person. */
export const DELETION_SHARE_MAX_PERCENT = 5;
/** Below this many a share says nothing. */
export const DELETION_COUNT_FREE = 10;

/** Null when the deletions may go through, else why they are held. */
export function deletionHeldBecause(missing: number, known: number): string | null {
  if (missing <= DELETION_COUNT_FREE && missing < known) return null;
  if (missing * 100 <= known * DELETION_SHARE_MAX_PERCENT) return null;
  return `${missing} of ${known} records are gone at once, more than ${DELETION_SHARE_MAX_PERCENT} %: check the source's permissions and filters, then decide`;
}

/** A connection that fails this often in a row pauses itself. */
export const FAILURES_BEFORE_PAUSE = 5;

export interface RunFailure {
  readonly kind: string;
  readonly message: string;
}

/** Why the connection pauses after a failed run, or null when the schedule goes on. Bad credentials get worse by repeating: they lock accounts. */
export function pauseBecause(failure: RunFailure, failuresInARow: number): string | null {
  if (failure.kind === 'auth') return `the source refused the credentials: ${failure.message}`;
  if (failuresInARow >= FAILURES_BEFORE_PAUSE) return `${failuresInARow} runs failed in a row, the last with: ${failure.message}`;
  return null;
}
