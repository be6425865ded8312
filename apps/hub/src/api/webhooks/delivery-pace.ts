/** Deliveries of one connection a minute; a vendor sends a few, and each costs a proof. */
export const DELIVERIES_PER_MINUTE_MAX = 120;
/** Of all connections together, known or not. */
export const ALL_DELIVERIES_PER_MINUTE_MAX = 3_000;
const MINUTE_MS = 60_000;

/** Counts deliveries by the minute. A wake-up more or less is nothing; a flood must not reach the database. */
export class DeliveryPace {
  #minute = 0;
  #all = 0;
  readonly #counts = new Map<string, number>();

  /** False when this one is too many. */
  admits(connectionId: string, nowMs: number): boolean {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#all = 0;
      this.#counts.clear();
    }
    this.#all += 1;
    if (this.#all > ALL_DELIVERIES_PER_MINUTE_MAX) return false;
    const count = (this.#counts.get(connectionId) ?? 0) + 1;
    this.#counts.set(connectionId, count);
    return count <= DELIVERIES_PER_MINUTE_MAX;
  }
}
