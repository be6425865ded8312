import type { Money } from '#canonical';
import type { ProposalLineRow, ProposalRow } from '#storage';
import { MatchingError } from './matching-error.js';
import type { DifferenceAccount, TenantMatchingSettings } from './matching-settings.js';

/**
 * A proposal in the words the posting room decides in: ids and amounts only. How it is split into payments, and what is still open, is
 * that room's business alone.
 */
export interface ProposedDecision {
  readonly bankTransactionId: string;
  readonly decision: {
    /** Whose money it is; keeps what is on account. */
    readonly customerId: string;
    readonly invoices: readonly { readonly invoiceId: string; readonly amount: Money }[];
    readonly credits: readonly { readonly creditId: string; readonly kind: 'creditMemo' | 'payment'; readonly amount: Money }[];
    readonly writeOffs: readonly { readonly invoiceId: string; readonly amount: Money; readonly accountExternalId: string; readonly reasonCode: string }[];
    readonly onAccount: Money;
  };
}

export interface DecisionFacts {
  readonly proposal: ProposalRow;
  readonly lines: readonly ProposalLineRow[];
  readonly settings: TenantMatchingSettings;
}

/**
 * A proposal as a decision: its allocations, what is left on account of the payer, differences as write-offs on the accounts of the settings.
 * @throws MatchingError `invalid` when a person has to decide first: no customer, a document gone, or a difference without an account.
 */
export function decisionFrom(facts: DecisionFacts): ProposedDecision {
  const { proposal, lines } = facts;
  const { currency } = proposal;
  const payer = proposal.payerCustomerId ?? proposal.customerId;
  if (payer === null) throw invalid(facts, 'names no customer: allocate it by hand');
  const gone = lines.find((line) => line.deleted);
  if (gone !== undefined) throw invalid(facts, `settles ${gone.number}, which the source has deleted: match again`);
  const amountOf = (minor: string): Money => ({ minor: BigInt(minor.replace('-', '')), currency });
  return {
    bankTransactionId: proposal.bankTransactionId,
    decision: {
      customerId: keeperOf(proposal, lines, payer),
      invoices: lines.filter((line) => line.document === 'invoice').map((line) => ({ invoiceId: line.documentId, amount: amountOf(line.amountMinor) })),
      credits: lines.flatMap(({ document, documentId, amountMinor }) => (document === 'invoice' ? [] : [{ creditId: documentId, kind: document, amount: amountOf(amountMinor) }])),
      writeOffs: lines.flatMap((line) => writeOffsOf(facts, line)),
      onAccount: { minor: BigInt(proposal.onAccountMinor), currency },
    },
  };
}

/** The customer whose documents alone are settled keeps the rest; where several are, or another's, it is the payer's. */
function keeperOf(proposal: ProposalRow, lines: readonly ProposalLineRow[], payer: string): string {
  const { customerId } = proposal;
  return customerId !== null && lines.length > 0 && lines.every((line) => line.customerId === customerId) ? customerId : payer;
}

function writeOffsOf(facts: DecisionFacts, line: ProposalLineRow): ProposedDecision['decision']['writeOffs'] {
  const { settings } = facts;
  return [
    ...differenceOf(facts, line, line.discountMinor, settings.discountAccount, 'discount'),
    ...differenceOf(facts, line, line.writeOffMinor, settings.writeOffAccount, 'write-off'),
  ];
}

function differenceOf(facts: DecisionFacts, line: ProposalLineRow, minor: string | null, account: DifferenceAccount | null, what: 'discount' | 'write-off'): ProposedDecision['decision']['writeOffs'] {
  if (minor === null || BigInt(minor) === 0n) return [];
  if (account === null) {
    throw invalid(facts, `has a ${what} on ${line.number}, and no account takes it: set matching.${what === 'discount' ? 'discountAccount' : 'writeOffAccount'} {accountExternalId, reasonCode}`);
  }
  return [{ invoiceId: line.documentId, amount: { minor: BigInt(minor), currency: facts.proposal.currency }, accountExternalId: account.accountExternalId, reasonCode: account.reasonCode }];
}

function invalid(facts: DecisionFacts, problem: string): MatchingError {
  return new MatchingError('invalid', `proposal ${facts.proposal.id} ${problem}`);
}
