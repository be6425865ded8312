/** Every bound of a lane, with the reason it has the size it has. Tests pass smaller ones. */
export interface LaneLimits {
  /** Beyond the send's own time-out, what must be left of a lease when the send begins. Covers a garbage collection, not a suspended machine: that is what the clock check is for. */
  readonly leaseMarginMs: number;
  /** How long an armed posting waits for its turn before its intent is withdrawn. */
  readonly turnWaitMsMax: number;
  /** Postings carried at once, however fast the target is. */
  readonly carriedMax: number;
  readonly carriedMin: number;
  readonly claimMax: number;
  /** Right to be this connection's only lane; renewed at a third of it. */
  readonly laneLeaseMs: number;
  /** A drain waits this long for postings that become due before it says when it wants to be woken. */
  readonly lingerMs: number;
  readonly batchMax: number;
  readonly preflightLingerMs: number;
  readonly lookUpLingerMs: number;
  readonly readBackLingerMs: number;
}

export const LANE_LIMITS: LaneLimits = {
  leaseMarginMs: 1_000,
  turnWaitMsMax: 5_000,
  carriedMax: 400,
  carriedMin: 16,
  claimMax: 100,
  laneLeaseMs: 10_000,
  lingerMs: 1_000,
  batchMax: 50,
  preflightLingerMs: 15,
  lookUpLingerMs: 50,
  readBackLingerMs: 120,
};

/** Longer than a send may take, plus its margin, plus the wait for its turn: a lease outlives everything done under it. */
export function leaseMsOf(sendTimeoutMs: number, limits: Pick<LaneLimits, 'leaseMarginMs' | 'turnWaitMsMax'>): number {
  return sendTimeoutMs + limits.leaseMarginMs + limits.turnWaitMsMax;
}

/** Guards under which a second send does no harm, whenever the first arrives. */
export const NEEDS_NO_WAIT: ReadonlySet<string> = new Set(['uniqueKey', 'idempotencyHeader', 'repeatable']);
