import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { SeededRandom } from '../../simulation/random.js';
import { schemaSql } from './tables.js';

export type Cell = string | number;
export type Row = Record<string, Cell>;
export type Binding = string | number | bigint;
export type ChangeType = 'created' | 'updated' | 'deleted';

/** One record that was changed and committed; what notifications are made of. */
export interface Change {
  readonly table: string;
  readonly id: string;
  readonly changeType: ChangeType;
  readonly at: string;
}

export interface CompanyIdentity {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly currency: string;
  readonly country: string;
}

/** Raised when the caller asks for a row that is not there. */
export class MissingRowError extends Error {
  override readonly name = 'MissingRowError';
}

/** The tables of one company in SQLite, and the only way to them. Every company of a tenant has its own. */
export class CompanyBook {
  readonly database = new DatabaseSync(':memory:');
  /** Told what a commit changed. */
  onCommit: (changes: readonly Change[]) => void = () => undefined;
  /** Run before every commit; what it throws undoes the transaction. */
  beforeCommit: () => void = () => undefined;
  /** Another moment than the clock's for modification times, while a history is laid down. */
  modifiedAt: string | null = null;
  private readonly statements = new Map<string, StatementSync>();
  private readonly random: SeededRandom;
  private changes: Change[] = [];
  private depth = 0;
  private version = 0;

  constructor(readonly company: CompanyIdentity, seed: number, private readonly now: () => Date) {
    this.random = new SeededRandom(seed);
    this.database.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;');
    this.database.exec(schemaSql());
    this.database.function('today', () => this.today());
    this.database.function('local_currency', () => company.currency);
  }

  one<T = Row>(sql: string, ...parameters: Binding[]): T | undefined {
    return this.statement(sql).get(...(parameters as SQLInputValue[])) as T | undefined;
  }

  all<T = Row>(sql: string, ...parameters: Binding[]): T[] {
    return this.statement(sql).all(...(parameters as SQLInputValue[])) as T[];
  }

  /** Writes that are no record of their own: number series, flags nobody is notified of. */
  run(sql: string, ...parameters: Binding[]): void {
    this.statement(sql).run(...(parameters as SQLInputValue[]));
  }

  /** AL's Insert. @returns the new SystemId */
  insert(table: string, values: Readonly<Record<string, Binding>>): string {
    const id = typeof values['id'] === 'string' ? values['id'] : this.newGuid();
    const row = { ...values, id, modified_at: this.moment(), row_version: this.nextVersion() };
    const names = Object.keys(row);
    this.run(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`, ...Object.values(row));
    this.changed(table, id, 'created');
    return id;
  }

  /** AL's Modify: moves `modified_at`, also when nothing is different. */
  update(table: string, id: string, changes: Readonly<Record<string, Binding>>): void {
    const names = [...Object.keys(changes), 'modified_at', 'row_version'];
    this.run(`UPDATE ${table} SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`, ...Object.values(changes), this.moment(), this.nextVersion(), id);
    this.changed(table, id, 'updated');
  }

  remove(table: string, id: string): void {
    this.run(`DELETE FROM ${table} WHERE id = ?`, id);
    this.changed(table, id, 'deleted');
  }

  /** @throws MissingRowError */
  existing(table: string, column: string, value: Binding): Row {
    const row = this.one(`SELECT * FROM ${table} WHERE ${column} = ?`, value);
    if (row === undefined) throw new MissingRowError(`no ${table} with ${column} ${String(value)}`);
    return row;
  }

  /** All or nothing; an exception undoes every write of `work`. A nested call joins the outer one. */
  transaction<T>(work: () => T): T {
    if (this.depth > 0) return work();
    this.database.exec('BEGIN');
    this.depth = 1;
    try {
      const result = work();
      this.beforeCommit();
      this.database.exec('COMMIT');
      this.depth = 0;
      this.announce();
      return result;
    } catch (error) {
      this.depth = 0;
      this.changes = [];
      this.database.exec('ROLLBACK');
      throw error;
    }
  }

  /** AL's Commit(): what was written so far stays, whatever happens to the rest of the transaction (2.2: posting commits). */
  commitWithin(): void {
    if (this.depth === 0) return;
    this.beforeCommit();
    this.database.exec('COMMIT');
    this.announce();
    this.database.exec('BEGIN');
  }

  nextEntryNumber(table: 'cust_ledger_entry' | 'detailed_cust_ledger_entry' | 'gl_entry'): number {
    return Number(this.one<{ last: number }>(`SELECT coalesce(max(entry_no), 0) AS last FROM ${table}`)?.last ?? 0) + 1;
  }

  /** The next number of a series, e.g. `PS-INV103001`. */
  nextNumber(series: string, prefix: string, first: number): string {
    const last = this.one<{ last: number }>('SELECT last FROM number_series WHERE code = ?', series)?.last ?? first - 1;
    this.run('INSERT INTO number_series (code, last) VALUES (?, ?) ON CONFLICT (code) DO UPDATE SET last = excluded.last', series, last + 1);
    return `${prefix}${last + 1}`;
  }

  newGuid(): string {
    const hex = Array.from({ length: 4 }, () => this.random.between(0, 0xffffffff).toString(16).padStart(8, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  /** Now, as the product writes moments: UTC with milliseconds. */
  moment(): string {
    return this.modifiedAt ?? this.now().toISOString();
  }

  today(): string {
    return this.now().toISOString().slice(0, 10);
  }

  close(): void {
    this.statements.clear();
    this.database.close();
  }

  private changed(table: string, id: string, changeType: ChangeType): void {
    this.changes.push({ table, id, changeType, at: this.moment() });
    if (this.depth === 0) this.announce();
  }

  private announce(): void {
    const { changes } = this;
    this.changes = [];
    if (changes.length > 0) this.onCommit(changes);
  }

  private nextVersion(): number {
    this.version += 1;
    return this.version;
  }

  private statement(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.database.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}
