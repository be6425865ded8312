import { pace, spend, startPace, takeTurn, type CallOutcome, type Pace } from '../rules/pace.js';

/** One call's turn. Give it back exactly once, with what the answer said about speed; null when it said nothing. */
export interface Turn {
  readonly startedAtMs: number;
  /** To be called as each request of the call leaves; the turn has paid for the first. */
  noteRequest(): void;
  end(outcome: 'accepted' | { readonly retryAfterMs: number } | null): void;
}

interface Waiting {
  readonly resolve: (turn: Turn | null) => void;
  readonly untilMs: number;
}

/** Hands out turns to call one account, at the pace its answers allow. The rule is `rules/pace`; this is its timer. */
export class Pacer {
  #state: Pace;
  #waiting: Waiting[] = [];
  #inFlight = 0;
  #timer: NodeJS.Timeout | null = null;
  #rejections = 0;

  constructor(inFlightCap: number) {
    this.#state = startPace(inFlightCap, performance.now());
  }

  /** A turn, or null when none came within `waitMsMax`. Oldest first. */
  turn(waitMsMax: number): Promise<Turn | null> {
    return new Promise((resolve) => {
      this.#waiting.push({ resolve, untilMs: performance.now() + waitMsMax });
      this.#serve();
    });
  }

  /** How long the target wants to be left alone, from now. */
  heldForMs(): number {
    return Math.max(0, this.#state.heldUntilMs - performance.now());
  }

  /** What the lane gets through at the moment; at least what it may try. */
  perSecond(): number {
    return Math.max(this.#state.measuredPerSecond, this.#state.ratePerSecond);
  }

  /** Answers are waited for, another call could start meanwhile, and nobody wants to. */
  idle(): boolean {
    return this.#inFlight > 0 && this.#waiting.length === 0 && takeTurn(this.#state, this.#inFlight, performance.now()).waitMs === 0;
  }

  get rejections(): number {
    return this.#rejections;
  }

  #serve(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (;;) {
      const now = performance.now();
      this.#dropLate(now);
      const next = this.#waiting[0];
      if (next === undefined) return;
      const { state, waitMs } = takeTurn(this.#state, this.#inFlight, now);
      this.#state = state;
      if (waitMs === 0) {
        this.#waiting.shift();
        next.resolve(this.#begin(now));
        continue;
      }
      const untilLate = Math.min(...this.#waiting.map(({ untilMs }) => untilMs)) - now;
      this.#timer = setTimeout(() => this.#serve(), Math.max(1, Math.ceil(waitMs === 'untilAnswer' ? untilLate : Math.min(waitMs, untilLate))));
      return;
    }
  }

  #dropLate(now: number): void {
    const late = this.#waiting.filter(({ untilMs }) => untilMs <= now);
    if (late.length === 0) return;
    this.#waiting = this.#waiting.filter(({ untilMs }) => untilMs > now);
    for (const { resolve } of late) resolve(null);
  }

  #begin(startedAtMs: number): Turn {
    this.#inFlight += 1;
    let ended = false;
    let requests = 0;
    return {
      startedAtMs,
      noteRequest: () => {
        requests += 1;
        if (requests > 1) this.#state = spend(this.#state, performance.now());
      },
      end: (outcome) => {
        if (ended) return;
        ended = true;
        this.#inFlight -= 1;
        if (outcome !== null) this.#learn(outcome === 'accepted' ? { kind: 'accepted', requests: Math.max(1, requests) } : { kind: 'rateLimited', retryAfterMs: outcome.retryAfterMs, sentAtMs: startedAtMs });
        this.#serve();
      },
    };
  }

  #learn(outcome: CallOutcome): void {
    if (outcome.kind === 'rateLimited') this.#rejections += 1;
    this.#state = pace(this.#state, outcome, performance.now());
  }
}
