import { COLUMN_ALIASES, TABLES, type ColumnType } from '../book/tables.js';
import { SuiteQlError } from './suiteql-error.js';

/** The type of a value in a query; `unknown` = a bound parameter or NULL, which takes the type of what it meets. */
export type ValueType = ColumnType | 'unknown';

export interface TypedSql {
  readonly sql: string;
  readonly type: ValueType;
  /** The table column the value is, when it is one: what BUILTIN.DF needs. */
  readonly column?: { readonly table: string; readonly name: string; readonly alias: string };
}

/** One name in FROM. */
export interface ScopeEntry {
  readonly alias: string;
  /** The SuiteQL table, or null for a subquery. */
  readonly table: string | null;
  readonly columns: ReadonlyMap<string, ValueType>;
}

/** What the account shows to the role that asks. */
export interface Visibility {
  readonly oneWorld: boolean;
  readonly hiddenTables: ReadonlySet<string>;
  /** Documents not yet in the search index are left out. */
  readonly hasPending: boolean;
  readonly nowMs: number;
}

/** @throws SuiteQlError "Record 'x' was not found." for a table that exists but not for this role, "Invalid search type" for one that does not exist. */
export function tableColumns(table: string, visibility: Visibility): ReadonlyMap<string, ValueType> {
  const shape = TABLES[table];
  if (shape === undefined) throw new SuiteQlError(`Invalid search type: ${table}.`);
  if (visibility.hiddenTables.has(table)) throw new SuiteQlError(`Record '${table}' was not found.`);
  if (!visibility.oneWorld && (table === 'subsidiary' || table === 'customersubsidiaryrelationship')) throw new SuiteQlError(`Record '${table}' was not found.`);
  const entries = Object.entries(shape.columns).filter(([name]) => visibility.oneWorld || name !== 'subsidiary');
  return new Map<string, ValueType>(entries);
}

/** The SQLite text of a table in FROM. */
export function tableSql(table: string, visibility: Visibility): string {
  const physical = TABLES[table]?.physical ?? table;
  const owner: Readonly<Record<string, string>> = { transaction: 'id', transactionline: 'transaction', transactionaccountingline: 'transaction', transactionlink: 'nextdoc' };
  const column = owner[physical];
  if (!visibility.hasPending || column === undefined) return `"${physical}"`;
  return `(SELECT * FROM "${physical}" WHERE "${column}" NOT IN (SELECT "transaction" FROM x_pending WHERE visible_at > ${visibility.nowMs}))`;
}

export class Scope {
  constructor(private readonly entries: readonly ScopeEntry[], private readonly outer: Scope | null) {}

  /** @throws SuiteQlError "Unknown identifier 'x'. Available identifiers are: {...}." as the real service words it. */
  column(table: string | null, name: string): TypedSql {
    const candidates = this.entries.filter((entry) => table === null || entry.alias === table);
    for (const entry of candidates) {
      const real = entry.columns.has(name) ? name : COLUMN_ALIASES[entry.table ?? '']?.[name];
      const type = real === undefined ? undefined : entry.columns.get(real);
      if (real === undefined || type === undefined) continue;
      const sql = `"${entry.alias}"."${real}"`;
      return entry.table === null ? { sql, type } : { sql, type, column: { table: entry.table, name: real, alias: entry.alias } };
    }
    if (this.outer !== null) return this.outer.column(table, name);
    const missing = table !== null && candidates.length === 0 ? table : name;
    const available = this.entries.map((entry) => `${entry.alias}=${entry.table ?? 'subquery'}`).join(', ');
    throw new SuiteQlError(`Unknown identifier '${missing}'. Available identifiers are: {${available}}.`);
  }

  /** Every column `*` or `alias.*` stands for. */
  star(table: string | null): (TypedSql & { readonly name: string })[] {
    const entries = this.entries.filter((entry) => table === null || entry.alias === table);
    if (entries.length === 0) throw new SuiteQlError(`Unknown identifier '${table ?? '*'}'.`);
    return entries.flatMap((entry) => [...entry.columns].map(([name, type]) => ({ name, type, sql: `"${entry.alias}"."${name}"` })));
  }

  entry(alias: string): ScopeEntry | undefined {
    return this.entries.find((entry) => entry.alias === alias);
  }
}
