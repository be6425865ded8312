import fc from 'fast-check';
import { findSmallSubsets, findSubsets, SOLUTIONS_MAX } from './subset-sum.js';

function bruteForce(amounts: readonly bigint[], target: bigint): string[] {
  const found: string[] = [];
  for (let mask = 1; mask < 2 ** amounts.length; mask += 1) {
    const chosen = amounts.map((_amount, index) => index).filter((index) => ((mask >> index) & 1) === 1);
    if (chosen.reduce((sum, index) => sum + (amounts[index] ?? 0n), 0n) === target) found.push(chosen.join(','));
  }
  return found.sort();
}

/** Same sequence for the same seed: Park and Miller's minimal standard. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => { state = (state * 48_271) % 2_147_483_647; return state; };
}

const amounts = (max: bigint, maxLength: number): fc.Arbitrary<bigint[]> => fc.array(fc.bigInt({ min: 1n, max }), { minLength: 1, maxLength });

describe('findSubsets', () => {
  it('finds every subset brute force finds, up to the bound, and its verdict is right', () => {
    fc.assert(fc.property(amounts(40n, 11), fc.bigInt({ min: 1n, max: 200n }), (items, target) => {
      const expected = bruteForce(items, target);
      const search = findSubsets(items, target);
      const found = search.solutions.map((solution) => solution.toSorted((a, b) => a - b).join(',')).sort();
      expect(search.verdict).toBe(expected.length === 0 ? 'none' : expected.length === 1 ? 'unique' : 'several');
      if (expected.length < SOLUTIONS_MAX) expect(found).toEqual(expected);
      expect(found.every((solution) => expected.includes(solution))).toBe(true);
    }), { numRuns: 300 });
  });

  it('gives the same verdict with layers as with halves', () => {
    fc.assert(fc.property(fc.array(fc.bigInt({ min: 1n, max: 90n }), { minLength: 9, maxLength: 12 }), fc.bigInt({ min: 1n, max: 300n }), (items, target) => {
      const padding = Array.from({ length: 20 }, () => 301n);
      const large = findSubsets([...items, ...padding, 1n], target);
      const expected = bruteForce([...items, 1n], target);
      expect(large.verdict === 'none').toBe(expected.length === 0);
    }), { numRuns: 60 });
  });

  it('lists the same sets by layers as brute force does', () => {
    const items = Array.from({ length: 30 }, (_item, index) => BigInt(2 ** (index % 10)) + 1000n * BigInt(index));
    const chosen = [3, 17, 28];
    const target = chosen.reduce((sum, index) => sum + (items[index] ?? 0n), 0n);
    const search = findSubsets(items, target);
    expect(search.solutions.every((solution) => solution.reduce((sum, index) => sum + (items[index] ?? 0n), 0n) === target)).toBe(true);
    expect(search.solutions.map((solution) => solution.join(','))).toContain('3,17,28');
  });

  // How long it takes is a figure of `npm run bench -- matching`, not of a test.
  it('proves 200 items infeasible, with no common divisor to help', () => {
    const next = numbersFrom(7);
    const items = [...Array.from({ length: 197 }, () => BigInt(100 * (50 + (next() % 2_000)))), 8_033n, 9_057n, 7_071n];
    for (let round = 0; round < 5; round += 1) {
      expect(findSubsets(items, 1_200_050n + BigInt(100 * round))).toMatchObject({ verdict: 'none', space: 'anySize' });
    }
  });

  it('works in units of the common divisor: odd totals of even items cost nothing', () => {
    const items = Array.from({ length: 180 }, (_item, index) => BigInt(index + 1) * 10_000n);
    expect(findSubsets(items, 12_345_678n).verdict).toBe('none');
    expect(findSubsets(items, 250_000n)).toMatchObject({ verdict: 'several', counted: 'atLeast', space: 'anySize' });
  });

  it('says so when the space is too large, and still reports pairs and threes', () => {
    const next = numbersFrom(11);
    const items = Array.from({ length: 200 }, () => 10_000_000n + BigInt(next() % 900_000_000));
    const target = (items[5] ?? 0n) + (items[90] ?? 0n) + (items[111] ?? 0n);
    const search = findSubsets(items, target);
    expect(search).toMatchObject({ verdict: 'gaveUp', space: 'atMostThree' });
    expect(search.solutions.map((solution) => solution.join(','))).toContain('5,90,111');
  });

  it('keeps exact beyond 2^53: gives up instead of rounding', () => {
    const huge = 10n ** 30n;
    expect(findSubsets([huge, huge + 1n], 2n * huge).verdict).toBe('gaveUp');
    expect(findSubsets([huge, huge * 2n], 3n * huge)).toMatchObject({ verdict: 'unique', solutions: [[0, 1]] });
  });
});

describe('findSmallSubsets', () => {
  it('finds exactly the pairs and threes that brute force finds', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 9 }), fc.integer({ min: 2, max: 60 }), (items, target) => {
      const expected = bruteForce(items.map(BigInt), BigInt(target)).filter((set) => [2, 3].includes(set.split(',').length));
      const found = findSmallSubsets(items, target).map((set) => set.toSorted((a, b) => a - b).join(',')).sort();
      if (expected.length < SOLUTIONS_MAX) expect(found).toEqual(expected);
    }), { numRuns: 300 });
  });
});
