/** Which subsets of positive amounts add up to a target, how many there are, and in which space that was searched. */
export interface SubsetSearch {
  /** `gaveUp`: the space of any size was too large; `solutions` then holds what subsets of at most three found. */
  readonly verdict: 'none' | 'unique' | 'several' | 'gaveUp';
  /** Positions in the given list, ascending. At most {@link SOLUTIONS_MAX}. */
  readonly solutions: readonly (readonly number[])[];
  /** False when counting stopped at {@link SOLUTIONS_MAX}. */
  readonly counted: 'exactly' | 'atLeast';
  readonly space: 'anySize' | 'atMostThree';
}

/** More equal answers than this say nothing more. */
export const SOLUTIONS_MAX = 64;
/** Items for which two halves of at most 2^12 sums are faster than a bit set. */
const HALVES_ITEMS_FAST = 24;
/** Items for which halves still fit the time budget (2^16 sums a side) when a bit set does not. */
const HALVES_ITEMS_MAX = 32;
/** Bits over all layers: 32 MiB, about 20 ms. 200 items up to 1.3 million units (13,000.00 in cents). */
const LAYER_BITS_MAX = 2 ** 28;
/** Items searched for threes: half a million steps. */
export const TRIPLE_ITEMS_MAX = 1_000;

/**
 * Searches in units of the greatest common divisor, and for what is left out when that is the smaller total. Amounts must be positive.
 * Reference: performance-and-reliability section 9 (infeasible totals are the trap; backtracking needs 5 s at 40 items).
 */
export function findSubsets(amounts: readonly bigint[], target: bigint): SubsetSearch {
  const usable = amounts.flatMap((amount, position) => (amount <= target ? [{ amount, position }] : []));
  const total = usable.reduce((sum, item) => sum + item.amount, 0n);
  if (target <= 0n || total < target) return NONE;
  const divisor = usable.reduce((common, item) => greatestCommonDivisor(common, item.amount), 0n);
  if (target % divisor !== 0n) return NONE;
  if (total / divisor > BigInt(Number.MAX_SAFE_INTEGER)) return { verdict: 'gaveUp', solutions: [], counted: 'atLeast', space: 'atMostThree' };
  const units = usable.map((item) => Number(item.amount / divisor));
  const wanted = Number(target / divisor);
  const leftOut = Number(total / divisor) - wanted;
  const complement = leftOut < wanted;
  const found = solve(units, complement ? leftOut : wanted);
  const positions = (chosen: readonly number[]): number[] => {
    if (!complement) return chosen.map((index) => usable[index]?.position ?? -1);
    const out = new Set(chosen);
    return usable.flatMap((item, index) => (out.has(index) ? [] : [item.position]));
  };
  if (found !== null) return verdictOf(found.map(positions), 'anySize');
  const small = findSmallSubsets(units, wanted).map((chosen) => chosen.map((index) => usable[index]?.position ?? -1));
  return { verdict: 'gaveUp', solutions: small, counted: 'atLeast', space: 'atMostThree' };
}

const NONE: SubsetSearch = { verdict: 'none', solutions: [], counted: 'exactly', space: 'anySize' };

