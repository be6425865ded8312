import { setTimeout as sleep } from 'node:timers/promises';

/** This hub's share of the requests a service grants an app in a sliding window. */
export interface RequestShare {
  readonly requestsMax: number;
  readonly windowMs: number;
}

/** Of the share, what may leave at once. The rest is spread, so that a long run never stands still until the window has slid. */
const AT_ONCE_SHARE = 0.5;

/**
 * Keeps our requests within our share, whatever else signs in as the same app: who uses the window up leaves the others refused until it slides,
 * and the service tells nobody how much of it is left. Under steady demand all of the share is used in every window.
 */
export class RequestWindow {
  readonly #startsMs: number[] = [];
  #line: Promise<void> = Promise.resolve();

  constructor(private readonly share: RequestShare, private readonly nowMs: () => number = () => performance.now()) {}

  /** Waits for this request's turn, in the order they ask. @throws the signal's reason; nothing is taken then. */
  async turn(signal: AbortSignal): Promise<void> {
    const mine = this.#line.then(() => this.#wait(signal));
    this.#line = mine.catch(() => undefined);
    await mine;
  }

  async #wait(signal: AbortSignal): Promise<void> {
    for (let waitMs = this.waitMs(); waitMs > 0; waitMs = this.waitMs()) await sleep(Math.ceil(waitMs), undefined, { signal });
    signal.throwIfAborted();
    this.#startsMs.push(this.nowMs());
  }

  /** How long until the next request may leave; 0 is now. What is free is spread over the time until the oldest request leaves the window. */
  waitMs(): number {
    const { requestsMax, windowMs } = this.share;
    const now = this.nowMs();
    const kept = this.#startsMs.findIndex((startMs) => startMs > now - windowMs);
    this.#startsMs.splice(0, kept < 0 ? this.#startsMs.length : kept);
    const [[oldest = now], used] = [this.#startsMs, this.#startsMs.length];
    if (used < Math.max(1, Math.floor(requestsMax * AT_ONCE_SHARE))) return 0;
    const untilFreeMs = oldest + windowMs - now;
    if (used >= requestsMax) return untilFreeMs;
    return Math.max(0, (this.#startsMs.at(-1) ?? now) + untilFreeMs / (requestsMax - used) - now);
  }
}
