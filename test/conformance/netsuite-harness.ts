import { generateKeyPairSync } from 'node:crypto';
import { zeroMoney, type EntityName, type PostingIntent } from '#canonical';
import { testContext, type ContextOptions, type SeedOptions, type WriteHarness } from '#connector-kit/testing';
import type { AnyConnector, Context, PlanTools, Probe } from '#connector-kit';
import { netsuite } from '#connectors/netsuite';
import { startNetSuiteSandbox, type NetSuiteSandbox } from '../../apps/sandbox/src/index.js';
import type { AccountSettings } from '../../apps/sandbox/src/netsuite/settings.js';
import { loadRender } from './mapping-render.js';
import { NetSuiteBook } from './netsuite-book.js';
import { NetSuiteLine } from './netsuite-line.js';
import { keyLines, OPENED_AT, PAGE_SIZE, SimulatedVendorHarness, type VendorWorld } from './simulated-vendor-harness.js';

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

/** Holds the NetSuite connector to the contract, over HTTP against the sandbox. */
export class NetSuiteHarness extends SimulatedVendorHarness<Started> {
  readonly connector: AnyConnector = netsuite;
  readonly skips = [];
  readonly writes: WriteHarness;

  constructor(private readonly variant: NetSuiteVariant = {}) {
    super(variant.currency);
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

  override async passTime(durationMs: number): Promise<void> {
    await super.passTime(durationMs);
    await this.world.line.deliverDue();
    if (this.variant.config?.['asyncPosting'] === true) await new Promise((resolve) => { setTimeout(resolve, ASYNC_SETTLE_MS); });
  }

  async seed(entity: EntityName, count: number, { stampedAgoMs = 0 }: SeedOptions = {}): Promise<readonly string[]> {
    return Array.from({ length: count }, () => this.world.book.seed(entity, stampedAgoMs));
  }

  async writtenCount(): Promise<number> {
    return this.world.book.writtenCount();
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

  protected writeOffAccount(): string {
    return this.world.book.ledger.writeOff;
  }

  /** Everything of an intent but its amounts. */
  intentBase(): Omit<PostingIntent, 'amount' | 'invoices'> {
    const { book } = this.world;
    const number = this.nextIntent();
    return {
      idempotencyKey: `pay_${number}`, customerExternalId: book.customer, companyExternalId: this.variant.account?.oneWorld === false ? null : book.ledger.subsidiary,
      postedOn: book.today(), bankAccountExternalId: book.ledger.bank, receivablesAccountExternalId: book.ledger.receivables,
      reference: `WIRE ${number}`, memo: null, credits: [], writeOffs: [], onAccount: zeroMoney(this.currency()),
    };
  }
}

export interface Started extends VendorWorld {
  readonly sandbox: NetSuiteSandbox;
  readonly book: NetSuiteBook;
  readonly line: NetSuiteLine;
  probe: Probe | null;
}

function secretsOf({ credentials: { m2m, tba } }: NetSuiteSandbox): string[] {
  return [...keyLines([m2m.privateKeyPem, WRONG_KEY], SECRET_CHARACTERS_MIN), tba.consumerSecret, tba.tokenSecret, WRONG_TOKEN_SECRET];
}
