import type { Transaction } from '../database.js';
import { UNDECIDED } from './undecided.js';

/** A proposal as it is saved. Amounts are minor units as text, so that JSON does not make floats of them. */
export interface NewProposal {
  readonly transactionId: string;
  /** The line's version when its facts were read: a line that moved since is left alone. */
  readonly transactionVersion: number;
  readonly isPayment: number;
  readonly paymentVerdict: 'yes' | 'no' | 'unsure';
  readonly customerId: string | null;
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
  readonly signals: readonly object[];
  readonly autoApply: object;
  readonly rationale: string;
  /** SHA-256 of the whole proposal, hex. */
  readonly contentHash: string;
  readonly allocationKey: string;
  readonly bankStatus: 'potentialPayment' | 'needsAllocation' | 'notPayment';
  readonly bankStatusBecause: string | null;
  readonly lines: readonly NewProposalLine[];
}

export interface NewProposalLine {
  readonly document: 'invoice' | 'creditMemo' | 'payment';
  readonly documentId: string;
  readonly customerId: string;
  readonly number: string;
  readonly amountMinor: string;
  readonly openBeforeMinor: string;
  readonly discountMinor: string | null;
  readonly writeOffMinor: string | null;
}

export interface SavedProposals {
  /** New current proposals. */
  readonly written: number;
  /** The current proposal says the same already. */
  readonly unchanged: number;
  /** A person dismissed exactly this answer; the line has no current proposal. */
  readonly dismissedBefore: number;
  /** Lines that a person or a posting took meanwhile. */
  readonly takenMeanwhile: number;
}

const STAGED = `"transactionId" bigint, "transactionVersion" integer, "isPayment" double precision, "paymentVerdict" text, "customerId" bigint, "payerCustomerId" bigint,
  "customerProbability" double precision, probability double precision, family text, "unique" boolean, exact boolean, alternatives integer, "alternativesCounted" text,
  "distinguishingFact" text, "onAccountMinor" bigint, "shortByMinor" bigint, currency text, "remittanceId" bigint, signals jsonb, "autoApply" jsonb, rationale text,
  "contentHash" text, "allocationKey" text, "bankStatus" text, "bankStatusBecause" text, lines json`;
const WHY_DISMISSED = 'the only answer found was dismissed';

/**
 * Saves proposals set-based, in the caller's transaction: what a line's current proposal says already is not written again, what
 * changed supersedes it, what a person dismissed does not come back, and lines decided since the facts were read are left alone.
 */
export async function saveProposals(transaction: Transaction, connectionId: string, proposals: readonly NewProposal[]): Promise<SavedProposals> {
  if (proposals.length === 0) return { written: 0, unchanged: 0, dismissedBefore: 0, takenMeanwhile: 0 };
  await transaction.execute(`CREATE TEMPORARY TABLE staged_proposal (${STAGED}) ON COMMIT DROP`);
  await transaction.execute(`INSERT INTO staged_proposal SELECT * FROM json_to_recordset($1::json) AS given (${STAGED})`, [JSON.stringify(proposals)]);
  const takenMeanwhile = await leaveTaken(transaction);
  await transaction.execute(`
    UPDATE match_proposal SET status = 'superseded' FROM staged_proposal staged
    WHERE match_proposal.bank_transaction_id = staged."transactionId" AND match_proposal.status = 'current' AND match_proposal.content_hash <> decode(staged."contentHash", 'hex')`);
  const dismissedBefore = await refuseDismissed(transaction);
  await showInBankLines(transaction);
  const unchanged = await transaction.execute(`
    DELETE FROM staged_proposal staged USING match_proposal WHERE match_proposal.bank_transaction_id = staged."transactionId" AND match_proposal.status = 'current'`);
  const written = await insertStaged(transaction, connectionId);
  await transaction.execute('DROP TABLE staged_proposal');
  return { written, unchanged, dismissedBefore, takenMeanwhile };
}

/** Locks the lines that are still as they were read, and forgets the others. */
async function leaveTaken(transaction: Transaction): Promise<number> {
  return transaction.execute(`
    WITH free AS MATERIALIZED (
      SELECT bank_transaction.id FROM bank_transaction JOIN staged_proposal staged ON staged."transactionId" = bank_transaction.id
      WHERE bank_transaction.version = staged."transactionVersion" AND ${UNDECIDED} ORDER BY bank_transaction.id FOR UPDATE OF bank_transaction)
    DELETE FROM staged_proposal WHERE "transactionId" NOT IN (SELECT id FROM free)`);
}

