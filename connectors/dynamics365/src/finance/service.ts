import { stringifyKeepingNumberText, type JsonObject } from '#canonical';
import { ConnectorError, type Context } from '#connector-kit';
import { call, type FailedAnswer, type ODataAnswer, type ODataCall } from '../odata/client.js';
import { objectOf, textOf } from '../odata/json.js';
import { address } from '../odata/literal.js';
import { listPageOf, type ListPage } from '../odata/pages.js';
import { financeError, isNoEntity, isPermission } from './errors.js';
import { financeSettings } from './settings.js';
import type { Row } from './words.js';

const ROOT = '/data';
/** Without it Finance answers with the rows of the service user's default company alone, and finds no record of another (reference 3.1). */
const EVERYWHERE = 'cross-company';

export interface ListQuery {
  readonly entity: string;
  readonly filter: string | null;
  readonly select?: readonly string[];
  readonly expand?: string;
  readonly order: readonly string[];
  readonly top?: number;
}

/** Every address of the data service is made here, so that none can lack `cross-company=true`. */
export function dataAddress(path: string, options: Readonly<Record<string, string | null>> = {}): string {
  return address(`${ROOT}/${path}`, { [EVERYWHERE]: 'true', ...options });
}

/** The same inside a `$batch`, where addresses are relative to the service root. */
export function batchAddress(path: string): string {
  return `${path}?${EVERYWHERE}=true`;
}

export function listAddress({ entity, filter, select, expand, order, top }: ListQuery): string {
  return dataAddress(entity, {
    $filter: filter, $select: select?.join(',') ?? null, $expand: expand ?? null, $orderby: order.length === 0 ? null : order.join(','), $top: top === undefined ? null : String(top),
  });
}

/** A link to the next page is followed as it is; one that forgot `cross-company` would end the list at the default company's rows. */
function followable(link: string): string {
  const query = link.split('?')[1] ?? '';
  return new RegExp(`(^|&)${EVERYWHERE}=`, 'i').test(query) ? link : address(link, { [EVERYWHERE]: 'true' });
}

/** One page of a list. @throws ConnectorError by the rules of errors.ts; `transient` for an answer that is no list. */
export async function listPage(context: Context, at: string, what: string): Promise<ListPage> {
  const { pageSize } = financeSettings(context);
  const answer = await get(context, at, { prefer: `odata.maxpagesize=${pageSize}` });
  if (answer.failed !== null) throw financeError(`GET ${what}`, answer.failed, false);
  const page = listPageOf(answer, what);
  return { ...page, nextLink: page.nextLink === null ? null : followable(page.nextLink) };
}

/** Times a page that was read already is asked for again before the read fails. */
const REPEATS_MAX = 3;

/** Every row of a list that what was asked for bounds. @throws ConnectorError `transient` for links that go in a circle. */
export async function rowsOf(context: Context, query: ListQuery): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const followed = new Set<string>();
  let repeats = 0;
  for (let next: string | null = listAddress(query); next !== null;) {
    followed.add(next);
    const page = await listPage(context, next, query.entity);
    // A page that leads to where it was asked for, or further back, is one that was read before.
    repeats = page.nextLink !== null && followed.has(page.nextLink) ? repeats + 1 : 0;
    if (repeats > REPEATS_MAX) throw new ConnectorError(`Finance: the list ${query.entity} leads back to a page that was read`, { kind: 'transient' });
    if (repeats > 0) continue;
    rows.push(...page.rows);
    next = page.nextLink;
  }
  return rows;
}

/** Whether an entity can be read here: it exists, and the role may. A server in trouble is an error, not an answer. */
export async function seesEntity(context: Context, entity: string): Promise<'yes' | 'absent' | 'forbidden'> {
  const answer = await get(context, dataAddress(entity, { $top: '1' }));
  if (answer.failed === null) {
    listPageOf(answer, entity);
    return 'yes';
  }
  if (isNoEntity(answer.failed)) return 'absent';
  if (isPermission(answer.failed)) return 'forbidden';
  throw financeError(`GET ${entity}`, answer.failed, false);
}

/** What the environment says of one data entity: `Properties` with name, label and type (reference 3.1). Refusals come back as `failed`. */
export async function metadataEntity(context: Context, publicName: string): Promise<ODataAnswer> {
  return await get(context, `/Metadata/PublicEntities('${publicName}')`);
}

async function get(context: Context, at: string, headers: Readonly<Record<string, string>> = {}): Promise<ODataAnswer> {
  return await call(context, financeSettings(context).service, { method: 'GET', address: at, lane: 'read', writes: false, headers });
}

/** The entity as Finance keeps it, from the 201 of a create. Refusals come back as `failed`. */
export async function create(context: Context, entity: string, body: JsonObject): Promise<{ readonly row: Row | null; readonly failed: FailedAnswer | null }> {
  const answer = await write(context, { method: 'POST', address: dataAddress(entity), body: stringifyKeepingNumberText(body) });
  if (answer.failed !== null) return { row: null, failed: answer.failed };
  return { row: answer.status === 201 ? objectOf(answer.body) : null, failed: null };
}

/** @returns the refusal, or null when it is gone; a record that was not there is gone too. */
export async function remove(context: Context, key: string): Promise<FailedAnswer | null> {
  const answer = await write(context, { method: 'DELETE', address: dataAddress(key) });
  return answer.failed === null || answer.failed.status === 404 ? null : answer.failed;
}

export async function write(context: Context, request: Pick<ODataCall, 'method' | 'address' | 'body' | 'headers'>): Promise<ODataAnswer> {
  return await call(context, financeSettings(context).service, { ...request, lane: 'write', writes: true });
}

/**
 * An action of an entity set; the text it answers with. The answer is `{ value: "…" }`, in Microsoft's examples wrapped once more (reference 3.8).
 * @param writes whether the action starts something.
 */
export async function action(context: Context, path: string, body: JsonObject, writes: boolean): Promise<string> {
  const answer = await call(context, financeSettings(context).service, {
    method: 'POST', address: dataAddress(path), body: stringifyKeepingNumberText(body), lane: writes ? 'write' : 'read', writes,
  });
  const name = path.split('.').at(-1) ?? path;
  if (answer.failed !== null) throw financeError(name, answer.failed, writes);
  const value = objectOf(answer.body)['value'];
  const text = textOf(value) ?? textOf(objectOf(value)['value']);
  if (text !== null) return text;
  if (answer.status === 204 || typeof value === 'boolean') return String(value ?? '');
  throw new ConnectorError(`Finance ${name}: the answer holds no value`, { kind: writes ? 'outcomeUnknown' : 'transient' });
}
