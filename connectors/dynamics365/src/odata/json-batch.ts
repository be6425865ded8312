import { stringifyKeepingNumberText, type Json, type JsonObject } from '#canonical';
import { ConnectorError } from '#connector-kit';
import { isObject, listOf, objectOf, textOf } from './json.js';
import { UNREADABLE_ANSWER } from './pages.js';
import { problemOf, type ODataProblem } from './problem.js';

/** One operation of a JSON `$batch` (OData 4.01; Business Central: BCdocs webservices/use-odata-batch.md). */
export interface BatchOperation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Relative to the address of `$batch`, without a leading slash. */
  readonly url: string;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface BatchAnswer {
  readonly status: number;
  readonly body: Json;
  /** Null for 2xx. */
  readonly problem: ODataProblem | null;
}

/** The operations as a body; numbers leave in their exact digits. They are answered by their place, counted from 1. */
export function batchBody(operations: readonly BatchOperation[]): string {
  return stringifyKeepingNumberText({
    requests: operations.map(({ method, url, body, headers }, index) => ({
      method, id: String(index + 1), url, headers: { 'Content-Type': 'application/json', ...headers }, ...(body === undefined ? {} : { body }),
    })),
  });
}

/** Status of an operation the service left out, because one before it failed: it was not done. */
export const NOT_DONE = 424;

/**
 * The answers in the order of the operations, whatever order they came in. The outer status is 200 even when parts failed. A service
 * may stop at the first part that fails (OData 4.01, 11.7.7.1): what it left out is {@link NOT_DONE}.
 * @param writes whether operations without an answer leave their outcome unknown.
 * @throws ConnectorError when the body is no batch answer, or an operation has none though nothing failed.
 */
export function batchAnswers(body: Json, count: number, writes: boolean): readonly BatchAnswer[] {
  const responses = listOf(objectOf(body)['responses']).filter(isObject);
  const byId = new Map(responses.map((response) => [textOf(response['id']), answerOf(response)]));
  const stopped = [...byId.values()].some((answer) => answer !== null && answer.problem !== null);
  return Array.from({ length: count }, (_each, index) => {
    const answer = byId.get(String(index + 1)) ?? null;
    if (answer !== null) return answer;
    if (stopped) return { status: NOT_DONE, body: null, problem: NO_TEXT };
    throw new ConnectorError(
      `The batch answered ${responses.length} of ${count} operations; number ${index + 1} is missing`, { kind: writes ? 'outcomeUnknown' : 'transient' }, { cause: UNREADABLE_ANSWER },
    );
  });
}

function answerOf(response: JsonObject): BatchAnswer | null {
  const status = Number(textOf(response['status']) ?? 'none');
  if (!Number.isInteger(status)) return null;
  const body = response['body'] ?? null;
  return { status, body, problem: status >= 200 && status < 300 ? null : problemOf(body) ?? NO_TEXT };
}

const NO_TEXT: ODataProblem = { code: '', message: '', innerMessage: null, correlationId: null };
