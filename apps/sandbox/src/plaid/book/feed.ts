import type { BankTransaction } from './transaction.js';

export type UpdateKind = 'added' | 'modified' | 'removed';

/** One change of one row, numbered from 1 in the order it happened. */
export interface FeedEntry {
  readonly kind: UpdateKind;
  readonly row: BankTransaction;
}

export interface UpdateRules {
  readonly updates: 'latest' | 'everyChange';
  readonly removedNeverAdded: boolean;
}

/**
 * Everything that ever happened to the rows of one Item, in order of modification: what cursors point into. An id that was removed never comes back.
 */
export class Feed {
  private readonly entries: FeedEntry[] = [];
  private readonly rows = new Map<string, BankTransaction>();
  /** Positions of a row's first and latest change. */
  private readonly spans = new Map<string, { readonly first: number; last: number }>();
  private readonly heads = new Map<string, number>();
  private plan: { readonly key: string; readonly updates: readonly FeedEntry[] } | null = null;

  /** The rows that exist now. */
  truth(): BankTransaction[] {
    return [...this.rows.values()];
  }

  find(transactionId: string): BankTransaction | undefined {
    return this.rows.get(transactionId);
  }

  /** The number of the latest change, of one account or of all. */
  head(accountId: string | null): number {
    return accountId === null ? this.entries.length : this.heads.get(accountId) ?? 0;
  }

  add(row: BankTransaction): void {
    if (this.spans.has(row.transactionId)) throw new RangeError(`transaction ${row.transactionId} is in the feed already`);
    this.rows.set(row.transactionId, row);
    this.append({ kind: 'added', row });
  }

  modify(row: BankTransaction): void {
    this.present(row.transactionId);
    this.rows.set(row.transactionId, row);
    this.append({ kind: 'modified', row });
  }

  remove(transactionId: string): void {
    const row = this.present(transactionId);
    this.rows.delete(transactionId);
    this.append({ kind: 'removed', row });
  }

  /** The changes after one position up to another, as a client that knows the first one is told them. */
  between(after: number, head: number, accountId: string | null, rules: UpdateRules): readonly FeedEntry[] {
    const key = [after, head, accountId, rules.updates, rules.removedNeverAdded, this.entries.length].join('|');
    if (this.plan?.key !== key) this.plan = { key, updates: this.collect(after, head, accountId, rules) };
    return this.plan.updates;
  }

  private collect(after: number, head: number, accountId: string | null, rules: UpdateRules): FeedEntry[] {
    const updates: FeedEntry[] = [];
    for (let position = after + 1; position <= head; position += 1) {
      const entry = this.entries[position - 1];
      const span = entry === undefined ? undefined : this.spans.get(entry.row.transactionId);
      if (entry === undefined || span === undefined || (accountId !== null && entry.row.accountId !== accountId)) continue;
      if (rules.updates === 'everyChange') {
        updates.push(entry);
        continue;
      }
      if (span.last !== position) continue;
      const known = span.first <= after;
      if (entry.kind !== 'removed') updates.push({ kind: known ? 'modified' : 'added', row: entry.row });
      else if (known || rules.removedNeverAdded) updates.push(entry);
    }
    return updates;
  }

  private present(transactionId: string): BankTransaction {
    const row = this.rows.get(transactionId);
    if (row === undefined) throw new RangeError(`no transaction ${transactionId} exists now`);
    return row;
  }

  private append(entry: FeedEntry): void {
    this.entries.push(entry);
    const position = this.entries.length;
    const span = this.spans.get(entry.row.transactionId);
    if (span === undefined) this.spans.set(entry.row.transactionId, { first: position, last: position });
    else span.last = position;
    this.heads.set(entry.row.accountId, position);
  }
}
