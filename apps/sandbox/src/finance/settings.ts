/** What an administrator of the simulated environment can switch. Each line names where it comes from (reference = dynamics.md; U = unverified there). */
export interface EnvironmentSettings {
  /** Off: the client is not registered at "Microsoft Entra applications"; the token is fine, every call is 401 (reference 1). */
  applicationRegistered: boolean;
  /** The service user's company: all that is seen without `cross-company=true` (reference 3.1). */
  defaultCompany: string;
  /** Collections this tenant lacks or has switched off: absent from the metadata, 404 when asked for (reference 3.4, 3.3 "suffix depends on release"). */
  hiddenEntities: string[];
  /** Collections the service user may read but not write: 403 in the error envelope (U). */
  readOnlyEntities: string[];
  /** Rows of a page at most (reference 3.1). */
  pageSizeMax: number;
  /** What a nextLink carries (reference 3.1: "`$skip` or a token"); with `skip` rows repeat or go missing when somebody writes in between. */
  nextLink: 'skip' | 'token';
  /** `LegalEntityId` as LegalEntities shows it; `dataAreaId` is lower case always (U). */
  legalEntityIdCase: 'lower' | 'upper';
  /** Whether `TransactionDate ge 2026-01-01` is taken where the column is a DateTimeOffset (U). */
  plainDatesInFilters: boolean;
  /** How a date column is compared with an instant: at the noon it is shown at, or by the instant's day in UTC (U). */
  dateFilters: 'asShown' | 'byDay';
  /** Characters a text column of a journal header or line holds, by column; what is not named holds any (U: the sources name no lengths). */
  textLengths: Record<string, number>;
  /** What happens to a longer text: refused, or cut in silence. */
  textOverflow: 'refuse' | 'truncate';
  /** Whether If-Match of an older version is refused with 412 (reference 3.1: strictness U). */
  ifMatchEnforced: boolean;
  /** Whether a $batch goes on after a failed part without `Prefer: odata.continue-on-error` (U). */
  batchContinuesOnError: boolean;
  /** Off: PaymentJournalLineSettledInvoices takes no POST; marks come by MarkedInvoice or the package API (reference 3.5: U). */
  settledInvoicesWritable: boolean;
  /** A transaction marked by one journal line is refused to another (reference 3.5: U). */
  marksLock: boolean;
  /** Marking an invoice of another customer than the line's (U). */
  otherAccountsSettle: boolean;
  /** Marks of a line that together exceed its payment: the rest stays open, or the journal does not post (U). */
  marksAbovePayment: 'settleUpToPayment' | 'failPosting';
  /** A line with neither debit nor credit posts, for instance to set a credit note against an invoice (U). */
  zeroAmountLinesPost: boolean;
  /** On-account money is settled by the target itself against the oldest invoices when it posts (U). */
  automaticSettlement: boolean;
  /** When a line gets its voucher: at posting, or when it is written (journal name: VoucherAllocationAtPosting). */
  voucherAllocationAtPosting: boolean;
  /** A line without LineNumber gets the next one; off: it is refused (U). */
  lineNumberGenerated: boolean;
  /** How often the batch job posts every journal that has lines, milliseconds of the sandbox's clock; null: nobody posts but by control (reference 3.6). */
  postingJobEveryMs: number | null;
  /** Milliseconds of the sandbox's clock a package import or export takes (reference 3.8). */
  packageDurationMs: number;
  /** How long after it was asked for the file of target error keys is an empty string (reference 3.8). */
  errorKeysDelayMs: number;
  /** How long a blob address is good for (reference 3.8 "SAS expires"). */
  blobAddressLifetimeMs: number;
  /** Whether the export answer is `{value: {value: "..."}}` (documentation) or flat (reports) (reference 3.8: U). */
  exportValueWrapped: boolean;
  /** JOURNALBATCHNUMBER of a package: kept as given (importing twice changes nothing), or replaced from the number sequence (importing twice books twice) (U). */
  packageNumbering: 'asGiven' | 'sequence';
  /** Resource-based throttling: requests granted a second and the burst above it, over all clients together (reference 3.2). */
  resources: { ratePerSecond: number; burst: number } | null;
  /** The user-based limit environments before 10.0.36 may still have (reference 3.2). */
  userLimit: { requests: number; windowSeconds: number } | null;
  accessTokenLifetimeSeconds: number;
  /** How long a request of the class takes before it is worked on. */
  latencyMs: Partial<Record<RequestClass, number>>;
  /** First group = the client's key inside a journal line's `keyColumn`; stats count lines per key with it. */
  keyPattern: string;
  keyColumn: 'PaymentReference' | 'PaymentId' | 'TransactionText';
}

export const REQUEST_CLASSES = ['token', 'metadata', 'read', 'create', 'update', 'delete', 'batch', 'package', 'blob'] as const;
export type RequestClass = (typeof REQUEST_CLASSES)[number];

/** Reference 3.1: "Page max 10,000". */
export const PAGE_ROWS_MAX = 10_000;
/** Reference 3.1: operations of one $batch. */
export const BATCH_OPERATIONS_MAX = 5000;

export function defaultSettings(): EnvironmentSettings {
  return {
    applicationRegistered: true, defaultCompany: 'usmf', hiddenEntities: [], readOnlyEntities: [], pageSizeMax: PAGE_ROWS_MAX, nextLink: 'skip', legalEntityIdCase: 'lower',
    plainDatesInFilters: false, dateFilters: 'asShown', textLengths: {}, textOverflow: 'refuse', ifMatchEnforced: true, batchContinuesOnError: false, settledInvoicesWritable: true, marksLock: true, otherAccountsSettle: true,
    marksAbovePayment: 'settleUpToPayment', zeroAmountLinesPost: false, automaticSettlement: false, voucherAllocationAtPosting: true, lineNumberGenerated: true,
    postingJobEveryMs: null, packageDurationMs: 0, errorKeysDelayMs: 0, blobAddressLifetimeMs: 3_600_000, exportValueWrapped: false, packageNumbering: 'asGiven',
    resources: null, userLimit: null, accessTokenLifetimeSeconds: 3599, latencyMs: {}, keyPattern: '^(.*)$', keyColumn: 'PaymentReference',
  };
}
