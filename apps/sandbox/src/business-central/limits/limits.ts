import type { TenantSettings } from '../settings.js';

export type Admission =
  | { readonly kind: 'granted'; readonly waitedMs: number }
  /** 429: more requests in the window, or more waiting, than allowed. */
  | { readonly kind: 'tooMany'; readonly actual: number; readonly allowed: number }
  /** 503: waited in the queue for too long. */
  | { readonly kind: 'timedOut' };

interface Waiting {
  readonly since: number;
  readonly admit: (admission: Admission) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * The limits of one user (2.3): requests in a sliding window, requests worked on at once, a queue behind them. Every client that signs in as the same
 * application shares them.
 */
export class UserLimits {
  private readonly started: number[] = [];
  private readonly queue: Waiting[] = [];
  private working = 0;
  peak = 0;

  constructor(private readonly settings: TenantSettings, private readonly nowMs: () => number = () => performance.now()) {}

  /** Waits for a place. A granted request must {@link leave}. */
  async enter(weight = 1): Promise<Admission> {
    const used = this.used();
    const { requestsMax, concurrencyMax, queueMax, queueTimeoutMs } = this.settings;
    if (used + weight > requestsMax) return { kind: 'tooMany', actual: used + weight, allowed: requestsMax };
    if (this.working >= concurrencyMax && this.queue.length >= queueMax) return { kind: 'tooMany', actual: this.working + this.queue.length + 1, allowed: concurrencyMax + queueMax };
    for (let count = 0; count < weight; count += 1) this.started.push(this.nowMs());
    if (this.working < concurrencyMax) {
      this.occupy();
      return { kind: 'granted', waitedMs: 0 };
    }
    return new Promise<Admission>((resolve) => {
      const waiting: Waiting = { since: this.nowMs(), admit: resolve, timer: setTimeout(() => { this.giveUp(waiting); }, queueTimeoutMs) };
      this.queue.push(waiting);
    });
  }

  leave(): void {
    this.working -= 1;
    while (this.working < this.settings.concurrencyMax) {
      const next = this.queue.shift();
      if (next === undefined) return;
      clearTimeout(next.timer);
      this.occupy();
      next.admit({ kind: 'granted', waitedMs: this.nowMs() - next.since });
    }
  }

  /** Requests that count in the window now. */
  used(): number {
    const since = this.nowMs() - this.settings.requestWindowMs;
    let old = 0;
    while (old < this.started.length && (this.started[old] ?? 0) <= since) old += 1;
    this.started.splice(0, old);
    return this.started.length;
  }

  get inFlight(): number {
    return this.working;
  }

  /** Lets everybody go who still waits. */
  stop(): void {
    for (const waiting of this.queue.splice(0)) {
      clearTimeout(waiting.timer);
      waiting.admit({ kind: 'timedOut' });
    }
  }

  private occupy(): void {
    this.working += 1;
    this.peak = Math.max(this.peak, this.working);
  }

  private giveUp(waiting: Waiting): void {
    this.queue.splice(this.queue.indexOf(waiting), 1);
    waiting.admit({ kind: 'timedOut' });
  }
}
