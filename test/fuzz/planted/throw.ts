import type { FuzzFormat } from '../fuzz-format.js';
import { isSeed, NOTHING_READ, SEED } from './reading.js';

/** A reader that throws on content. */
export const fuzzFormat: FuzzFormat = {
  format: null,
  seeds: () => [SEED],
  read: (pieces) => {
    if (!isSeed(pieces)) throw new TypeError('planted');
    return NOTHING_READ;
  },
};
