/** The sandbox's own clock: the machine's, shifted or held still for a test. */
export class SandboxClock {
  private heldAt: number | null = null;
  private shiftMs = 0;

  now(): Date {
    return new Date(this.nowMs());
  }

  nowMs(): number {
    return this.heldAt ?? Date.now() + this.shiftMs;
  }

  /** Runs on from `instant`, or stands still there when `held`. */
  set(instant: Date, held = false): void {
    this.heldAt = held ? instant.getTime() : null;
    this.shiftMs = instant.getTime() - Date.now();
  }
}
