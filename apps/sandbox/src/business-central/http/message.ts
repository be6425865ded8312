import { headerOf, type Answer, type Call } from '../../simulation/message.js';
import { errorBody, ODataError } from '../odata/odata-error.js';

export { headerOf, type Answer, type Call };

/** 350 MB (2.3). */
export const REQUEST_BYTES_MAX = 350 * 1024 * 1024;

export const ODATA_HEADERS: Readonly<Record<string, string>> = { 'content-type': 'application/json; odata.metadata=minimal; odata.streaming=true', 'odata-version': '4.0' };

export function ok(body: string, status = 200): Answer {
  return { status, headers: ODATA_HEADERS, body };
}

export function plainJson(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: JSON.stringify(value) };
}

export const NO_CONTENT: Answer = { status: 204, headers: {}, body: '' };

export function refusal(error: ODataError): Answer {
  return { status: error.status, headers: { ...ODATA_HEADERS, ...error.headers }, body: errorBody(error.code, error.message) };
}

/** 429 (2.3). `Retry-After` is not promised there: sent only when asked for. */
export function tooManyRequests(actual: number, allowed: number, retryAfterSeconds: number): Answer {
  return refusal(new ODataError(429, 'Application_TooManyRequests', `Too many requests reached. Actual (${actual}). Maximum (${allowed}).`, retryAfterSeconds > 0 ? { 'retry-after': String(retryAfterSeconds) } : {}));
}

/** A 5xx: the service's envelope, or the HTML page of the gateway in front of it (504 comes from there). */
export function serverFailure(status: number, html: boolean, retryAfterSeconds = 0): Answer {
  const headers: Record<string, string> = retryAfterSeconds > 0 && (status === 502 || status === 503) ? { 'retry-after': String(retryAfterSeconds) } : {};
  if (html || status === 504) return gatewayPage(status, headers);
  return refusal(new ODataError(status, status === 503 ? 'Application_ServiceUnavailable' : 'Unknown', 'The server is temporarily unable to handle the request.', headers));
}

function gatewayPage(status: number, headers: Readonly<Record<string, string>>): Answer {
  return { status, headers: { 'content-type': 'text/html', ...headers }, body: `<html><head><title>${status} Gateway Time-out</title></head><body><center><h1>${status} Gateway Time-out</h1></center></body></html>` };
}

/** Preferences of the `Prefer` header: `odata.maxpagesize=100` gives `maxpagesize` = `100`. */
export function preferencesOf(call: Pick<Call, 'headers'>): ReadonlyMap<string, string> {
  const parts = (headerOf(call, 'prefer') ?? '').split(/[,;]/).map((part) => part.trim().toLowerCase().replace(/^odata\./, '')).filter((part) => part !== '');
  return new Map(parts.map((part): [string, string] => [part.split('=')[0] ?? '', part.split('=')[1] ?? '']));
}
