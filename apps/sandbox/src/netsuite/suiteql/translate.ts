import { align, asText, callSql, coerce, commonType, isAggregate } from './calls.js';
import { builtin } from './builtin.js';
import { Scope, tableColumns, tableSql, type ScopeEntry, type TypedSql, type ValueType, type Visibility } from './scope.js';
import { SuiteQlError, unsupported } from './suiteql-error.js';
import type { Expression, Query, Select, Source } from './syntax.js';

export interface OutputColumn {
  readonly name: string;
  readonly type: ValueType;
}

/** Set when the query walks a table by `id > ?` in order of that id: its total can be carried from page to page. */
export interface Keyset {
  readonly columnSql: string;
  readonly parameter: number;
}

export interface TranslatedQuery {
  /** SQLite text without a row limit; parameters are ?1, ?2... */
  readonly sql: string;
  /** The same rows without order, for counting; `%keyset%` marks where a further condition may go. */
  readonly countSql: string;
  readonly columns: readonly OutputColumn[];
  readonly fetchFirst: number | null;
  readonly keyset: Keyset | null;
}

/** Turns a parsed SuiteQL query into SQLite. @throws SuiteQlError */
export function translate(query: Query, visibility: Visibility): TranslatedQuery {
  return new Translator(visibility).root(query);
}

const dated = (type: ValueType): boolean => type === 'date' || type === 'datetime';

class Translator {
  constructor(private readonly visibility: Visibility) {}

  root(query: Query): TranslatedQuery {
    const first = this.firstId(query);
    if (first !== null) return first;
    const parts = this.parts(query, null);
    const limit = query.fetchFirst === null ? '' : ` LIMIT ${query.fetchFirst}`;
    const keyset = this.keyset(query, parts.scopes[0]);
    const counted = keyset === null ? `SELECT count(*) FROM (${parts.body}${limit === '' ? '' : `${parts.order}${limit}`})` : parts.countSimple;
    return { sql: `${parts.body}${parts.order}`, countSql: counted, columns: parts.columns, fetchFirst: query.fetchFirst, keyset };
  }

  /** `SELECT MIN(t.id) FROM …`: the real service finds it at the start of an index; SQLite would visit every row of the join. */
  private firstId(query: Query): TranslatedQuery | null {
    const [select] = query.selects;
    const item = select?.items[0];
    if (select === undefined || item === undefined || query.selects.length > 1 || select.items.length > 1 || select.distinct || select.groupBy.length > 0 || select.having !== null) return null;
    if (item.value.kind !== 'call' || item.value.name !== 'min' || item.value.inputs.length !== 1 || item.value.inputs[0]?.kind !== 'column') return null;
    const { rest, scope } = this.select({ ...select, items: [{ value: { kind: 'number', text: '1' }, alias: null }] }, null);
    const id = this.expression(item.value.inputs[0], scope);
    if (id.column?.name !== 'id') return null;
    const name = (item.alias ?? 'expr1').toLowerCase();
    const sql = `SELECT (SELECT ${id.sql} ${rest} ORDER BY ${id.sql} LIMIT 1) AS "${name}"`;
    return { sql, countSql: `SELECT count(*) FROM (${sql})`, columns: [{ name, type: id.type }], fetchFirst: query.fetchFirst, keyset: null };
  }

  subquery(query: Query, outer: Scope | null): { sql: string; columns: OutputColumn[] } {
    const parts = this.parts(query, outer);
    const limit = query.fetchFirst === null ? '' : ` LIMIT ${query.fetchFirst}`;
    return { sql: `${parts.body}${parts.order}${limit}`, columns: parts.columns };
  }

