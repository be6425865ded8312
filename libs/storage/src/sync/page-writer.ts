import { hash } from 'node:crypto';
import type { Allocation, EntityName, EntityRecords } from '#canonical';
import type { Transaction } from '../database.js';
import { copyRows, hexArray, textArray, type CopyRow, type CopyRows } from './copy-rows.js';
import { copyLine, copyLines } from './copy-text.js';
import { entityTable, type EntityTable } from './entity-tables.js';

/** A record as the source sent it, hashed; what the hub compares with what it has. */
export interface ReceivedRecord {
  readonly externalId: string;
  readonly revision: string;
  /** The payload as JSON text, stored as it is. */
  readonly payload: string;
  /** SHA-256 of the payload, hex. */
  readonly hash: string;
}

/** A record that says something new, and what the hub has of it. */
export interface ChangedRecord {
  /** In the page it was received with. */
  readonly position: number;
  /** There is a canonical row, be it a deleted one. */
  readonly known: boolean;
  readonly quarantined: boolean;
}

/** A mapped record, written ahead: what is left of it until it is stored. */
export interface StagedRecord {
  /** Its row of the staging COPY. */
  readonly row: CopyRow;
  /** What a payment or credit memo settles; none for every other record. */
  readonly allocations: readonly Allocation[];
}

export interface MappedRecord extends ReceivedRecord, Omit<ChangedRecord, 'position'>, StagedRecord {}

export interface RefusedRecord extends ReceivedRecord {
  /** Every problem of the record, as the mapping words them. */
  readonly problems: readonly object[];
}

/** What one page belongs to. */
export interface PageOrigin<E extends EntityName = EntityName> {
  readonly connectionId: string;
  readonly syncRunId: string;
  readonly entity: E;
  readonly mapping: { readonly name: string; readonly version: number; readonly fingerprint: string };
}

export interface WrittenPage {
  readonly changed: number;
  readonly quarantined: number;
}

/** SHA-256, hex. In one call: half the time of a hash object for texts as short as records. */
export function hashPayload(payload: string): string {
  return hash('sha256', payload);
}

/**
 * Which of these records say something new. Unchanged ones cost one indexed look-up and no mapping.
 * A record in quarantine is new again when its content or the mapping changed.
 *
 * Each record is looked up by itself (LIMIT keeps the planner from a hash join): measured, a table without statistics, as it is
 * while a first sync fills it, was read as a whole for every page. Whether anything is in quarantine at all is asked once a page.
 */
export async function selectChanged(transaction: Transaction, origin: PageOrigin, records: readonly ReceivedRecord[]): Promise<ChangedRecord[]> {
  if (records.length === 0) return [];
  const rows = await transaction.query<{ position: number; known: boolean; quarantined: boolean }>(`
    SELECT (s.position - 1)::int AS position, c.content_hash IS NOT NULL AS known, q.external_id IS NOT NULL AS quarantined
    FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS s (external_id, hash, position)
    LEFT JOIN LATERAL (SELECT content_hash, deleted_at FROM ${entityTable(origin.entity).table}
      WHERE connection_id = $3 AND external_id = s.external_id LIMIT 1) c ON true
    LEFT JOIN LATERAL (SELECT external_id, content_hash, mapping_fingerprint FROM quarantined_record
      WHERE (SELECT EXISTS (SELECT FROM quarantined_record WHERE connection_id = $3 AND entity = $4))
        AND connection_id = $3 AND entity = $4 AND external_id = s.external_id LIMIT 1) q ON true
    WHERE CASE WHEN q.external_id IS NULL
      THEN c.content_hash IS DISTINCT FROM s.hash OR c.deleted_at IS NOT NULL
      ELSE q.content_hash <> s.hash OR q.mapping_fingerprint <> $5 END
    ORDER BY s.position`,
  [textArray(records.map((record) => record.externalId)), hexArray(records.map((record) => record.hash)), origin.connectionId, origin.entity, origin.mapping.fingerprint]);
  return rows;
}

/** Whether the hub has nothing of this entity from this connection, neither stored nor in quarantine: then a look-up finds nothing. */
export async function isFirstRead(transaction: Transaction, connectionId: string, entity: EntityName): Promise<boolean> {
  const row = await transaction.one<{ first: boolean }>(`
    SELECT NOT EXISTS (SELECT FROM ${entityTable(entity).table} WHERE connection_id = $1)
      AND NOT EXISTS (SELECT FROM quarantined_record WHERE connection_id = $1 AND entity = $2) AS first`, [connectionId, entity]);
  return row?.first === true;
}

