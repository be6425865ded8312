import { stringifyKeepingNumberText, type Json, type JsonObject } from '#canonical';
import { ConnectorError } from '#connector-kit';
import { isObject, listOf, objectOf, textOf } from './json.js';
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

/**
 * The answers in the order of the operations, whatever order they came in. The outer status is 200 even when parts failed.
 * @param writes whether operations without an answer leave their outcome unknown.
 * @throws ConnectorError when the body is no batch answer, or an operation has none.
 */
export function batchAnswers(body: Json, count: number, writes: boolean): readonly BatchAnswer[] {
  const responses = listOf(objectOf(body)['responses']).filter(isObject);
  const byId = new Map(responses.map((response) => [textOf(response['id']), response]));
  return Array.from({ length: count }, (_each, index) => {
    const response = byId.get(String(index + 1));
    const status = Number(textOf(response?.['status']) ?? 'none');
    if (response === undefined || !Number.isInteger(status)) {
      throw new ConnectorError(`The batch answered ${responses.length} of ${count} operations; number ${index + 1} is missing`, { kind: writes ? 'outcomeUnknown' : 'transient' });
    }
    const answer = response['body'] ?? null;
    return { status, body: answer, problem: status >= 200 && status < 300 ? null : problemOf(answer) ?? { code: '', message: '', innerMessage: null, correlationId: null } };
  });
}
