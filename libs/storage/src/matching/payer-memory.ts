import type { Row, Transaction } from '../database.js';

export type AliasKind = 'account' | 'payerId' | 'name';

export interface AliasRow extends Row {
  readonly kind: AliasKind;
  readonly value: string;
  readonly customerId: string;
  readonly confirmed: number;
  readonly contradicted: number;
  /** Days since it was last confirmed or contradicted, by the database's clock. */
  readonly ageDays: number;
}

export function aliasesForMatching(transaction: Transaction, connectionId: string, limit: number): Promise<AliasRow[]> {
  return transaction.query<AliasRow>(`
    SELECT alias.kind, alias.value, alias.customer_id AS "customerId", alias.confirmed, alias.contradicted, (now()::date - alias.updated_at::date) AS "ageDays"
    FROM payer_alias alias JOIN customer ON customer.id = alias.customer_id
    WHERE customer.connection_id = $1 AND customer.deleted_at IS NULL ORDER BY alias.updated_at DESC, alias.kind, alias.value, alias.customer_id LIMIT $2`, [connectionId, limit]);
}

export interface AliasCount {
  readonly kind: AliasKind;
  readonly value: string;
  readonly customerId: string;
}

/** Adds one to what people said of these payers, all at once; a new pair begins at zero. */
export async function countAliases(transaction: Transaction, pairs: readonly AliasCount[], what: 'confirmed' | 'contradicted'): Promise<void> {
  if (pairs.length === 0) return;
  await transaction.execute(`
    INSERT INTO payer_alias (kind, value, customer_id, ${what}) SELECT DISTINCT kind, value, customer_id, 1 FROM unnest($1::text[], $2::text[], $3::bigint[]) AS pair (kind, value, customer_id)
    ON CONFLICT (tenant_id, kind, value, customer_id) DO UPDATE SET ${what} = payer_alias.${what} + 1, updated_at = now()`,
  [pairs.map(({ kind }) => kind), pairs.map(({ value }) => value), pairs.map(({ customerId }) => customerId)]);
}

export interface NonPaymentMarkRow extends Row {
  readonly payerName: string | null;
  readonly payerAccount: string | null;
  readonly payerId: string | null;
  readonly count: number;
}

/** Payers whose money people marked as no customer payment, most often marked first. */
export function nonPaymentMarks(transaction: Transaction, limit: number): Promise<NonPaymentMarkRow[]> {
  return transaction.query<NonPaymentMarkRow>(`
    SELECT payer_name AS "payerName", payer_account AS "payerAccount", payer_id AS "payerId", count(*)::integer AS count FROM bank_transaction
    WHERE status = 'notPayment' AND decided_by IS NOT NULL AND coalesce(payer_name, payer_account, payer_id) IS NOT NULL
    GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT $1`, [limit]);
}

export interface EarlierPaymentRow extends Row {
  readonly transactionId: string;
  readonly bookedOn: string;
  readonly amountMinor: string;
  readonly currency: string;
  readonly customerId: string;
  readonly documentNumbers: string[];
}

/**
 * What was settled lately: postings of this hub that were read back, and payments the source itself has. A posting that came back with a
 * sync is the same payment, and counts once. Newest first.
 */
export function earlierPayments(transaction: Transaction, connectionId: string, days: number, limit: number): Promise<EarlierPaymentRow[]> {
  return transaction.query<EarlierPaymentRow>(`
    SELECT 'posting:' || posting.id AS "transactionId", bank_transaction.booked_on AS "bookedOn", posting.amount_minor AS "amountMinor", posting.currency, posting.customer_id AS "customerId",
      ARRAY(SELECT DISTINCT invoice.number FROM posting_share share
        JOIN invoice ON invoice.connection_id = share.connection_id AND invoice.external_id = share.external_id
        WHERE share.posting_id = posting.id AND share.document = 'invoice' ORDER BY 1) AS "documentNumbers"
    FROM posting JOIN bank_transaction ON bank_transaction.id = posting.bank_transaction_id
    WHERE posting.connection_id = $1 AND posting.kind = 'payment' AND posting.state IN ('verified', 'differenceAccepted', 'settledByPerson') AND posting.customer_id IS NOT NULL
      AND bank_transaction.booked_on > now()::date - $2::integer
    UNION ALL
    SELECT 'payment:' || payment.id, payment.received_on, payment.total_minor, payment.currency, customer.id,
      ARRAY(SELECT DISTINCT invoice.number FROM allocation
        JOIN invoice ON invoice.connection_id = allocation.connection_id AND invoice.external_id = allocation.invoice_external_id
        WHERE allocation.connection_id = payment.connection_id AND allocation.source_entity = 'payment' AND allocation.source_external_id = payment.external_id AND invoice.open_minor = 0
        ORDER BY 1)
    FROM payment JOIN customer ON customer.connection_id = payment.connection_id AND customer.external_id = payment.customer_external_id
    WHERE payment.connection_id = $1 AND payment.deleted_at IS NULL AND payment.status <> 'void' AND payment.received_on > now()::date - $2::integer
      AND (payment.idempotency_key IS NULL OR NOT EXISTS (
        SELECT FROM posting own WHERE own.idempotency_key = payment.idempotency_key
        UNION ALL SELECT FROM posting_step step WHERE step.step_key = payment.idempotency_key))
    ORDER BY 2 DESC, 1 LIMIT $3`, [connectionId, days, limit]);
}

/** Bank lines and documents that a person said do not belong together: the lines of dismissed proposals. */
export function refusedDocuments(transaction: Transaction, connectionId: string, limit: number): Promise<{ transactionId: string; document: string; documentId: string }[]> {
  return transaction.query(`
    SELECT DISTINCT proposal.bank_transaction_id AS "transactionId", line.document, line.document_id AS "documentId"
    FROM match_proposal proposal JOIN match_proposal_line line ON line.match_proposal_id = proposal.id
    JOIN bank_transaction ON bank_transaction.id = proposal.bank_transaction_id AND bank_transaction.status IN ('potentialPayment', 'needsAllocation', 'notPayment')
    WHERE proposal.connection_id = $1 AND proposal.status = 'dismissed' ORDER BY 1, 2, 3 LIMIT $2`, [connectionId, limit]);
}
