import type { CurrencyCode, DecimalText, EntityName, JsonObject, OperationName } from '#canonical';
import type { BankFeed } from './bank-feed.js';
import type { Capabilities } from './capabilities.js';
import type { Checkpoint, Context, Probe } from './context.js';
import type { FileDoor } from './file-door.js';
import type { FileInbox } from './file-inbox.js';
import type { InvoiceDoor } from './invoice-door.js';
import type { LinkDoor } from './link.js';
import type { SettingsForm } from './settings-form.js';
import type { Webhook } from './webhook.js';
import type { WriteDoor } from './write-door.js';

/** A connector is a plain value, made by {@link defineConnector}: data on top, functions below. It runs without Nest, database or queue. */
export type Connector<C extends Capabilities = Capabilities> = {
  readonly id: string;
  readonly title: string;
  readonly capabilities: C;
  /** Checks the shape of a connection's settings; problems are sentences with the setting's path. */
  readonly settings: SettingsCheck;
  /**
   * Names the books these settings lead to. A connection never changes them: its records belong to one ledger, and a posting in doubt
   * would be looked up in the other one, found absent, and booked there.
   */
  booksOf?(config: unknown): string;
  /** Proves the credentials, discovers what this account has, and says what is missing. Writes nothing. */
  probe(context: Context): Promise<Probe>;
  readonly read: { readonly [E in keyof C['read']]: EntityReader };
  /** Pure functions its mappings may name as `via: custom.<name>`. */
  readonly transforms?: Readonly<Record<string, Transform>>;
  /** ERP totals for the tie-out; absent when the source cannot be asked. */
  readonly totals?: (context: Context) => Promise<readonly ControlTotal[]>;
} & Onboarding
  & (Offers<C, 'native' | 'steps'> extends never ? { readonly write?: never } : { readonly write: WriteDoor })
  & (Offers<C, 'file'> extends never ? { readonly fileDoor?: never } : { readonly fileDoor: FileDoor })
  & (C['invoiceChange'] extends { by: 'native' } ? { readonly invoices: InvoiceDoor } : { readonly invoices?: never })
  & (C['bankFeed'] extends 'cursor' ? { readonly bankFeed: BankFeed } : { readonly bankFeed?: never })
  & (C['inbox'] extends 'files' ? { readonly inbox: FileInbox } : { readonly inbox?: never })
  & (C['webhooks'] extends 'wakeOnly' ? { readonly webhook: Webhook } : { readonly webhook?: never });

type Offers<C extends Capabilities, By> = { [O in OperationName]: C['operations'][O] extends { by: By } ? O : never }[OperationName];

/** What an implementation engineer meets first. */
interface Onboarding {
  /** What `connect` asks for: the settings' own schemas, made by {@link settingsForm}. */
  readonly form: SettingsForm;
  /** Lists the fields an account has beyond the standard ones, so that a mapping can name them. Absent where the source cannot be asked. */
  readonly discover?: (context: Context) => Promise<readonly DiscoveredField[]>;
  /** Folder under `mappings/`, where several connectors share one. Default: the connector's id. */
  readonly mappings?: string;
  /** People hand its files in to the hub ({@link Context.uploads}). Default: it reads a source of its own. */
  readonly handsIn?: true;
  /** Absent where credentials are typed in. */
  readonly link?: LinkDoor;
}

/** A connector as the registry and the engine hold it, its literal types erased. */
export interface AnyConnector {
  readonly id: string;
  readonly title: string;
  readonly capabilities: Capabilities;
  readonly settings: SettingsCheck;
  /**
   * Names the books these settings lead to. A connection never changes them: its records belong to one ledger, and a posting in doubt
   * would be looked up in the other one, found absent, and booked there.
   */
  booksOf?(config: unknown): string;
  probe(context: Context): Promise<Probe>;
  readonly read: Readonly<Partial<Record<EntityName, EntityReader>>>;
  readonly transforms?: Readonly<Record<string, Transform>>;
  readonly totals?: (context: Context) => Promise<readonly ControlTotal[]>;
  readonly form: SettingsForm;
  readonly discover?: (context: Context) => Promise<readonly DiscoveredField[]>;
  readonly mappings?: string;
  readonly handsIn?: true;
  readonly write?: WriteDoor;
  readonly fileDoor?: FileDoor;
  readonly invoices?: InvoiceDoor;
  readonly bankFeed?: BankFeed;
  readonly inbox?: FileInbox;
  readonly webhook?: Webhook;
  readonly link?: LinkDoor;
}

