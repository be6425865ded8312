import { currencyExponent, formatMinorUnits, type DocumentShare, type EntityName, type Money, type PostingIntent } from '#canonical';
import type { AnyConnector, Context, Probe } from '#connector-kit';
import type { ConnectorHarness, ContextOptions, Fault, IntentShape, SeedOptions } from '#connector-kit/testing';

/** Records a page of the sentences' connections holds: few, so that a handful of records makes several. */
export const PAGE_SIZE = 3;
/** Of every simulated vendor when its world begins. */
export const OPENED_AT = new Date('2026-03-10T15:00:00Z');

/** A document of a vendor's book, as a share of it is made. */
interface BookedDocument {
  readonly id: string;
  readonly number: string;
  readonly open: Money;
}

/** What stands behind a harness: the vendor's books and the line to it, whatever vendor it is. */
export interface VendorWorld {
  readonly book: {
    now(): Date;
    setClock(instant: Date): void;
    change(entity: EntityName, externalId: string): void;
    remove(entity: EntityName, externalId: string): void;
    document(entity: 'invoice' | 'creditMemo', amount: string, customer?: string): BookedDocument;
  };
  readonly line: {
    readonly openRequests: number;
    misbehave(fault: Fault): void;
  };
  readonly sandbox: { readonly failures: readonly unknown[]; stop(): Promise<unknown> };
  /** What the probe of a connection with good credentials found. */
  probe: Probe | null;
}

type Credentials = NonNullable<ContextOptions['credentials']>;

/** A connection to a simulated vendor over HTTP: what holding a connector to the contract takes, whoever the vendor is. */
export abstract class SimulatedVendorHarness<World extends VendorWorld> implements ConnectorHarness {
  abstract readonly connector: AnyConnector;
  abstract readonly skips: ConnectorHarness['skips'];
  readonly pageSize = PAGE_SIZE;
  readonly secrets: string[] = [];
  protected readonly log: string[] = [];
  protected started: World | null = null;
  readonly #memories = new Map<Credentials, Map<string, unknown>>();
  #intents = 0;

  /** @param customerCurrency of the customer; the company keeps its books in dollars */
  constructor(private readonly customerCurrency = 'USD') {}

  abstract start(): Promise<void>;
  abstract context(options?: ContextOptions): Context;
  abstract seed(entity: EntityName, count: number, options?: SeedOptions): Promise<readonly string[]>;
  abstract writtenCount(): Promise<number>;
  /** Everything of an intent but its amounts. */
  abstract intentBase(): Omit<PostingIntent, 'amount' | 'invoices'>;
  /** The account that takes a difference. */
  protected abstract writeOffAccount(): string;

  async stop(): Promise<void> {
    const { sandbox } = this.world;
    await sandbox.stop();
    const [failure] = sandbox.failures;
    if (failure !== undefined) throw failure;
  }

  /** The vendor behind the sentences, for specs that look at more than they do. */
  get world(): World {
    if (this.started === null) throw new Error('the harness was not started');
    return this.started;
  }

  /** As long as the process holds the connection: tokens, places at the gate, what it saw. */
  protected memoryOf(credentials: Credentials): Map<string, unknown> {
    const kept = this.#memories.get(credentials) ?? new Map<string, unknown>();
    this.#memories.set(credentials, kept);
    return kept;
  }

  /** The process ends; the next one knows nothing of what this one kept. */
  restartProcess(): void {
    this.#memories.clear();
  }

  logged(): readonly string[] {
    return this.log;
  }

  now(): Date {
    return this.world.book.now();
  }

  async setClock(instant: Date): Promise<void> {
    this.world.book.setClock(instant);
  }

  async passTime(durationMs: number): Promise<void> {
    this.world.book.setClock(new Date(this.now().getTime() + durationMs));
  }

  async change(entity: EntityName, externalId: string): Promise<void> {
    this.world.book.change(entity, externalId);
  }

  async remove(entity: EntityName, externalId: string): Promise<void> {
    this.world.book.remove(entity, externalId);
  }

  async misbehave(fault: Fault): Promise<void> {
    this.world.line.misbehave(fault);
  }

  openRequests(): number {
    return this.world.line.openRequests;
  }

  currency(): string {
    return this.customerCurrency;
  }

  /** Numbers intents, from one. */
  protected nextIntent(): number {
    this.#intents += 1;
    return this.#intents;
  }

  /** One payment in each shape the sentences send, over fresh documents. */
  intentOf(shape: IntentShape, customer?: string): PostingIntent {
    const base = { ...this.intentBase(), ...(customer === undefined ? {} : { customerExternalId: customer }) };
    const money = (minor: bigint): Money => ({ minor, currency: this.currency() });
    const invoice = this.share('invoice', 10_000n, customer);
    switch (shape) {
      case 'inFull': return { ...base, amount: money(10_000n), invoices: [invoice] };
      case 'several': return { ...base, amount: money(17_500n), invoices: [invoice, { ...this.share('invoice', 10_000n, customer), amount: money(2_500n) }], onAccount: money(5_000n) };
      case 'withCredit': return { ...base, amount: money(6_000n), invoices: [invoice], credits: [this.share('creditMemo', 4_000n, customer)] };
      case 'withWriteOff': {
        const writeOff = { ...invoice, amount: money(25n), accountExternalId: this.writeOffAccount(), reasonCode: 'small difference' };
        return { ...base, amount: money(9_975n), invoices: [{ ...invoice, amount: money(9_975n) }], writeOffs: [writeOff] };
      }
    }
  }

  /** A fresh document, all of it taken. */
  share(entity: 'invoice' | 'creditMemo', minor: bigint, customer?: string): DocumentShare {
    const document = this.world.book.document(entity, formatMinorUnits(minor, currencyExponent(this.currency())), customer);
    return { externalId: document.id, number: document.number, lineExternalId: null, amount: document.open, openBefore: document.open };
  }
}

/** The lines of keys in PEM form by which they are searched in a log: printed over several, their breaks may be escaped. Shorter pieces would be found by accident. */
export function keyLines(pems: readonly string[], charactersMin: number): string[] {
  return pems.flatMap((pem) => pem.split('\n').filter((line) => line.length >= charactersMin && !line.startsWith('-----')));
}
