import type { Transaction } from '#storage';

export interface QuarantinedState extends Record<string, unknown> {
  connection_id: string; entity: string; external_id: string; dismissed_by: string | null;
}

/** The quarantined record that goes by this raw record, locked; null when there is none. */
export function lockQuarantined(transaction: Transaction, rawRecordId: string): Promise<QuarantinedState | null> {
  return transaction.one<QuarantinedState>('SELECT connection_id, entity, external_id, dismissed_by FROM quarantined_record WHERE raw_record_id = $1 FOR UPDATE', [rawRecordId]);
}

/** Gives it up until the source sends something else under its id: it stays to be looked at, and calls nobody any more. */
export async function dismissQuarantined(transaction: Transaction, rawRecordId: string, by: string, because: string): Promise<void> {
  await transaction.execute('UPDATE quarantined_record SET dismissed_at = clock_timestamp(), dismissed_by = $2, dismissed_because = $3 WHERE raw_record_id = $1', [rawRecordId, by, because]);
}
