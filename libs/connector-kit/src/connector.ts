import type {
  BookedRecord, CurrencyCode, DecimalText, EntityName, Json, JsonObject, LocalDate, OperationName, PlannedStep, PostingIntent, Refusal,
} from '#canonical';
import type { Capabilities } from './capabilities.js';

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
} & (Offers<C> extends never ? { readonly write?: never } : { readonly write: WriteDoor })
  & (C['webhooks'] extends 'wakeOnly' ? { readonly webhook: Webhook } : { readonly webhook?: never });

type Offers<C extends Capabilities> = { [O in OperationName]: C['operations'][O] extends { by: 'manual' | 'none' } ? never : O }[OperationName];

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
  readonly write?: WriteDoor;
  readonly webhook?: Webhook;
}

/** Keeps the literal types of the capabilities, so a missing or an undeclared operation does not compile. */
export function defineConnector<const C extends Capabilities>(connector: Connector<C>): Connector<C> {
  return connector;
}

export type SettingsCheck = (config: unknown, secrets: unknown) => readonly string[];

/** Everything a connector may touch: no global clock, logger, configuration or network. */
export interface Context {
  readonly connectionId: string;
  /** Settings that are no secret. The connector narrows them with its own schema. */
  readonly config: unknown;
  readonly secrets: unknown;
  /** What {@link Connector.probe} found last; null before the first. */
  readonly probe: Probe | null;
  readonly signal: AbortSignal;
  /** Timed, counted and redacted in the log. Never retries: the engine does. */
  readonly fetch: typeof globalThis.fetch;
  readonly log: (event: string, detail?: Readonly<Record<string, string | number>>) => void;
  /** Lasts as long as this process holds the connection: tokens, concurrency gates. */
  readonly memory: Map<string, unknown>;
  now(): Date;
}

/** What an account turned out to have. Stored with the connection, shown by the API, handed back in {@link Context.probe}. */
export interface Probe {
  readonly at: string;
  /** Permissions or features without which a declared capability cannot work, each with what to do. Empty means the connection is sound. */
  readonly missing: readonly string[];
  /** IANA zone the account's clock runs in. */
  readonly timeZone: string;
  /** The connector's own findings: OneWorld, instalments, accounting periods... Flat. */
  readonly features: Readonly<Record<string, string | number | boolean>>;
  /** Capabilities of this connection: what the connector offers, less what this account lacks. */
  readonly capabilities: Capabilities;
}

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
}

/** Flat JSON that survives a round trip, at most 4 KiB. Owned by the connector, opaque to the engine. */
export type Checkpoint = { readonly version: number } & Readonly<Record<string, string | number | boolean>>;

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

/**
 * The way in for postings. `plan` and `planReversal` are pure; the others are one round of calls each and never retry.
 * A plan refuses by returning refusals, never by throwing.
 */
export interface WriteDoor {
  plan(intent: PostingIntent, tools: PlanTools): Plan;
  planReversal(original: ReversalRequest, tools: PlanTools): Plan;
  /** Asks the target, before anything is sent, for what it would refuse: periods, locks, open amounts, subsidiaries, currency. */
  preflight(context: Context, steps: readonly PlannedStep[]): Promise<readonly Refusal[]>;
  /**
   * Sends one step. Placeholders are resolved already. Must abort by `context.signal` and within `deadlineMs`.
   * @throws ConnectorError; `outcomeUnknown` whenever the request may have reached the target and no trustworthy answer came.
   */
  send(context: Context, step: PlannedStep, options: SendOptions): Promise<SendResult>;
  /** Which of these steps are in the target? Answers lost responses, duplicates and `pending` alike. A key the target does not know is absent. */
  find(context: Context, steps: readonly PlannedStep[]): Promise<ReadonlyMap<string, FoundStep>>;
  /** What the target holds now for these steps, in the words of their `expected`. One answer per step. */
  readBack(context: Context, steps: readonly SentStep[]): Promise<readonly BookedRecord[]>;
  /** How many sends one account takes at once; the posting lane never has more in flight. */
  concurrency(context: Context): number;
  /** How long a send may take on this connection before we stop waiting. A lease must outlive it. */
  sendTimeoutMs(context: Context): number;
}

export interface PlanTools {
  readonly probe: Probe | null;
  /** The connection's settings (accounts, policies). */
  readonly config: unknown;
  /** Applies a write mapping: `render('payment.post', value)` fills `mappings/<connector>/payment.post.yaml`. */
  render(mapping: string, value: Json): JsonObject;
  /** The day the plan is made, in the account's time zone. */
  readonly today: LocalDate;
}

export type Plan =
  | { readonly steps: readonly [PlannedStep, ...PlannedStep[]] }
  | { readonly refusals: readonly [Refusal, ...Refusal[]] };

export interface ReversalRequest {
  /** Minted for the reversal itself. */
  readonly idempotencyKey: string;
  readonly intent: PostingIntent;
  /** The original's steps with what they became in the target, in the order they were sent. */
  readonly booked: readonly SentStep[];
  readonly reversedOn: LocalDate;
  readonly reason: string;
}

export interface SentStep {
  readonly step: PlannedStep;
  readonly externalId: string;
}

export interface SendOptions {
  readonly deadlineMs: number;
  /** 1 for the first time; more when an earlier attempt's outcome was unknown. */
  readonly attempt: number;
}

export type SendResult =
  /** `alreadyThere`: the target knew the key and booked nothing new. */
  | { readonly state: 'booked'; readonly externalId: string; readonly alreadyThere: boolean }
  /** Accepted, outcome comes later: ask `find`. */
  | { readonly state: 'pending' };

export type FoundStep = { readonly state: 'booked'; readonly externalId: string } | { readonly state: 'pending' } | { readonly state: 'refused'; readonly problem: string };

/** Checks the signature, then says which reads to start. Pure: no I/O. @throws ConnectorError of kind `auth` on a bad signature. */
export type Webhook = (secrets: unknown, headers: Headers, body: Uint8Array) => readonly EntityName[];
export type Transform = (value: string, options: JsonObject) => string;
