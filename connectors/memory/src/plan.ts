import {
  formatMoney, intentProblems, subtractMoney, sumMoney, zeroMoney, type DocumentShare, type Json, type JsonObject, type Money, type OpenAmountChange,
  type PlannedStep, type PostingIntent, type Refusal, type WriteOffShare,
} from '#canonical';
import { stepKeyOf, type Plan, type PlanTools } from '#connector-kit';

/** A part of one invoice, paid by cash or by a credit. */
interface Application {
  readonly share: DocumentShare;
  readonly amount: Money;
}

/** One payment with its applications, then one application per credit, then one write-off per short pay. Pure. */
export function planPosting(intent: PostingIntent, tools: PlanTools): Plan {
  const problems = [...intentProblems(intent), ...emptyProblem(intent)];
  const [first, ...rest] = problems.map((problem) => refusalOf(intent, problem));
  if (first !== undefined) return { refusals: [first, ...rest] };
  const opens = new OpenAmounts(intent);
  const { byCredit, byCash } = shareOut(intent);
  const steps = [
    ...intent.amount.minor > 0n ? [paymentStep(intent, byCash, opens, tools)] : [],
    ...byCredit.map(({ credit, applications }, index) => creditStep({ intent, credit, applications, index }, opens, tools)),
    ...intent.writeOffs.map((share, index) => writeOffStep(intent, share, index, opens, tools)),
  ];
  const [head, ...tail] = steps;
  return head === undefined ? { refusals: [refusalOf(intent, 'the posting has nothing to book')] } : { steps: [head, ...tail] };
}

function emptyProblem({ amount, credits, writeOffs }: PostingIntent): readonly string[] {
  return amount.minor === 0n && credits.length === 0 && writeOffs.length === 0 ? ['the posting has neither cash nor credit nor write-off'] : [];
}

function refusalOf(intent: PostingIntent, problem: string): Refusal {
  return { code: 'other', path: 'intent', value: intent.idempotencyKey, problem, cure: 'Correct the allocation and finalize again.' };
}

/** Credits fill the invoices in their order, cash the rest: a credit never stays open beside an invoice paid by cash. */
export function shareOut(intent: PostingIntent): {
  readonly byCredit: readonly { readonly credit: DocumentShare; readonly applications: readonly Application[] }[];
  readonly byCash: readonly Application[];
} {
  const left = intent.invoices.map((share) => ({ share, minor: share.amount.minor }));
  const take = (wanted: bigint): Application[] => {
    const applications: Application[] = [];
    let rest = wanted;
    for (const entry of left) {
      const minor = entry.minor < rest ? entry.minor : rest;
      if (minor === 0n) continue;
      entry.minor -= minor;
      rest -= minor;
      applications.push({ share: entry.share, amount: { minor, currency: intent.amount.currency } });
    }
    return applications;
  };
  const byCredit = intent.credits.map((credit) => ({ credit, applications: take(credit.amount.minor) }));
  return { byCredit, byCash: take(intent.amount.minor - intent.onAccount.minor) };
}

/** What is open while the steps go by: the dry-run's running figures. */
class OpenAmounts {
  private readonly open = new Map<string, Money>();

  constructor(intent: PostingIntent) {
    for (const share of [...intent.invoices, ...intent.credits, ...intent.writeOffs]) this.open.set(share.externalId, share.openBefore);
  }

  take(document: OpenAmountChange['document'], share: DocumentShare, amount: Money): OpenAmountChange {
    const before = this.open.get(share.externalId) ?? share.openBefore;
    const after = subtractMoney(before, amount);
    this.open.set(share.externalId, after);
    return { document, externalId: share.externalId, number: share.number, currency: amount.currency, before: formatMoney(before), after: formatMoney(after) };
  }
}

