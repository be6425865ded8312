import type { Identity } from './records.js';

/** What takes writes back when a unit of work fails. */
export class UndoLog {
  private readonly inverses: (() => void)[] = [];
  private depth = 0;

  note(inverse: () => void): void {
    if (this.depth > 0) this.inverses.push(inverse);
  }

  /** All or nothing: an exception undoes every write of `work`, and of it alone when units are nested. */
  transaction<T>(work: () => T): T {
    const before = this.inverses.length;
    this.depth += 1;
    try {
      return work();
    } catch (error) {
      while (this.inverses.length > before) this.inverses.pop()?.();
      throw error;
    } finally {
      this.depth -= 1;
      if (this.depth === 0) this.inverses.length = 0;
    }
  }
}

/** Records by RecId, in that order, with groups kept for the lookups the book makes. Records are never changed, only replaced. */
export class Table<T extends Identity> {
  private readonly records = new Map<bigint, T>();
  private readonly groups = new Map<string, Map<string, Set<bigint>>>();
  private sorted: readonly T[] | null = [];
  private fresh: T[] = [];

  /**
   * @param groupings by name, the text records are grouped by
   * @param chronicled whether {@link takeFresh} will be asked
   */
  constructor(private readonly undo: UndoLog, private readonly groupings: Readonly<Record<string, (record: T) => string>> = {}, private readonly chronicled = false) {
    for (const name of Object.keys(groupings)) this.groups.set(name, new Map());
  }

  get size(): number {
    return this.records.size;
  }

  get(recId: bigint): T | undefined {
    return this.records.get(recId);
  }

  /** Every record in the order of RecIds: the order of a list that names none. */
  all(): readonly T[] {
    this.sorted ??= [...this.records.values()].sort((left, right) => (left.recId < right.recId ? -1 : 1));
    return this.sorted;
  }

  /** The records of a group, in the order of RecIds. */
  group(name: string, key: string): readonly T[] {
    const found: T[] = [];
    for (const recId of this.groups.get(name)?.get(key) ?? []) {
      const record = this.records.get(recId);
      if (record !== undefined) found.push(record);
    }
    return found.sort((left, right) => (left.recId < right.recId ? -1 : 1));
  }

  /** The records inserted since this was asked last and still there: what a rolled-back unit of work made is not among them. */
  takeFresh(): readonly T[] {
    const kept = this.fresh.filter((record) => this.records.has(record.recId));
    this.fresh = [];
    return kept;
  }

  insert(record: T): T {
    this.put(record);
    if (this.chronicled) this.fresh.push(record);
    this.undo.note(() => { this.drop(record.recId); });
    return record;
  }

  /** The record with some of its fields changed and its version moved on. */
  change(recId: bigint, changes: Partial<Omit<T, 'recId' | 'version'>>): T {
    const before = this.records.get(recId);
    if (before === undefined) throw new RangeError(`no record ${recId}`);
    const after = { ...before, ...changes, version: before.version + 1 };
    this.put(after);
    this.undo.note(() => { this.put(before); });
    return after;
  }

  remove(recId: bigint): void {
    const before = this.records.get(recId);
    if (before === undefined) return;
    this.drop(recId);
    this.undo.note(() => { this.put(before); });
  }

  private put(record: T): void {
    this.drop(record.recId);
    this.records.set(record.recId, record);
    for (const [name, keyOf] of Object.entries(this.groupings)) {
      const groups = this.groups.get(name);
      const key = keyOf(record);
      const members = groups?.get(key);
      if (members === undefined) groups?.set(key, new Set([record.recId]));
      else members.add(record.recId);
    }
  }

  private drop(recId: bigint): void {
    const record = this.records.get(recId);
    if (record === undefined) {
      this.sorted = null;
      return;
    }
    for (const [name, keyOf] of Object.entries(this.groupings)) this.groups.get(name)?.get(keyOf(record))?.delete(recId);
    this.records.delete(recId);
    this.sorted = null;
  }
}
