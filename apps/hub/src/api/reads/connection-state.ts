import type { EntityName } from '#canonical';
import type { Transaction } from '#storage';

/** One line of the last tie-out. Minor units as the database hands them over. */
export interface TieOutRow extends Record<string, unknown> {
  entity: EntityName; company_external_id: string; currency: string; bucket: string; source_count: string; hub_count: string;
  source_open_minor: string; hub_open_minor: string;
}

export interface LatestTieOut {
  readonly syncRunId: string;
  readonly at: Date;
  readonly lines: readonly TieOutRow[];
}

/** The newest tie-out that compared anything. Null before the first. Runs of older releases say nothing of theirs: those that succeeded have compared. */
export async function readLatestTieOut(transaction: Transaction, connectionId: string): Promise<LatestTieOut | null> {
  const run = await transaction.one<{ id: string; finished_at: Date }>(`
    SELECT id, finished_at FROM sync_run WHERE connection_id = $1 AND status = 'succeeded' AND coalesce(tie_out, 'compared') = 'compared' ORDER BY id DESC LIMIT 1`, [connectionId]);
  if (run === null) return null;
  const lines = await transaction.query<TieOutRow>(`
    SELECT entity, company_external_id, currency, bucket, source_count, hub_count, source_open_minor, hub_open_minor
    FROM tie_out_line WHERE sync_run_id = $1 ORDER BY entity, company_external_id, currency, bucket`, [run.id]);
  return { syncRunId: run.id, at: run.finished_at, lines };
}

/** Why the newest run's tie-out failed; null where it did not. */
export async function readTieOutProblem(transaction: Transaction, connectionId: string): Promise<string | null> {
  const run = await transaction.one<{ tie_out_problem: string | null }>('SELECT tie_out_problem FROM sync_run WHERE connection_id = $1 AND tie_out IS NOT NULL ORDER BY id DESC LIMIT 1', [connectionId]);
  return run?.tie_out_problem ?? null;
}

export interface EntityFreshness {
  readonly entity: EntityName;
  readonly freshAt: Date | null;
  readonly ageSeconds: number | null;
  readonly lastPageAt: Date | null;
}

/** Up to when each entity is complete. The age is counted on the database's clock, which wrote the instants. */
export async function readFreshness(transaction: Transaction, connectionId: string): Promise<EntityFreshness[]> {
  return transaction.query<EntityFreshness & Record<string, unknown>>(`
    SELECT entity, fresh_at AS "freshAt", extract(epoch FROM clock_timestamp() - fresh_at)::integer AS "ageSeconds", updated_at AS "lastPageAt"
    FROM sync_checkpoint WHERE connection_id = $1`, [connectionId]);
}
