import { formatMoney, type Money } from '#canonical';
import { quotable } from './text.js';
import type { MatchProposal, ProposedAllocation, Signal } from './types.js';
import { percent } from './confidence.js';

/** Documents written out in the equation; the rest is one term. */
const TERMS_MAX = 8;
const SIGNALS_TOLD_MAX = 8;

/** Step five: why, in plain English, from the proposal and its signals alone. Text of others is quoted only when it is plain print. */
export function writeRationale(proposal: Omit<MatchProposal, 'rationale'>, amount: Money, customerName: string | null): string {
  const sentences = [opening(proposal, amount, customerName), ...evidence(proposal.signals)];
  if (proposal.allocations.length > 0) sentences.push(equation(proposal, amount));
  if (proposal.shortBy.minor > 0n) sentences.push(`${tell(proposal.shortBy)} stays open.`);
  const { count, counted, distinguishingFact } = proposal.alternatives;
  if (count > 0) sentences.push(`${counted === 'atLeast' ? 'At least ' : ''}${count} other ${count === 1 ? 'allocation explains' : 'allocations explain'} the same facts${distinguishingFact === null ? '' : `: ${distinguishingFact}`}.`);
  if (proposal.family !== 'none') {
    const { allowed, because } = proposal.autoApply;
    sentences.push(allowed ? `May be applied without a look: ${because.join('; ')}.` : `Needs a look: ${[...new Set(because)].join('; ')}.`);
  }
  return sentences.join(' ');
}

function opening(proposal: Omit<MatchProposal, 'rationale'>, amount: Money, customerName: string | null): string {
  if (proposal.paymentVerdict === 'no') return `${tell(amount)} is no customer payment (${percent(proposal.isPayment)} that it is).`;
  const customer = quotable(customerName) ?? (proposal.customerId === null ? null : 'the proposed customer');
  if (customer === null) return `${tell(amount)} came in and nothing tells from whom.`;
  const from = `${tell(amount)} for ${customer} (${percent(proposal.customerProbability)})`;
  const sure = percent(proposal.probability);
  switch (proposal.family) {
    case 'onAccount': case 'none': return `${from}; which documents it pays is not known.`;
    case 'single': return `${from} pays ${proposal.allocations[0] === undefined ? 'one document' : label(proposal.allocations[0])}, ${sure} sure.`;
    case 'referenceList': return `${from} pays the documents the payer names, ${sure} sure.`;
    case 'remittance': return `${from} pays what its remittance advice lists, ${sure} sure.`;
    case 'oldestPrefix': return `${from} pays the ${proposal.allocations.length} oldest open documents, ${sure} sure.`;
    case 'contiguousBlock': return `${from} pays ${proposal.allocations.length} neighbouring open documents, ${sure} sure.`;
    case 'totalBalance': return `${from} pays the whole balance of ${proposal.allocations.length} documents, ${sure} sure.`;
    case 'arbitrarySum': return `${from} is the sum of ${proposal.allocations.length} open documents, ${sure} sure.`;
  }
}

function evidence(signals: readonly Signal[]): string[] {
  const told = signals.slice(0, SIGNALS_TOLD_MAX).map((signal) => {
    const quote = quotable(signal.quote);
    const sentence = printable(signal.sentence);
    return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${quote === null ? '' : ` (“${quote}”)`}.`;
  });
  if (signals.length > SIGNALS_TOLD_MAX) told.push(`${signals.length - SIGNALS_TOLD_MAX} more signals are kept with the proposal.`);
  return told;
}

/** `600.00 (INV-1) + 450.00 (INV-2) - 50.00 (CM-1) = 1000.00 USD.` Its terms add up, always. */
function equation(proposal: Omit<MatchProposal, 'rationale'>, amount: Money): string {
  const shown = proposal.allocations.length > TERMS_MAX ? proposal.allocations.slice(0, TERMS_MAX - 1) : proposal.allocations;
  const terms = shown.map((allocation) => ({ minor: allocation.amount.minor, name: label(allocation) }));
  const rest = proposal.allocations.slice(shown.length);
  if (rest.length > 0) terms.push({ minor: rest.reduce((sum, one) => sum + one.amount.minor, 0n), name: `${rest.length} more` });
  if (proposal.onAccount.minor !== 0n) terms.push({ minor: proposal.onAccount.minor, name: 'on account' });
  const text = terms.map(({ minor, name }, index) => {
    const sign = minor < 0n ? '- ' : index === 0 ? '' : '+ ';
    return `${sign}${formatMoney({ minor: minor < 0n ? -minor : minor, currency: amount.currency })} (${name})`;
  });
  return `${text.join(' ')} = ${tell(amount)}.`;
}

function label(allocation: ProposedAllocation): string {
  return quotable(allocation.number) ?? `a ${allocation.document}`;
}

function tell(money: Money): string {
  return `${formatMoney(money)} ${money.currency}`;
}

/** Document numbers come from outside as well: what is no plain print becomes a dot. */
function printable(sentence: string): string {
  return sentence.replace(/[^\p{L}\p{N} .,;:&'()/#+%-]/gu, '·');
}
