/** Choices that are the same for the same seed on every machine. */
export interface Random {
  /** An integer from 0 to `bound - 1`; 0 when `bound` is not positive. */
  below(bound: number): number;
  /** One of the items. @throws RangeError when there is none. */
  pick<Item>(items: readonly Item[]): Item;
  /** True once in `times`. */
  once(times: number): boolean;
}

/** Knuth's multiplicative constant, 2^32 / golden ratio: neighbouring seeds get distant states. */
const SPREAD = 2_654_435_761;

/** A generator by George Marsaglia (xorshift, 32 bits). */
export function randomOf(seed: number): Random {
  let state = Math.imul(seed, SPREAD) >>> 0 || 1;
  const below = (bound: number): number => {
    state ^= state << 13; state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5; state >>>= 0;
    return bound > 0 ? state % bound : 0;
  };
  // The first states of small seeds resemble each other.
  for (let round = 0; round < 8; round += 1) below(1);
  return {
    below,
    pick(items) {
      if (items.length === 0) throw new RangeError('there is nothing to pick from');
      return items[below(items.length)] as (typeof items)[number];
    },
    once: (times) => below(times) === 0,
  };
}
