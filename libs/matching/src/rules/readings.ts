import { daysBetween, formatMoney } from '#canonical';
import type { MatchingIndex, ReferenceTarget } from './facts-index.js';
import { searchByAmount } from './families.js';
import { allocationKey, mergeSame, signal, type Hypothesis } from './hypothesis.js';
import { withoutPromised, type Ledger, type Promises } from './ledger.js';
import { namedIn, searchByName } from './named.js';
import type { PayerCandidate, PayerJudgement } from './payer.js';
import { GROUP_SHARE, NAMED_PRIOR, NEAR_MISS_PRIOR, OTHER_PRIOR, OTHER_PRIOR_SUSPECT, OTHER_WHEN_NAMED_FACTOR, otherLikelihood, REMITTANCE_PRIOR } from './priors.js';
import type { ReferenceHit } from './references.js';
import { readAdvice, type LinkedAdvice } from './remittance.js';
import type { EarlierPayment, MatchTransaction, Signal } from './types.js';

/** A hypothesis together with who would have paid. `mass` is comparable over all candidates. */
export interface Reading {
  readonly payer: PayerCandidate;
  readonly hypothesis: Hypothesis;
  readonly key: string;
  readonly mass: number;
  /** The customers whose documents were searched. */
  readonly scope: string;
  /** Every set within policy was looked at. */
  readonly complete: boolean;
  /** Arbitrary sums of the same amount that are only counted. */
  readonly manySums: number;
}

/** Step three: every reading of a payment, best first, and the mass of all that is not a reading. */
export interface Readings {
  readonly list: readonly Reading[];
  readonly otherMass: number;
  /** Arbitrary sums counted for the likeliest payer when none is shown. */
  readonly manySums: number;
  readonly complete: boolean;
  readonly duplicateOf: EarlierPayment | null;
  readonly problems: readonly Signal[];
}

export interface ReadingQuestion {
  readonly index: MatchingIndex;
  readonly transaction: MatchTransaction;
  readonly payers: PayerJudgement;
  readonly hits: readonly ReferenceHit<ReferenceTarget>[];
  readonly linked: LinkedAdvice | null;
  readonly namesOnlyClosed: boolean;
  readonly promises: Promises;
}

const INCOMPLETE = signal('searchIncomplete', -0.3, 'there are too many open documents to rule out another set of the same amount');
/** Less than this many percent, or a usual bank fee, missing on one invoice. */
const NEAR_MISS_PERCENT_MAX = 2n;
const USUAL_FEES = [1_500n, 2_500n, 3_000n, 3_500n];
/** Candidates below this share are not searched: they could not change the answer. */
const CANDIDATE_SHARE_MIN = 1e-6;

export function readPayment(question: ReadingQuestion): Readings {
  const { index, transaction, payers } = question;
  const readings: Reading[] = [];
  const problems: Signal[] = [];
  let otherMass = payers.unknown * otherLikelihood(transaction.amount.minor);
  let [manySums, complete] = [0, true];
  let duplicateOf: EarlierPayment | null = null;
  for (const payer of payers.candidates) {
    if (payer.probability < CANDIDATE_SHARE_MIN) continue;
    const duplicate = duplicateFor(index, transaction, payer.customerId);
    if (payer === payers.candidates[0]) duplicateOf = duplicate;
    otherMass += payer.probability * otherWeight(question, duplicate !== null);
    for (const scope of scopesOf(index, payer.customerId)) {
      const found = readScope(question, payer, scope);
      readings.push(...found.readings);
      otherMass += found.unlistedMass;
      if (payer === payers.candidates[0]) { problems.push(...found.problems); manySums = Math.max(manySums, found.manySums); complete &&= found.complete; }
    }
  }
  return { list: mergeReadings(readings), otherMass, manySums, complete, duplicateOf, problems: problems.filter((one, at) => problems.findIndex((other) => other.sentence === one.sentence) === at) };
}

