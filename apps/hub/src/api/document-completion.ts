import type { OpenAPIObject } from '@nestjs/swagger';
import { NO_IDEMPOTENCY_KEY, PROBLEM_STATUSES, type ProblemStatus } from './wire/problems.js';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;
type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;

const PROBLEM_SCHEMA = { $ref: '#/components/schemas/ProblemBody' };
/** What the guard, the validation and the filter may answer on any route. */
const EVERYWHERE: readonly ProblemStatus[] = [401, 403, 422, 500];

/**
 * Adds to every operation what holds for all: the problems every route may answer with, 404 where a path names a record, and the
 * `Idempotency-Key` of a POST. Written once here, so that no controller can forget it.
 */
export function completeOperations(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      const statuses = path.includes('{') ? [...EVERYWHERE, 404 as const] : EVERYWHERE;
      for (const status of statuses) operation.responses[status] ??= { description: PROBLEM_STATUSES[status] };
      if (method === 'post' && !(NO_IDEMPOTENCY_KEY in operation)) operation.parameters = [...operation.parameters ?? [], IDEMPOTENCY_KEY];
      asProblems(operation);
    }
  }
  return document;
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key', in: 'header' as const, required: false, schema: { type: 'string', maxLength: 255 },
  description: 'A text of your own, new for each request. A repeat with the same key and body gets the first answer and changes nothing.',
};

/** Every answer of 400 and above is a problem, under its own media type. */
function asProblems(operation: Operation): void {
  for (const [status, response] of Object.entries(operation.responses)) {
    if (Number(status) < 400 || response === undefined || '$ref' in response) continue;
    response.content = { 'application/problem+json': { schema: PROBLEM_SCHEMA } };
  }
}

/**
 * OpenAPI 3.1 is JSON Schema, which has no `nullable`: null is a type of its own there.
 */
export function asOpenApi31<T>(node: T): T {
  if (Array.isArray(node)) return node.map(asOpenApi31) as T;
  if (typeof node !== 'object' || node === null) return node;
  const { nullable, ...rest } = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, asOpenApi31(value as unknown)])) as Record<string, unknown>;
  if (nullable !== true) return rest as T;
  return orNull(rest) as T;
}

function orNull(schema: Record<string, unknown>): Record<string, unknown> {
  const { description, ...rest } = schema;
  const described = description === undefined ? {} : { description };
  if (typeof rest['type'] === 'string') {
    const values = rest['enum'];
    return { ...rest, ...described, type: [rest['type'], 'null'], ...(Array.isArray(values) ? { enum: [...values as unknown[], null] } : {}) };
  }
  const [only, ...more] = Array.isArray(rest['allOf']) ? rest['allOf'] as unknown[] : [];
  return { ...described, anyOf: [more.length === 0 && only !== undefined ? only : rest, { type: 'null' }] };
}
