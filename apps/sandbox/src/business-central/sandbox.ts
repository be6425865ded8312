import { SandboxClock } from '../simulation/clock.js';
import { Entra, type ClientCredentials } from './auth/entra.js';
import { generateCompany, type CompanyProfile } from './company/generate.js';
import { Elsewhere } from './company/elsewhere.js';
import { Faults } from './faults/faults.js';
import { parseAddress, tenantIn, type Address } from './http/address.js';
import { CompanyApi } from './http/api.js';
import { answerBatch } from './http/batch.js';
import { answerControl, type Controls } from './http/control.js';
import { ok, plainJson, refusal, type Answer, type Call } from './http/message.js';
import { BusinessCentralServer } from './http/server.js';
import { Counters, duplicatesByKey, entriesByType, type BusinessCentralStats } from './http/stats.js';
import type { Tenant } from './http/tenant.js';
import { CompanyBook, type CompanyIdentity } from './ledger/company-book.js';
import { assertAfter, assertBook, BookInvariantError, ledgerPosition } from './ledger/invariants.js';
import { postBatch } from './ledger/journal-posting.js';
import { ForeignClient, type ForeignPlan, type ForeignReport } from './limits/foreign-client.js';
import { UserLimits } from './limits/limits.js';
import { ODataError, recordNotFound, noSuchRoute } from './odata/odata-error.js';
import { apiRoute } from './pages/api-routes.js';
import { defaultSettings, type TenantSettings } from './settings.js';
import { Notifier } from './webhooks/notifier.js';
import { SUBSCRIBABLE, Subscriptions } from './webhooks/subscriptions.js';

export interface BusinessCentralSandboxOptions {
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** Address to listen on. Anybody who reaches it may use the control calls: another one than loopback only inside a closed network. */
  readonly host?: string;
  /** For the companies and the faults. */
  readonly seed?: number;
  readonly profile?: CompanyProfile;
  /** Other numbers than the profile's, for the first company. */
  readonly customers?: number;
  readonly openInvoices?: number;
  readonly settings?: Partial<TenantSettings>;
}

export interface BusinessCentralSandbox {
  /** `http://HOST:PORT`, for the control calls. */
  readonly url: string;
  /** `.../v2.0/{tenant}/{environment}/api`: `/v2.0/companies` and the other routes follow. */
  readonly apiUrl: string;
  readonly tokenUrl: string;
  readonly credentials: ClientCredentials;
  readonly companies: readonly CompanyIdentity[];
  readonly settings: TenantSettings;
  readonly faults: Faults;
  /** Errors of the sandbox itself; a test should end with none. */
  readonly failures: readonly Error[];
  /** Changes by somebody else in the first company. */
  readonly elsewhere: Elsewhere;
  elsewhereIn(companyId: string): Elsewhere;
  /** The ledger itself, for assertions. */
  book(companyId?: string): CompanyBook;
  stats(): BusinessCentralStats;
  /** @throws BookInvariantError when a book does not add up */
  checkBooks(): void;
  setClock(instant: Date, held?: boolean): void;
  registerApplication(): ClientCredentials;
  /** Another client of the same application, sharing its limits; the one before is stopped. */
  startForeignClient(plan: ForeignPlan): void;
  foreignReport(): ForeignReport | null;
  stopForeignClient(): void;
  /** Sends notifications that are due by the clock and waits for those on their way. */
  deliverNotifications(): Promise<void>;
  stop(): Promise<void>;
}

const COMPANIES: readonly CompanyIdentity[] = [
  { id: 'c1a7e2b0-51d4-4f0b-9b1e-7d2a40c0de01', name: 'Honeycomb US', displayName: 'Honeycomb Trading US, Inc.', currency: 'USD', country: 'US' },
  { id: 'c1a7e2b0-51d4-4f0b-9b1e-7d2a40c0de02', name: 'Honeycomb UK', displayName: 'Honeycomb Trading UK Ltd', currency: 'GBP', country: 'GB' },
];

/** Starts a simulated Business Central tenant, on loopback unless told otherwise. The caller stops it. */
export async function startBusinessCentralSandbox(options: BusinessCentralSandboxOptions = {}): Promise<BusinessCentralSandbox> {
  const tenant = new SimulatedTenant(options);
  const server = new BusinessCentralServer(tenant);
  const url = await server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  const { settings } = tenant;
  return {
    url, apiUrl: `${url}/v2.0/${settings.tenantId}/${settings.environment}/api`, tokenUrl: `${url}/${settings.tenantId}/oauth2/v2.0/token`,
    get credentials() { return tenant.entra.credentials; },
    companies: COMPANIES, settings, faults: tenant.faults, failures: tenant.failures, elsewhere: tenant.elsewhere(COMPANIES[0]?.id),
    elsewhereIn: (companyId) => tenant.elsewhere(companyId), book: (companyId) => tenant.bookOf(companyId ?? COMPANIES[0]?.id ?? ''), stats: () => tenant.stats(), checkBooks: () => { tenant.check(); },
    setClock: (instant, held) => { tenant.setClock(instant, held ?? false); }, registerApplication: () => tenant.entra.registerApplication(),
    startForeignClient: (plan) => { tenant.startForeignClient(plan); }, foreignReport: () => tenant.foreignReport(), stopForeignClient: () => { tenant.stopForeignClient(); },
    deliverNotifications: () => tenant.deliverNotifications(), stop: async () => { tenant.stop(); await server.stop(); tenant.close(); },
  };
}