function otherWeight(question: ReadingQuestion, duplicate: boolean): number {
  const named = namesDocuments(question) ? OTHER_WHEN_NAMED_FACTOR : 1;
  const plain = OTHER_PRIOR * named * otherLikelihood(question.transaction.amount.minor);
  return plain + (duplicate ? OTHER_PRIOR_SUSPECT.duplicate : 0) + (question.namesOnlyClosed ? OTHER_PRIOR_SUSPECT.closedReference : 0);
}

function namesDocuments(question: ReadingQuestion): boolean {
  return question.hits.some((hit) => hit.targets.some((target) => target.kind === 'document'));
}

interface Scope {
  readonly customerIds: readonly string[];
  readonly share: number;
}

/** A customer's own documents; for a parent also its children's, all together and one by one. */
function scopesOf(index: MatchingIndex, customerId: string): Scope[] {
  const children = index.children.get(customerId) ?? [];
  if (children.length === 0) return [{ customerIds: [customerId], share: 1 }];
  return [
    { customerIds: [customerId], share: GROUP_SHARE.own },
    { customerIds: [customerId, ...children], share: GROUP_SHARE.together },
    ...children.map((child) => ({ customerIds: [child], share: GROUP_SHARE.oneChild / children.length })),
  ];
}

interface ScopeReadings {
  readonly readings: readonly Reading[];
  readonly unlistedMass: number;
  readonly problems: readonly Signal[];
  readonly manySums: number;
  readonly complete: boolean;
}

/** The strongest kind of evidence that yields a reading wins: advice, then names, then the amount alone. */
function readScope(question: ReadingQuestion, payer: PayerCandidate, scope: Scope): ScopeReadings {
  const { index, transaction, hits, linked } = question;
  const refused = index.refusedDocuments.get(transaction.id) ?? new Set<string>();
  const whole = index.ledgerOf(scope.customerIds, transaction.amount.currency, transaction.companyId);
  const ledger = withoutPromised(whole, question.promises, refused);
  if (ledger.byId.size === 0) return { readings: [], unlistedMass: 0, problems: [], manySums: 0, complete: true };
  const base = payer.probability * scope.share;
  const place = (found: readonly Hypothesis[], factor: number, complete: boolean, manySums: number): Reading[] => mergeSame(found).map((hypothesis) => ({
    payer, hypothesis, key: allocationKey(hypothesis), mass: base * factor * hypothesis.weight, scope: scope.customerIds.join(','), complete, manySums,
  }));
  const advice = linked === null ? null : readAdvice(index, ledger, linked, transaction);
  const problems = advice?.problems ?? [];
  if (advice?.hypothesis) {
    const byAdvice = place([advice.hypothesis], 1, true, 0);
    const byAmount = linked?.link === 'total' ? searchByAmount(ledger, transaction.amount.minor, transaction.bookedOn).hypotheses : [];
    const readings = besideAmounts(byAdvice, place(byAmount, REMITTANCE_PRIOR.ignored, true, 0));
    return { readings, unlistedMass: 0, problems: [], manySums: 0, complete: true };
  }
  const adviceFactor = linked !== null && linked.advice.lines.length > 0 ? REMITTANCE_PRIOR.ignored : 1;
  const byName = searchByName(ledger, namedIn(ledger, hits), transaction, index.facts.settings.writeOffMax[transaction.amount.currency] ?? 0n);
  if (byName.hypotheses.length > 0) {
    const manySums = byName.hypotheses.reduce((most, one) => Math.max(most, one.unlisted), 0);
    return { readings: place(noteIncomplete(byName), adviceFactor, byName.complete, 0), unlistedMass: 0, problems, manySums, complete: byName.complete };
  }
  const factor = adviceFactor * (namesDocuments(question) ? NAMED_PRIOR.silent : 1);
  const search = searchByAmount(ledger, transaction.amount.minor, transaction.bookedOn);
  const found = search.hypotheses.length > 0 || search.manySums > 0 ? search.hypotheses : nearMisses(ledger, transaction);
  const noted = noteIncomplete({ hypotheses: found, complete: search.complete });
  return {
    readings: place(noted, factor, search.complete, search.manySums), unlistedMass: base * factor * search.unlistedWeight, problems,
    manySums: search.manySums, complete: search.complete,
  };
}

