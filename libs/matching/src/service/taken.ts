import { consumed } from '../rules/batch.js';
import type { MatchingFacts, MatchProposal, OpenItems } from '../rules/types.js';

/** What payments outside a batch take: minor units by document key, and the advices they follow. */
export interface Taken {
  readonly documents: Map<string, bigint>;
  readonly advices: Set<string>;
}

export function nothingTaken(): Taken {
  return { documents: new Map(), advices: new Set() };
}

export function take(taken: Taken, proposals: readonly MatchProposal[]): void {
  for (const proposal of proposals) {
    for (const allocation of proposal.allocations) taken.documents.set(allocation.id, (taken.documents.get(allocation.id) ?? 0n) + consumed(allocation));
    if (proposal.family === 'remittance' && proposal.remittanceId !== null) taken.advices.add(proposal.remittanceId);
  }
}

/** The facts without what is taken; the same object when nothing is. An advice handed in for one line stays that line's. */
export function factsWithout(facts: MatchingFacts, taken: Taken): MatchingFacts {
  if (taken.documents.size === 0 && taken.advices.size === 0) return facts;
  const less = <D extends { readonly id: string; readonly open: { readonly minor: bigint; readonly currency: string } }>(document: D): D => {
    const minor = taken.documents.get(document.id);
    return minor === undefined ? document : { ...document, open: { minor: document.open.minor - minor, currency: document.open.currency } };
  };
  const openItems = new Map<string, OpenItems>();
  for (const [customerId, items] of facts.openItems) openItems.set(customerId, { invoices: items.invoices.map(less), credits: items.credits.map(less) });
  return { ...facts, openItems, remittances: facts.remittances.filter((advice) => advice.transactionId !== null || !taken.advices.has(advice.id)) };
}

/** Whether proposals take more of a document than `taken` leaves of what is open. */
export function overlaps(facts: MatchingFacts, taken: Taken, proposals: readonly MatchProposal[]): boolean {
  const touched = proposals.some((proposal) => proposal.allocations.some(({ id }) => taken.documents.has(id)));
  if (!touched) return false;
  const open = new Map([...facts.openItems.values()].flatMap(({ invoices, credits }) => [...invoices, ...credits].map((document) => [document.id, document.open.minor] as const)));
  const sum: Taken = { documents: new Map(taken.documents), advices: new Set() };
  take(sum, proposals);
  return [...sum.documents].some(([id, minor]) => minor > (open.get(id) ?? 0n));
}
