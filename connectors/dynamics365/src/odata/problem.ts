import type { Json } from '#canonical';
import { isObject, objectOf, textOf } from './json.js';

/** An OData error, cleaned: the correlation id apart, the inner message found, stack traces gone. */
export interface ODataProblem {
  readonly code: string;
  readonly message: string;
  /** Message of the innermost `innererror` that has one: where Finance hides what is wrong. */
  readonly innerMessage: string | null;
  readonly correlationId: string | null;
}

const MESSAGE_LENGTH_MAX = 600;
const INNER_ERRORS_MAX = 5;
/** Business Central appends it to the text, after two blanks (BCdocs: webservices/use-odata-batch.md). */
const CORRELATION = /\s*CorrelationId:\s*([0-9A-Fa-f-]{36})\.?\s*$/;

/** The problem of an error body `{ error: { code, message } }`, or of the flat `{ code, message }` of the admin centre. @returns null for anything else. */
export function problemOf(body: Json): ODataProblem | null {
  const error = isObject(objectOf(body)['error']) ? objectOf(objectOf(body)['error']) : objectOf(body);
  const [code, message] = [textOf(error['code']), textOf(error['message'])];
  if (code === null && message === null) return null;
  const stated = message ?? '';
  return {
    code: code ?? '', message: stated.replace(CORRELATION, '').slice(0, MESSAGE_LENGTH_MAX),
    innerMessage: innermost(error['innererror']), correlationId: CORRELATION.exec(stated)?.[1] ?? null,
  };
}

/** Finance nests `innererror`, and `internalexception` in it; the deepest message is the one that says what is wrong. */
function innermost(value: Json | undefined): string | null {
  let found: string | null = null;
  let current = value;
  for (let depth = 0; depth < INNER_ERRORS_MAX && isObject(current); depth += 1) {
    found = textOf(current['message']) || found;
    current = current['innererror'] ?? current['internalexception'];
  }
  return found === null ? null : found.slice(0, MESSAGE_LENGTH_MAX);
}
