import type { EntityName } from '#canonical';
import type { EntityReader, Page } from '#connector-kit';
import { addCounts, addSourceIds, allocatedInvoices, beginIdComparison, deleteRecords, dropUndecidedHold, holdDeletion, missingFromSource, rememberTouched, type Transaction } from '#storage';
import { deletionHeldBecause } from './rules/sync-rules.js';
import { entityWriter, preparePage, storePage } from './store-page.js';
import type { SyncSession } from './sync-session.js';

/** Ids compared in one run; more need a source that reports its deletions. */
export const IDS_MAX = 20_000_000;
const RECHECK_BATCH = 1_000;

/**
 * Deletions by comparison (capability 210): every id of the source in one complete listing, the hub's records that are not in it,
 * looked up once more by id; what is still missing is deleted, or held for a person when it is too much at once.
 * A listing that breaks off deletes nothing.
 */
export async function compareIds(session: SyncSession, entity: EntityName): Promise<void> {
  const reader = session.connection.connector.read[entity];
  if (reader?.ids === undefined || session.connection.capabilities.read[entity]?.deletions !== 'ids') return;
  let found: { missing: string[]; known: number } = { missing: [], known: 0 };
  await session.patiently(async () => {
    const ids: string[] = [];
    for await (const page of reader.ids?.(session.context()) ?? []) {
      for (const id of page) ids.push(id);
      if (ids.length > IDS_MAX) throw new RangeError(`${entity} lists more than ${IDS_MAX} ids`);
      await session.keepLease();
    }
    found = await session.commit((transaction) => missing(transaction, session, entity, ids, false));
  });
  const gone = await lookAgain(session, reader, entity, found.missing);
  await settle(session, entity, gone, found.known);
}

/**
 * The daily sweep: everything the source says is open is read again, and what only the hub still has open too.
 * It finds balances that moved without any timestamp.
 */
export async function sweepOpenItems(session: SyncSession, entity: EntityName): Promise<void> {
  const reader = session.connection.connector.read[entity];
  if (reader?.openItems === undefined) return;
  const writer = entityWriter(session.connection, session.run.id, entity);
  await session.patiently(async () => {
    const seen: string[] = [];
    for await (const page of reader.openItems?.(session.context()) ?? []) {
      const prepared = await preparePage(page);
      for (const record of prepared.received) seen.push(record.externalId);
      await session.commit((transaction) => storePage(transaction, writer, prepared, { touch: false }));
    }
    const { missing: closed } = await session.commit((transaction) => missing(transaction, session, entity, seen, true));
    await session.commit((transaction) => rememberTouched(transaction, session.connection.id, entity, closed));
  });
}

async function missing(transaction: Transaction, session: SyncSession, entity: EntityName, ids: readonly string[], onlyOpen: boolean): Promise<{ missing: string[]; known: number }> {
  await beginIdComparison(transaction);
  await addSourceIds(transaction, ids);
  return missingFromSource(transaction, session.connection.id, entity, onlyOpen);
}

/** A record created or moved while the ids were listed is there after all: those that still answer by id are stored, not deleted. */
async function lookAgain(session: SyncSession, reader: EntityReader, entity: EntityName, candidates: readonly string[]): Promise<string[]> {
  if (reader.byIds === undefined || candidates.length === 0) return [...candidates];
  const writer = entityWriter(session.connection, session.run.id, entity);
  const alive = new Set<string>();
  const store = async (page: Page): Promise<void> => {
    const prepared = await preparePage(page);
    for (const record of prepared.received) alive.add(record.externalId);
    await session.commit((transaction) => storePage(transaction, writer, prepared, { touch: true }));
  };
  for (let start = 0; start < candidates.length; start += RECHECK_BATCH) {
    const batch = candidates.slice(start, start + RECHECK_BATCH);
    await session.patiently(async () => {
      for await (const page of reader.byIds?.(session.context(), batch) ?? []) await store(page);
    });
  }
  return candidates.filter((id) => !alive.has(id));
}

async function settle(session: SyncSession, entity: EntityName, gone: readonly string[], known: number): Promise<void> {
  const origin = { connectionId: session.connection.id, syncRunId: session.run.id, entity };
  const because = deletionHeldBecause(gone.length, known);
  await session.commit(async (transaction) => {
    // What was held before and is there again is no longer anybody's question.
    await dropUndecidedHold(transaction, origin.connectionId, entity);
    if (gone.length === 0) return;
    if (because !== null) {
      await holdDeletion(transaction, { ...origin, externalIds: gone, because });
      await addCounts(transaction, session.run.id, entity, { held: gone.length });
      return;
    }
    if (entity === 'payment' || entity === 'creditMemo') await rememberTouched(transaction, origin.connectionId, 'invoice', await allocatedInvoices(transaction, origin.connectionId, entity, gone));
    const deleted = await deleteRecords(transaction, origin, gone);
    await addCounts(transaction, session.run.id, entity, { deleted });
  });
}
