import { amountKey, traitsOf, type MatchingIndex, type ReferenceTarget } from './facts-index.js';
import { signal } from './hypothesis.js';
import type { NameMatch } from './names.js';
import type { ReferenceHit } from './references.js';
import type { LearnedPayer, MatchTransaction, PayerTrait, RemittanceAdvice, Signal } from './types.js';

/** Step two: a customer that may have paid. Probabilities of all candidates and `unknown` add up to one. */
export interface PayerCandidate {
  readonly customerId: string;
  readonly probability: number;
  /** Evidence from the bank's words about the payer, in nats: account, id, alias, name, rule. */
  readonly traitWeight: number;
  /** Evidence from what the payer wrote: document, order and customer numbers. */
  readonly writtenWeight: number;
  readonly signals: readonly Signal[];
}

export interface PayerJudgement {
  readonly candidates: readonly PayerCandidate[];
  readonly unknown: number;
}

/** Customers followed further. */
const CANDIDATES_MAX = 5;
const NAMES_MAX = 5;
/** Customers looked at because one of their invoices has this very amount, when nothing else is known. */
const BY_AMOUNT_MAX = 20;

/**
 * Weights in nats (e^5 is about 150 to 1), added up and compared with "somebody else" at 0. A confirmed account beats a name,
 * a number the payer writes is as good as an exact name, and each correction takes back more than a confirmation gave.
 */
const WEIGHT = {
  rule: 9, account: 5, id: 5, aliasName: 4.5, perConfirmation: 0.4, confirmationsMax: 5, contradictionFactor: 4,
  exactName: 6, nameSlope: 11, nameFloor: 0.55, otherLegalForm: -2, nameInMemo: 3.5,
  document: 5, furtherDocument: 1, documentsMax: 9, sharedDocument: 2, purchaseOrder: 4, weakDocument: 1.5, customerNumber: 4, closedDocument: 3, refused: -8,
} as const;

class Tally {
  traits = 0;
  written = 0;
  readonly signals: Signal[] = [];
}

export function judgePayer(
  index: MatchingIndex, transaction: MatchTransaction, hits: readonly ReferenceHit<ReferenceTarget>[], advice: RemittanceAdvice | null, ruledCustomerId: string | null,
): PayerJudgement {
  const tallies = new Map<string, Tally>();
  const of = (customerId: string): Tally => {
    const tally = tallies.get(customerId) ?? new Tally();
    tallies.set(customerId, tally);
    return tally;
  };
  if (ruledCustomerId !== null && index.customers.has(ruledCustomerId)) of(ruledCustomerId).traits += WEIGHT.rule;
  addAliases(index, transaction, of);
  addNames(index, transaction, advice, of);
  addWritten(index, hits, of);
  for (const { key } of traitsOf(transaction)) {
    for (const [customerId, tally] of tallies) {
      if (!index.refusedPayers.has(`${key}|${customerId}`)) continue;
      tally.traits += WEIGHT.refused;
      tally.signals.push(signal('refusedPayer', -1, 'somebody said that this payer is another customer'));
    }
  }
  return shares(tallies.size === 0 ? byAmount(index, transaction) : tallies);
}

function addAliases(index: MatchingIndex, transaction: MatchTransaction, of: (customerId: string) => Tally): void {
  const best = new Map<string, { weight: number; alias: LearnedPayer; value: string }>();
  for (const { trait, value, key } of traitsOf(transaction)) {
    for (const alias of index.aliases.get(key) ?? []) {
      const weight = aliasWeight(trait, alias);
      if (weight > (best.get(alias.customerId)?.weight ?? 0)) best.set(alias.customerId, { weight, alias, value });
    }
  }
  const names = { account: 'payerAccount', id: 'payerId', name: 'payerAlias' } as const;
  const words = { account: 'the payer\'s account', id: 'the payer\'s bank identifier', name: 'the payer\'s name' } as const;
  for (const [customerId, { weight, alias, value }] of best) {
    if (!index.customers.has(customerId)) continue;
    of(customerId).traits += weight;
    const times = alias.confirmed === 1 ? 'once' : `${alias.confirmed} times`;
    of(customerId).signals.push(signal(names[alias.trait], strengthOf(weight), `${words[alias.trait]} was confirmed ${times} for this customer`, value));
  }
}

function aliasWeight(trait: PayerTrait, alias: LearnedPayer): number {
  const base = trait === 'name' ? WEIGHT.aliasName : WEIGHT[trait];
  const confirmed = Math.min(alias.confirmed, WEIGHT.confirmationsMax) * WEIGHT.perConfirmation;
  return alias.confirmed <= 0 ? 0 : base + confirmed + Math.log((alias.confirmed + 1) / (alias.confirmed + 1 + WEIGHT.contradictionFactor * alias.contradicted)) * 2;
}

