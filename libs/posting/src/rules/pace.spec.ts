import { pace, spend, startPace, takeTurn, type Pace } from './pace.js';

interface Grant { readonly perSecond: number; readonly burst: number }

interface Simulation {
  readonly grantAt: (ms: number) => Grant;
  readonly forMs: number;
  readonly latencyMs: number;
  readonly inFlightCap: number;
  readonly retryAfterMs: number;
  /** Every so many-th call is a question of six requests, one after the other; none when left out. */
  readonly questionEvery?: number;
  /** Every so often our own process stands still for so long: answers wait, nothing starts. */
  readonly stall?: { readonly everyMs: number; readonly forMs: number };
}
interface Flight { doneMs: number; accepted: boolean; sentAtMs: number; requests: number; requestsLeft: number }

const REQUESTS_OF_A_QUESTION = 6;

/** A target that grants a token bucket, called through the rule by a virtual clock of 1 ms. */
function simulate(options: Simulation) {
  let state: Pace = startPace(options.inFlightCap, 0);
  let bucket = options.grantAt(0).burst;
  let inFlight: Flight[] = [];
  let nextTryMs = 0;
  let calls = 0;
  let rejected = 0;
  const acceptedPerSecond: number[] = [];
  const request = (flight: Flight, now: number): void => {
    flight.accepted = bucket >= 1;
    flight.doneMs = now + options.latencyMs;
    flight.requests += 1;
    flight.requestsLeft -= 1;
    if (flight.accepted) {
      bucket -= 1;
      acceptedPerSecond[Math.floor(now / 1000)] = (acceptedPerSecond[Math.floor(now / 1000)] ?? 0) + 1;
    } else rejected += 1;
  };
  const answer = (flight: Flight, now: number): void => {
    if (flight.accepted && flight.requestsLeft > 0) {
      state = spend(state, now);
      request(flight, now);
      return;
    }
    state = pace(state, flight.accepted ? { kind: 'accepted', requests: flight.requests } : { kind: 'rateLimited', retryAfterMs: options.retryAfterMs, sentAtMs: flight.sentAtMs }, now);
    nextTryMs = now;
  };
  for (let now = 0; now < options.forMs; now += 1) {
    const grant = options.grantAt(now);
    bucket = Math.min(grant.burst, bucket + grant.perSecond / 1000);
    if (options.stall !== undefined && now % options.stall.everyMs < options.stall.forMs && now > options.stall.everyMs) continue;
    for (const flight of inFlight.filter(({ doneMs }) => doneMs <= now)) answer(flight, now);
    inFlight = inFlight.filter(({ doneMs }) => doneMs > now);
    while (now >= nextTryMs) {
      const turn = takeTurn(state, inFlight.length, now);
      state = turn.state;
      if (turn.waitMs === 'untilAnswer') { nextTryMs = Number.POSITIVE_INFINITY; break; }
      if (turn.waitMs > 0) { nextTryMs = now + turn.waitMs; break; }
      calls += 1;
      const flight = { doneMs: 0, accepted: false, sentAtMs: now, requests: 0, requestsLeft: calls % (options.questionEvery ?? Number.POSITIVE_INFINITY) === 0 ? REQUESTS_OF_A_QUESTION : 1 };
      request(flight, now);
      inFlight.push(flight);
    }
  }
  const accepted = acceptedPerSecond.reduce((sum, count) => sum + (count ?? 0), 0);
  return { accepted, rejected, acceptedPerSecond, state };
}

