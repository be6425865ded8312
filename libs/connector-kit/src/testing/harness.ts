import type { CurrencyCode, DecimalText, EntityName, LocalDate, PostingIntent } from '#canonical';
import type { AnyConnector, Context, FileTools, InvoiceTerms, PlanTools, Probe, WakeUp, WebhookDelivery } from '../index.js';

/**
 * What a target must offer so that a connector can be held to the contract: a sandbox, a fake, or an in-process book.
 * Every sentence gets a harness of its own, started empty (but for master data a target cannot be without) and stopped afterwards.
 */
export interface ConnectorHarness {
  readonly connector: AnyConnector;
  /** Records per page that {@link context}'s settings ask for. Small (2 to 5), so that three pages are few records. */
  readonly pageSize: number;
  /** Texts that must never appear in an error or a log line: every secret of good and bad credentials. */
  readonly secrets: readonly string[];
  /** Sentences this harness cannot play, each with the reason. They show in the test list and in the coverage matrix. */
  readonly skips: readonly PlannedSkip[];
  start(): Promise<void>;
  /** Must end within a second: whatever the connector left open is a leak. */
  stop(): Promise<void>;
  context(options?: ContextOptions): Context;
  /** Lines the connector logged through any context of this harness, details included. */
  logged(): readonly string[];

  /** The target's clock. It stands still between calls, so that a second is a second; the contexts' `now` follows it. */
  now(): Date;
  setClock(instant: Date): Promise<void>;
  /** Lets the target's clock, and everything it has scheduled, run on by `durationMs`. */
  passTime(durationMs: number): Promise<void>;

  /** Creates records one after the other and answers their ids in that order. `stampedAgoMs` dates their last change into the past. */
  seed(entity: EntityName, count: number, options?: SeedOptions): Promise<readonly string[]>;
  /** Changes a field that the read yields; the target stamps the change with its clock. */
  change(entity: EntityName, externalId: string): Promise<void>;
  remove(entity: EntityName, externalId: string): Promise<void>;
  misbehave(fault: Fault): Promise<void>;
  /** Documents written into the target through its API since the start, kept or voided. Seeding does not count. */
  writtenCount(): Promise<number>;
  /** Requests the target is answering and whose caller still waits. */
  openRequests(): number;

  /** Present when the connector offers an operation. */
  readonly writes?: WriteHarness;
  /** Present when the connector has a webhook. */
  readonly webhook?: WebhookHarness;
  /** Present when the connector has a file door. */
  readonly files?: FileHarness;
  /** Present when the connector has a bank feed. */
  readonly feed?: FeedHarness;
  /** Present when the connector changes booked invoices: terms that no seeded invoice has and the target takes, each that is declared. */
  readonly invoiceTerms?: InvoiceTerms;
}

export interface ContextOptions {
  /** `bad`: refused by the target. `limited`: accepted, with a permission missing that a declared capability needs. */
  readonly credentials?: 'good' | 'bad' | 'limited';
  readonly signal?: AbortSignal;
  /** How far our own clock is ahead of the target's; negative when behind. */
  readonly clockSkewMs?: number;
  readonly probe?: Probe | null;
}

export interface SeedOptions {
  readonly stampedAgoMs?: number;
}

export interface PlannedSkip {
  /** Number of the sentence, see {@link SENTENCES}. */
  readonly sentence: number;
  /** Entity or operation; absent for every case of the sentence. */
  readonly subject?: string;
  readonly because: string;
}

/** How a target can go wrong. A fault with `Next` happens once, to the next request it can happen to. */
export type Fault =
  /** The next write is committed and its answer never arrives: the connection breaks. */
  | { readonly kind: 'loseNextAnswerAfterCommit' }
  /** The next write gets no answer; it commits when the target's clock has moved on by `afterMs`. */
  | { readonly kind: 'lateCommit'; readonly afterMs: number }
  /** Refused before anything happened, after `afterRequests` more requests went well. `reset` breaks the connection. */
  | { readonly kind: 'failNext'; readonly status: 500 | 502 | 503 | 'reset'; readonly afterRequests?: number }
  /** Too many requests, in the vendor's own way to say so; null when the vendor names no delay. */
  | { readonly kind: 'throttleNext'; readonly retryAfterMs: number | null }
  /** The next list with more to come answers its page a second time when asked for the following one. */
  | { readonly kind: 'duplicatePage' }
  /** Every answer takes this long, in real time. A write commits before its answer. */
  | { readonly kind: 'slow'; readonly answerMs: number }
  /** The next answer has status 200 and a body that is not what the vendor promised. A write commits. */
  | { readonly kind: 'garbleNext' }
  /** The next file written breaks off in the middle. */
  | { readonly kind: 'interruptNextDelivery' };

