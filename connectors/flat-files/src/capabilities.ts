import { ENTITY_NAMES, OPERATIONS, type EntityName, type OperationName } from '#canonical';
import type { Capabilities, OperationCapability, ReadCapability } from '#connector-kit';
import type { FolderSettings, OutboundSettings } from './flat-file-settings.js';


import { PAGE_SIZE_MAX } from './page-size.js';
/** Longest a rename or an upload may still take effect after we stopped waiting for its answer. */
const PROCESSING_MS_MAX = 120_000;

const READ = { changes: 'newFiles', deletions: 'ids', pageSizeMax: PAGE_SIZE_MAX } as const;
const BY_FILE = { by: 'file', duplicateGuard: 'fileName', outcome: 'later', processingMsMax: PROCESSING_MS_MAX } as const;
const UNANSWERED = { by: 'file', duplicateGuard: 'fileName', outcome: 'never', processingMsMax: 0 } as const;
const UNAPPLY = { by: 'none', because: 'no flat-file import of a target we know takes an application back' } as const;
const REVERSE = { by: 'manual', because: 'a file the target has taken cannot be taken back; a person reverses the posting in the target' } as const;
const TERMS = { by: 'none', because: 'files carry postings; no layout of a target we know changes an invoice that is booked' } as const;
const READS = { company: READ, ledgerAccount: READ, customer: READ, contact: READ, invoice: READ, creditMemo: READ, payment: READ } as const;

/** What files can carry; a connection offers what its settings name ({@link capabilitiesOf}). */
export const STORE_CAPABILITIES = {
  read: READS,
  operations: { post: BY_FILE, apply: BY_FILE, unapply: UNAPPLY, writeOff: BY_FILE, reverse: REVERSE },
  webhooks: 'none',
  invoiceChange: TERMS,
  inbox: 'files',
} as const satisfies Capabilities;

/** As {@link STORE_CAPABILITIES}, without a remote: nothing answers, and bank files are handed to the hub itself. */
export const CSV_CAPABILITIES = {
  read: READS,
  operations: { post: UNANSWERED, apply: UNANSWERED, unapply: UNAPPLY, writeOff: UNANSWERED, reverse: REVERSE },
  webhooks: 'none',
  invoiceChange: TERMS,
} as const satisfies Capabilities;

/** What one connection offers: the entities its files hold and the operations its layout carries. */
export function capabilitiesOf(all: Capabilities, settings: Pick<FolderSettings, 'inbox'> & { readonly reads: readonly { readonly entity: EntityName; readonly content: 'changes' | 'snapshot' }[] }, outbound: OutboundSettings | null): Capabilities {
  const read: Partial<Record<EntityName, ReadCapability>> = {};
  for (const entity of ENTITY_NAMES) {
    const source = settings.reads.find((each) => each.entity === entity);
    if (source !== undefined) read[entity] = { ...READ, deletions: source.content === 'snapshot' ? 'ids' : 'invisible' };
  }
  const operations = Object.fromEntries(OPERATIONS.map((name) => [name, operationOf(name, all.operations[name], outbound)])) as Record<OperationName, OperationCapability>;
  return { read, operations, webhooks: 'none', invoiceChange: TERMS, ...all.inbox === 'files' && settings.inbox.length > 0 ? { inbox: 'files' as const } : {} };
}

function operationOf(name: OperationName, capability: OperationCapability, outbound: OutboundSettings | null): OperationCapability {
  if (capability.by !== 'file') return capability;
  if (outbound === null) return { by: 'none', because: 'no outbound folder and layout are set for this connection' };
  if (name === 'apply' && !outbound.carries.includes('credits')) return { by: 'none', because: `the settings do not say that the layout "${outbound.layout}" carries credits` };
  if (name === 'writeOff' && !outbound.carries.includes('writeOffs')) return { by: 'none', because: `the settings do not say that the layout "${outbound.layout}" carries write-offs` };
  return outbound.acknowledgements === null ? { ...capability, outcome: 'never', processingMsMax: capability.processingMsMax } : capability;
}
