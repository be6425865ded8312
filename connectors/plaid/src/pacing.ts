import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '#connector-kit';
import { BURST_SHARE, RATE_LIMITS, RATE_WINDOW_MS, type LimitedPath } from './limits.js';

/** What is left of an Item's calls: some at once, the others as the minute goes on. */
export class Allowance {
  readonly #burst: number;
  readonly #refillMs: number;
  #left: number;
  #countedAt: number;

  /** @param perMinute never exceeded in any minute: what may come at once and what is refilled in a minute add up to it. */
  constructor(perMinute: number, private readonly monotonicMs: () => number) {
    this.#burst = Math.max(1, Math.floor(perMinute * BURST_SHARE));
    this.#refillMs = RATE_WINDOW_MS / Math.max(1, perMinute - this.#burst);
    this.#left = this.#burst;
    this.#countedAt = monotonicMs();
  }

  /** Takes one call, and says how long to wait before it is made; 0 while calls are left. */
  take(): number {
    const now = this.monotonicMs();
    this.#left = Math.min(this.#burst, this.#left + (now - this.#countedAt) / this.#refillMs);
    this.#countedAt = now;
    this.#left -= 1;
    return this.#left >= 0 ? 0 : Math.ceil(-this.#left * this.#refillMs);
  }
}

/**
 * Waits until one more call of this Item keeps to Plaid's limit. A long history needs more pages than a minute allows; refused on page 51, its
 * loop would begin again and never end, so the pages are spread instead.
 * @throws what the signal aborts with.
 */
export async function paced(context: Context, environment: 'production' | 'sandbox', path: LimitedPath): Promise<void> {
  const key = `plaid.allowance ${environment} ${path}`;
  const known = context.memory.get(key);
  const allowance = known instanceof Allowance ? known : new Allowance(RATE_LIMITS[environment][path].perItem, () => performance.now());
  context.memory.set(key, allowance);
  const waitMs = allowance.take();
  if (waitMs > 0) await sleep(waitMs, undefined, { signal: context.signal });
}
