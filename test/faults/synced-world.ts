import type { JsonObject, LocalDate } from '#canonical';
import { PostingService } from '#posting';
import { SyncService } from '#sync';
import { finalizePayments } from '../bench/posting-hub.js';
import type { TestDatabase } from '../support/database.js';
import type { FaultTarget, FinalizedWorld, TargetLedger } from './fault-target.js';
import { storedConnections } from './stored-connection.js';

/** How a simulated vendor is connected. */
export interface SimulatedAccount {
  readonly connector: string;
  readonly url: string;
  readonly config: JsonObject;
  readonly secrets: JsonObject;
  readonly today: LocalDate;
}

/** Connects an account as a hub does: stored, checked, synced; then finalizes so many payments of one of its open USD invoices each. @throws when it has fewer */
export async function finalizeSynced({ database, tenantId }: TestDatabase, account: SimulatedAccount, wanted: number): Promise<FinalizedWorld> {
  const connections = await storedConnections(database);
  const { connector, config, secrets } = account;
  const connection = await connections.create(tenantId, { name: `${connector} ${account.url}`, connector, mappingOverlays: {}, syncEveryMinutes: null, config }, secrets);
  const probe = await connections.check(tenantId, connection.id, new AbortController().signal);
  if (probe.missing.length > 0) throw new Error(`the account lacks ${JSON.stringify(probe.missing)}`);
  const openConnection = connections.open.bind(connections);
  const sync = new SyncService({ database, openConnection, holder: 'fault run', now: () => new Date(), monotonicMs: () => performance.now(), random: Math.random, log: () => undefined });
  await sync.request(tenantId, connection.id, 'full', 'fault run');
  await sync.drain(tenantId, connection.id, new AbortController().signal);
  const finalized = await finalizePayments({ database, connections, tenantId, connectionId: connection.id }, wanted);
  if (finalized !== wanted) throw new Error(`the account has ${finalized} open invoices in USD, ${wanted} are wanted`);
  const service = new PostingService({ database, openConnection, wake: () => undefined, now: () => new Date() });
  const postings = await database.inTenant(tenantId, (transaction) => transaction.query<{ id: string }>('SELECT id FROM posting WHERE connection_id = $1', [connection.id]));
  return { tenantId, connectionId: connection.id, service, postingIds: postings.map(({ id }) => id), reversedOn: account.today };
}

/** Of the vendor's own books, read past the hub. @param minor of each payment booked, by its key */
export function tallied(payments: readonly { readonly key: string; readonly minor: bigint }[]): { readonly keys: readonly string[]; readonly duplicatedKeys: number; readonly paymentMinor: string } {
  const keys = new Set(payments.map(({ key }) => key));
  return { keys: [...keys], duplicatedKeys: payments.length - keys.size, paymentMinor: payments.reduce((sum, { minor }) => sum + minor, 0n).toString() };
}

/** What a fault run must know of a simulated vendor's pace; milliseconds. */
export interface VendorPace {
  readonly processingMsMax: number;
  readonly turnWaitMsMax: number;
  readonly stoppedMs: number;
}

/** A simulated vendor over HTTP as a fault run sees it; it commits for as long after a client hung up as it may take at all. */
export function simulatedTarget<Fault>(sandbox: SimulatedVendor<Fault>, faults: readonly Fault[], { processingMsMax, turnWaitMsMax, stoppedMs }: VendorPace, account: SimulatedAccount, ledger: () => TargetLedger): FaultTarget {
  return {
    settings: null, processingMsMax, limits: { turnWaitMsMax }, stoppedMs, settleMs: processingMsMax,
    finalize: (db, wanted) => finalizeSynced(db, account, wanted),
    misbehave: () => {
      for (const fault of faults) sandbox.faults.add(fault);
      return Promise.resolve();
    },
    ledger: () => Promise.resolve(ledger()),
    stop: () => sandbox.stop(),
  };
}

interface SimulatedVendor<Fault> {
  readonly faults: { add(fault: Fault): unknown };
  stop(): Promise<void>;
}
