import type { Json } from '#canonical';
import { ConcurrencyGate, ConnectorError, type Context, type Lane } from '#connector-kit';
import { accessToken, forgetToken } from '../entra/access-token.js';
import type { EntraLogin } from '../entra/login.js';
import { jsonOrNull } from './json.js';
import { noAnswer, statedDelayMs } from './no-answer.js';
import { problemOf, type ODataProblem } from './problem.js';
import { RequestWindow, type RequestShare } from './request-window.js';

/** The service a connection talks to. */
export interface ODataService {
  /** For sentences: `Business Central`. */
  readonly name: string;
  /** Addresses that begin with a slash are under it; without a trailing slash. */
  readonly baseUrl: string;
  readonly login: EntraLogin;
  /** Calls in flight at once. */
  readonly concurrency: number;
  /** Absent where the service limits by its load and says when to come back. */
  readonly share?: RequestShare;
  readonly requestTimeoutMs: number;
}

export interface ODataCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Under the service's base, or absolute as a `nextLink` has it: the same host, or it is not followed. */
  readonly address: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly lane: Lane;
  /** True where an answer that never came leaves the outcome unknown. */
  readonly writes: boolean;
}

export interface ODataAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly etag: string | null;
  readonly text: string;
  /** Numbers as the text they were sent as; null for an empty body and for what is no JSON. */
  readonly body: Json;
  /** Null for 2xx. */
  readonly failed: FailedAnswer | null;
}

export interface FailedAnswer {
  readonly status: number;
  /** Null where the body is no OData error: a gateway's HTML page. */
  readonly problem: ODataProblem | null;
  readonly retryAfterMs: number | null;
  /** How many calls in a row were refused with 429, this one counted. */
  readonly throttledInARow: number;
}

/**
 * One round trip, signed, gated and timed. Nothing is retried, but for one thing: a 401 was turned away before any work began, so
 * a token the service no longer takes is replaced once. Refusals (4xx, 5xx) come back as `failed`.
 * @throws ConnectorError `outcomeUnknown` (writes) or `transient` (reads) when no answer came; Entra's own failures.
 */
export async function call(context: Context, service: ODataService, request: ODataCall): Promise<ODataAnswer> {
  const what = `${service.name} ${request.method} ${shortAddress(request.address)}`;
  const url = urlOf(service, request, what);
  try {
    return await gateOf(context, service).run(request.lane, context.signal, async () => {
      const first = await attempt(context, service, request, url, what);
      return first.status === 401 && forgetToken(context, service.login) ? await attempt(context, service, request, url, what) : first;
    });
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    // Only an abort while waiting for a place gets here: nothing was sent.
    throw new ConnectorError(`${what}: stopped before it was sent`, { kind: 'transient' }, { cause: error });
  }
}

async function attempt(context: Context, service: ODataService, request: ODataCall, url: URL, what: string): Promise<ODataAnswer> {
  const authorization = `Bearer ${await accessToken(context, service.login)}`;
  const headers: Record<string, string> = { accept: 'application/json', 'accept-language': 'en-US', ...request.headers, authorization };
  if (request.body !== undefined) headers['content-type'] ??= 'application/json';
  if (service.share !== undefined) await windowOf(context, service, service.share).turn(context.signal);
  const startedAt = performance.now();
  try {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(service.requestTimeoutMs)]);
    const response = await context.fetch(url, { method: request.method, headers, signal, redirect: 'error', ...(request.body === undefined ? {} : { body: request.body }) });
    const text = await response.text();
    const body = jsonOrNull(text);
    const throttledInARow = countThrottled(context, service, response.status, startedAt);
    return {
      status: response.status, contentType: response.headers.get('content-type') ?? '', etag: response.headers.get('etag'), text, body,
      failed: response.ok ? null : { status: response.status, problem: problemOf(body), retryAfterMs: statedDelayMs(response.headers.get('retry-after'), context.now()), throttledInARow },
    };
  } catch (error) {
    throw noAnswer(what, error, request.writes);
  }
}

/** An address of another host is not followed: the token would go with it. */
function urlOf(service: ODataService, request: ODataCall, what: string): URL {
  const base = new URL(service.baseUrl);
  const url = request.address.startsWith('/') ? new URL(`${service.baseUrl}${request.address}`) : URL.parse(request.address);
  if (url?.origin === base.origin) return url;
  const problem = `the service named an address on another host than ${base.origin}; it is not followed`;
  throw new ConnectorError(`${what}: ${problem}`, { kind: 'invalid', issues: [{ path: '@odata.nextLink', value: url?.origin ?? 'no address', problem }] });
}

/** Without its query, which may hold names and amounts, and without the host. */
function shortAddress(text: string): string {
  return (text.startsWith('/') ? text : URL.parse(text)?.pathname ?? 'an address').split('?')[0] ?? '';
}

const throttledKey = (service: ODataService): string => `odata.throttled.${service.baseUrl}`;

/** Calls that were under way when another was refused are refused for the same reason: together they count as one refusal. */
function countThrottled(context: Context, service: ODataService, status: number, startedAt: number): number {
  const kept = context.memory.get(throttledKey(service)) as { readonly inARow: number; readonly at: number } | undefined;
  if (status !== 429) {
    if (status < 400) context.memory.delete(throttledKey(service));
    return 0;
  }
  if (kept !== undefined && startedAt < kept.at) return kept.inARow;
  const inARow = (kept?.inARow ?? 0) + 1;
  context.memory.set(throttledKey(service), { inARow, at: performance.now() });
  return inARow;
}

function gateOf(context: Context, service: ODataService): ConcurrencyGate {
  const key = `odata.gate.${service.baseUrl}`;
  const known = context.memory.get(key);
  if (known instanceof ConcurrencyGate) return known;
  const gate = new ConcurrencyGate(service.concurrency);
  context.memory.set(key, gate);
  return gate;
}

function windowOf(context: Context, service: ODataService, share: RequestShare): RequestWindow {
  const key = `odata.window.${service.baseUrl}`;
  const known = context.memory.get(key);
  if (known instanceof RequestWindow) return known;
  const window = new RequestWindow(share);
  context.memory.set(key, window);
  return window;
}
