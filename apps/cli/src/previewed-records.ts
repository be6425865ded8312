import type { components } from './generated/api.js';

type Outcome = components['schemas']['PreviewResultBody']['outcome'];

/** Unchanged records that are listed; they only show that the rest is as it was. */
export const UNCHANGED_LISTED_MAX = 5;
/** The other outcomes, in the order a person wants to see them. */
const TOLD_FIRST: readonly Outcome[] = ['nowRefused', 'refused', 'changed', 'nowMapped'];

export interface ChosenRecords<R> {
  readonly listed: readonly R[];
  /** Unchanged ones that are not listed. */
  readonly leftOut: number;
  /** To be shown in full. */
  readonly shown: readonly R[];
}

/** What fails and what changes comes first, all of it; of what stays as it is a few are listed, and shown in full only when nothing else is left to show. */
export function choosePreviewed<R extends { readonly outcome: Outcome }>(results: readonly R[], showCount: number): ChosenRecords<R> {
  const told = TOLD_FIRST.flatMap((outcome) => results.filter((result) => result.outcome === outcome));
  const unchanged = results.filter(({ outcome }) => outcome === 'unchanged');
  const listed = [...told, ...unchanged.slice(0, UNCHANGED_LISTED_MAX)];
  return { listed, leftOut: Math.max(0, unchanged.length - UNCHANGED_LISTED_MAX), shown: listed.slice(0, showCount) };
}
