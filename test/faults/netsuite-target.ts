import { currencyExponent, localDateOfInstant, parseMinorUnits, type LocalDate } from '#canonical';
import { startNetSuiteSandbox, type Fault, type NetSuiteSandbox } from '../../apps/sandbox/src/index.js';
import { amountText } from '../../apps/sandbox/src/simulation/book-amounts.js';
import type { FaultTarget, TargetLedger } from './fault-target.js';
import { finalizeSynced, type SimulatedAccount } from './synced-world.js';

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
    finalize: (db, wanted) => finalizeSynced(db, accountOf(sandbox), wanted),
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

function accountOf({ accountId, url, credentials: { m2m: { clientId, certificateId, algorithm, privateKeyPem } } }: NetSuiteSandbox): SimulatedAccount {
  return {
    connector: 'netsuite', url, secrets: { privateKeyPem }, today: today(),
    config: { accountId, serviceUrl: url, concurrency: 5, clientId, certificateId, algorithm, requestTimeoutMs: REQUEST_TIMEOUT_MS },
  };
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
