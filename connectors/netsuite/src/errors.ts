import { randomInt } from 'node:crypto';
import { ConnectorError, type ConnectorFailure, type FieldIssue } from '#connector-kit';

/** One entry of `o:errorDetails`, or the older flat form that record actions answer. */
export interface NetSuiteProblem {
  readonly code: string;
  readonly detail: string;
  readonly path: string;
}

export interface FailedAnswer {
  readonly status: number;
  readonly problems: readonly NetSuiteProblem[];
  /** As a proxy in between may send it; NetSuite itself sends none. */
  readonly retryAfter: string | null;
}

/** What a rule makes of an answer. `fault` is the server's: harmless for a read, an unknown outcome for a write. */
type Verdict = 'auth' | 'rateLimited' | 'invalid' | 'fault';

interface ErrorRule {
  readonly statuses?: readonly number[];
  readonly code?: RegExp;
  readonly detail?: RegExp;
  readonly verdict: Verdict;
  readonly hint?: string;
}

const LOGIN_HINT = 'Look into the Login Audit Trail in NetSuite for the reason; check certificate or token, integration record and role.';
const PERMISSION_HINT = 'Give the integration role the permission named, see connectors/netsuite/README.md.';

/**
 * First rule that fits wins. `USER_ERROR` is a catch-all and the same condition comes under several statuses, so code and
 * text decide before the status does (reference A1, A2). `type` is never matched: its URL changed in 2026.
 */
const ERROR_RULES: readonly ErrorRule[] = [
  { statuses: [429], verdict: 'rateLimited' },
  { code: /^(CONCURRENCY_LIMIT_EXCEEDED|SSS_REQUEST_LIMIT_EXCEEDED|WS_REQUEST_BLOCKED)$/, verdict: 'rateLimited' },
  { detail: /concurrent request limit exceeded/i, verdict: 'rateLimited' },
  { statuses: [401], verdict: 'auth', hint: LOGIN_HINT },
  { code: /^INVALID_LOGIN/, verdict: 'auth', hint: LOGIN_HINT },
  { statuses: [403], verdict: 'auth', hint: PERMISSION_HINT },
  { code: /^(INSUFFICIENT_PERMISSION|FEATURE_DISABLED)$/, verdict: 'auth', hint: PERMISSION_HINT },
  { statuses: [400], detail: /does not have permission|insufficient permission|permission violation/i, verdict: 'auth', hint: PERMISSION_HINT },
  { statuses: [400], code: /^INVALID_PARAMETER$/, detail: /record '[^']*' was not found/i, verdict: 'auth', hint: 'The role cannot see this table. '.concat(PERMISSION_HINT) },
  { statuses: [408, 425], verdict: 'fault' },
  { code: /^UNEXPECTED_ERROR$/, verdict: 'fault' },
  { statuses: [400, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415, 422, 428, 431], verdict: 'invalid' },
];

const DETAIL_LENGTH_MAX = 400;

/** Reads NetSuite's error body in either form. Anything else, an HTML page for one, gives no problems. */
export function problemsOf(body: unknown): NetSuiteProblem[] {
  if (typeof body !== 'object' || body === null) return [];
  const flat = body as Record<string, unknown>;
  const details = flat['o:errorDetails'];
  const entries = Array.isArray(details) && details.length > 0 ? details as unknown[] : [flat];
  return entries.filter((entry): entry is Record<string, unknown> => typeof entry === 'object' && entry !== null).map((entry) => ({
    code: text(entry['o:errorCode']) || text(flat['o:errorCode']) || text(flat['error']),
    detail: (text(entry['detail']) || text(flat['detail']) || text(flat['title'])).slice(0, DETAIL_LENGTH_MAX),
    path: text(entry['o:errorPath']) || text(entry['o:errorQueryParam']) || text(entry['o:errorHeader']),
  })).filter((problem) => problem.code !== '' || problem.detail !== '');
}

/** True where NetSuite refuses a create because the external id is taken (exact text unconfirmed, so the code is not relied on). */
export function isDuplicateKey(answer: FailedAnswer): boolean {
  return answer.status >= 400 && answer.status < 500
    && answer.problems.some((problem) => /already (exists|been used)|duplicate|DUP_RCRD|RCRD_DSNT_UNIQUE|EXTERNAL_ID_TAKEN/i.test(`${problem.code} ${problem.detail}`));
}

/** True where the job of an idempotency key was submitted before; `Location` names it. */
export function isAlreadySubmitted(answer: FailedAnswer): boolean {
  return answer.problems.some((problem) => problem.code === 'IDEMPOTENCY_ERROR');
}

export function isNotFound(answer: FailedAnswer): boolean {
  return answer.status === 404 || answer.problems.some((problem) => problem.code === 'NONEXISTENT_ID');
}

