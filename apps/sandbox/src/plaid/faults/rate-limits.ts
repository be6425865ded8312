import { PlaidError } from '../errors.js';
import type { PlaidSettings, RequestClass } from '../settings.js';

const WINDOW_MS = 60_000;

/** The code of a class's limit; TRANSACTIONS_SYNC_LIMIT is the reference's, the others follow it. */
const CODES: Partial<Record<RequestClass, string>> = { sync: 'TRANSACTIONS_SYNC_LIMIT', refresh: 'TRANSACTIONS_LIMIT', item: 'ITEM_GET_LIMIT', accounts: 'ACCOUNTS_LIMIT' };

export function limitCode(requestClass: RequestClass): string {
  return CODES[requestClass] ?? 'RATE_LIMIT';
}

/** Requests a minute by Item and by client, counted over the last 60 seconds; what is refused does not count (reference "Rate limits"). */
export class RateLimits {
  readonly granted: Record<string, number> = {};
  readonly refused: Record<string, number> = {};
  private readonly windows = new Map<string, number[]>();

  constructor(private readonly settings: PlaidSettings, private readonly nowMs: () => number) {}

  /** @throws PlaidError of the class's limit when the Item or the client has used it up */
  pass(requestClass: RequestClass, clientId: string, itemId: string | null): void {
    const limit = this.settings.rateLimits[requestClass];
    const used = limit === undefined ? [] : [
      { window: this.window(`${requestClass} client ${clientId}`), most: limit.client },
      ...(itemId === null ? [] : [{ window: this.window(`${requestClass} item ${itemId}`), most: limit.item }]),
    ];
    const full = used.some(({ window, most }) => window.length >= most);
    const counts = full ? this.refused : this.granted;
    counts[clientId] = (counts[clientId] ?? 0) + 1;
    if (full) throw new PlaidError(limitCode(requestClass));
    for (const { window } of used) window.push(this.nowMs());
  }

  private window(key: string): number[] {
    const since = this.nowMs() - WINDOW_MS;
    const recent = (this.windows.get(key) ?? []).filter((atMs) => atMs > since);
    this.windows.set(key, recent);
    return recent;
  }
}
