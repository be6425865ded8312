import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EntityName, JsonObject } from '#canonical';
import type { OpenConnection } from '#connections';
import type { Page, SourceRecord, UnreadableRow } from '#connector-kit';
import { mappingFingerprint, type CompiledMapping } from '#mapping';
import {
  addCounts, allocatedInvoices, deleteRecords, hashPayload, quarantine, quarantineUnreadable, rememberTouched, selectChanged, stageRecord, writeMapped,
  CopyRows, type ChangedRecord, type MappedRecord, type PageOrigin, type ReceivedRecord, type RefusedRecord, type StagedRecord, type Transaction,
} from '#storage';

/** Records prepared before the thread looks up from its work: about two milliseconds. */
const PREPARED_AT_A_TIME = 64;
/** An invoice with its payload has 0.8 to 1 kB in the staging COPY. */
const ROW_BYTES_EXPECTED = 1_024;
/** Records a page may hold; a connector that yields more is broken and would not fit one transaction. */
export const PAGE_RECORDS_MAX = 20_000;

/** What stores pages of one entity: the mapping compiled once, the fingerprint computed once. */
export interface EntityWriter {
  readonly origin: PageOrigin;
  readonly mapping: CompiledMapping;
}

export function entityWriter(connection: OpenConnection, syncRunId: string, entity: EntityName): EntityWriter {
  const mapping = connection.readMapping(entity);
  const { name, version } = mapping.mapping;
  return { mapping, origin: { connectionId: connection.id, syncRunId, entity, mapping: { name, version, fingerprint: mappingFingerprint(mapping) } } };
}

/** What the mapping makes of one record: its row, or why there is none. */
type Outcome = StagedRecord | { readonly problems: readonly object[] };

/** A record that waits to be stored. The payload as an object is not kept: it is made again where it is wanted after all. */
export interface PreparedRecord extends ReceivedRecord {
  readonly source?: JsonObject;
}

/** A page hashed outside any transaction, so that none is held open by work that needs no database. */
export interface PreparedPage {
  readonly received: readonly PreparedRecord[];
  readonly deleted: readonly string[];
  /** Rows that could not become a record. */
  readonly unreadable: readonly RefusedRecord[];
  /** Records and unreadable rows. */
  readonly read: number;
  /** Made ahead where every record is likely to be new; null where most will turn out unchanged and need no mapping. */
  readonly outcomes: readonly Outcome[] | null;
}

/**
 * Serialises and hashes; of records that a source sends twice in a page the last one counts.
 * @param ahead maps them too, for a first read: then the database never waits for the mapping.
 */
export async function preparePage(page: Page, ahead: EntityWriter | null = null): Promise<PreparedPage> {
  const count = page.records.length + (page.unreadable?.length ?? 0);
  if (count > PAGE_RECORDS_MAX) throw new RangeError(`a page of ${count} records is over the limit of ${PAGE_RECORDS_MAX}`);
  const latest = new Map<string, SourceRecord>();
  for (const record of page.records) latest.set(record.externalId, record);
  const received: PreparedRecord[] = [];
  const deleted: string[] = [];
  const outcomes: Outcome[] = [];
  const rows = new CopyRows(latest.size * ROW_BYTES_EXPECTED);
  for (const source of latest.values()) {
    if (source.deleted) {
      deleted.push(source.externalId);
      continue;
    }
    const payload = JSON.stringify(source.payload);
    const record = { externalId: source.externalId, revision: source.revision, payload, hash: hashPayload(payload) };
    received.push(record);
    if (ahead !== null) outcomes.push(outcomeOf(ahead, record, source.payload, rows));
    // The pages before are being stored meanwhile: their statements follow each other only when this thread sees their answers.
    if (received.length % PREPARED_AT_A_TIME === 0) await nextTurn();
  }
  return { received, deleted, unreadable: refusedRows(page.unreadable ?? []), read: count, outcomes: ahead === null ? null : outcomes };
}

