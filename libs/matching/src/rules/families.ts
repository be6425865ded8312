import type { LocalDate } from '#canonical';
import { fullLine, mergeSame, signal, type Hypothesis, type HypothesisLine } from './hypothesis.js';
import { byIssueDay, sumOpen, type Ledger, type LedgerDocument } from './ledger.js';
import { arbitraryWeight, classOfAmountFamily, CREDIT_FACTOR, DISCOUNT_FACTOR, EXCEPT_DISPUTED_FACTOR, FAMILY_PRIOR } from './priors.js';
import { findSmallSubsets, findSubsets, SOLUTIONS_MAX, TRIPLE_ITEMS_MAX, type SubsetSearch } from './subset-sum.js';
import type { Family, Signal } from './types.js';

/** Sets of open documents that add up to an amount, without any word from the payer. */
export interface AmountSearch {
  readonly hypotheses: readonly Hypothesis[];
  /** Singles, runs from the oldest, blocks, the total, pairs and threes were all looked at: the policy within which "unique" is said. */
  readonly complete: boolean;
  /** Arbitrary sets that close when there are too many to show one; 0 otherwise. */
  readonly manySums: number;
  /** Weight of what `manySums` counts. */
  readonly unlistedWeight: number;
}

/** Items searched for sums of any size; beyond it amounts alone prove nothing (section 9: about n = 50 for threes). */
export const ARBITRARY_ITEMS_MAX = 200;
/** More arbitrary answers than this are a count, not a proposal. */
const ARBITRARY_SHOWN_MAX = 3;
/** Neighbouring sets listed of one order: enough to show that there are several. */
const RUNS_MAX = 64;
/** Credits tried one by one against single invoices. */
const SINGLE_CREDITS_MAX = 50;
/** Cost of one search of any size: about 4 ms. A single unique sum in a larger space would not be believed anyway. */
const LAYER_BITS_MAX = 2 ** 25;
const SAFE_UNITS = 2n ** 50n;

/** Every set within policy that closes `target` (positive minor units). */
export function searchByAmount(ledger: Ledger, target: bigint, bookedOn: LocalDate): AmountSearch {
  if (ledger.invoices.length === 0 || target <= 0n) return { hypotheses: [], complete: true, manySums: 0, unlistedWeight: 0 };
  const structured = mergeSame([
    ...singles(ledger, target, bookedOn),
    ...structuredSets(ledger, target, []),
    ...(ledger.credits.length === 0 ? [] : structuredSets(ledger, target + sumOpen(ledger.credits), ledger.credits)),
  ]);
  return structured.length > 0 ? withSmallSets(structured, ledger, target) : arbitrarySets(ledger, target);
}

function make(family: Family, lines: readonly HypothesisLine[], weight: number, signals: readonly Signal[]): Hypothesis {
  return { family, basis: 'amount', evidence: classOfAmountFamily(family), lines, onAccount: 0n, weight, unlisted: 0, signals };
}

const EXACT = signal('exactAmount', 0.6, 'the amount closes to the last unit');
const NETTED = signal('creditsNetted', 0.4, 'open credits are netted');

function singles(ledger: Ledger, target: bigint, bookedOn: LocalDate): Hypothesis[] {
  const weight = FAMILY_PRIOR.single / ledger.invoices.length;
  const found: Hypothesis[] = [];
  for (const invoice of ledger.invoices) {
    if (invoice.open === target) found.push(make('single', [fullLine(invoice)], weight, [EXACT]));
    else if (discountEarned(invoice, bookedOn) && invoice.open - invoice.discount === target) {
      const sentence = `the early-payment discount of invoice ${invoice.number} until ${invoice.discountUntil} is taken`;
      found.push(make('single', [{ document: invoice, pays: target, discount: invoice.discount, writeOff: 0n }], weight * DISCOUNT_FACTOR, [EXACT, signal('discountTaken', 0.5, sentence)]));
    }
  }
  if (ledger.credits.length > 0 && ledger.credits.length <= SINGLE_CREDITS_MAX) {
    const share = (weight * CREDIT_FACTOR) / ledger.credits.length;
    for (const credit of ledger.credits) {
      for (const invoice of ledger.invoices) {
        if (invoice.open - credit.open === target) found.push(make('single', [fullLine(invoice), fullLine(credit)], share, [EXACT, NETTED]));
      }
    }
  }
  return found;
}

export function discountEarned(invoice: LedgerDocument, bookedOn: LocalDate): boolean {
  return invoice.discount > 0n && invoice.discountUntil !== null && bookedOn <= invoice.discountUntil;
}

/** Runs from the oldest, blocks and the total, over all invoices and over the undisputed ones, by due day and by issue day. */
function structuredSets(ledger: Ledger, target: bigint, credits: readonly LedgerDocument[]): Hypothesis[] {
  const undisputed = ledger.invoices.filter((invoice) => !invoice.disputed);
  const pools = [{ invoices: ledger.invoices, factor: 1, note: [] as Signal[] }];
  if (undisputed.length !== ledger.invoices.length) {
    pools.push({ invoices: undisputed, factor: EXCEPT_DISPUTED_FACTOR, note: [signal('exceptDisputed', 0.3, 'disputed invoices are left out')] });
  }
  const factor = credits.length === 0 ? 1 : CREDIT_FACTOR;
  return pools.flatMap((pool) => {
    const sets = setsOf(pool.invoices, target, credits.length > 0);
    return sets.map((set) => make(
      set.family, [...set.invoices, ...credits].map(fullLine), set.weight * factor * pool.factor,
      [EXACT, ...set.signals, ...pool.note, ...(credits.length === 0 ? [] : [NETTED])],
    ));
  });
}

