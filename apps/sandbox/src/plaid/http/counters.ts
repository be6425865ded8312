/** What clients asked for and were answered. */
export class Counters {
  readonly requests: Record<string, number> = {};
  readonly answers: Record<string, number> = {};
  readonly errors: Record<string, number> = {};
  openRequests = 0;
  openRequestsPeak = 0;

  request(path: string): void {
    this.requests[path] = (this.requests[path] ?? 0) + 1;
  }

  answer(status: number): void {
    this.answers[status] = (this.answers[status] ?? 0) + 1;
  }

  error(code: string): void {
    this.errors[code] = (this.errors[code] ?? 0) + 1;
  }

  opened(): void {
    this.openRequests += 1;
    this.openRequestsPeak = Math.max(this.openRequestsPeak, this.openRequests);
  }

  closed(): void {
    this.openRequests -= 1;
  }
}

/** What `GET /_control/stats` answers. */
export interface PlaidStats {
  /** By path. */
  readonly requests: Readonly<Record<string, number>>;
  /** By HTTP status. */
  readonly answers: Readonly<Record<string, number>>;
  /** By error code. */
  readonly errors: Readonly<Record<string, number>>;
  /** By client: what the rate limits let through and what not. */
  readonly granted: Readonly<Record<string, number>>;
  readonly throttled: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly openRequests: number;
  readonly openRequestsPeak: number;
  readonly webhooks: { readonly attempts: number; readonly delivered: number; readonly held: readonly string[] };
}