/** Keeps the literal types of the capabilities, so a missing or an undeclared operation does not compile. */
export function defineConnector<const C extends Capabilities>(connector: Connector<C>): Connector<C> {
  return connector;
}

export type SettingsCheck = (config: unknown, secrets: unknown) => readonly string[];

export interface EntityReader {
  /** Yields pages in the source's change order from a checkpoint, or everything when it is null. The last page's checkpoint is where the next run starts. */
  changes(context: Context, from: Checkpoint | null): AsyncIterable<Page>;
  /** Re-reads documents that something else touched. Ids that are gone do not come back. */
  byIds?(context: Context, externalIds: readonly string[]): AsyncIterable<Page>;
  /** Everything still open, for the daily sweep: balances may move without the document's own timestamp. */
  openItems?(context: Context): AsyncIterable<Page>;
  /** All ids that exist, in pages, for deletions by comparison. A run that ends early throws; it never just stops. */
  ids?(context: Context): AsyncIterable<readonly string[]>;
}

export interface Page {
  readonly records: readonly SourceRecord[];
  /** Where to resume if the process dies right after this page. */
  readonly checkpoint: Checkpoint;
  /** Documents whose balance these records moved; the engine re-reads them by id. */
  readonly touched?: Readonly<Partial<Record<EntityName, readonly string[]>>>;
  /** Source rows that could not become a record; the engine quarantines each with its text. */
  readonly unreadable?: readonly UnreadableRow[];
  /**
   * Called once the page and its checkpoint are committed. Pages are asked for ahead of being stored, so this is the only place
   * to let go of a source (archive a file). A failure is logged and changes nothing: the checkpoint says what is left to let go.
   */
  readonly stored?: () => Promise<void>;
}

export interface UnreadableRow {
  /** Where it came from, precise enough to find it: `orders.csv:17`. Unique within the connection. */
  readonly externalId: string;
  /** The row as it stood. */
  readonly payload: JsonObject;
  readonly problem: string;
}

export interface SourceRecord {
  readonly externalId: string;
  /** Grows with every change of the record, as the source states it. */
  readonly revision: string;
  readonly deleted: boolean;
  /** The record as received, numbers kept as the text they were sent as. */
  readonly payload: JsonObject;
}

/** One line of the target's own books, for the tie-out. */
export interface ControlTotal {
  readonly entity: EntityName;
  readonly companyExternalId: string | null;
  readonly currency: CurrencyCode;
  /**
   * `all`: every document of the entity, settled ones too: nothing is missing. `open`: those with something open.
   * The others: open ones by days overdue on the account's today; without a due day, or due today, is `current`.
   * A source reports the kinds of bucket it can count; the hub compares those.
   */
  readonly bucket: AgeingBucket;
  readonly count: number;
  readonly open: DecimalText;
}
export const AGEING_BUCKETS = ['all', 'open', 'current', '1-30', '31-60', '61-90', 'over90'] as const;
export type AgeingBucket = (typeof AGEING_BUCKETS)[number];

export type Transform = (value: string, options: JsonObject) => string;

/** A field of the account that the standard does not have: NetSuite's `custbody_…`, a table extension's column. */
export interface DiscoveredField {
  readonly entity: EntityName;
  /** As a mapping names it. */
  readonly name: string;
  readonly label: string;
  /** The source's own word for its type. */
  readonly type: string;
}
