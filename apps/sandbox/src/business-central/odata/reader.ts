import type { Binding, Cell, CompanyBook, Row } from '../ledger/company-book.js';
import type { TenantSettings } from '../settings.js';
import { parseFilter } from './filter-parser.js';
import { EVERYTHING, fieldNamed, filterSql, variableField, type SqlCondition } from './filter-sql.js';
import { cellText } from './json-text.js';
import { badRequest } from './odata-error.js';
import { etagOf, KEY_COLUMN, VERSION_COLUMN, type Field, type Page } from './page.js';
import type { Expansion, QueryOptions } from './query-options.js';

interface Order {
  readonly field: Field | null;
  readonly sql: string;
  readonly descending: boolean;
}

interface SkipToken {
  readonly after: readonly Cell[];
  /** Rows `$top` still allows; null when it was not given. */
  readonly left: number | null;
}

export interface Listing {
  /** Entities as JSON text. */
  readonly rows: readonly string[];
  /** Token of the next page; null on the last. */
  readonly nextToken: string | null;
  readonly total: number | null;
}

/** Reads entity sets: `$filter`, `$orderby`, `$select`, `$expand`, and pages by key. */
export class EntityReader {
  constructor(private readonly book: CompanyBook, private readonly settings: TenantSettings, private readonly pageNamed: (entitySet: string) => Page) {}

  /** One page of an entity set. @throws ODataError */
  list(page: Page, options: QueryOptions, pageSize: number, scope: SqlCondition = EVERYTHING): Listing {
    const order = this.orderOf(page, options.orderBy);
    const token = options.skipToken === undefined ? null : readToken(options.skipToken, order.length);
    const filter = this.conditionOf(page, options, scope);
    const left = token === null ? options.top ?? null : token.left;
    const size = Math.min(pageSize, left ?? pageSize);
    const start = token === null ? EVERYTHING : afterSql(order, token.after);
    const rows = this.select(page, options.select, `${filter.sql} AND ${start.sql}`, [...filter.bindings, ...start.bindings], order, size + 1, token === null ? options.skip ?? 0 : 0);
    const shown = rows.slice(0, size);
    const last = shown.at(-1);
    const rest = left === null ? null : left - shown.length;
    const more = rows.length > size && last !== undefined && rest !== 0;
    return {
      rows: shown.map((row) => this.entityText(page, row, options)),
      nextToken: more ? writeToken({ after: order.map((_part, index) => last[`__order${index}`] ?? ''), left: rest }) : null,
      total: options.count === true ? this.count(page, filter) : null,
    };
  }

  countOf(page: Page, options: QueryOptions, scope: SqlCondition = EVERYTHING): number {
    return this.count(page, this.conditionOf(page, options, scope));
  }

  /** The row of one id, or undefined. */
  row(page: Page, id: string, select?: readonly string[]): Row | undefined {
    return this.select(page, select, `${page.key} = ?`, [id.toLowerCase()], this.orderOf(page, undefined), 1, 0)[0];
  }

  first(page: Page, scope: SqlCondition): Row | undefined {
    return this.select(page, undefined, scope.sql, scope.bindings, this.orderOf(page, undefined), 1, 0)[0];
  }

  /** An entity as JSON text, without `@odata.context`. */
  entityText(page: Page, row: Row, options: QueryOptions): string {
    const parts = page.keyless === true ? [] : [`"@odata.etag":${JSON.stringify(etagOf(row))}`];
    for (const field of this.fieldsOf(page, options.select)) parts.push(`"${field.name}":${cellText(field, row[field.name] ?? null)}`);
    for (const expansion of options.expand ?? []) parts.push(this.expansionText(page, row, expansion));
    return `{${parts.join(',')}}`;
  }

