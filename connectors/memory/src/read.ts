import { z } from 'zod';
import type { EntityName, JsonObject } from '#canonical';
import { ConnectorError, type Checkpoint, type Context, type EntityReader, type Page, type ReadCapability, type SourceRecord } from '#connector-kit';
import { CAPABILITIES } from './capabilities.js';
import type { MemoryClient } from './client.js';
import { settingsOf } from './settings.js';

/** Raised with any change of the checkpoint's meaning. */
const CHECKPOINT_VERSION = 1;
/**
 * How far a run begins before the newest change the last one saw. The target keeps whole seconds, and rows may become visible
 * after their own timestamp; a run that began exactly at the newest change would lose both (see the trap list, airbyte#27146).
 */
export const OVERLAP_MS = 60_000;

const RECORD = z.looseObject({ id: z.string(), revision: z.string(), modifiedAt: z.string(), deleted: z.boolean(), recordType: z.string() });
const LIST = z.object({ records: z.array(RECORD), more: z.boolean() });
const PART = z.object({ records: z.array(RECORD), lastId: z.string(), more: z.boolean() });
const IDS = z.object({ records: z.array(z.string()), lastId: z.string(), more: z.boolean() });
const RECORDS = z.object({ records: z.array(RECORD) });
type TargetRecord = z.infer<typeof RECORD>;

/** `since` bounds the run; the three others say where in it we are and are absent between runs. */
interface Position {
  readonly since: string;
  readonly afterAt: string;
  readonly afterId: string;
  /** Newest change this run has seen. */
  readonly newest: string;
}

/** The reader of one list. Documents can also be re-read by id, swept while open, and compared by id. */
export function readerOf(client: MemoryClient, entity: EntityName): EntityReader {
  const capability: ReadCapability = CAPABILITIES.read[entity];
  const byIds: EntityReader['byIds'] = (context, externalIds) => reread(client, context, externalIds);
  const changes: EntityReader['changes'] = (context, from) => readChanges(client, context, entity, capability, from);
  if (capability.deletions !== 'ids') return capability.changes === 'none' ? { changes } : { changes, byIds };
  return {
    changes, byIds,
    openItems: (context) => sweep(client, context, entity),
    ids: (context) => listIds(client, context, entity),
  };
}

async function* readChanges(client: MemoryClient, context: Context, entity: EntityName, capability: ReadCapability, from: Checkpoint | null): AsyncIterable<Page> {
  let position = positionOf(from);
  for (;;) {
    const body = { since: position.since, afterAt: position.afterAt, afterId: position.afterId, limit: pageSizeOf(context) };
    const { records, more } = await client.call(context, { path: `list/${entity}`, body, answers: LIST });
    position = advanced(position, records);
    yield { records: records.map(sourceRecord), checkpoint: more ? midRun(position) : afterRun(position, capability), ...touchedBy(entity, records) };
    if (!more) return;
  }
}

/** @throws ConnectorError `invalid` for a checkpoint of another version: reading on from it could skip records. */
function positionOf(from: Checkpoint | null): Position {
  if (from !== null && from.version !== CHECKPOINT_VERSION) {
    throw new ConnectorError(`the checkpoint has version ${from.version}, this connector reads version ${CHECKPOINT_VERSION}; start the read anew`, {
      kind: 'invalid', issues: [{ path: 'checkpoint.version', value: String(from.version), problem: `is not ${CHECKPOINT_VERSION}` }],
    });
  }
  const word = (name: string): string => (typeof from?.[name] === 'string' ? from[name] : '');
  return { since: word('since'), afterAt: word('afterAt'), afterId: word('afterId'), newest: word('newest') };
}

function advanced(position: Position, records: readonly TargetRecord[]): Position {
  const last = records.at(-1);
  if (last === undefined) return position;
  return { ...position, afterAt: last.modifiedAt, afterId: last.id, newest: last.modifiedAt > position.newest ? last.modifiedAt : position.newest };
}

function midRun(position: Position): Checkpoint {
  return { version: CHECKPOINT_VERSION, ...position };
}

/** Where the next run begins. It never falls back behind this one, and a run without news leaves it where it was. */
function afterRun({ since, newest }: Position, { changes }: ReadCapability): Checkpoint {
  if (changes === 'none') return { version: CHECKPOINT_VERSION };
  const next = newest === '' ? since : new Date(Date.parse(newest) - OVERLAP_MS).toISOString();
  return { version: CHECKPOINT_VERSION, since: next > since ? next : since };
}

/** A payment moves its invoices; the engine re-reads them even when their own timestamp stands still. */
function touchedBy(entity: EntityName, records: readonly TargetRecord[]): Pick<Page, 'touched'> {
  if (entity !== 'payment') return {};
  const applications = records.flatMap((record) => (Array.isArray(record['applications']) ? record['applications'] as readonly { readonly invoice?: unknown }[] : []));
  const invoice = [...new Set(applications.flatMap(({ invoice: id }) => (typeof id === 'string' ? [id] : [])))];
  return invoice.length === 0 ? {} : { touched: { invoice } };
}

async function* reread(client: MemoryClient, context: Context, externalIds: readonly string[]): AsyncIterable<Page> {
  const size = pageSizeOf(context);
  for (let start = 0; start < externalIds.length; start += size) {
    const ids = externalIds.slice(start, start + size);
    const { records } = await client.call(context, { path: 'get', body: { ids }, answers: RECORDS });
    yield { records: records.map(sourceRecord), checkpoint: { version: CHECKPOINT_VERSION } };
  }
}

async function* sweep(client: MemoryClient, context: Context, entity: EntityName): AsyncIterable<Page> {
  for (let afterId = '0', more = true; more;) {
    const part = await client.call(context, { path: `open/${entity}`, body: { afterId, limit: pageSizeOf(context) }, answers: PART });
    yield { records: part.records.map(sourceRecord), checkpoint: { version: CHECKPOINT_VERSION } };
    ({ lastId: afterId, more } = part);
  }
}

async function* listIds(client: MemoryClient, context: Context, entity: EntityName): AsyncIterable<readonly string[]> {
  for (let afterId = '0', more = true; more;) {
    const part = await client.call(context, { path: `ids/${entity}`, body: { afterId, limit: pageSizeOf(context) }, answers: IDS });
    yield part.records;
    ({ lastId: afterId, more } = part);
  }
}

function pageSizeOf(context: Context): number {
  return settingsOf(context.config).pageSize;
}

function sourceRecord(record: TargetRecord): SourceRecord {
  return { externalId: record.id, revision: record.revision, deleted: record.deleted, payload: record as JsonObject };
}