/**
 * Stores changed records: raw, canonical, allocations, event; and takes them out of quarantine. Rows written = records given.
 * A page of which no record is known is inserted as new: under the connection's lease nobody else can have added them, and an
 * insert that expects no conflict costs Postgres a third less than one that does.
 * @throws DatabaseError of a unique violation ({@link isUniqueViolation}) when a record called unknown is there after all.
 */
export async function writeMapped(transaction: Transaction, origin: PageOrigin, records: readonly MappedRecord[]): Promise<void> {
  if (records.length === 0) return;
  const table = entityTable(origin.entity);
  const staging = `staged_${table.table}`;
  await transaction.execute(`${stagingTable(staging, table)}; DELETE FROM ${staging}`);
  await copyRows(transaction, `${staging} (${stagedColumns(table)})`, records.map((record) => record.row));
  await transaction.execute(`
    INSERT INTO raw_record (id, connection_id, entity, external_id, revision, deleted, content_hash, payload, sync_run_id)
    SELECT raw_id, $1, $2, external_id, revision, false, content_hash, payload, $3 FROM ${staging}`, [origin.connectionId, origin.entity, origin.syncRunId]);
  const lineage = [origin.connectionId, origin.syncRunId, origin.mapping.name, origin.mapping.version, `${origin.entity}.changed`, origin.entity];
  await transaction.execute(records.some((record) => record.known) ? updateSql(staging, table) : insertSql(staging, table), lineage);
  if (records.some((record) => record.quarantined)) {
    await transaction.execute(`
      DELETE FROM quarantined_record q USING ${staging} s WHERE q.connection_id = $1 AND q.entity = $2 AND q.external_id = s.external_id`, [origin.connectionId, origin.entity]);
  }
  if (table.allocations !== null) await replaceAllocations(transaction, origin, staging, records);
}

/** Mapping fingerprint of rows that never became a record: no mapping, however mended, makes one of them. */
export const UNREADABLE = 'unreadable';

/** Keeps rows of a source that could not be read, as {@link quarantine} does; they wait for a person. */
export function quarantineUnreadable(transaction: Transaction, origin: PageOrigin, records: readonly RefusedRecord[]): Promise<void> {
  return quarantine(transaction, { ...origin, mapping: { ...origin.mapping, fingerprint: UNREADABLE } }, records);
}

/** Keeps what could not be mapped, with its problems; the last good canonical row stays. */
export async function quarantine(transaction: Transaction, origin: PageOrigin, records: readonly RefusedRecord[]): Promise<void> {
  if (records.length === 0) return;
  await transaction.execute(`
    WITH given AS (
      SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS g (external_id, revision, hash, payload, problems)
    ), known AS (
      SELECT g.*, q.raw_record_id AS known_raw FROM given g
      LEFT JOIN quarantined_record q ON q.connection_id = $6 AND q.entity = $7 AND q.external_id = g.external_id AND q.content_hash = decode(g.hash, 'hex')
    ), raw AS (
      INSERT INTO raw_record (connection_id, entity, external_id, revision, deleted, content_hash, payload, sync_run_id)
      SELECT $6, $7, external_id, revision, false, decode(hash, 'hex'), payload::json, $8 FROM known WHERE known_raw IS NULL
      RETURNING id, external_id
    )
    INSERT INTO quarantined_record (connection_id, entity, external_id, raw_record_id, content_hash, problems, mapping_fingerprint)
    SELECT $6, $7, k.external_id, coalesce(k.known_raw, raw.id), decode(k.hash, 'hex'), k.problems::jsonb, $9
    FROM known k LEFT JOIN raw ON raw.external_id = k.external_id
    ON CONFLICT (connection_id, entity, external_id) DO UPDATE SET
      raw_record_id = excluded.raw_record_id, content_hash = excluded.content_hash, problems = excluded.problems,
      mapping_fingerprint = excluded.mapping_fingerprint, attempts = quarantined_record.attempts + 1, last_seen_at = now(),
      -- What a person gave up stays given up until the source sends something else.
      dismissed_at = CASE WHEN quarantined_record.content_hash = excluded.content_hash THEN quarantined_record.dismissed_at END,
      dismissed_by = CASE WHEN quarantined_record.content_hash = excluded.content_hash THEN quarantined_record.dismissed_by END,
      dismissed_because = CASE WHEN quarantined_record.content_hash = excluded.content_hash THEN quarantined_record.dismissed_because END`,
  [
    records.map((record) => record.externalId), records.map((record) => record.revision), records.map((record) => record.hash),
    records.map((record) => record.payload), records.map((record) => JSON.stringify(record.problems)),
    origin.connectionId, origin.entity, origin.syncRunId, origin.mapping.fingerprint,
  ]);
}

