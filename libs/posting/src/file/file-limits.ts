import { POLL_FIRST_MS, POLL_MS_MAX } from '../rules/next-batch-action.js';

/** Every bound of a file lane, with the reason it has the size it has. Tests pass smaller ones. */
export interface FileLimits {
  /** How long a delivery or a question may take: a large file over a slow line. A lease outlives it. */
  readonly timeoutMs: number;
  /** Beyond the time-out, what must be left of a lease when a delivery begins. */
  readonly leaseMarginMs: number;
  /** Right to be this connection's only file lane; renewed at a third of it. */
  readonly laneLeaseMs: number;
  /** Postings one closing takes, and one file at most: what a transaction writes in a few seconds. The connector's own bound is often smaller. */
  readonly postingsMax: number;
  readonly pollFirstMs: number;
  readonly pollMsMax: number;
  /** After a closing that failed as a whole. */
  readonly closeAgainMs: number;
}

export const FILE_LIMITS: FileLimits = {
  timeoutMs: 120_000, leaseMarginMs: 5_000, laneLeaseMs: 15_000, postingsMax: 10_000, pollFirstMs: POLL_FIRST_MS, pollMsMax: POLL_MS_MAX, closeAgainMs: 60_000,
};
