import { formatMoney, zeroMoney, type JsonObject, type OpenAmountChange, type PlannedStep, type PostingIntent, type Refusal } from '#canonical';
import { stepKeyOf, type Plan, type PlanTools, type ReversalRequest, type SentStep } from '#connector-kit';
import { journalStep } from './plan.js';
import { isRefused, planFacts, type PlanFacts } from './plan-facts.js';
import { applicationLines, CREDIT_MEMO, journalLines, JOURNAL, LINE_OF_ACCOUNT, PAYMENT, referenceId, refusal, UNAPPLIED_OF, type ApplicationLine } from './words.js';

/**
 * Takes a posting back, last step first, pure. Credits are un-applied. Payments and journals are deleted where the account
 * allows it; otherwise the payment is un-applied and countered by a journal in an open period, which is then applied to it.
 * There is no void over REST (reference A0, fact 3).
 */
export function planReversal(request: ReversalRequest, tools: PlanTools): Plan {
  const facts = planFacts(request.intent, tools);
  if (isRefused(facts)) return { refusals: facts };
  const { reversal } = facts.settings;
  if (reversal === 'unapply') {
    return { refusals: [refusal('notSupported', 'config.reversal', reversal, 'This connection may neither delete nor counter a payment.', 'Reverse it in NetSuite, or change the setting reversal.')] };
  }
  const reversing: Reversing = { request, tools, facts };
  const refusals = reversal === 'compensate' ? compensationRefusals(reversing) : [];
  const [refusedFirst, ...refusedRest] = refusals;
  if (refusedFirst !== undefined) return { refusals: [refusedFirst, ...refusedRest] };
  const steps = request.booked.toReversed().flatMap((sent, index) => stepsFor(reversing, sent, index + 1));
  const [first, ...rest] = steps;
  if (first === undefined) return { refusals: [refusal('other', 'booked', request.intent.idempotencyKey, 'Nothing of this posting is in NetSuite.', 'There is nothing to reverse.')] };
  return { steps: [first, ...rest] };
}

interface Reversing {
  readonly request: ReversalRequest;
  readonly tools: PlanTools;
  readonly facts: PlanFacts;
}

function stepsFor(reversing: Reversing, sent: SentStep, place: number): PlannedStep[] {
  if (sent.step.recordType === CREDIT_MEMO) return [unapplyStep(reversing, sent, place, null)];
  if (reversing.facts.settings.reversal === 'delete') return [deleteStep(reversing, sent, place)];
  if (sent.step.recordType === JOURNAL) return counterJournalSteps(reversing, sent, place);
  const customer = referenceId(sent.step.body, 'customer');
  const unapplied = sent.step.expected.applications.length === 0 ? [] : [unapplyStep(reversing, sent, place, customer)];
  return sent.step.operation === 'writeOff' ? unapplied : [...unapplied, ...counterPaymentSteps(reversing, sent, place)];
}

function deleteStep({ request, facts }: Reversing, { step, externalId }: SentStep, place: number): PlannedStep {
  const reason = facts.settings.deletionReasonId;
  return {
    stepKey: stepKeyOf(request.idempotencyKey, `delete${place}`), operation: 'reverse', action: 'delete', recordType: step.recordType, target: { externalId },
    body: reason === undefined ? {} : { deletionReason: { id: reason }, deletionReasonMemo: request.reason },
    expected: { fields: {}, applications: [] }, effects: undone(step), says: `Delete ${step.recordType} ${externalId}: ${request.reason}.`,
  };
}

function unapplyStep({ request, tools }: Reversing, { step, externalId }: SentStep, place: number, customer: string | null): PlannedStep {
  const bookedAs = new Map(request.booked.map((sent) => [sent.step.stepKey, sent.externalId]));
  const release = (line: ApplicationLine): JsonObject => ({
    document: line.documentId ?? bookedAs.get(line.stepKey ?? '') ?? '', line: line.line, apply: 'false', amount: null,
  });
  const credits = applicationLines(step.body, 'credit').map(release);
  return {
    stepKey: stepKeyOf(request.idempotencyKey, `unapply${place}`), operation: 'unapply', action: 'update', recordType: step.recordType, target: { externalId },
    body: tools.render('application.post', { customer, invoices: applicationLines(step.body, 'apply').map(release), credits }),
    expected: { fields: { currency: request.intent.amount.currency }, applications: [] },
    effects: undone(step), says: `Un-apply ${step.recordType} ${externalId} from everything this posting applied it to.`,
  };
}

