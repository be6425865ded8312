import type { EntityName, JsonObject } from '#canonical';
import { TargetRefusal } from './answer.js';

/** One record of the target's books, as it shows it: every amount is decimal text. */
export interface BookRecord {
  readonly entity: EntityName | 'creditApplication' | 'writeOff';
  readonly id: string;
  /** Whole seconds, as most ledgers keep it. */
  readonly modifiedAt: Date;
  /** Counts the changes of this record. */
  readonly revision: number;
  readonly deleted: boolean;
  /** Idempotency key it was written with; null for seeded records. */
  readonly key: string | null;
  readonly fields: JsonObject;
}

/** What was done under a key, kept for ever: the target enforces that a key is used once. */
export interface KeyUse {
  readonly recordId: string;
  readonly request: JsonObject;
}

/** Records the target holds before it calls itself full; a runaway test ends here. */
export const BOOK_RECORDS_MAX = 200_000;
const SECOND_MS = 1_000;

/** The store under the target: records by id, keys in use, closed periods and a clock that stands still unless moved. */
export class Book {
  private readonly records = new Map<string, BookRecord>();
  private readonly keys = new Map<string, KeyUse>();
  private readonly scheduled: { readonly at: number; readonly run: () => void }[] = [];
  private readonly closedMonths = new Set<string>();
  private nextId = 1001;
  /** Documents written through the API. */
  writtenCount = 0;

  constructor(private clock: Date) {}

  now(): Date {
    return new Date(this.clock);
  }

  /** Moves the clock and runs what was scheduled up to there, in order. */
  setClock(instant: Date): void {
    const due = this.scheduled.filter((entry) => entry.at <= instant.getTime()).toSorted((left, right) => left.at - right.at);
    for (const entry of due) {
      this.scheduled.splice(this.scheduled.indexOf(entry), 1);
      this.clock = new Date(Math.max(entry.at, this.clock.getTime()));
      entry.run();
    }
    this.clock = new Date(instant);
  }

  schedule(afterMs: number, run: () => void): void {
    this.scheduled.push({ at: this.clock.getTime() + afterMs, run });
  }

  /** @throws TargetRefusal when the book is full. */
  insert(entity: BookRecord['entity'], fields: JsonObject, options: { readonly key?: string; readonly modifiedAt?: Date } = {}): BookRecord {
    if (this.records.size >= BOOK_RECORDS_MAX) throw new TargetRefusal(507, 'full', 'record', entity, `the book holds ${BOOK_RECORDS_MAX} records and takes no more`);
    const id = String(this.nextId);
    this.nextId += 1;
    const record: BookRecord = {
      entity, id, key: options.key ?? null, revision: 1, deleted: false,
      modifiedAt: wholeSeconds(options.modifiedAt ?? this.clock), fields: { ...fields, id },
    };
    this.records.set(id, record);
    return record;
  }

  update(id: string, changes: JsonObject, deleted = false): BookRecord {
    const record = this.get(id);
    const changed: BookRecord = { ...record, deleted, revision: record.revision + 1, modifiedAt: wholeSeconds(this.clock), fields: { ...record.fields, ...changes } };
    this.records.set(id, changed);
    return changed;
  }

  /** @throws TargetRefusal when there is no such record; deleted ones are gone. */
  get(id: string): BookRecord {
    const record = this.records.get(id);
    if (record === undefined || record.deleted) throw new TargetRefusal(404, 'missing', 'id', id, 'no record has this id');
    return record;
  }

  find(id: string): BookRecord | null {
    const record = this.records.get(id);
    return record === undefined || record.deleted ? null : record;
  }

  /** Records of one kind in the order of their last change, deleted ones included. */
  ofEntity(entity: BookRecord['entity']): readonly BookRecord[] {
    return [...this.records.values()].filter((record) => record.entity === entity).toSorted(byChange);
  }

  withKey(key: string): readonly BookRecord[] {
    return [...this.records.values()].filter((record) => record.key === key);
  }

  keyUse(key: string): KeyUse | null {
    return this.keys.get(key) ?? null;
  }

  claimKey(key: string, use: KeyUse): void {
    this.keys.set(key, use);
    this.writtenCount += 1;
  }

  closePeriod(day: string): void {
    this.closedMonths.add(day.slice(0, 7));
  }

  isClosed(day: string): boolean {
    return this.closedMonths.has(day.slice(0, 7));
  }
}

function wholeSeconds(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / SECOND_MS) * SECOND_MS);
}

/** Oldest change first; records of one second by id. */
export function byChange(left: BookRecord, right: BookRecord): number {
  return left.modifiedAt.getTime() - right.modifiedAt.getTime() || left.id.localeCompare(right.id, 'en', { numeric: true });
}
