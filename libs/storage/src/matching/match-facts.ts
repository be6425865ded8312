import type { Row, Transaction } from '../database.js';

export interface OpenDocumentRow extends Row {
  readonly id: string;
  readonly number: string;
  /** Null when the source names a customer the hub has not read. */
  readonly customerId: string | null;
  readonly companyExternalId: string | null;
  readonly currency: string;
  /** What is open less what unreleased postings reserve, minor units as text. May be negative after a change in the source. */
  readonly freeMinor: string;
  readonly issuedOn: string;
}

export interface OpenInvoiceRow extends OpenDocumentRow {
  readonly totalMinor: string;
  readonly dueOn: string | null;
  readonly purchaseOrder: string | null;
}

export interface OpenCreditRow extends OpenDocumentRow {
  readonly document: 'creditMemo' | 'payment';
}

/** Reserved and open in one statement, so that a sync that commits in between cannot make a document look free twice. */
const RESERVED = `reserved AS (
  SELECT document, external_id, sum(amount_minor) AS minor FROM posting_share WHERE connection_id = $1 AND released_at IS NULL GROUP BY document, external_id)`;
const joined = (alias: string, document: string): string => `
  LEFT JOIN customer ON customer.connection_id = ${alias}.connection_id AND customer.external_id = ${alias}.customer_external_id AND customer.deleted_at IS NULL
  LEFT JOIN reserved ON reserved.document = '${document}' AND reserved.external_id = ${alias}.external_id`;

/** Open invoices of a connection by id, at most `limit`. */
export function openInvoices(transaction: Transaction, connectionId: string, limit: number): Promise<OpenInvoiceRow[]> {
  return transaction.query<OpenInvoiceRow>(`
    WITH ${RESERVED}
    SELECT invoice.id, invoice.number, customer.id AS "customerId", invoice.company_external_id AS "companyExternalId", invoice.currency, invoice.total_minor AS "totalMinor",
      invoice.open_minor - coalesce(reserved.minor, 0) AS "freeMinor", invoice.issued_on AS "issuedOn", invoice.due_on AS "dueOn", invoice.purchase_order AS "purchaseOrder"
    FROM invoice ${joined('invoice', 'invoice')}
    WHERE invoice.connection_id = $1 AND invoice.deleted_at IS NULL AND invoice.status = 'open' AND invoice.open_minor > 0
    ORDER BY invoice.id LIMIT $2`, [connectionId, limit]);
}

/** Credit memos that are open and payments that are not applied whole, by kind and id, at most `limit`. */
export function openCredits(transaction: Transaction, connectionId: string, limit: number): Promise<OpenCreditRow[]> {
  return transaction.query<OpenCreditRow>(`
    WITH ${RESERVED}
    SELECT 'creditMemo' AS document, credit_memo.id, credit_memo.number, customer.id AS "customerId", credit_memo.company_external_id AS "companyExternalId", credit_memo.currency,
      credit_memo.open_minor - coalesce(reserved.minor, 0) AS "freeMinor", credit_memo.issued_on AS "issuedOn"
    FROM credit_memo ${joined('credit_memo', 'creditMemo')}
    WHERE credit_memo.connection_id = $1 AND credit_memo.deleted_at IS NULL AND credit_memo.status = 'open' AND credit_memo.open_minor > 0
    UNION ALL
    SELECT 'payment', payment.id, payment.number, customer.id, payment.company_external_id, payment.currency, payment.unapplied_minor - coalesce(reserved.minor, 0), payment.received_on
    FROM payment ${joined('payment', 'payment')}
    WHERE payment.connection_id = $1 AND payment.deleted_at IS NULL AND payment.status IN ('undeposited', 'deposited') AND payment.unapplied_minor > 0
    ORDER BY 1, 2 LIMIT $2`, [connectionId, limit]);
}