interface FoundSet {
  readonly family: Family;
  readonly invoices: readonly LedgerDocument[];
  readonly weight: number;
  readonly signals: readonly Signal[];
}

function setsOf(byDue: readonly LedgerDocument[], target: bigint, withOne: boolean): FoundSet[] {
  const count = byDue.length;
  const found: FoundSet[] = [];
  if (count > 1 && sumOpen(byDue) === target) found.push({ family: 'totalBalance', invoices: byDue, weight: FAMILY_PRIOR.totalBalance, signals: [] });
  if (withOne) {
    const weight = FAMILY_PRIOR.single / count;
    for (const invoice of byDue) if (invoice.open === target) found.push({ family: 'single', invoices: [invoice], weight, signals: [] });
  }
  const byIssue = byDue.toSorted(byIssueDay);
  const orders = byIssue.every((invoice, index) => invoice === byDue[index]) ? [byDue] : [byDue, byIssue];
  for (const order of orders) found.push(...runs(order, target, orders.length));
  return found;
}

/** Neighbours that add up: two pointers, as every amount is positive. */
function runs(order: readonly LedgerDocument[], target: bigint, orders: number): FoundSet[] {
  const found: FoundSet[] = [];
  const count = order.length;
  let [from, sum] = [0, 0n];
  for (let to = 0; to < count && found.length < RUNS_MAX; to += 1) {
    sum += order[to]?.open ?? 0n;
    while (sum > target && from <= to) { sum -= order[from]?.open ?? 0n; from += 1; }
    const size = to - from + 1;
    if (sum !== target || size < 2) continue;
    const invoices = order.slice(from, to + 1);
    if (from > 0) found.push({ family: 'contiguousBlock', invoices, weight: (FAMILY_PRIOR.contiguousBlock * 2) / (count * count) / orders, signals: [] });
    else if (size < count) found.push({ family: 'oldestPrefix', invoices, weight: FAMILY_PRIOR.oldestPrefix / (count - 1) / orders, signals: dueBy(order, to) });
  }
  return found;
}

/** When the run ends where a due day ends, it is "all due by that day". */
function dueBy(order: readonly LedgerDocument[], last: number): Signal[] {
  const day = order[last]?.dueOn;
  const next = order[last + 1]?.dueOn;
  const sorted = order.every((invoice, index) => index === 0 || (order[index - 1]?.dueOn ?? '') <= invoice.dueOn);
  return sorted && day !== undefined && next !== undefined && next > day ? [signal('allDueBy', 0.3, `they are all invoices due by ${day}`)] : [];
}

/** A structured set was found: pairs and threes that close as well make it one of several. */
function withSmallSets(structured: readonly Hypothesis[], ledger: Ledger, target: bigint): AmountSearch {
  const smaller = ledger.invoices.filter((invoice) => invoice.open < target);
  const complete = smaller.length <= TRIPLE_ITEMS_MAX && target < SAFE_UNITS;
  if (target >= SAFE_UNITS) return { hypotheses: structured, complete, manySums: 0, unlistedWeight: 0 };
  const small = findSmallSubsets(smaller.map((invoice) => Number(invoice.open)), Number(target));
  const sets = small.map((chosen) => arbitrary(pick(smaller, chosen), ledger.invoices.length));
  return { hypotheses: mergeSame([...structured, ...sets]), complete, manySums: 0, unlistedWeight: 0 };
}

function pick(documents: readonly LedgerDocument[], chosen: readonly number[]): LedgerDocument[] {
  return chosen.flatMap((index) => documents[index] ?? []);
}

function arbitrary(documents: readonly LedgerDocument[], among: number): Hypothesis {
  return make('arbitrarySum', documents.map(fullLine), arbitraryWeight(among, documents.length), [EXACT]);
}

/** No structured set closes: any subset, credits included. A credit is a positive item of the sum that is *not* used when chosen. */
function arbitrarySets(ledger: Ledger, target: bigint): AmountSearch {
  const credits = ledger.credits.length + ledger.invoices.length <= ARBITRARY_ITEMS_MAX ? ledger.credits : [];
  const among = ledger.invoices.length + credits.length;
  const items = [...ledger.invoices, ...credits];
  const search = among <= ARBITRARY_ITEMS_MAX
    ? findSubsets(items.map((item) => item.open), target + sumOpen(credits), ARBITRARY_SHOWN_MAX + 1, LAYER_BITS_MAX)
    : onlySmall(ledger.invoices, target);
  const sets = search.solutions.map((chosen) => {
    const taken = new Set(chosen);
    return items.filter((item, index) => taken.has(index) === (item.kind === 'invoice'));
  }).filter((documents) => documents.some((document) => document.kind === 'invoice'));
  const hypotheses = sets.map((documents) => arbitrary(documents, among));
  const complete = search.verdict !== 'gaveUp';
  if (hypotheses.length <= ARBITRARY_SHOWN_MAX) return { hypotheses, complete, manySums: 0, unlistedWeight: 0 };
  return { hypotheses: [], complete, manySums: hypotheses.length, unlistedWeight: hypotheses.reduce((sum, one) => sum + one.weight, 0) };
}

function onlySmall(invoices: readonly LedgerDocument[], target: bigint): SubsetSearch {
  const none = { verdict: 'gaveUp', solutions: [], counted: 'atLeast', space: 'atMostThree' } as const;
  if (target >= SAFE_UNITS) return none;
  const positions = invoices.flatMap((invoice, index) => (invoice.open < target ? [index] : []));
  const small = findSmallSubsets(positions.map((index) => Number(invoices[index]?.open ?? 0n)), Number(target)).slice(0, SOLUTIONS_MAX);
  return { ...none, solutions: small.map((chosen) => chosen.map((index) => positions[index] ?? -1)) };
}