describe('the pace of a lane', () => {
  const grant: Grant = { perSecond: 200, burst: 20 };

  it.each([
    { retryAfterMs: 1_000, latencyMs: 25 }, { retryAfterMs: 50, latencyMs: 25 }, { retryAfterMs: -1, latencyMs: 40 }, { retryAfterMs: 1e9, latencyMs: 10 },
  ])('uses at least 95 % of 200/s (burst 20) with under 1 % rejections over 50,000 postings (retry after $retryAfterMs ms, $latencyMs ms a call)', ({ retryAfterMs, latencyMs }) => {
    const forMs = 250_000;
    const { accepted, rejected } = simulate({ grantAt: () => grant, forMs, latencyMs, inFlightCap: 16, retryAfterMs });
    expect(accepted / (grant.perSecond * (forMs / 1000))).toBeGreaterThanOrEqual(0.95);
    expect(rejected / (accepted + rejected)).toBeLessThan(0.01);
  });

  it.each([{ questionEvery: 25 }, { questionEvery: 8 }])('counts the requests of a question, not the question (every $questionEvery calls one of six requests)', ({ questionEvery }) => {
    const forMs = 250_000;
    const { accepted, rejected, state } = simulate({ grantAt: () => grant, forMs, latencyMs: 5, inFlightCap: 5, retryAfterMs: 1_000, questionEvery });
    expect(accepted / (grant.perSecond * (forMs / 1000))).toBeGreaterThanOrEqual(0.95);
    expect(rejected / (accepted + rejected)).toBeLessThan(0.01);
    expect(state.measuredPerSecond).toBeGreaterThan(185);
  });

  it.each([
    { everyMs: 6_000, forMs: 400 }, { everyMs: 10_000, forMs: 1_000 }, { everyMs: 20_000, forMs: 3_000 },
  ])('learns nothing from standing still itself ($forMs ms every $everyMs ms): what is left of the time is used as well as ever', (stall) => {
    const forMs = 250_000;
    const { accepted, rejected } = simulate({ grantAt: () => grant, forMs, latencyMs: 10, inFlightCap: 8, retryAfterMs: 500, stall });
    expect(accepted / (grant.perSecond * (forMs / 1000) * (1 - stall.forMs / stall.everyMs))).toBeGreaterThanOrEqual(0.95);
    expect(rejected / (accepted + rejected)).toBeLessThan(0.01);
  });

  it('lets the next turns wait for what a call spent beyond its turn', () => {
    const full = { ...startPace(5, 0), tokens: 1, ratePerSecond: 100 };
    const spent = spend(spend(takeTurn(full, 0, 0).state, 0), 0);
    expect(takeTurn(spent, 0, 0).waitMs).toBe(30);
    expect(takeTurn(spent, 0, 30).waitMs).toBe(0);
  });

  it('is back at full speed within 30 s after a target that granted a tenth for ten minutes', () => {
    const stormEndMs = 660_000;
    const low: Grant = { perSecond: 20, burst: 20 };
    const { acceptedPerSecond } = simulate({
      grantAt: (ms) => (ms > 60_000 && ms < stormEndMs ? low : grant), forMs: stormEndMs + 60_000, latencyMs: 25, inFlightCap: 16, retryAfterMs: 1_000,
    });
    const storm = acceptedPerSecond.slice(120, 600).reduce((sum, count) => sum + (count ?? 0), 0) / 480;
    expect(storm).toBeGreaterThan(19);
    expect(Math.max(...acceptedPerSecond.slice(stormEndMs / 1000 + 25, stormEndMs / 1000 + 31))).toBeGreaterThan(190);
  });

  it('never has more in flight than the account takes, and none while the target asked for a pause', () => {
    const state = startPace(2, 0);
    expect(takeTurn(state, 2, 10_000).waitMs).toBe('untilAnswer');
    const held = pace(state, { kind: 'rateLimited', retryAfterMs: 3_000, sentAtMs: 1 }, 100);
    expect(takeTurn(held, 0, 2_000).waitMs).toBe(1_100);
  });

  it('takes one rejection for one event: the calls already under way do not cut again', () => {
    const once = pace(startPace(8, 0), { kind: 'rateLimited', retryAfterMs: 100, sentAtMs: 900 }, 1_000);
    const again = pace(once, { kind: 'rateLimited', retryAfterMs: 100, sentAtMs: 950 }, 1_010);
    expect(again.ratePerSecond).toBe(once.ratePerSecond);
  });
});
