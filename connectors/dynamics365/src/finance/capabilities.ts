import type { Capabilities } from '#connector-kit';

/** Rows of one answer; Finance gives no more (FOdocs: data-entities/odata.md). */
export const PAGE_SIZE_MAX = 10_000;

/**
 * Longest a request may still commit after we hung up. No source names a limit; this is the execution time Finance once allowed one user
 * in five minutes (1,200 s, reference 3.2), taken for one request.
 */
export const PROCESSING_MS_MAX = 20 * 60_000;

const ledger = { changes: 'opaqueCursor', deletions: 'ids', pageSizeMax: PAGE_SIZE_MAX } as const;
const listed = { changes: 'none', deletions: 'ids', pageSizeMax: PAGE_SIZE_MAX } as const;

/** No entity of Finance carries a change date (reference 3.4): lists are read whole, the ledger by record id, settlement and date. */
const READ = { company: listed, ledgerAccount: listed, customer: listed, invoice: ledger, creditMemo: ledger, payment: ledger } as const;

const BY_PERSON = {
  apply: { by: 'manual', because: 'no data entity settles a credit note with an invoice; a person does it in Finance (Customer > Settle transactions)' },
  unapply: { by: 'manual', because: 'no data entity undoes a settlement; a person does it in Finance (Customer > Undo settlement)' },
  writeOff: { by: 'manual', because: 'no data entity writes a balance off; a person does it in Finance (Customer > Write off)' },
  reverse: {
    by: 'manual',
    because: 'no data entity reverses a posted payment: a person undoes its settlement (Customer > Undo settlement), then reverses the transaction (Customer > Transactions > Reverse transaction)',
  },
} as const;

/** `CustTransOpens` has the due day of an open transaction and `CustTransactions` its dispute; both are views of what was posted (reference 3.4). */
const TERMS = { by: 'manual', because: 'no data entity writes to a posted transaction; a person changes its due day or dispute in Finance (Customer > Transactions, Open transactions)' } as const;

/** What Finance offers over its data service at its best; the probe takes away what an environment lacks. */
export const FINANCE_CAPABILITIES = {
  read: READ,
  operations: {
    /** Finance enforces no key of ours, so the guard is to look first; a person or a batch job posts the journal, so the outcome comes later. */
    post: { by: 'steps', duplicateGuard: 'find', outcome: 'later', processingMsMax: PROCESSING_MS_MAX },
    ...BY_PERSON,
  },
  webhooks: 'none',
  invoiceChange: TERMS,
} as const satisfies Capabilities;

/** The same environment where postings travel in data packages. The journal still has to be posted by the target. */
export const FINANCE_PACKAGE_CAPABILITIES = {
  read: READ,
  operations: {
    post: { by: 'file', duplicateGuard: 'fileName', outcome: 'later', processingMsMax: PROCESSING_MS_MAX },
    ...BY_PERSON,
  },
  webhooks: 'none',
  invoiceChange: TERMS,
} as const satisfies Capabilities;
