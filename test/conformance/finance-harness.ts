import { generateKeyPairSync } from 'node:crypto';
import { zeroMoney, type EntityName, type PostingIntent } from '#canonical';
import { testContext, type ConnectorHarness, type ContextOptions, type WriteHarness } from '#connector-kit/testing';
import type { AnyConnector, Context, PlanTools, Probe } from '#connector-kit';
import { finance } from '#connectors/dynamics365';
import { startFinanceSandbox, type EnvironmentSettings, type FinanceSandbox } from '../../apps/sandbox/src/index.js';
import { FINANCE_BANK, FINANCE_JOURNAL, FinanceBook } from './finance-book.js';
import { FinanceLine } from './finance-line.js';
import { loadRender } from './mapping-render.js';
import { keyLines, OPENED_AT, PAGE_SIZE, SimulatedVendorHarness, type VendorWorld } from './simulated-vendor-harness.js';

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

export interface StartedFinance extends VendorWorld {
  readonly sandbox: FinanceSandbox;
  readonly book: FinanceBook;
  readonly line: FinanceLine;
  probe: Probe | null;
}

/** A connection to the simulated environment, over HTTP: what both Finance connectors share. */
export abstract class FinanceConnectionHarness extends SimulatedVendorHarness<StartedFinance> {

  constructor(protected readonly variant: FinanceVariant = {}) {
    super(variant.currency);
    this.secrets.push(WRONG_SECRET);
  }

  override async stop(): Promise<void> {
    await super.stop();
    this.world.sandbox.checkBook();
  }

  async start(): Promise<void> {
    const sandbox = await startFinanceSandbox({
      profile: 'bare', clock: OPENED_AT, settings: { pageSizeMax: PAGE_SIZE, postingJobEveryMs: POSTING_JOB_MS, keyColumn: 'PaymentId', ...this.variant.environment },
    });
    this.secrets.push(sandbox.credentials.clientSecret, ...keyLines([sandbox.credentials.privateKeyPem, WRONG_KEY], SECRET_CHARACTERS_MIN));
    this.started = { sandbox, book: new FinanceBook(sandbox, this.currency()), line: new FinanceLine(sandbox), probe: null };
    this.started.probe = await this.connector.probe(this.context());
    this.started.line.asked.length = 0;
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

  async seed(entity: EntityName, count: number): Promise<readonly string[]> {
    return Array.from({ length: count }, () => this.world.book.seed(entity));
  }

  async writtenCount(): Promise<number> {
    return this.world.sandbox.stats().everWritten.journals;
  }

  protected planTools(probe: Probe | null): PlanTools {
    return { probe, config: this.config(), render, today: this.world.book.today() };
  }

  protected writeOffAccount(): string {
    return 'usmf/618900';
  }

  /** Everything of an intent but its amounts. */
  intentBase(): Omit<PostingIntent, 'amount' | 'invoices'> {
    const { book } = this.world;
    const number = this.nextIntent();
    return {
      idempotencyKey: `trb-${String(number).padStart(32, '0')}`, customerExternalId: book.customer, companyExternalId: 'usmf', postedOn: book.today(), bankAccountExternalId: null,
      receivablesAccountExternalId: null, reference: `WIRE ${number}`, memo: null, credits: [], writeOffs: [], onAccount: zeroMoney(this.currency()),
    };
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
