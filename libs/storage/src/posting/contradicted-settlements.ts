import type { Row, Transaction } from '../database.js';

/** A payment the ERP shows under the key of a step that a person settled by hand as something else. */
export interface ContradictedSettlement {
  readonly postingId: string;
  readonly stepKey: string;
  /** What the person said it became. */
  readonly settledAs: string;
  /** What bears the key. */
  readonly externalId: string;
  readonly number: string;
}

/** More of them at once is no lost answer but an interface run by hand; the next look finds the rest. */
export const CONTRADICTIONS_AT_ONCE_MAX = 500;

/**
 * Locks nothing. A person may have named the very payment by its number; other steps of the posting bear its key rightly; and what a person
 * was told of before, and settled all the same, is not told again.
 */
export async function findContradictedSettlements(transaction: Transaction, connectionId: string): Promise<ContradictedSettlement[]> {
  return transaction.query<ContradictedSettlement & Row>(`
    WITH settled AS MATERIALIZED (
      SELECT posting.id, posting.idempotency_key, step.step_key, step.external_id
      FROM posting JOIN posting_step step ON step.posting_id = posting.id AND step.state = 'settled'
      WHERE posting.state = 'settledByPerson' AND posting.connection_id = $1 AND posting.kind = 'payment' AND NOT posting.by_file),
    seen AS (
      SELECT settled.*, payment.external_id AS seen_id, payment.number FROM settled JOIN payment
        ON payment.connection_id = $1 AND payment.deleted_at IS NULL AND payment.idempotency_key IN (settled.step_key, settled.idempotency_key)
      UNION
      SELECT settled.*, payment.external_id, payment.number FROM settled JOIN payment
        ON payment.connection_id = $1 AND payment.deleted_at IS NULL AND payment.reference IN (settled.step_key, settled.idempotency_key))
    SELECT DISTINCT ON (id, seen_id) id AS "postingId", step_key AS "stepKey", external_id AS "settledAs", seen_id AS "externalId", number FROM seen
    WHERE lower(trim(external_id)) NOT IN (lower(seen_id), lower(number))
      AND NOT EXISTS (SELECT 1 FROM posting_step sibling WHERE sibling.posting_id = seen.id AND sibling.external_id = seen.seen_id)
      AND NOT EXISTS (SELECT 1 FROM posting_move told WHERE told.posting_id = seen.id AND told.evidence -> 'contradictedBy' ->> 'externalId' = seen.seen_id)
    ORDER BY id, seen_id LIMIT ${CONTRADICTIONS_AT_ONCE_MAX}`, [connectionId]);
}
