import type { PostingIntent } from '#canonical';
import {
  bankLineForMatching, closeProposal, countAliases, customerRelations, readCurrentProposal, readProposalLines, type AliasCount, type AliasKind, type CustomerRelation, type ProposalLineRow,
  type ProposalRow, type Transaction,
} from '#storage';
import { traitKey, traitsOf } from '../rules/facts-index.js';
import type { PayerTrait } from '../rules/types.js';
import { toMatchTransaction } from './load-facts.js';
import { MatchingError } from './matching-error.js';
import { TRAIT_LENGTH_MAX } from './matching-limits.js';

/** What was decided about a bank line, as it is posted: the payments it was split into. */
export interface DecidedCash {
  readonly bankTransactionId: string;
  readonly parts: readonly { readonly customerId: string; readonly intent: Pick<PostingIntent, 'invoices' | 'credits' | 'onAccount'> }[];
}

const ALIAS_OF_TRAIT = { account: 'account', id: 'payerId', name: 'name' } as const satisfies Record<PayerTrait, AliasKind>;

/**
 * What a person's decision teaches, in the caller's transaction: this payer is that customer, and is not the one the proposal named
 * instead. The line's current proposal becomes `confirmed` when the decision is what it said, else `superseded`.
 * @throws MatchingError `notFound`
 */
export async function learnFrom(transaction: Transaction, decision: DecidedCash, by: string): Promise<void> {
  const row = await bankLineForMatching(transaction, decision.bankTransactionId);
  if (row === null) throw new MatchingError('notFound', `there is no bank transaction ${decision.bankTransactionId}`);
  const stored = await readCurrentProposal(transaction, decision.bankTransactionId);
  const current = stored?.status === 'current' ? stored : null;
  const proposed = current?.payerCustomerId ?? current?.customerId ?? null;
  const decided = [...new Set(decision.parts.map(({ customerId }) => customerId))];
  const relations = await customerRelations(transaction, [...decided, ...(proposed === null ? [] : [proposed])]);
  const payer = payerOf(decided, proposed, relations);
  const traits = traitsOf(toMatchTransaction(row));
  if (payer !== null) await countAliases(transaction, pairs(traits, payer), 'confirmed');
  if (proposed !== null && payer !== null && proposed !== payer && !decided.includes(proposed)) await countAliases(transaction, pairs(traits, proposed), 'contradicted');
  if (current === null) return;
  const same = saysTheSame(current, await readProposalLines(transaction, [current.id]), decision);
  await closeProposal(transaction, current.id, same ? 'confirmed' : 'superseded', by, same ? null : 'decided otherwise');
}

/** Who paid: the proposed payer when it owns or parents what was decided, the only customer decided, or the parent all of them have. */
function payerOf(decided: readonly string[], proposed: string | null, relations: readonly CustomerRelation[]): string | null {
  const parentOf = (id: string): string | null => relations.find((relation) => relation.id === id)?.parentId ?? null;
  if (proposed !== null && decided.every((id) => id === proposed || parentOf(id) === proposed)) return proposed;
  const [first] = decided;
  if (first === undefined) return null;
  if (decided.length === 1) return first;
  const parent = parentOf(first) ?? first;
  return decided.every((id) => id === parent || parentOf(id) === parent) ? parent : null;
}

function pairs(traits: ReturnType<typeof traitsOf>, customerId: string): AliasCount[] {
  return traits.flatMap(({ trait, value }) => {
    const learned = traitKey(trait, value).slice(trait.length + 1);
    return learned === '' || learned.length > TRAIT_LENGTH_MAX ? [] : [{ kind: ALIAS_OF_TRAIT[trait], value: learned, customerId }];
  });
}

function saysTheSame(proposal: ProposalRow, lines: readonly ProposalLineRow[], decision: DecidedCash): boolean {
  const proposed = lines.map((line) => `${line.document === 'invoice' ? 'invoice' : 'credit'} ${line.externalId} ${line.amountMinor.replace('-', '')}`);
  const decided = decision.parts.flatMap(({ intent }) => [
    ...intent.invoices.map((share) => `invoice ${share.externalId} ${share.amount.minor}`), ...intent.credits.map((share) => `credit ${share.externalId} ${share.amount.minor}`),
  ]);
  const onAccount = decision.parts.reduce((sum, { intent }) => sum + intent.onAccount.minor, 0n);
  const customers = new Set(decision.parts.map(({ customerId }) => customerId));
  const samePayer = proposed.length > 0 || (proposal.customerId !== null && customers.has(proposal.customerId));
  return samePayer && onAccount === BigInt(proposal.onAccountMinor) && proposed.sort().join('\n') === decided.sort().join('\n');
}
