import {
  addMoney, formatMoney, negateMoney, parseMoney, sumMoney, zeroMoney,
  type DocumentShare, type Json, type JsonObject, type Money, type OpenAmountChange, type PlannedStep, type PostingIntent, type Refusal,
} from '#canonical';
import { stepKeyOf, type Plan, type PlanTools } from '#connector-kit';
import { isRefused, planFacts, type PlanFacts } from './plan-facts.js';
import { splitByInvoice, type InvoicePart } from './split.js';
import { CREDIT_MEMO, exactNumber, JOURNAL, LINE_OF_ACCOUNT, PAYMENT, refusal, textOf } from './words.js';

/**
 * One customer's cash as NetSuite records, pure. At most: the payment with its applications; one change of each credit memo;
 * for short pays a journal and a payment over nothing that ticks the journal's credit and the invoices.
 */
export function plan(intent: PostingIntent, tools: PlanTools): Plan {
  const facts = planFacts(intent, tools);
  if (isRefused(facts)) return { refusals: facts };
  const split = splitByInvoice(intent.invoices, intent.credits);
  if (split.creditLeft > 0n) return refused('other', 'intent.credits', 'The credits give more than the invoices take.', 'Use less of the credits, or add invoices.');
  if (intent.writeOffs.length > 0 && facts.receivablesAccountId === null) {
    return refused('accountMissing', 'intent.receivablesAccountExternalId', 'A write-off is booked against the receivables account, and none is known.', 'Name it on the posting or in the setting receivablesAccountId.');
  }
  const planning: Planning = { intent, tools, facts, open: new OpenAmounts() };
  const steps = [
    ...(intent.amount.minor > 0n ? [paymentStep(planning, split.cash)] : []),
    ...split.credits.map(({ credit, parts }, index) => creditStep(planning, credit, parts, index)),
    ...(intent.writeOffs.length > 0 ? writeOffSteps(planning) : []),
  ];
  const [first, ...rest] = steps;
  return first === undefined ? refused('other', 'intent', 'The posting moves nothing.', 'Give it an amount, a credit or a write-off.') : { steps: [first, ...rest] };
}

interface Planning {
  readonly intent: PostingIntent;
  readonly tools: PlanTools;
  readonly facts: PlanFacts;
  readonly open: OpenAmounts;
}

/** How open amounts move from step to step. */
class OpenAmounts {
  private readonly known = new Map<string, bigint>();

  /** Takes an amount from a document and says so. */
  take(document: OpenAmountChange['document'], share: DocumentShare, amount: Money): OpenAmountChange {
    const before = this.known.get(share.externalId) ?? share.openBefore.minor;
    const after = before - amount.minor;
    this.known.set(share.externalId, after);
    const { currency } = amount;
    return { document, externalId: share.externalId, number: share.number, currency, before: formatMoney({ minor: before, currency }), after: formatMoney({ minor: after, currency }) };
  }
}

function paymentStep(planning: Planning, parts: readonly InvoicePart[]): PlannedStep {
  const { intent, tools } = planning;
  const body = tools.render('payment.post', paymentValue(planning, { key: intent.idempotencyKey, amount: intent.amount, invoices: parts.map(lineOf), credits: [] }));
  return {
    stepKey: intent.idempotencyKey, operation: 'post', action: 'create', recordType: PAYMENT, target: null, body,
    expected: { fields: { ...paymentFields(intent, intent.amount, body), unapplied: formatMoney(intent.onAccount) }, applications: applicationsOf(parts) },
    effects: parts.map((part) => planning.open.take('invoice', part.invoice, part.amount)),
    says: `Book the payment of ${shown(intent.amount)} on ${intent.postedOn}${parts.length === 0 ? ' on account' : ` and apply it to ${numbersOf(parts)}`}.`,
  };
}

function creditStep({ intent, tools, open }: Planning, credit: DocumentShare, parts: readonly InvoicePart[], index: number): PlannedStep {
  return {
    stepKey: stepKeyOf(intent.idempotencyKey, `credit${index + 1}`), operation: 'apply', action: 'update', recordType: CREDIT_MEMO, target: { externalId: credit.externalId },
    body: tools.render('application.post', { customer: null, invoices: parts.map(lineOf), credits: [] }),
    expected: { fields: { currency: credit.amount.currency }, applications: applicationsOf(parts) },
    effects: [...parts.map((part) => open.take('invoice', part.invoice, part.amount)), open.take('creditMemo', credit, credit.amount)],
    says: `Apply ${shown(credit.amount)} of credit ${credit.number} to ${numbersOf(parts)}.`,
  };
}