  private parts(query: Query, outer: Scope | null): { body: string; order: string; columns: OutputColumn[]; scopes: Scope[]; countSimple: string } {
    const selects = query.selects.map((select) => this.select(select, outer));
    const [first] = selects;
    if (first === undefined) throw unsupported('nothing selected');
    if (selects.some((select) => select.columns.length !== first.columns.length)) throw unsupported('UNION of different column counts');
    const body = selects.map((select, index) => (index === 0 ? '' : ` ${query.unions[index - 1] ?? 'union'} `) + select.sql).join('');
    const terms = query.orderBy.map((term) => {
      const value = this.orderValue(term.value, first, selects.length > 1);
      const nulls = term.nulls ?? (term.descending ? 'first' : 'last');
      const needsNulls = term.nulls !== null || !value.endsWith('"."id"');
      return `${value}${term.descending ? ' DESC' : ''}${needsNulls ? ` NULLS ${nulls.toUpperCase()}` : ''}`;
    });
    return { body, order: terms.length === 0 ? '' : ` ORDER BY ${terms.join(', ')}`, columns: first.columns, scopes: selects.map((select) => select.scope), countSimple: `SELECT count(*) ${first.rest}` };
  }

  /** A position, an output alias, or any expression over the tables. */
  private orderValue(value: Expression, select: { columns: OutputColumn[]; scope: Scope }, united: boolean): string {
    if (value.kind === 'number') return value.text;
    if (value.kind === 'column' && value.table === null) {
      const position = select.columns.findIndex((column) => column.name === value.name);
      if (position >= 0) return this.isPlainColumn(value, select.scope) ? this.expression(value, select.scope).sql : String(position + 1);
    }
    if (united) throw unsupported('ORDER BY of a UNION takes output columns');
    return this.expression(value, select.scope).sql;
  }

  private isPlainColumn(value: Expression, scope: Scope): boolean {
    try {
      return this.expression(value, scope).column?.name === 'id';
    } catch (error) {
      if (error instanceof SuiteQlError) return false;
      throw error;
    }
  }

  private keyset(query: Query, scope: Scope | undefined): Keyset | null {
    const [select] = query.selects;
    if (select === undefined || scope === undefined || query.selects.length > 1 || query.fetchFirst !== null) return null;
    if (select.distinct || select.groupBy.length > 0 || select.items.some((item) => containsAggregate(item.value))) return null;
    for (const condition of conjuncts(select.where)) {
      if (condition.kind !== 'binary' || condition.operator !== '>' || condition.left.kind !== 'column' || condition.right.kind !== 'parameter') continue;
      const left = this.expression(condition.left, scope);
      if (left.column?.name === 'id') return { columnSql: left.sql, parameter: condition.right.index };
    }
    return null;
  }

  private select(select: Select, outer: Scope | null): { sql: string; rest: string; columns: OutputColumn[]; scope: Scope } {
    const entries: ScopeEntry[] = [];
    const from = select.sources.map((source) => this.source(source, entries, outer)).join('');
    const scope = new Scope(entries, outer);
    const columns: OutputColumn[] = [];
    const values: string[] = [];
    const names = new Set<string>();
    const add = (name: string, value: TypedSql): void => {
      if (names.has(name)) return;
      names.add(name);
      columns.push({ name, type: value.type });
      values.push(`${value.sql} AS "${name}"`);
    };
    let unnamed = 0;
    for (const item of select.items) {
      if (item.value.kind === 'star') {
        for (const column of scope.star(item.value.table)) add(column.name, column);
        continue;
      }
      const value = this.expression(item.value, scope);
      const name = item.alias ?? (item.value.kind === 'column' ? item.value.name : `expr${(unnamed += 1)}`);
      add(name.toLowerCase(), value);
    }
    const where = select.where === null ? '' : ` WHERE ${this.expression(select.where, scope).sql}`;
    const group = select.groupBy.length === 0 ? '' : ` GROUP BY ${select.groupBy.map((value) => this.expression(value, scope).sql).join(', ')}`;
    const having = select.having === null ? '' : ` HAVING ${this.expression(select.having, scope).sql}`;
    const rest = `FROM ${from}${where}${group}${having}`;
    return { sql: `SELECT ${select.distinct ? 'DISTINCT ' : ''}${values.join(', ')} ${rest}`, rest, columns, scope };
  }

