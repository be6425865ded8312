import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { indexSql, schemaSql } from './tables.js';

/** What SQLite gives and takes here. */
export type Cell = string | number | null;
export type Row = Record<string, Cell>;
export type Binding = string | number | bigint | null;

/** The simulated account's ledger in SQLite, and the only way to it. */
export class Book {
  readonly database: DatabaseSync;
  /** Moves with every commit; results cached against it are dropped. */
  version = 0;
  private readonly statements = new Map<string, StatementSync>();
  private depth = 0;

  /** @param path a file, or `:memory:` (the default) */
  constructor(path = ':memory:') {
    this.database = new DatabaseSync(path);
    // A file's journal is in a file too: a sandbox that is killed while it books must find its book whole again.
    this.database.exec(`PRAGMA journal_mode = ${path === ':memory:' ? 'MEMORY' : 'WAL'}; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;`);
    this.database.exec(schemaSql());
  }

  /** To be called once the company is in: the indices. */
  buildIndices(): void {
    this.database.exec(indexSql());
  }

  one<T = Row>(sql: string, ...parameters: Binding[]): T | undefined {
    return this.statement(sql).get(...(parameters as SQLInputValue[])) as T | undefined;
  }

  all<T = Row>(sql: string, ...parameters: Binding[]): T[] {
    return this.statement(sql).all(...(parameters as SQLInputValue[])) as T[];
  }

  run(sql: string, ...parameters: Binding[]): void {
    this.statement(sql).run(...(parameters as SQLInputValue[]));
    this.version += 1;
  }

  /** All or nothing; an exception undoes every write of `work`. Nested calls join the outer one. */
  transaction<T>(work: () => T): T {
    if (this.depth > 0) return work();
    this.database.exec('BEGIN');
    this.depth += 1;
    try {
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      this.database.exec('ROLLBACK');
      throw error;
    } finally {
      this.depth -= 1;
      this.version += 1;
    }
  }

  /** The next id of a table. An id that was deleted is never given again, so a tombstone never names a living record. */
  nextId(table: string): number {
    return Number(this.one<{ id: number }>(`SELECT max((SELECT coalesce(max(id), 0) FROM "${table}"), (SELECT coalesce(max(recordid), 0) FROM deletedrecord)) + 1 AS id`)?.id ?? 1);
  }

  close(): void {
    this.statements.clear();
    this.database.close();
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
