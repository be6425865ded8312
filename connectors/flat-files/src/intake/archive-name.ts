import { harmlessName } from '../store/file-names.js';
import { DIGEST_LENGTH } from './intake.js';

/**
 * `20261122T175842123Z_20261122T170000000Z_<digest>_orders.csv`: sorts by the instant it was taken, keeps the instant it was written
 * (a copy within S3 is stamped anew), names the content, and ends in what a person looks for.
 */
const ARCHIVED = new RegExp(`^(\\d{8}T\\d{9}Z)_(\\d{8}T\\d{9}Z)_([0-9a-f]{${DIGEST_LENGTH}})_`);

export interface ArchivedAs {
  readonly takenAt: Date;
  readonly modifiedAt: Date;
  readonly digest: string;
}

export function stampOf(instant: Date): string {
  return instant.toISOString().replaceAll(/[-:.]/g, '');
}

export function archiveName({ takenAt, modifiedAt, digest }: ArchivedAs, name: string): string {
  return `${stampOf(takenAt)}_${stampOf(modifiedAt)}_${digest}_${harmlessName(name)}`;
}

/** What an archive name says; null for a file somebody else put there. */
export function archivedAs(name: string): ArchivedAs | null {
  const [, taken, modified, digest] = ARCHIVED.exec(name) ?? [];
  if (taken === undefined || modified === undefined || digest === undefined) return null;
  const [takenAt, modifiedAt] = [instantOf(taken), instantOf(modified)];
  return Number.isNaN(takenAt.getTime()) || Number.isNaN(modifiedAt.getTime()) ? null : { takenAt, modifiedAt, digest };
}

function instantOf(stamp: string): Date {
  return new Date(stamp.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z$/, '$1-$2-$3T$4:$5:$6.$7Z'));
}
