import { SandboxClock } from '../simulation/clock.js';
import { Book } from './book/book.js';
import { periodKey } from './book/entry.js';
import { assertBook, BookInvariantError } from './book/invariants.js';
import { runPostingJob } from './book/posting.js';
import { generateCompanies, type CompanyProfile, type GenerateOptions } from './company/generate.js';
import { Mutations } from './company/mutations.js';
import { Directory } from './entra/directory.js';
import type { FinanceCredentials } from './entra/credentials.js';
import { todayOf, type Environment } from './environment.js';
import { Faults, type Fault } from './faults/faults.js';
import { Throttling } from './faults/throttling.js';
import { answerControl, type Controls } from './http/control.js';
import { refusal, serverFailure, type Answer, type Call } from './http/message.js';
import { answerEdmx, answerMetadata } from './http/metadata-endpoint.js';
import { answerPackageAction } from './http/package-endpoint.js';
import { answerRecurring } from './http/recurring-endpoint.js';
import { BATCH_PATH, METADATA_PATH, PACKAGE_PATH, RECURRING_PATH } from './http/routes.js';
import { FinanceServer } from './http/server.js';
import { Chronicle, Counters, type FinanceStats } from './http/stats.js';
import type { Vendor } from './http/vendor.js';
import { answerBatch } from './odata/batch.js';
import { DATA_PATH, DataService } from './odata/data-service.js';
import { notFound, ODataError } from './odata/odata-error.js';
import { BLOB_PATH, BlobStore } from './packages/blob-store.js';
import { Executions, type DataProject } from './packages/executions.js';
import { RecurringJobs, type RecurringJob } from './packages/recurring-jobs.js';
import { defaultSettings, type EnvironmentSettings } from './settings.js';

export interface FinanceSandboxOptions {
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** Address to listen on. Anybody who reaches it may use the control calls: another one than loopback only inside a closed network. */
  readonly host?: string;
  /** For the companies and the faults. */
  readonly seed?: number;
  readonly profile?: CompanyProfile;
  readonly company?: Omit<GenerateOptions, 'seed' | 'profile'>;
  readonly settings?: Partial<EnvironmentSettings>;
  /** Where the environment's clock starts and stands still; the machine's, running, when absent. */
  readonly clock?: Date;
}

export interface FinanceSandbox {
  /** The environment's root: the resource a token is for, with `/data` under it. */
  readonly url: string;
  /** `{url}/{tenant}/oauth2/v2.0/token` */
  readonly tokenUrl: string;
  readonly credentials: FinanceCredentials;
  readonly settings: EnvironmentSettings;
  readonly faults: Faults;
  /** The ledger itself, for assertions. */
  readonly book: Book;
  readonly mutations: Mutations;
  /** Errors of the sandbox itself; a test should end with none. */
  readonly failures: readonly Error[];
  stats(): FinanceStats;
  /** @throws BookInvariantError when the book does not add up */
  checkBook(): void;
  now(): Date;
  /** The environment's clock: today, the batch job, packages, blob addresses. Work that was due by then is done. */
  setClock(instant: Date, held?: boolean): void;
  /** The clock tokens and assertions are judged by; the machine's until it is set. */
  setAuthenticationClock(instant: Date): void;
  /** Another app registration, registered in the environment: a foreign client. */
  registerClient(): FinanceCredentials;
  /** A data project as a person sets it up; entities by their data management names. */
  addDataProject(project: DataProject): void;
  /** A recurring data job as a person sets it up. */
  addRecurringJob(job: RecurringJob): void;
  expireSecret(clientId?: string): void;
  revokeTokens(): void;
  stop(): Promise<void>;
}

/** Starts a simulated environment, on loopback unless told otherwise. The caller stops it. */
export async function startFinanceSandbox(options: FinanceSandboxOptions = {}): Promise<FinanceSandbox> {
  const environment = new SimulatedEnvironment(options);
  const server = new FinanceServer(environment);
  const url = await server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  return {
    url, tokenUrl: `${url}/${environment.directory.tenantId}/oauth2/v2.0/token`, credentials: environment.credentials, settings: environment.settings, faults: environment.faults, book: environment.environment.book,
    mutations: environment.mutations, failures: environment.failures, stats: () => environment.stats(), checkBook: () => { environment.check(); }, now: () => environment.environment.clock.now(),
    setClock: (instant, held) => { environment.setClock(instant, held ?? false); }, setAuthenticationClock: (instant) => { environment.setAuthenticationClock(instant); }, registerClient: () => environment.registerClient(), addDataProject: (project) => { environment.addDataProject(project); }, addRecurringJob: (job) => { environment.addRecurringJob(job); }, expireSecret: (clientId) => { environment.expireSecret(clientId ?? environment.credentials.clientId); },
    revokeTokens: () => { environment.revokeTokens(); }, stop: async () => server.stop(),
  };
}

interface DueWork {
  readonly atMs: number;
  readonly work: () => void;
}

class SimulatedEnvironment implements Vendor, Controls {
  readonly settings: EnvironmentSettings;
  readonly environment: Environment;
  readonly directory: Directory;
  readonly credentials: FinanceCredentials;
  readonly throttling: Throttling;
  readonly faults: Faults;
  readonly counters = new Counters();
  readonly failures: Error[] = [];
  readonly mutations: Mutations;
  /** Apart from the ledger's clock: a test can move the environment's today without its client's tokens running out. */
  private readonly authenticationClock = new SandboxClock();
  private readonly data: DataService;
  private readonly blobs: BlobStore;
  private readonly executions: Executions;
  private readonly recurring: RecurringJobs;
  private readonly chronicle: Chronicle;
  private readonly due: DueWork[] = [];
  private jobRanAtMs: number;

