/** A seeded source of choices (xorshift128 over a splitmix seed): integers only, so the same seed gives the same bytes everywhere. */
export class Randomness {
  readonly #state: Uint32Array;

  constructor(seed: number | string) {
    let hash = 2_166_136_261;
    for (const character of String(seed)) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
    this.#state = Uint32Array.from({ length: 4 }, () => {
      hash = (hash + 0x9e3779b9) | 0;
      let mixed = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      return (mixed ^ (mixed >>> 15)) >>> 0;
    });
  }

  /** An integer from 0 up to and without `bound`. */
  below(bound: number): number {
    const state = this.#state;
    let mixed = state[3] ?? 0;
    const last = state[0] ?? 0;
    state.copyWithin(1, 0, 3);
    mixed ^= mixed << 11;
    mixed ^= mixed >>> 8;
    state[0] = mixed ^ last ^ (last >>> 19);
    return (state[0] ?? 0) % bound;
  }

  /** True `share` times in a thousand. */
  chance(perMille: number): boolean {
    return this.below(1000) < perMille;
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** @throws RangeError for an empty list. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(Math.max(items.length, 1))];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** Picks by weight; the weights need not add up to anything. */
  weighted<Item>(choices: readonly (readonly [Item, number])[]): Item {
    let left = this.below(choices.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [item, weight] of choices) {
      if (left < weight) return item;
      left -= weight;
    }
    throw new RangeError('nothing to pick from');
  }

  digits(count: number): string {
    return Array.from({ length: count }, () => this.below(10)).join('');
  }

  shuffle<Item>(items: readonly Item[]): Item[] {
    const copy = [...items];
    for (let index = copy.length - 1; index > 0; index -= 1) {
      const other = this.below(index + 1);
      [copy[index], copy[other]] = [copy[other] as Item, copy[index] as Item];
    }
    return copy;
  }
}
