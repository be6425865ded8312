import { applyDecorators, Injectable, type PipeTransform } from '@nestjs/common';
import { ApiExtension, ApiResponse } from '@nestjs/swagger';
import { invalid } from '../../http/problem.js';
import { IntegerField, OPTIONAL, PartsField, TextField } from './fields.js';

/** One thing wrong with a request. */
export class FieldProblemBody {
  @TextField('Path of the field or name of the parameter; empty for the request as a whole')
  field!: string;

  @TextField('What is wrong with it, and what to do')
  problem!: string;

  @TextField('The value that was given', OPTIONAL)
  value?: string;
}

/** RFC 9457 problem details. */
export class ProblemBody {
  @TextField('What kind of problem; a path into this API\'s documentation')
  type!: string;

  @TextField('The kind in words')
  title!: string;

  @IntegerField('The HTTP status')
  status!: number;

  @TextField('What happened, and what to do')
  detail!: string;

  @PartsField(() => FieldProblemBody, 'Every problem of the request at once', OPTIONAL)
  errors?: FieldProblemBody[];
}

/** What each status means here. One sentence serves every operation, so that a client learns it once. */
export const PROBLEM_STATUSES = {
  401: 'No API key, or none that is valid',
  403: 'The key\'s roles do not allow this',
  404: 'There is no such record for this tenant',
  409: 'It cannot be done in the present state; the detail says why',
  412: 'It was changed since it was read: read it again',
  413: 'The body is larger than allowed',
  422: 'The request is not valid; `errors` names each field',
  429: 'Too many requests: wait a minute',
  428: 'An edit needs `If-Match` with the ETag that was read',
  500: 'Something failed on our side; the detail has the reference of the log line',
  502: 'The connected system refused or could not be reached',
} as const satisfies Record<number, string>;
export type ProblemStatus = keyof typeof PROBLEM_STATUSES;

/** Statuses this operation may answer with, besides those every operation has (see document.ts). */
export function Problems(...statuses: ProblemStatus[]): MethodDecorator {
  return applyDecorators(...statuses.map((status) => ApiResponse({ status, description: PROBLEM_STATUSES[status], type: ProblemBody })));
}

/** Mark of an operation whose answer must not be kept. */
export const NO_IDEMPOTENCY_KEY = 'x-no-idempotency-key';
export const NoIdempotencyKey = (): MethodDecorator => ApiExtension(NO_IDEMPOTENCY_KEY, true);

const ID = /^\d{1,18}$/;

/** A path's id: digits, as this API hands them out. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!ID.test(value)) throw invalid([{ field: 'id', value: value.slice(0, 40), problem: 'is not an id of this API: take it unchanged from where it was listed' }]);
    return value;
  }
}
