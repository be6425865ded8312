import type { FuzzFormat } from '../fuzz-format.js';
import { NOTHING_READ, SEED } from './reading.js';

/** A format whose seed is refused without a place. */
export const fuzzFormat: FuzzFormat = {
  format: null,
  seeds: () => [SEED],
  read: () => ({ ...NOTHING_READ, refused: { problem: 'this planted reader refuses everything', where: { line: null, column: null, record: null, page: null } } }),
};
