import type { Account } from '../records/account.js';
import { parseCondition } from '../records/collection-filter.js';
import type { NameValidation } from '../records/fields.js';
import { invalidRequest, RecordError } from '../records/record-error.js';
import { parseKey, type RecordService, type WriteOptions } from '../records/record-service.js';
import type { ViewOptions } from '../records/views.js';
import { bodyOf, empty, headerOf, json, refusal, type Answer, type Call } from './message.js';

export const RECORD_PATH = '/services/rest/record/v1';
const LIST_ROWS_MAX = 1000;

function writeOptions(call: Call): WriteOptions {
  const asked = (headerOf(call, 'x-netsuite-propertynamevalidation') ?? 'warning').toLowerCase();
  if (asked !== 'error' && asked !== 'warning' && asked !== 'ignore') throw invalidRequest('Invalid value of the header X-NetSuite-PropertyNameValidation.');
  return {
    validation: asked satisfies NameValidation, deletionReason: call.query.has('deletionReason'),
    replace: new Set((call.query.get('replace') ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '')),
  };
}

/** One call of the record service, synchronous in every sense (reference A2): answers 2xx or the refusal NetSuite would give. */
export function answerRecord(service: RecordService, account: Account, call: Call): Answer {
  try {
    return route(service, account, call);
  } catch (error) {
    if (error instanceof RecordError) return refusal(error);
    throw error;
  }
}

function route(service: RecordService, account: Account, call: Call): Answer {
  const base = `${call.origin}${RECORD_PATH}`;
  const [name = '', key, third, fourth, ...more] = call.path.slice(RECORD_PATH.length + 1).split('/').map(decodeSegment);
  if (more.length > 0 || name === '') throw new RecordError(404, 'NONEXISTENT_ID', 'Record does not exist.');
  const type = service.type(name);
  const located = (status: number, record: string, id: number): Answer => empty(status, { location: `${base}/${record}/${id}` });
  if (key === undefined) {
    if (call.method === 'POST') return located(204, type.name, service.create(type, bodyOf(call), writeOptions(call)));
    if (call.method === 'GET') return list(service, account, call, name, base);
    throw new RecordError(405, 'INVALID_METHOD', `${call.method} is not supported on a record collection.`);
  }
  if (third === '!transform' && fourth !== undefined && call.method === 'POST') {
    const made = service.transform(type, parseKey(key), fourth, bodyOf(call), writeOptions(call));
    return located(204, made.type.name, made.id);
  }
  if (third !== undefined) return sublist(service, call, name, key, third, fourth, base);
  switch (call.method) {
    case 'GET': return json(200, selectFields(service.view(type, parseKey(key), viewOptions(call, base)), call.query.get('fields')));
    case 'PATCH': return located(204, type.name, service.update(type, parseKey(key), bodyOf(call), writeOptions(call)));
    case 'PUT': return located(204, type.name, service.upsert(type, parseKey(key), bodyOf(call), writeOptions(call)).id);
    case 'DELETE':
      service.remove(type, parseKey(key), bodyOf(call), writeOptions(call));
      return empty(204);
    default: throw new RecordError(405, 'INVALID_METHOD', `${call.method} is not supported on a record.`);
  }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalidRequest('The path is not valid.');
  }
}

function viewOptions(call: Call, base: string): ViewOptions {
  return { base, expand: call.query.get('expandSubResources') === 'true', simpleEnums: call.query.get('simpleEnumFormat') === 'true' };
}

/** Older accounts answer `/{id}/{sublist}`; links of a view that is not expanded point there. */
function sublist(service: RecordService, call: Call, name: string, key: string, property: string, fourth: string | undefined, base: string): Answer {
  if (call.method !== 'GET' || fourth !== undefined || property.startsWith('!')) throw invalidRequest(`${call.method} is not supported here.`);
  const view = service.view(service.type(name), parseKey(key), { ...viewOptions(call, base), expand: true });
  const found = Object.entries(view).find(([candidate]) => candidate.toLowerCase() === property.toLowerCase());
  if (found === undefined) throw new RecordError(404, 'NONEXISTENT_ID', 'Record does not exist.');
  return json(200, found[1]);
}

function selectFields(view: Record<string, unknown>, fields: string | null): Record<string, unknown> {
  if (fields === null) return view;
  const wanted = new Set(['links', 'id', ...fields.split(',').map((field) => field.trim())]);
  return Object.fromEntries(Object.entries(view).filter(([property]) => wanted.has(property)));
}

/** GET of a collection: ids and links only (reference A0 fact 6). */
function list(service: RecordService, account: Account, call: Call, name: string, base: string): Answer {
  const type = service.type(name);
  const limit = Number(call.query.get('limit') ?? LIST_ROWS_MAX);
  const offset = Number(call.query.get('offset') ?? 0);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIST_ROWS_MAX || !Number.isInteger(offset) || offset < 0 || offset % limit !== 0) {
    throw invalidRequest('Invalid limit or offset.');
  }
  const condition = parseCondition(account, type, call.query.get('q'));
  const found = service.list(type, condition.sql, condition.parameters, limit, offset);
  const self = `${base}/${type.name}`;
  const hasMore = offset + found.ids.length < found.total;
  const links = [{ rel: 'self', href: `${self}?limit=${limit}&offset=${offset}` }, ...(hasMore ? [{ rel: 'next', href: `${self}?limit=${limit}&offset=${offset + limit}` }] : [])];
  const items = found.ids.map((id) => ({ links: [{ rel: 'self', href: `${self}/${id}` }], id: String(id) }));
  return json(200, { links, count: items.length, hasMore, items, offset, totalResults: found.total });
}
