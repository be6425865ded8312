import type { FuzzFormat } from '../fuzz-format.js';
import { isSeed, NOTHING_READ, SEED } from './reading.js';

/** A reader that never ends. */
export const fuzzFormat: FuzzFormat = {
  format: null,
  seeds: () => [SEED],
  read: (pieces) => {
    while (!isSeed(pieces)) Math.random();
    return NOTHING_READ;
  },
};
