import { isCurrencyCode, isLocalDate, MoneyError, parseMoney } from '#canonical';
import type { Row, SqlValue, Transaction } from '../database.js';

export const PAGE_LIMIT_DEFAULT = 50;
export const PAGE_LIMIT_MAX = 500;
const CURSOR_LENGTH_MAX = 2_000;
const TEXT_FILTER_LENGTH_MAX = 200;

/** How a filter's text is read before it reaches SQL. `amount` needs the list's `currency` filter beside it. */
export type FilterKind = 'text' | 'contains' | 'id' | 'day' | 'instant' | 'amount' | 'boolean';

export interface Filter {
  /** SQL condition; `$` stands for the value's placeholder. */
  readonly sql: string;
  readonly kind: FilterKind;
  readonly says: string;
}

export interface Sort {
  /** Never null, so that a keyset has no hole: wrap nullable columns in coalesce. */
  readonly sql: string;
  /** SQL type the cursor's text is cast back to. */
  readonly type: 'bigint' | 'text' | 'date' | 'timestamptz' | 'numeric';
}

/** One list of the API as data: what it selects, what may be asked of it. Column names are ours, never a caller's. */
export interface ListDefinition {
  readonly select: string;
  readonly from: string;
  readonly where?: string;
  readonly id: string;
  readonly sorts: Readonly<Record<string, Sort>>;
  readonly defaultSort: string;
  readonly filters: Readonly<Record<string, Filter>>;
}

export interface ListRequest {
  readonly filters: Readonly<Record<string, string>>;
  /** A sort's name, `-` in front for descending. */
  readonly sort?: string;
  readonly cursor?: string;
  readonly limit?: number;
}

export interface ListPage<R> {
  readonly rows: R[];
  readonly nextCursor: string | null;
}

/** Raised for a filter, sort or cursor that makes no sense; `field` is the query parameter. */
export class ListError extends Error {
  override readonly name = 'ListError';
  constructor(readonly field: string, readonly value: string, problem: string) {
    super(problem);
  }
}

interface Cursor {
  readonly sort: string;
  readonly value: string;
  readonly id: string;
}

/**
 * One page of a list by keyset: no row is skipped or shown twice while others are written, and page 1,000 costs what page 1 does.
 * @throws ListError
 */
export async function readList<R extends Row>(transaction: Transaction, definition: ListDefinition, request: ListRequest): Promise<ListPage<R>> {
  const { name, descending, sort } = chooseSort(definition, request.sort);
  const limit = Math.min(request.limit ?? PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX);
  const values: SqlValue[] = [];
  const conditions = definition.where === undefined ? [] : [definition.where];
  for (const [field, text] of Object.entries(request.filters)) conditions.push(condition(definition, field, text, request.filters, values));
  if (request.cursor !== undefined) conditions.push(afterCursor(request.cursor, request.sort ?? definition.defaultSort, sort, definition.id, descending, values));
  const direction = descending ? 'DESC' : 'ASC';
  const rows = await transaction.query<R & { list_sort: string; list_id: string }>(`
    SELECT ${definition.select}, (${sort.sql})::text AS list_sort, (${definition.id})::text AS list_id
    FROM ${definition.from}
    ${conditions.length > 0 ? `WHERE ${conditions.map((each) => `(${each})`).join(' AND ')}` : ''}
    ORDER BY ${sort.sql} ${direction}, ${definition.id} ${direction}
    LIMIT ${limit + 1}`, values);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  const nextCursor = last === undefined ? null : encodeCursor({ sort: `${descending ? '-' : ''}${name}`, value: last.list_sort, id: last.list_id });
  return { rows: rows.slice(0, limit), nextCursor };
}

function chooseSort(definition: ListDefinition, asked: string | undefined): { name: string; descending: boolean; sort: Sort } {
  const wanted = asked ?? definition.defaultSort;
  const descending = wanted.startsWith('-');
  const name = descending ? wanted.slice(1) : wanted;
  const sort = Object.hasOwn(definition.sorts, name) ? definition.sorts[name] : undefined;
  if (sort === undefined) throw new ListError('sort', wanted, `cannot sort by "${name}"; there are ${Object.keys(definition.sorts).join(', ')}, each with - for descending`);
  return { name, descending, sort };
}

function condition(definition: ListDefinition, field: string, text: string, all: Readonly<Record<string, string>>, values: SqlValue[]): string {
  const filter = Object.hasOwn(definition.filters, field) ? definition.filters[field] : undefined;
  if (filter === undefined) throw new ListError(field, text, `there is no filter "${field}"; there are ${Object.keys(definition.filters).join(', ')}`);
  values.push(filterValue(field, filter.kind, text, all['currency']));
  return filter.sql.replaceAll('$', `$${values.length}`);
}

function filterValue(field: string, kind: FilterKind, text: string, currency: string | undefined): SqlValue {
  if (text.length > TEXT_FILTER_LENGTH_MAX) throw new ListError(field, text.slice(0, 40), `is longer than ${TEXT_FILTER_LENGTH_MAX} characters`);
  switch (kind) {
    case 'text': return text;
    case 'contains': return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
    case 'id':
      if (!/^\d{1,18}$/.test(text)) throw new ListError(field, text, 'is not an id');
      return text;
    case 'day':
      if (!isLocalDate(text)) throw new ListError(field, text, 'is not a calendar day (YYYY-MM-DD)');
      return text;
    case 'instant':
      if (Number.isNaN(Date.parse(text))) throw new ListError(field, text, 'is not an instant (ISO 8601, for example 2026-01-31T10:00:00Z)');
      return new Date(text);
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw new ListError(field, text, 'is neither true nor false');
      return text === 'true';
    case 'amount': return amountValue(field, text, currency);
  }
}

function amountValue(field: string, text: string, currency: string | undefined): SqlValue {
  if (currency === undefined || !isCurrencyCode(currency)) throw new ListError(field, text, 'needs the filter `currency` beside it: amounts of different currencies do not compare');
  try {
    return parseMoney(text, currency).minor.toString();
  } catch (error) {
    if (error instanceof MoneyError) throw new ListError(field, text, error.message);
    throw error;
  }
}

function afterCursor(text: string, sortName: string, sort: Sort, id: string, descending: boolean, values: SqlValue[]): string {
  const cursor = decodeCursor(text);
  if (cursor.sort !== sortName) throw new ListError('cursor', text, `belongs to the sort "${cursor.sort}", not "${sortName}": start again without it`);
  values.push(cursor.value, cursor.id);
  const valueAt = `$${values.length - 1}::${sort.type}`;
  return `(${sort.sql}, ${id}) ${descending ? '<' : '>'} (${valueAt}, $${values.length}::bigint)`;
}

function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.sort, cursor.value, cursor.id])).toString('base64url');
}

function decodeCursor(text: string): Cursor {
  if (text.length <= CURSOR_LENGTH_MAX) {
    try {
      const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
      const [sort, value, id] = Array.isArray(parsed) ? parsed as unknown[] : [];
      if (typeof sort === 'string' && typeof value === 'string' && typeof id === 'string' && /^\d{1,18}$/.test(id)) return { sort, value, id };
    } catch {
      // Falls through to the one message for every kind of broken cursor.
    }
  }
  throw new ListError('cursor', text.slice(0, 40), 'is not a cursor of this API: take it from `nextCursor` unchanged');
}
