import { randomUUID } from 'node:crypto';
import type { Json } from '#canonical';
import type { Writer } from '../book/book.js';
import { findSet } from '../entities/catalogue.js';
import type { EntitySet, Viewed } from '../entities/entity-set.js';
import type { Environment } from '../environment.js';
import { empty, headerOf, odata, preferenceOf, textOf, type Answer, type Call } from '../http/message.js';
import type { EnvironmentSettings } from '../settings.js';
import type { Cell, Column, Row } from './columns.js';
import { keyOf, resourceOf } from './key.js';
import { badRequest, DuplicateRecordError, notFound, ODataError } from './odata-error.js';
import { isCrossCompany, queryOptions, sorted, tokenOf, typeNameOf, type Expansion, type QueryOptions } from './query-options.js';
import { parseBody, readCell, wireRow, wireText } from './wire.js';

export const DATA_PATH = '/data';
const WRITER: Writer = 'service';

/** Collections under /data: reading, and writing what can be written. */
export class DataService {
  constructor(private readonly environment: Environment) {}

  /** @throws ODataError */
  answer(call: Call): Answer {
    const path = decodeURIComponent(call.path.slice(DATA_PATH.length + 1));
    const resource = resourceOf(path);
    const set = resource === null ? undefined : findSet(this.environment.settings, resource.collection);
    if (resource === null || set === undefined) throw notFound(`${call.origin}${call.path}`);
    if (resource.key === null) return this.answerCollection(call, set, resource.rest);
    if (resource.rest !== '') throw notFound(`${call.origin}${call.path}`);
    return this.answerEntity(call, set, resource.key);
  }

  private answerCollection(call: Call, set: EntitySet, rest: string): Answer {
    if (call.method === 'POST' && rest === '') return this.create(call, set);
    if (call.method !== 'GET') throw methodRefused(call.method);
    const options = queryOptions(call.query, set, this.environment.settings);
    const rows = this.matching(set, options);
    if (rest === '/$count') return { status: 200, headers: { 'content-type': 'text/plain' }, body: String(rows.length) };
    if (rest !== '') throw notFound(`${call.origin}${call.path}`);
    return this.list(call, set, options, rows);
  }

  private matching(set: EntitySet, options: QueryOptions): readonly Viewed[] {
    const { filter } = options;
    const seen = this.visible(set, options.crossCompany);
    return sorted(filter === null ? seen : seen.filter((each) => filter(each.row)), options.order);
  }

  /** Without `cross-company=true` the service user's company alone (reference 3.1). */
  private visible(set: EntitySet, crossCompany: boolean): readonly Viewed[] {
    const rows = set.view(this.environment);
    const { companyColumn } = set;
    if (companyColumn === null || crossCompany) return rows;
    return rows.filter((each) => each.row[companyColumn] === this.environment.settings.defaultCompany);
  }

  private list(call: Call, set: EntitySet, options: QueryOptions, rows: readonly Viewed[]): Answer {
    const asked = Number(preferenceOf(call, 'odata.maxpagesize') ?? Number.NaN);
    const pageSize = Math.min(this.environment.settings.pageSizeMax, asked > 0 ? asked : Number.POSITIVE_INFINITY);
    const start = options.after === null ? options.skip : indexAfter(rows, options.after);
    const end = options.top === null ? rows.length : Math.min(rows.length, start + options.top);
    const page = rows.slice(start, Math.min(end, start + pageSize));
    const next = start + page.length < end ? this.nextLink(call, options, start + page.length, page) : null;
    const body: Record<string, Json> = { '@odata.context': `${call.origin}${DATA_PATH}/$metadata#${set.collection}` };
    if (options.count) body['@odata.count'] = rows.length;
    body['value'] = page.map((each) => this.wire(set, each, options.selected, options.expand));
    if (next !== null) body['@odata.nextLink'] = next;
    return odata(200, wireText(body));
  }

