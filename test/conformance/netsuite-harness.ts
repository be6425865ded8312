import { generateKeyPairSync } from 'node:crypto';
import { currencyExponent, formatMinorUnits, zeroMoney, type DocumentShare, type EntityName, type Money, type PostingIntent } from '#canonical';
import { testContext, type ConnectorHarness, type ContextOptions, type Fault, type IntentShape, type SeedOptions, type WriteHarness } from '#connector-kit/testing';
import type { AnyConnector, Context, PlanTools, Probe } from '#connector-kit';
import { netsuite } from '#connectors/netsuite';
import { startNetSuiteSandbox, type NetSuiteSandbox } from '../../apps/sandbox/src/index.js';
import type { AccountSettings } from '../../apps/sandbox/src/netsuite/settings.js';
import { loadRender } from './mapping-render.js';
import { NetSuiteBook } from './netsuite-book.js';
import { NetSuiteLine } from './netsuite-line.js';

const PAGE_SIZE = 3;
const OPENED_AT = new Date('2026-03-10T15:00:00Z');
const SUBSIDIARY_UNIT = { name: 'Honeycomb Trading US', country: 'US', symbol: 'USD' } as const;
/** What the limited role of a harness does not see. */
const HIDDEN_FROM_LIMITED = ['accountingperiod'];
/** Shorter pieces of a key would be found by accident. */
const SECRET_CHARACTERS_MIN = 12;
const ASYNC_SETTLE_MS = 10;
const WRONG_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const WRONG_TOKEN_SECRET = 'f00dfeedf00dfeedf00dfeed';

const render = loadRender('netsuite');

/** An account and a connection to it. */
export interface NetSuiteVariant {
  readonly authentication?: 'oauth2' | 'tba';
  /** Of the customer; the subsidiary keeps its books in USD. */
  readonly currency?: string;
  /** Settings of the connection, beside how it gets in. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Switches of the account, set once its past is written. */
  readonly account?: Partial<AccountSettings>;
}

type Credentials = 'good' | 'bad' | 'limited';

/** Holds the NetSuite connector to the contract, over HTTP against the sandbox. */
export class NetSuiteHarness implements ConnectorHarness {
  readonly connector: AnyConnector = netsuite;
  readonly pageSize = PAGE_SIZE;
  readonly skips = [];
  readonly secrets: string[] = [];
  readonly writes: WriteHarness;
  private readonly log: string[] = [];
  private readonly memories = new Map<Credentials, Map<string, unknown>>();
  private started: Started | null = null;
  private intents = 0;

  constructor(private readonly variant: NetSuiteVariant = {}) {
    this.writes = this.makeWrites();
  }

  async start(): Promise<void> {
    const currency = this.currency();
    const units = currency === 'USD' ? [SUBSIDIARY_UNIT] : [SUBSIDIARY_UNIT, { name: `Honeycomb Trading ${currency}`, country: 'JP', symbol: currency }];
    const sandbox = await startNetSuiteSandbox({
      profile: 'bare', company: { asOf: OPENED_AT.toISOString().slice(0, 10), units },
      settings: { timeZone: 'America/Los_Angeles' }, algorithm: 'ES256',
    });
    const book = new NetSuiteBook(sandbox, currency, OPENED_AT);
    // The account's past is made before its switches are set: some of them forbid what it needs.
    Object.assign(sandbox.settings, this.variant.account);
    const line = new NetSuiteLine(sandbox, () => book.now().getTime());
    this.started = { sandbox, book, line, probe: null };
    this.secrets.push(...secretsOf(sandbox));
    this.started.probe = await this.connector.probe(this.context());
  }

  async stop(): Promise<void> {
    const { sandbox } = this.world;
    await sandbox.stop();
    const [failure] = sandbox.failures;
    if (failure !== undefined) throw failure;
  }

  /** The account behind the sentences, for specs that look at more than they do. */
  get world(): Started {
    if (this.started === null) throw new Error('the harness was not started');
    return this.started;
  }

