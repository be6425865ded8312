import type { EntityName } from '#canonical';
import type { OpenConnection } from '#connections';
import { ConnectorError } from '#connector-kit';
import {
  acquireLease, addCounts, finishRun, forgetCheckpoints, noteConnectionFailure, noteConnectionSuccess, refreshStatistics, releaseLease, releaseSeenShares, requestSyncRun, startNextRun,
  type Database, type EntityCounts, type Lease, type SyncKind, type SyncRun,
} from '#storage';
import { compareIds, sweepOpenItems } from './compare-ids.js';
import { readChanges, readTouched } from './read-changes.js';
import { retryQuarantine } from './retry-quarantine.js';
import { pauseBecause, SYNC_ORDER, type RunFailure } from './rules/sync-rules.js';
import { LeaseLostError, SYNC_LEASE_MS, SyncSession } from './sync-session.js';
import { tieOut } from './tie-out.js';

export interface SyncDependencies {
  readonly database: Database;
  readonly openConnection: (tenantId: string, connectionId: string) => Promise<OpenConnection>;
  /** Names this process in leases. */
  readonly holder: string;
  readonly now: () => Date;
  readonly monotonicMs: () => number;
  readonly random: () => number;
  readonly log: (event: string, detail: Readonly<Record<string, string | number>>) => void;
  /** Reads the connection's bank feed, where it has one. The app wires it; absent where no feeds are read. */
  readonly bankFeeds?: BankFeedReader;
}

/** What reads a bank feed within a run: whole or not at all. */
export interface BankFeedReader {
  read(session: SyncSession): Promise<Pick<EntityCounts, 'read' | 'changed' | 'quarantined' | 'deleted'>>;
  /** The read failed for good in this run. */
  noteFailure(tenantId: string, connectionId: string, error: unknown): Promise<void>;
}

/** Changed rows after which the database's planner is told; fewer do not mislead it. */
const STATISTICS_AFTER_ROWS = 1_000;

/** Documents whose balance other documents move. */
const BALANCE_ENTITIES: readonly EntityName[] = ['payment', 'creditMemo', 'invoice'];

/** Runs after which the hub has seen every balance a posting moved before they began. The others read other things, and must not say so. */
const READS_BALANCES: ReadonlySet<SyncKind> = new Set(['full', 'incremental', 'sweep']);

/** Runs reads: one run per connection at a time, wherever the workers are. */
export class SyncService {
  constructor(private readonly dependencies: SyncDependencies) {}

  /** Puts a run in line; one of its kind that waits already is joined. The caller wakes a worker. */
  request(tenantId: string, connectionId: string, kind: SyncKind, requestedBy: string): Promise<SyncRun> {
    return this.dependencies.database.inTenant(tenantId, (transaction) => requestSyncRun(transaction, connectionId, kind, requestedBy));
  }

  /** Runs everything in line for a connection. Returns at once when another worker is at it: that one sees new runs too. */
  async drain(tenantId: string, connectionId: string, signal: AbortSignal): Promise<void> {
    const { database, holder } = this.dependencies;
    const lease = await acquireLease(database, `sync:${connectionId}`, holder, SYNC_LEASE_MS);
    if (lease === null) return;
    try {
      for (;;) {
        const run = await database.inTenant(tenantId, (transaction) => startNextRun(transaction, connectionId));
        if (run === null) return;
        await this.#perform(tenantId, run, lease, signal);
      }
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
      this.dependencies.log('sync.leaseLost', { connectionId });
    } finally {
      await releaseLease(database, lease);
    }
  }

  async #perform(tenantId: string, run: SyncRun, lease: Lease, signal: AbortSignal): Promise<void> {
    const { database, log } = this.dependencies;
    log('sync.started', { tenantId, connectionId: run.connectionId, runId: run.id, kind: run.kind });
    try {
      const connection = await this.dependencies.openConnection(tenantId, run.connectionId);
      const session = new SyncSession(database, connection, run, signal, lease, this.dependencies.monotonicMs, this.dependencies.random);
      await this.#read(session);
      await session.commit(async (transaction) => {
        await finishRun(transaction, run.id, 'succeeded', null);
        await noteConnectionSuccess(transaction, run.connectionId);
      });
      log('sync.succeeded', { runId: run.id });
    } catch (error) {
      // Aborted or overtaken: the run stays `running`, and whoever comes next marks it interrupted and goes on from its last page.
      if (error instanceof LeaseLostError || signal.aborted) throw error;
      await this.#fail(tenantId, run, error);
    }
  }

  async #read(session: SyncSession): Promise<void> {
    const { now } = this.dependencies;
    const { kind } = session.run;
    const entities = session.entities(SYNC_ORDER);
    const readFrom = now();
    switch (kind) {
      case 'full':
        await session.commit((transaction) => forgetCheckpoints(transaction, session.connection.id));
        for (const entity of entities) await readChanges(session, entity, readFrom);
        await this.#readBankFeed(session);
        break;
      case 'incremental':
        for (const entity of entities) await readChanges(session, entity, readFrom);
        await this.#readBankFeed(session);
        break;
      case 'sweep':
        for (const entity of session.entities(BALANCE_ENTITIES)) await sweepOpenItems(session, entity);
        break;
      case 'deletions':
        for (const entity of entities) await compareIds(session, entity);
        break;
      case 'retryQuarantine':
        for (const entity of entities) await retryQuarantine(session, entity);
        break;
      case 'tieOut': break;
    }
    for (const entity of session.entities(BALANCE_ENTITIES)) await readTouched(session, entity);
    await tieOut(session, now(), async () => {
      await session.commit((transaction) => refreshStatistics(transaction, session.run.id, STATISTICS_AFTER_ROWS));
      if (READS_BALANCES.has(kind)) await session.commit((transaction) => releaseSeenShares(transaction, session.connection.id, session.run.id));
    });
  }

  async #readBankFeed(session: SyncSession): Promise<void> {
    const { bankFeeds } = this.dependencies;
    const { connection, run } = session;
    if (bankFeeds === undefined || connection.connector.bankFeed === undefined) return;
    try {
      await session.patiently(async () => {
        const counts = await bankFeeds.read(session);
        await session.commit((transaction) => addCounts(transaction, run.id, 'bankFeed', counts));
      });
    } catch (error) {
      if (!(error instanceof LeaseLostError) && !session.signal.aborted) await bankFeeds.noteFailure(connection.tenantId, connection.id, error);
      throw error;
    }
  }

  async #fail(tenantId: string, run: SyncRun, error: unknown): Promise<void> {
    const failure = failureOf(error);
    this.dependencies.log('sync.failed', { runId: run.id, kind: failure.kind, message: failure.message });
    await this.dependencies.database.inTenant(tenantId, async (transaction) => {
      await finishRun(transaction, run.id, 'failed', failure);
      await noteConnectionFailure(transaction, run.connectionId, (failuresInARow) => pauseBecause(failure, failuresInARow));
    });
  }
}

function failureOf(error: unknown): RunFailure {
  if (error instanceof ConnectorError) return { kind: error.failure.kind, message: error.message };
  return { kind: 'internal', message: error instanceof Error ? error.message : String(error) };
}
