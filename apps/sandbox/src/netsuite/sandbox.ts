import { Gatekeeper } from './auth/gatekeeper.js';
import type { AssertionAlgorithm, M2mCredentials, TbaCredentials } from './auth/credentials.js';
import type { Book } from './book/book.js';
import { openKeptBook, originOf } from './book/kept-book.js';
import { SandboxClock } from '../simulation/clock.js';
import { companyFromOpenItems, type OpenItemsOptions, type OpenItemsReport } from './company/open-items.js';
import { generateCompany, type CompanyOptions, type CompanyProfile } from './company/generate.js';
import { Mutations } from './company/mutations.js';
import { Faults } from './faults/faults.js';
import { Governance } from './faults/governance.js';
import { ASYNC_PATH, AsyncJobs, isAsync } from './http/async-jobs.js';
import { answerControl, type Controls } from './http/control.js';
import { json, refusal, type Answer, type Call } from './http/message.js';
import { answerQuery, SUITEQL_PATH } from './http/query-endpoint.js';
import { answerRecord, RECORD_PATH } from './http/record-endpoint.js';
import { NetSuiteServer } from './http/server.js';
import { Counters, duplicatesByKey, type SandboxStats } from './http/stats.js';
import type { Vendor } from './http/vendor.js';
import { accountNow, type Account } from './records/account.js';
import { assertBook, BookInvariantError } from './records/invariants.js';
import { notFound, RecordError } from './records/record-error.js';
import { RecordService } from './records/record-service.js';
import { defaultSettings, type AccountSettings } from './settings.js';
import { QueryService } from './suiteql/query-service.js';
import { runMutation } from './mutation-calls.js';

export const GOVERNANCE_PATH = '/services/rest/system/v1/governanceLimits';

export interface SandboxOptions {
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** Address to listen on. Anybody who reaches it may use the control calls: another one than loopback only inside a closed network. */
  readonly host?: string;
  /** For the company and the faults. */
  readonly seed?: number;
  readonly profile?: CompanyProfile;
  readonly company?: Omit<CompanyOptions, 'seed' | 'profile'>;
  /** CSV text of an open-items ledger, instead of a generated company. */
  readonly openItems?: { readonly csvText: string } & OpenItemsOptions;
  readonly settings?: Partial<AccountSettings>;
  readonly algorithm?: AssertionAlgorithm;
  /** A file to keep the book in, found again at the next start; in memory when absent. */
  readonly databasePath?: string;
}

export interface NetSuiteSandbox {
  readonly url: string;
  readonly accountId: string;
  readonly credentials: { readonly m2m: M2mCredentials; readonly tba: TbaCredentials };
  readonly settings: AccountSettings;
  readonly faults: Faults;
  /** The ledger itself, for assertions. */
  readonly book: Book;
  readonly mutations: Mutations;
  /** Set when the company was made from a ledger file just now. */
  readonly openItemsReport: OpenItemsReport | null;
  /** Errors of the sandbox itself; a test should end with none. */
  readonly failures: readonly Error[];
  readonly auditTrail: readonly string[];
  stats(): SandboxStats;
  /** @throws BookInvariantError when the book does not add up */
  checkBook(): void;
  /** The ledger's clock: today, modification times, search delay. */
  setClock(instant: Date, held?: boolean): void;
  /** The clock assertions, signatures, tokens and certificates are judged by. */
  setAuthenticationClock(instant: Date): void;
  rotateCertificate(): M2mCredentials;
  expireCertificates(at?: Date): void;
  revokeTokens(): void;
  stop(): Promise<void>;
}

/** Starts a simulated NetSuite account, on loopback unless told otherwise. The caller stops it. */
export async function startNetSuiteSandbox(options: SandboxOptions = {}): Promise<NetSuiteSandbox> {
  const account = new SimulatedAccount(options);
  const server = new NetSuiteServer(account);
  const url = await server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  return {
    url, accountId: account.settings.accountId, credentials: { m2m: account.gatekeeper.m2m, tba: account.gatekeeper.tba }, settings: account.settings,
    faults: account.faults, book: account.account.book, mutations: account.mutations, openItemsReport: account.openItemsReport, failures: account.failures,
    auditTrail: account.gatekeeper.auditTrail,
    stats: () => account.stats(), checkBook: () => { assertBook(account.account.book); }, setClock: (instant, held) => { account.setClock(instant, held ?? false); },
    setAuthenticationClock: (instant) => { account.setAuthenticationClock(instant); },
    rotateCertificate: () => account.rotateCertificate(), expireCertificates: (at) => { account.expireCertificates(at); }, revokeTokens: () => { account.revokeTokens(); },
    stop: async () => { account.stop(); await server.stop(); account.account.book.close(); },
  };
}

class SimulatedAccount implements Vendor, Controls {
  readonly settings: AccountSettings;
  readonly account: Account;
  readonly gatekeeper: Gatekeeper;
  readonly governance: Governance;
  readonly faults: Faults;
  readonly counters = new Counters();
  readonly failures: Error[] = [];
  readonly mutations: Mutations;
  readonly openItemsReport: OpenItemsReport | null;
  private readonly clock = new SandboxClock();
  /** Apart from the ledger's clock: a test can move the account's today without its client's signatures going stale. */
  private readonly authenticationClock = new SandboxClock();
  private readonly records: RecordService;
  private readonly queries: QueryService;
  private readonly jobs: AsyncJobs;

