import { retryAfterMs } from './back-off.js';

/**
 * How fast one account may be called, learned from its answers. Additive-increase/multiplicative-decrease forgets the ceiling
 * it just hit and pays for it again and again (measured elsewhere: 83 % of the grant, 3 % rejections); this keeps the ceiling,
 * stays just under it for a while, and then feels upwards along a cubic, as TCP CUBIC (RFC 9438) does.
 */
export interface Pace {
  readonly ratePerSecond: number;
  /** Where the last rejection came; null until there was one. */
  readonly ceilingPerSecond: number | null;
  /** Highest ceiling ever met: far below it, we feel upwards sooner. */
  readonly bestPerSecond: number;
  /** Rate that was held for a while without a rejection; 0 when none was. */
  readonly sustainedPerSecond: number;
  /** Calls that may start at once. */
  readonly tokens: number;
  readonly tokensAtMs: number;
  /** Nothing starts before: the target asked for a pause. */
  readonly heldUntilMs: number;
  /** When the rate was last cut; answers to calls made before say nothing new. */
  readonly cutAtMs: number;
  readonly holdMs: number;
  /** Calls in flight at once; a fraction, so that it can grow slowly. */
  readonly inFlightMax: number;
  readonly inFlightCap: number;
  /** Accepted requests since `windowAtMs`, and what the windows before gave. */
  readonly windowAtMs: number;
  readonly windowCount: number;
  readonly measuredPerSecond: number;
  readonly grownAtMs: number;
}

export type CallOutcome =
  /** `requests`: how many the call made of the account; a question may take several. */
  | { readonly kind: 'accepted'; readonly requests: number }
  | { readonly kind: 'rateLimited'; readonly retryAfterMs: number; readonly sentAtMs: number };

const RATE_FIRST_PER_SECOND = 20;
const RATE_MIN_PER_SECOND = 0.2;
/** Doubling time while no ceiling is known. */
const START_DOUBLING_MS = 700;
/** Calls that may start together: 50 ms of 200 a second, so that a short stall of ours costs nothing; half of a burst of 20. */
const TOKENS_MAX = 10;
const WINDOW_MS = 300;
/** Between two answers, and so many times the usual gap: we stood still ourselves, and what that time gave says nothing of the target. */
const STALL_MS = 200;
const STALL_GAPS = 5;
/** A rate held this long without a rejection is sustainable: a burst allowance would have been used up. */
const SUSTAINED_AFTER_MS = 8_000;
/** Of the way from the sustained rate to the rejected one. The rejected one ran on the burst allowance for a while, so the grant is nearer the former. */
const RISE_SHARE = 0.1;
/** What a rate that was rejected while held is cut to; harder when it was rejected soon. */
const CUT_SHARE = 0.985;
const CUT_SOON_SHARE = 0.97;
const SOON_MS = 3_000;
/** Measured below this share of the sustained rate, the target grants less than it did: start over from what is measured. */
const FALLEN_SHARE = 0.85;
const HOLD_FIRST_MS = 2_500;
const HOLD_MS_MAX = 120_000;
const HOLD_SUSTAINED_MS = 20_000;
const HOLD_BELOW_BEST_MS = 8_000;
/** Rate over ceiling after `t` seconds of feeling upwards: 1 + t³ times this. */
const CUBIC_PER_SECOND3 = 0.002;
/** The same while the ceiling is far below the best one: the target has granted more, so we are soon back when it does again. */
const CUBIC_BELOW_BEST_PER_SECOND3 = 0.02;
/** A rise by more than this factor between two rejections was a steep climb. */
const STEEP = 1.3;
const IN_FLIGHT_GROWTH_PER_ANSWER = 0.02;

export function startPace(inFlightCap: number, nowMs: number): Pace {
  return {
    ratePerSecond: RATE_FIRST_PER_SECOND, ceilingPerSecond: null, bestPerSecond: 0, sustainedPerSecond: 0, tokens: 1, tokensAtMs: nowMs, heldUntilMs: nowMs, cutAtMs: nowMs,
    holdMs: HOLD_FIRST_MS, inFlightMax: inFlightCap, inFlightCap, windowAtMs: nowMs, windowCount: 0, measuredPerSecond: 0, grownAtMs: nowMs,
  };
}

/** What one answer teaches. Answers that say nothing about speed (refusals, lost answers) are not told. */
export function pace(state: Pace, outcome: CallOutcome, nowMs: number): Pace {
  return outcome.kind === 'accepted' ? accepted(state, outcome.requests, nowMs) : rejected(state, outcome, nowMs);
}

/** Takes one call's turn if it may start now (`waitMs` 0), else says how long to wait before asking again. */
export function takeTurn(state: Pace, inFlight: number, nowMs: number): { readonly state: Pace; readonly waitMs: number | 'untilAnswer' } {
  if (nowMs < state.heldUntilMs) return { state, waitMs: state.heldUntilMs - nowMs };
  if (inFlight >= Math.max(1, Math.floor(state.inFlightMax))) return { state, waitMs: 'untilAnswer' };
  const tokens = tokensAt(state, nowMs);
  if (tokens < 1) return { state: { ...state, tokens, tokensAtMs: nowMs }, waitMs: Math.ceil(((1 - tokens) / state.ratePerSecond) * 1000) };
  return { state: { ...state, tokens: tokens - 1, tokensAtMs: nowMs }, waitMs: 0 };
}

/** A further request of a call that has its turn. It cannot wait, so the next turns do: an account grants requests, not calls. */
export function spend(state: Pace, nowMs: number): Pace {
  return { ...state, tokens: tokensAt(state, nowMs) - 1, tokensAtMs: Math.max(nowMs, state.tokensAtMs) };
}