const NONE: readonly Allocation[] = [];

/** Writes a mapped record as a row of the staging COPY. Needs no database, so it is done while the pages before are being stored. */
export function stageRecord<E extends EntityName>(rows: CopyRows, entity: E, received: ReceivedRecord, record: EntityRecords[E]): StagedRecord {
  const { columns, allocations } = entityTable(entity);
  rows.beginRow(RECEIVED_COLUMNS.length + columns.length);
  rows.text(received.externalId);
  rows.text(received.revision);
  rows.hex(received.hash);
  rows.text(received.payload);
  rows.jsonb(JSON.stringify(record.extras));
  for (const column of columns) column.write(rows, record);
  return { row: rows.endRow(), allocations: allocations === null ? NONE : allocations(record) };
}

const RECEIVED_COLUMNS = ['external_id', 'revision', 'content_hash', 'payload', 'extras'] as const;

function stagedColumns<R>(table: EntityTable<R>): string {
  return [...RECEIVED_COLUMNS, ...table.columns.map((column) => column.name)].join(', ');
}

/** COPY does not go through row-level security, so pages land in a temporary table of the session and are merged from there. */
function stagingTable<R>(staging: string, table: EntityTable<R>): string {
  return `CREATE TEMP TABLE IF NOT EXISTS ${staging} (
    raw_id bigint DEFAULT nextval('raw_record_id_seq'), external_id text, revision text, content_hash bytea, payload json, extras jsonb,
    ${table.columns.map((column) => `${column.name} ${column.type}`).join(', ')}) ON COMMIT DELETE ROWS`;
}

function insertSql<R>(staging: string, table: EntityTable<R>): string {
  return `WITH written AS (${insertFrom(staging, table)} RETURNING id) ${EVENT_SQL}`;
}

/** By way of the unique index, so that no plan ever reads the whole table. */
function updateSql<R>(staging: string, table: EntityTable<R>): string {
  const names = [...table.columns.map((column) => column.name), 'raw_record_id', 'content_hash', 'extras', 'sync_run_id', 'mapping_name', 'mapping_version'];
  return `
    WITH written AS (
      ${insertFrom(staging, table)}
      ON CONFLICT (connection_id, external_id) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}, updated_at = now(), deleted_at = NULL
      RETURNING id
    ) ${EVENT_SQL}`;
}

const EVENT_SQL = 'INSERT INTO event (type, subject, subject_id) SELECT $5, $6, id FROM written';

function insertFrom<R>(staging: string, table: EntityTable<R>): string {
  const own = table.columns.map((column) => column.name).join(', ');
  return `INSERT INTO ${table.table} (connection_id, external_id, sync_run_id, mapping_name, mapping_version, ${own}, raw_record_id, content_hash, extras)
      SELECT $1, external_id, $2, $3, $4, ${own}, raw_id, content_hash, extras FROM ${staging}`;
}

async function replaceAllocations(transaction: Transaction, origin: PageOrigin, staging: string, records: readonly MappedRecord[]): Promise<void> {
  await transaction.execute('DELETE FROM allocation WHERE connection_id = $1 AND source_entity = $2 AND source_external_id = ANY ($3)',
    [origin.connectionId, origin.entity, records.map((record) => record.externalId)]);
  const lines: string[] = [];
  for (const received of records) {
    received.allocations.forEach((allocation, position) => {
      lines.push(copyLine([
        origin.connectionId, origin.entity, received.externalId, String(position), allocation.invoiceExternalId, allocation.lineExternalId,
        allocation.amount.currency, allocation.amount.minor.toString(), allocation.discount?.minor.toString() ?? null, allocation.appliedOn,
      ]));
    });
  }
  if (lines.length === 0) return;
  const columns = 'connection_id, source_entity, source_external_id, position, invoice_external_id, line_external_id, currency, amount_minor, discount_minor, applied_on';
  await transaction.execute(`CREATE TEMP TABLE IF NOT EXISTS staged_allocation (connection_id bigint, source_entity text, source_external_id text, position int,
    invoice_external_id text, line_external_id text, currency char(3), amount_minor bigint, discount_minor bigint, applied_on date) ON COMMIT DELETE ROWS`);
  await transaction.execute('DELETE FROM staged_allocation');
  await copyLines(transaction, 'staged_allocation', lines);
  await transaction.execute(`INSERT INTO allocation (${columns}, raw_record_id)
    SELECT ${columns.split(', ').map((column) => `a.${column}`).join(', ')}, s.raw_id FROM staged_allocation a JOIN ${staging} s ON s.external_id = a.source_external_id`);
}
