/** Request classes of the tenant, for faults, latency and counting. `action` is a bound action (`Microsoft.NAV...`). */
export const REQUEST_CLASSES = ['token', 'read', 'create', 'update', 'delete', 'action', 'batch'] as const;
export type RequestClass = (typeof REQUEST_CLASSES)[number];

/** What an administrator of the simulated tenant can switch. Each line names the section of the Dynamics sheet it comes from. */
export interface TenantSettings {
  /** Directory (tenant) id, a GUID; fixed at start (1). */
  tenantId: string;
  /** Environment name; fixed at start (2.1). */
  environment: string;
  /** Rows a page at most; `Prefer: odata.maxpagesize` lowers it (2.2). */
  pageSizeMax: number;
  /** What a filter or order on a page variable such as `remainingAmount` does; unverified (2.2). */
  variableFieldFilter: 'error' | 'ignore';
  /** Whether a $batch goes on after a part that failed; clients may also ask by `Prefer: odata.continue-on-error`. Unverified. */
  batchContinuesAfterError: boolean;
  /** Whether every part of a $batch counts against the request limit. Unverified. */
  batchCountsParts: boolean;
  /** API Reports - Finance app installed: `customerLedgerEntries` under `microsoft/reportsFinance/beta` (2.6). */
  reportsFinanceInstalled: boolean;
  /** Power BI Reports app installed: `customerLedgerEntries` under `microsoft/analytics/v1.0` (2.6). */
  analyticsInstalled: boolean;
  /** First and last posting day the analytics query shows ("PowerBI Reports Setup"); null shows all (2.6). */
  analyticsDateWindow: { readonly from: string; readonly to: string } | null;
  /** API v2.0 has the page `generalLedgerSetup`; earlier versions do not. */
  generalLedgerSetupShown: boolean;
  /** The companion extension installed: `tributary/receivables/v1.0` (2.9; contract in companion/README.md). */
  companionInstalled: boolean;
  /** "Post with Job Queue": 204 on post means scheduled only (2.8.4). */
  postWithJobQueue: boolean;
  /** How long after the answer the job queue posts, by the tenant's clock. */
  jobQueueDelayMs: number;
  /** Template "Increment Batch Name": posting deletes the batch and makes it again under the next name and another id (2.8.4). */
  incrementBatchName: boolean;
  /** Template "Force Doc. Balance" (2.8.3). */
  forceDocumentBalance: boolean;
  /** Template "Force Posting Report": posting over the API is refused (2.8.4). */
  forcePostingReport: boolean;
  /** Batches made over the API get this "Posting No. Series": document numbers are replaced on posting (2.8.4). */
  postingNumberSeries: boolean;
  /** Batches get a "No. Series" that forbids manual numbers (2.8.4). */
  manualNumbersForbidden: boolean;
  /** Balancing account of a batch made without one; empty: the client must name one. A bank account is set by a person (2.8.1). */
  defaultBalancingAccount: string;
  /** General Ledger Setup: first and last posting day allowed; empty is open (2.8.4). */
  postingAllowedFrom: string;
  postingAllowedTo: string;
  /** Refuses a posted external document number that the customer already has. Off in the product, where payments are not checked (2.8.5). */
  uniqueExternalDocumentNumbers: boolean;
  /** A dimension every customer line must carry; empty: none. */
  mandatoryDimension: string;
  /** Shows no bank or customer data the application user has no permission for: entity sets that answer 403 (1). Status unverified. */
  forbiddenEntitySets: string[];
  /** Requests of one user in a sliding window (2.3). */
  requestsMax: number;
  requestWindowMs: number;
  /** Requests worked on at the same time; the next ones wait in a queue (2.3). */
  concurrencyMax: number;
  queueMax: number;
  /** A request that waited longer is answered 503 (2.3). */
  queueTimeoutMs: number;
  /** Seconds of `Retry-After` on 429; 0 sends none: the product does not promise it (2.3). */
  retryAfterSeconds: number;
  /** Delay and bundling window of notifications (2.10). */
  webhookDelayMs: number;
  /** Records changed in a window above which one `collection` notification is sent instead (2.10). */
  webhookRecordsMax: number;
  /** Minutes after which a failed notification is tried again, in order (2.10). */
  webhookRetryMinutes: number[];
  /** Refuses notification URLs without https, as the product does; off for loopback. */
  webhookNeedsHttps: boolean;
  /** Lifetime of an access token in seconds (1). */
  tokenLifetimeSeconds: number;
  /** The application is registered and enabled inside Business Central; off: the token is fine, every call answers 401 (1). */
  applicationEnabled: boolean;
  /** Milliseconds of work by request class. */
  latencyMs: Partial<Record<RequestClass, number>>;
  /** First group of this expression in an external document number is the client's key, for counting duplicates. */
  externalKeyPattern: string;
}

export const DEFAULT_TENANT_ID = 'b3c1d5f0-6a2e-4f7d-9c11-2f60a4d7e801';

export function defaultSettings(): TenantSettings {
  return {
    tenantId: DEFAULT_TENANT_ID, environment: 'production', pageSizeMax: 20_000, variableFieldFilter: 'error', batchContinuesAfterError: false, batchCountsParts: false,
    reportsFinanceInstalled: true, analyticsInstalled: false, analyticsDateWindow: null, companionInstalled: false, generalLedgerSetupShown: true,
    postWithJobQueue: false, jobQueueDelayMs: 5000, incrementBatchName: false, forceDocumentBalance: true, forcePostingReport: false, postingNumberSeries: false, manualNumbersForbidden: false,
    defaultBalancingAccount: '', postingAllowedFrom: '', postingAllowedTo: '', uniqueExternalDocumentNumbers: false, mandatoryDimension: '', forbiddenEntitySets: [],
    requestsMax: 6000, requestWindowMs: 300_000, concurrencyMax: 5, queueMax: 95, queueTimeoutMs: 480_000, retryAfterSeconds: 0,
    webhookDelayMs: 30_000, webhookRecordsMax: 1000, webhookRetryMinutes: [1, 1, 1, 10, 100, 1000], webhookNeedsHttps: false,
    tokenLifetimeSeconds: 3599, applicationEnabled: true, latencyMs: {}, externalKeyPattern: '^(.*)$',
  };
}
