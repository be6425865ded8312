import type { EntitySet, Navigation, Viewed } from '../entities/entity-set.js';
import type { EnvironmentSettings } from '../settings.js';
import type { Column, Row } from './columns.js';
import { parseFilter, type Predicate } from './filter.js';
import { badRequest, ODataError } from './odata-error.js';

export interface Expansion {
  readonly navigation: Navigation;
  readonly selected: ReadonlySet<string> | null;
}

export interface QueryOptions {
  readonly filter: Predicate | null;
  readonly selected: ReadonlySet<string> | null;
  readonly order: readonly { readonly column: Column; readonly descending: boolean }[];
  readonly expand: readonly Expansion[];
  readonly top: number | null;
  readonly skip: number;
  /** The RecId after which the page starts, with `nextLink: 'token'`. */
  readonly after: bigint | null;
  readonly count: boolean;
  readonly crossCompany: boolean;
}

const KNOWN = new Set(['$filter', '$select', '$orderby', '$top', '$skip', '$skiptoken', '$count', '$expand', '$format', 'cross-company']);

export function typeNameOf(set: EntitySet): string {
  return `Microsoft.Dynamics.DataEntities.${set.publicName}`;
}

/** The options of a URL; what the product does not know is refused rather than ignored. @throws ODataError */
export function queryOptions(query: URLSearchParams, set: EntitySet, settings: EnvironmentSettings): QueryOptions {
  for (const name of query.keys()) if (name.startsWith('$') && !KNOWN.has(name)) throw badRequest(`The query parameter '${name}' is not supported.`);
  const filter = query.get('$filter');
  const token = query.get('$skiptoken');
  return {
    filter: filter === null ? null : parseFilter(filter, set.columns, typeNameOf(set), settings),
    selected: selectionOf(query.get('$select'), set), order: orderOf(query.get('$orderby'), set), expand: expansionsOf(query.get('$expand'), set),
    top: countOf(query.get('$top'), '$top'), skip: countOf(query.get('$skip'), '$skip') ?? 0, after: token === null ? null : afterOf(token),
    count: query.get('$count') === 'true', crossCompany: isCrossCompany(query),
  };
}

export function isCrossCompany(query: URLSearchParams): boolean {
  return query.get('cross-company')?.toLowerCase() === 'true';
}

function countOf(text: string | null, name: string): number | null {
  if (text === null) return null;
  if (!/^\d+$/.test(text)) throw badRequest(`Invalid value '${text}' for ${name} query option found. The ${name} query option requires a non-negative integer value.`);
  return Number(text);
}

function columnOf(set: EntitySet, name: string): Column {
  const column = set.columns.find((each) => each.name === name);
  if (column === undefined) throw badRequest(`Could not find a property named '${name}' on type '${typeNameOf(set)}'.`);
  return column;
}

function selectionOf(text: string | null, set: EntitySet): ReadonlySet<string> | null {
  if (text === null || text.trim() === '*') return null;
  const navigations = new Set(set.navigation.map((each) => each.name));
  return new Set(text.split(',').map((name) => name.trim()).filter((name) => name !== '' && !navigations.has(name)).map((name) => columnOf(set, name).name));
}

function orderOf(text: string | null, set: EntitySet): QueryOptions['order'] {
  if (text === null || text.trim() === '') return [];
  return text.split(',').map((part) => {
    const [name = '', direction = 'asc', ...more] = part.trim().split(/\s+/);
    if (more.length > 0 || (direction !== 'asc' && direction !== 'desc')) throw badRequest(`Syntax error in $orderby: '${text}'.`);
    return { column: columnOf(set, name), descending: direction === 'desc' };
  });
}

const EXPANSION = /\s*([A-Za-z_]\w*)\s*(?:\(([^)]*)\))?\s*(?:,|$)/y;

/** First level only, with a $select inside at most (reference 3.1). */
function expansionsOf(text: string | null, set: EntitySet): readonly Expansion[] {
  if (text === null || text.trim() === '') return [];
  if (text.includes('/') || /\$expand/.test(text)) throw badRequest('The query specified in the URI is not valid. Only the first level of $expand is supported.');
  const found: Expansion[] = [];
  EXPANSION.lastIndex = 0;
  while (EXPANSION.lastIndex < text.length) {
    const match = EXPANSION.exec(text);
    if (match === null) throw badRequest(`Syntax error in $expand: '${text}'.`);
    const navigation = set.navigation.find((each) => each.name === match[1]);
    if (navigation === undefined) throw badRequest(`Could not find a property named '${match[1] ?? ''}' on type '${typeNameOf(set)}'.`);
    const inner = match[2]?.trim() ?? '';
    if (inner !== '' && !inner.startsWith('$select=')) throw badRequest(`The option '${inner}' is not supported inside $expand.`);
    found.push({ navigation, selected: inner === '' ? null : new Set(inner.slice('$select='.length).split(',').map((name) => name.trim())) });
  }
  return found;
}

/** A token is opaque to clients: base64 of the RecId it goes on after. */
export function tokenOf(recId: bigint): string {
  return Buffer.from(`rec:${recId}`).toString('base64url');
}

function afterOf(token: string): bigint {
  const match = /^rec:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'));
  if (match === null) throw new ODataError(400, 'The skip token is not valid.');
  return BigInt(match[1] ?? 0);
}

/** Rows in the order that was asked for; without one, or where it ties, as the table has them. */
export function sorted(rows: readonly Viewed[], order: QueryOptions['order']): readonly Viewed[] {
  if (order.length === 0) return rows;
  return [...rows].sort((left, right) => {
    for (const { column, descending } of order) {
      const compared = compare(left.row, right.row, column.name);
      if (compared !== 0) return descending ? -compared : compared;
    }
    return 0;
  });
}

function compare(left: Row, right: Row, name: string): number {
  const [first, second] = [fold(left[name] ?? ''), fold(right[name] ?? '')];
  return first === second ? 0 : first < second ? -1 : 1;
}

function fold(cell: string | bigint): string | bigint {
  return typeof cell === 'string' ? cell.toLowerCase() : cell;
}
