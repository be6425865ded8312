import type { EntityName } from '#canonical';
import { addCounts, allocatedInvoices, deleteRecords, rememberTouched, type Transaction } from '#storage';

export type DeletionDecision = 'delete' | 'keep';

export interface HeldDeletionRow extends Record<string, unknown> {
  id: string; connection_id: string; entity: EntityName; external_ids: string[]; because: string; sync_run_id: string; held_at: Date;
  decision: DeletionDecision | null; decided_by: string | null; decided_at: Date | null;
}

/** Locks a held deletion for a decision. */
export function lockHeldDeletion(transaction: Transaction, id: string): Promise<HeldDeletionRow | null> {
  return transaction.one<HeldDeletionRow>('SELECT * FROM held_deletion WHERE id = $1 FOR UPDATE', [id]);
}

/**
 * Carries a decision out, in the caller's transaction. Deleting does what the run would have done: invoices that a deleted payment or
 * credit settled are remembered for a second look, because their balance comes back.
 * @returns how many records were deleted
 */
export async function decideHeldDeletion(transaction: Transaction, held: HeldDeletionRow, decision: DeletionDecision, decidedBy: string): Promise<number> {
  await transaction.execute('UPDATE held_deletion SET decision = $2, decided_by = $3, decided_at = now() WHERE id = $1', [held.id, decision, decidedBy]);
  if (decision === 'keep') return 0;
  const origin = { connectionId: held.connection_id, syncRunId: held.sync_run_id, entity: held.entity };
  if (held.entity === 'payment' || held.entity === 'creditMemo') {
    await rememberTouched(transaction, held.connection_id, 'invoice', await allocatedInvoices(transaction, held.connection_id, held.entity, held.external_ids));
  }
  const deleted = await deleteRecords(transaction, origin, held.external_ids);
  await addCounts(transaction, held.sync_run_id, held.entity, { deleted });
  return deleted;
}
