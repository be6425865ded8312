/**
 * Time that has passed, for promises about leases: never less than what really passed. The monotonic clock stands still while a
 * machine is suspended, the wall clock may be set back; the larger of both is late, never early.
 */
export class ElapsedClock {
  readonly #monotonicStart = performance.now();
  readonly #wallStart = Date.now();
  #latest = 0;

  /** Milliseconds since this clock was made; never runs backwards. */
  nowMs(): number {
    this.#latest = Math.max(this.#latest, performance.now() - this.#monotonicStart, Date.now() - this.#wallStart);
    return this.#latest;
  }
}

/**
 * The database's clock, told from its last reading: never ahead of it, because the answer took a while to arrive and only the
 * monotonic clock is counted since.
 */
export class DatabaseClock {
  #readMs = 0;
  #receivedAtMs = 0;

  /** Call right after the answer that carried `nowMs` arrived. */
  noteReading(nowMs: number): void {
    this.#readMs = nowMs;
    this.#receivedAtMs = performance.now();
  }

  /** Milliseconds since 1970, at most what the database would say. */
  nowMs(): number {
    return this.#readMs + (performance.now() - this.#receivedAtMs);
  }
}