  private expansionText(page: Page, row: Row, expansion: Expansion): string {
    const navigation = page.navigations.find((candidate) => candidate.name === expansion.name);
    if (navigation === undefined) throw badRequest(`Could not find a property named '${expansion.name}' on type 'Microsoft.NAV.${page.entityName}'.`);
    const target = this.pageNamed(navigation.target);
    const parentValue = row[navigation.parentField] ?? row[KEY_COLUMN] ?? '';
    const scope = { sql: navigation.condition, bindings: [parentValue] };
    const { rows } = this.list(target, expansion.options, this.settings.pageSizeMax, scope);
    return `"${navigation.name}":${navigation.single ? rows[0] ?? 'null' : `[${rows.join(',')}]`}`;
  }

  private fieldsOf(page: Page, select: readonly string[] | undefined): readonly Field[] {
    if (select === undefined || select.includes('*')) return page.fields;
    return select.map((name) => fieldNamed(page, name));
  }

  private conditionOf(page: Page, options: QueryOptions, scope: SqlCondition): SqlCondition {
    const filter = options.filter === undefined ? EVERYTHING : filterSql(page, parseFilter(options.filter, options.schemaVersion === '2.1'), this.settings);
    return { sql: `${page.where ?? '1'} AND ${scope.sql} AND ${filter.sql}`, bindings: [...scope.bindings, ...filter.bindings] };
  }

  private count(page: Page, condition: SqlCondition): number {
    return this.book.one<{ rows: number }>(`SELECT count(*) AS rows FROM ${page.from} WHERE ${condition.sql}`, ...condition.bindings)?.rows ?? 0;
  }

  private orderOf(page: Page, orderBy: string | undefined): Order[] {
    const asked = orderBy === undefined ? [] : orderBy.split(',').map((part): Order => {
      const [name = '', direction = 'asc'] = part.trim().split(/\s+/);
      const field = fieldNamed(page, name);
      if (field.variable === true && this.settings.variableFieldFilter === 'error') throw variableField(page, field);
      return { field, sql: field.variable === true ? "''" : field.sql, descending: direction === 'desc' };
    });
    return [...asked, { field: null, sql: page.key, descending: false }];
  }

  private select(page: Page, select: readonly string[] | undefined, where: string, bindings: readonly Binding[], order: readonly Order[], limit: number, offset: number): Row[] {
    const parents = page.navigations.map((navigation) => page.fields.find((field) => field.name === navigation.parentField)).filter((field) => field !== undefined);
    const fields = new Map([...this.fieldsOf(page, select), ...parents].map((field) => [field.name, field.sql]));
    const columns = [
      `${page.key} AS ${KEY_COLUMN}`, `${page.keyless === true ? '0' : 't.row_version'} AS ${VERSION_COLUMN}`,
      ...[...fields].map(([name, sql]) => `${sql} AS "${name}"`), ...order.map((part, index) => `${part.sql} AS __order${index}`),
    ];
    const sorting = order.map((part) => `${part.sql} ${part.descending ? 'DESC' : 'ASC'}`).join(', ');
    return this.book.all(`SELECT ${columns.join(', ')} FROM ${page.from} WHERE ${where} ORDER BY ${sorting} LIMIT ${limit} OFFSET ${offset}`, ...bindings);
  }
}

/** Rows after a position in an order: (a > x) or (a = x and b > y) ... */
function afterSql(order: readonly Order[], after: readonly Cell[]): SqlCondition {
  const bindings: Binding[] = [];
  const branches = order.map((part, index) => {
    const equal = order.slice(0, index).map((earlier, position) => {
      bindings.push(after[position] ?? '');
      return `${earlier.sql} = ?`;
    });
    bindings.push(after[index] ?? '');
    return `(${[...equal, `${part.sql} ${part.descending ? '<' : '>'} ?`].join(' AND ')})`;
  });
  return { sql: `(${branches.join(' OR ')})`, bindings };
}

function writeToken(token: SkipToken): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function readToken(text: string, length: number): SkipToken {
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as SkipToken;
    if (Array.isArray(token.after) && token.after.length === length) return token;
  } catch {
    // Falls through to the refusal: whatever it was, the product did not write it.
  }
  throw badRequest(`The skip token '${text.slice(0, 40)}' is not valid.`);
}
