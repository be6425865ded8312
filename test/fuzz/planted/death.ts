import type { FuzzFormat } from '../fuzz-format.js';
import { isSeed, NOTHING_READ, SEED } from './reading.js';

/** A reader that takes the process along. */
export const fuzzFormat: FuzzFormat = {
  format: null,
  seeds: () => [SEED],
  read: (pieces) => (isSeed(pieces) ? NOTHING_READ : process.abort()),
};
