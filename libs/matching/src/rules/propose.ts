import type { CurrencyCode, Money } from '#canonical';
import { conflicts, isKnown, judgeAutoApply, judgeConfidence, ownersOf } from './confidence.js';
import { readReferences } from './evidence.js';
import type { MatchingIndex, ReferenceTarget } from './facts-index.js';
import { isExact, leftOpen, signal, type Hypothesis, type HypothesisLine } from './hypothesis.js';
import { NO_PROMISES, type Promises } from './ledger.js';
import { judgePayer, type PayerJudgement } from './payer.js';
import { judgePayment, withPayerEvidence, type PaymentJudgement } from './payment.js';
import { CEILING } from './priors.js';
import { writeRationale } from './rationale.js';
import { readPayment, type Reading, type Readings } from './readings.js';
import type { ReferenceHit } from './references.js';
import { adviceHits, findAdvice, type LinkedAdvice } from './remittance.js';
import type { Alternatives, MatchProposal, MatchTransaction, ProposedAllocation, Signal } from './types.js';

/** A customer is shown from this share on even when the documents are unknown (capability 33). */
const CUSTOMER_SHOWN_AT = 0.2;
/** Money that many sets explain is rarely a prepayment: "on account" is then seldom exactly right. */
const MANY_SUMS_FACTOR = 0.1;

/** What the five steps know of one payment when the last one begins. */
interface Judged {
  readonly index: MatchingIndex;
  readonly transaction: MatchTransaction;
  readonly payment: PaymentJudgement;
  readonly payers: PayerJudgement;
  readonly hits: readonly ReferenceHit<ReferenceTarget>[];
  readonly linked: LinkedAdvice | null;
  readonly signals: readonly Signal[];
}

/**
 * One payment, one proposal. Pure: the same index, transaction and promises give the same answer.
 * @param promises what of each document other payments of the batch already take; see {@link proposeBatch}.
 * @param notes signals the caller adds: who took a document first.
 */
export function propose(index: MatchingIndex, transaction: MatchTransaction, promises: Promises = NO_PROMISES, notes: readonly Signal[] = []): MatchProposal {
  const first = judgePayment(index, transaction);
  if (first.probability === 0) return notPayment(transaction, first);
  const found = findAdvice(index, transaction, promises);
  const evidence = readReferences(index, transaction, found?.advice ?? null);
  const linked = found?.link === 'total' && evidence.namesDocuments ? null : found;
  const hits = linked === null ? evidence.hits : [...evidence.hits, ...adviceHits(index, linked.advice)];
  const payers = judgePayer(index, transaction, hits, linked?.advice ?? null, first.ruledCustomerId);
  const namesDocuments = hits.some((hit) => hit.targets.some((target) => target.kind === 'document'));
  const payment = withPayerEvidence(first, payers.candidates[0] !== undefined && isKnown(payers.candidates[0]), namesDocuments);
  if (payment.verdict === 'no') return notPayment(transaction, payment);
  const readings = readPayment({ index, transaction, payers, hits, linked, namesOnlyClosed: evidence.namesOnlyClosed, promises });
  const judged = { index, transaction, payment, payers, hits, linked, signals: [...payment.signals, ...evidence.signals, ...notes] };
  const [best] = readings.list;
  return best === undefined ? withoutDocuments(judged, readings) : withDocuments(judged, best, readings);
}

function withDocuments(judged: Judged, best: Reading, readings: Readings): MatchProposal {
  const { index, transaction, payment } = judged;
  const { hypothesis } = best;
  const confidence = judgeConfidence(best, readings, payment);
  if (confidence.probability < index.facts.settings.showAt) return withoutDocuments(judged, readings);
  const owners = ownersOf(hypothesis);
  const [owner] = owners;
  const customerId = owners.length === 1 && owner !== undefined ? owner : best.payer.customerId;
  const signals = [
    ...best.payer.signals, ...parentSignal(best.payer.customerId, customerId), ...hypothesis.signals, ...judged.signals,
    ...(hypothesis.basis === 'remittance' ? [] : readings.problems), ...conflicts(index, best, judged.payers, judged.hits), ...duplicateSignal(readings, hypothesis),
  ];
  const { currency } = transaction.amount;
  return finish(judged, {
    ...verdictOf(judged), customerId, payerCustomerId: best.payer.customerId, customerProbability: confidence.customerProbability,
    allocations: hypothesis.lines.map((line) => toAllocation(line, currency)), onAccount: { minor: hypothesis.onAccount, currency },
    shortBy: { minor: shortBy(hypothesis), currency }, probability: confidence.probability, unique: confidence.unique, exact: isExact(hypothesis),
    alternatives: confidence.alternatives, remittanceId: usedAdvice(judged, hypothesis), signals, family: hypothesis.family,
    autoApply: judgeAutoApply(index.facts.settings, hypothesis, confidence, payment, signals),
  });
}

