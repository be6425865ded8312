import { generateKeyPairSync } from 'node:crypto';
import { currencyExponent, formatMinorUnits, zeroMoney, type DocumentShare, type EntityName, type Money, type PostingIntent } from '#canonical';
import { testContext, type ConnectorHarness, type ContextOptions, type Fault, type IntentShape, type WriteHarness } from '#connector-kit/testing';
import type { AnyConnector, Context, PlanTools, Probe } from '#connector-kit';
import { finance } from '#connectors/dynamics365';
import { startFinanceSandbox, type EnvironmentSettings, type FinanceSandbox } from '../../apps/sandbox/src/index.js';
import { FINANCE_BANK, FINANCE_JOURNAL, FinanceBook } from './finance-book.js';
import { FinanceLine } from './finance-line.js';
import { loadRender } from './mapping-render.js';

const PAGE_SIZE = 3;
const OPENED_AT = new Date('2026-03-10T15:00:00Z');
/** The target's batch job posts journals that have lines once a second of its clock. */
const POSTING_JOB_MS = 1_000;
const WRONG_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const WRONG_SECRET = 'f00d~feedf00dfeedf00dfeed';
/** Shorter pieces of a key would be found by accident. */
const SECRET_CHARACTERS_MIN = 20;
/** What the limited role of a harness does not see. */
const HIDDEN_FROM_LIMITED = ['CustSettlementBiEntities'];

const render = loadRender('finance');

/** An environment and a connection to it. */
export interface FinanceVariant {
  readonly authentication?: 'secret' | 'certificate';
  /** Of the customers; the company keeps its books in dollars. */
  readonly currency?: string;
  /** Settings of the connection, beside how it gets in. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly environment?: Partial<EnvironmentSettings>;
}

export interface StartedFinance {
  readonly sandbox: FinanceSandbox;
  readonly book: FinanceBook;
  readonly line: FinanceLine;
  probe: Probe | null;
}

type Credentials = NonNullable<ContextOptions['credentials']>;

/** A connection to the simulated environment, over HTTP: what both Finance connectors share. */
export abstract class FinanceConnectionHarness implements ConnectorHarness {
  abstract readonly connector: AnyConnector;
  abstract readonly skips: ConnectorHarness['skips'];
  readonly pageSize = PAGE_SIZE;
  readonly secrets: string[] = [WRONG_SECRET];
  private readonly log: string[] = [];
  private readonly memories = new Map<Credentials, Map<string, unknown>>();
  private started: StartedFinance | null = null;
  private intents = 0;

  constructor(protected readonly variant: FinanceVariant = {}) {}

  async start(): Promise<void> {
    const sandbox = await startFinanceSandbox({
      profile: 'bare', clock: OPENED_AT, settings: { pageSizeMax: PAGE_SIZE, postingJobEveryMs: POSTING_JOB_MS, keyColumn: 'PaymentId', ...this.variant.environment },
    });
    // A key in PEM form is searched by its lines: printed over several, its breaks may be escaped.
    const keyLines = [sandbox.credentials.privateKeyPem, WRONG_KEY].flatMap((pem) => pem.split('\n').filter((line) => line.length > SECRET_CHARACTERS_MIN && !line.startsWith('-----')));
    this.secrets.push(sandbox.credentials.clientSecret, ...keyLines);
    this.started = { sandbox, book: new FinanceBook(sandbox, this.currency()), line: new FinanceLine(sandbox), probe: null };
    this.started.probe = await this.connector.probe(this.context());
    this.started.line.asked.length = 0;
  }

  async stop(): Promise<void> {
    const { sandbox } = this.world;
    await sandbox.stop();
    sandbox.checkBook();
    const [failure] = sandbox.failures;
    if (failure !== undefined) throw failure;
  }

  /** The environment behind the sentences, for specs that look at more than they do. */
  get world(): StartedFinance {
    if (this.started === null) throw new Error('the harness was not started');
    return this.started;
  }

  /** As the engine has them after a connection was tested: with what the probe found. */
  context({ credentials = 'good', signal, clockSkewMs = 0, probe }: ContextOptions = {}): Context {
    const { sandbox, line } = this.world;
    const hidden = credentials === 'limited' ? HIDDEN_FROM_LIMITED : this.variant.environment?.hiddenEntities ?? [];
    return {
      ...testContext({
        connectionId: 'finance-1', secrets: this.secretsOf(credentials === 'bad'), probe: probe === undefined ? this.world.probe : probe, log: this.log, config: this.config(),
        now: () => new Date(sandbox.now().getTime() + clockSkewMs), ...(signal === undefined ? {} : { signal }),
      }),
      fetch: (input, init = {}) => line.fetch(input, init, hidden),
      memory: this.memoryOf(credentials),
    };
  }