  private source(source: Source, entries: ScopeEntry[], outer: Scope | null): string {
    const joint = { first: '', inner: ' JOIN ', left: ' LEFT JOIN ', cross: ' CROSS JOIN ' }[source.join];
    if (entries.some((entry) => entry.alias === source.alias)) throw unsupported(`alias ${source.alias} is used twice`);
    let text: string;
    if (typeof source.from === 'string') {
      entries.push({ alias: source.alias, table: source.from, columns: withSession(source.from, tableColumns(source.from, this.visibility)) });
      text = tableSql(source.from, this.visibility);
    } else {
      const inner = this.subquery(source.from, outer);
      entries.push({ alias: source.alias, table: null, columns: new Map(inner.columns.map((column) => [column.name, column.type])) });
      text = `(${inner.sql})`;
    }
    const on = source.on === null ? '' : ` ON ${this.expression(source.on, new Scope(entries, outer)).sql}`;
    return `${joint}${text} AS "${source.alias}"${on}`;
  }

  expression(value: Expression, scope: Scope): TypedSql {
    switch (value.kind) {
      case 'number': return { type: 'number', sql: value.text };
      case 'string': return { type: 'text', sql: `'${value.text.replaceAll("'", "''")}'` };
      case 'null': return { type: 'unknown', sql: 'NULL' };
      case 'parameter': return { type: 'unknown', sql: `?${value.index + 1}` };
      case 'column': return this.column(value.table, value.name, scope);
      case 'star': throw unsupported('* is not a value');
      case 'call': return this.call(value.name, value.distinct, value.inputs, scope);
      case 'unary': return this.unary(value.operator, this.expression(value.inner, scope));
      case 'binary': return this.binary(value.operator, this.expression(value.left, scope), this.expression(value.right, scope));
      case 'isNull': case 'in': case 'between': return this.test(value, scope);
      case 'case': return this.caseExpression(value, scope);
      case 'query': {
        const inner = this.subquery(value.query, scope);
        return { type: inner.columns[0]?.type ?? 'unknown', sql: `(${inner.sql})` };
      }
      case 'exists': return { type: 'flag', sql: `EXISTS (${this.subquery(value.query, scope).sql})` };
    }
  }

  private test(value: Expression & { kind: 'isNull' | 'in' | 'between' }, scope: Scope): TypedSql {
    const not = value.negated ? 'NOT ' : '';
    if (value.kind === 'isNull') return { type: 'flag', sql: `(${this.expression(value.inner, scope).sql} IS ${not}NULL)` };
    if (value.kind === 'in') return this.membership(value.inner, value.negated, value.list, scope);
    const [inner, low, high] = align([value.inner, value.low, value.high].map((part) => this.expression(part, scope)));
    return { type: 'flag', sql: `(${inner?.sql} ${not}BETWEEN ${low?.sql} AND ${high?.sql})` };
  }

  private column(table: string | null, name: string, scope: Scope): TypedSql {
    if (table === null && name === 'sysdate') return { type: 'datetime', sql: 'ns_now()' };
    if (table === null && name === 'current_date') return { type: 'date', sql: 'substr(ns_now(), 1, 10)' };
    if (table === null && name === 'sessiontimezone') return { type: 'text', sql: 'ns_zone()' };
    if (table === null && name === 'rownum') throw unsupported('ROWNUM is not simulated, use FETCH FIRST n ROWS ONLY');
    return scope.column(table, name);
  }

  private call(name: string, distinct: boolean, inputs: readonly Expression[], scope: Scope): TypedSql {
    const stars = inputs.some((input) => input.kind === 'star');
    if (stars && name !== 'count') throw unsupported(`${name.toUpperCase()}(*)`);
    const values = stars ? [] : inputs.map((input) => this.expression(input, scope));
    return name.startsWith('builtin.') ? builtin(name, values, scope) : callSql(name, distinct, values);
  }

  private unary(operator: 'not' | '-', inner: TypedSql): TypedSql {
    return operator === 'not' ? { type: 'flag', sql: `(NOT ${inner.sql})` } : { type: inner.type, sql: `(-${inner.sql})` };
  }

  private binary(operator: string, left: TypedSql, right: TypedSql): TypedSql {
    if (operator === 'and' || operator === 'or') return { type: 'flag', sql: `(${left.sql} ${operator.toUpperCase()} ${right.sql})` };
    if (operator === '||') return { type: 'text', sql: `(coalesce(${asText(left).sql}, '') || coalesce(${asText(right).sql}, ''))` };
    if (operator === 'like' || operator === 'not like') return { type: 'flag', sql: `(${asText(left).sql} ${operator.toUpperCase()} ${right.sql})` };
    if ('+-*/'.includes(operator)) return this.arithmetic(operator, left, right);
    const [first, second] = align([left, right]);
    return { type: 'flag', sql: `(${first?.sql} ${operator} ${second?.sql})` };
  }