/**
 * The error an answer stands for.
 * @param writes a write whose answer is the server's fault may have been booked all the same: its outcome is unknown.
 */
export function errorOf(answer: FailedAnswer, what: string, options: { readonly writes: boolean; readonly delayMs: number }): ConnectorError {
  const rule = ERROR_RULES.find((candidate) => fits(candidate, answer));
  const stated = answer.problems.map((problem) => [problem.code, problem.detail].filter(Boolean).join(': ')).join('; ') || 'no readable error body';
  return new ConnectorError(`NetSuite ${what}: ${answer.status} ${stated}`, failureOf(rule, answer, options));
}

function failureOf(rule: ErrorRule | undefined, answer: FailedAnswer, options: { readonly writes: boolean; readonly delayMs: number }): ConnectorFailure {
  switch (rule?.verdict ?? 'fault') {
    case 'rateLimited': return { kind: 'rateLimited', retryAfterMs: statedDelayMs(answer.retryAfter) ?? options.delayMs };
    case 'auth': return { kind: 'auth', hint: rule?.hint ?? LOGIN_HINT };
    case 'invalid': return { kind: 'invalid', issues: issuesOf(answer) };
    case 'fault': return options.writes ? { kind: 'outcomeUnknown' } : { kind: 'transient' };
  }
}

function fits(rule: ErrorRule, answer: FailedAnswer): boolean {
  if (rule.statuses !== undefined && !rule.statuses.includes(answer.status)) return false;
  if (rule.code === undefined && rule.detail === undefined) return true;
  return answer.problems.some((problem) => (rule.code?.test(problem.code) ?? true) && (rule.detail?.test(problem.detail) ?? true));
}

function issuesOf(answer: FailedAnswer): readonly [FieldIssue, ...FieldIssue[]] {
  const [first, ...rest] = answer.problems.map(issueOf);
  return [first ?? { path: 'body', value: '', problem: `NetSuite refused with status ${answer.status} and no readable error body` }, ...rest];
}

const INVALID_REFERENCE = /invalid field value (?<value>.+?) for the following field: (?<field>[\w.[\]]+)/i;
const PERIOD = /accounting period|period is (closed|locked)|posting period/i;

function issueOf(problem: NetSuiteProblem): FieldIssue {
  const reference = INVALID_REFERENCE.exec(problem.detail)?.groups;
  const path = problem.path || reference?.['field'] || (PERIOD.test(problem.detail) ? 'tranDate' : 'body');
  return { path, value: reference?.['value'] ?? '', problem: problem.detail || problem.code };
}

/** A stated delay in seconds. Nonsense is not obeyed. */
export function statedDelayMs(retryAfter: string | null): number | null {
  if (retryAfter === null || !/^\d{1,4}$/.test(retryAfter.trim())) return null;
  return Math.min(Number(retryAfter) * 1000, STATED_DELAY_MS_MAX) || null;
}

const STATED_DELAY_MS_MAX = 600_000;
/** NetSuite recommends no length. Every caller waits meanwhile, so the first one is short: with 2 s, six refusals in 250 s cost 4 % of a 200/s grant. */
const RATE_LIMIT_DELAY_MS = 500;
const RATE_LIMIT_DELAY_MS_MAX = 60_000;

/**
 * How long to stay away after the `refusals`-th 429 in a row. NetSuite sends no `Retry-After`; it asks for growing delays that
 * are not synchronised between workers, so the second half is drawn at random.
 */
export function rateLimitDelayMs(refusals: number, draw: (below: number) => number = randomInt): number {
  const full = Math.min(RATE_LIMIT_DELAY_MS_MAX, RATE_LIMIT_DELAY_MS * 2 ** Math.max(0, refusals - 1));
  return Math.round(full / 2) + draw(Math.round(full / 2) + 1);
}

/** `fetch failed` hides why in its cause. These never left this machine, or were refused at the door: nothing can have been booked. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED']);

/** The error of a call that got no answer: reset, time-out, abort. */
export function noAnswer(cause: unknown, what: string, writes: boolean): ConnectorError {
  const code = causeCode(cause);
  const sent = code === null || !NEVER_SENT.has(code);
  const reason = code ?? (cause instanceof Error ? cause.name : 'no answer');
  return new ConnectorError(`NetSuite ${what}: ${reason}`, writes && sent ? { kind: 'outcomeUnknown' } : { kind: 'transient' }, { cause });
}

function causeCode(error: unknown): string | null {
  for (let depth = 0, current = error; depth < 5 && typeof current === 'object' && current !== null; depth += 1) {
    const { code, cause } = current as { code?: unknown; cause?: unknown };
    if (typeof code === 'string') return code;
    current = cause;
  }
  return null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
