import type { CurrencyCode, LocalDate } from '#canonical';
import type { Transaction } from '../database.js';

/** A line in the books, as another message of the bank told it. */
export interface ToldLine {
  readonly bankAccountId: string;
  readonly identity: string;
  readonly bookedOn: LocalDate;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  readonly reversal: boolean;
  readonly bankReference: string;
}

/** What is asked for: accounts, days and references of the lines that come in. */
export interface ToldLineQuestion {
  /** The document that is read: its own intraday lines are no other message. */
  readonly receivedDocumentId: string;
  /** Lines of a final statement come in: only what intraday messages told is meant. Else everything of other documents. */
  readonly final: boolean;
  readonly bankAccountIds: readonly string[];
  readonly days: readonly LocalDate[];
  readonly bankReferences: readonly string[];
}

/** Lines that intraday messages and statements tell twice, by the bank's own reference; oldest first. Lines taken back are left out. */
export async function toldLines(transaction: Transaction, question: ToldLineQuestion): Promise<readonly ToldLine[]> {
  if (question.bankReferences.length === 0) return [];
  // Most banks send no intraday message at all; then nothing is looked for.
  const [intraday] = question.final ? await transaction.query<{ id: string }>(`SELECT id FROM bank_statement WHERE bank_account_id = ANY($1::bigint[]) AND status = 'interim' LIMIT 1`, [question.bankAccountIds]) : [{ id: '' }];
  if (intraday === undefined) return [];
  const rows = await transaction.query<{ bank_account_id: string; identity: string; booked_on: LocalDate; amount_minor: string; currency: CurrencyCode; reversal: boolean; bank_reference: string }>(`
    SELECT line.bank_account_id, line.identity, line.booked_on, line.amount_minor, line.currency, line.reversal, line.bank_reference
    FROM bank_transaction line JOIN bank_statement ON bank_statement.id = line.bank_statement_id
    WHERE line.bank_account_id = ANY($1::bigint[]) AND line.booked_on = ANY($2::date[]) AND line.bank_reference = ANY($3::text[]) AND NOT line.withdrawn
      AND CASE WHEN $4 THEN bank_statement.status = 'interim' ELSE bank_statement.received_document_id <> $5 END
    ORDER BY line.id`,
  [question.bankAccountIds, question.days, question.bankReferences, question.final, question.receivedDocumentId]);
  return rows.map((row) => ({
    bankAccountId: row.bank_account_id, identity: row.identity, bookedOn: row.booked_on, amountMinor: BigInt(row.amount_minor), currency: row.currency, reversal: row.reversal, bankReference: row.bank_reference,
  }));
}
