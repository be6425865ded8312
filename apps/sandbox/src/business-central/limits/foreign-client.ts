import type { UserLimits } from './limits.js';

export interface ForeignPlan {
  /** Requests it has under way at most. */
  readonly concurrency: number;
  /** How long one of its requests takes. */
  readonly holdMs: number;
  /** Pause after each answer. */
  readonly pauseMs: number;
  /** Pause after a 429 or 503. */
  readonly backOffMs: number;
}

export interface ForeignReport {
  readonly asked: number;
  readonly granted: number;
  readonly throttled: number;
  readonly waitedMs: number;
  readonly waitedMaxMs: number;
  readonly elapsedMs: number;
}

export class ForeignPlanError extends Error {
  override readonly name = 'ForeignPlanError';
}

/** Another integration that signs in as the same application: it takes its part of the same window and the same places (2.3). It works as long as it is not stopped. */
export class ForeignClient {
  private readonly startedAtMs = performance.now();
  private readonly timers = new Set<() => void>();
  private stopped = false;
  private stoppedAtMs: number | null = null;
  private asked = 0;
  private granted = 0;
  private throttled = 0;
  private waitedMs = 0;
  private waitedMaxMs = 0;

  /** @throws ForeignPlanError */
  constructor(private readonly limits: UserLimits, private readonly plan: ForeignPlan) {
    for (const [name, value] of Object.entries(plan)) if (!(Number.isFinite(value) && value >= 0)) throw new ForeignPlanError(`${name} must be a number of 0 or more, not ${String(value)}`);
    if (plan.concurrency < 1) throw new ForeignPlanError('concurrency must be at least 1');
    for (let worker = 0; worker < plan.concurrency; worker += 1) void this.work();
  }

  report(): ForeignReport {
    return { asked: this.asked, granted: this.granted, throttled: this.throttled, waitedMs: this.waitedMs, waitedMaxMs: this.waitedMaxMs, elapsedMs: (this.stoppedAtMs ?? performance.now()) - this.startedAtMs };
  }

  stop(): void {
    this.stopped = true;
    this.stoppedAtMs ??= performance.now();
    for (const wake of this.timers) wake();
  }

  private async work(): Promise<void> {
    while (!this.stopped) {
      this.asked += 1;
      const admission = await this.limits.enter();
      if (admission.kind !== 'granted') {
        this.throttled += 1;
        await this.pause(this.plan.backOffMs);
        continue;
      }
      this.granted += 1;
      this.waitedMs += admission.waitedMs;
      this.waitedMaxMs = Math.max(this.waitedMaxMs, admission.waitedMs);
      await this.pause(this.plan.holdMs);
      this.limits.leave();
      await this.pause(this.plan.pauseMs);
    }
  }

  private async pause(milliseconds: number): Promise<void> {
    if (this.stopped) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => { clearTimeout(timer); this.timers.delete(wake); resolve(); };
      const timer = setTimeout(wake, milliseconds);
      this.timers.add(wake);
    });
  }
}
