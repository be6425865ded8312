import type { CurrencyCode, LocalDate } from '#canonical';
import type { Transaction } from '../database.js';

/** What a decision about a bank transaction needs to know, as stored. */
export interface StoredDecisionFacts {
  readonly connectionId: string;
  readonly transaction: {
    readonly amount_minor: string; readonly currency: CurrencyCode; readonly booked_on: LocalDate; readonly reference: string | null; readonly memo: string;
    readonly ledger_account_external_id: string | null; readonly receivables_account_external_id: string | null; readonly company_external_id: string | null;
  };
  readonly customers: readonly { readonly id: string; readonly external_id: string; readonly company_external_id: string | null }[];
  readonly invoices: readonly StoredDocument[];
  readonly creditMemos: readonly StoredDocument[];
  readonly payments: readonly StoredDocument[];
}

export interface StoredDocument {
  readonly id: string;
  readonly external_id: string;
  readonly number: string;
  readonly customer_id: string;
  readonly company_external_id: string | null;
  readonly open_minor: string;
  readonly currency: CurrencyCode;
  /** Early-payment discount as its source's mapping left it in the extras; null where none is told. */
  readonly discount_amount: string | null;
  readonly discount_until: string | null;
}

type TransactionRow = StoredDecisionFacts['transaction'] & { readonly connection_id: string | null } & Record<string, unknown>;

/** Null when there is no such transaction; a bank account without a connection posts to the tenant's only one. */
export async function readDecisionFacts(
  transaction: Transaction, bankTransactionId: string, ids: { readonly customers: readonly string[]; readonly invoices: readonly string[]; readonly creditMemos: readonly string[]; readonly payments: readonly string[] },
): Promise<StoredDecisionFacts | 'noTransaction' | 'noConnection'> {
  const row = await transaction.one<TransactionRow>(`
    SELECT t.amount_minor, t.currency, t.booked_on, coalesce(t.check_number, t.customer_reference, t.bank_reference, t.end_to_end_id) AS reference, t.memo,
      a.ledger_account_external_id, a.receivables_account_external_id, a.company_external_id,
      coalesce(a.connection_id, (SELECT min(id) FROM connection WHERE keeps_books HAVING count(*) = 1)) AS connection_id
    FROM bank_transaction t JOIN bank_account a ON a.id = t.bank_account_id WHERE t.id = $1`, [bankTransactionId]);
  if (row === null) return 'noTransaction';
  if (row.connection_id === null) return 'noConnection';
  const connectionId = row.connection_id;
  const documents = (table: string, open: string, wanted: readonly string[]): Promise<(StoredDocument & Record<string, unknown>)[]> => transaction.query(`
    SELECT d.id, d.external_id, d.number, c.id AS customer_id, d.company_external_id, d.${open} AS open_minor, d.currency,
      d.extras ->> 'earlyDiscountAmount' AS discount_amount, d.extras ->> 'earlyDiscountUntil' AS discount_until
    FROM ${table} d JOIN customer c ON c.connection_id = d.connection_id AND c.external_id = d.customer_external_id
    WHERE d.connection_id = $1 AND d.id = ANY ($2::bigint[]) AND d.deleted_at IS NULL`, [connectionId, [...wanted]]);
  const invoices = await documents('invoice', 'open_minor', ids.invoices);
  const creditMemos = await documents('credit_memo', 'open_minor', ids.creditMemos);
  const payments = await documents('payment', 'unapplied_minor', ids.payments);
  const customerIds = [...new Set([...ids.customers, ...[...invoices, ...creditMemos, ...payments].map((document) => document.customer_id)])];
  const customers = await transaction.query<{ id: string; external_id: string; company_external_id: string | null }>('SELECT id, external_id, company_external_id FROM customer WHERE connection_id = $1 AND id = ANY ($2::bigint[]) AND deleted_at IS NULL', [connectionId, customerIds]);
  return { connectionId, transaction: row, customers, invoices, creditMemos, payments };
}
