import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiQuery, getSchemaPath } from '@nestjs/swagger';
import type { Request } from 'express';
import { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, type ListDefinition, type ListRequest } from '#storage';
import { invalid } from './problem.js';
import { assertStorable } from './storable.js';

const RESERVED = new Set(['sort', 'cursor', 'limit']);

/** Documents a list from its definition: every filter, the sorts, the cursor, and the page's shape. */
export function ApiList(definition: ListDefinition, item: Type<unknown>): MethodDecorator {
  const sorts = Object.keys(definition.sorts);
  return applyDecorators(
    ApiExtraModels(item),
    ...Object.entries(definition.filters).map(([name, filter]) => ApiQuery({ name, required: false, type: String, description: filter.says })),
    ApiQuery({ name: 'sort', required: false, enum: sorts.flatMap((name) => [name, `-${name}`]), description: `Order; - for descending. Default ${definition.defaultSort}` }),
    ApiQuery({ name: 'cursor', required: false, type: String, description: '`nextCursor` of the page before' }),
    ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: PAGE_LIMIT_MAX, default: PAGE_LIMIT_DEFAULT } }),
    ApiOkResponse({
      schema: {
        type: 'object',
        required: ['items', 'nextCursor'],
        properties: { items: { type: 'array', items: { $ref: getSchemaPath(item) } }, nextCursor: { type: 'string', nullable: true } },
      },
    }),
  );
}

export interface PageOf<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

/** The list request in a query string. @throws ProblemError for a parameter given twice or a limit out of bounds. */
export function listRequest(request: Request): ListRequest {
  const filters: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.query)) {
    if (typeof value !== 'string') throw invalid([{ field: name, problem: 'is given more than once or is no plain text' }]);
    assertStorable(value, name);
    if (!RESERVED.has(name)) filters[name] = value;
  }
  const { sort, cursor, limit } = request.query as Record<string, string | undefined>;
  return { filters, ...(sort === undefined ? {} : { sort }), ...(cursor === undefined ? {} : { cursor }), ...(limit === undefined ? {} : { limit: readLimit(limit) }) };
}

function readLimit(text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > PAGE_LIMIT_MAX) throw invalid([{ field: 'limit', value: text, problem: `must be a whole number from 1 to ${PAGE_LIMIT_MAX}` }]);
  return limit;
}
