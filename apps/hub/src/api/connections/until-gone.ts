import type { Response } from 'express';

/** A question takes a handful of calls; a source that takes longer than this is refused rather than waited for. */
export const CHECK_TIMEOUT_MS = 60_000;

/** Ends with the request: a source is not waited for longer than a check may take, nor for an asker who has left. */
export function untilGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return AbortSignal.any([gone.signal, AbortSignal.timeout(CHECK_TIMEOUT_MS)]);
}
