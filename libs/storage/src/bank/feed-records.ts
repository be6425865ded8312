import type { CurrencyCode, Json } from '#canonical';
import type { Row, Transaction } from '../database.js';
import { storableText, storableTextOrNull } from './storable-text.js';

/** `unread`: never read to the end. `signInAgain`, `linkAnew`, `settings`: a person has to act. `failing`: reads fail for another reason. */
export const FEED_HEALTHS = ['unread', 'ok', 'signInAgain', 'linkAnew', 'settings', 'failing'] as const;
export type FeedHealth = (typeof FEED_HEALTHS)[number];

/** The state of one connection's feed. */
export interface BankFeedRecord {
  readonly connectionId: string;
  readonly checkpoint: Json | null;
  readonly health: FeedHealth;
  readonly healthBecause: string | null;
  readonly healthSince: Date;
  /** When an update was last read to the end. */
  readonly updatedAt: Date | null;
}

interface FeedRow extends Row {
  connection_id: string; checkpoint: Json | null; health: FeedHealth; health_because: string | null; health_since: Date; updated_at: Date | null;
}

function asFeed(given: Row): BankFeedRecord {
  const row = given as FeedRow;
  return {
    connectionId: row.connection_id, checkpoint: row.checkpoint, health: row.health, healthBecause: row.health_because, healthSince: row.health_since, updatedAt: row.updated_at,
  };
}

/** The feed of a connection, made when it is not there yet, and locked until the transaction ends. */
export async function lockBankFeed(transaction: Transaction, connectionId: string): Promise<BankFeedRecord> {
  await transaction.execute('INSERT INTO bank_feed (connection_id) VALUES ($1) ON CONFLICT DO NOTHING', [connectionId]);
  const row = await transaction.one('SELECT * FROM bank_feed WHERE connection_id = $1 FOR UPDATE', [connectionId]);
  if (row === null) throw new Error(`the bank feed of connection ${connectionId} was not stored`);
  return asFeed(row);
}

/** Null when nothing was ever asked of it. */
export async function readBankFeed(transaction: Transaction, connectionId: string): Promise<BankFeedRecord | null> {
  const row = await transaction.one('SELECT * FROM bank_feed WHERE connection_id = $1', [connectionId]);
  return row === null ? null : asFeed(row);
}

/** Keeps where the next update begins; null begins at the beginning. */
export async function saveFeedCheckpoint(transaction: Transaction, connectionId: string, checkpoint: Json | null): Promise<void> {
  await transaction.execute('UPDATE bank_feed SET checkpoint = $2 WHERE connection_id = $1', [connectionId, checkpoint === null ? null : JSON.stringify(checkpoint)]);
}

/** An update was read to its end. */
export async function noteFeedRead(transaction: Transaction, connectionId: string): Promise<void> {
  await transaction.execute('UPDATE bank_feed SET updated_at = clock_timestamp() WHERE connection_id = $1', [connectionId]);
}

/** True when the health is another than before; `since` stays while it is the same. */
export async function saveFeedHealth(transaction: Transaction, connectionId: string, health: FeedHealth, because: string | null): Promise<boolean> {
  const before = await lockBankFeed(transaction, connectionId);
  await transaction.execute(`
    UPDATE bank_feed SET health = $2, health_because = $3, health_since = CASE WHEN health = $2 THEN health_since ELSE clock_timestamp() END WHERE connection_id = $1`,
  [connectionId, health, storableTextOrNull(because)]);
  return before.health !== health;
}

/** An account of a feed, and the bank account its lines are on. */
export interface FeedAccountRecord {
  readonly id: string;
  readonly connectionId: string;
  readonly externalId: string;
  /** Ids the source gave it before. */
  readonly formerExternalIds: readonly string[];
  readonly persistentId: string | null;
  readonly name: string;
  readonly mask: string | null;
  readonly currency: CurrencyCode | null;
  readonly institution: string | null;
  /** Null until its currency is known. */
  readonly bankAccountId: string | null;
  /** When the source last listed it. */
  readonly listedAt: Date;
}

