import type { EntityName, LocalDate } from '#canonical';
import type { Transaction } from '../database.js';
import { copyLine, copyLines } from './copy-text.js';
import { entityTable } from './entity-tables.js';

/**
 * Ids the source still has, gathered in a temporary table of this transaction; then asked which of the hub's records are missing there.
 * The caller feeds pages and keeps the transaction open: a comparison is one snapshot or none.
 */
export async function beginIdComparison(transaction: Transaction): Promise<void> {
  await transaction.execute('CREATE TEMP TABLE IF NOT EXISTS staged_source_id (external_id text) ON COMMIT DELETE ROWS');
  await transaction.execute('DELETE FROM staged_source_id');
}

/** Ids in one COPY: a million at once were measured at 100 MB of text and buffers. */
const IDS_A_COPY = 20_000;

export async function addSourceIds(transaction: Transaction, externalIds: readonly string[]): Promise<void> {
  for (let start = 0; start < externalIds.length; start += IDS_A_COPY) {
    await copyLines(transaction, 'staged_source_id', externalIds.slice(start, start + IDS_A_COPY).map((id) => copyLine([id])));
  }
}

/** Records of the hub that the source no longer lists, of those that existed before the listing began. */
export async function missingFromSource(transaction: Transaction, connectionId: string, entity: EntityName, onlyOpen: boolean): Promise<{ missing: string[]; known: number }> {
  const { table } = entityTable(entity);
  const open = onlyOpen ? `AND c.${entity === 'payment' ? 'unapplied_minor' : 'open_minor'} <> 0` : '';
  await transaction.execute('ANALYZE staged_source_id');
  const rows = await transaction.query<{ external_id: string }>(`
    SELECT c.external_id FROM ${table} c LEFT JOIN staged_source_id s USING (external_id)
    WHERE c.connection_id = $1 AND c.deleted_at IS NULL AND s.external_id IS NULL ${open} ORDER BY c.external_id`, [connectionId]);
  const count = await transaction.one<{ known: string }>(`SELECT count(*) AS known FROM ${table} c WHERE c.connection_id = $1 AND c.deleted_at IS NULL ${open}`, [connectionId]);
  return { missing: rows.map((row) => row.external_id), known: Number(count?.known ?? 0) };
}

export async function dropUndecidedHold(transaction: Transaction, connectionId: string, entity: EntityName): Promise<void> {
  await transaction.execute('DELETE FROM held_deletion WHERE connection_id = $1 AND entity = $2 AND decision IS NULL', [connectionId, entity]);
}

export async function holdDeletion(transaction: Transaction, held: { connectionId: string; entity: EntityName; externalIds: readonly string[]; because: string; syncRunId: string }): Promise<void> {
  await transaction.execute('INSERT INTO held_deletion (connection_id, entity, external_ids, because, sync_run_id) VALUES ($1, $2, $3, $4, $5)',
    [held.connectionId, held.entity, [...held.externalIds], held.because, held.syncRunId]);
}

/** One line of the hub's own books, shaped as the target's control totals are. */
export interface HubTotal {
  readonly entity: EntityName;
  readonly companyExternalId: string | null;
  readonly currency: string;
  readonly bucket: string;
  readonly count: number;
  readonly openMinor: bigint;
}

const OPEN_COLUMN: Partial<Record<EntityName, { open: string; due: string | null }>> = {
  invoice: { open: 'open_minor', due: 'due_on' },
  creditMemo: { open: 'open_minor', due: null },
  payment: { open: 'unapplied_minor', due: null },
};

/** Kinds of bucket: every document, open ones, open ones by age. */
export type BucketKind = 'all' | 'open' | 'ageing';

/** Documents per company and currency, as the hub has them on `today`: all, the open ones, or the open ones by days overdue. Deleted ones do not count. */
export async function hubTotals(transaction: Transaction, connectionId: string, entity: EntityName, today: LocalDate, kind: BucketKind): Promise<HubTotal[]> {
  const columns = OPEN_COLUMN[entity];
  if (columns === undefined) return [];
  const bucket = kind === 'ageing' && columns.due !== null ? ageingBucket(columns.due) : `'${kind}'`;
  const rows = await transaction.query<{ company: string | null; currency: string; bucket: string; count: string; open: string }>(`
    SELECT company_external_id AS company, currency, ${bucket} AS bucket, count(*) AS count, sum(${columns.open})::numeric(38, 0)::text AS open
    FROM ${entityTable(entity).table}
    WHERE connection_id = $1 AND deleted_at IS NULL AND ${kind === 'all' ? 'true' : `${columns.open} <> 0`} AND $2::date IS NOT NULL
    GROUP BY 1, 2, 3`, [connectionId, today]);
  return rows.map((row) => ({ entity, companyExternalId: row.company, currency: row.currency, bucket: row.bucket, count: Number(row.count), openMinor: BigInt(row.open) }));
}

const ageingBucket = (due: string): string => `CASE WHEN ${due} IS NULL OR ${due} >= $2 THEN 'current' WHEN $2 - ${due} <= 30 THEN '1-30' WHEN $2 - ${due} <= 60 THEN '31-60'
  WHEN $2 - ${due} <= 90 THEN '61-90' ELSE 'over90' END`;

export interface TieOutLine {
  readonly entity: EntityName;
  readonly companyExternalId: string | null;
  readonly currency: string;
  readonly bucket: string;
  readonly sourceCount: number;
  readonly hubCount: number;
  readonly sourceOpenMinor: bigint;
  readonly hubOpenMinor: bigint;
}

export async function saveTieOut(transaction: Transaction, syncRunId: string, connectionId: string, lines: readonly TieOutLine[]): Promise<void> {
  await transaction.execute('DELETE FROM tie_out_line WHERE sync_run_id = $1', [syncRunId]);
  await transaction.execute(`
    INSERT INTO tie_out_line (sync_run_id, connection_id, entity, company_external_id, currency, bucket, source_count, hub_count, source_open_minor, hub_open_minor)
    SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::numeric[], $10::numeric[])`, [
    syncRunId, connectionId, lines.map((line) => line.entity), lines.map((line) => line.companyExternalId ?? ''), lines.map((line) => line.currency), lines.map((line) => line.bucket),
    lines.map((line) => line.sourceCount), lines.map((line) => line.hubCount), lines.map((line) => line.sourceOpenMinor.toString()), lines.map((line) => line.hubOpenMinor.toString()),
  ]);
}

/** What became of a run's tie-out: compared; not offered by the source; or failed, and why. The run itself is another matter. */
export type TieOutOutcome = { readonly state: 'compared' | 'notOffered' } | { readonly state: 'failed'; readonly problem: string };

export async function noteTieOut(transaction: Transaction, syncRunId: string, outcome: TieOutOutcome): Promise<void> {
  await transaction.execute('UPDATE sync_run SET tie_out = $2, tie_out_problem = $3 WHERE id = $1', [syncRunId, outcome.state, outcome.state === 'failed' ? outcome.problem : null]);
}
