import { startBusinessCentralSandbox, type TenantSettings } from '../../apps/sandbox/src/index.js';
import { serveOrder } from './child-server.js';

export interface BusinessCentralOrder {
  readonly customers: number;
  readonly invoices: number;
  readonly settings: Partial<TenantSettings>;
  /** Name of the payment journal that a person makes for the hub. */
  readonly journalCode: string;
}

export interface BusinessCentralAccess {
  readonly url: string;
  readonly environment: string;
  readonly companyId: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The tenant an app shares with another client, with the journal a person has set up. */
serveOrder(async ({ customers, invoices, settings, journalCode }: BusinessCentralOrder): Promise<BusinessCentralAccess> => {
  const sandbox = await startBusinessCentralSandbox({ profile: 'tiny', customers, openInvoices: invoices, settings });
  sandbox.book().insert('journal_batch', { template: 'CASHRCPT', code: journalCode, name: 'The hub', balancing_type: 'Bank Account', balancing_number: 'CHECKING' });
  const { tenantId, clientId, clientSecret } = sandbox.credentials;
  return { url: sandbox.url, environment: sandbox.settings.environment, companyId: sandbox.companies[0]?.id ?? '', tenantId, clientId, clientSecret };
});
