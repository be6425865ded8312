import type { PipeTransform } from '@nestjs/common';
import { invalid, notFound, ProblemError } from '../http/problem.js';

/** Ids are opaque to callers and bigints to us. */
export const ID_PATTERN = /^\d{1,18}$/;

/** A path's id. What cannot be one names nothing: 404, as for any other unknown id. */
export class RecordIdPipe implements PipeTransform<string, string> {
  constructor(private readonly what: string) {}

  transform(value: string): string {
    if (!ID_PATTERN.test(value)) throw notFound(this.what, value.slice(0, 40));
    return value;
  }
}

/** The entity tag of a record's version (RFC 9110, section 8.8.3). */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/** The version an edit was made from, out of `If-Match`. @throws ProblemError 428 without it, 422 for a tag that is none of ours. */
export function expectedVersion(header: string | undefined): number {
  if (header === undefined || header === '') {
    throw new ProblemError({ type: '/problems/precondition-required', title: 'Precondition required', status: 428, detail: 'send the ETag of the record you read as If-Match, so that nobody\'s change is overwritten unseen' });
  }
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined) throw invalid([{ field: 'If-Match', value: header.slice(0, 40), problem: 'must be one ETag of this API, unchanged' }]);
  return Number(version);
}
