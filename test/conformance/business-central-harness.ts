import { zeroMoney, type EntityName, type PostingIntent } from '#canonical';
import type { AnyConnector, Context, PlanTools, Probe } from '#connector-kit';
import { testContext, type ContextOptions, type PlannedSkip, type SeedOptions, type WebhookHarness, type WriteHarness } from '#connector-kit/testing';
import { businessCentral } from '#connectors/dynamics365';
import { startBusinessCentralSandbox, type BusinessCentralSandbox, type TenantSettings } from '../../apps/sandbox/src/index.js';
import { BusinessCentralBook, JOURNAL, TIME_ZONE } from './business-central-book.js';
import { BusinessCentralLine } from './business-central-line.js';
import { loadRender } from './mapping-render.js';
import { keyLines, OPENED_AT, PAGE_SIZE, SimulatedVendorHarness, type VendorWorld } from './simulated-vendor-harness.js';

/** What the limited app of a harness may not see. */
const HIDDEN_FROM_LIMITED = ['generalLedgerEntries'];
/** Shorter pieces of a key would be found by accident. */
const SECRET_CHARACTERS_MIN = 13;
const WRONG_SECRET = 'f00dfeed~f00dfeed~f00dfeed';
const CLIENT_STATE = 'q7Wd0uQ4nR2xL9sZ5kV8tB3m';
const ONE_COMPANY = 'the tenant has two companies, and making one takes a database copy, not a call';

const render = loadRender('business-central');

/** A tenant and a connection to it. */
export interface BusinessCentralVariant {
  /** Of the customer; the company keeps its books in USD. */
  readonly currency?: string;
  readonly authentication?: 'secret' | 'certificate';
  /** Settings of the connection, beside how it gets in. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Switches of the tenant, set once its past is written. */
  readonly tenant?: Partial<TenantSettings>;
}

/** Holds the Business Central connector to the contract, over HTTP against the sandbox. */
export class BusinessCentralHarness extends SimulatedVendorHarness<Started> {
  /** Without the extension what it alone makes possible is a person's, as the probe says. */
  readonly connector: AnyConnector;
  readonly skips: readonly PlannedSkip[] = [
    ...[4, 5, 7, 8, 19, 20, 24, 25, 26, 50].map((sentence) => ({ sentence, subject: 'company', because: ONE_COMPANY })),
    { sentence: 27, subject: 'payment', because: 'the sentence deletes a record, and customer ledger entries are never deleted' },
  ];
  readonly invoiceTerms = { dueOn: '2026-07-31', promisedOn: '2026-07-15', disputeStatus: 'PRICE' };
  readonly writes: WriteHarness;
  readonly webhook: WebhookHarness;

  constructor(private readonly variant: BusinessCentralVariant = {}) {
    super(variant.currency);
    this.secrets.push(WRONG_SECRET, CLIENT_STATE);
    const { capabilities } = businessCentral;
    this.connector = variant.tenant?.companionInstalled === true ? businessCentral : { ...businessCentral, capabilities: { ...capabilities, operations: { ...capabilities.operations, reverse: { by: 'manual', because: 'the companion extension is not installed' } } } };
    this.writes = this.makeWrites();
    this.webhook = this.makeWebhook();
  }

  async start(): Promise<void> {
    const sandbox = await startBusinessCentralSandbox({ profile: 'bare' });
    const book = new BusinessCentralBook(sandbox, this.currency(), OPENED_AT);
    Object.assign(sandbox.settings, this.variant.tenant);
    const line = new BusinessCentralLine(sandbox, () => book.now().getTime());
    this.started = { sandbox, book, line, probe: null };
    const { clientSecret, certificate } = sandbox.credentials;
    this.secrets.push(clientSecret, ...keyLines([certificate.privateKeyPem], SECRET_CHARACTERS_MIN));
    this.started.probe = await this.connector.probe(this.context());
  }