  constructor(private readonly options: SandboxOptions) {
    this.settings = { ...defaultSettings(), ...options.settings };
    const { seed = 1, profile = 'tiny', company, openItems } = options;
    let report: OpenItemsReport | null = null;
    const book = openKeptBook(options.databasePath ?? null, originOf({ seed, profile, company, openItems }), (fresh) => { report = this.fill(fresh); });
    this.account = { book, settings: this.settings, clock: this.clock };
    this.openItemsReport = report;
    this.gatekeeper = new Gatekeeper(this.settings, this.authenticationClock, options.algorithm ?? 'ES256');
    this.governance = new Governance(this.settings);
    this.faults = new Faults(options.seed ?? 1);
    this.mutations = new Mutations(this.account);
    this.records = new RecordService(this.account);
    this.queries = new QueryService(book, this.settings, this.clock);
    this.jobs = new AsyncJobs((call) => this.work(call), () => this.clock.now(), () => this.settings.latencyMs.async ?? 0);
  }

  private fill(book: Book): OpenItemsReport | null {
    const { openItems } = this.options;
    if (openItems !== undefined) return companyFromOpenItems(book, openItems.csvText, openItems);
    generateCompany(book, { seed: this.options.seed ?? 1, profile: this.options.profile ?? 'tiny', ...this.options.company });
    return null;
  }

  answer(call: Call): Answer {
    try {
      if (isAsync(call)) return this.jobs.submit(call);
      return this.work(call);
    } catch (error) {
      if (error instanceof RecordError) return refusal(error);
      throw error;
    }
  }

  private work(call: Call): Answer {
    try {
      if (call.path === SUITEQL_PATH) return this.countRows(answerQuery(this.queries, call));
      if (call.path.startsWith(`${RECORD_PATH}/`)) return answerRecord(this.records, this.account, call);
      if (call.path.startsWith(`${ASYNC_PATH}/`)) return this.jobs.read(call);
      if (call.path === GOVERNANCE_PATH) return this.governanceLimits();
      return refusal(notFound());
    } catch (error) {
      if (error instanceof BookInvariantError) this.counters.invariantViolations += 1;
      throw error;
    }
  }

  private countRows(answer: Answer): Answer {
    const count = /"count":(\d+)/.exec(answer.body.slice(0, 2000))?.[1];
    if (answer.status === 200) this.counters.rowsRead += Number(count ?? 0);
    return answer;
  }

  private governanceLimits(): Answer {
    if (!this.settings.administrator) return refusal(new RecordError(403, 'INSUFFICIENT_PERMISSION', 'Permission Violation: You need administrator permission to access this resource.'));
    return json(200, this.governance.limits());
  }

  control(call: Call): Answer {
    return answerControl(this, call);
  }

  stats(): SandboxStats {
    const { counters } = this;
    const transactions = this.account.book.one<{ count: number }>('SELECT count(*) AS count FROM "transaction"')?.count ?? 0;
    return {
      requests: { ...counters.requests }, granted: counters.granted, throttled: counters.throttled, unauthorized: counters.unauthorized, answers: { ...counters.answers },
      faults: { ...this.faults.fired }, rowsRead: counters.rowsRead, invariantViolations: counters.invariantViolations, inFlight: this.governance.requestsInFlight,
      inFlightPeak: counters.inFlightPeak, transactions, ...duplicatesByKey(this.account.book, this.settings),
    };
  }

  check(): void { assertBook(this.account.book); }

  addFault(fault: Parameters<Faults['add']>[0]): number { return this.faults.add(fault); }

  removeFault(id: number): void { this.faults.remove(id); }

  clearFaults(): void { this.faults.clear(); }

  listFaults(): unknown { return this.faults.list(); }

  reseedFaults(seed: number): void { this.faults.reseed(seed); }

  mutate(name: string, input: Readonly<Record<string, unknown>>): unknown { return runMutation(this.mutations, name, input); }

  get auditTrail(): readonly string[] { return this.gatekeeper.auditTrail; }

  setClock(instant: Date, held: boolean): void { this.clock.set(instant, held); }

  setAuthenticationClock(instant: Date): void { this.authenticationClock.set(instant); }

  rotateCertificate(): M2mCredentials {
    return this.gatekeeper.rotateCertificate(this.options.algorithm ?? 'ES256', this.gatekeeper.m2m.clientId);
  }

  expireCertificates(at: Date = new Date(this.authenticationClock.nowMs() - 1000)): void {
    this.gatekeeper.expireCertificates(at);
  }

  revokeTokens(): void { this.gatekeeper.revokeTokens(); }

  closeCurrentPeriod(): void {
    this.mutations.setPeriod(accountNow(this.account).slice(0, 10), { closed: true });
  }

  stop(): void {
    this.jobs.stop();
  }
}
