import { RESOURCE_TEXT } from '../http/message.js';
import type { EnvironmentSettings } from '../settings.js';

/** Why a request is refused, and when it may come again. */
export interface Throttled {
  readonly text: string;
  readonly retryAfterSeconds: number;
}

/** A client that comes again before its time waits twice as long, up to here. */
const RETRY_AFTER_SECONDS_MAX = 60;

interface Offence {
  readonly untilMs: number;
  readonly seconds: number;
}

/**
 * Resource-based throttling over all clients together, and on request the old limit per user (reference 3.2). Clients are told apart by their id,
 * so that one of them can be shown not to starve another.
 */
export class Throttling {
  readonly granted: Record<string, number> = {};
  readonly refused: Record<string, number> = {};
  private tokens = 0;
  private refilledAtMs = 0;
  private resources: EnvironmentSettings['resources'] = null;
  private readonly offences = new Map<string, Offence>();
  private readonly windows = new Map<string, { startedMs: number; requests: number }>();

  constructor(private readonly settings: EnvironmentSettings, private readonly nowMs: () => number = () => performance.now()) {}

  /** @returns null when the client's request may start */
  refusal(client: string): Throttled | null {
    const throttled = this.userRefusal(client) ?? this.resourceRefusal(client);
    const counts = throttled === null ? this.granted : this.refused;
    counts[client] = (counts[client] ?? 0) + 1;
    if (throttled === null) this.offences.delete(client);
    return throttled;
  }

  private resourceRefusal(client: string): Throttled | null {
    const { resources } = this.settings;
    if (resources === null || this.takeToken(resources)) return null;
    const now = this.nowMs();
    const before = this.offences.get(client);
    const deficitSeconds = Math.max(1, Math.ceil((1 - this.tokens) / resources.ratePerSecond));
    // Repeat offenders wait longer (reference 3.2).
    const seconds = Math.min(RETRY_AFTER_SECONDS_MAX, before !== undefined && now < before.untilMs ? Math.max(deficitSeconds, before.seconds * 2) : deficitSeconds);
    this.offences.set(client, { untilMs: now + seconds * 1000, seconds });
    return { text: RESOURCE_TEXT, retryAfterSeconds: seconds };
  }

  private takeToken(resources: NonNullable<EnvironmentSettings['resources']>): boolean {
    const now = this.nowMs();
    if (this.resources !== resources) {
      this.resources = resources;
      this.tokens = resources.burst;
      this.refilledAtMs = now;
    }
    this.tokens = Math.min(resources.burst, this.tokens + ((now - this.refilledAtMs) / 1000) * resources.ratePerSecond);
    this.refilledAtMs = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  private userRefusal(client: string): Throttled | null {
    const { userLimit } = this.settings;
    if (userLimit === null) return null;
    const now = this.nowMs();
    let window = this.windows.get(client);
    if (window === undefined || now - window.startedMs >= userLimit.windowSeconds * 1000) {
      window = { startedMs: now, requests: 0 };
      this.windows.set(client, window);
    }
    window.requests += 1;
    if (window.requests <= userLimit.requests) return null;
    const retryAfterSeconds = Math.max(1, Math.ceil((window.startedMs + userLimit.windowSeconds * 1000 - now) / 1000));
    // The product's own spelling (reference 3.2).
    return { text: `Number of requests exeeded the limit of ${userLimit.requests} over the time window of ${userLimit.windowSeconds} seconds.`, retryAfterSeconds };
  }
}
