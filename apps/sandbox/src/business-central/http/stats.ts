import type { CompanyBook } from '../ledger/company-book.js';
import type { RequestClass, TenantSettings } from '../settings.js';

export interface KeyCount {
  readonly key: string;
  readonly company: string;
  /** Applications of one key to one document, or on account, that were posted more than once. */
  readonly posted: number;
}

export interface BusinessCentralStats {
  readonly requests: Readonly<Record<string, number>>;
  /** Parts of $batch requests. */
  readonly batchParts: number;
  /** Requests worked on: neither refused by a limit nor by authentication. */
  readonly granted: number;
  readonly throttled: number;
  readonly unauthorized: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly invariantViolations: number;
  readonly inFlightPeak: number;
  /** Posted customer ledger entries by document type, over all companies. */
  readonly entries: Readonly<Record<string, number>>;
  /** Unposted customer lines. */
  readonly unpostedLines: number;
  /** Posted payment entries that carry an external document number. */
  readonly keyed: number;
  /** The same key, customer, amount and applied document more than once: what exactly-once posting must keep empty. */
  readonly duplicates: readonly KeyCount[];
}

export interface OpenRequest {
  readonly method: string;
  readonly path: string;
  readonly since: string;
}

/** Counters of what clients asked for. */
export class Counters {
  readonly requests: Partial<Record<RequestClass, number>> = {};
  readonly answers: Record<string, number> = {};
  batchParts = 0;
  granted = 0;
  throttled = 0;
  unauthorized = 0;
  invariantViolations = 0;
  /** Requests that have come in and are not answered. */
  readonly open = new Set<OpenRequest>();

  request(requestClass: RequestClass): void {
    this.requests[requestClass] = (this.requests[requestClass] ?? 0) + 1;
  }

  answer(status: number): void {
    this.answers[status] = (this.answers[status] ?? 0) + 1;
  }
}

export function entriesByType(books: readonly CompanyBook[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const book of books) {
    for (const row of book.all<{ document_type: string; count: number }>('SELECT document_type, count(*) AS count FROM cust_ledger_entry GROUP BY document_type')) {
      counts[row.document_type] = (counts[row.document_type] ?? 0) + row.count;
    }
  }
  return counts;
}

/** Payments by client key: the first group of `settings.externalKeyPattern` in the external document number. */
export function duplicatesByKey(books: readonly CompanyBook[], settings: TenantSettings): { keyed: number; duplicates: KeyCount[] } {
  const pattern = new RegExp(settings.externalKeyPattern);
  const counts = new Map<string, KeyCount>();
  let keyed = 0;
  for (const book of books) {
    for (const row of book.all<{ external: string; customer: string; amount: number; applied: string }>(PAYMENTS_SQL)) {
      keyed += 1;
      const key = pattern.exec(row.external)?.[1] ?? row.external;
      const name = JSON.stringify([book.company.name, key, row.customer, row.amount, row.applied]);
      counts.set(name, { key, company: book.company.name, posted: (counts.get(name)?.posted ?? 0) + 1 });
    }
  }
  return { keyed, duplicates: [...counts.values()].filter((count) => count.posted > 1).sort((left, right) => (left.key < right.key ? -1 : 1)) };
}

const PAYMENTS_SQL = "SELECT external_document_number AS external, customer_number AS customer, amount, applied_at_posting AS applied "
  + "FROM cust_ledger_entry WHERE document_type = 'Payment' AND external_document_number <> '' AND reversed = 0";
