import { SandboxClock } from '../simulation/clock.js';
import type { BankChange, BankUpdate } from './book/bank.js';
import type { Client } from './book/book.js';
import type { ItemRequest, LinkedItem } from './book/linked-item.js';
import type { LinkSession } from './endpoints/link.js';
import type { Fault, Faults } from './faults/faults.js';
import type { PlaidStats } from './http/counters.js';
import { PlaidServer } from './http/server.js';
import type { PlaidSettings } from './settings.js';
import { SimulatedPlaid } from './simulated-plaid.js';
import type { Delivery } from './webhooks/postman.js';

export interface PlaidSandboxOptions {
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** Address to listen on. Anybody who reaches it may use the control calls: another one than loopback only inside a closed network. */
  readonly host?: string;
  /** For ids, histories and the faults. */
  readonly seed?: number;
  /** Rows an ordinary login has a day over the last two years; 0 (none) when absent. The dynamic test user has its 50 always. */
  readonly historyRowsPerDay?: number;
  readonly settings?: Partial<PlaidSettings>;
  /** Where the vendor's clock starts and stands still; the machine's, running, when absent. */
  readonly clock?: Date;
}

export interface PlaidSandbox {
  readonly url: string;
  readonly credentials: Client;
  readonly settings: PlaidSettings;
  readonly faults: Faults;
  /** Errors of the sandbox itself; a test should end with none. */
  readonly failures: readonly Error[];
  stats(): PlaidStats;
  /** Links a login for transactions and exchanges its token. */
  link(request?: ItemRequest): LinkedItem;
  /** The browser half of a Link session. @throws PlaidError for a link token that is unknown or has run out */
  completeLink(session: LinkSession): { publicToken: string | null; itemId: string };
  /** What the bank does, as one update of the feed. @throws BankError, SeedError, MoneyError; then nothing changed */
  update(itemId: string, changes: readonly BankChange[]): BankUpdate;
  /** The transactions that exist now, as /transactions/sync shows them, original description included. */
  truth(itemId: string): readonly Record<string, unknown>[];
  /** The Item falls into an error, with its webhook. */
  breakItem(itemId: string, code: string, reason?: string): void;
  /** Repaired elsewhere: LOGIN_REPAIRED. */
  repairItem(itemId: string): void;
  setConsentExpiry(itemId: string, at: Date): void;
  /** A new signing key. @returns its id */
  rotateKeys(expireOthers: boolean): string;
  /** Every attempt to deliver a webhook. */
  deliveries(): readonly Delivery[];
  /** Resolves when no webhook is under way. */
  webhooksIdle(): Promise<void>;
  /** Another client of the vendor: a foreign one. */
  registerClient(): Client;
  addFault(fault: Fault): number;
  now(): Date;
  /** The vendor's clock: readiness, expiry, retries. What was due by then is done. */
  setClock(instant: Date, held?: boolean): void;
  /** The clock webhooks say they were issued by; the machine's until it is set. */
  setAuthenticationClock(instant: Date): void;
  stop(): Promise<void>;
}

/** Starts a simulated Plaid, on loopback unless told otherwise. The caller stops it. */
export async function startPlaidSandbox(options: PlaidSandboxOptions = {}): Promise<PlaidSandbox> {
  const clock = new SandboxClock();
  if (options.clock !== undefined) clock.set(options.clock, true);
  const plaid = new SimulatedPlaid(clock, options.clock !== undefined, { seed: options.seed ?? 1, historyRowsPerDay: options.historyRowsPerDay ?? 0, settings: options.settings ?? {} });
  const server = new PlaidServer(plaid);
  const url = await server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  return {
    url, credentials: plaid.credentials, settings: plaid.settings, faults: plaid.faults, failures: plaid.failures, stats: () => plaid.stats(),
    link: (request) => plaid.link(request ?? {}), completeLink: (session) => plaid.completeLink(session), update: (itemId, changes) => plaid.update(itemId, changes), truth: (itemId) => plaid.truth(itemId),
    breakItem: (itemId, code, reason) => { plaid.breakItem(itemId, code, reason); }, repairItem: (itemId) => { plaid.repairItem(itemId); }, setConsentExpiry: (itemId, at) => { plaid.setConsentExpiry(itemId, at); },
    rotateKeys: (expireOthers) => plaid.rotateKeys(expireOthers), deliveries: () => plaid.postman.deliveries, webhooksIdle: async () => plaid.webhooksIdle(), registerClient: () => plaid.registerClient(), addFault: (fault) => plaid.addFault(fault),
    now: () => clock.now(), setClock: (instant, held) => { plaid.setClock(instant, held ?? false); }, setAuthenticationClock: (instant) => { plaid.setAuthenticationClock(instant); },
    stop: async () => {
      await plaid.stop();
      await server.stop();
    },
  };
}
