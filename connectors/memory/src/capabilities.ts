import type { Capabilities } from '#connector-kit';

/** Longest a write may commit after its caller gave up; the target's own figure. */
export const PROCESSING_MS_MAX = 15_000;
export const PAGE_SIZE_MAX = 1_000;

const NATIVE = { by: 'native', duplicateGuard: 'uniqueKey', outcome: 'immediate', processingMsMax: PROCESSING_MS_MAX } as const;
const MASTER_DATA = { changes: 'none', deletions: 'invisible', pageSizeMax: PAGE_SIZE_MAX } as const;
const PARTY = { changes: 'updatedSince', deletions: 'tombstone', pageSizeMax: PAGE_SIZE_MAX } as const;
const DOCUMENT = { changes: 'updatedSince', deletions: 'ids', pageSizeMax: PAGE_SIZE_MAX } as const;

/** Everything the contract knows, natively: the reference that other connectors are read against. */
export const CAPABILITIES = {
  read: { company: MASTER_DATA, ledgerAccount: MASTER_DATA, customer: PARTY, contact: PARTY, invoice: DOCUMENT, creditMemo: DOCUMENT, payment: PARTY },
  operations: { post: NATIVE, apply: NATIVE, unapply: NATIVE, writeOff: NATIVE, reverse: NATIVE },
  webhooks: 'none',
  invoiceChange: { by: 'native', terms: ['dueOn', 'promisedOn', 'disputeStatus'] },
} as const satisfies Capabilities;