class SimulatedTenant implements Tenant, Controls {
  readonly settings: TenantSettings;
  readonly entra: Entra;
  readonly faults: Faults;
  readonly counters = new Counters();
  readonly failures: Error[] = [];
  private readonly clock = new SandboxClock();
  private readonly books = new Map<string, CompanyBook>();
  private readonly limits = new Map<string, UserLimits>();
  private readonly jobs = new Set<{ readonly dueAtMs: number; readonly book: CompanyBook; readonly batchId: string }>();
  private readonly subscriptions: Subscriptions;
  private readonly notifier: Notifier;
  private foreign: ForeignClient | null = null;
  private readonly ticking: NodeJS.Timeout;

  constructor(options: BusinessCentralSandboxOptions) {
    this.settings = { ...defaultSettings(), ...options.settings };
    const { seed = 1, profile = 'tiny' } = options;
    this.entra = new Entra(this.settings, this.clock);
    this.faults = new Faults(seed);
    this.subscriptions = new Subscriptions(this.settings, this.clock, COMPANIES.map((company) => company.id));
    this.notifier = new Notifier(this.settings, this.clock, this.subscriptions);
    COMPANIES.forEach((company, index) => { this.books.set(company.id, this.openBook(company, seed + index, index === 0 ? { profile, ...sizesOf(options) } : { profile: profile === 'bare' ? 'bare' : 'tiny' })); });
    this.ticking = setInterval(() => { this.tick(); }, TICK_MS);
    this.ticking.unref();
  }

  private openBook(company: CompanyIdentity, seed: number, sizes: { readonly profile: CompanyProfile }): CompanyBook {
    const book = new CompanyBook(company, seed, () => this.clock.now());
    generateCompany(book, { ...defaultSettings(), tenantId: this.settings.tenantId }, { seed, ...sizes });
    assertBook(book);
    this.watch(book);
    return book;
  }

  /** From now on every commit that wrote to a ledger is checked before it stands. */
  private watch(book: CompanyBook): void {
    let position = ledgerPosition(book);
    book.onCommit = (changes) => { this.notifier.changed(book.company.id, changes); };
    book.beforeCommit = () => {
      const reached = ledgerPosition(book);
      if (reached.detailed === position.detailed && reached.general === position.general) return;
      try {
        assertAfter(book, position);
      } catch (error) {
        if (error instanceof BookInvariantError) this.counters.invariantViolations += 1;
        throw error;
      }
      position = reached;
    };
  }

  answer(call: Call): Answer | Promise<Answer> {
    if (call.path === '/environments/v1.2') return this.environments(call);
    const tenant = tenantIn(call.path);
    if (tenant !== null && tenant.toLowerCase() !== this.settings.tenantId) throw noSuchRoute(call.path);
    if (call.path.endsWith('/$batch')) return this.batch(call);
    const address = parseAddress(call.path, this.settings.environment);
    const [first] = address.segments;
    if (address.route === 'v2.0' && first?.name === 'subscriptions' && address.segments.length === 1) return this.subscriptions.answer(call, first.key);
    if (address.route === 'microsoft/runtime/beta' && first?.name === 'webhookSupportedResources') return subscribable(address.companyId ?? '');
    return this.work(call);
  }

  private batch(call: Call): Answer {
    const worker = {
      part: (part: Call) => this.workPart(part),
      transaction: (work: () => void) => { [...this.books.values()].reduceRight<() => void>((inner, book) => () => { book.transaction(inner); }, work)(); },
    };
    const { answer, parts } = answerBatch(call, worker, this.settings.batchContinuesAfterError);
    this.counters.batchParts += parts;
    return answer;
  }

  private workPart(part: Call): Answer {
    try {
      return this.work(part);
    } catch (error) {
      if (error instanceof ODataError) return refusal(error);
      throw error;
    }
  }

  private work(call: Call): Answer {
    const address = parseAddress(call.path, this.settings.environment);
    const first = address.segments[0];
    if (first?.name === 'companies' && address.companyId === null) return this.companyAnswer(call, address, first.key);
    const route = apiRoute(address.route, this.settings);
    if (route === undefined) throw noSuchRoute(call.path);
    const companyId = address.companyId ?? this.companyIdOf(call.query.get('company'));
    const book = this.books.get(companyId ?? '');
    if (book === undefined) throw recordNotFound('Company', companyId ?? '');
    call.query.delete('company');
    return new CompanyApi(book, this.settings, route, (batchId) => { this.postLater(book, batchId); }).answer(call, address);
  }

  /** By id or, as in the documentation's batch samples, by name. */
  private companyIdOf(text: string | null): string | null {
    return COMPANIES.find((company) => company.id === text?.toLowerCase() || company.name === text)?.id ?? text;
  }

