import { headerOf, type Answer as TextAnswer, type Call as AnyCall } from '../../simulation/message.js';
import { errorBody, ODataError } from '../odata/odata-error.js';

export { headerOf };

/** Files travel as bytes. */
export type Answer = TextAnswer<string | Uint8Array>;

export interface Call extends AnyCall<Buffer> {
  /** Inside a $batch some refusals have another status (reference 3.1). */
  readonly inBatch?: boolean;
}

export const JSON_TYPE = 'application/json; odata.metadata=minimal; odata.streaming=true';
/** What one request may hold: packages are larger than documents. */
export const REQUEST_BYTES_MAX = 104 * 1024 * 1024;

export function odata(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': JSON_TYPE, 'odata-version': '4.0', ...headers }, body };
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: JSON.stringify(value) };
}

export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: '' };
}

export function refusal(error: ODataError): Answer {
  return odata(error.status, errorBody(error), error.headers);
}

/** A 5xx: the envelope without an inside, or the HTML page of a gateway (reference 3.1). */
export function serverFailure(status: number, html: boolean, reference: string): Answer {
  if (html) {
    return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: `<!DOCTYPE html><html><head><title>${status} - Gateway error</title></head><body><h2>Our services aren't available right now</h2><p>We're working to restore all services as soon as possible. Reference ${reference}</p></body></html>` };
  }
  return odata(status, errorBody(new ODataError(status, 'An error has occurred.', `An unexpected error occurred. Activity ID: ${reference}.`, 'System.InvalidOperationException')));
}

/** Texts of reference 3.2. */
export const RESOURCE_TEXT = 'This request could not be processed at this time due to system experiencing high resource utilization.';

export function tooManyRequests(text: string, retryAfterSeconds: number | null): Answer {
  return odata(429, JSON.stringify({ error: { code: '', message: text } }), retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) });
}

/** The refusal of a token that is missing, has run out, or belongs to a client the environment does not know. */
export function unauthorized(authority: string): Answer {
  return { status: 401, headers: { 'content-type': 'text/html', 'www-authenticate': `Bearer authorization_uri="${authority}"` }, body: 'You do not have permission to view this directory or page.' };
}

/** The value of a `Prefer` token: `odata.maxpagesize=50`; '' for one without a value; null when it is not there. */
export function preferenceOf(call: Call, token: string): string | null {
  for (const part of (headerOf(call, 'prefer') ?? '').split(/[,;]/)) {
    const [name = '', value = ''] = part.trim().split('=');
    if (name.toLowerCase() === token || name.toLowerCase() === token.replace(/^odata\./, '')) return value;
  }
  return null;
}

export function textOf(call: Call): string {
  return call.body.toString('utf8');
}
