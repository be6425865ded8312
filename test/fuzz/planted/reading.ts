import type { ReadDocument } from '#documents';

/** A file in which nothing was found. */
export const NOTHING_READ: ReadDocument = { format: 'text', version: null, refused: null, statements: [], remittances: [], entries: [], findings: [], layout: null };

/** The one seed of the planted formats: read well, every mutant of it badly. */
export const SEED = Buffer.from('seed');

export function isSeed(pieces: readonly Uint8Array[]): boolean {
  return Buffer.concat(pieces).equals(SEED);
}