  private companyAnswer(call: Call, address: Address, key: string | null): Answer {
    const text = ({ id, name, displayName }: CompanyIdentity): string => JSON.stringify({ id, systemVersion: '29.0.12345.0', timestamp: 1, name, displayName, businessProfileId: '', systemCreatedAt: '2024-01-01T00:00:00Z' });
    const context = `${call.origin}${address.base}/$metadata#companies`;
    if (key === null) return ok(`{"@odata.context":${JSON.stringify(context)},"value":[${COMPANIES.map(text).join(',')}]}`);
    const company = COMPANIES.find((candidate) => candidate.id === key.toLowerCase());
    if (company === undefined) throw recordNotFound('Company', key);
    return ok(`{"@odata.context":${JSON.stringify(`${context}/$entity`)},${text(company).slice(1)}`);
  }

  private environments(call: Call): Answer {
    const { tenantId, environment } = this.settings;
    const here = {
      aadTenantId: tenantId, applicationFamily: 'BusinessCentral', type: 'Production', name: environment, countryCode: 'US', webServiceUrl: call.origin,
      webClientLoginUrl: `${call.origin}/${tenantId}/${environment}`, ringName: 'PROD',
    };
    return plainJson(200, { value: [here] });
  }

  private postLater(book: CompanyBook, batchId: string): void {
    this.jobs.add({ dueAtMs: this.clock.nowMs() + this.settings.jobQueueDelayMs, book, batchId });
  }

  /** What is due by the tenant's clock. */
  private tick(): void {
    this.notifier.tick();
    for (const job of this.jobs) {
      if (job.dueAtMs > this.clock.nowMs()) continue;
      this.jobs.delete(job);
      try {
        job.book.transaction(() => postBatch(job.book, this.settings, job.batchId));
      } catch (error) {
        this.jobErrors.push({ batchId: job.batchId, message: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  /** Job queue entries in error: nobody is told over the API. */
  readonly jobErrors: { readonly batchId: string; readonly message: string }[] = [];

  control(call: Call): Promise<Answer> { return answerControl(this, call); }

  limitsOf(clientId: string): UserLimits {
    let limits = this.limits.get(clientId);
    if (limits === undefined) {
      limits = new UserLimits(this.settings);
      this.limits.set(clientId, limits);
    }
    return limits;
  }

  bookOf(companyId: string): CompanyBook {
    const book = this.books.get(companyId);
    if (book === undefined) throw new RangeError(`no company ${companyId}`);
    return book;
  }

  elsewhere(companyId = COMPANIES[0]?.id ?? ''): Elsewhere {
    return new Elsewhere(this.bookOf(companyId), this.settings);
  }

  stats(): BusinessCentralStats {
    const books = [...this.books.values()];
    const { counters } = this;
    return {
      requests: { ...counters.requests }, batchParts: counters.batchParts, granted: counters.granted, throttled: counters.throttled, unauthorized: counters.unauthorized, answers: { ...counters.answers }, faults: { ...this.faults.fired },
      invariantViolations: counters.invariantViolations, inFlightPeak: Math.max(0, ...[...this.limits.values()].map((limits) => limits.peak)), entries: entriesByType(books),
      unpostedLines: books.reduce((sum, book) => sum + Number(book.one<{ count: number }>("SELECT count(*) AS count FROM journal_line WHERE account_type = 'Customer'")?.count ?? 0), 0), ...duplicatesByKey(books, this.settings),
    };
  }

  openRequests(): unknown { return [...this.counters.open]; }

  check(): void { for (const book of this.books.values()) assertBook(book); }

  setClock(instant: Date, held: boolean): void {
    this.clock.set(instant, held);
    this.tick();
  }

  now(): Date { return this.clock.now(); }

  /** Nothing may be posted before tomorrow. */
  closePostingRange(): void {
    this.settings.postingAllowedFrom = new Date(this.clock.nowMs() + 86_400_000).toISOString().slice(0, 10);
  }

  startForeignClient(plan: ForeignPlan): void {
    this.stopForeignClient();
    this.foreign = new ForeignClient(this.limitsOf(this.entra.credentials.clientId), plan);
  }

  foreignReport(): ForeignReport | null { return this.foreign?.report() ?? null; }

  stopForeignClient(): void { this.foreign?.stop(); }

  async deliverNotifications(): Promise<void> {
    this.tick();
    await this.notifier.settled();
  }

  stop(): void {
    this.stopForeignClient();
    clearInterval(this.ticking);
    for (const limits of this.limits.values()) limits.stop();
  }

  close(): void {
    for (const book of this.books.values()) book.close();
  }
}

const TICK_MS = 50;

/** `webhookSupportedResources` of a company (2.10). */
function subscribable(companyId: string): Answer {
  return ok(JSON.stringify({ value: SUBSCRIBABLE.map((entitySet) => ({ resource: `v2.0/companies(${companyId})/${entitySet}` })) }));
}

function sizesOf(options: BusinessCentralSandboxOptions): { customers?: number; openInvoices?: number } {
  return { ...(options.customers === undefined ? {} : { customers: options.customers }), ...(options.openInvoices === undefined ? {} : { openInvoices: options.openInvoices }) };
}
