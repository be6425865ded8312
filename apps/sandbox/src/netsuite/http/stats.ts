import type { Book } from '../book/book.js';
import type { AccountSettings, RequestClass } from '../settings.js';

export interface KeyCount {
  readonly key: string;
  /** Records that carry the key now. */
  readonly live: number;
  /** Records ever created with it, deleted ones included. */
  readonly created: number;
}

export interface SandboxStats {
  readonly requests: Readonly<Record<string, number>>;
  /** Requests worked on: neither refused by governance nor by authentication. */
  readonly granted: number;
  readonly throttled: number;
  readonly unauthorized: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly rowsRead: number;
  readonly invariantViolations: number;
  readonly inFlight: number;
  readonly inFlightPeak: number;
  readonly transactions: number;
  /** Transactions that carry a key at all. */
  readonly keyed: number;
  /** Keys with more than one record, live or ever created: what exactly-once posting must keep empty. */
  readonly duplicates: readonly KeyCount[];
}

/** Counters of what clients asked for. */
export class Counters {
  readonly requests: Partial<Record<RequestClass, number>> = {};
  readonly answers: Record<string, number> = {};
  granted = 0;
  throttled = 0;
  unauthorized = 0;
  invariantViolations = 0;
  inFlightPeak = 0;
  rowsRead = 0;

  request(requestClass: RequestClass): void {
    this.requests[requestClass] = (this.requests[requestClass] ?? 0) + 1;
  }

  answer(status: number): void {
    this.answers[status] = (this.answers[status] ?? 0) + 1;
  }
}

/** Records per client key: the first group of `settings.externalIdBase` in the external id. */
export function duplicatesByKey(book: Book, settings: AccountSettings): { keyed: number; duplicates: KeyCount[] } {
  const pattern = new RegExp(settings.externalIdBase);
  const keyOf = (externalId: string): string => pattern.exec(externalId)?.[1] ?? externalId;
  const live = new Map<string, number>();
  const created = new Map<string, number>();
  let keyed = 0;
  for (const row of book.all<{ externalid: string }>('SELECT externalid FROM "transaction" WHERE externalid IS NOT NULL')) {
    keyed += 1;
    live.set(keyOf(row.externalid), (live.get(keyOf(row.externalid)) ?? 0) + 1);
  }
  for (const row of book.all<{ externalid: string }>('SELECT externalid FROM x_created_external')) created.set(keyOf(row.externalid), (created.get(keyOf(row.externalid)) ?? 0) + 1);
  const keys = new Set([...live.keys(), ...created.keys()]);
  const counts = [...keys].map((key) => ({ key, live: live.get(key) ?? 0, created: created.get(key) ?? 0 }));
  return { keyed, duplicates: counts.filter((count) => count.live > 1 || count.created > 1).sort((left, right) => (left.key < right.key ? -1 : 1)) };
}