function tokensAt(state: Pace, nowMs: number): number {
  return Math.min(TOKENS_MAX, state.tokens + (Math.max(0, nowMs - state.tokensAtMs) / 1000) * state.ratePerSecond);
}

function accepted(state: Pace, requests: number, nowMs: number): Pace {
  const gapMs = nowMs - state.grownAtMs;
  if (gapMs > Math.max(STALL_MS, (STALL_GAPS / state.ratePerSecond) * 1000) && state.measuredPerSecond > 0) {
    return { ...state, windowAtMs: nowMs, windowCount: 0, grownAtMs: nowMs, cutAtMs: state.cutAtMs + gapMs };
  }
  const windowMs = nowMs - state.windowAtMs;
  const closes = windowMs >= WINDOW_MS;
  const perSecond = ((state.windowCount + requests) / Math.max(windowMs, 1)) * 1000;
  const measuredPerSecond = closes ? (state.measuredPerSecond === 0 ? perSecond : (state.measuredPerSecond + perSecond) / 2) : state.measuredPerSecond;
  return {
    ...state,
    windowAtMs: closes ? nowMs : state.windowAtMs,
    windowCount: closes ? 0 : state.windowCount + requests,
    measuredPerSecond,
    ratePerSecond: grown(state, measuredPerSecond, nowMs),
    grownAtMs: nowMs,
    inFlightMax: Math.min(state.inFlightCap, state.inFlightMax + IN_FLIGHT_GROWTH_PER_ANSWER),
  };
}

function grown(state: Pace, measuredPerSecond: number, nowMs: number): number {
  const elapsedMs = Math.max(0, nowMs - state.grownAtMs);
  // A lane that is slower for other reasons (few postings, few calls at once) has not tried its rate: no reason to raise it.
  const tried = Math.max(RATE_FIRST_PER_SECOND, measuredPerSecond * 1.6);
  if (state.ceilingPerSecond === null) return Math.max(state.ratePerSecond, Math.min(tried, state.ratePerSecond * 2 ** (elapsedMs / START_DOUBLING_MS)));
  const feelingSeconds = (nowMs - state.cutAtMs - state.holdMs) / 1000;
  if (feelingSeconds <= 0) return state.ratePerSecond;
  const steepness = state.ceilingPerSecond < state.bestPerSecond / 2 ? CUBIC_BELOW_BEST_PER_SECOND3 : CUBIC_PER_SECOND3;
  const wanted = state.ceilingPerSecond * (1 + steepness * feelingSeconds ** 3);
  return Math.max(state.ratePerSecond, Math.min(tried, wanted));
}

function rejected(state: Pace, outcome: { readonly retryAfterMs: number; readonly sentAtMs: number }, nowMs: number): Pace {
  const heldUntilMs = Math.max(state.heldUntilMs, nowMs + retryAfterMs(outcome.retryAfterMs));
  if (outcome.sentAtMs < state.cutAtMs) return { ...state, heldUntilMs };
  const ceiling = Math.max(RATE_MIN_PER_SECOND, ceilingAfter(state, nowMs));
  const bestPerSecond = Math.max(state.bestPerSecond, ceiling);
  return {
    ...state, ratePerSecond: ceiling, ceilingPerSecond: ceiling, bestPerSecond, heldUntilMs, holdMs: holdAfter(state, ceiling, bestPerSecond),
    sustainedPerSecond: Math.min(sustained(state, nowMs), ceiling),
    cutAtMs: nowMs, grownAtMs: nowMs, tokens: 0, tokensAtMs: heldUntilMs, windowAtMs: heldUntilMs, windowCount: 0,
    inFlightMax: Math.max(1, state.inFlightMax * 0.8),
  };
}

/** The rate that held until it was raised, where it held long enough; else what was known before. */
function sustained(state: Pace, nowMs: number): number {
  const heldForMs = Math.min(nowMs - state.cutAtMs, state.holdMs);
  return state.ceilingPerSecond !== null && heldForMs >= SUSTAINED_AFTER_MS ? state.ceilingPerSecond : state.sustainedPerSecond;
}

function ceilingAfter(state: Pace, nowMs: number): number {
  const measured = state.measuredPerSecond === 0 ? state.ratePerSecond / 2 : Math.min(state.measuredPerSecond, state.ratePerSecond);
  const floor = sustained(state, nowMs);
  const ranMs = nowMs - state.cutAtMs;
  if (measured < floor * FALLEN_SHARE) return measured * CUT_SOON_SHARE;
  if (floor > 0 && ranMs > state.holdMs && measured < floor * STEEP) return floor + Math.max(0, measured - floor) * RISE_SHARE;
  return Math.min(measured, state.ratePerSecond) * (ranMs < SOON_MS ? CUT_SOON_SHARE : CUT_SHARE);
}

/** How long the new rate is kept before feeling upwards: longer each time the ceiling proves to be where it was. */
function holdAfter(state: Pace, ceiling: number, bestPerSecond: number): number {
  if (ceiling < bestPerSecond / 2) return HOLD_BELOW_BEST_MS;
  // A ceiling met on a steep climb is measured badly.
  if (state.ceilingPerSecond === null || ceiling > state.ceilingPerSecond * STEEP) return HOLD_FIRST_MS;
  const known = Math.abs(ceiling / state.ceilingPerSecond - 1) < 0.05;
  return known ? Math.min(HOLD_MS_MAX, Math.max(HOLD_SUSTAINED_MS, state.holdMs * 2)) : HOLD_SUSTAINED_MS;
}