  protected config(): Readonly<Record<string, unknown>> {
    const { sandbox: { url, credentials } } = this.world;
    const certificate = this.variant.authentication === 'certificate' ? { authentication: 'certificate', certificatePem: credentials.certificatePem } : {};
    return {
      environmentUrl: url, loginUrl: url, tenantId: credentials.tenantId, clientId: credentials.clientId, journalName: FINANCE_JOURNAL, bankAccountId: FINANCE_BANK,
      pageSize: PAGE_SIZE, ...certificate, ...this.variant.config,
    };
  }

  private secretsOf(bad: boolean): Readonly<Record<string, string>> {
    const { credentials } = this.world.sandbox;
    if (this.variant.authentication === 'certificate') return { privateKeyPem: bad ? WRONG_KEY : credentials.privateKeyPem };
    return { clientSecret: bad ? WRONG_SECRET : credentials.clientSecret };
  }

  /** As long as the process holds the connection: tokens, places at the gate, journals it saw. */
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
    return this.world.sandbox.now();
  }

  async setClock(instant: Date): Promise<void> {
    this.world.book.setClock(instant);
  }

  async passTime(durationMs: number): Promise<void> {
    this.world.book.setClock(new Date(this.now().getTime() + durationMs));
  }

  async seed(entity: EntityName, count: number): Promise<readonly string[]> {
    return Array.from({ length: count }, () => this.world.book.seed(entity));
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
    return this.world.sandbox.stats().everWritten.journals;
  }

  openRequests(): number {
    return this.world.line.openRequests;
  }

  currency(): string {
    return this.variant.currency ?? 'USD';
  }

  protected planTools(probe: Probe | null): PlanTools {
    return { probe, config: this.config(), render, today: this.world.book.today() };
  }

  /** Everything of an intent but its amounts. */
  intentBase(): Omit<PostingIntent, 'amount' | 'invoices'> {
    const { book } = this.world;
    this.intents += 1;
    return {
      idempotencyKey: `trb-${String(this.intents).padStart(32, '0')}`, customerExternalId: book.customer, companyExternalId: 'usmf', postedOn: book.today(), bankAccountExternalId: null,
      receivablesAccountExternalId: null, reference: `WIRE ${this.intents}`, memo: null, credits: [], writeOffs: [], onAccount: zeroMoney(this.currency()),
    };
  }

  intentOf(shape: IntentShape, customer = this.world.book.customer): PostingIntent {
    const base = { ...this.intentBase(), customerExternalId: customer };
    const money = (minor: bigint): Money => ({ minor, currency: this.currency() });
    const invoice = this.share('invoice', 10_000n, customer);
    switch (shape) {
      case 'inFull': return { ...base, amount: money(10_000n), invoices: [invoice] };
      case 'several': return { ...base, amount: money(17_500n), invoices: [invoice, { ...this.share('invoice', 10_000n, customer), amount: money(2_500n) }], onAccount: money(5_000n) };
      case 'withCredit': return { ...base, amount: money(6_000n), invoices: [invoice], credits: [this.share('creditMemo', 4_000n, customer)] };
      case 'withWriteOff': {
        const writeOff = { ...invoice, amount: money(25n), accountExternalId: 'usmf/618900', reasonCode: 'small difference' };
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

/** The connector that posts by calls. */
export class FinanceHarness extends FinanceConnectionHarness {
  readonly connector: AnyConnector = finance;
  readonly skips: ConnectorHarness['skips'] = [
    { sentence: 36, subject: 'post', because: 'no data entity says whether a period is open; a journal of a closed period is refused when Finance posts it, and stays unposted' },
  ];
  readonly writes: WriteHarness = this.makeWrites();

  private makeWrites(): WriteHarness {
    return {
      tools: (probe: Probe): PlanTools => this.planTools(probe),
      intent: async (shape) => this.intentOf(shape),
      bookedCount: async (stepKey) => this.world.book.bookedCount(stepKey),
      openOf: async (_document, externalId) => this.world.book.openOf(externalId),
      settleElsewhere: async (externalId) => { this.world.book.settle(externalId); },
      closePeriod: async (day) => { this.world.sandbox.mutations.closePeriod({ day }); },
      tamper: async (externalId) => { this.world.sandbox.mutations.undoSettlement({ transaction: externalId.slice(externalId.indexOf('/') + 1) }); },
    };
  }
}