  private arithmetic(operator: string, left: TypedSql, right: TypedSql): TypedSql {
    if (left.type === 'text' || right.type === 'text') throw unsupported(`${operator} on text; strings are joined with ||`);
    if (dated(left.type) && dated(right.type) && operator === '-') return { type: 'number', sql: `(julianday(${left.sql}) - julianday(${right.sql}))` };
    if (dated(left.type)) return { type: 'datetime', sql: `ns_add_days(${left.sql}, ${operator}(${right.sql}))` };
    const amounts = [left, right].filter((side) => side.type === 'amount').length;
    if (operator === '+' || operator === '-') {
      const [first, second] = align([left, right]);
      return { type: commonType([left, right]), sql: `(${first?.sql} ${operator} ${second?.sql})` };
    }
    if (amounts === 2) {
      if (operator === '*') throw unsupported('an amount times an amount');
      return { type: 'number', sql: `(CAST(${left.sql} AS REAL) / ${right.sql})` };
    }
    if (amounts === 1) return { type: 'amount', sql: `CAST(round(CAST(${left.sql} AS REAL) ${operator} ${right.sql}) AS INTEGER)` };
    return { type: 'number', sql: operator === '/' ? `(CAST(${left.sql} AS REAL) / ${right.sql})` : `(${left.sql} * ${right.sql})` };
  }

  private membership(inner: Expression, negated: boolean, list: readonly Expression[] | Query, scope: Scope): TypedSql {
    const value = this.expression(inner, scope);
    if ('selects' in list) return { type: 'flag', sql: `(${value.sql} ${negated ? 'NOT ' : ''}IN (${this.subquery(list, scope).sql}))` };
    const items = list.map((item) => coerce(this.expression(item, scope), value.type));
    return { type: 'flag', sql: `(${value.sql} ${negated ? 'NOT ' : ''}IN (${items.map((item) => item.sql).join(', ')}))` };
  }

  private caseExpression(value: Expression & { kind: 'case' }, scope: Scope): TypedSql {
    const subject = value.subject === null ? null : this.expression(value.subject, scope);
    const results = value.branches.map((branch) => this.expression(branch.result, scope));
    const otherwise = value.otherwise === null ? null : this.expression(value.otherwise, scope);
    const type = commonType(otherwise === null ? results : [...results, otherwise]);
    const branches = value.branches.map((branch, index) => {
      const when = this.expression(branch.when, scope);
      const result = results[index];
      return ` WHEN ${subject === null ? when.sql : coerce(when, subject.type).sql} THEN ${result === undefined ? 'NULL' : coerce(result, type).sql}`;
    });
    const tail = otherwise === null ? '' : ` ELSE ${coerce(otherwise, type).sql}`;
    return { type, sql: `(CASE${subject === null ? '' : ` ${subject.sql}`}${branches.join('')}${tail} END)` };
  }
}

/** DUAL has no rows of its own to show; the table stands in for it. */
function withSession(table: string, columns: ReadonlyMap<string, ValueType>): ReadonlyMap<string, ValueType> {
  return table === 'dual' ? new Map([['dummy', 'text']]) : columns;
}

function conjuncts(value: Expression | null): Expression[] {
  if (value === null) return [];
  if (value.kind === 'binary' && value.operator === 'and') return [...conjuncts(value.left), ...conjuncts(value.right)];
  return [value];
}

function containsAggregate(value: Expression): boolean {
  switch (value.kind) {
    case 'call': return isAggregate(value.name) || value.inputs.some(containsAggregate);
    case 'binary': return containsAggregate(value.left) || containsAggregate(value.right);
    case 'unary': return containsAggregate(value.inner);
    case 'case': return value.branches.some((branch) => containsAggregate(branch.result)) || (value.otherwise !== null && containsAggregate(value.otherwise));
    default: return false;
  }
}