  constructor(options: FinanceSandboxOptions) {
    this.settings = { ...defaultSettings(), ...options.settings };
    const clock = new SandboxClock();
    if (options.clock !== undefined) clock.set(options.clock, true);
    this.environment = { book: new Book(), settings: this.settings, clock };
    generateCompanies(this.environment, { seed: options.seed ?? 1, profile: options.profile ?? 'tiny', ...options.company });
    this.directory = new Directory(this.settings, this.authenticationClock);
    this.credentials = this.directory.register();
    this.throttling = new Throttling(this.settings);
    this.faults = new Faults(options.seed ?? 1);
    this.mutations = new Mutations(this.environment);
    this.data = new DataService(this.environment);
    this.blobs = new BlobStore(this.environment);
    this.executions = new Executions(this.environment, this.blobs);
    this.recurring = new RecurringJobs(this.environment, this.executions, this.blobs);
    this.chronicle = new Chronicle(this.environment);
    this.jobRanAtMs = clock.nowMs();
  }

  answer(call: Call): Answer {
    this.catchUp();
    try {
      return this.route(call);
    } catch (error) {
      if (error instanceof ODataError) return refusal(error);
      return this.failed(error);
    } finally {
      this.chronicle.note();
    }
  }

  /** What the sandbox itself got wrong: a 500 that says so, and noted. */
  private failed(error: unknown): Answer {
    if (error instanceof BookInvariantError) this.counters.invariantViolations += 1;
    this.failures.push(error instanceof Error ? error : new Error(String(error)));
    return serverFailure(500, false, 'sandbox');
  }

  private route(call: Call): Answer {
    if (Directory.isTokenPath(call.path)) return this.directory.token(call.path, new URLSearchParams(call.body.toString('utf8')), [call.origin]);
    if (call.path.startsWith(BLOB_PATH)) return this.blobs.answer(call);
    if (call.path.startsWith(PACKAGE_PATH)) return answerPackageAction({ environment: this.environment, blobs: this.blobs, executions: this.executions, recurring: this.recurring }, call);
    if (call.path.startsWith(RECURRING_PATH)) return answerRecurring(this.recurring, call, this.directory.clientOf(call.headers.authorization) ?? '');
    if (call.path === BATCH_PATH && call.method === 'POST') return answerBatch(this.environment, call, (inner) => this.answerInBatch(inner));
    if (call.path === `${DATA_PATH}/$metadata`) return answerEdmx(this.environment);
    if (call.path.toLowerCase().startsWith(`${METADATA_PATH}/`)) return answerMetadata(this.environment, call);
    if (call.path.startsWith(`${DATA_PATH}/`)) return this.data.answer(call);
    throw notFound(`${call.origin}${call.path}`);
  }

  private answerInBatch(call: Call): Answer {
    try {
      return this.data.answer(call);
    } catch (error) {
      if (error instanceof ODataError) return refusal(error);
      throw error;
    }
  }

  /** The batch job, late commits: what the clock has made due. */
  private catchUp(): void {
    const now = this.environment.clock.nowMs();
    for (const each of this.due.filter(({ atMs }) => atMs <= now)) {
      this.due.splice(this.due.indexOf(each), 1);
      each.work();
    }
    this.executions.runDue();
    this.recurring.runDue();
    const { postingJobEveryMs } = this.settings;
    if (postingJobEveryMs === null) {
      this.jobRanAtMs = now;
      return;
    }
    if (now - this.jobRanAtMs < postingJobEveryMs) return;
    this.jobRanAtMs = now;
    runPostingJob(this.environment);
  }

  later(clockMs: number, work: () => void): void {
    this.due.push({ atMs: this.environment.clock.nowMs() + clockMs, work });
  }

  control(call: Call): Answer {
    return answerControl(this, call);
  }

  stats(): FinanceStats {
    const { counters, environment: { book } } = this;
    return {
      requests: { ...counters.requests }, granted: { ...this.throttling.granted }, throttled: { ...this.throttling.refused, ...(counters.throttledByFault > 0 ? { fault: counters.throttledByFault } : {}) }, unauthorized: counters.unauthorized,
      answers: { ...counters.answers }, faults: { ...this.faults.fired }, invariantViolations: counters.invariantViolations, openRequests: counters.openRequests, openRequestsPeak: counters.openRequestsPeak,
      written: { journals: book.journals.size, lines: book.lines.size, marks: book.marks.size }, everWritten: this.chronicle.everWritten, duplicates: this.chronicle.duplicates(),
    };
  }

  check(): void { assertBook(this.environment.book); }

  addFault(fault: Fault): number { return this.faults.add(fault); }

  removeFault(id: number): void { this.faults.remove(id); }

  clearFaults(): void { this.faults.clear(); }

  listFaults(): unknown { return this.faults.list(); }

  reseedFaults(seed: number): void { this.faults.reseed(seed); }

  setClock(instant: Date, held: boolean): void {
    this.environment.clock.set(instant, held);
    this.catchUp();
  }

  setAuthenticationClock(instant: Date): void { this.authenticationClock.set(instant); }

  registerClient(): FinanceCredentials { return this.directory.register(); }

  expireSecret(clientId: string): void { this.directory.expireSecret(clientId); }

  addRecurringJob(job: RecurringJob): void { this.recurring.add(job); }

  addDataProject(project: DataProject): void { this.executions.addProject(project); }

  revokeTokens(): void { this.directory.revokeTokens(); }

  closeCurrentPeriod(): void {
    const { book } = this.environment;
    for (const { row } of book.master('LegalEntities').all()) book.closedPeriods.add(periodKey(String(row['LegalEntityId']), todayOf(this.environment)));
  }
}
