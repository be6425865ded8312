import type { EntityName, OperationName } from '#canonical';

/** What a connector can do, as data. The types of its doors follow from this value, so a missing or an undeclared one does not compile. */
export interface Capabilities {
  readonly read: Partial<Record<EntityName, ReadCapability>>;
  /** Every operation is answered: offered, or absent with a reason. */
  readonly operations: Readonly<Record<OperationName, OperationCapability>>;
  /** `wakeOnly`: a webhook never carries data into the model, it only starts a read sooner. */
  readonly webhooks: 'none' | 'wakeOnly';
  /** Due day, promise and dispute of booked invoices. Absent where nobody has declared anything. */
  readonly invoiceChange?: InvoiceChangeCapability;
  /** Bank transactions from an aggregator, behind one cursor. */
  readonly bankFeed?: 'cursor';
  /** Bank and remittance files waiting in folders. */
  readonly inbox?: 'files';
}

export interface ReadCapability {
  /** How we ask the source what changed since the last checkpoint. `none` means every run is a full read. */
  readonly changes: 'updatedSince' | 'opaqueCursor' | 'newFiles' | 'none';
  /** How a deletion shows up. `ids`: the engine compares the source's ids with its own; `tombstone`: the read says so. */
  readonly deletions: 'tombstone' | 'ids' | 'invisible';
  readonly pageSizeMax: number;
}

export type OperationCapability =
  | {
      readonly by: 'native' | 'steps' | 'file';
      /**
       * What stops a retried call from booking twice. `uniqueKey`, `idempotencyHeader`: the target refuses the second. `repeatable`: the
       * call states an end, and made twice it is made once (set these lines to these amounts; delete this record). `find` alone does
       * not survive a late commit: the engine then waits `processingMsMax` before it sends again.
       */
      readonly duplicateGuard: 'uniqueKey' | 'idempotencyHeader' | 'repeatable' | 'find' | 'fileName';
      /** When the target tells us the outcome. */
      readonly outcome: 'immediate' | 'later' | 'never';
      /** Longest a sent request may still commit after we stopped waiting. An unknown outcome is not sent again before. */
      readonly processingMsMax: number;
      /** What an account must have for it beyond the standard; its probe takes the operation away where that is missing. */
      readonly needs?: string;
    }
  | { readonly by: 'manual' | 'none'; readonly because: string };

export function isOffered(capability: OperationCapability): capability is Extract<OperationCapability, { by: 'native' | 'steps' | 'file' }> {
  return capability.by === 'native' || capability.by === 'steps' || capability.by === 'file';
}

/** What a source may let others change of an invoice that is booked already. None of it moves money. */
export const INVOICE_TERMS = ['dueOn', 'promisedOn', 'disputeStatus'] as const;
export type InvoiceTermName = (typeof INVOICE_TERMS)[number];

/** Days as `YYYY-MM-DD`, a dispute status as the source's code; null for none. A term that a source does not have is absent. */
export type InvoiceTerms = Readonly<Partial<Record<InvoiceTermName, string | null>>>;

export type InvoiceChangeCapability =
  | { readonly by: 'native'; readonly terms: readonly [InvoiceTermName, ...InvoiceTermName[]] }
  | { readonly by: 'manual' | 'none'; readonly because: string };