/** In the words of a mapping's problem, so that people find both in one list. Several problems of one place are one record. */
function refusedRows(rows: readonly UnreadableRow[]): readonly RefusedRecord[] {
  const byId = new Map<string, RefusedRecord>();
  for (const { externalId, payload: row, problem } of rows) {
    const payload = JSON.stringify(row);
    const problems = [...byId.get(externalId)?.problems ?? [], { file: externalId, line: 0, field: '', from: '', value: payload, via: '', problem }];
    byId.set(externalId, { externalId, revision: '', payload, hash: hashPayload(payload), problems });
  }
  return [...byId.values()];
}

export interface StoreOptions {
  /** Whether invoices that changed documents settle, before or after the change, are to be read again. */
  readonly touch: boolean;
  /** The hub has nothing of the entity yet but what this read stored: nothing is looked up. */
  readonly first?: boolean;
}

/** Stores what is new on a page: raw, canonical or quarantine, deletions, touched documents, counts. One transaction, the caller's. @returns records that were quarantined */
export async function storePage(transaction: Transaction, writer: EntityWriter, page: PreparedPage, options: StoreOptions): Promise<number> {
  const { origin } = writer;
  const changed = options.first === true ? page.received.map(unknownRecord) : await selectChanged(transaction, origin, page.received);
  const { mapped, refused } = mapRecords(writer, page, changed);
  const moved = [...mapped.map((record) => record.externalId), ...page.deleted];
  if (options.touch && moved.length > 0) await touchInvoices(transaction, origin, moved, mapped);
  await writeMapped(transaction, origin, mapped);
  await quarantine(transaction, origin, refused);
  await quarantineUnreadable(transaction, origin, page.unreadable);
  const deleted = await deleteRecords(transaction, origin, page.deleted);
  await addCounts(transaction, origin.syncRunId, origin.entity, { read: page.read, changed: mapped.length, quarantined: refused.length + page.unreadable.length, deleted });
  return refused.length;
}

function unknownRecord(_record: ReceivedRecord, position: number): ChangedRecord {
  return { position, known: false, quarantined: false };
}

function mapRecords(writer: EntityWriter, page: PreparedPage, changed: readonly ChangedRecord[]): { mapped: MappedRecord[]; refused: RefusedRecord[] } {
  const mapped: MappedRecord[] = [];
  const refused: RefusedRecord[] = [];
  const rows = new CopyRows();
  for (const { position, known, quarantined } of changed) {
    const received = page.received[position];
    if (received === undefined) continue;
    const { externalId, revision, payload, hash } = received;
    const outcome = page.outcomes?.[position] ?? outcomeOf(writer, received, received.source ?? JSON.parse(payload) as JsonObject, rows);
    if ('problems' in outcome) refused.push({ externalId, revision, payload, hash, problems: outcome.problems });
    else mapped.push({ externalId, revision, payload, hash, known, quarantined, row: outcome.row, allocations: outcome.allocations });
  }
  return { mapped, refused };
}

function outcomeOf({ mapping, origin }: EntityWriter, received: ReceivedRecord, payload: JsonObject, rows: CopyRows): Outcome {
  const result = mapping.apply(payload);
  if (!result.ok) return { problems: result.problems };
  if (result.value.externalId !== received.externalId) return { problems: [otherId(mapping, received.externalId, result.value.externalId)] };
  return stageRecord(rows, origin.entity, received, result.value);
}

function otherId(mapping: CompiledMapping, given: string, made: string): object {
  return { file: mapping.mapping.file, line: 1, field: 'externalId', from: '', value: JSON.stringify(made), via: 'text', problem: `the connector names this record ${given}: the mapping must give the same id` };
}

/** Payments and credits move balances without touching the invoice's own timestamp, when they are applied and when they are taken back. */
async function touchInvoices(transaction: Transaction, origin: PageOrigin, moved: readonly string[], mapped: readonly MappedRecord[]): Promise<void> {
  if (origin.entity !== 'payment' && origin.entity !== 'creditMemo') return;
  const before = await allocatedInvoices(transaction, origin.connectionId, origin.entity, moved);
  const after = mapped.flatMap((record) => record.allocations.map((allocation) => allocation.invoiceExternalId));
  await rememberTouched(transaction, origin.connectionId, 'invoice', [...before, ...after]);
}
