import type { EntityName, Json } from '#canonical';
import type { Checkpoint, Page } from '#connector-kit';
import { forgetTouched, isFirstRead, isUniqueViolation, markFresh, nextTouched, readCheckpoint, rememberTouched, saveCheckpoint, type Transaction } from '#storage';
import { gatherPages, joinPages, type ReadyPage } from './gather-pages.js';
import { entityWriter, preparePage, storePage, type EntityWriter } from './store-page.js';
import type { SyncSession } from './sync-session.js';

/** Ids asked for at a time when touched documents are read again; NetSuite takes 1,000 in an IN list. */
const TOUCHED_BATCH = 1_000;
/** A read that yields more pages than this is caught in a loop of its own. */
export const PAGES_MAX = 100_000;

/** Reads what changed of one entity since its checkpoint, a transaction a page, and marks it fresh as of the instant the read began. */
export async function readChanges(session: SyncSession, entity: EntityName, readFrom: Date): Promise<void> {
  const reader = session.connection.connector.read[entity];
  if (reader === undefined) return;
  const writer = entityWriter(session.connection, session.run.id, entity);
  const connectionId = session.connection.id;
  await session.patiently(async (progressed) => {
    const from = await session.commit((transaction) => readCheckpoint(transaction, connectionId, entity)) as Checkpoint | null;
    await storePages(session, writer, reader.changes(session.context(), from), from !== null, progressed);
  });
  await session.commit((transaction) => markFresh(transaction, connectionId, entity, readFrom));
}

async function storePages(session: SyncSession, writer: EntityWriter, pages: AsyncIterable<Page>, touch: boolean, progressed: () => void): Promise<void> {
  const connectionId = session.connection.id;
  let first = !touch && await session.commit((transaction) => isFirstRead(transaction, connectionId, writer.origin.entity));
  let count = 0;
  for await (const batch of gatherPages(readyPages(readAhead(pages), touch ? null : writer))) {
    count += batch.length;
    if (count > PAGES_MAX) throw new RangeError(`${writer.origin.entity} yielded more than ${PAGES_MAX} pages in one read`);
    const prepared = joinPages(batch);
    const store = (): Promise<number> => session.commit(async (transaction) => {
      const quarantined = await storePage(transaction, writer, prepared, { touch, first });
      if (touch) await rememberPagesTouched(transaction, connectionId, batch);
      await saveCheckpoint(transaction, connectionId, writer.origin.entity, batch.at(-1)?.page.checkpoint as Json);
      return quarantined;
    });
    const quarantined = await store().catch((error: unknown) => {
      // A source that repeats a record in a later page of its first read: from here on, every record is looked up.
      if (!first || !isUniqueViolation(error)) throw error;
      first = false;
      return store();
    });
    // A record kept apart may come again, mended: then it has to be found in quarantine.
    if (quarantined > 0) first = false;
    progressed();
    for (const { page } of batch) await letGo(session, page);
  }
}

/** Tells the source that the page is kept. What fails here is tried again by the next read: the checkpoint says what is left to let go. */
async function letGo(session: SyncSession, page: Page): Promise<void> {
  try {
    await page.stored?.();
  } catch (error) {
    session.signal.throwIfAborted();
    session.context().log('sync.notLetGo', { runId: session.run.id, problem: error instanceof Error ? error.message : String(error) });
  }
}

async function rememberPagesTouched(transaction: Transaction, connectionId: string, batch: readonly ReadyPage[]): Promise<void> {
  const ids = new Map<string, string[]>();
  for (const { page } of batch) for (const [entity, externalIds] of Object.entries(page.touched ?? {})) ids.set(entity, [...ids.get(entity) ?? [], ...externalIds]);
  for (const [entity, externalIds] of ids) await rememberTouched(transaction, connectionId, entity as EntityName, externalIds);
}

/** Prepared as part of being read ahead: the source makes the page after, and the database stores those before, meanwhile. */
async function* readyPages(pages: AsyncIterable<Page>, ahead: EntityWriter | null): AsyncGenerator<ReadyPage> {
  for await (const page of pages) yield { page, prepared: await preparePage(page, ahead) };
}

/** Fetches the next page while the caller is at this one. */
async function* readAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (;;) {
      const result = await next;
      if (result.done === true) return;
      next = iterator.next();
      // An error of the page ahead is seen when its turn comes; until then it must not count as unhandled.
      next.catch(() => undefined);
      yield result.value;
    }
  } finally {
    await next.catch(() => undefined);
    await iterator.return?.();
  }
}

/** Reads documents again whose balance another document moved. An id that does not come back is gone or invisible: the next comparison of ids decides. */
export async function readTouched(session: SyncSession, entity: EntityName): Promise<void> {
  const reader = session.connection.connector.read[entity];
  const byIds = reader?.byIds?.bind(reader);
  if (byIds === undefined) return;
  const writer = entityWriter(session.connection, session.run.id, entity);
  const connectionId = session.connection.id;
  for (;;) {
    const ids = await session.commit((transaction) => nextTouched(transaction, connectionId, entity, TOUCHED_BATCH));
    if (ids.length === 0) return;
    await session.patiently(async () => {
      for await (const page of byIds(session.context(), ids)) {
        const prepared = await preparePage(page);
        await session.commit((transaction) => storePage(transaction, writer, prepared, { touch: false }));
      }
    });
    await session.commit((transaction) => forgetTouched(transaction, connectionId, entity, ids));
  }
}
