import type { StoredFile } from '../store/store.js';

/** When a file of a folder counts as written to its end. */
export interface WholenessSettings {
  readonly pattern: string;
  /** Endings of names that writers use until they are done. */
  readonly temporarySuffixes: readonly string[];
  /** A file is whole when a file with this ending beside it says so: `.done`. Null where writers leave none. */
  readonly markerSuffix: string | null;
  /** How long size and modification time must have stood still, by the store's clock. */
  readonly settleMs: number;
}

/** A name its writer means for nobody yet. Hidden files count: rsync and many gateways write `.name.Xy12`. */
export function isTemporaryName(name: string, { temporarySuffixes, markerSuffix }: WholenessSettings): boolean {
  const lower = name.toLowerCase();
  return name.startsWith('.') || [...temporarySuffixes, ...markerSuffix === null ? [] : [markerSuffix]].some((suffix) => lower.endsWith(suffix.toLowerCase()));
}

/** Not touched for the settle time. A file from the future by the store's own clock is being written, or its clock is wrong: it waits. */
export function isSettled(file: StoredFile, storeNow: Date, { settleMs }: WholenessSettings): boolean {
  return storeNow.getTime() - file.modifiedAt.getTime() >= settleMs;
}

/** Oldest first; of one instant, by name, so that two looks at a folder see one order. */
export function byAge(left: StoredFile, right: StoredFile): number {
  return left.modifiedAt.getTime() - right.modifiedAt.getTime() || (left.name < right.name ? -1 : left.name > right.name ? 1 : 0);
}