  /** As the engine has them after a connection was tested: with what the probe found. */
  context({ credentials = 'good', signal, clockSkewMs = 0, probe }: ContextOptions = {}): Context {
    const { sandbox, line } = this.world;
    const { authentication = 'oauth2', config = {} } = this.variant;
    const { m2m, tba } = sandbox.credentials;
    const bad = credentials === 'bad';
    const access = authentication === 'tba'
      ? { config: { authentication, consumerKey: tba.consumerKey, tokenId: tba.tokenId }, secrets: { consumerSecret: tba.consumerSecret, tokenSecret: bad ? WRONG_TOKEN_SECRET : tba.tokenSecret } }
      : { config: { authentication, clientId: m2m.clientId, certificateId: m2m.certificateId, algorithm: 'ES256' }, secrets: { privateKeyPem: bad ? WRONG_KEY : m2m.privateKeyPem } };
    const hidden = credentials === 'limited' ? HIDDEN_FROM_LIMITED : this.variant.account?.hiddenTables ?? [];
    return {
      ...testContext({
        connectionId: 'netsuite-1', secrets: access.secrets, probe: probe === undefined ? this.world.probe : probe, log: this.log,
        config: { accountId: sandbox.accountId, serviceUrl: sandbox.url, pageSize: PAGE_SIZE, undepositedFundsAccountId: this.world.book.ledger.undeposited, ...access.config, ...config },
        now: () => new Date(this.now().getTime() + clockSkewMs), ...(signal === undefined ? {} : { signal }),
      }),
      fetch: (input, init = {}) => line.fetch(input, init, hidden),
      memory: this.memoryOf(credentials),
    };
  }

  /** As long as the process holds the connection: tokens, places at the gate, jobs handed in. */
  private memoryOf(credentials: Credentials): Map<string, unknown> {
    const kept = this.memories.get(credentials) ?? new Map<string, unknown>();
    this.memories.set(credentials, kept);
    return kept;
  }

  /** The process ends; the next one knows nothing of what this one kept. */
  restartProcess(): void {
    this.memories.clear();
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
    await this.world.line.deliverDue();
    if (this.variant.config?.['asyncPosting'] === true) await new Promise((resolve) => { setTimeout(resolve, ASYNC_SETTLE_MS); });
  }

  async seed(entity: EntityName, count: number, { stampedAgoMs = 0 }: SeedOptions = {}): Promise<readonly string[]> {
    return Array.from({ length: count }, () => this.world.book.seed(entity, stampedAgoMs));
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

  async writtenCount(): Promise<number> {
    return this.world.book.writtenCount();
  }

  openRequests(): number {
    return this.world.line.openRequests;
  }

  currency(): string {
    return this.variant.currency ?? 'USD';
  }

  private makeWrites(): WriteHarness {
    return {
      tools: (probe: Probe): PlanTools => ({ probe, config: this.context().config, render, today: this.world.book.today() }),
      intent: async (shape) => this.intentOf(shape),
      bookedCount: async (stepKey) => this.world.book.bookedCount(stepKey),
      openOf: async (_document, externalId) => this.world.book.openOf(externalId),
      settleElsewhere: async (externalId) => { this.world.book.settle(externalId); },
      closePeriod: async (day) => { this.world.sandbox.mutations.setPeriod(day, { closed: true }); },
      tamper: async (externalId) => { this.world.book.tamper(externalId); },
    };
  }

  /** Everything of an intent but its amounts. */
  intentBase(): Omit<PostingIntent, 'amount' | 'invoices'> {
    const { book } = this.world;
    this.intents += 1;
    return {
      idempotencyKey: `pay_${this.intents}`, customerExternalId: book.customer, companyExternalId: this.variant.account?.oneWorld === false ? null : book.ledger.subsidiary,
      postedOn: book.today(), bankAccountExternalId: book.ledger.bank, receivablesAccountExternalId: book.ledger.receivables,
      reference: `WIRE ${this.intents}`, memo: null, credits: [], writeOffs: [], onAccount: zeroMoney(this.currency()),
    };
  }

  private intentOf(shape: IntentShape): PostingIntent {
    const base = this.intentBase();
    const money = (minor: bigint): Money => ({ minor, currency: this.currency() });
    const invoice = this.share('invoice', 10_000n);
    switch (shape) {
      case 'inFull': return { ...base, amount: money(10_000n), invoices: [invoice] };
      case 'several': return { ...base, amount: money(17_500n), invoices: [invoice, { ...this.share('invoice', 10_000n), amount: money(2_500n) }], onAccount: money(5_000n) };
      case 'withCredit': return { ...base, amount: money(6_000n), invoices: [invoice], credits: [this.share('creditMemo', 4_000n)] };
      case 'withWriteOff': {
        const writeOff = { ...invoice, amount: money(25n), accountExternalId: this.world.book.ledger.writeOff, reasonCode: 'small difference' };
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

export interface Started {
  readonly sandbox: NetSuiteSandbox;
  readonly book: NetSuiteBook;
  readonly line: NetSuiteLine;
  probe: Probe | null;
}

/** A key in PEM form is searched by its longest line: printed over several lines, its breaks may be escaped. */
function secretsOf({ credentials: { m2m, tba } }: NetSuiteSandbox): string[] {
  const bodyLines = [m2m.privateKeyPem, WRONG_KEY].flatMap((pem) => pem.split('\n').filter((line) => line.length >= SECRET_CHARACTERS_MIN && !line.startsWith('-----')));
  return [...bodyLines, tba.consumerSecret, tba.tokenSecret, WRONG_TOKEN_SECRET];
}
