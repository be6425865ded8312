import type { FuzzFormat } from '../fuzz-format.js';
import { isSeed, NOTHING_READ, SEED } from './reading.js';

const TOO_MUCH_BYTES = 700 * 1024 * 1024;

/** A reader that needs more memory than it may; outside the heap, where no flag holds it back. */
export const fuzzFormat: FuzzFormat = {
  format: null,
  seeds: () => [SEED],
  read: (pieces) => (isSeed(pieces) || Buffer.alloc(TOO_MUCH_BYTES, 1).length > 0 ? NOTHING_READ : NOTHING_READ),
};
