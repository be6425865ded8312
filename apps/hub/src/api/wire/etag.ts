import { ProblemError } from '../../http/problem.js';

/** RFC 9110: a strong entity tag is quoted text. Ours is the record's version. */
export function etagOf(version: number | string): string {
  return `"${version}"`;
}

/**
 * The version an edit was made from.
 * @throws ProblemError 428 without `If-Match`: an edit must not overwrite what its author never saw; 412 for a tag that was never ours.
 */
export function versionFrom(ifMatch: string | undefined): number {
  if (ifMatch === undefined || ifMatch === '') throw ifMatchMissing();
  const version = /^"(\d{1,9})"$/.exec(ifMatch)?.[1];
  if (version === undefined) throw changedSince();
  return Number(version);
}

/**
 * The record an edit of something read from a source was made from: its tag is the id of the raw record behind it.
 * @throws ProblemError as {@link versionFrom}
 */
export function recordSeen(ifMatch: string | undefined): string {
  if (ifMatch === undefined || ifMatch === '') throw ifMatchMissing();
  const id = /^"(\d{1,18})"$/.exec(ifMatch)?.[1];
  if (id === undefined) throw changedSince();
  return id;
}

function ifMatchMissing(): ProblemError {
  return new ProblemError({ type: '/problems/if-match-missing', title: 'If-Match missing', status: 428, detail: 'send the ETag you read as the header If-Match, so that nobody\'s change is overwritten unseen' });
}

/** 412: the record is not any more what the caller read. */
export function changedSince(): ProblemError {
  return new ProblemError({ type: '/problems/changed', title: 'Changed meanwhile', status: 412, detail: 'it was changed since you read it: read it again, look at what changed, then send your edit with the new ETag' });
}