  private nextLink(call: Call, options: QueryOptions, skip: number, page: readonly Viewed[]): string {
    const query = new URLSearchParams(call.query);
    const last = page.at(-1);
    if (options.top !== null) query.set('$top', String(options.top - page.length));
    // A token needs the table's own order: under another one the product counts rows too.
    if (this.environment.settings.nextLink === 'token' && last !== undefined && options.order.length === 0) {
      query.delete('$skip');
      query.set('$skiptoken', tokenOf(last.recId));
    } else query.set('$skip', String(skip));
    return `${call.origin}${call.path}?${query.toString()}`;
  }

  private wire(set: EntitySet, viewed: Viewed, selected: ReadonlySet<string> | null, expand: readonly Expansion[] = []): Record<string, Json> {
    const out: Record<string, Json> = { '@odata.etag': etagOf(viewed), ...wireRow(set.columns, viewed.row, selected) };
    for (const { navigation, selected: inner } of expand) {
      const target = findSet(this.environment.settings, navigation.target);
      if (target === undefined) throw badRequest(`Could not find a property named '${navigation.name}' on type '${typeNameOf(set)}'.`);
      const found = navigation.find(this.environment, viewed).map((each) => this.wire(target, target.show(each), inner));
      out[navigation.name] = navigation.many ? found : found[0] ?? null;
    }
    return out;
  }

  private answerEntity(call: Call, set: EntitySet, keyText: string): Answer {
    const keyColumns = set.key.map((name) => columnNamed(set, name));
    const key = keyOf(keyText, keyColumns, typeNameOf(set));
    const target = this.visible(set, isCrossCompany(call.query)).find((each) => [...key].every(([name, cell]) => sameCell(each.row[name], cell)));
    if (target === undefined) throw new ODataError(404, `No resource was found that matches the key (${keyText}) in '${set.collection}'.`);
    switch (call.method) {
      case 'GET': {
        const options = queryOptions(call.query, set, this.environment.settings);
        return odata(200, wireText({ '@odata.context': `${call.origin}${DATA_PATH}/$metadata#${set.collection}/$entity`, ...this.wire(set, target, options.selected, options.expand) }), { etag: etagOf(target) });
      }
      case 'PATCH': case 'PUT': return this.update(call, set, target);
      case 'DELETE': return this.remove(call, set, target);
      default: throw methodRefused(call.method);
    }
  }

  private create(call: Call, set: EntitySet): Answer {
    const { create } = set;
    if (create === undefined) throw methodRefused('POST');
    this.demandWritable(set);
    const read = fitted(this.environment.settings, set, readBodyRow(set, textOf(call)));
    const { companyColumn } = set;
    const given = companyColumn === null ? read : { ...read, [companyColumn]: (String(read[companyColumn] ?? '') || this.environment.settings.defaultCompany).toLowerCase() };
    if (companyColumn !== null) this.demandCompany(String(given[companyColumn]));
    const created = set.show(inBatchStatus(call, () => this.environment.book.write(WRITER, () => create({ environment: this.environment, given, origin: 'api' }))));
    return odata(201, wireText({ '@odata.context': `${call.origin}${DATA_PATH}/$metadata#${set.collection}/$entity`, ...this.wire(set, created, null) }), { etag: etagOf(created), location: `${call.origin}${DATA_PATH}/${set.collection}(${keyText(set, created.row)})` });
  }

  private demandCompany(company: string): void {
    const known = this.environment.book.master('LegalEntities').all().some((each) => each.row['LegalEntityId'] === company);
    if (!known) throw badRequest(`The company '${company}' does not exist.`);
  }

  private update(call: Call, set: EntitySet, target: Viewed): Answer {
    const { update } = set;
    if (update === undefined) throw methodRefused(call.method);
    this.demandWritable(set);
    this.demandMatch(call, target);
    const given = fitted(this.environment.settings, set, readBodyRow(set, textOf(call)));
    for (const name of set.key) {
      if (given[name] !== undefined && !sameCell(given[name], target.row[name] ?? '')) throw badRequest(`The key property '${name}' cannot be changed.`);
    }
    inBatchStatus(call, () => this.environment.book.write(WRITER, () => { update({ environment: this.environment, given, origin: 'api' }, target); }));
    return empty(204, { 'odata-version': '4.0' });
  }

