import type { Json } from '#canonical';
import type { Transaction } from '../database.js';
import { storableJson } from './storable-text.js';

/** What the change feed calls the records of this folder. */
export type BankSubject = 'receivedDocument' | 'bankAccount' | 'bankTransaction' | 'remittance' | 'achEntry' | 'nonPaymentRule';

/** Tells the change feed, in the transaction that makes the change: `receivedDocument.processed`, `bankTransaction.changed`, ... */
export async function recordBankEvents(transaction: Transaction, subject: BankSubject, verb: string, ids: readonly string[], detail: Json = null): Promise<void> {
  if (ids.length === 0) return;
  await transaction.execute(`INSERT INTO event (type, subject, subject_id, detail) SELECT $1, $2, id, $4::jsonb FROM unnest($3::bigint[]) AS given (id)`,
    [`${subject}.${verb}`, subject, [...ids], detail === null ? null : storableJson(detail)]);
}
