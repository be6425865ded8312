/** Which subsets of positive amounts add up to a target, how many there are, and in which space that was searched. */
export interface SubsetSearch {
  /** `gaveUp`: the space of any size was too large; `solutions` then holds what subsets of at most three found. */
  readonly verdict: 'none' | 'unique' | 'several' | 'gaveUp';
  /** Positions in the given list. At most {@link SOLUTIONS_MAX}. */
  readonly solutions: readonly (readonly number[])[];
  /** `atLeast` when counting stopped at {@link SOLUTIONS_MAX} or at what was enough. */
  readonly counted: 'exactly' | 'atLeast';
  readonly space: 'anySize' | 'atMostThree';
}

/** More equal answers than this say nothing more. */
export const SOLUTIONS_MAX = 64;
/** Windows of items that are tried for quick answers before everything is searched. */
const PROBES_MAX = 4;
/** Items of such a window: four million subsets in 2^11 sums a side. */
const PROBE_ITEMS = 22;
/** A layered search this small is done at once. */
const LAYER_BITS_CHEAP = 2 ** 23;
/** Items for which two halves of at most 2^12 sums are faster than a bit set. */
const HALVES_ITEMS_FAST = 24;
/** Items for which halves still fit the time budget (2^16 sums a side) when a bit set does not. */
const HALVES_ITEMS_MAX = 32;
/** Bits over all layers: 32 MiB, about 20 ms. 200 items up to 1.3 million units (13,000.00 in cents). */
export const LAYER_BITS_MAX = 2 ** 28;
/** Items searched for threes: half a million steps. */
export const TRIPLE_ITEMS_MAX = 1_000;

/**
 * Searches in units of the greatest common divisor, and for what is left out when that is the smaller total. Amounts must be positive.
 * Reference: performance-and-reliability section 9 (infeasible totals are the trap; backtracking needs 5 s at 40 items).
 * @param enough stop at this many solutions: who only asks "one or several?" is answered much sooner where there are very many.
 * @param layerBitsMax how much a search of any size may cost before it gives up.
 */
export function findSubsets(amounts: readonly bigint[], target: bigint, enough = SOLUTIONS_MAX, layerBitsMax = LAYER_BITS_MAX): SubsetSearch {
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
  const found = solve(units, complement ? leftOut : wanted, Math.min(enough, SOLUTIONS_MAX), layerBitsMax);
  const positions = (chosen: readonly number[]): number[] => {
    if (!complement) return chosen.map((index) => usable[index]?.position ?? -1);
    const out = new Set(chosen);
    return usable.flatMap((item, index) => (out.has(index) ? [] : [item.position]));
  };
  if (found !== null) return verdictOf(found.map(positions), enough);
  const small = findSmallSubsets(units, wanted).map((chosen) => chosen.map((index) => usable[index]?.position ?? -1));
  return { verdict: 'gaveUp', solutions: small, counted: 'atLeast', space: 'atMostThree' };
}

const NONE: SubsetSearch = { verdict: 'none', solutions: [], counted: 'exactly', space: 'anySize' };

