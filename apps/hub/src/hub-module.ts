import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { ApiKeys, AuditTrail } from '#access';
import { BankFeeds } from '#bank';
import { ConnectionChecks, Connections } from '#connections';
import { MatchingService } from '#matching';
import { Decisions, PostingBatches, PostingService } from '#posting';
import { Queues } from '#queue';
import { Database } from '#storage';
import { InvoiceChanges, SyncService } from '#sync';
import { BANK_CONTROLLERS, BANK_PROVIDERS } from './api/bank.js';
import { API_CONTROLLERS, API_PROVIDERS, CATALOGUE, CLOCK, MAIL_DOMAIN, PUBLIC_URL, WAKE } from './api/index.js';
import { BankFeedCare } from './bank-feed-care.js';
import { MATCHING_CONTROLLERS } from './api/match.js';
import { POSTING_CONTROLLERS } from './api/postings/index.js';
import { HealthController, METRICS } from './health.js';
import type { HubServices } from './services.js';
import type { HubSettings } from './settings.js';

/** Everything the API offers, for the module and for its description. */
export const CONTROLLERS: readonly Type[] = [...API_CONTROLLERS, ...BANK_CONTROLLERS, ...MATCHING_CONTROLLERS, ...POSTING_CONTROLLERS];

@Module({})
class HubModule {}

/** Nest carries the services to the controllers and nothing more: they are made in services.ts, without it. */
export function hubModule(services: HubServices, settings: Pick<HubSettings, 'publicUrl' | 'mail'>): DynamicModule {
  const providers: Provider[] = [
    { provide: Database, useValue: services.database },
    { provide: Queues, useValue: services.queues },
    { provide: ApiKeys, useValue: services.apiKeys },
    { provide: AuditTrail, useValue: services.audit },
    { provide: Connections, useValue: services.connections },
    { provide: ConnectionChecks, useValue: services.checks },
    { provide: BankFeeds, useValue: services.bankFeeds },
    { provide: BankFeedCare, useValue: services.feedCare },
    { provide: MAIL_DOMAIN, useValue: settings.mail?.domain ?? null },
    { provide: PUBLIC_URL, useValue: settings.publicUrl },
    { provide: SyncService, useValue: services.sync },
    { provide: InvoiceChanges, useValue: services.invoiceChanges },
    { provide: MatchingService, useValue: services.matching },
    { provide: PostingService, useValue: services.posting },
    { provide: PostingBatches, useValue: services.batches },
    { provide: Decisions, useValue: services.decisions },
    { provide: CATALOGUE, useValue: services.catalogue },
    { provide: WAKE, useValue: services.wake },
    { provide: CLOCK, useValue: () => new Date() },
    { provide: METRICS, useValue: services.metrics },
  ];
  return { module: HubModule, controllers: [...CONTROLLERS, HealthController], providers: [...API_PROVIDERS, ...BANK_PROVIDERS, ...providers] };
}
