import { createHash } from 'node:crypto';
import { formatMoney, parseLocalDate, type LocalDate, type Money } from '#canonical';
import type { NewProposal, ProposalLineRow, ProposalRow, ProposalStatus, UndecidedRow } from '#storage';
import type { Family, MatchProposal, ProposedAllocation } from '../rules/types.js';
import { documentOfKey, type DocumentKind } from './document-ids.js';

/** A proposal as kept, with what a person decided about it. */
export interface StoredProposal {
  readonly id: string;
  readonly connectionId: string;
  readonly bankTransactionId: string;
  readonly bankTransactionStatus: string;
  readonly bookedOn: LocalDate;
  readonly amount: Money;
  readonly status: ProposalStatus;
  readonly isPayment: number;
  readonly paymentVerdict: 'yes' | 'no' | 'unsure';
  readonly customerId: string | null;
  readonly customerName: string | null;
  readonly payerCustomerId: string | null;
  readonly customerProbability: number;
  readonly probability: number;
  readonly family: Family;
  readonly unique: boolean;
  readonly exact: boolean;
  readonly alternatives: MatchProposal['alternatives'];
  readonly onAccount: Money;
  readonly shortBy: Money;
  readonly remittanceId: string | null;
  readonly signals: ProposalRow['signals'];
  readonly autoApply: ProposalRow['autoApply'];
  readonly rationale: string;
  /** Null until a person decided. */
  readonly decision: { readonly by: string; readonly at: Date; readonly reason: string | null } | null;
  readonly createdAt: Date;
}

export interface StoredProposalLine {
  readonly document: DocumentKind;
  readonly documentId: string;
  readonly externalId: string;
  readonly customerId: string;
  readonly number: string;
  /** Positive on an invoice, negative when a credit is used up. */
  readonly amount: Money;
  readonly openBefore: Money;
  readonly discount: Money | null;
  readonly writeOff: Money | null;
}

/** What the bank line shows (capability 39); see README, "What a bank line shows". */
export function bankStatusOf(proposal: MatchProposal, saidToBePayment = false): { status: NewProposal['bankStatus']; because: string | null } {
  const needs = (because: string): { status: 'needsAllocation'; because: string } => ({ status: 'needsAllocation', because });
  if (proposal.paymentVerdict === 'no' && saidToBePayment) return needs('a person took it for a payment, and no customer is found');
  if (proposal.paymentVerdict === 'no') return { status: 'notPayment', because: proposal.signals[0]?.sentence ?? 'it is no customer payment' };
  if (proposal.allocations.length > 0) {
    return proposal.onAccount.minor === 0n ? { status: 'potentialPayment', because: null } : needs(`${formatMoney(proposal.onAccount)} ${proposal.onAccount.currency} is left over`);
  }
  if (proposal.paymentVerdict === 'unsure') return needs('it is not sure that this is a customer payment');
  return needs(proposal.customerId === null ? 'the customer is not known' : 'the customer is known, the documents are not');
}

/** For saving. `allocationKey` says what is answered, `contentHash` what is answered and why. */
export function toNewProposal(proposal: MatchProposal, row: Pick<UndecidedRow, 'id' | 'version' | 'decidedBy'>): NewProposal {
  const { status, because } = bankStatusOf(proposal, row.decidedBy !== null);
  const content = contentOf(proposal);
  return {
    ...content, transactionId: row.id, transactionVersion: row.version, bankStatus: status, bankStatusBecause: because,
    // The fields stand in one order for all, so that plain JSON is canonical enough and much faster than sorting keys.
    contentHash: createHash('sha256').update(JSON.stringify(content)).digest('hex'), allocationKey: allocationKey(proposal),
  };
}

function contentOf(proposal: MatchProposal): Omit<NewProposal, 'transactionId' | 'transactionVersion' | 'bankStatus' | 'bankStatusBecause' | 'contentHash' | 'allocationKey'> {
  return {
    isPayment: proposal.isPayment, paymentVerdict: proposal.paymentVerdict, customerId: proposal.customerId,
    payerCustomerId: proposal.payerCustomerId, customerProbability: proposal.customerProbability, probability: proposal.probability, family: proposal.family,
    unique: proposal.unique, exact: proposal.exact, alternatives: proposal.alternatives.count, alternativesCounted: proposal.alternatives.counted,
    distinguishingFact: proposal.alternatives.distinguishingFact, onAccountMinor: proposal.onAccount.minor.toString(), shortByMinor: proposal.shortBy.minor.toString(),
    currency: proposal.onAccount.currency, remittanceId: proposal.remittanceId, signals: proposal.signals, autoApply: proposal.autoApply, rationale: proposal.rationale,
    lines: proposal.allocations.map(toLine),
  };
}

function toLine(allocation: ProposedAllocation): NewProposal['lines'][number] {
  return {
    ...documentOfKey(allocation.id), customerId: allocation.customerId, number: allocation.number, amountMinor: allocation.amount.minor.toString(),
    openBeforeMinor: allocation.openBefore.minor.toString(), discountMinor: allocation.discount?.minor.toString() ?? null, writeOffMinor: allocation.writeOff?.minor.toString() ?? null,
  };
}

function allocationKey(proposal: MatchProposal): string {
  const lines = proposal.allocations.map(({ id, amount, discount, writeOff }) => `${id}=${amount.minor}/${discount?.minor ?? 0n}/${writeOff?.minor ?? 0n}`).sort();
  const key = [proposal.paymentVerdict === 'no' ? 'no' : proposal.customerId ?? '', proposal.onAccount.minor.toString(), ...lines].join('|');
  return createHash('sha256').update(key).digest('hex');
}

export function fromProposalRow(row: ProposalRow): StoredProposal {
  const money = (minor: string): Money => ({ minor: BigInt(minor), currency: row.currency });
  return {
    id: row.id, connectionId: row.connectionId, bankTransactionId: row.bankTransactionId, bankTransactionStatus: row.bankTransactionStatus, bookedOn: parseLocalDate(row.bookedOn),
    amount: money(row.amountMinor), status: row.status, isPayment: row.isPayment, paymentVerdict: row.paymentVerdict, customerId: row.customerId, customerName: row.customerName,
    payerCustomerId: row.payerCustomerId, customerProbability: row.customerProbability, probability: row.probability, family: row.family as Family, unique: row.unique, exact: row.exact,
    alternatives: { count: row.alternatives, counted: row.alternativesCounted, distinguishingFact: row.distinguishingFact },
    onAccount: money(row.onAccountMinor), shortBy: money(row.shortByMinor), remittanceId: row.remittanceId, signals: row.signals, autoApply: row.autoApply, rationale: row.rationale,
    decision: row.decidedBy === null || row.decidedAt === null ? null : { by: row.decidedBy, at: row.decidedAt, reason: row.decisionReason }, createdAt: row.createdAt,
  };
}

export function fromLineRow(row: ProposalLineRow, currency: string): StoredProposalLine {
  const money = (minor: string): Money => ({ minor: BigInt(minor), currency });
  return {
    document: row.document, documentId: row.documentId, externalId: row.externalId, customerId: row.customerId, number: row.number, amount: money(row.amountMinor),
    openBefore: money(row.openBeforeMinor), discount: row.discountMinor === null ? null : money(row.discountMinor), writeOff: row.writeOffMinor === null ? null : money(row.writeOffMinor),
  };
}
