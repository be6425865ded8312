/** Waits between two tries of the same thing: 0.5 s, doubled up to 60 s. */
export const BACK_OFF_FIRST_MS = 500;
export const BACK_OFF_MS_MAX = 60_000;
/** What a target may ask us to wait. Beyond it the answer is taken for nonsense (-1, 1e9 and clocks that are off have been seen). */
export const RETRY_AFTER_MS_MAX = 15 * 60_000;
/** For a target that says "too many requests" without saying for how long. */
export const RETRY_AFTER_DEFAULT_MS = 1_000;

/**
 * Milliseconds to wait before try number `attempt + 1`, after `attempt` failed ones. `spread` in [0, 1) keeps workers
 * apart: the wait is between half and the whole of the step.
 */
export function backOffMs(attempt: number, spread: number): number {
  const step = Math.min(BACK_OFF_FIRST_MS * 2 ** Math.min(Math.max(attempt, 1) - 1, 20), BACK_OFF_MS_MAX);
  return Math.round(step / 2 + (step / 2) * spread);
}

/** The target's own delay where it makes sense, else our default. */
export function retryAfterMs(stated: number): number {
  return Number.isFinite(stated) && stated > 0 && stated <= RETRY_AFTER_MS_MAX ? Math.ceil(stated) : RETRY_AFTER_DEFAULT_MS;
}