function paymentStep(intent: PostingIntent, applications: readonly Application[], opens: OpenAmounts, tools: PlanTools): PlannedStep {
  const stepKey = stepKeyOf(intent.idempotencyKey, 'payment');
  const value: JsonObject = {
    stepKey, customer: intent.customerExternalId, company: intent.companyExternalId, currency: intent.amount.currency, total: formatMoney(intent.amount),
    receivedOn: intent.postedOn, bankAccount: intent.bankAccountExternalId, reference: intent.reference, memo: intent.memo, applications: lines(applications),
  };
  return {
    stepKey, operation: 'post', action: 'create', recordType: 'customerPayment', target: null,
    body: tools.render('payment.post', value),
    expected: {
      fields: {
        customerExternalId: intent.customerExternalId, currency: intent.amount.currency, total: formatMoney(intent.amount), receivedOn: intent.postedOn,
        unapplied: formatMoney(intent.onAccount), status: intent.bankAccountExternalId === null ? 'undeposited' : 'deposited',
        idempotencyKey: stepKey,
        ...intent.reference === null ? {} : { reference: intent.reference },
      },
      applications: expectedApplications(applications),
    },
    effects: applications.map(({ share, amount }) => opens.take('invoice', share, amount)),
    says: `Book a payment of ${formatMoney(intent.amount)} ${intent.amount.currency} and apply it to ${count(applications.length, 'invoice')}.`,
  };
}

interface CreditUse {
  readonly intent: PostingIntent;
  readonly credit: DocumentShare;
  readonly applications: readonly Application[];
  readonly index: number;
}

function creditStep({ intent, credit, applications, index }: CreditUse, opens: OpenAmounts, tools: PlanTools): PlannedStep {
  const stepKey = stepKeyOf(intent.idempotencyKey, `credit${index + 1}`);
  const total = sumMoney(applications.map(({ amount }) => amount), intent.amount.currency);
  return {
    stepKey, operation: 'apply', action: 'create', recordType: 'creditApplication', target: null,
    body: tools.render('creditMemo.apply', { stepKey, credit: credit.externalId, appliedOn: intent.postedOn, applications: lines(applications) }),
    expected: {
      fields: { creditExternalId: credit.externalId, currency: intent.amount.currency, appliedOn: intent.postedOn, idempotencyKey: stepKey },
      applications: expectedApplications(applications),
    },
    effects: [opens.take('creditMemo', credit, total), ...applications.map(({ share, amount }) => opens.take('invoice', share, amount))],
    says: `Apply ${formatMoney(total)} ${total.currency} of credit ${credit.number} to ${count(applications.length, 'invoice')}.`,
  };
}

function writeOffStep(intent: PostingIntent, share: WriteOffShare, index: number, opens: OpenAmounts, tools: PlanTools): PlannedStep {
  const stepKey = stepKeyOf(intent.idempotencyKey, `writeoff${index + 1}`);
  const amount = formatMoney(share.amount);
  const value: JsonObject = { stepKey, invoice: share.externalId, amount, account: share.accountExternalId, postedOn: intent.postedOn, reason: share.reasonCode };
  return {
    stepKey, operation: 'writeOff', action: 'create', recordType: 'writeOff', target: null,
    body: tools.render('writeOff.post', value),
    expected: {
      fields: {
        invoiceExternalId: share.externalId, currency: share.amount.currency, total: amount, accountExternalId: share.accountExternalId,
        receivedOn: intent.postedOn, status: 'posted', idempotencyKey: stepKey,
      },
      applications: [],
    },
    effects: [opens.take('invoice', share, share.amount)],
    says: `Write off ${amount} ${share.amount.currency} of invoice ${share.number} (${share.reasonCode}).`,
  };
}

function lines(applications: readonly Application[]): readonly Json[] {
  return applications.map(({ share, amount }) => ({ invoice: share.externalId, amount: formatMoney(amount) }));
}

function expectedApplications(applications: readonly Application[]): PlannedStep['expected']['applications'] {
  return applications.map(({ share, amount }) => ({ externalId: share.externalId, amount: formatMoney(amount) }));
}

function count(amount: number, noun: string): string {
  return amount === 1 ? `one ${noun}` : `${amount} ${noun}s`;
}

/** Zero as the target writes it. */
export function zeroText(intent: PostingIntent): string {
  return formatMoney(zeroMoney(intent.amount.currency));
}