/** Cash as a customer may send it; the harness finds or seeds the documents and answers an intent the target accepts. */
export type IntentShape =
  /** One open invoice, paid in full. */
  | 'inFull'
  /** Two invoices, the second in part, the rest on account. At least two minor units go to every invoice. */
  | 'several'
  /** One invoice, settled by a credit memo and by cash. */
  | 'withCredit'
  /** One invoice, short-paid, the rest written off. */
  | 'withWriteOff';

export interface WriteHarness {
  tools(probe: Probe): PlanTools;
  /** A fresh intent with a key of its own; calling twice gives two that share no document. */
  intent(shape: IntentShape): Promise<PostingIntent>;
  /** How many records the target really holds for a step key, void ones included. */
  bookedCount(stepKey: string): Promise<number>;
  /** What is open on a document in the target's own books; for a payment, what is not applied. */
  openOf(document: 'invoice' | 'creditMemo' | 'payment', externalId: string): Promise<DecimalText>;
  /** Somebody else settles the invoice in the target. */
  settleElsewhere(invoiceExternalId: string): Promise<void>;
  /** Closes the accounting period that holds the day. */
  closePeriod(day: LocalDate): Promise<void>;
  /** Somebody edits the booked record: another amount, date or reference. */
  tamper(externalId: string): Promise<void>;
}

/** What a target that takes files must show. */
export interface FileHarness {
  readonly plans: PlanTools;
  readonly tools: FileTools;
  /** A fresh intent with a key of its own, as {@link WriteHarness.intent}. */
  intent(shape: IntentShape): Promise<PostingIntent>;
  /** Files under their final names, wherever the target moved them since. */
  deliveredFiles(): Promise<ReadonlyMap<string, Uint8Array>>;
  /** The target works through a delivered file and answers: the first posting is refused with `problem`, the others are booked. Absent where it never answers. */
  answer?(fileName: string, problem: string): Promise<void>;
}

/** What a source of bank transactions must play. Every entry is of one account the source lists; ids are the source's. */
export interface FeedHarness {
  /** New entries at the bank, in this order; pages hold {@link ConnectorHarness.pageSize} of them. */
  book(entries: readonly FeedEntry[]): Promise<readonly string[]>;
  /** The bank changes the amount of an entry. */
  change(externalId: string, amount: DecimalText): Promise<void>;
  /** The bank books a pending entry, which gives it a new id and takes the old one back. `linked`: the source says which one it replaces. */
  settle(externalId: string, linked: boolean): Promise<string>;
  takeBack(externalId: string): Promise<void>;
  /** The next update is told that the data changed when it asks for its second page. */
  changeWhilePaging(): Promise<void>;
  /** The first pages of a login that is not ready: nothing, and no place to go on from. Ends with the next call of another method here. */
  notReady(): Promise<void>;
}

export interface FeedEntry {
  /** Positive = money in. */
  readonly amount: DecimalText;
  /** Null: the source names a currency that is no ISO 4217 code. */
  readonly currency: CurrencyCode | null;
  readonly bookedOn: LocalDate;
  readonly memo: string;
  readonly pending: boolean;
}

export interface WebhookHarness {
  /** A delivery as the vendor would sign it, and the entities it should wake. */
  signed(): { readonly headers: Headers; readonly body: Uint8Array; readonly wakes: readonly WakeUp[] };
  /** Deliveries that are not the vendor's, each with how it was forged: `with a changed body`. */
  forged(): readonly (WebhookDelivery & { readonly how: string })[];
}