  /** As the engine has them after a connection was tested: with what the probe found. */
  context({ credentials = 'good', signal, clockSkewMs = 0, probe }: ContextOptions = {}): Context {
    const { sandbox, line, book } = this.world;
    const { tenantId, clientId, clientSecret, certificate } = sandbox.credentials;
    const byCertificate = this.variant.authentication === 'certificate';
    const bad = credentials === 'bad';
    const login = byCertificate && !bad
      ? { config: { authentication: 'certificate', certificatePem: certificate.certificatePem }, secrets: { privateKeyPem: certificate.privateKeyPem } }
      : { config: { authentication: 'secret' }, secrets: { clientSecret: bad ? WRONG_SECRET : clientSecret } };
    return {
      ...testContext({
        connectionId: 'business-central-1', secrets: { ...login.secrets, webhookClientState: CLIENT_STATE }, probe: probe === undefined ? this.world.probe : probe, log: this.log,
        config: {
          tenantId, clientId, environment: sandbox.settings.environment, companyId: book.companyId, timeZone: TIME_ZONE, journalCode: JOURNAL, serviceUrl: sandbox.url, loginUrl: sandbox.url,
          pageSize: PAGE_SIZE, ...login.config, ...this.variant.config,
        },
        now: () => new Date(this.now().getTime() + clockSkewMs), ...(signal === undefined ? {} : { signal }),
      }),
      fetch: (input, init = {}) => line.fetch(input, init, credentials === 'limited' ? HIDDEN_FROM_LIMITED : this.variant.tenant?.forbiddenEntitySets ?? []),
      memory: this.memoryOf(credentials),
    };
  }

  override async passTime(durationMs: number): Promise<void> {
    await super.passTime(durationMs);
    await this.world.line.deliverDue();
  }

  async seed(entity: EntityName, count: number, { stampedAgoMs = 0 }: SeedOptions = {}): Promise<readonly string[]> {
    if (entity === 'company') return this.world.sandbox.companies.map(({ id }) => id).slice(0, count);
    return Array.from({ length: count }, () => this.world.book.seed(entity, stampedAgoMs));
  }

  async writtenCount(): Promise<number> {
    return [...this.world.book.receipts().values()].reduce((sum, times) => sum + times, 0);
  }

  private makeWrites(): WriteHarness {
    return {
      tools: (probe: Probe): PlanTools => ({ probe, config: this.context().config, render, today: this.world.book.today() }),
      intent: async (shape) => this.intentOf(shape),
      bookedCount: async (stepKey) => this.world.book.receipts().get(stepKey) ?? 0,
      openOf: async (document, externalId) => this.world.book.openOf(document, externalId),
      settleElsewhere: async (externalId) => { this.world.book.settle(externalId); },
      closePeriod: async (day) => { this.world.book.closePeriod(day); },
      tamper: async (externalId) => { this.world.book.tamper(externalId); },
    };
  }

  private makeWebhook(): WebhookHarness {
    const delivery = (clientState: string | undefined): { headers: Headers; body: Uint8Array } => ({
      headers: new Headers({ 'content-type': 'application/json' }),
      body: new TextEncoder().encode(JSON.stringify({ value: [{
        subscriptionId: 'a1', clientState, expirationDateTime: '2026-03-13T15:00:00Z', changeType: 'updated', lastModifiedDateTime: '2026-03-10T15:00:00Z',
        resource: `api/v2.0/companies(c1a7e2b0-51d4-4f0b-9b1e-7d2a40c0de01)/generalLedgerEntries(3f0b0001-0000-4000-8000-000000000001)`,
      }] })),
    });
    return {
      signed: () => ({ ...delivery(CLIENT_STATE), wakes: ['payment', 'invoice', 'creditMemo'] }),
      forged: () => [
        { ...delivery('q7Wd0uQ4nR2xL9sZ5kV8tB3n'), how: 'with another client state' }, { ...delivery(undefined), how: 'without a client state' },
        { headers: new Headers(), body: new TextEncoder().encode('{"value":[]}'), how: 'without a notification' }, { headers: new Headers(), body: new TextEncoder().encode('<html>'), how: 'with a body that is no JSON' },
      ],
    };
  }

  protected writeOffAccount(): string {
    return 'any';
  }

  /** Everything of an intent but its amounts. */
  intentBase(): Omit<PostingIntent, 'amount' | 'invoices'> {
    const { book } = this.world;
    const number = this.nextIntent();
    return {
      idempotencyKey: `pay_${number}`, customerExternalId: book.customer.id, companyExternalId: book.companyId, postedOn: book.today(), bankAccountExternalId: book.bankId,
      receivablesAccountExternalId: null, reference: `WIRE ${number}`, memo: null, credits: [], writeOffs: [], onAccount: zeroMoney(this.currency()),
    };
  }
}

export interface Started extends VendorWorld {
  readonly sandbox: BusinessCentralSandbox;
  readonly book: BusinessCentralBook;
  readonly line: BusinessCentralLine;
  probe: Probe | null;
}
