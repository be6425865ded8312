import { parseJsonKeepingNumberText, type JsonObject } from '#canonical';
import { ConnectorError, type Context } from '#connector-kit';
import { PAGE_SIZE_MAX } from './capabilities.js';
import { call, failureOf, type NetSuiteCall } from './client.js';
import { netsuiteSettings } from './settings.js';

/** Most items NetSuite takes in one `IN (…)`. */
export const IN_LIST_MAX = 1000;

/** A row as sent: keys in lower case, values text, a null column absent. */
export type Row = Record<string, string | undefined>;

export interface QueryPage {
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
  /** Rows the whole query matches, as NetSuite counts them. */
  readonly totalResults: number;
}

/** Rows NetSuite gives of one query at most; beyond, sources disagree whether it cuts silently or fails (reference A3). */
export const QUERY_ROWS_MAX = 100_000;

/**
 * Runs one SuiteQL query and returns one page. Large reads take the first page only and go on by key (`id > last`), because
 * offsets shift under concurrent changes.
 * @throws ConnectorError by the rules of errors.ts; a column the account does not have is `invalid` with {@link unknownColumnOf}.
 */
export async function query(context: Context, sql: string, rowsMax: number = PAGE_SIZE_MAX, offset = 0): Promise<QueryPage> {
  const request: NetSuiteCall = {
    method: 'POST', path: '/services/rest/query/v1/suiteql', query: { limit: String(rowsMax), offset: String(offset) },
    headers: { prefer: 'transient' }, body: JSON.stringify({ q: sql }), lane: 'read', writes: false, timeoutMs: netsuiteSettings(context).requestTimeoutMs,
  };
  const answer = await call(context, request);
  if (answer.failed !== null) throw failureOf(context, request, answer.failed);
  return pageOf(answer.text, sql);
}

/**
 * Every row of a query whose size is bounded by what was asked for (a list of ids, an aggregate).
 * @param sql must order by something unique, or pages overlap.
 * @throws ConnectorError `transient` at {@link QUERY_ROWS_MAX}: ask for fewer ids.
 */
export async function queryAll(context: Context, sql: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let offset = 0; ; offset += PAGE_SIZE_MAX) {
    const page = await query(context, sql, PAGE_SIZE_MAX, offset);
    rows.push(...page.rows);
    if (!page.hasMore) return rows;
    if (offset + PAGE_SIZE_MAX >= QUERY_ROWS_MAX) throw new ConnectorError(`NetSuite: more than ${QUERY_ROWS_MAX} rows from ${sql.slice(0, 200)}`, { kind: 'transient' });
  }
}

function pageOf(text: string, sql: string): QueryPage {
  let body: QueryBody;
  try {
    // Every row carries an empty `links` list. Inside a text its quotes would be escaped, so this never touches a value.
    body = parsedRows(text.replaceAll('"links":[],', ''));
  } catch (error) {
    throw new ConnectorError('NetSuite SuiteQL: the answer is no JSON', { kind: 'transient' }, { cause: error });
  }
  if (!Array.isArray(body.items)) throw new ConnectorError('NetSuite SuiteQL: the answer has no items', { kind: 'transient' });
  return { rows: tidied(body.items as Row[], sql), hasMore: body.hasMore === true, totalResults: Number(body.totalResults ?? body.items.length) };
}

interface QueryBody {
  readonly items?: unknown;
  readonly hasMore?: unknown;
  readonly totalResults?: unknown;
}

/** SuiteQL sends every value as text, so the plain parser, several times as fast, loses nothing; a row with a number is parsed again, exactly. */
function parsedRows(text: string): QueryBody {
  const body = (JSON.parse(text) ?? {}) as QueryBody;
  const inexact = Array.isArray(body.items) && (body.items as readonly object[]).some((row) => Object.values(row ?? {}).some((value) => typeof value === 'number'));
  return inexact ? parseJsonKeepingNumberText(text) as QueryBody : body;
}

/** Keys may come in another case, and an expression's alias may be lost (`expr1`). Both hold for all rows or none, so the keys of the first decide. */
function tidied(rows: Row[], sql: string): readonly Row[] {
  const first = rows[0];
  if (first === undefined) return rows;
  if ('links' in first) for (const row of rows) delete row['links'];
  const untidy = Object.keys(first).some((key) => key !== key.toLowerCase() || /^expr\d+$/.test(key));
  if (!untidy) return rows;
  const aliases = expressionAliases(sql);
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => {
    const lower = key.toLowerCase();
    const lost = /^expr(\d+)$/.exec(lower)?.[1];
    return [lost === undefined ? lower : aliases[Number(lost) - 1] ?? lower, value];
  })));
}

/** The aliases of a query's expressions, in order: of `TO_CHAR(…) AS trandate` it is `trandate`. */
function expressionAliases(sql: string): string[] {
  return [...sql.matchAll(/\) AS (\w+)/g)].map((match) => match[1] ?? '');
}

/** The column or table-qualified name NetSuite does not know, lower case, without its table; null for every other error. */
export function unknownColumnOf(error: unknown): string | null {
  if (!(error instanceof ConnectorError)) return null;
  const name = /unknown identifier '([^']+)'/i.exec(error.message)?.[1];
  return name === undefined ? null : (name.split('.').at(-1) ?? name).toLowerCase();
}

/** True when a query failed because this account or role has no such table. */
export function isTableInvisible(error: unknown): boolean {
  return error instanceof ConnectorError && /record '[^']*' was not found|invalid search type|invalid or unsupported search/i.test(error.message);
}

/** A text literal. SuiteQL doubles quotes; anything that could end the literal early is gone. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** An internal id as SQL. @throws ConnectorError `invalid` for anything but digits: ids from elsewhere never reach the query. */
export function idLiteral(id: string): string {
  if (/^-?\d{1,18}$/.test(id)) return id;
  throw new ConnectorError(`NetSuite: "${id}" is no internal id`, { kind: 'invalid', issues: [{ path: 'externalId', value: id, problem: 'is not a NetSuite internal id (digits)' }] });
}

export function idList(ids: readonly string[]): string {
  return ids.map(idLiteral).join(', ');
}

/** Slices a list so that each fits one `IN (…)`. */
export function* slices<T>(list: readonly T[], sizeMax: number = IN_LIST_MAX): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += sizeMax) yield list.slice(start, start + sizeMax);
}

/** `TO_DATE` on a wall-clock text of the account, `YYYY-MM-DD HH:MM:SS`. Date literals are not allowed. */
export function momentLiteral(wallClock: string): string {
  return `TO_DATE(${quoted(wallClock)},'YYYY-MM-DD HH24:MI:SS')`;
}

export function dayLiteral(day: string): string {
  return `TO_DATE(${quoted(day)},'YYYY-MM-DD')`;
}

/** Rows are flat text; this is the same object seen as a payload. */
export function asPayload(row: Row): JsonObject {
  return row as JsonObject;
}
