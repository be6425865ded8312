import { ConcurrencyGate, ConnectorError, type Context, type Lane } from '#connector-kit';
import { authorizationHeader, forgetToken, jsonOrNull } from './authorization.js';
import { errorOf, isNotFound, noAnswer, problemsOf, rateLimitDelayMs, type FailedAnswer } from './errors.js';
import { netsuiteSettings, type NetSuiteSettings } from './settings.js';

export interface NetSuiteCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From `/services/…`, or an absolute address on the same host as a `Location` header has it. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly lane: Lane;
  /** True where an answer that never came leaves the outcome unknown. */
  readonly writes: boolean;
  readonly timeoutMs: number;
}

export interface NetSuiteAnswer {
  readonly status: number;
  readonly location: string | null;
  readonly text: string;
  /** Null for 2xx. */
  readonly failed: FailedAnswer | null;
}

const GATE_KEY = 'netsuite.gate';
const REFUSALS_KEY = 'netsuite.refusals';
const REFUSED_AT_KEY = 'netsuite.refusedAt';

/**
 * One round trip, signed, gated and timed. Nothing is retried, but for one thing: a 401 was turned away before any work
 * began, so a token that NetSuite no longer takes is replaced once.
 * Refusals (4xx, 5xx) come back as `failed`; see {@link failureOf} for the error they stand for.
 * @throws ConnectorError `outcomeUnknown` (writes) or `transient` (reads) when no answer came.
 */
export async function call(context: Context, request: NetSuiteCall): Promise<NetSuiteAnswer> {
  const settings = netsuiteSettings(context);
  const what = `${request.method} ${request.path.split('?')[0] ?? ''}`;
  try {
    return await gateOf(context, settings).run(request.lane, context.signal, async () => {
      const first = await attempt(context, settings, request, what);
      return first.status === 401 && forgetToken(context, settings) ? attempt(context, settings, request, what) : first;
    });
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    // Only an abort while waiting for a place gets here: nothing was sent.
    throw new ConnectorError(`NetSuite ${what}: stopped before it was sent`, { kind: 'transient' }, { cause: error });
  }
}

/** The error a refused answer stands for. Counts refusals in a row, so that their delay grows. */
export function failureOf(context: Context, request: NetSuiteCall, failed: FailedAnswer): ConnectorError {
  const refusals = Number(context.memory.get(REFUSALS_KEY) ?? 0);
  return errorOf(failed, `${request.method} ${request.path.split('?')[0] ?? ''}`, { writes: request.writes, delayMs: rateLimitDelayMs(refusals) });
}

/** A GET whose absence is an answer. @returns null for 404. */
export async function getRecord(context: Context, path: string): Promise<unknown> {
  const request: NetSuiteCall = { method: 'GET', path, lane: 'read', writes: false, timeoutMs: netsuiteSettings(context).requestTimeoutMs };
  const answer = await call(context, request);
  if (answer.failed === null) return jsonOrNull(answer.text);
  if (isNotFound(answer.failed)) return null;
  throw failureOf(context, request, answer.failed);
}

async function attempt(context: Context, settings: NetSuiteSettings, request: NetSuiteCall, what: string): Promise<NetSuiteAnswer> {
  const url = addressOf(settings, request);
  const authorization = await authorizationHeader(context, settings, request.method, url);
  const startedAt = performance.now();
  const headers: Record<string, string> = { accept: 'application/json', ...request.headers, authorization };
  if (request.body !== undefined) headers['content-type'] ??= 'application/json';
  try {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(request.timeoutMs)]);
    const response = await context.fetch(url, {
      method: request.method, headers, signal, redirect: 'error', ...(request.body === undefined ? {} : { body: request.body }),
    });
    const text = await response.text();
    countRefusal(context, response.status, startedAt);
    const failed = response.ok ? null : {
      status: response.status, problems: problemsOf(jsonOrNull(text)), retryAfter: response.headers.get('retry-after'),
    };
    return { status: response.status, location: response.headers.get('location'), text, failed };
  } catch (error) {
    throw noAnswer(error, what, request.writes);
  }
}

/** A `Location` of another host is not followed: the token would go with it. */
function addressOf(settings: NetSuiteSettings, request: NetSuiteCall): URL {
  const url = new URL(request.path, `${settings.baseUrl}/`);
  if (url.origin !== new URL(settings.baseUrl).origin) {
    throw new ConnectorError(`NetSuite: ${url.origin} is not the account's service address ${settings.baseUrl}`, {
      kind: 'invalid', issues: [{ path: 'config.serviceUrl', value: url.origin, problem: 'NetSuite named another host; set the service URL it gives' }],
    });
  }
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
  return url;
}

/** Calls that were under way when another was refused are refused for the same reason: they are one refusal, or five at once would be waited for as if the fifth try had failed. */
function countRefusal(context: Context, status: number, startedAt: number): void {
  if (status < 400) context.memory.delete(REFUSALS_KEY);
  if (status !== 429) return;
  const refusals = Number(context.memory.get(REFUSALS_KEY) ?? 0);
  if (refusals > 0 && startedAt < Number(context.memory.get(REFUSED_AT_KEY) ?? 0)) return;
  context.memory.set(REFUSALS_KEY, refusals + 1);
  context.memory.set(REFUSED_AT_KEY, performance.now());
}

function gateOf(context: Context, settings: NetSuiteSettings): ConcurrencyGate {
  const known = context.memory.get(GATE_KEY);
  if (known instanceof ConcurrencyGate) return known;
  const gate = new ConcurrencyGate(settings.concurrency);
  context.memory.set(GATE_KEY, gate);
  return gate;
}
