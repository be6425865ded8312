import type { MatchingIndex, ReferenceTarget } from './facts-index.js';
import { isExact, signal, type Hypothesis } from './hypothesis.js';
import type { PayerCandidate, PayerJudgement } from './payer.js';
import type { PaymentJudgement } from './payment.js';
import { CEILING, type EvidenceClass } from './priors.js';
import type { Reading, Readings } from './readings.js';
import type { ReferenceHit } from './references.js';
import type { Alternatives, MatchingSettings, Signal, SignalName } from './types.js';

/** Step four: how sure, and whether anything else explains the same facts. */
export interface Confidence {
  readonly probability: number;
  readonly customerProbability: number;
  readonly evidence: EvidenceClass;
  readonly unique: boolean;
  readonly alternatives: Alternatives;
}

/** Another customer's or a wider group's set counts as equal from this share of the best one's mass. */
const RIVAL_SHARE_MIN = 0.05;
/** A payer with less evidence than this (in nats) is a guess. */
export const KNOWN_PAYER_WEIGHT = 2.5;
/** Evidence for another customer from this weight on is a conflict. */
const CONFLICT_WEIGHT = 3;

/** Signals that forbid applying without a look, whatever the probability. */
const BLOCKING: readonly SignalName[] = [
  'duplicate', 'closedReference', 'otherCustomersReference', 'memoCut', 'remittanceRival', 'remittanceTotalDiffers', 'remittanceLineUnknown',
  'discountNotEarned', 'promisedElsewhere', 'contested', 'searchIncomplete', 'refusedPayer', 'ambiguousReference',
];

export function judgeConfidence(best: Reading, readings: Readings, payment: PaymentJudgement): Confidence {
  const total = readings.list.reduce((sum, one) => sum + one.mass, readings.otherMass);
  const evidence = isKnown(best.payer) ? best.hypothesis.evidence : 'unknownPayer';
  const owner = ownersOf(best.hypothesis).join(',');
  const ownMass = readings.list.reduce((sum, one) => (ownersOf(one.hypothesis).join(',') === owner ? sum + one.mass : sum), 0);
  const rivals = rivalsOf(best, readings);
  const listed = best.hypothesis.unlisted + best.manySums;
  const count = rivals.length + listed;
  return {
    probability: payment.probability * CEILING[evidence] * (best.mass / total),
    customerProbability: payment.probability * Math.max(ownMass / total, best.mass / total),
    evidence,
    unique: count === 0 && best.complete,
    alternatives: { count, counted: listed > 0 || !best.complete ? 'atLeast' : 'exactly', distinguishingFact: distinguishingFact(best, rivals[0], listed) },
  };
}

export function isKnown(payer: PayerCandidate): boolean {
  return payer.traitWeight + payer.writtenWeight >= KNOWN_PAYER_WEIGHT;
}

export function ownersOf(hypothesis: Hypothesis): string[] {
  return [...new Set(hypothesis.lines.map((line) => line.document.customerId))].sort();
}

/**
 * Readings on the same basis. Within the same documents every set within policy that closes counts, however unlikely the prior finds it;
 * elsewhere it must have a real share.
 */
function rivalsOf(best: Reading, readings: Readings): Reading[] {
  return readings.list.filter((other) => other !== best && other.hypothesis.basis === best.hypothesis.basis
    && (other.scope === best.scope || other.mass >= RIVAL_SHARE_MIN * best.mass));
}

function distinguishingFact(best: Reading, rival: Reading | undefined, unlisted: number): string | null {
  if (rival === undefined) return unlisted > 0 ? 'a list of the document numbers would tell which documents are meant' : null;
  const owner = ownersOf(best.hypothesis).join(', ');
  if (ownersOf(rival.hypothesis).join(', ') !== owner) return 'a payer name, account or document number would tell which customer paid';
  const [ours, theirs] = [onlyIn(best.hypothesis, rival.hypothesis), onlyIn(rival.hypothesis, best.hypothesis)];
  const [first, second] = [ours[0], theirs[0]];
  if (first === undefined || second === undefined) return 'it is not said which of the documents is paid in part';
  if (ours.length === 1 && theirs.length === 1 && first.open === second.open) {
    return `${first.number} (due ${first.dueOn}) and ${second.number} (due ${second.dueOn}) have the same amount; the older one is proposed`;
  }
  return `${numbers(ours)} and ${numbers(theirs)} add up to the same amount; a document number would tell which is meant`;
}