/** A journal alone does not close an invoice: its credit must be applied, which only a payment can do (reference, "Write-offs and short pays"). */
function writeOffSteps(planning: Planning): PlannedStep[] {
  const { intent, tools, facts, open } = planning;
  const receivables = facts.receivablesAccountId ?? '';
  const total = sumMoney(intent.writeOffs.map((share) => share.amount), intent.amount.currency);
  const parts = intent.writeOffs.map((share) => ({ invoice: share, amount: share.amount }));
  const journalKey = stepKeyOf(intent.idempotencyKey, 'writeoff');
  const lines = [
    { account: receivables, debit: null, credit: formatMoney(total), customer: intent.customerExternalId, memo: null },
    ...intent.writeOffs.map((share) => ({ account: share.accountExternalId, debit: formatMoney(share.amount), credit: null, customer: null, memo: `${share.reasonCode} ${share.number}` })),
  ];
  const journal = journalStep({ facts, tools, key: journalKey, currency: intent.amount.currency, postedOn: intent.postedOn, memo: intent.memo ?? `Write-off ${numbersOf(parts)}`, lines, operation: 'writeOff' });
  const settleKey = stepKeyOf(intent.idempotencyKey, 'settle');
  const nothing = { minor: 0n, currency: intent.amount.currency };
  const credits = [{ document: { $step: journalKey }, line: { [LINE_OF_ACCOUNT]: receivables }, apply: 'true', amount: formatMoney(total) }];
  const body = tools.render('payment.post', { ...paymentValue(planning, { key: settleKey, amount: nothing, invoices: parts.map(lineOf), credits }), bank: null, undeposited: 'T' });
  const settle: PlannedStep = {
    stepKey: settleKey, operation: 'writeOff', action: 'create', recordType: PAYMENT, target: null, body,
    expected: { fields: paymentFields(intent, nothing, body), applications: applicationsOf(parts) },
    effects: parts.map((part) => open.take('invoice', part.invoice, part.amount)),
    says: `Apply the journal's credit of ${shown(total)} to ${numbersOf(parts)}.`,
  };
  return [journal, settle];
}

export interface JournalPlan {
  readonly facts: PlanFacts;
  readonly tools: PlanTools;
  readonly key: string;
  readonly currency: string;
  readonly postedOn: string;
  readonly memo: string;
  readonly lines: readonly { readonly account: string; readonly debit: string | null; readonly credit: string | null; readonly customer: string | null; readonly memo: string | null }[];
  readonly operation: 'writeOff' | 'reverse';
}

export function journalStep({ facts, tools, key, currency, postedOn, memo, lines, operation }: JournalPlan): PlannedStep {
  const body = tools.render('journal.post', { key, company: facts.subsidiaryId, currency: facts.currencyId, postedOn, memo, lines: lines.map((line) => ({ ...line })) });
  return {
    stepKey: key, operation, action: 'create', recordType: JOURNAL, target: null, body,
    expected: { fields: { postedOn, currency, ...memoField(body), ...accountFields(lines, currency) }, applications: [] },
    effects: [], says: `Book a journal on ${postedOn}: ${lines.map((line) => `${line.debit === null ? 'credit' : 'debit'} account ${line.account} ${line.debit ?? line.credit ?? ''}`).join(', ')} ${currency}.`,
  };
}

type AmountLine = Pick<JournalPlan['lines'][number], 'account' | 'debit' | 'credit'>;

/** What each account gets, debits positive: `account 119` -> `-12.30`. Lines of one account are summed, as a read-back can ask for them. */
export function accountFields(lines: readonly AmountLine[], currency: string): Record<string, string> {
  const sums = new Map<string, Money>();
  for (const { account, debit, credit } of lines) {
    const money = parseMoney(debit ?? credit ?? '0', currency);
    sums.set(account, addMoney(sums.get(account) ?? zeroMoney(currency), debit === null ? negateMoney(money) : money));
  }
  return Object.fromEntries([...sums].map(([account, sum]) => [`account ${account}`, formatMoney(sum)]));
}

interface PaymentParts {
  readonly key: string;
  readonly amount: Money;
  readonly invoices: readonly Json[];
  readonly credits: readonly Json[];
}

function paymentValue({ intent, facts }: Planning, { key, amount, invoices, credits }: PaymentParts): JsonObject {
  return {
    key, customer: intent.customerExternalId, company: facts.subsidiaryId, currency: facts.currencyId, amount: formatMoney(amount), postedOn: intent.postedOn,
    receivables: facts.receivablesAccountId, bank: intent.bankAccountExternalId, undeposited: intent.bankAccountExternalId === null ? 'T' : null,
    reference: intent.reference, memo: intent.memo ?? intent.reference, invoices, credits,
  };
}

/** Memo as the mapping wrote it: it may have been cut to NetSuite's length. */
function paymentFields(intent: PostingIntent, amount: Money, body: JsonObject): Record<string, string> {
  return { customer: intent.customerExternalId, amount: formatMoney(amount), currency: amount.currency, postedOn: intent.postedOn, ...memoField(body) };
}

function memoField(body: JsonObject): Record<string, string> {
  const memo = textOf(body['memo']);
  return memo === null || memo === '' ? {} : { memo };
}

/** Line 0 is the invoice as a whole; an instalment has a line of its own. */
function lineOf({ invoice, amount }: InvoicePart): JsonObject {
  return { document: invoice.externalId, line: exactNumber(invoice.lineExternalId ?? '0'), apply: 'true', amount: formatMoney(amount) };
}

/** Instalments of one invoice count together: NetSuite's links are summed per document. */
function applicationsOf(parts: readonly InvoicePart[]): PlannedStep['expected']['applications'] {
  const sums = new Map<string, Money>();
  for (const { invoice, amount } of parts) {
    sums.set(invoice.externalId, { ...amount, minor: (sums.get(invoice.externalId)?.minor ?? 0n) + amount.minor });
  }
  return [...sums].map(([externalId, amount]) => ({ externalId, amount: formatMoney(amount) }));
}

function numbersOf(parts: readonly InvoicePart[]): string {
  return parts.map((part) => part.invoice.number).join(', ');
}

function shown(money: Money): string {
  return `${formatMoney(money)} ${money.currency}`;
}

function refused(code: Refusal['code'], path: string, problem: string, cure: string): Plan {
  return { refusals: [refusal(code, path, '', problem, cure)] };
}
