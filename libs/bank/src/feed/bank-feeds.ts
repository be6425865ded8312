import { canonicalJson, type JsonObject } from '#canonical';
import type { OpenConnection } from '#connections';
import { ConnectorError, type Checkpoint, type Context, type FeedPage } from '#connector-kit';
import {
  type BankFeedRecord, countUnplacedRows, type Database, type FeedAccountRecord, type FeedHealth, listFeedAccounts, listUnplacedRows, lockBankFeed, noteFeedRead, readBankFeed,
  recordConnectionEvent, saveFeedCheckpoint, saveFeedHealth, type Transaction, type UnplacedFeedRow,
} from '#storage';
import { FeedImport, type FeedCounts } from './feed-import.js';
import { FEED_UPDATE_ROWS_MAX, UNPLACED_ROWS_LISTED_MAX } from './feed-limits.js';

/** One read of a feed under the connection's lease: what a sync session offers. */
export interface FeedRun {
  readonly connection: OpenConnection;
  context(): Context;
  /** One transaction that commits only while the lease is ours. */
  commit<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Renews the lease; called between pages. */
  keepLease(): Promise<void>;
}

/** A feed as people look after it. */
export interface BankFeedState extends Omit<BankFeedRecord, 'healthSince' | 'checkpoint'> {
  /** Null before the first read. */
  readonly healthSince: Date | null;
  readonly accounts: readonly FeedAccountRecord[];
  /** Rows that are kept and are no lines. */
  readonly unplaced: number;
}

/** Bank transactions from aggregators (capabilities 58, 222): updates brought in whole, and the health of each feed. */
export class BankFeeds {
  constructor(private readonly dependencies: { readonly database: Database }) {}

  /**
   * One update: every page first, then one transaction with all of them and the last page's checkpoint. A failure on the way leaves nothing behind;
   * the next read begins where this one did.
   * @throws ConnectorError as the connector does; RangeError beyond {@link FEED_UPDATE_ROWS_MAX}.
   */
  async read(run: FeedRun): Promise<FeedCounts> {
    const { connection: { id, connector: { bankFeed } } } = run;
    if (bankFeed === undefined) return { read: 0, changed: 0, quarantined: 0, deleted: 0 };
    const begun = await run.commit((transaction) => lockBankFeed(transaction, id));
    const accounts = await bankFeed.accounts(run.context());
    const pages: FeedPage[] = [];
    let rows = 0;
    for await (const page of bankFeed.update(run.context(), begun.checkpoint as Checkpoint | null)) {
      rows += page.transactions.length + page.removed.length;
      if (rows > FEED_UPDATE_ROWS_MAX) throw new RangeError(`the update has more than ${FEED_UPDATE_ROWS_MAX} rows: link fewer days of history`);
      pages.push(page);
      await run.keepLease();
    }
    return run.commit(async (transaction) => {
      const now = await lockBankFeed(transaction, id);
      if (canonicalJson(now.checkpoint) !== canonicalJson(begun.checkpoint)) throw new ConnectorError('the feed was begun anew meanwhile', { kind: 'transient' });
      const counts = await FeedImport.run(transaction, id, accounts, pages);
      const checkpoint = pages.at(-1)?.checkpoint;
      if (checkpoint !== undefined) await saveFeedCheckpoint(transaction, id, checkpoint);
      await noteFeedRead(transaction, id);
      await this.#saveHealth(transaction, id, 'ok', null);
      return counts;
    });
  }

  /** Keeps why a feed could not be read. What passes by itself is `failing` only once the retries are used up: the caller's business. */
  async noteFailure(tenantId: string, connectionId: string, error: unknown): Promise<void> {
    const { health, because } = healthOf(error);
    await this.dependencies.database.inTenant(tenantId, (transaction) => this.#saveHealth(transaction, connectionId, health, because));
  }

  /** A person has repaired or linked the login: `unread` until the next update says more. */
  async noteRepaired(tenantId: string, connectionId: string): Promise<void> {
    await this.dependencies.database.inTenant(tenantId, (transaction) => this.#saveHealth(transaction, connectionId, 'unread', null));
  }

  /** The feed with its accounts; `unread` when nothing was ever asked of it. */
  get(tenantId: string, connectionId: string): Promise<BankFeedState> {
    return this.dependencies.database.inTenant(tenantId, async (transaction) => ({
      ...await readBankFeed(transaction, connectionId) ?? { connectionId, health: 'unread', healthBecause: null, healthSince: null, updatedAt: null },
      accounts: await listFeedAccounts(transaction, connectionId), unplaced: await countUnplacedRows(transaction, connectionId),
    }));
  }

  /** Rows that are kept and are no lines, oldest first, at most {@link UNPLACED_ROWS_LISTED_MAX} after the one named. */
  unplaced(tenantId: string, connectionId: string, afterId = '0'): Promise<UnplacedFeedRow[]> {
    return this.dependencies.database.inTenant(tenantId, (transaction) => listUnplacedRows(transaction, connectionId, afterId, UNPLACED_ROWS_LISTED_MAX));
  }

  async #saveHealth(transaction: Transaction, connectionId: string, health: FeedHealth, because: string | null): Promise<void> {
    if (!await saveFeedHealth(transaction, connectionId, health, because)) return;
    const detail: JsonObject = { health, because };
    await recordConnectionEvent(transaction, connectionId, 'bankFeed.healthChanged', detail);
  }
}

const BECAUSE_LENGTH_MAX = 500;

function healthOf(error: unknown): { readonly health: FeedHealth; readonly because: string } {
  const because = (error instanceof Error ? error.message : String(error)).slice(0, BECAUSE_LENGTH_MAX);
  if (!(error instanceof ConnectorError)) return { health: 'failing', because };
  return { health: error.failure.kind === 'auth' ? error.failure.cure ?? 'settings' : 'failing', because };
}
