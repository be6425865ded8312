import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { ApiKeys, AuditTrail } from '#access';
import { BankFiles, BankTransactions, Remittances } from '#bank';
import { Connections } from '#connections';
import { MatchingService } from '#matching';
import { PostingService } from '#posting';
import { Queues } from '#queue';
import { Database } from '#storage';
import { SyncService } from '#sync';
import { BANK_CONTROLLERS } from './api/bank.js';
import { API_CONTROLLERS, API_PROVIDERS, CATALOGUE, CLOCK, WAKE } from './api/index.js';
import { MATCHING_CONTROLLERS } from './api/match.js';
import { HealthController, METRICS } from './health.js';
import type { HubServices } from './services.js';

/** Everything the API offers, for the module and for its description. */
export const CONTROLLERS: readonly Type[] = [...API_CONTROLLERS, ...BANK_CONTROLLERS, ...MATCHING_CONTROLLERS];

@Module({})
class HubModule {}

/** Nest carries the services to the controllers and nothing more: they are made in services.ts, without it. */
export function hubModule(services: HubServices): DynamicModule {
  const providers: Provider[] = [
    { provide: Database, useValue: services.database },
    { provide: Queues, useValue: services.queues },
    { provide: ApiKeys, useValue: services.apiKeys },
    { provide: AuditTrail, useValue: services.audit },
    { provide: Connections, useValue: services.connections },
    { provide: SyncService, useValue: services.sync },
    { provide: BankFiles, useValue: services.bankFiles },
    { provide: BankTransactions, useValue: services.bankTransactions },
    { provide: Remittances, useValue: services.remittances },
    { provide: MatchingService, useValue: services.matching },
    { provide: PostingService, useValue: services.posting },
    { provide: CATALOGUE, useValue: services.catalogue },
    { provide: WAKE, useValue: services.wake },
    { provide: CLOCK, useValue: () => new Date() },
    { provide: METRICS, useValue: services.metrics },
  ];
  return { module: HubModule, controllers: [...CONTROLLERS, HealthController], providers: [...API_PROVIDERS, ...providers] };
}
