import type { Capabilities } from '#connector-kit';

/** Rows of one SuiteQL answer. NetSuite refuses more. */
export const PAGE_SIZE_MAX = 1000;

/** Longest a NetSuite request may run on after its caller hung up (Oracle help, "Concurrency Governance and Session Management"). */
export const PROCESSING_MS_MAX = 15 * 60_000;

const changing = { changes: 'updatedSince', deletions: 'tombstone', pageSizeMax: PAGE_SIZE_MAX } as const;
const listed = { changes: 'none', deletions: 'ids', pageSizeMax: PAGE_SIZE_MAX } as const;
const booked = { duplicateGuard: 'uniqueKey', outcome: 'immediate', processingMsMax: PROCESSING_MS_MAX } as const;
/** Steps that change a record in place carry no key; they name lines with their amounts or delete a record, so twice is once. */
const changed = { duplicateGuard: 'repeatable', outcome: 'immediate', processingMsMax: PROCESSING_MS_MAX } as const;

/** What NetSuite offers at its best; the probe takes away what an account lacks. */
export const NETSUITE_CAPABILITIES = {
  read: {
    company: listed,
    ledgerAccount: listed,
    customer: changing,
    contact: changing,
    invoice: changing,
    creditMemo: changing,
    payment: changing,
  },
  operations: {
    post: { by: 'native', ...booked },
    apply: { by: 'native', ...changed },
    unapply: { by: 'native', ...changed },
    writeOff: { by: 'steps', ...booked },
    reverse: { by: 'steps', ...changed },
  },
  webhooks: 'none',
  invoiceChange: {
    by: 'manual',
    because: 'NetSuite takes a PATCH of an invoice without any version to bind it to: an edit somebody makes in between would be overwritten unseen, so a person changes the due date in NetSuite',
  },
} as const satisfies Capabilities;
