import { join } from 'node:path';
import type { Provider, Type } from '@nestjs/common';
import { projectRoot } from '../project-root.js';
import { ApiKeysController } from './access/api-keys.js';
import { AuditController } from './access/audit.js';
import { AllocationsController } from './canonical/allocations.js';
import { CompaniesController } from './canonical/companies.js';
import { ContactsController } from './canonical/contacts.js';
import { CreditMemosController } from './canonical/credit-memos.js';
import { CustomersController } from './canonical/customers.js';
import { InvoiceChangesController } from './canonical/invoice-changes.js';
import { InvoicesController } from './canonical/invoices.js';
import { LedgerAccountsController } from './canonical/ledger-accounts.js';
import { LineageController } from './canonical/lineage.js';
import { PaymentsController } from './canonical/payments.js';
import { ConnectionsController } from './connections/connections.js';
import { ConnectorsController } from './connections/connectors.js';
import { OnboardingController } from './connections/onboarding.js';
import { readPublishedCoverage } from './connections/published-coverage.js';
import { UploadsController } from './connections/uploads.js';
import { BankFeedsController } from './bank-feeds/bank-feeds-controller.js';
import { EventsController } from './events/events.js';
import { MappingController } from './mapping/mapping.js';
import { OverviewController } from './overview/overview.js';
import { CanonicalReads } from './reads/canonical-reads.js';
import { HeldDeletionsController } from './sync/held-deletions.js';
import { QuarantinedRecordsController } from './sync/quarantined-records.js';
import { SyncRequests } from './sync/sync-requests.js';
import { SyncsController } from './sync/syncs.js';
import { TieOutController } from './sync/tie-out.js';
import { WebhooksController } from './webhooks/webhooks.js';
import { COVERAGE } from './tokens.js';

export { CATALOGUE, CLOCK, MAIL_DOMAIN, PUBLIC_URL, WAKE, type Wake } from './tokens.js';

/** Every controller of the API. */
export const API_CONTROLLERS: readonly Type[] = [
  OverviewController,
  ConnectorsController, ConnectionsController, OnboardingController, UploadsController, MappingController, SyncsController, TieOutController, QuarantinedRecordsController, HeldDeletionsController,
  CompaniesController, LedgerAccountsController, CustomersController, ContactsController, InvoicesController, InvoiceChangesController, CreditMemosController, PaymentsController,
  AllocationsController, LineageController,
  BankFeedsController,
  WebhooksController, EventsController, ApiKeysController, AuditController,
];

/**
 * What the controllers share among themselves. Besides these the module has to provide, by class: Database, Connections, SyncService, InvoiceChanges,
 * ApiKeys, AuditTrail, ConnectionChecks, BankFeeds, BankFeedCare; by token: CATALOGUE, WAKE, CLOCK, MAIL_DOMAIN, PUBLIC_URL.
 */
export const API_PROVIDERS: readonly Provider[] = [
  CanonicalReads, SyncRequests,
  { provide: COVERAGE, useFactory: () => readPublishedCoverage(join(projectRoot(), 'connectors', 'coverage.json')) },
];
