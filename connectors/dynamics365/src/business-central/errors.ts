import { ConnectorError, type ConnectorFailure, type FieldIssue } from '#connector-kit';
import { throttleDelayMs } from '../odata/backoff.js';
import type { FailedAnswer } from '../odata/client.js';
import type { ODataProblem } from '../odata/problem.js';

const APP_HINT = 'In Business Central, page "Microsoft Entra applications": enter the client id, set it to Enabled and give it permission sets; in Entra grant admin consent to API.ReadWrite.All.';
const PERMISSION_HINT = 'On the page "Microsoft Entra applications", give the app the permission sets named in connectors/dynamics365/README.md.';

/** 6,000 requests in a sliding five minutes: what is waited beyond the first free place is lost, at most a thirtieth of the window. */
const THROTTLE_MS_MAX = 10_000;

type Verdict = 'auth' | 'permission' | 'rateLimited' | 'again' | 'invalid' | 'fault';

interface ErrorRule {
  readonly statuses?: readonly number[];
  readonly code?: RegExp;
  readonly message?: RegExp;
  readonly verdict: Verdict;
}

/**
 * First rule that fits wins. Codes decide before the status does, and texts only where no code tells (BCdocs:
 * webservices/dynamics-error-codes.md): texts follow the language, which is why every call asks for `en-US`.
 * `again`: the service took it back by itself, nothing was done.
 */
const ERROR_RULES: readonly ErrorRule[] = [
  { statuses: [429], verdict: 'rateLimited' },
  { code: /TooManyRequests$/, verdict: 'rateLimited' },
  { code: /^Authentication_/, verdict: 'auth' },
  { statuses: [401], verdict: 'auth' },
  { code: /^Authorization_|PermissionDenied|^Internal_.*Permission/, verdict: 'permission' },
  { statuses: [403], verdict: 'permission' },
  { statuses: [400], message: /you do not have the following permissions|your license does not grant/i, verdict: 'permission' },
  { code: /^(Request_EntityChanged|Internal_Deadlock|Internal_LockTimeout)/, verdict: 'again' },
  { statuses: [409], code: /^(?!Internal_EntityWithSameKeyExists)/, verdict: 'again' },
  { statuses: [408], verdict: 'fault' },
  { statuses: [400, 404, 405, 406, 409, 410, 411, 412, 413, 415, 422], verdict: 'invalid' },
];

/**
 * The error an answer stands for.
 * @param writes a write whose answer is the server's fault may have been done all the same: its outcome is unknown.
 */
export function errorOf(failed: FailedAnswer, what: string, writes: boolean): ConnectorError {
  return new ConnectorError(`Business Central ${what}: ${failed.status} ${statedOf(failed.problem)}`, failureOf(failed, writes));
}

function failureOf(failed: FailedAnswer, writes: boolean): ConnectorFailure {
  const rule = ERROR_RULES.find((candidate) => fits(candidate, failed));
  switch (rule?.verdict ?? 'fault') {
    case 'rateLimited': return { kind: 'rateLimited', retryAfterMs: failed.retryAfterMs ?? throttleDelayMs(failed.throttledInARow, THROTTLE_MS_MAX) };
    case 'auth': return { kind: 'auth', hint: APP_HINT };
    case 'permission': return { kind: 'auth', hint: PERMISSION_HINT };
    case 'again': return { kind: 'transient' };
    case 'invalid': return { kind: 'invalid', issues: [issueOf(failed.problem, failed.status)] };
    case 'fault': return writes ? { kind: 'outcomeUnknown' } : { kind: 'transient' };
  }
}

function fits(rule: ErrorRule, { status, problem }: FailedAnswer): boolean {
  return (rule.statuses?.includes(status) ?? true) && (rule.code?.test(problem?.code ?? '') ?? true) && (rule.message?.test(problem?.message ?? '') ?? true);
}

function statedOf(problem: ODataProblem | null): string {
  if (problem === null) return 'no readable error body';
  return [problem.code, problem.message, problem.correlationId === null ? '' : `(${problem.correlationId})`].filter(Boolean).join(' ') || 'no text';
}

/** Which field of a payment line a text is about; Business Central names captions, seldom fields. */
const FIELD_RULES: readonly { readonly message: RegExp; readonly field: string }[] = [
  { message: /"?appliesToInvoiceId"?|Applies To Invoice|no Cust\. Ledger Entry within the filter|Applies-to/i, field: 'appliesToInvoiceId' },
  { message: /same currency|Currency Code/i, field: 'currencyCode' },
  { message: /"?customerId"?|"?customerNumber"?|Blocked|does not match to a Customer/i, field: 'customerId' },
  { message: /Posting Date|allowed posting dates/i, field: 'postingDate' },
  { message: /Amount must be|Amount \(LCY\)|out of balance/i, field: 'amount' },
  { message: /Document No\.|enter numbers manually/i, field: 'documentNumber' },
  { message: /Bal\. Account|balancing account/i, field: 'balancingAccountId' },
];

/** A problem as an issue of the step's body. */
export function issueOf(problem: ODataProblem | null, status: number): FieldIssue {
  const text = problem?.message ?? '';
  const field = FIELD_RULES.find((rule) => rule.message.test(text))?.field ?? 'journal';
  return { path: field, value: '', problem: text || `Business Central refused with status ${status} ${problem?.code ?? ''} and no text`.trim() };
}

/** True for a record, a company or a whole route that is not there. */
export function isNotFound({ status, problem }: Pick<FailedAnswer, 'status' | 'problem'>): boolean {
  return status === 404 || /^(Internal_RecordNotFound|BadRequest_ResourceNotFound|BadRequest_NotFound)$/.test(problem?.code ?? '');
}

export function isPermission(error: unknown): boolean {
  return error instanceof ConnectorError && error.failure.kind === 'auth' && error.failure.hint === PERMISSION_HINT;
}