function verdictOf(solutions: readonly (readonly number[])[], space: SubsetSearch['space']): SubsetSearch {
  const verdict = solutions.length === 0 ? 'none' : solutions.length === 1 ? 'unique' : 'several';
  return { verdict, solutions, counted: solutions.length >= SOLUTIONS_MAX ? 'atLeast' : 'exactly', space };
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [a, b] = [left, right];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/** Null when neither way fits its bounds. */
function solve(units: readonly number[], wanted: number): number[][] | null {
  if (wanted === 0) return [[]];
  if (units.length <= HALVES_ITEMS_FAST) return byHalves(units, wanted);
  if ((wanted + 1) * units.length <= LAYER_BITS_MAX) return byLayers(units, wanted);
  return units.length <= HALVES_ITEMS_MAX ? byHalves(units, wanted) : null;
}

/** Meet in the middle: all sums of one half, sorted, against all sums of the other. */
function byHalves(units: readonly number[], wanted: number): number[][] {
  const middle = units.length >> 1;
  const left = allSums(units.slice(0, middle));
  const right = allSums(units.slice(middle));
  const sorted = right.slice().sort();
  const solutions: number[][] = [];
  for (let mask = 0; mask < left.length && solutions.length < SOLUTIONS_MAX; mask += 1) {
    const rest = wanted - (left[mask] ?? 0);
    if (rest < 0 || !sortedIncludes(sorted, rest)) continue;
    for (let other = 0; other < right.length && solutions.length < SOLUTIONS_MAX; other += 1) {
      if (right[other] === rest) solutions.push([...bitsOf(mask, 0), ...bitsOf(other, middle)]);
    }
  }
  return solutions;
}

/** The sum of every subset, at the index whose bits are the subset. */
function allSums(units: readonly number[]): Float64Array {
  const sums = new Float64Array(2 ** units.length);
  units.forEach((unit, item) => {
    const half = 2 ** item;
    for (let mask = 0; mask < half; mask += 1) sums[half + mask] = (sums[mask] ?? 0) + unit;
  });
  return sums;
}

function sortedIncludes(sorted: Float64Array, value: number): boolean {
  let [low, high] = [0, sorted.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = sorted[middle] ?? 0;
    if (found === value) return true;
    if (found < value) low = middle + 1; else high = middle - 1;
  }
  return false;
}

function bitsOf(mask: number, offset: number): number[] {
  const bits: number[] = [];
  for (let rest = mask, bit = 0; rest !== 0; rest >>>= 1, bit += 1) if ((rest & 1) === 1) bits.push(offset + bit);
  return bits;
}

/**
 * One bit per reachable sum and per item. The layers make the way back free of dead ends: each step taken belongs to a solution,
 * so listing solutions costs their length.
 */
function byLayers(units: readonly number[], wanted: number): number[][] {
  if (!isReachable(units, wanted)) return [];
  const words = (wanted >>> 5) + 1;
  const layers = new Uint32Array(words * (units.length + 1));
  layers[0] = 1;
  units.forEach((unit, item) => { addLayer(layers, item * words, words, unit); });
  const has = (layer: number, sum: number): boolean => sum >= 0 && (((layers[layer * words + (sum >>> 5)] ?? 0) >>> (sum & 31)) & 1) === 1;
  const solutions: number[][] = [];
  const chosen: number[] = [];
  const walk = (layer: number, sum: number): void => {
    if (solutions.length >= SOLUTIONS_MAX) return;
    if (layer === 0) { solutions.push(chosen.toReversed()); return; }
    const unit = units[layer - 1] ?? 0;
    if (has(layer - 1, sum - unit)) {
      chosen.push(layer - 1);
      walk(layer - 1, sum - unit);
      chosen.pop();
    }
    if (has(layer - 1, sum)) walk(layer - 1, sum);
  };
  walk(units.length, wanted);
  return solutions;
}

/** The same sums in one bit set: most totals that nothing explains end here, without the memory of the layers. Smallest first keeps it short. */
function isReachable(units: readonly number[], wanted: number): boolean {
  const bits = new Uint32Array((wanted >>> 5) + 1);
  bits[0] = 1;
  let highest = 0;
  for (const unit of units.toSorted((a, b) => a - b)) {
    highest = Math.min(highest + unit, wanted);
    shiftInto(bits, unit, highest >>> 5);
  }
  return (((bits[wanted >>> 5] ?? 0) >>> (wanted & 31)) & 1) === 1;
}

/** bits = bits OR (bits shifted up by `unit`), from the top so that each word is read before it is written. */
function shiftInto(bits: Uint32Array, unit: number, topWord: number): void {
  const wordShift = unit >>> 5;
  const bitShift = unit & 31;
  const back = 32 - bitShift;
  for (let word = topWord; word >= wordShift; word -= 1) {
    const from = word - wordShift;
    const below = bitShift === 0 || from === 0 ? 0 : (bits[from - 1] as number) >>> back;
    bits[word] = (bits[word] as number) | ((bits[from] as number) << bitShift) | below;
  }
}

/** layer + 1 = layer OR (layer shifted up by `unit`). */
function addLayer(layers: Uint32Array, from: number, words: number, unit: number): void {
  const to = from + words;
  const wordShift = unit >>> 5;
  const bitShift = unit & 31;
  layers.copyWithin(to, from, to);
  if (bitShift === 0) {
    for (let word = wordShift; word < words; word += 1) layers[to + word] = (layers[to + word] ?? 0) | (layers[from + word - wordShift] ?? 0);
    return;
  }
  let carry = 0;
  for (let word = wordShift; word < words; word += 1) {
    const source = layers[from + word - wordShift] ?? 0;
    layers[to + word] = (layers[to + word] ?? 0) | (source << bitShift) | carry;
    carry = source >>> (32 - bitShift);
  }
}

/** Pairs and threes that add up, by two pointers over the sorted amounts; whole numbers within the safe range. At most {@link SOLUTIONS_MAX}. */
export function findSmallSubsets(units: readonly number[], wanted: number): number[][] {
  const order = units.map((unit, position) => ({ unit, position })).sort((a, b) => a.unit - b.unit || a.position - b.position);
  const solutions: number[][] = [];
  const addPairs = (from: number, rest: number, first: readonly number[]): void => {
    let [low, high] = [from, order.length - 1];
    while (low < high && solutions.length < SOLUTIONS_MAX) {
      const [left, right] = [order[low], order[high]];
      if (left === undefined || right === undefined) return;
      const sum = left.unit + right.unit;
      if (sum < rest) low += 1;
      else if (sum > rest) high -= 1;
      else { addEqualRuns(order, low, high, first, solutions); [low, high] = pastEqual(order, low, high); }
    }
  };
  addPairs(0, wanted, []);
  if (units.length > TRIPLE_ITEMS_MAX) return solutions;
  for (let index = 0; index < order.length - 2 && solutions.length < SOLUTIONS_MAX; index += 1) {
    const item = order[index];
    if (item === undefined || item.unit * 3 > wanted) break;
    addPairs(index + 1, wanted - item.unit, [item.position]);
  }
  return solutions;
}

type Ordered = readonly { readonly unit: number; readonly position: number }[];

/** Every pair from the run of amounts equal to the low one and the run equal to the high one. */
function addEqualRuns(order: Ordered, low: number, high: number, first: readonly number[], solutions: number[][]): void {
  const [afterLow, beforeHigh] = pastEqual(order, low, high);
  const same = order[low]?.unit === order[high]?.unit;
  for (let left = low; left < (same ? high : afterLow); left += 1) {
    for (let right = same ? left + 1 : beforeHigh + 1; right <= high; right += 1) {
      if (solutions.length >= SOLUTIONS_MAX) return;
      const chosen = [...first, order[left]?.position ?? -1, order[right]?.position ?? -1];
      solutions.push(chosen.sort((a, b) => a - b));
    }
  }
}

function pastEqual(order: Ordered, low: number, high: number): [number, number] {
  let [afterLow, beforeHigh] = [low, high];
  while (afterLow <= high && order[afterLow]?.unit === order[low]?.unit) afterLow += 1;
  while (beforeHigh >= low && order[beforeHigh]?.unit === order[high]?.unit) beforeHigh -= 1;
  return [afterLow, beforeHigh];
}
