/** Deliveries of one connection a minute; a vendor sends a few, and each costs a proof. */
export const DELIVERIES_PER_MINUTE_MAX = 120;
/** Deliveries to ids this process does not know, all together: made-up ones, and those of connections made a moment ago. Each costs one look into the database. */
export const UNKNOWN_DELIVERIES_PER_MINUTE_MAX = 300;
const MINUTE_MS = 60_000;

/**
 * Counts deliveries by the minute. A wake-up more or less is nothing; a flood must not reach the database. Every known connection has a
 * count of its own and nobody else's uses it up: made-up ids share one that is theirs alone.
 */
export class DeliveryPace {
  #minute = 0;
  #unknown = 0;
  readonly #counts = new Map<string, number>();

  /** False when this one is too many of a connection that is known to be there. */
  admits(connectionId: string, nowMs: number): boolean {
    this.#turnTo(nowMs);
    const count = (this.#counts.get(connectionId) ?? 0) + 1;
    this.#counts.set(connectionId, count);
    return count <= DELIVERIES_PER_MINUTE_MAX;
  }

  /** False when too many unknown ids were tried. */
  admitsUnknown(nowMs: number): boolean {
    this.#turnTo(nowMs);
    this.#unknown += 1;
    return this.#unknown <= UNKNOWN_DELIVERIES_PER_MINUTE_MAX;
  }

  #turnTo(nowMs: number): void {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#unknown = 0;
    this.#counts.clear();
  }
}
