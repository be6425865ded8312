import { headerOf, type Answer, type Call } from '../../simulation/message.js';
import { isBody, type Body } from '../records/body.js';
import { errorBody, invalidRequest, RecordError } from '../records/record-error.js';
import { parseJsonKeepingNumberText } from '#canonical';

export { headerOf, type Answer, type Call };

/** 104 MB (reference A2 "Dates ... Request limit"). */
export const REQUEST_BYTES_MAX = 104 * 1024 * 1024;

export const RESOURCE_TYPE = 'application/vnd.oracle.resource+json; type=singular';
const ERROR_TYPE = 'application/vnd.oracle.resource+json; type=error';

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': RESOURCE_TYPE, ...headers }, body: JSON.stringify(value) };
}

export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: '' };
}

export function refusal(error: RecordError, title?: string): Answer {
  return {
    status: error.status, headers: { 'content-type': ERROR_TYPE, ...error.headers },
    body: errorBody(error.status, error.code, error.message, { ...(error.path === undefined ? {} : { path: error.path }), ...(title === undefined ? {} : { title }) }),
  };
}

export function tooManyRequests(): Answer {
  return { status: 429, headers: { 'content-type': ERROR_TYPE }, body: errorBody(429, 'CONCURRENCY_LIMIT_EXCEEDED', 'Concurrent request limit exceeded. Request blocked.') };
}

/** A 5xx: JSON as the service writes it, or the HTML page of a proxy in front of it. */
export function serverFailure(status: number, html: boolean, errorId: string): Answer {
  if (html) {
    return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: `<!DOCTYPE html><html><head><title>${status} Service Unavailable</title></head><body><h1>Service Temporarily Unavailable</h1><p>Reference ${errorId}</p></body></html>` };
  }
  return { status, headers: { 'content-type': ERROR_TYPE }, body: errorBody(status, 'UNEXPECTED_ERROR', `An unexpected error occurred. Error ID: ${errorId}`) };
}

/** @throws RecordError INVALID_REQUEST when the body is no JSON object */
export function bodyOf(call: Call): Body {
  if (call.body === '') return {};
  let value: unknown;
  try {
    value = parseJsonKeepingNumberText(call.body);
  } catch {
    throw invalidRequest('Invalid JSON in the request body.');
  }
  if (!isBody(value)) throw invalidRequest('The request body must be a JSON object.');
  return value;
}

/** Whether `Prefer` holds a token: `transient`, `respond-async`. */
export function prefers(call: Call, token: string): boolean {
  return (headerOf(call, 'prefer') ?? '').toLowerCase().split(',').some((part) => part.trim() === token);
}
