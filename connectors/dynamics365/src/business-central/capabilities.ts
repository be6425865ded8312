import type { Capabilities } from '#connector-kit';

/** Rows of one answer; Business Central gives no more (BCdocs: webservices/Server-Driven-Paging-in-OData-Web-Services.md). */
export const PAGE_SIZE_MAX = 20_000;

/** A request may wait eight minutes in the queue and then run for eight (BCdocs: administration/operational-limits-online.md). */
export const PROCESSING_MS_MAX = 16 * 60_000;

const changing = { changes: 'updatedSince', deletions: 'ids', pageSizeMax: PAGE_SIZE_MAX } as const;
const listed = { changes: 'none', deletions: 'ids', pageSizeMax: PAGE_SIZE_MAX } as const;

const BY_HAND = 'the standard API of Business Central has no such action; it is done in the client, on the page Customer Ledger Entries';

export const BY_HAND_REVERSAL = `Reversing a payment: ${BY_HAND}: first Unapply Entries, the newest application first, then Reverse Transaction.`;

/** What Business Central offers at its best; the probe takes away what a tenant lacks. */
export const BUSINESS_CENTRAL_CAPABILITIES = {
  read: {
    company: listed,
    ledgerAccount: listed,
    customer: changing,
    contact: changing,
    invoice: changing,
    creditMemo: changing,
    /** Ledger entries are never deleted. */
    payment: { ...changing, deletions: 'invisible' },
  },
  operations: {
    post: { by: 'native', duplicateGuard: 'find', outcome: 'later', processingMsMax: PROCESSING_MS_MAX },
    apply: { by: 'manual', because: `Applying a credit memo: ${BY_HAND} (Apply Entries). By the API a credit memo is applied only while it is posted.` },
    unapply: { by: 'manual', because: `Un-applying entries: ${BY_HAND} (Unapply Entries).` },
    writeOff: { by: 'manual', because: 'The standard API cannot book a difference against a customer: journal lines take no customers, and payment lines no write-off account. Post a general journal line and apply it.' },
    /** By the extension's actions: applications taken back one by one, then the transaction reversed. The end is stated, so twice is once. */
    reverse: { by: 'steps', duplicateGuard: 'repeatable', outcome: 'immediate', processingMsMax: PROCESSING_MS_MAX, needs: 'the companion extension (without it a person un-applies and reverses in the client)' },
  },
  webhooks: 'wakeOnly',
  /** The fields of a posted sales invoice that Business Central lets anybody change (reference, 2.4). */
  invoiceChange: { by: 'native', terms: ['dueOn', 'promisedOn', 'disputeStatus'] },
} as const satisfies Capabilities;