  private remove(call: Call, set: EntitySet, target: Viewed): Answer {
    const { remove } = set;
    if (remove === undefined) throw methodRefused('DELETE');
    this.demandWritable(set);
    this.demandMatch(call, target);
    this.environment.book.write(WRITER, () => { remove({ environment: this.environment, origin: 'api' }, target); });
    return empty(204, { 'odata-version': '4.0' });
  }

  private demandWritable(set: EntitySet): void {
    if (this.environment.settings.readOnlyEntities.includes(set.collection)) throw new ODataError(403, 'An error has occurred.', `Access denied to table or entity ${set.entity}.`, 'System.UnauthorizedAccessException');
  }

  private demandMatch(call: Call, target: Viewed): void {
    const expected = headerOf(call, 'if-match');
    if (expected === undefined || expected === '*' || !this.environment.settings.ifMatchEnforced || expected === etagOf(target)) return;
    throw new ODataError(412, 'An error has occurred.', 'The record was changed by another user. ETag does not match.', 'Microsoft.OData.Core.ODataException');
  }
}

/** Weak, of RecVersion and RecId. */
export function etagOf({ version, recId }: Viewed): string {
  return `W/"${Buffer.from(`${version},${recId}`).toString('base64')}"`;
}

function columnNamed(set: EntitySet, name: string): Column {
  const column = set.columns.find((each) => each.name === name);
  if (column === undefined) throw new RangeError(`${set.collection} has no column ${name}`);
  return column;
}

function sameCell(left: Cell | undefined, right: Cell): boolean {
  return typeof left === 'string' && typeof right === 'string' ? left.toLowerCase() === right.toLowerCase() : left === right;
}

/** Where the rows after a RecId begin, whether its own row is still there or not. */
function indexAfter(rows: readonly Viewed[], recId: bigint): number {
  const index = rows.findIndex((each) => each.recId > recId);
  return index < 0 ? rows.length : index;
}

function methodRefused(method: string): ODataError {
  return new ODataError(405, `The requested resource does not support http method '${method}'.`);
}

/** A duplicate is 500 inside a $batch (reference 3.1). */
function inBatchStatus<T>(call: Call, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof DuplicateRecordError && call.inBatch === true) throw new ODataError(500, error.message, error.inner, error.type);
    throw error;
  }
}

function readBodyRow(set: EntitySet, text: string): Row {
  const row: Record<string, Cell> = {};
  for (const [name, value] of Object.entries(parseBody(text))) {
    if (name.startsWith('@')) continue;
    const column = set.columns.find((each) => each.name === name);
    if (column === undefined) throw badRequest(`The property '${name}' does not exist on type '${typeNameOf(set)}'. Make sure to only use property names that are defined by the type.`);
    row[name] = readCell(column, value);
  }
  return row;
}

/** Texts within the lengths the tenant's columns have. @throws ODataError where longer ones are refused */
function fitted({ textLengths, textOverflow }: EnvironmentSettings, set: EntitySet, row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, cell]) => {
    const length = textLengths[name];
    if (length === undefined || typeof cell !== 'string' || cell.length <= length) return [name, cell];
    if (textOverflow === 'refuse') throw badRequest(`The value of '${name}' on type '${typeNameOf(set)}' is longer than ${length} characters.`);
    return [name, cell.slice(0, length)];
  }));
}

function keyText(set: EntitySet, row: Row): string {
  return set.key.map((name) => {
    const wire = wireText(wireRow([columnNamed(set, name)], row, null)[name] ?? '');
    return `${name}=${wire.startsWith('"') && columnNamed(set, name).type === 'string' ? `'${encodeURIComponent(String(row[name]).replaceAll("'", "''"))}'` : wire.replaceAll('"', '')}`;
  }).join(',');
}

/** An id for a response or a boundary. */
export function newId(): string {
  return randomUUID();
}