function addNames(index: MatchingIndex, transaction: MatchTransaction, advice: RemittanceAdvice | null, of: (customerId: string) => Tally): void {
  let found = false;
  for (const name of new Set([transaction.payer.name, advice?.payerName ?? null])) {
    if (name === null || name.trim() === '') continue;
    for (const match of index.names.find(name, NAMES_MAX)) {
      const weight = nameWeight(match);
      if (weight <= 0) continue;
      found = true;
      if (of(match.customerId).traits < weight) of(match.customerId).traits += weight;
      const how = match.similarity === 1 ? 'the payer\'s name is the customer\'s' : `the payer's name is ${Math.round(match.similarity * 100)} % like the customer's`;
      of(match.customerId).signals.push(signal('payerName', strengthOf(weight), how, name));
    }
  }
  if (found) return;
  for (const match of index.names.findInText(transaction.memo, NAMES_MAX)) {
    of(match.customerId).traits += WEIGHT.nameInMemo * match.similarity;
    of(match.customerId).signals.push(signal('nameInMemo', 0.5, 'the words of the customer\'s name stand in the memo'));
  }
}

function nameWeight(match: NameMatch): number {
  const legal = match.otherLegalForm ? WEIGHT.otherLegalForm : 0;
  return (match.similarity === 1 ? WEIGHT.exactName : (match.similarity - WEIGHT.nameFloor) * WEIGHT.nameSlope) + legal;
}

/** Numbers speak for their owner, whoever the bank says has paid. */
function addWritten(index: MatchingIndex, hits: readonly ReferenceHit<ReferenceTarget>[], of: (customerId: string) => Tally): void {
  const documents = new Map<string, number>();
  const add = (customerId: string, weight: number): void => {
    const before = documents.get(customerId);
    documents.set(customerId, before === undefined ? weight : Math.min(before + Math.min(weight, WEIGHT.furtherDocument), WEIGHT.documentsMax));
  };
  for (const hit of hits) {
    const owners = new Map<string, ReferenceTarget['kind']>();
    for (const target of hit.targets) owners.set('document' in target ? target.document.customerId : target.customerId, target.kind);
    for (const [customerId, kind] of owners) {
      if (!index.customers.has(customerId)) continue;
      if (kind === 'customer') of(customerId).signals.push(signal('customerNumber', strengthOf(WEIGHT.customerNumber), 'the payer writes the customer number', hit.quote));
      add(customerId, hit.weak ? WEIGHT.weakDocument : owners.size > 1 ? WEIGHT.sharedDocument : writtenWeight(kind));
    }
  }
  for (const [customerId, weight] of documents) of(customerId).written += weight;
}

function writtenWeight(kind: ReferenceTarget['kind']): number {
  return { document: WEIGHT.document, purchaseOrder: WEIGHT.purchaseOrder, customer: WEIGHT.customerNumber, closed: WEIGHT.closedDocument }[kind];
}

/** Nothing is known of the payer: whoever has an invoice of this amount, each as likely as any customer. */
function byAmount(index: MatchingIndex, transaction: MatchTransaction): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const invoice of index.invoicesByAmount.get(amountKey(transaction.amount.minor, transaction.amount.currency)) ?? []) {
    if (tallies.size >= BY_AMOUNT_MAX) break;
    const tally = new Tally();
    tally.traits = -Math.log(Math.max(index.customers.size, 2));
    tallies.set(invoice.customerId, tally);
  }
  return tallies;
}

function shares(tallies: ReadonlyMap<string, Tally>): PayerJudgement {
  const weights = [...tallies].map(([customerId, tally]) => ({ customerId, tally, odds: Math.exp(tally.traits + tally.written) }));
  const total = weights.reduce((sum, one) => sum + one.odds, 1);
  const candidates = weights.map(({ customerId, tally, odds }) => ({
    customerId, probability: odds / total, traitWeight: tally.traits, writtenWeight: tally.written, signals: tally.signals,
  })).sort((a, b) => b.probability - a.probability || (a.customerId < b.customerId ? -1 : 1));
  const kept = candidates.slice(0, Math.max(CANDIDATES_MAX, tallies.size <= BY_AMOUNT_MAX ? tallies.size : 0));
  return { candidates: kept, unknown: 1 - kept.reduce((sum, one) => sum + one.probability, 0) };
}

/** A weight in nats as a strength between 0 and 1. */
function strengthOf(weight: number): number {
  return Math.round(100 / (1 + Math.exp(-weight))) / 100;
}