export interface MatchCustomerRow extends Row {
  readonly id: string;
  readonly number: string | null;
  readonly name: string;
  readonly otherNames: string[];
  readonly parentId: string | null;
}

export function customersForMatching(transaction: Transaction, connectionId: string, limit: number): Promise<MatchCustomerRow[]> {
  return transaction.query<MatchCustomerRow>(`
    SELECT customer.id, customer.number, customer.name, customer.other_names AS "otherNames", parent.id AS "parentId"
    FROM customer LEFT JOIN customer parent ON parent.connection_id = customer.connection_id AND parent.external_id = customer.parent_external_id AND parent.deleted_at IS NULL
    WHERE customer.connection_id = $1 AND customer.deleted_at IS NULL ORDER BY customer.id LIMIT $2`, [connectionId, limit]);
}

export interface AdviceRow extends Row {
  readonly id: string;
  readonly bankTransactionId: string | null;
  readonly receivedOn: string;
  readonly payerName: string | null;
  readonly reference: string | null;
  readonly totalMinor: string | null;
  readonly currency: string;
  readonly body: string | null;
  readonly lines: readonly AdviceLineRow[];
}

/** Amounts as text: JSON would make floats of them. */
export interface AdviceLineRow {
  readonly reference: string;
  readonly kind: string;
  /** Null where the payer names the item and no amount. */
  readonly paid: string | null;
  readonly gross: string | null;
  readonly discount: string | null;
  readonly adjustments: readonly { readonly amount: string; readonly currency: string; readonly code: string | null; readonly text: string | null }[];
}

/** Advices for lines that are not decided, and those nobody has tied to a line, not older than `days` and not used by a confirmed proposal. Newest first. */
export function advicesForMatching(transaction: Transaction, days: number, limit: number): Promise<AdviceRow[]> {
  return transaction.query<AdviceRow>(`
    SELECT remittance.id, remittance.bank_transaction_id AS "bankTransactionId", coalesce(remittance.paid_on, remittance.received_at::date) AS "receivedOn",
      remittance.payer_name AS "payerName", remittance.reference, remittance.total_minor AS "totalMinor", remittance.currency, remittance.body, coalesce(lines.list, '[]') AS lines
    FROM remittance LEFT JOIN LATERAL (
      SELECT json_agg(json_build_object('reference', line.reference, 'paid', line.paid_minor::text, 'gross', line.gross_minor::text, 'discount', line.discount_minor::text,
        'kind', line.kind, 'adjustments', line.adjustments) ORDER BY line.position) AS list
      FROM remittance_line line WHERE line.remittance_id = remittance.id) lines ON true
    LEFT JOIN bank_transaction ON bank_transaction.id = remittance.bank_transaction_id
    WHERE remittance.status = 'processed' AND remittance.received_at > now() - $1 * interval '1 day'
      AND (remittance.bank_transaction_id IS NULL OR bank_transaction.status IN ('potentialPayment', 'needsAllocation', 'notPayment'))
      AND NOT EXISTS (SELECT FROM match_proposal used WHERE used.remittance_id = remittance.id AND used.status = 'confirmed')
    ORDER BY remittance.received_at DESC, remittance.id DESC LIMIT $2`, [days, limit]);
}

export interface RuleRow extends Row {
  readonly id: string;
  readonly field: 'memo' | 'payerName' | 'payerId' | 'code';
  readonly operator: 'contains' | 'equals';
  readonly value: string;
  readonly because: string;
}

export function nonPaymentRules(transaction: Transaction): Promise<RuleRow[]> {
  return transaction.query<RuleRow>('SELECT id, field, operator, value, because FROM non_payment_rule ORDER BY id');
}

/** The tenant's own settings of matching as stored, or null. */
export async function storedMatchingSettings(transaction: Transaction): Promise<unknown> {
  const row = await transaction.one<{ value: unknown }>(`SELECT value FROM tenant_setting WHERE key = 'matching'`);
  return row?.value ?? null;
}
