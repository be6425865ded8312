import { parseJsonKeepingNumberText, type EntityName, type JsonObject } from '#canonical';
import { hashPayload, readQuarantined } from '#storage';
import { entityWriter, storePage, type PreparedPage, type PreparedRecord } from './store-page.js';
import type { SyncSession } from './sync-session.js';

const RETRY_BATCH = 500;

/** Maps quarantined records again from what was received: no call to the source. What still has problems stays, with today's problems. */
export async function retryQuarantine(session: SyncSession, entity: EntityName): Promise<void> {
  const writer = entityWriter(session.connection, session.run.id, entity);
  let after = '';
  for (;;) {
    const records = await session.commit((transaction) => readQuarantined(transaction, session.connection.id, entity, after, RETRY_BATCH));
    const last = records.at(-1);
    if (last === undefined) return;
    after = last.externalId;
    const page: PreparedPage = { received: records.map(asReceived), deleted: [], unreadable: [], read: records.length, outcomes: null };
    await session.commit((transaction) => storePage(transaction, writer, page, { touch: true }));
  }
}

function asReceived({ externalId, revision, payload }: { externalId: string; revision: string; payload: string }): PreparedRecord {
  return { externalId, revision, payload, hash: hashPayload(payload), source: parseJsonKeepingNumberText(payload) as JsonObject };
}