/** The payment's cash leaves again by a journal, which the payment then settles: bank and customer are as before, both records stay. */
function counterPaymentSteps(reversing: Reversing, { step, externalId }: SentStep, place: number): PlannedStep[] {
  const { request, tools, facts } = reversing;
  const { intent } = request;
  const amount = formatMoney(intent.amount);
  const receivables = facts.receivablesAccountId ?? '';
  const journal = journalStep({
    facts, tools, key: stepKeyOf(request.idempotencyKey, `counter${place}`), currency: intent.amount.currency, postedOn: request.reversedOn, memo: request.reason, operation: 'reverse',
    lines: [
      { account: receivables, debit: amount, credit: null, customer: intent.customerExternalId, memo: null },
      { account: cashAccount(intent, facts) ?? '', debit: null, credit: amount, customer: null, memo: null },
    ],
  });
  const guarded: PlannedStep = { ...journal, body: { ...journal.body, [UNAPPLIED_OF]: { paymentId: externalId, amount } } };
  const invoices = [{ document: { $step: journal.stepKey }, line: { [LINE_OF_ACCOUNT]: receivables }, apply: 'true', amount }];
  const settle: PlannedStep = {
    stepKey: stepKeyOf(request.idempotencyKey, `settle${place}`), operation: 'reverse', action: 'update', recordType: step.recordType, target: { externalId },
    body: tools.render('application.post', { customer: intent.customerExternalId, invoices, credits: [] }),
    expected: { fields: { currency: intent.amount.currency, unapplied: formatMoney(zeroMoney(intent.amount.currency)) }, applications: [] },
    effects: [], says: `Settle the countering journal with payment ${externalId}.`,
  };
  return [guarded, settle];
}

/** The same lines with sides turned, and a payment over nothing that ticks one journal against the other. */
function counterJournalSteps({ request, tools, facts }: Reversing, { step, externalId }: SentStep, place: number): PlannedStep[] {
  const { intent } = request;
  const receivables = facts.receivablesAccountId ?? '';
  const customer = intent.customerExternalId;
  const lines = journalLines(step.body).map((line) => ({ account: line.accountId, debit: line.credit, credit: line.debit, customer: line.accountId === receivables ? customer : null, memo: null }));
  const journal = journalStep({
    facts, tools, key: stepKeyOf(request.idempotencyKey, `counter${place}`), currency: intent.amount.currency, postedOn: request.reversedOn, memo: request.reason, operation: 'reverse', lines,
  });
  const amount = lines.find((line) => line.account === receivables)?.debit ?? '0';
  const line = { [LINE_OF_ACCOUNT]: receivables };
  const key = stepKeyOf(request.idempotencyKey, `settle${place}`);
  const nothing = formatMoney(zeroMoney(intent.amount.currency));
  const body = tools.render('payment.post', {
    key, customer, company: facts.subsidiaryId, currency: facts.currencyId, amount: nothing, postedOn: request.reversedOn, receivables, bank: null, undeposited: 'T',
    reference: null, memo: request.reason, invoices: [{ document: { $step: journal.stepKey }, line, apply: 'true', amount }], credits: [{ document: externalId, line, apply: 'true', amount }],
  });
  const settle: PlannedStep = {
    stepKey: key, operation: 'reverse', action: 'create', recordType: PAYMENT, target: null, body,
    expected: { fields: { customer, amount: nothing, currency: intent.amount.currency, postedOn: request.reversedOn }, applications: [] },
    effects: [], says: `Settle the write-off journal ${externalId} with its counter-journal.`,
  };
  return [journal, settle];
}

function compensationRefusals({ request, facts }: Reversing): Refusal[] {
  const { intent } = request;
  const refusals: Refusal[] = [];
  if (facts.receivablesAccountId === null) {
    refusals.push(refusal('accountMissing', 'config.receivablesAccountId', '', 'A payment is countered on the receivables account, and none is known.', 'Set receivablesAccountId for this connection.'));
  }
  if (intent.amount.minor > 0n && cashAccount(intent, facts) === null) {
    refusals.push(refusal('accountMissing', 'config.undepositedFundsAccountId', '', 'The payment went to undeposited funds, and that account is not known.', 'Set undepositedFundsAccountId for this connection.'));
  }
  return refusals;
}

function cashAccount(intent: PostingIntent, facts: PlanFacts): string | null {
  return intent.bankAccountExternalId ?? facts.settings.undepositedFundsAccountId ?? null;
}

/** What a step took, given back. */
function undone(step: PlannedStep): readonly OpenAmountChange[] {
  return step.effects.map((effect) => ({ ...effect, before: effect.after, after: effect.before }));
}
