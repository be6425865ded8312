import type { Row, Transaction } from '../database.js';
import type { ListDefinition } from '../lists/list.js';
import { UNDECIDED } from './undecided.js';

export type ProposalStatus = 'current' | 'superseded' | 'confirmed' | 'dismissed';

/** A stored proposal with names a person knows. Amounts are minor units as text. */
export interface ProposalRow extends Row {
  readonly id: string;
  readonly connectionId: string;
  readonly bankTransactionId: string;
  readonly bankTransactionStatus: string;
  readonly bookedOn: string;
  readonly amountMinor: string;
  readonly status: ProposalStatus;
  readonly isPayment: number;
  readonly paymentVerdict: 'yes' | 'no' | 'unsure';
  readonly customerId: string | null;
  readonly customerName: string | null;
  readonly payerCustomerId: string | null;
  readonly customerProbability: number;
  readonly probability: number;
  readonly family: string;
  readonly unique: boolean;
  readonly exact: boolean;
  readonly alternatives: number;
  readonly alternativesCounted: 'exactly' | 'atLeast';
  readonly distinguishingFact: string | null;
  readonly onAccountMinor: string;
  readonly shortByMinor: string;
  readonly currency: string;
  readonly remittanceId: string | null;
  readonly signals: readonly { readonly name: string; readonly strength: number; readonly quote: string | null; readonly sentence: string }[];
  readonly autoApply: { readonly allowed: boolean; readonly because: readonly string[] };
  readonly rationale: string;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly decisionReason: string | null;
  readonly createdAt: Date;
}

export interface ProposalLineRow extends Row {
  readonly proposalId: string;
  readonly document: 'invoice' | 'creditMemo' | 'payment';
  readonly documentId: string;
  readonly externalId: string;
  readonly customerId: string;
  readonly customerExternalId: string;
  readonly companyExternalId: string | null;
  readonly number: string;
  /** Positive on an invoice, negative on a credit. */
  readonly amountMinor: string;
  /** What was free when it was proposed: positive on an invoice, negative on a credit. */
  readonly openBeforeMinor: string;
  readonly discountMinor: string | null;
  readonly writeOffMinor: string | null;
  /** What the source has open today, never negative. */
  readonly openMinor: string;
  readonly deleted: boolean;
}

const SELECT = `match_proposal.id, match_proposal.connection_id AS "connectionId", match_proposal.bank_transaction_id AS "bankTransactionId", bank_transaction.status AS "bankTransactionStatus",
  bank_transaction.booked_on AS "bookedOn", bank_transaction.amount_minor AS "amountMinor", match_proposal.status, match_proposal.is_payment AS "isPayment",
  match_proposal.payment_verdict AS "paymentVerdict", match_proposal.customer_id AS "customerId", customer.name AS "customerName", match_proposal.payer_customer_id AS "payerCustomerId",
  match_proposal.customer_probability AS "customerProbability", match_proposal.probability, match_proposal.family, match_proposal.is_unique AS "unique", match_proposal.is_exact AS exact,
  match_proposal.alternatives, match_proposal.alternatives_counted AS "alternativesCounted", match_proposal.distinguishing_fact AS "distinguishingFact",
  match_proposal.on_account_minor AS "onAccountMinor", match_proposal.short_by_minor AS "shortByMinor", match_proposal.currency, match_proposal.remittance_id AS "remittanceId",
  match_proposal.signals, match_proposal.auto_apply AS "autoApply", match_proposal.rationale, match_proposal.decided_by AS "decidedBy", match_proposal.decided_at AS "decidedAt",
  match_proposal.decision_reason AS "decisionReason", match_proposal.created_at AS "createdAt"`;

/** Without `status` every status is listed, superseded ones too: that is the history of a line. */
export const MATCH_PROPOSALS: ListDefinition = {
  select: SELECT,
  from: 'match_proposal JOIN bank_transaction ON bank_transaction.id = match_proposal.bank_transaction_id LEFT JOIN customer ON customer.id = match_proposal.customer_id',
  id: 'match_proposal.id',
  sorts: {
    id: { sql: 'match_proposal.id', type: 'bigint' },
    probability: { sql: 'match_proposal.probability::numeric', type: 'numeric' },
    bookedOn: { sql: 'bank_transaction.booked_on', type: 'date' },
    amount: { sql: 'bank_transaction.amount_minor', type: 'bigint' },
  },
  defaultSort: 'id',
  filters: {
    status: { sql: 'match_proposal.status = $', kind: 'text', says: 'current, superseded, confirmed or dismissed' },
    bankTransactionId: { sql: 'match_proposal.bank_transaction_id = $::bigint', kind: 'id', says: 'Of this bank transaction' },
    connectionId: { sql: 'match_proposal.connection_id = $::bigint', kind: 'id', says: 'Into this connection' },
    customerId: { sql: 'match_proposal.customer_id = $::bigint', kind: 'id', says: 'For this customer' },
    family: { sql: 'match_proposal.family = $', kind: 'text', says: 'Kind of set it settles: single, referenceList, remittance, oldestPrefix, contiguousBlock, totalBalance, arbitrarySum, onAccount or none' },
    probabilityMin: { sql: 'match_proposal.probability >= $::double precision', kind: 'text', says: 'Probability at least, from 0 to 1' },
    autoApply: { sql: `(match_proposal.auto_apply->>'allowed')::boolean = $`, kind: 'boolean', says: 'Whether it may be applied without a look' },
    currency: { sql: 'match_proposal.currency = $', kind: 'text', says: 'ISO 4217 code' },
  },
};

