import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { ApiKeys, AuditTrail, SecretBox, Tenants } from '#access';
import { BankFeeds, chatModel, InboundAddresses, InboxImport, ReceivedDocuments } from '#bank';
import type { AnyConnector } from '#connector-kit';
import { ConnectionChecks, Connections, loadCatalogue, type Catalogue } from '#connections';
import { type DocumentModel, MODEL_TIME_MS_MAX } from '#documents';
import { MatchingService } from '#matching';
import { Decisions, PostingBatches, PostingJanitor, PostingLane, PostingService, SettlementWatch } from '#posting';
import type { Queues } from '#queue';
import { connectionsDue, connectionsForTheNight, connectionsWaiting, requestSyncRun, type Database } from '#storage';
import { InvoiceChanges, nightlyRunsDue, SyncService, type BankFeedReader } from '#sync';
import { BankFeedCare } from './bank-feed-care.js';
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
  readonly checks: ConnectionChecks;
  readonly bankFeeds: BankFeeds;
  readonly feedCare: BankFeedCare;
  readonly sync: SyncService;
  readonly invoiceChanges: InvoiceChanges;
  readonly inboundAddresses: InboundAddresses;
  readonly receivedDocuments: ReceivedDocuments;
  readonly inbox: InboxImport;
  readonly matching: MatchingService;
  readonly posting: PostingService;
  readonly batches: PostingBatches;
  readonly decisions: Decisions;
  readonly lane: PostingLane;
  readonly janitor: PostingJanitor;
  readonly settlements: SettlementWatch;
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
  const holder = `${hostname()}/${process.pid}`;
  const bankFeeds = new BankFeeds({ database });
  const sync = new SyncService({ database, openConnection, holder, now, monotonicMs, random: Math.random, log, bankFeeds: matchedAfter(bankFeeds, wake) });
  const invoiceChanges = new InvoiceChanges({ database, openConnection, wakeSync: wake.wakeSync.bind(wake), log });
  const feedCare = new BankFeedCare({ connections, bankFeeds, sync, wake });
  const checks = new ConnectionChecks({ database, connections, now, log, publicUrl: settings.publicUrl, onChecked: feedCare.onChecked.bind(feedCare) });
  const receivedDocuments = new ReceivedDocuments({ database, audit, ...modelOf(settings) });
  const posting = new PostingService({ database, openConnection, wake: wakeLane, now });
  return {
    database, catalogue, connections, checks, bankFeeds, feedCare, audit, queues, wake, metrics, sync, invoiceChanges,
    tenants: new Tenants(database),
    apiKeys: new ApiKeys(database),
    inboundAddresses: new InboundAddresses({ database, audit }),
    receivedDocuments,
    inbox: new InboxImport({ database, receivedDocuments, openConnection, holder, log }),
    matching: new MatchingService({ database }),
    posting,
    batches: new PostingBatches({ database, openConnection, wake: wakeLane }),
    decisions: new Decisions(database),
    lane: new PostingLane({ database, openConnection, wake: wakeLane, log }),
    janitor: new PostingJanitor({ database, wake: wakeLane, log }),
    settlements: new SettlementWatch({ database, log }),
  };
}

/** Nothing unless somebody configured one. */
function modelOf({ model }: HubSettings): { readonly model?: DocumentModel } {
  return model === null ? {} : { model: chatModel({ baseUrl: model.baseUrl, model: model.name, apiKey: model.apiKey, timeoutMs: MODEL_TIME_MS_MAX }) };
}

/** New lines of a feed are matched at once. */
function matchedAfter(bankFeeds: BankFeeds, wake: QueueWake): BankFeedReader {
  return {
    read: async (session) => {
      const counts = await bankFeeds.read(session);
      if (counts.changed + counts.deleted > 0) await wake.wakeMatching(session.connection.tenantId);
      return counts;
    },
    noteFailure: bankFeeds.noteFailure.bind(bankFeeds),
  };
}

/** Asks for what the schedules want and wakes workers for what waits in the tables, checks and documents too: after a restart, an emptied queue, a lost wake-up. */
export async function wakeWaitingSyncs(services: HubServices): Promise<void> {
  for (const tenantId of await services.database.listTenantIds()) {
    const waiting = await services.database.inTenant(tenantId, async (transaction) => {
      for (const { connectionId } of await connectionsDue(transaction)) await requestSyncRun(transaction, connectionId, 'incremental', 'schedule');
      for (const { connectionId, timeZone, sweepAt, deletionsAt } of await connectionsForTheNight(transaction)) {
        for (const kind of nightlyRunsDue({ timeZone, askedAt: { sweep: sweepAt, deletions: deletionsAt } }, new Date())) await requestSyncRun(transaction, connectionId, kind, 'schedule');
      }
      return connectionsWaiting(transaction);
    });
    const checks = await services.checks.due(tenantId);
    for (const documentId of await services.receivedDocuments.waiting(tenantId)) await services.wake.wakeDocument(tenantId, documentId);
    for (const connectionId of new Set([...waiting.map((each) => each.connectionId), ...checks])) await services.wake.wakeSync(tenantId, connectionId);
  }
}
