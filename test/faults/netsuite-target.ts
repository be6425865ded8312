import { currencyExponent, localDateOfInstant, parseMinorUnits, type LocalDate } from '#canonical';
import { PostingService } from '#posting';
import { SyncService } from '#sync';
import { startNetSuiteSandbox, type Fault, type NetSuiteSandbox } from '../../apps/sandbox/src/index.js';
import { amountText } from '../../apps/sandbox/src/simulation/book-amounts.js';
import { finalizePayments } from '../bench/posting-hub.js';
import type { TestDatabase } from '../support/database.js';
import type { FaultTarget, FinalizedWorld, TargetLedger } from './fault-target.js';
import { storedConnections } from './stored-connection.js';

const REQUEST_TIMEOUT_MS = 1_000;
const CUSTOMERS = 20;
const CURRENCY = 'USD';
const ACCOUNT_TIME_ZONE = 'America/Los_Angeles';
/** Lease: a send of up to four requests, margin and turn; the rest is for the search to see what was booked. */
const STOPPED_MS = 7_000;
const SETTLE_MS = 2 * REQUEST_TIMEOUT_MS;

/** The NetSuite connector against the simulated account, over HTTP: its keys are unique, and its answers as bad as told. */
export async function netsuiteTarget(faults: readonly Fault[], postings: number): Promise<FaultTarget> {
  const sandbox = await startNetSuiteSandbox({ profile: 'bare', company: { asOf: today(), customers: CUSTOMERS, openInvoices: 2 * postings + CUSTOMERS }, settings: { concurrencyLimit: 10 } });
  return {
    settings: null, stoppedMs: STOPPED_MS, settleMs: SETTLE_MS,
    finalize: (db, wanted) => finalize(db, sandbox, wanted),
    misbehave: () => {
      for (const fault of faults) sandbox.faults.add(fault);
      return Promise.resolve();
    },
    ledger: () => Promise.resolve(ledgerOf(sandbox)),
    stop: () => sandbox.stop(),
  };
}

/** The account's books are open around it. */
function today(): LocalDate {
  return localDateOfInstant(new Date(), ACCOUNT_TIME_ZONE);
}

async function finalize({ database, tenantId }: TestDatabase, sandbox: NetSuiteSandbox, wanted: number): Promise<FinalizedWorld> {
  const connections = await storedConnections(database);
  const { clientId, certificateId, algorithm, privateKeyPem } = sandbox.credentials.m2m;
  const connection = await connections.create(tenantId, {
    name: `netsuite ${sandbox.url}`, connector: 'netsuite', mappingOverlays: {}, syncEveryMinutes: null,
    config: { accountId: sandbox.accountId, serviceUrl: sandbox.url, concurrency: 5, clientId, certificateId, algorithm, requestTimeoutMs: REQUEST_TIMEOUT_MS },
  }, { privateKeyPem });
  await connections.check(tenantId, connection.id, new AbortController().signal);
  const openConnection = connections.open.bind(connections);
  const sync = new SyncService({ database, openConnection, holder: 'fault run', now: () => new Date(), monotonicMs: () => performance.now(), random: Math.random, log: () => undefined });
  await sync.request(tenantId, connection.id, 'full', 'fault run');
  await sync.drain(tenantId, connection.id, new AbortController().signal);
  const finalized = await finalizePayments({ database, connections, tenantId, connectionId: connection.id }, wanted);
  if (finalized !== wanted) throw new Error(`the account has ${finalized} open invoices in ${CURRENCY}, ${wanted} are wanted`);
  const service = new PostingService({ database, openConnection, wake: () => undefined, now: () => new Date() });
  const postingIds = await database.inTenant(tenantId, (transaction) => transaction.query<{ id: string }>('SELECT id FROM posting WHERE connection_id = $1', [connection.id]));
  return { tenantId, connectionId: connection.id, service, postingIds: postingIds.map(({ id }) => id), reversedOn: today() };
}

/** Read from the book itself. A key that was ever given to two records counts, though one of them was deleted since. */
function ledgerOf(sandbox: NetSuiteSandbox): TargetLedger {
  const { duplicates, throttled, invariantViolations } = sandbox.stats();
  if (invariantViolations > 0 || sandbox.failures.length > 0) throw new Error(`the account itself is broken: ${invariantViolations} violations, ${sandbox.failures.map(String).join('; ')}`);
  sandbox.checkBook();
  const rows = sandbox.book.all<{ externalid: string; foreigntotal: number }>(`SELECT externalid, foreigntotal FROM "transaction" WHERE type = 'CustPymt' AND externalid IS NOT NULL`);
  const exponent = currencyExponent(CURRENCY);
  const minor = rows.reduce((sum, { foreigntotal }) => sum + parseMinorUnits(amountText(BigInt(Math.abs(foreigntotal))), exponent), 0n);
  return { duplicatedKeys: duplicates.length, paymentMinor: minor.toString(), reversedMinor: '0', keys: rows.map(({ externalid }) => externalid), rejected: throttled, reversals: 'remove' };
}