export function readProposal(transaction: Transaction, id: string): Promise<ProposalRow | null> {
  return transaction.one<ProposalRow>(`SELECT ${MATCH_PROPOSALS.select} FROM ${MATCH_PROPOSALS.from} WHERE match_proposal.id = $1`, [id]);
}

/** The one that stands for a line: its current proposal, else the confirmed one. */
export function readCurrentProposal(transaction: Transaction, bankTransactionId: string): Promise<ProposalRow | null> {
  return transaction.one<ProposalRow>(`SELECT ${MATCH_PROPOSALS.select} FROM ${MATCH_PROPOSALS.from}
    WHERE match_proposal.bank_transaction_id = $1 AND match_proposal.status IN ('current', 'confirmed') ORDER BY match_proposal.status = 'current' DESC, match_proposal.id DESC LIMIT 1`, [bankTransactionId]);
}

/** Lines with what the source has open today, in the order of the proposal. */
export function readProposalLines(transaction: Transaction, proposalIds: readonly string[]): Promise<ProposalLineRow[]> {
  const documents = `
    SELECT 'invoice' AS document, id, external_id, customer_external_id, company_external_id, open_minor, deleted_at FROM invoice
    UNION ALL SELECT 'creditMemo', id, external_id, customer_external_id, company_external_id, open_minor, deleted_at FROM credit_memo
    UNION ALL SELECT 'payment', id, external_id, customer_external_id, company_external_id, unapplied_minor, deleted_at FROM payment`;
  return transaction.query<ProposalLineRow>(`
    SELECT line.match_proposal_id AS "proposalId", line.document, line.document_id AS "documentId", known.external_id AS "externalId", line.customer_id AS "customerId",
      known.customer_external_id AS "customerExternalId", known.company_external_id AS "companyExternalId", line.number, line.amount_minor AS "amountMinor",
      line.open_before_minor AS "openBeforeMinor", line.discount_minor AS "discountMinor", line.write_off_minor AS "writeOffMinor", known.open_minor AS "openMinor",
      known.deleted_at IS NOT NULL AS deleted
    FROM match_proposal_line line JOIN (${documents}) known ON known.document = line.document AND known.id = line.document_id
    WHERE line.match_proposal_id = ANY ($1) ORDER BY line.match_proposal_id, line.position`, [[...proposalIds]]);
}

export interface PromisedRow extends Row {
  readonly document: 'invoice' | 'creditMemo' | 'payment';
  readonly documentId: string;
  readonly minor: string;
}

/** What current proposals of other undecided lines take of documents, discounts and write-offs included. */
export function promisedByOthers(transaction: Transaction, connectionId: string, exceptTransactionIds: readonly string[]): Promise<PromisedRow[]> {
  return transaction.query<PromisedRow>(`
    SELECT line.document, line.document_id AS "documentId", sum(abs(line.amount_minor) + coalesce(line.discount_minor, 0) + coalesce(line.write_off_minor, 0)) AS minor
    FROM match_proposal JOIN match_proposal_line line ON line.match_proposal_id = match_proposal.id
    JOIN bank_transaction ON bank_transaction.id = match_proposal.bank_transaction_id
    WHERE match_proposal.connection_id = $1 AND match_proposal.status = 'current' AND NOT (match_proposal.bank_transaction_id = ANY ($2)) AND ${UNDECIDED}
    GROUP BY 1, 2`, [connectionId, [...exceptTransactionIds]]);
}

/** Closes a proposal with a person's word. False when it is not current any more. */
export async function closeProposal(transaction: Transaction, id: string, status: 'confirmed' | 'dismissed' | 'superseded', by: string, reason: string | null): Promise<boolean> {
  const closed = await transaction.execute(`
    WITH closed AS (
      UPDATE match_proposal SET status = $2, decided_by = $3, decided_at = now(), decision_reason = $4 WHERE id = $1 AND status = 'current' RETURNING id)
    INSERT INTO event (type, subject, subject_id) SELECT 'matchProposal.' || $2, 'matchProposal', id FROM closed`, [id, status, by, reason]);
  return closed === 1;
}

/** A line whose proposal was dismissed waits for a person or a better proposal. */
export async function awaitAllocation(transaction: Transaction, bankTransactionId: string, because: string): Promise<void> {
  await transaction.execute(`
    UPDATE bank_transaction SET status = 'needsAllocation', status_because = $2, version = version + 1, updated_at = now()
    WHERE id = $1 AND status IN ('potentialPayment', 'needsAllocation')`, [bankTransactionId, because]);
}

export interface CustomerRelation extends Row {
  readonly id: string;
  readonly externalId: string;
  readonly parentId: string | null;
}

export function customerRelations(transaction: Transaction, ids: readonly string[]): Promise<CustomerRelation[]> {
  return transaction.query<CustomerRelation>(`
    SELECT customer.id, customer.external_id AS "externalId", parent.id AS "parentId" FROM customer
    LEFT JOIN customer parent ON parent.connection_id = customer.connection_id AND parent.external_id = customer.parent_external_id
    WHERE customer.id = ANY ($1) ORDER BY customer.id`, [[...ids]]);
}
