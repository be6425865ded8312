import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { ApiKeys, AuditTrail, SecretBox, Tenants } from '#access';
import { BankFiles, InboxImport } from '#bank';
import type { AnyConnector } from '#connector-kit';
import { Connections, loadCatalogue, type Catalogue } from '#connections';
import { MatchingService } from '#matching';
import { Decisions, PostingBatches, PostingJanitor, PostingLane, PostingService } from '#posting';
import type { Queues } from '#queue';
import { connectionsDue, connectionsWaiting, requestSyncRun, type Database } from '#storage';
import { SyncService } from '#sync';
import { callCounter, type Metrics } from './metrics.js';
import { projectRoot } from './project-root.js';
import type { HubSettings } from './settings.js';
import { QueueWake } from './wake.js';

/** Everything a hub process is made of, wired once. Plain values: Nest only carries them to the controllers. */
export interface HubServices {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly tenants: Tenants;
  readonly apiKeys: ApiKeys;
  readonly audit: AuditTrail;
  readonly connections: Connections;
  readonly sync: SyncService;
  readonly inbox: InboxImport;
  readonly matching: MatchingService;
  readonly posting: PostingService;
  readonly batches: PostingBatches;
  readonly decisions: Decisions;
  readonly lane: PostingLane;
  readonly janitor: PostingJanitor;
  readonly queues: Queues;
  readonly wake: QueueWake;
  readonly metrics: Metrics;
}

export interface ServiceParts {
  readonly settings: HubSettings;
  readonly log: Logger;
  readonly database: Database;
  readonly queues: Queues;
  readonly connectors: readonly AnyConnector[];
  readonly metrics: Metrics;
}

/** @throws ConnectionError or MappingFileError when a connector lacks a mapping or a mapping makes no sense: the hub does not start half. */
export async function buildServices(parts: ServiceParts): Promise<HubServices> {
  const { settings, database, queues, metrics } = parts;
  const log = (event: string, detail: Readonly<Record<string, string | number>> = {}): void => { parts.log.info(detail, event); };
  const catalogue = await loadCatalogue(parts.connectors, join(projectRoot(), 'mappings'));
  const now = (): Date => new Date();
  const monotonicMs = (): number => performance.now();
  const connections = new Connections({
    database, catalogue, secrets: SecretBox.fromEnvironment(settings.environment, join(settings.dataDirectory, 'secret.key')), now, monotonicMs, log,
    onCall: callCounter(metrics),
  });
  const openConnection = connections.open.bind(connections);
  const wake = new QueueWake(queues, parts.log);
  const wakeLane = (tenantId: string, connectionId: string, inMs: number): void => { void wake.wakePostingIn(tenantId, connectionId, inMs); };
  const audit = new AuditTrail(database);
  const posting = new PostingService({ database, openConnection, wake: wakeLane, now });
  const holder = `${hostname()}/${process.pid}`;
  return {
    database, catalogue, connections, audit, queues, wake, metrics,
    tenants: new Tenants(database),
    apiKeys: new ApiKeys(database),
    sync: new SyncService({ database, openConnection, holder, now, monotonicMs, random: Math.random, log }),
    inbox: new InboxImport({ database, bankFiles: new BankFiles({ database, audit }), openConnection, holder, log }),
    matching: new MatchingService({ database }),
    posting,
    batches: new PostingBatches({ database, openConnection, wake: wakeLane }),
    decisions: new Decisions(database),
    lane: new PostingLane({ database, openConnection, wake: wakeLane, log }),
    janitor: new PostingJanitor({ database, wake: wakeLane, log }),
  };
}

/** Asks for what the schedules want and wakes workers for what waits in the tables: after a restart, an emptied queue, a lost wake-up. */
export async function wakeWaitingSyncs(services: HubServices): Promise<void> {
  for (const tenantId of await services.database.listTenantIds()) {
    const waiting = await services.database.inTenant(tenantId, async (transaction) => {
      for (const { connectionId } of await connectionsDue(transaction)) await requestSyncRun(transaction, connectionId, 'incremental', 'schedule');
      return connectionsWaiting(transaction);
    });
    for (const { connectionId } of waiting) await services.wake.wakeSync(tenantId, connectionId);
  }
}