/** Dismissed stays dismissed: the same answer for the same line is not shown again, and the line waits for a person. */
async function refuseDismissed(transaction: Transaction): Promise<number> {
  const refused = await transaction.query<{ id: string }>(`
    DELETE FROM staged_proposal staged USING match_proposal dismissed
    WHERE dismissed.bank_transaction_id = staged."transactionId" AND dismissed.status = 'dismissed' AND dismissed.allocation_key = staged."allocationKey"
    RETURNING staged."transactionId" AS id`);
  const ids = [...new Set(refused.map((row) => row.id))];
  if (ids.length === 0) return 0;
  await transaction.execute(`UPDATE match_proposal SET status = 'superseded' WHERE bank_transaction_id = ANY ($1) AND status = 'current'`, [ids]);
  await transaction.execute(`
    UPDATE bank_transaction SET status = 'needsAllocation', status_because = $2, version = version + 1, updated_at = now()
    WHERE id = ANY ($1) AND (status, status_because) IS DISTINCT FROM ('needsAllocation', $2::text)`, [ids, WHY_DISMISSED]);
  return ids.length;
}

async function showInBankLines(transaction: Transaction): Promise<void> {
  await transaction.execute(`
    WITH moved AS (
      UPDATE bank_transaction SET status = staged."bankStatus", status_because = staged."bankStatusBecause", version = version + 1, updated_at = now() FROM staged_proposal staged
      WHERE bank_transaction.id = staged."transactionId"
        AND (bank_transaction.status, bank_transaction.status_because) IS DISTINCT FROM (staged."bankStatus", staged."bankStatusBecause")
      RETURNING bank_transaction.id)
    INSERT INTO event (type, subject, subject_id) SELECT 'bankTransaction.changed', 'bankTransaction', id FROM moved ORDER BY id`);
}

async function insertStaged(transaction: Transaction, connectionId: string): Promise<number> {
  const written = await transaction.execute(`
    WITH told AS (
      INSERT INTO match_proposal (connection_id, bank_transaction_id, status, is_payment, payment_verdict, customer_id, payer_customer_id, customer_probability, probability, family,
        is_unique, is_exact, alternatives, alternatives_counted, distinguishing_fact, on_account_minor, short_by_minor, currency, remittance_id, signals, auto_apply, rationale,
        content_hash, allocation_key)
      SELECT $1, "transactionId", 'current', "isPayment", "paymentVerdict", "customerId", "payerCustomerId", "customerProbability", probability, family,
        "unique", exact, alternatives, "alternativesCounted", "distinguishingFact", "onAccountMinor", "shortByMinor", currency, "remittanceId", signals, "autoApply", rationale,
        decode("contentHash", 'hex'), "allocationKey"
      FROM staged_proposal ORDER BY "transactionId" RETURNING id)
    INSERT INTO event (type, subject, subject_id) SELECT 'matchProposal.created', 'matchProposal', id FROM told ORDER BY id`, [connectionId]);
  await transaction.execute(`
    INSERT INTO match_proposal_line (match_proposal_id, position, document, document_id, customer_id, number, amount_minor, open_before_minor, discount_minor, write_off_minor)
    SELECT proposal.id, line.position, line.document, line."documentId", line."customerId", line.number, line."amountMinor", line."openBeforeMinor", line."discountMinor", line."writeOffMinor"
    FROM staged_proposal staged
    JOIN match_proposal proposal ON proposal.bank_transaction_id = staged."transactionId" AND proposal.status = 'current'
    CROSS JOIN LATERAL ROWS FROM (json_to_recordset(staged.lines) AS (document text, "documentId" bigint, "customerId" bigint, number text, "amountMinor" bigint,
      "openBeforeMinor" bigint, "discountMinor" bigint, "writeOffMinor" bigint)) WITH ORDINALITY
      AS line (document, "documentId", "customerId", number, "amountMinor", "openBeforeMinor", "discountMinor", "writeOffMinor", position)`);
  return written;
}