/** The payer may be known though the documents are not: the money is then shown on account of the customer. */
function withoutDocuments(judged: Judged, readings: Readings): MatchProposal {
  const { transaction, payment, payers } = judged;
  const [payer] = payers.candidates;
  const shown = payer !== undefined && payer.probability >= CUSTOMER_SHOWN_AT && isKnown(payer) ? payer : null;
  const customerId = shown?.customerId ?? null;
  const customerProbability = payment.probability * (shown?.probability ?? 0);
  const signals = [...(shown?.signals ?? []), ...judged.signals, ...readings.problems, ...uncertainty(readings)];
  return finish(judged, {
    ...verdictOf(judged), customerId, payerCustomerId: customerId, customerProbability, allocations: [], onAccount: transaction.amount,
    shortBy: { minor: 0n, currency: transaction.amount.currency },
    probability: customerProbability * CEILING.onAccount * (readings.manySums > 0 ? MANY_SUMS_FACTOR : 1), unique: false, exact: false,
    alternatives: countedOnly(readings), remittanceId: judged.linked?.advice.id ?? null, signals, family: shown === null ? 'none' : 'onAccount',
    autoApply: { allowed: false, because: [shown === null ? 'the customer is not known' : 'no set of open documents is proposed'] },
  });
}

function countedOnly(readings: Readings): Alternatives {
  const count = readings.manySums;
  const counted = count > 0 || !readings.complete ? 'atLeast' : 'exactly';
  return { count, counted, distinguishingFact: count > 0 ? 'a list of the document numbers would tell which documents are meant' : null };
}

/** Why no documents are proposed though some might have been. */
function uncertainty(readings: Readings): Signal[] {
  const counted = readings.manySums === 0 ? [] : [signal('manySums', -0.5, `at least ${readings.manySums} different sets of open documents add up to this amount, so the amount says nothing`)];
  return readings.duplicateOf === null ? counted : [...counted, duplicateOf(readings.duplicateOf.bookedOn)];
}

function notPayment(transaction: MatchTransaction, payment: PaymentJudgement): MatchProposal {
  const zero: Money = { minor: 0n, currency: transaction.amount.currency };
  const proposal: Omit<MatchProposal, 'rationale'> = {
    transactionId: transaction.id, isPayment: payment.probability, paymentVerdict: 'no', customerId: null, payerCustomerId: null, customerProbability: 0,
    allocations: [], onAccount: transaction.amount, shortBy: zero, probability: 0, unique: false, exact: false,
    alternatives: { count: 0, counted: 'exactly', distinguishingFact: null }, remittanceId: null, signals: payment.signals, family: 'none',
    autoApply: { allowed: false, because: ['it is no customer payment'] },
  };
  return { ...proposal, rationale: writeRationale(proposal, transaction.amount, null) };
}

function finish(judged: Judged, proposal: Omit<MatchProposal, 'rationale'>): MatchProposal {
  const customer = proposal.customerId === null ? undefined : judged.index.customers.get(proposal.customerId);
  return { ...proposal, rationale: writeRationale(proposal, judged.transaction.amount, customer?.name ?? null) };
}

function verdictOf(judged: Judged): Pick<MatchProposal, 'transactionId' | 'isPayment' | 'paymentVerdict'> {
  return { transactionId: judged.transaction.id, isPayment: judged.payment.probability, paymentVerdict: judged.payment.verdict };
}

function toAllocation(line: HypothesisLine, currency: CurrencyCode): ProposedAllocation {
  const { document } = line;
  const money = (minor: bigint): Money => ({ minor, currency });
  return {
    document: document.kind, id: document.id, number: document.number, customerId: document.customerId, amount: money(line.pays),
    openBefore: money(document.kind === 'invoice' ? document.open : -document.open),
    discount: line.discount === 0n ? null : money(line.discount), writeOff: line.writeOff === 0n ? null : money(line.writeOff),
  };
}

/** An advice that was only guessed by its total belongs to the proposal when the proposal follows it. */
function usedAdvice(judged: Judged, hypothesis: Hypothesis): string | null {
  const { linked } = judged;
  return linked === null || (linked.link === 'total' && hypothesis.basis !== 'remittance') ? null : linked.advice.id;
}

function shortBy(hypothesis: Hypothesis): bigint {
  return hypothesis.lines.reduce((sum, line) => (line.document.kind === 'invoice' ? sum + leftOpen(line) : sum), 0n);
}

function parentSignal(payerId: string, customerId: string): Signal[] {
  return payerId === customerId ? [] : [signal('payerIsParent', 0.2, 'the payer is the parent of this customer')];
}

/** Documents that are written out are open: paying them is no repetition. */
function duplicateSignal(readings: Readings, hypothesis: Hypothesis): Signal[] {
  return readings.duplicateOf === null || hypothesis.basis === 'named' || hypothesis.basis === 'remittance' ? [] : [duplicateOf(readings.duplicateOf.bookedOn)];
}

function duplicateOf(day: string): Signal {
  return signal('duplicate', -0.7, `a payment of the same amount came on ${day}; this may be the same money again`);
}
