import { currencyExponent, localDateOfInstant, parseMinorUnits } from '#canonical';
import { startFinanceSandbox, type FinanceFault, type FinanceSandbox } from '../../apps/sandbox/src/index.js';
import { decimalText } from '../../apps/sandbox/src/finance/decimals.js';
import type { FaultTarget, TargetLedger } from './fault-target.js';
import { simulatedTarget, tallied, type SimulatedAccount } from './synced-world.js';

const REQUEST_TIMEOUT_MS = 1_000;
/** The simulated environment commits at most so long after a client hung up; for the product twenty minutes are assumed. */
const PROCESSING_MS_MAX = 1_500;
/** A posting is several requests here, and those before it take their time. */
const TURN_WAIT_MS_MAX = 800;
/** Lease (two and a half requests, margin and turn), processing time, and something beyond. */
const STOPPED_MS = 2.5 * REQUEST_TIMEOUT_MS + TURN_WAIT_MS_MAX + PROCESSING_MS_MAX + 1_000;
/** The environment's own batch job posts what lies in journals. */
const POSTING_JOB_EVERY_MS = 400;
const CUSTOMERS = 8;
const CURRENCY = 'USD';
const JOURNAL = 'ARPay';
const BANK = 'USMF OPER';

/** The Finance connector against the simulated environment, over HTTP: nothing checks keys there, and its batch job books every journal it finds. */
export async function financeTarget(faults: readonly FinanceFault[], postings: number): Promise<FaultTarget> {
  const sandbox = await startFinanceSandbox({ profile: 'bare', settings: { postingJobEveryMs: POSTING_JOB_EVERY_MS, keyColumn: 'PaymentId' } });
  openBooks(sandbox, postings);
  const pace = { processingMsMax: PROCESSING_MS_MAX, turnWaitMsMax: TURN_WAIT_MS_MAX, stoppedMs: STOPPED_MS };
  return simulatedTarget(sandbox, faults, pace, accountOf(sandbox), () => ledgerOf(sandbox));
}

/** Every amount differs, so that sums tell a swap from an exact match. */
function openBooks({ mutations }: FinanceSandbox, postings: number): void {
  const accounts = Array.from({ length: CUSTOMERS }, (_each, index) => `C-${index + 1}`);
  for (const account of accounts) mutations.addCustomer({ account, name: `Customer ${account}`, currency: CURRENCY });
  for (let index = 0; index < postings; index += 1) {
    mutations.addInvoice({ account: accounts[index % CUSTOMERS] ?? '', number: `CIV-${index + 1}`, amount: `${100 + index}.25`, currency: CURRENCY });
  }
}

function accountOf({ url, credentials: { tenantId, clientId, clientSecret } }: FinanceSandbox): SimulatedAccount {
  return {
    connector: 'finance', url, secrets: { clientSecret }, today: localDateOfInstant(new Date(), 'UTC'),
    config: { environmentUrl: url, loginUrl: url, tenantId, clientId, journalName: JOURNAL, bankAccountId: BANK, requestTimeoutMs: REQUEST_TIMEOUT_MS },
  };
}

/** Read from the book itself, after the batch job took what still lies in journals: a journal left behind is a booking to come. */
function ledgerOf(sandbox: FinanceSandbox): TargetLedger {
  const stuck = sandbox.mutations.runPostingJob().filter(({ posted }) => !posted);
  const { throttled, invariantViolations } = sandbox.stats();
  if (invariantViolations > 0 || sandbox.failures.length > 0) throw new Error(`the environment itself is broken: ${invariantViolations} violations, ${sandbox.failures.map(String).join('; ')}`);
  if (stuck.length > 0) throw new Error(`journals do not post: ${stuck.map(({ batch, infolog }) => `${batch}: ${infolog}`).join('; ')}`);
  sandbox.checkBook();
  const payments = sandbox.book.transactions.all().filter(({ kind, paymentId }) => kind === 'Payment' && paymentId !== '')
    .map(({ paymentId, amount }) => ({ key: paymentId, minor: parseMinorUnits(decimalText(-amount), currencyExponent(CURRENCY)) }));
  return { ...tallied(payments), reversedMinor: '0', rejected: Object.values(throttled).reduce((sum, count) => sum + count, 0), reversals: 'counter' };
}
