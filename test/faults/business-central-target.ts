import { currencyExponent, localDateOfInstant, parseMinorUnits } from '#canonical';
import { startBusinessCentralSandbox, type BusinessCentralFault, type BusinessCentralSandbox, type TenantSettings } from '../../apps/sandbox/src/index.js';
import { amountText } from '../../apps/sandbox/src/simulation/book-amounts.js';
import type { FaultTarget, TargetLedger } from './fault-target.js';
import { simulatedTarget, tallied, type SimulatedAccount } from './synced-world.js';

const REQUEST_TIMEOUT_MS = 1_000;
/** The simulated tenant commits at most so long after a client hung up; the product may take sixteen minutes. */
const PROCESSING_MS_MAX = 1_500;
/** A posting is several requests here, and those before it take their time. */
const TURN_WAIT_MS_MAX = 800;
/** Lease (two requests, margin and turn), processing time, and something beyond. */
const STOPPED_MS = 2 * REQUEST_TIMEOUT_MS + TURN_WAIT_MS_MAX + PROCESSING_MS_MAX + 1_000;
const CUSTOMERS = 8;
const CURRENCY = 'USD';
const TIME_ZONE = 'America/Los_Angeles';
const JOURNAL = 'TRIBUTARY';
/** How the hub begins every description; the key follows. */
const KEY_IN_DESCRIPTION = /^Tributary (\S+) /;

/** The Business Central connector against the simulated tenant, over HTTP: no payment is checked for duplicates there, and its answers are as bad as told. */
export async function businessCentralTarget(faults: readonly BusinessCentralFault[], postings: number, tenant: Partial<TenantSettings> = {}): Promise<FaultTarget> {
  const sandbox = await startBusinessCentralSandbox({ profile: 'bare', settings: { ...tenant, retryAfterSeconds: 1 } });
  openBooks(sandbox, postings);
  const pace = { processingMsMax: PROCESSING_MS_MAX, turnWaitMsMax: TURN_WAIT_MS_MAX, stoppedMs: STOPPED_MS };
  return simulatedTarget(sandbox, faults, pace, accountOf(sandbox), () => ledgerOf(sandbox));
}

/** A batch for the hub alone, and an invoice for each posting; every amount differs, so that sums tell a swap from an exact match. */
function openBooks(sandbox: BusinessCentralSandbox, postings: number): void {
  sandbox.book().insert('journal_batch', { template: 'CASHRCPT', code: JOURNAL, name: 'The hub', balancing_type: 'Bank Account', balancing_number: 'CHECKING' });
  const customers = Array.from({ length: CUSTOMERS }, (_each, index) => sandbox.elsewhere.addCustomer({ name: `Customer ${index + 1}`, currency: CURRENCY }));
  for (let index = 0; index < postings; index += 1) {
    sandbox.elsewhere.addInvoice({ customerNumber: customers[index % CUSTOMERS]?.number ?? '', amount: `${100 + index}.25`, currency: CURRENCY });
  }
}

function accountOf(sandbox: BusinessCentralSandbox): SimulatedAccount {
  const { tenantId, clientId, clientSecret } = sandbox.credentials;
  return {
    connector: 'business-central', url: sandbox.url, secrets: { clientSecret }, today: localDateOfInstant(new Date(), TIME_ZONE),
    config: {
      tenantId, clientId, environment: sandbox.settings.environment, companyId: sandbox.companies[0]?.id ?? '', timeZone: TIME_ZONE, journalCode: JOURNAL,
      serviceUrl: sandbox.url, loginUrl: sandbox.url, requestTimeoutMs: REQUEST_TIMEOUT_MS,
    },
  };
}

/** Read from the ledger itself. Lines left in the hub's batch would be booked by whoever posts it next. */
function ledgerOf(sandbox: BusinessCentralSandbox): TargetLedger {
  const { throttled, invariantViolations, unpostedLines } = sandbox.stats();
  if (invariantViolations > 0 || sandbox.failures.length > 0) throw new Error(`the tenant itself is broken: ${invariantViolations} violations, ${sandbox.failures.map(String).join('; ')}`);
  if (unpostedLines > 0) throw new Error(`${unpostedLines} lines are left in journal batch ${JOURNAL}`);
  sandbox.checkBooks();
  const rows = sandbox.book().all<{ description: string; amount: number }>(`SELECT description, amount FROM cust_ledger_entry WHERE document_type = 'Payment'`);
  const payments = rows.map(({ description, amount }) => ({
    key: KEY_IN_DESCRIPTION.exec(description)?.[1] ?? description, minor: parseMinorUnits(amountText(BigInt(-amount)), currencyExponent(CURRENCY)),
  }));
  return { ...tallied(payments), reversedMinor: '0', rejected: throttled, reversals: 'counter' };
}
