import { formatMoney, parseLocalDate, type DocumentShare, type Money, type PostingIntent, type WriteOffShare } from '#canonical';
import type { BankLineForPosting, CustomerRelation, ProposalLineRow, ProposalRow } from '#storage';
import { MatchingError } from './matching-error.js';
import type { DifferenceAccount, TenantMatchingSettings } from './matching-settings.js';

/** One customer's part of a bank line: an ERP takes a payment of one customer only. */
export interface PostingDecisionPart {
  readonly customerId: string;
  readonly intent: Omit<PostingIntent, 'idempotencyKey'>;
}

/** What is to be booked for a bank line, as the posting room finalizes it; who decided is the caller's to add. */
export interface PostingDecision {
  readonly connectionId: string;
  readonly bankTransactionId: string;
  /** Together they use up the bank line. */
  readonly parts: readonly PostingDecisionPart[];
}

export interface DecisionFacts {
  readonly proposal: ProposalRow;
  readonly lines: readonly ProposalLineRow[];
  readonly bankLine: BankLineForPosting;
  readonly customers: readonly CustomerRelation[];
  readonly settings: TenantMatchingSettings;
}

/**
 * A proposal as a decision: its allocations by customer, what is left on account of the payer, differences as write-offs on the accounts of
 * the settings. `openBefore` is what the source has open now.
 * @throws MatchingError `invalid` when a person has to decide first: no customer, a document gone, a difference without an account, or a
 * customer whose credits exceed its invoices.
 */
export function decisionFrom(facts: DecisionFacts): PostingDecision {
  const { proposal, lines } = facts;
  const payer = proposal.payerCustomerId ?? proposal.customerId;
  if (payer === null) throw invalid(facts, 'names no customer: allocate it by hand');
  const onAccount = BigInt(proposal.onAccountMinor);
  const owners = new Set(lines.map((line) => line.customerId));
  if (onAccount > 0n) owners.add(owners.size === 1 && proposal.customerId !== null && owners.has(proposal.customerId) ? proposal.customerId : payer);
  const [only] = owners;
  const keeper = owners.size === 1 ? only : payer;
  const parts = [...owners].map((customerId) => partOf(facts, customerId, customerId === keeper ? onAccount : 0n));
  return { connectionId: proposal.connectionId, bankTransactionId: proposal.bankTransactionId, parts };
}

function partOf(facts: DecisionFacts, customerId: string, onAccountMinor: bigint): PostingDecisionPart {
  const { proposal, bankLine } = facts;
  const { currency } = proposal;
  const customer = facts.customers.find(({ id }) => id === customerId);
  if (customer === undefined) throw invalid(facts, `names customer ${customerId}, who is not among the customers last read: sync, then match again`);
  const lines = facts.lines.filter((line) => line.customerId === customerId);
  const invoices = lines.filter((line) => line.document === 'invoice').map((line) => shareOf(facts, line));
  const credits = lines.filter((line) => line.document !== 'invoice').map((line) => shareOf(facts, line));
  const sum = (shares: readonly DocumentShare[]): bigint => shares.reduce((total, share) => total + share.amount.minor, 0n);
  const amount: Money = { minor: sum(invoices) + onAccountMinor - sum(credits), currency };
  if (amount.minor < 0n) throw invalid(facts, `uses more credits of customer ${customerId} than it pays invoices (${formatMoney(amount)} ${currency}): allocate it by hand`);
  const companies = new Set(lines.map((line) => line.companyExternalId));
  const [company] = companies;
  return {
    customerId,
    intent: {
      customerExternalId: customer.externalId, companyExternalId: (companies.size === 1 ? company : null) ?? bankLine.companyExternalId, postedOn: parseLocalDate(bankLine.bookedOn), amount,
      bankAccountExternalId: bankLine.bankAccountExternalId, receivablesAccountExternalId: bankLine.receivablesAccountExternalId, reference: bankLine.reference,
      memo: bankLine.memo === '' ? null : bankLine.memo, invoices, credits, writeOffs: lines.flatMap((line) => writeOffsOf(facts, line)), onAccount: { minor: onAccountMinor, currency },
    },
  };
}

function shareOf(facts: DecisionFacts, line: ProposalLineRow): DocumentShare {
  const { currency } = facts.proposal;
  const minor = BigInt(line.amountMinor);
  if (line.deleted) throw invalid(facts, `settles ${line.number}, which the source has deleted: match again`);
  const amount: Money = { minor: minor < 0n ? -minor : minor, currency };
  return { externalId: line.externalId, number: line.number, lineExternalId: null, amount, openBefore: { minor: BigInt(line.openMinor), currency } };
}

function writeOffsOf(facts: DecisionFacts, line: ProposalLineRow): WriteOffShare[] {
  const { settings } = facts;
  return [
    ...differenceOf(facts, line, line.discountMinor, settings.discountAccount, 'discount'),
    ...differenceOf(facts, line, line.writeOffMinor, settings.writeOffAccount, 'write-off'),
  ];
}

function differenceOf(facts: DecisionFacts, line: ProposalLineRow, minor: string | null, account: DifferenceAccount | null, what: 'discount' | 'write-off'): WriteOffShare[] {
  if (minor === null || BigInt(minor) === 0n) return [];
  if (account === null) {
    throw invalid(facts, `has a ${what} on ${line.number}, and no account takes it: set matching.${what === 'discount' ? 'discountAccount' : 'writeOffAccount'} {accountExternalId, reasonCode}`);
  }
  return [{ ...shareOf(facts, line), amount: { minor: BigInt(minor), currency: facts.proposal.currency }, ...account }];
}

function invalid(facts: DecisionFacts, problem: string): MatchingError {
  return new MatchingError('invalid', `proposal ${facts.proposal.id} ${problem}`);
}