function verdictOf(solutions: readonly (readonly number[])[], enough: number): SubsetSearch {
  const verdict = solutions.length === 0 ? 'none' : solutions.length === 1 ? 'unique' : 'several';
  return { verdict, solutions, counted: solutions.length >= Math.min(enough, SOLUTIONS_MAX) ? 'atLeast' : 'exactly', space: 'anySize' };
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [a, b] = [left, right];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/** Null when no way fits its bounds. `enough` below 2 would make "unique" a guess, so at least two are looked for. */
function solve(units: readonly number[], wanted: number, enough: number, layerBitsMax: number): number[][] | null {
  const limit = Math.max(enough, 2);
  if (wanted === 0) return [[]];
  if (units.length <= HALVES_ITEMS_FAST) return byHalves(units, wanted, limit);
  if (limit < SOLUTIONS_MAX && (wanted + 1) * units.length > LAYER_BITS_CHEAP) {
    const quick = byProbes(units, wanted, limit);
    if (quick.length >= limit) return quick;
  }
  if ((wanted + 1) * units.length <= layerBitsMax) return byLayers(units, wanted, limit);
  return units.length <= HALVES_ITEMS_MAX ? byHalves(units, wanted, limit) : null;
}

/**
 * Where very many sets close, a window of some items on top of a few large ones already holds some. What is found is real; that nothing
 * is found proves nothing, and the whole search follows.
 */
function byProbes(units: readonly number[], wanted: number, limit: number): number[][] {
  const order = units.map((unit, position) => ({ unit, position })).sort((a, b) => a.unit - b.unit || a.position - b.position);
  const found = new Map<string, number[]>();
  const stride = Math.max(1, Math.floor((order.length - PROBE_ITEMS) / PROBES_MAX));
  for (let from = 0; from + PROBE_ITEMS <= order.length && found.size < limit; from += stride) {
    const window = order.slice(from, from + PROBE_ITEMS);
    const others = [...order.slice(0, from), ...order.slice(from + PROBE_ITEMS)];
    const half = window.reduce((sum, item) => sum + item.unit, 0) / 2;
    const base: number[] = [];
    let rest = wanted;
    for (const item of others.toReversed()) if (rest - item.unit >= half) { base.push(item.position); rest -= item.unit; }
    for (const chosen of byHalves(window.map((item) => item.unit), rest, limit)) {
      const positions = [...base, ...chosen.map((index) => window[index]?.position ?? -1)].sort((a, b) => a - b);
      if (found.size < limit) found.set(positions.join(','), positions);
    }
  }
  return [...found.values()];
}

/** Meet in the middle: the sums of one half ascending against the sums of the other descending. */
function byHalves(units: readonly number[], wanted: number, limit: number): number[][] {
  const middle = units.length >> 1;
  const left = sortedSums(units.slice(0, middle));
  const right = sortedSums(units.slice(middle));
  const solutions: number[][] = [];
  let [low, high] = [0, right.sums.length - 1];
  while (low < left.sums.length && high >= 0 && solutions.length < limit) {
    const sum = (left.sums[low] as number) + (right.sums[high] as number);
    if (sum > wanted) { high -= 1; continue; }
    if (sum === wanted) {
      for (let other = high; other >= 0 && right.sums[other] === right.sums[high] && solutions.length < limit; other -= 1) {
        solutions.push([...bitsOf(left.masks[low] as number, 0), ...bitsOf(right.masks[other] as number, middle)]);
      }
    }
    low += 1;
  }
  return solutions;
}

/** The sum of every subset, ascending, with the subset as bits. Each item merges the list with itself moved up, so nothing is sorted. */
function sortedSums(units: readonly number[]): { sums: Float64Array; masks: Int32Array } {
  let [sums, masks] = [new Float64Array(1), new Int32Array(1)];
  units.forEach((unit, item) => {
    const size = sums.length;
    const [nextSums, nextMasks] = [new Float64Array(size * 2), new Int32Array(size * 2)];
    let [without, taking] = [0, 0];
    for (let at = 0; at < size * 2; at += 1) {
      if (without < size && (sums[without] as number) <= (sums[taking] as number) + unit) {
        nextSums[at] = sums[without] as number;
        nextMasks[at] = masks[without] as number;
        without += 1;
      } else {
        nextSums[at] = (sums[taking] as number) + unit;
        nextMasks[at] = (masks[taking] as number) | (1 << item);
        taking += 1;
      }
    }
    [sums, masks] = [nextSums, nextMasks];
  });
  return { sums, masks };
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
function byLayers(units: readonly number[], wanted: number, limit: number): number[][] {
  if (!isReachable(units, wanted)) return [];
  const words = (wanted >>> 5) + 1;
  const layers = new Int32Array(words * (units.length + 1));
  layers[0] = 1;
  units.forEach((unit, item) => { addLayer(layers, item * words, words, unit); });
  const has = (layer: number, sum: number): boolean => sum >= 0 && (((layers[layer * words + (sum >>> 5)] ?? 0) >>> (sum & 31)) & 1) === 1;
  const solutions: number[][] = [];
  const chosen: number[] = [];
  const walk = (layer: number, sum: number): void => {
    if (solutions.length >= limit) return;
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
  const bits = new Int32Array((wanted >>> 5) + 1);
  bits[0] = 1;
  let highest = 0;
  for (const unit of units.toSorted((a, b) => a - b)) {
    highest = Math.min(highest + unit, wanted);
    shiftInto(bits, unit, highest >>> 5);
  }
  return (((bits[wanted >>> 5] ?? 0) >>> (wanted & 31)) & 1) === 1;
}

/** bits = bits OR (bits shifted up by `unit`), from the top so that each word is read before it is written. */
function shiftInto(bits: Int32Array, unit: number, topWord: number): void {
  const wordShift = unit >>> 5;
  const bitShift = unit & 31;
  if (bitShift === 0) {
    for (let word = topWord; word >= wordShift; word -= 1) bits[word] = (bits[word] as number) | (bits[word - wordShift] as number);
    return;
  }
  const back = 32 - bitShift;
  let upper = bits[topWord - wordShift] as number;
  for (let word = topWord; word > wordShift; word -= 1) {
    const lower = bits[word - wordShift - 1] as number;
    bits[word] = (bits[word] as number) | (upper << bitShift) | (lower >>> back);
    upper = lower;
  }
  if (topWord >= wordShift) bits[wordShift] = (bits[wordShift] as number) | (upper << bitShift);
}

/** layer + 1 = layer OR (layer shifted up by `unit`). */
function addLayer(layers: Int32Array, from: number, words: number, unit: number): void {
  const to = from + words;
  const wordShift = unit >>> 5;
  const bitShift = unit & 31;
  layers.copyWithin(to, from, to);
  if (bitShift === 0) {
    for (let word = wordShift; word < words; word += 1) layers[to + word] = (layers[to + word] as number) | (layers[from + word - wordShift] as number);
    return;
  }
  let carry = 0;
  for (let word = wordShift; word < words; word += 1) {
    const source = layers[from + word - wordShift] as number;
    layers[to + word] = (layers[to + word] as number) | (source << bitShift) | carry;
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
