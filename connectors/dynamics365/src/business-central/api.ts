import type { JsonObject } from '#canonical';
import { ConnectorError, type Context } from '#connector-kit';
import { call, type ODataAnswer, type ODataCall } from '../odata/client.js';
import { batchAnswers, batchBody, NOT_DONE, type BatchAnswer, type BatchOperation } from '../odata/json-batch.js';
import { isObject } from '../odata/json.js';
import { address, quoted } from '../odata/literal.js';
import { listPages, listRows, UNREADABLE_ANSWER, type ListPage } from '../odata/pages.js';
import { errorOf, isNotFound } from './errors.js';
import { businessCentralSettings } from './settings.js';

/** Operations in one `$batch` (BCdocs: webservices/use-odata-batch.md). */
export const BATCH_OPERATIONS_MAX = 100;
/** Values joined by `or` in one filter: 50 numbers of 20 characters stay far below what an address may have. */
const FILTER_VALUES_MAX = 50;

export const STANDARD = 'v2.0';

/** Path of something in the connected company: `companyPath(context, 'customers')`. `route`: of which API. */
export function companyPath(context: Context, path: string, route: string = STANDARD): string {
  return `/${route}/companies(${businessCentralSettings(context).config.companyId})/${path}`;
}

/** One GET. @throws ConnectorError by the rules of errors.ts. */
export async function get(context: Context, path: string, pageSize?: number): Promise<ODataAnswer> {
  const headers = pageSize === undefined ? {} : { prefer: `odata.maxpagesize=${pageSize}` };
  const answer = await call(context, businessCentralSettings(context).service, { method: 'GET', address: path, headers, lane: 'read', writes: false });
  if (answer.failed !== null) throw errorOf(answer.failed, `GET ${path.split('?')[0] ?? ''}`, false);
  return answer;
}

/** A GET whose absence is an answer. @returns null for what is not there: a record, a company, an API that is not installed. */
export async function getOrNull(context: Context, path: string): Promise<ODataAnswer | null> {
  const answer = await call(context, businessCentralSettings(context).service, { method: 'GET', address: path, lane: 'read', writes: false });
  if (answer.failed === null) return answer;
  if (isNotFound(answer.failed)) return null;
  throw errorOf(answer.failed, `GET ${path.split('?')[0] ?? ''}`, false);
}

/** Pages of a list, of the size the settings ask for. */
export function pagesOf(context: Context, first: string): AsyncGenerator<ListPage> {
  const { pageSize } = businessCentralSettings(context).config;
  return listPages((link) => get(context, link, pageSize), first);
}

/** All rows of a list known to be short. */
export async function rowsOf(context: Context, first: string): Promise<readonly JsonObject[]> {
  return await listRows((link) => get(context, link), first);
}

/** Rows whose `field` is one of the values, in as few requests as filters allow. `or` works on one field only (reference, 2.2). */
export async function rowsWith(context: Context, list: string, field: string, values: readonly string[], options: Readonly<Record<string, string>> = {}): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = [];
  for (const slice of slices([...new Set(values)], FILTER_VALUES_MAX)) {
    const $filter = slice.map((value) => `${field} eq ${quoted(value)}`).join(' or ');
    rows.push(...await rowsOf(context, address(list, { ...options, $filter })));
  }
  return rows;
}

/** As {@link rowsWith}, for fields that hold numbers: they take no quotes. */
export async function rowsWithNumbers(context: Context, list: string, field: string, numbers: readonly string[]): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = [];
  for (const slice of slices([...new Set(numbers)], FILTER_VALUES_MAX)) rows.push(...await rowsOf(context, address(list, { $filter: slice.map((number) => `${field} eq ${number}`).join(' or ') })));
  return rows;
}

/** Single records of a list by id, in batches. Ids that are gone do not come back. */
export async function rowsById(context: Context, list: string, ids: readonly string[], options: Readonly<Record<string, string>> = {}): Promise<readonly JsonObject[]> {
  const { companyId } = businessCentralSettings(context).config;
  const operations = ids.map((id): BatchOperation => ({ method: 'GET', url: address(`companies(${companyId})/${list}(${encodeURIComponent(id)})`, options) }));
  const rows: JsonObject[] = [];
  for (const slice of slices(operations, BATCH_OPERATIONS_MAX)) {
    for (const answer of await batch(context, slice, { writes: false })) {
      if (answer.problem === null) rows.push(readable(answer));
      else if (!isNotFound({ status: answer.status, problem: answer.problem })) throw partError(answer, `GET ${list}`, false);
    }
  }
  return rows;
}

/**
 * A whole `$batch`; parts that failed are answers. `atomic`: one transaction (`Isolation: snapshot`). Otherwise every operation is done for
 * itself: what a service left out after a failed one is asked again, without it.
 */
export async function batch(context: Context, operations: readonly BatchOperation[], options: { readonly writes: boolean; readonly atomic?: boolean }): Promise<readonly BatchAnswer[]> {
  const answers = await batchOnce(context, operations, options);
  if (options.atomic === true) return answers;
  const left = answers.flatMap((answer, index) => (answer.status === NOT_DONE ? [index] : []));
  if (left.length === 0 || left.length === operations.length) return answers;
  const rest = await batch(context, left.flatMap((index) => operations[index] ?? []), options);
  return answers.map((answer, index) => rest[left.indexOf(index)] ?? answer);
}

async function batchOnce(context: Context, operations: readonly BatchOperation[], { writes, atomic = false }: { readonly writes: boolean; readonly atomic?: boolean }): Promise<readonly BatchAnswer[]> {
  const request: ODataCall = {
    method: 'POST', address: `/${STANDARD}/$batch`, body: batchBody(operations), lane: writes ? 'write' : 'read', writes,
    headers: atomic ? { isolation: 'snapshot' } : { prefer: 'odata.continue-on-error' },
  };
  const answer = await call(context, businessCentralSettings(context).service, request);
  if (answer.failed !== null) throw errorOf(answer.failed, 'POST $batch', writes);
  return batchAnswers(answer.body, operations.length, writes);
}

/** The error of a failed part. A 429 in a part names no delay. */
export function partError(answer: BatchAnswer, what: string, writes: boolean): ConnectorError {
  return errorOf({ status: answer.status, problem: answer.problem, retryAfterMs: null, throttledInARow: 1 }, what, writes);
}

function readable({ body }: BatchAnswer): JsonObject {
  if (isObject(body)) return body;
  throw new ConnectorError('A part of a batch is no record', { kind: 'transient' }, { cause: UNREADABLE_ANSWER });
}

export function* slices<T>(values: readonly T[], lengthMax: number): Generator<readonly T[]> {
  for (let start = 0; start < values.length; start += lengthMax) yield values.slice(start, start + lengthMax);
}
