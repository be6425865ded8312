import { buildIndex, findSubsets, proposeBatch, type MatchProposal } from '#matching';
import { atLeast, atMost, reported, type BenchFigure } from './figure.js';
import { makeBenchSet, type BenchSet, type Truth } from './matching-facts.js';

const SIZES = { customers: 1_000, invoices: 20_000, lines: 5_000 } as const;
const NAMES = 50_000;
const RELIABILITY_BINS = 15;

/** Speed of the engine and how right it is on its own small generator: seed 1, disjoint from the seeds of the quality gate. */
export async function run(): Promise<BenchFigure[]> {
  const set = makeBenchSet({ ...SIZES, seed: 1 });
  const [index, indexMs] = timed(() => buildIndex(set.facts));
  const [proposals, proposeMs] = timed(() => proposeBatch(index, set.transactions));
  return Promise.resolve([
    atLeast('engine, 20,000 invoices, 1,000 customers', round((1_000 * SIZES.lines) / proposeMs), 'lines/s', 1_000),
    reported('index, 20,000 invoices, 1,000 customers', round(indexMs), 'ms'),
    nameIndex(), infeasible(), ...quality(set, proposals),
  ]);
}

function nameIndex(): BenchFigure {
  const { facts } = makeBenchSet({ customers: NAMES, invoices: 0, lines: 0, seed: 2 });
  const [, ms] = timed(() => buildIndex({ ...facts, openItems: new Map() }));
  return atMost('index of 50,000 names', round(ms), 'ms', 1_500);
}

function infeasible(): BenchFigure {
  const items = [...Array.from({ length: 197 }, (_item, at) => BigInt(100 * (50 + ((at * 7_919) % 2_000)))), 8_033n, 9_057n, 7_071n];
  const times = Array.from({ length: 5 }, (_round, at) => timed(() => findSubsets(items, 1_200_050n + BigInt(100 * at)))[1]).sort((a, b) => a - b);
  return atMost('no subset of 200 items, median of 5', round(times[2] ?? 0), 'ms', 50);
}

function quality(set: BenchSet, proposals: readonly MatchProposal[]): BenchFigure[] {
  const judged = proposals.map((proposal, at) => ({ proposal, truth: truthAt(set, at) }));
  const applied = judged.filter(({ proposal }) => proposal.autoApply.allowed);
  const payments = judged.filter(({ truth }) => truth.customerId !== null);
  const share = (count: number, of: number): number => Math.round((10_000 * count) / Math.max(of, 1)) / 100;
  const wrongCustomer = applied.filter(({ proposal, truth }) => truth.customerId !== proposal.customerId).length;
  return [
    reported('applied without a look, of customer payments', share(applied.length, payments.length), '%'),
    atLeast('exactly right, of applied', share(applied.filter(isRight).length, applied.length), '%', 98.5),
    atMost('wrong customer, of applied', share(wrongCustomer, applied.length), '%', 0.02),
    atMost('no customer payment, of applied', share(applied.filter(({ truth }) => truth.customerId === null).length, applied.length), '%', 0),
    reported('exactly right, of all customer payments', share(payments.filter(isRight).length, payments.length), '%'),
    reported('customer right, of all customer payments', share(payments.filter(({ proposal, truth }) => proposal.customerId === truth.customerId).length, payments.length), '%'),
    atMost('expected calibration error, shown proposals', Math.round(calibrationError(judged) * 10_000) / 10_000, '', 0.015),
  ];
}

interface Judged { readonly proposal: MatchProposal; readonly truth: Truth }

function truthAt(set: BenchSet, at: number): Truth {
  const truth = set.truths[at];
  if (truth === undefined) throw new Error(`line ${at} has no truth`);
  return truth;
}

/** Customer and every amount, to the unit. A twin invoice of the same amount is not the right one. */
export function isRight({ proposal, truth }: Judged): boolean {
  if (proposal.customerId !== truth.customerId || proposal.allocations.length !== truth.documents.length) return false;
  const wanted = new Map(truth.documents.map((document) => [document.id, document.minor]));
  return proposal.allocations.every((allocation) => wanted.get(allocation.id) === allocation.amount.minor);
}

/** Guo et al. 2017: mean gap between what was said and what was right, in bins of equal mass, from 0.5 on. */
function calibrationError(judged: readonly Judged[]): number {
  const shown = judged.filter(({ proposal }) => proposal.probability >= 0.5).toSorted((a, b) => a.proposal.probability - b.proposal.probability);
  const size = Math.ceil(shown.length / RELIABILITY_BINS);
  let error = 0;
  for (let from = 0; from < shown.length; from += size) {
    const bin = shown.slice(from, from + size);
    const said = bin.reduce((sum, one) => sum + one.proposal.probability, 0) / bin.length;
    error += (Math.abs(bin.filter(isRight).length / bin.length - said) * bin.length) / shown.length;
  }
  return error;
}

function timed<Result>(work: () => Result): [Result, number] {
  const started = performance.now();
  const result = work();
  return [result, performance.now() - started];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
