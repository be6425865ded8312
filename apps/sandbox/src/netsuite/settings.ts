import type { AccountDateFormat } from './book/account-time.js';

/** What an administrator of the simulated account can switch. Each line names the fact it comes from (reference, part A). */
export interface AccountSettings {
  /** Host form, lower case with a hyphen: `tstdrv123` or `1234567-sb1` (A1). */
  accountId: string;
  /** Session zone; timestamps in queries are in it (A3). */
  timeZone: string;
  dateFormat: AccountDateFormat;
  /** Off: the column `subsidiary` does not exist anywhere (A3). */
  oneWorld: boolean;
  /** Tables the role cannot see: a query naming one fails with "Record 'x' was not found." (A3). */
  hiddenTables: string[];
  /** Off: two records may carry one external id. Real accounts enforce it; the switch shows what a client does without the backstop (A6). */
  enforceUniqueExternalIds: boolean;
  /** Void Transactions Using Reversing Journals: on, DELETE of a posted transaction is refused here. Unverified over REST (A5, Reversal). */
  reversingJournalVoids: boolean;
  /** On: DELETE needs `deletionReason` (A5, Reversal). */
  deletionReasonRequired: boolean;
  /** On: a journal is created pending approval and cannot be applied before it is approved (A5, Write-offs). */
  journalApproval: boolean;
  /** Whether an invoice's lastmodifieddate moves when it is paid. Unverified (A3): off is the harder case. */
  invoiceModifiedWhenPaid: boolean;
  /** Override Period Restrictions on the role: may post into locked, not into closed periods (A2). */
  overridePeriodRestrictions: boolean;
  /** Account-wide requests in flight (A4). */
  concurrencyLimit: number;
  /** Requests granted a second and the burst above it; null = concurrency alone. */
  grant: { ratePerSecond: number; burst: number } | null;
  /** The role is an administrator: may read governanceLimits (A4). */
  administrator: boolean;
  /** A new record is seen by SuiteQL this much later (0 to 30,000; performance-and-reliability section 11). */
  searchDelayMs: number;
  /** What SuiteQL does above 100,000 rows: sources conflict (A3). */
  queryOverflow: 'truncate' | 'error';
  /** How long a request of the class takes before it is worked on. */
  latencyMs: Partial<Record<RequestClass, number>>;
  accessTokenLifetimeSeconds: number;
  /** First group = the client's key inside an external id; stats count records per key with it. */
  externalIdBase: string;
}

export type RequestClass = 'query' | 'read' | 'create' | 'update' | 'delete' | 'token' | 'async';
export const REQUEST_CLASSES: readonly RequestClass[] = ['query', 'read', 'create', 'update', 'delete', 'token', 'async'];

export const SEARCH_DELAY_MS_MAX = 30_000;

export function defaultSettings(): AccountSettings {
  return {
    accountId: 'tstdrv2211001', timeZone: 'America/Los_Angeles', dateFormat: 'M/D/YYYY', oneWorld: true, hiddenTables: [],
    enforceUniqueExternalIds: true, reversingJournalVoids: false, deletionReasonRequired: false, journalApproval: false,
    invoiceModifiedWhenPaid: false, overridePeriodRestrictions: false, concurrencyLimit: 5, grant: null, administrator: true,
    searchDelayMs: 0, queryOverflow: 'truncate', latencyMs: {}, accessTokenLifetimeSeconds: 3600, externalIdBase: '^(.*)$',
  };
}
