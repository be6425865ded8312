import { ConnectorError, type ConnectorFailure, type FieldIssue } from '#connector-kit';
import { throttleDelayMs } from '../odata/backoff.js';
import type { FailedAnswer } from '../odata/client.js';
import type { ODataProblem } from '../odata/problem.js';

const STATED_LENGTH_MAX = 600;
const LOGIN_HINT = 'Register the client id under System administration > Setup > Microsoft Entra applications and map it to a user of Finance.';
const ROLE_HINT = 'Give the user that the client id is mapped to a security role with the data entity\'s privileges.';

/** What went wrong, in Finance's own words: the message under `innererror` says it, the outer one only "An error has occurred." (reference 3.1). */
export function statedProblem(problem: ODataProblem | null): string {
  const stated = problem?.innerMessage || problem?.message || '';
  return withoutStack(stated).slice(0, STATED_LENGTH_MAX);
}

/** X++ and .NET append their stack to a message. Everything from its first line on is left out. */
export function withoutStack(text: string): string {
  return text.split(/\r?\n?\s*(?:Stack trace:|at [\w.`<>]+\([^)]*\)(?: in |\r?\n|$)|\(S\)\\)/)[0]?.replaceAll(/\s+/g, ' ').trim() ?? '';
}

/** Refused because another request held the same rows at that moment; nothing was done. */
const CONFLICT_OF_THE_MOMENT = /update conflict|deadlock|another user (has )?(deleted|changed) the record|try again/i;
const ALREADY_THERE = /record already exists/i;
const BUSINESS = /infolog|write failed|validat|cannot |must |not (found|valid|allowed|open)|already exists|greater than/i;
const GRANT = /access (is )?denied|not authorized|insufficient (privileges|permissions)|permission/i;

/** True for the refusal of a key that is taken; seen with status 500 in batches (reference 3.1). */
export function isAlreadyThere(failed: FailedAnswer): boolean {
  return ALREADY_THERE.test(statedProblem(failed.problem));
}

/** True where the environment has no such entity: another release, a configuration key that is off. */
export function isNoEntity(failed: FailedAnswer): boolean {
  return failed.status === 404;
}

/** True where the login is fine and the role is not. */
export function isPermission(failed: FailedAnswer): boolean {
  return failed.status === 403 || (failed.status !== 401 && GRANT.test(statedProblem(failed.problem)) && failed.status < 500);
}

/**
 * The error a refused answer stands for. The text decides, not the status: Finance refuses business with 400 and with 500 alike.
 * @param writes a write whose answer is the server's fault may have been done all the same: its outcome is unknown.
 */
export function financeError(what: string, failed: FailedAnswer, writes: boolean, path = 'body'): ConnectorError {
  const stated = statedProblem(failed.problem);
  return new ConnectorError(`Finance ${what}: ${failed.status} ${stated || 'no readable error body'}`, failureOf(failed, stated, writes, path));
}

function failureOf(failed: FailedAnswer, stated: string, writes: boolean, path: string): ConnectorFailure {
  const { status } = failed;
  if (status === 429) return { kind: 'rateLimited', retryAfterMs: failed.retryAfterMs ?? throttleDelayMs(failed.throttledInARow) };
  if (status === 401) return { kind: 'auth', hint: LOGIN_HINT };
  if (isPermission(failed)) return { kind: 'auth', hint: ROLE_HINT };
  if (CONFLICT_OF_THE_MOMENT.test(stated)) return { kind: 'transient' };
  // With a problem in Finance's own shape a 500 is a refusal too; a gateway's page never says what happened.
  const refused = status < 500 || (failed.problem !== null && BUSINESS.test(stated));
  if (refused && status !== 408) return { kind: 'invalid', issues: issuesOf(stated, status, path) };
  return writes ? { kind: 'outcomeUnknown' } : { kind: 'transient' };
}

const FIELD = /the value '(?<value>[^']*)' in field '(?<field>[^']*)'/i;
const FAILED_FIELD = /validateField failed on field '(?<field>[^']*)'/i;

/** One issue for each infolog line that names something; the fields are Finance's, behind the place in our request. */
function issuesOf(stated: string, status: number, path: string): readonly [FieldIssue, ...FieldIssue[]] {
  const lines = stated.replace(/^.*?Infolog:\s*/i, '').split(/;\s*(?:(?:Info|Warning|Error):\s*)?/).map((line) => line.replace(/^(Info|Warning|Error):\s*/i, '').trim()).filter((line) => line !== '');
  const [first, ...rest] = lines.map((line): FieldIssue => {
    const groups = FIELD.exec(line)?.groups ?? FAILED_FIELD.exec(line)?.groups;
    const name = groups?.['field'];
    return { path: name === undefined ? path : `${path}.${name}`, value: groups?.['value'] ?? '', problem: line };
  });
  return [first ?? { path, value: '', problem: `Finance refused with status ${status} and no readable error body` }, ...rest];
}
