import type { JsonObject } from '#canonical';
import type { Transaction } from '#storage';

export interface FeedEvent extends Record<string, unknown> {
  id: string; xid: string; type: string; subject: string; subject_id: string; at: Date; detail: JsonObject | null;
}

/** A place in the feed. Both parts are needed: ids are handed out before commit, so a later id may be seen before an earlier one. */
export interface FeedPlace {
  readonly xid: string;
  readonly id: string;
}

export const FEED_START: FeedPlace = { xid: '0', id: '0' };

/**
 * Events after a place, oldest first, of transactions that every transaction before them has finished: only what lies below the
 * oldest one still running is shown, so nothing can commit into a part of the feed that a reader has passed. A transaction
 * held open holds the feed back and never makes it skip.
 */
export async function readEvents(transaction: Transaction, after: FeedPlace, limit: number): Promise<FeedEvent[]> {
  return transaction.query<FeedEvent>(`
    SELECT id, xid::text AS xid, type, subject, subject_id, at, detail FROM event
    WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) AND (xid, id) > ($1::xid8, $2::bigint)
    ORDER BY xid, id LIMIT $3`, [after.xid, after.id, limit]);
}
