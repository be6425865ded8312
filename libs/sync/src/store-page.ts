import type { EntityName, EntityRecords } from '#canonical';
import type { OpenConnection } from '#connections';
import type { Page, SourceRecord } from '#connector-kit';
import { mappingFingerprint, type CompiledMapping } from '#mapping';
import {
  addCounts, allocatedInvoices, deleteRecords, hashPayload, quarantine, rememberTouched, selectChanged, writeMapped,
  type ChangedRecord, type MappedRecord, type PageOrigin, type ReceivedRecord, type RefusedRecord, type Transaction,
} from '#storage';

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

/** A page hashed outside any transaction, so that none is held open by work that needs no database. */
export interface PreparedPage {
  readonly received: readonly (ReceivedRecord & { readonly source: SourceRecord })[];
  readonly deleted: readonly string[];
  readonly read: number;
}

/** Serialises and hashes; of records that a source sends twice in a page the last one counts. */
export function preparePage(page: Page): PreparedPage {
  if (page.records.length > PAGE_RECORDS_MAX) throw new RangeError(`a page of ${page.records.length} records is over the limit of ${PAGE_RECORDS_MAX}`);
  const latest = new Map<string, SourceRecord>();
  for (const record of page.records) latest.set(record.externalId, record);
  const received: (ReceivedRecord & { source: SourceRecord })[] = [];
  const deleted: string[] = [];
  for (const source of latest.values()) {
    if (source.deleted) {
      deleted.push(source.externalId);
      continue;
    }
    const payload = JSON.stringify(source.payload);
    received.push({ externalId: source.externalId, revision: source.revision, payload, hash: hashPayload(payload), source });
  }
  return { received, deleted, read: page.records.length };
}

export interface StoreOptions {
  /** Whether invoices that changed documents settle, before or after the change, are to be read again. */
  readonly touch: boolean;
}

/** Stores what is new on a page: raw, canonical or quarantine, deletions, touched documents, counts. One transaction, the caller's. */
export async function storePage(transaction: Transaction, writer: EntityWriter, page: PreparedPage, options: StoreOptions): Promise<void> {
  const { origin } = writer;
  const changed = await selectChanged(transaction, origin, page.received);
  const { mapped, refused } = mapRecords(writer.mapping, page.received, changed);
  const moved = [...mapped.map((record) => record.externalId), ...page.deleted];
  if (options.touch && moved.length > 0) await touchInvoices(transaction, origin, moved, mapped);
  await writeMapped(transaction, origin, mapped);
  await quarantine(transaction, origin, refused);
  const deleted = await deleteRecords(transaction, origin, page.deleted);
  await addCounts(transaction, origin.syncRunId, origin.entity, { read: page.read, changed: mapped.length, quarantined: refused.length, deleted });
}

function mapRecords(mapping: CompiledMapping, received: PreparedPage['received'], changed: readonly ChangedRecord[]): { mapped: MappedRecord[]; refused: RefusedRecord[] } {
  const mapped: MappedRecord[] = [];
  const refused: RefusedRecord[] = [];
  for (const { position, known, quarantined } of changed) {
    const record = received[position];
    if (record === undefined) continue;
    const { source, externalId, revision, payload, hash } = record;
    const result = mapping.apply(source.payload);
    if (!result.ok) refused.push({ externalId, revision, payload, hash, problems: result.problems });
    else if (result.value.externalId !== externalId) refused.push({ externalId, revision, payload, hash, problems: [otherId(mapping, externalId, result.value.externalId)] });
    else mapped.push({ externalId, revision, payload, hash, known, quarantined, record: result.value });
  }
  return { mapped, refused };
}

function otherId(mapping: CompiledMapping, given: string, made: string): object {
  return { file: mapping.mapping.file, line: 1, field: 'externalId', from: '', value: JSON.stringify(made), via: 'text', problem: `the connector names this record ${given}: the mapping must give the same id` };
}

/** Payments and credits move balances without touching the invoice's own timestamp, when they are applied and when they are taken back. */
async function touchInvoices(transaction: Transaction, origin: PageOrigin, moved: readonly string[], mapped: readonly MappedRecord[]): Promise<void> {
  if (origin.entity !== 'payment' && origin.entity !== 'creditMemo') return;
  const before = await allocatedInvoices(transaction, origin.connectionId, origin.entity, moved);
  const after = mapped.flatMap((record) => (record.record as EntityRecords['payment']).allocations.map((allocation) => allocation.invoiceExternalId));
  await rememberTouched(transaction, origin.connectionId, 'invoice', [...before, ...after]);
}
