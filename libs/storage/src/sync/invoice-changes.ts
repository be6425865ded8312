import { parseJsonKeepingNumberText, type JsonObject } from '#canonical';
import type { Transaction } from '../database.js';

export type InvoiceChangeState = 'open' | 'made' | 'conflicted' | 'refused';

/** Terms by name; null takes one off. */
export type StoredTerms = Readonly<Record<string, string | null>>;

export interface InvoiceChange {
  readonly id: string;
  readonly connectionId: string;
  readonly invoiceId: string;
  readonly requestKey: string | null;
  readonly terms: StoredTerms;
  /** What the hub had read when the change was asked for. */
  readonly seen: StoredTerms;
  /** What the source was found to hold when it was settled. */
  readonly found: StoredTerms | null;
  readonly state: InvoiceChangeState;
  readonly problem: string | null;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly settledAt: Date | null;
}

interface ChangeRow extends Record<string, unknown> {
  id: string; connection_id: string; invoice_id: string; request_key: string | null; terms: StoredTerms; seen: StoredTerms; found: StoredTerms | null;
  state: InvoiceChangeState; problem: string | null; requested_by: string; requested_at: Date; settled_at: Date | null;
}

function asChange(row: ChangeRow): InvoiceChange {
  return {
    id: row.id, connectionId: row.connection_id, invoiceId: row.invoice_id, requestKey: row.request_key, terms: row.terms, seen: row.seen, found: row.found,
    state: row.state, problem: row.problem, requestedBy: row.requested_by, requestedAt: row.requested_at, settledAt: row.settled_at,
  };
}

/** What a change needs to know of its invoice. */
export interface ChangedInvoice {
  readonly connectionId: string;
  readonly externalId: string;
  readonly number: string;
  /** The record it was made of: another one after every change in the source. */
  readonly rawRecordId: string;
  readonly payload: JsonObject;
  /** Why its connection is paused; null when it is not. */
  readonly pausedBecause: string | null;
}

/** Null for an invoice the hub does not have, or not any more. */
export async function readChangedInvoice(transaction: Transaction, invoiceId: string): Promise<ChangedInvoice | null> {
  const row = await transaction.one<{ connection_id: string; external_id: string; number: string; raw_record_id: string; payload: string; status: string; paused_because: string | null }>(`
    SELECT i.connection_id, i.external_id, i.number, i.raw_record_id, r.payload::text AS payload, c.status, c.paused_because
    FROM invoice i JOIN raw_record r ON r.id = i.raw_record_id JOIN connection c ON c.id = i.connection_id WHERE i.id = $1 AND i.deleted_at IS NULL`, [invoiceId]);
  if (row === null) return null;
  return {
    connectionId: row.connection_id, externalId: row.external_id, number: row.number, rawRecordId: row.raw_record_id, payload: parseJsonKeepingNumberText(row.payload) as JsonObject,
    pausedBecause: row.status === 'paused' ? row.paused_because ?? 'no reason given' : null,
  };
}

export async function findInvoiceChange(transaction: Transaction, requestKey: string): Promise<InvoiceChange | null> {
  const row = await transaction.one<ChangeRow>('SELECT * FROM invoice_change WHERE request_key = $1', [requestKey]);
  return row === null ? null : asChange(row);
}

export async function addInvoiceChange(transaction: Transaction, change: Pick<InvoiceChange, 'connectionId' | 'invoiceId' | 'requestKey' | 'terms' | 'seen' | 'requestedBy'>): Promise<InvoiceChange> {
  const { connectionId, invoiceId, requestKey, terms, seen, requestedBy } = change;
  const row = await transaction.one<ChangeRow>(`
    INSERT INTO invoice_change (connection_id, invoice_id, request_key, terms, seen, requested_by) VALUES ($1, $2, $3, $4, $5, $6) RETURNING *`,
  [connectionId, invoiceId, requestKey, JSON.stringify(terms), JSON.stringify(seen), requestedBy]);
  if (row === null) throw new Error('the change was not stored');
  return asChange(row);
}

/** Settles an open change and tells the feed. @returns null when somebody else settled it meanwhile */
export async function settleInvoiceChange(transaction: Transaction, id: string, outcome: Pick<InvoiceChange, 'found' | 'problem'> & { readonly state: Exclude<InvoiceChangeState, 'open'> }): Promise<InvoiceChange | null> {
  const { state, found, problem } = outcome;
  const row = await transaction.one<ChangeRow>(`
    UPDATE invoice_change SET state = $2, found = $3, problem = $4, settled_at = clock_timestamp() WHERE id = $1 AND state = 'open' RETURNING *`,
  [id, state, found === null ? null : JSON.stringify(found), problem]);
  if (row === null) return null;
  await transaction.execute(`INSERT INTO event (type, subject, subject_id, detail) VALUES ($1, 'invoice', $2, $3)`, [EVENT_OF[state], row.invoice_id, JSON.stringify({ changeId: id, terms: row.terms })]);
  return asChange(row);
}

const EVENT_OF = { made: 'invoice.termsChanged', conflicted: 'invoice.termsConflicted', refused: 'invoice.termsRefused' } as const;

/** Newest first; of an invoice that is gone too. Null for one the tenant never had. */
export async function listInvoiceChanges(transaction: Transaction, invoiceId: string, limit: number): Promise<readonly InvoiceChange[] | null> {
  if (await transaction.one('SELECT 1 FROM invoice WHERE id = $1', [invoiceId]) === null) return null;
  const rows = await transaction.query<ChangeRow>('SELECT * FROM invoice_change WHERE invoice_id = $1 ORDER BY id DESC LIMIT $2', [invoiceId, limit]);
  return rows.map(asChange);
}
