import type { AccountSettings } from '../settings.js';

/** The account's concurrency limit over all its integrations, and optionally a token bucket (reference A4). */
export class Governance {
  private inFlight = 0;
  private tokens = 0;
  private refilledAtMs = 0;
  private grant: AccountSettings['grant'] = null;

  constructor(private readonly settings: AccountSettings, private readonly nowMs: () => number = () => performance.now()) {}

  /** True when the request may start; it must then {@link leave}. */
  enter(): boolean {
    if (this.inFlight >= this.settings.concurrencyLimit || !this.takeToken()) return false;
    this.inFlight += 1;
    return true;
  }

  leave(): void {
    this.inFlight -= 1;
  }

  get requestsInFlight(): number {
    return this.inFlight;
  }

  /** The answer of GET governanceLimits. */
  limits(): Record<string, unknown> {
    const limit = this.settings.concurrencyLimit;
    return { accountConcurrencyLimit: limit, accountUnallocatedConcurrencyLimit: limit, integrationLimitType: 'accountLimit' };
  }

  private takeToken(): boolean {
    const { grant } = this.settings;
    if (grant === null) return true;
    const now = this.nowMs();
    if (this.grant !== grant) {
      this.grant = grant;
      this.tokens = grant.burst;
      this.refilledAtMs = now;
    }
    this.tokens = Math.min(grant.burst, this.tokens + ((now - this.refilledAtMs) / 1000) * grant.ratePerSecond);
    this.refilledAtMs = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
