import type { Row, Transaction } from '../database.js';

/** A bank line that waits for an answer, with where its documents are. Amounts are minor units as text. */
export interface UndecidedRow extends Row {
  readonly id: string;
  readonly version: number;
  readonly bookedOn: string;
  readonly amountMinor: string;
  readonly currency: string;
  readonly code: string | null;
  readonly kind: string;
  readonly memo: string;
  readonly payerName: string | null;
  readonly payerAccount: string | null;
  readonly payerId: string | null;
  readonly checkNumber: string | null;
  readonly structuredReferences: readonly string[];
  readonly bankReference: string | null;
  readonly customerReference: string | null;
  readonly endToEndId: string | null;
  readonly companyExternalId: string | null;
  /** The person who said that it is a payment, by taking a mark off. */
  readonly decidedBy: string | null;
}

/** Days in which a line that the matcher itself took for no payment is looked at again: a rule may go, a customer may come. */
export const NOT_PAYMENT_REVISITED_DAYS = 90;

/** The connection an account posts to: its own, or the tenant's only one that keeps books. Null when neither is. */
const CONNECTION_OF_ACCOUNT = `coalesce(bank_account.connection_id, (SELECT min(only_one.id) FROM connection only_one WHERE only_one.keeps_books HAVING count(*) = 1))`;

/**
 * Booked, not taken back, waiting for an allocation, no posting lives. A line the matcher took for no payment itself (it has a current
 * proposal) stays undecided for a while. A person who takes a mark off says "a payment", which leaves the allocation to be found.
 */
export const UNDECIDED = `NOT bank_transaction.pending AND NOT bank_transaction.withdrawn
  AND (bank_transaction.status IN ('potentialPayment', 'needsAllocation')
    OR (bank_transaction.status = 'notPayment' AND bank_transaction.decided_by IS NULL AND bank_transaction.amount_minor > 0 AND bank_transaction.booked_on > now()::date - ${NOT_PAYMENT_REVISITED_DAYS}
      AND EXISTS (SELECT FROM match_proposal own WHERE own.bank_transaction_id = bank_transaction.id AND own.status = 'current')))
  AND NOT EXISTS (SELECT FROM posting WHERE posting.bank_transaction_id = bank_transaction.id AND posting.kind = 'payment' AND posting.state NOT IN ('cancelled', 'reversed'))`;

const COLUMNS = `bank_transaction.id, bank_transaction.version, bank_transaction.booked_on AS "bookedOn", bank_transaction.amount_minor AS "amountMinor", bank_transaction.currency,
  bank_transaction.code, bank_transaction.kind, bank_transaction.memo, bank_transaction.payer_name AS "payerName", bank_transaction.payer_account AS "payerAccount",
  bank_transaction.payer_id AS "payerId", bank_transaction.check_number AS "checkNumber", bank_transaction.structured_references AS "structuredReferences", bank_transaction.bank_reference AS "bankReference",
  bank_transaction.customer_reference AS "customerReference", bank_transaction.end_to_end_id AS "endToEndId", bank_account.company_external_id AS "companyExternalId",
  bank_transaction.decided_by AS "decidedBy"`;
const FROM = 'bank_transaction JOIN bank_account ON bank_account.id = bank_transaction.bank_account_id';

export async function connectionOfBankAccount(transaction: Transaction, bankAccountId: string): Promise<{ connectionId: string | null } | null> {
  return transaction.one<{ connectionId: string | null }>(`SELECT ${CONNECTION_OF_ACCOUNT} AS "connectionId" FROM bank_account WHERE bank_account.id = $1`, [bankAccountId]);
}

/** Connections that have undecided lines, and how many each has. `connectionId` null: lines of accounts nobody has given a connection. */
export async function connectionsWithUndecided(transaction: Transaction): Promise<{ connectionId: string | null; count: number }[]> {
  const rows = await transaction.query<{ connectionId: string | null; count: string }>(`
    SELECT ${CONNECTION_OF_ACCOUNT} AS "connectionId", count(*) AS count FROM ${FROM} WHERE ${UNDECIDED} GROUP BY 1 ORDER BY 1`);
  return rows.map((row) => ({ connectionId: row.connectionId, count: Number(row.count) }));
}

/** The next undecided lines of a connection, by id. */
export function undecidedOfConnection(transaction: Transaction, connectionId: string, afterId: string, limit: number): Promise<UndecidedRow[]> {
  return transaction.query<UndecidedRow>(`
    SELECT ${COLUMNS} FROM ${FROM} WHERE ${CONNECTION_OF_ACCOUNT} = $1 AND bank_transaction.id > $2 AND ${UNDECIDED} ORDER BY bank_transaction.id LIMIT $3`, [connectionId, afterId, limit]);
}

/** One line and its connection, decided or not. */
export function bankLineForMatching(transaction: Transaction, id: string): Promise<(UndecidedRow & { connectionId: string | null; undecided: boolean; status: string }) | null> {
  return transaction.one(`SELECT ${COLUMNS}, ${CONNECTION_OF_ACCOUNT} AS "connectionId", (${UNDECIDED}) AS undecided, bank_transaction.status FROM ${FROM} WHERE bank_transaction.id = $1`, [id]);
}

/** Other undecided lines whose current proposals promise documents of these customers: whoever is matched anew competes with them. */
export function rivalsFor(transaction: Transaction, connectionId: string, exceptId: string, customerIds: readonly string[], limit: number): Promise<UndecidedRow[]> {
  return transaction.query<UndecidedRow>(`
    SELECT ${COLUMNS} FROM ${FROM}
    WHERE bank_transaction.id <> $2 AND ${UNDECIDED} AND EXISTS (
      SELECT FROM match_proposal proposal JOIN match_proposal_line line ON line.match_proposal_id = proposal.id
      WHERE proposal.bank_transaction_id = bank_transaction.id AND proposal.status = 'current' AND proposal.connection_id = $1 AND line.customer_id = ANY ($3))
    ORDER BY bank_transaction.id LIMIT $4`, [connectionId, exceptId, [...customerIds], limit]);
}
