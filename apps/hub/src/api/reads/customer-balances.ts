import type { LocalDate } from '#canonical';
import type { Transaction } from '#storage';

export interface CustomerBalance {
  readonly currency: string;
  readonly openMinor: string;
  readonly overdueMinor: string;
  readonly onAccountMinor: string;
  readonly openCreditMinor: string;
  readonly reservedMinor: string;
}

/**
 * What one customer owes and has to get, per currency: the source's own open amounts, never computed here, and beside them what
 * postings have promised of invoices and the source does not show yet. `today` is the account's calendar day.
 */
export async function readCustomerBalances(transaction: Transaction, connectionId: string, customerExternalId: string, today: LocalDate): Promise<CustomerBalance[]> {
  return transaction.query<CustomerBalance & Record<string, unknown>>(`
    WITH lines AS (
      SELECT currency, open_minor AS open, CASE WHEN due_on < $3 THEN open_minor ELSE 0 END AS overdue, 0 AS on_account, 0 AS credit, coalesce((
        SELECT sum(share.amount_minor) FROM posting_share share WHERE share.connection_id = $1 AND share.document = 'invoice'
          AND share.external_id = invoice.external_id AND share.released_at IS NULL), 0) AS reserved
      FROM invoice WHERE connection_id = $1 AND customer_external_id = $2 AND open_minor <> 0 AND deleted_at IS NULL
      UNION ALL
      SELECT currency, 0, 0, unapplied_minor, 0, 0 FROM payment WHERE connection_id = $1 AND customer_external_id = $2 AND unapplied_minor <> 0 AND deleted_at IS NULL
      UNION ALL
      SELECT currency, 0, 0, 0, open_minor, 0 FROM credit_memo WHERE connection_id = $1 AND customer_external_id = $2 AND open_minor <> 0 AND deleted_at IS NULL
    )
    SELECT currency, sum(open)::numeric(38, 0)::text AS "openMinor", sum(overdue)::numeric(38, 0)::text AS "overdueMinor", sum(on_account)::numeric(38, 0)::text AS "onAccountMinor",
      sum(credit)::numeric(38, 0)::text AS "openCreditMinor", sum(reserved)::numeric(38, 0)::text AS "reservedMinor"
    FROM lines GROUP BY currency ORDER BY currency`, [connectionId, customerExternalId, today]);
}
