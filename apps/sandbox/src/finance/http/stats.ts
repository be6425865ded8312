import type { Environment } from '../environment.js';
import type { RequestClass } from '../settings.js';

export interface KeyCount {
  readonly key: string;
  /** Journal lines that carry the key now. */
  readonly live: number;
  /** Journal lines ever written with it, deleted ones included. */
  readonly created: number;
}

export interface FinanceStats {
  readonly requests: Readonly<Record<string, number>>;
  /** Requests worked on, by client. */
  readonly granted: Readonly<Record<string, number>>;
  /** Requests refused by throttling, by client; `fault` counts those a fault refused. */
  readonly throttled: Readonly<Record<string, number>>;
  readonly unauthorized: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly invariantViolations: number;
  readonly openRequests: number;
  readonly openRequestsPeak: number;
  /** Documents clients wrote and that are kept: journals, lines, marks. */
  readonly written: { readonly journals: number; readonly lines: number; readonly marks: number };
  /** Documents clients ever wrote, deleted ones included. */
  readonly everWritten: { readonly journals: number; readonly lines: number };
  /** Keys with more than one line, live or ever written: what exactly-once posting must keep empty. */
  readonly duplicates: readonly KeyCount[];
}

/** Counters of what clients asked for. */
export class Counters {
  readonly requests: Partial<Record<RequestClass, number>> = {};
  readonly answers: Record<string, number> = {};
  throttledByFault = 0;
  unauthorized = 0;
  invariantViolations = 0;
  openRequests = 0;
  openRequestsPeak = 0;

  request(requestClass: RequestClass): void {
    this.requests[requestClass] = (this.requests[requestClass] ?? 0) + 1;
  }

  answer(status: number): void {
    this.answers[status] = (this.answers[status] ?? 0) + 1;
  }
}

/** Every journal and line that was ever kept, deleted ones too: seen once a unit of work is over. */
export class Chronicle {
  private readonly journals = new Set<bigint>();
  private readonly lines = new Map<bigint, string>();

  constructor(private readonly environment: Environment) {}

  /** Notes what is there now; called after every request that may write. */
  note(): void {
    const { book, settings } = this.environment;
    for (const journal of book.journals.takeFresh()) this.journals.add(journal.recId);
    for (const line of book.lines.takeFresh()) this.lines.set(line.recId, String(line.row[settings.keyColumn]));
  }

  get everWritten(): { journals: number; lines: number } {
    return { journals: this.journals.size, lines: this.lines.size };
  }

  duplicates(): KeyCount[] {
    const { book, settings } = this.environment;
    const pattern = new RegExp(settings.keyPattern);
    const keyOf = (text: string): string => pattern.exec(text)?.[1] ?? text;
    const count = (keys: Iterable<string>): Map<string, number> => {
      const counts = new Map<string, number>();
      for (const key of keys) if (key !== '') counts.set(keyOf(key), (counts.get(keyOf(key)) ?? 0) + 1);
      return counts;
    };
    const live = count(book.lines.all().map((line) => String(line.row[settings.keyColumn])));
    const created = count(this.lines.values());
    return [...created].map(([key, times]) => ({ key, live: live.get(key) ?? 0, created: times })).filter((each) => each.live > 1 || each.created > 1).sort((left, right) => (left.key < right.key ? -1 : 1));
  }
}
