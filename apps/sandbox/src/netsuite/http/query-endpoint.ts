import type { QueryService } from '../suiteql/query-service.js';
import { SuiteQlError } from '../suiteql/suiteql-error.js';
import { errorBody, invalidRequest } from '../records/record-error.js';
import { bodyOf, prefers, RESOURCE_TYPE, type Answer, type Call } from './message.js';

export const SUITEQL_PATH = '/services/rest/query/v1/suiteql';
export const PAGE_ROWS_MAX = 1000;

/** POST of a SuiteQL query (reference A3). */
export function answerQuery(service: QueryService, call: Call): Answer {
  if (call.method !== 'POST') return invalidParameter('Only POST is supported.', 'method', 405);
  if (!prefers(call, 'transient')) {
    return { status: 400, headers: { 'content-type': RESOURCE_TYPE }, body: errorBody(400, 'INVALID_HEADER', 'The required request header \'Prefer\' is missing or invalid. Use the value \'transient\'.') };
  }
  const limit = wholeNumber(call.query.get('limit'), PAGE_ROWS_MAX);
  const offset = wholeNumber(call.query.get('offset'), 0);
  if (limit === null || limit < 1 || limit > PAGE_ROWS_MAX) return invalidParameter(`The limit must be an integer from 1 to ${PAGE_ROWS_MAX}.`, 'limit');
  if (offset === null || offset % limit !== 0) return invalidParameter('The offset must be divisible by the limit.', 'offset');
  const body = bodyOf(call);
  const query = body['q'];
  if (typeof query !== 'string' || query.trim() === '') throw invalidRequest('The property q is required.');
  try {
    const page = service.page(query, parametersOf(body['params']), limit, offset);
    const links = pageLinks(`${call.origin}${SUITEQL_PATH}`, limit, offset, page.hasMore);
    return {
      status: 200, headers: { 'content-type': RESOURCE_TYPE },
      body: `{"links":${links},"count":${page.count},"hasMore":${page.hasMore},"items":${page.items},"offset":${offset},"totalResults":${page.totalResults}}`,
    };
  } catch (error) {
    if (error instanceof SuiteQlError) return invalidParameter(`Invalid search query. Detailed unprocessed description follows. Search error occurred: ${error.message}`, 'q');
    throw error;
  }
}

function parametersOf(value: unknown): (string | null)[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalidRequest('The property params must be an array.');
  return value.map((parameter: unknown) => {
    if (parameter === null || typeof parameter === 'string') return parameter;
    if (typeof parameter === 'boolean') return parameter ? 'T' : 'F';
    throw invalidRequest('A parameter must be a text, a number or null.');
  });
}

function wholeNumber(text: string | null, otherwise: number): number | null {
  if (text === null) return otherwise;
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function invalidParameter(detail: string, parameter: string, status = 400): Answer {
  return { status, headers: { 'content-type': RESOURCE_TYPE }, body: errorBody(status, 'INVALID_PARAMETER', detail, { queryParameter: parameter }) };
}

function pageLinks(base: string, limit: number, offset: number, hasMore: boolean): string {
  const at = (rel: string, start: number): { rel: string; href: string } => ({ rel, href: `${base}?limit=${limit}&offset=${start}` });
  return JSON.stringify([
    ...(offset > 0 ? [at('first', 0), at('previous', Math.max(0, offset - limit))] : []),
    ...(hasMore ? [at('next', offset + limit)] : []), at('self', offset),
  ]);
}