interface FeedAccountRow extends Row {
  id: string; connection_id: string; external_id: string; former_external_ids: string[]; persistent_id: string | null; name: string; mask: string | null; currency: string | null;
  institution: string | null; bank_account_id: string | null; listed_at: Date;
}

function asFeedAccount(given: Row): FeedAccountRecord {
  const row = given as FeedAccountRow;
  return {
    id: row.id, connectionId: row.connection_id, externalId: row.external_id, formerExternalIds: row.former_external_ids, persistentId: row.persistent_id, name: row.name,
    mask: row.mask, currency: row.currency, institution: row.institution, bankAccountId: row.bank_account_id, listedAt: row.listed_at,
  };
}

export async function listFeedAccounts(transaction: Transaction, connectionId: string): Promise<FeedAccountRecord[]> {
  return (await transaction.query('SELECT * FROM bank_feed_account WHERE connection_id = $1 ORDER BY id', [connectionId])).map(asFeedAccount);
}

export type FeedAccountFacts = Pick<FeedAccountRecord, 'externalId' | 'persistentId' | 'name' | 'mask' | 'currency' | 'institution'>;

export async function insertFeedAccount(transaction: Transaction, connectionId: string, facts: FeedAccountFacts): Promise<FeedAccountRecord> {
  const row = await transaction.one(`
    INSERT INTO bank_feed_account (connection_id, external_id, persistent_id, name, mask, currency, institution) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *`,
  [connectionId, ...factValues(facts)]);
  if (row === null) throw new Error(`the account ${facts.externalId} was not stored`);
  return asFeedAccount(row);
}

/** The source lists a known account; another id than before is kept beside the former ones. */
export async function updateFeedAccount(transaction: Transaction, id: string, facts: FeedAccountFacts): Promise<FeedAccountRecord> {
  const row = await transaction.one(`
    UPDATE bank_feed_account SET external_id = $2, persistent_id = coalesce($3, persistent_id), name = $4, mask = $5, currency = coalesce($6, currency), institution = $7, listed_at = now(),
      former_external_ids = CASE WHEN external_id = $2 THEN former_external_ids ELSE array_append(array_remove(former_external_ids, $2), external_id) END
    WHERE id = $1 RETURNING *`, [id, ...factValues(facts)]);
  if (row === null) throw new Error(`the feed account ${id} vanished`);
  return asFeedAccount(row);
}

function factValues({ externalId, persistentId, name, mask, currency, institution }: FeedAccountFacts): (string | null)[] {
  return [externalId, persistentId, storableText(name), storableTextOrNull(mask), currency, storableTextOrNull(institution)];
}

/** Gives a feed account its bank account. */
export async function linkFeedAccount(transaction: Transaction, id: string, bankAccountId: string): Promise<void> {
  await transaction.execute('UPDATE bank_feed_account SET bank_account_id = $2 WHERE id = $1', [id, bankAccountId]);
}

/** A row of a feed that is no line, with the reason. */
export interface UnplacedFeedRow {
  readonly id: string;
  readonly externalId: string;
  readonly accountExternalId: string;
  readonly problem: string;
  readonly pending: boolean;
  readonly payload: Json;
  readonly firstSeenAt: Date;
}

/** Rows that are kept and are no lines, after `afterId`. */
export async function listUnplacedRows(transaction: Transaction, connectionId: string, afterId: string, limit: number): Promise<UnplacedFeedRow[]> {
  return transaction.query<UnplacedFeedRow & Row>(`
    SELECT id, external_id AS "externalId", account_external_id AS "accountExternalId", problem, pending, payload, first_seen_at AS "firstSeenAt"
    FROM bank_feed_row WHERE connection_id = $1 AND problem IS NOT NULL AND state = 'live' AND id > $2 ORDER BY id LIMIT $3`, [connectionId, afterId, limit]);
}

export async function countUnplacedRows(transaction: Transaction, connectionId: string): Promise<number> {
  const row = await transaction.one<{ count: string }>(`SELECT count(*) AS count FROM bank_feed_row WHERE connection_id = $1 AND problem IS NOT NULL AND state = 'live'`, [connectionId]);
  return Number(row?.count ?? 0);
}
