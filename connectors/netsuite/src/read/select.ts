import type { Context } from '#connector-kit';
import { query, unknownColumnOf, type QueryPage } from '../suiteql.js';
import { keyOf, type Column, type Source } from './sources.js';

const absentColumnsKey = (source: Source): string => `netsuite.absentColumns.${source.entity}`;

export interface Selection {
  /** Conditions beside the source's own, joined by AND. */
  readonly conditions: readonly string[];
  readonly rowsMax: number;
}

/**
 * One page of a source, ordered by id. A column this account does not have (`subsidiary` outside OneWorld) fails the whole
 * query and is named in the error: it is left out, remembered for this process, and the query asked again.
 * @throws ConnectorError when a column that is not optional is missing, and by the rules of errors.ts.
 */
export async function selectPage(context: Context, source: Source, selection: Selection): Promise<QueryPage> {
  const absent = absentColumns(context, source);
  for (let attempts = source.columns.length; ; attempts -= 1) {
    try {
      return await query(context, selectText(source, selection.conditions, absent), selection.rowsMax);
    } catch (error) {
      const unknown = unknownColumnOf(error);
      const column = unknown === null || attempts <= 0 ? undefined : source.columns.find((entry) => entry.optional === true && !absent.has(keyOf(entry)) && columnName(entry) === unknown);
      if (column === undefined) throw error;
      absent.add(keyOf(column));
      context.log('netsuite.columnAbsent', { entity: source.entity, column: keyOf(column) });
    }
  }
}

export function selectText(source: Source, conditions: readonly string[], absent: ReadonlySet<string> = new Set()): string {
  const columns = source.columns.filter((entry) => !absent.has(keyOf(entry))).map((entry) => (entry.as === undefined ? entry.sql : `${entry.sql} AS ${entry.as}`));
  return `SELECT ${columns.join(', ')} FROM ${source.from}${whereText(source, conditions)} ORDER BY ${source.id}`;
}

/** ` WHERE …` of a source and further conditions; nothing when there are none. */
export function whereText(source: Pick<Source, 'where'>, conditions: readonly string[]): string {
  const all = [...(source.where === null ? [] : [source.where]), ...conditions];
  return all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`;
}

/** The column behind an expression: of `TO_CHAR(t.trandate,…)` it is `trandate`. */
function columnName(entry: Column): string {
  return (/\b\w+\.(\w+)/.exec(entry.sql)?.[1] ?? entry.sql).toLowerCase();
}

function absentColumns(context: Context, source: Source): Set<string> {
  const key = absentColumnsKey(source);
  const known = context.memory.get(key);
  if (known instanceof Set) return known as Set<string>;
  const empty = new Set<string>();
  context.memory.set(key, empty);
  return empty;
}