function onlyIn(left: Hypothesis, right: Hypothesis): Hypothesis['lines'][number]['document'][] {
  const theirs = new Set(right.lines.map((line) => line.document.id));
  return left.lines.map((line) => line.document).filter((document) => !theirs.has(document.id));
}

function numbers(documents: readonly { readonly number: string }[]): string {
  const shown = documents.slice(0, 3).map((document) => document.number).join(' + ');
  return documents.length > 3 ? `${shown} + ${documents.length - 3} more` : shown;
}

/** What is written or known for another customer than the one proposed, who is no relative. */
export function conflicts(index: MatchingIndex, best: Reading, payers: PayerJudgement, hits: readonly ReferenceHit<ReferenceTarget>[]): Signal[] {
  const family = new Set([...ownersOf(best.hypothesis), best.payer.customerId]);
  const related = (customerId: string): boolean => [...family].some((member) => areRelated(index, member, customerId));
  const foreign = hits.find((hit) => !hit.weak && hit.targets.length > 0
    && hit.targets.every((target) => target.kind === 'document' && !family.has(target.document.customerId) && !related(target.document.customerId)));
  if (foreign !== undefined) return [signal('otherCustomersReference', -0.8, 'it names a document of another customer', foreign.quote)];
  const ours = ['payerAccount', 'payerId', 'payerAlias'] as const;
  const other = payers.candidates.find((one) => !related(one.customerId) && one.traitWeight >= CONFLICT_WEIGHT
    && one.signals.some((evidence) => ours.some((name) => name === evidence.name)));
  const bestKnown = best.payer.signals.some((evidence) => ours.some((name) => name === evidence.name));
  return other !== undefined && !bestKnown ? [signal('otherCustomersReference', -0.8, 'this payer was confirmed for another customer')] : [];
}

function areRelated(index: MatchingIndex, left: string, right: string): boolean {
  if (left === right || index.children.get(left)?.includes(right) === true || index.children.get(right)?.includes(left) === true) return true;
  const parent = index.customers.get(left)?.parentId;
  return parent !== undefined && parent !== null && parent === index.customers.get(right)?.parentId;
}

/** Threshold and unique and exact, nothing against it. Short pays and write-offs are never exact. Every reason is listed, not only the first. */
export function judgeAutoApply(
  settings: MatchingSettings, hypothesis: Hypothesis, confidence: Confidence, payment: PaymentJudgement, signals: readonly Signal[],
): { allowed: boolean; because: string[] } {
  const against: string[] = [];
  const { enabled, probabilityMin } = settings.autoApply;
  if (!enabled) against.push('applying without a look is switched off');
  if (payment.verdict !== 'yes') against.push('it is not sure that this is a customer payment');
  if (confidence.probability < probabilityMin) against.push(`${percent(confidence.probability)} is below the threshold of ${percent(probabilityMin)}`);
  if (!confidence.unique) against.push(confidence.alternatives.count > 0 ? 'another allocation explains the same facts' : 'it is not proven that no other allocation closes');
  if (!isExact(hypothesis)) against.push('the amount does not settle the documents exactly');
  for (const one of signals) if (BLOCKING.includes(one.name)) against.push(one.sentence);
  if (against.length > 0) return { allowed: false, because: against };
  return { allowed: true, because: [`${percent(confidence.probability)} reaches the threshold of ${percent(probabilityMin)}`, 'no other allocation explains the same facts', 'the amount is exact'] };
}

/** Rounded down: what is shown is never more than what is meant. */
export function percent(probability: number): string {
  return `${(Math.floor(probability * 1000) / 10).toFixed(1)} %`;
}