/** An advice recognised by its total alone may belong to a twin payment: what else has that total is an equal. */
function besideAmounts(byAdvice: readonly Reading[], byAmount: readonly Reading[]): Reading[] {
  const others = byAmount.map((reading) => ({ ...reading, hypothesis: { ...reading.hypothesis, basis: 'remittance' as const } }));
  return [...byAdvice, ...others.filter((other) => byAdvice.every((reading) => reading.key !== other.key))];
}

function noteIncomplete(search: { readonly hypotheses: readonly Hypothesis[]; readonly complete: boolean }): readonly Hypothesis[] {
  return search.complete ? search.hypotheses : search.hypotheses.map((one) => ({ ...one, signals: [...one.signals, INCOMPLETE] }));
}

/** Nothing closes and nothing is named: single invoices that lack a bank fee or a little. */
function nearMisses(ledger: Ledger, transaction: MatchTransaction): Hypothesis[] {
  const paid = transaction.amount.minor;
  const near = ledger.invoices.filter((invoice) => {
    const gap = invoice.open - paid;
    return gap > 0n && gap < paid && (gap * 100n <= invoice.open * NEAR_MISS_PERCENT_MAX || USUAL_FEES.includes(gap));
  });
  return near.map((document) => {
    const gap = document.open - paid;
    const { currency } = transaction.amount;
    const note = signal('shortPay', -0.4, `${formatMoney({ minor: gap, currency })} ${currency} less was paid than invoice ${document.number} has open`);
    return {
      family: 'single', basis: 'amount', evidence: 'knownShort', lines: [{ document, pays: paid, discount: 0n, writeOff: 0n }], onAccount: 0n,
      weight: (NEAR_MISS_PRIOR / ledger.invoices.length) * otherLikelihood(gap), unlisted: 0, signals: [note],
    };
  });
}

function duplicateFor(index: MatchingIndex, transaction: MatchTransaction, customerId: string): EarlierPayment | null {
  const earlier = index.earlierByCustomer.get(customerId) ?? [];
  return earlier.find((payment) => {
    const days = daysBetween(payment.bookedOn, transaction.bookedOn);
    return payment.transactionId !== transaction.id && payment.amount.minor === transaction.amount.minor
      && payment.amount.currency === transaction.amount.currency && days >= 0 && days <= index.facts.settings.duplicateDays;
  }) ?? null;
}

/** One allocation, found for a parent and for its child, is one reading; the likelier payer keeps it. Best first. */
function mergeReadings(readings: readonly Reading[]): Reading[] {
  const merged = new Map<string, Reading>();
  for (const reading of readings) {
    const known = merged.get(reading.key);
    if (known === undefined) { merged.set(reading.key, reading); continue; }
    const kept = known.mass >= reading.mass ? known : reading;
    merged.set(reading.key, { ...kept, mass: known.mass + reading.mass });
  }
  return [...merged.values()].sort((a, b) => b.mass - a.mass || oldestFirst(a, b) || (a.key < b.key ? -1 : 1));
}

/** Among equals the older documents are proposed: the convention of every ledger. */
function oldestFirst(left: Reading, right: Reading): number {
  const day = (reading: Reading): string => reading.hypothesis.lines.reduce((first, line) => (line.document.dueOn < first ? line.document.dueOn : first), '9999-12-31');
  const number = (reading: Reading): string => reading.hypothesis.lines[0]?.document.number ?? '';
  return day(left).localeCompare(day(right), 'en') || (number(left) < number(right) ? -1 : number(left) > number(right) ? 1 : 0);
}
