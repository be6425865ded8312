import { formatMoney, intentProblems, negateMoney, subtractMoney, type DocumentShare, type JsonObject, type LocalDate, type Money, type OpenAmountChange, type OperationName, type PlannedStep, type PostingIntent, type Refusal } from '#canonical';
import { stepKeyOf, type Plan, type PlanTools } from '#connector-kit';
import { BUSINESS_CENTRAL_CAPABILITIES } from '../capabilities.js';
import { entryNumberIn } from '../ledger/entry.js';
import { configOrNull, type BusinessCentralConfig } from '../settings.js';
import { descriptionOf, documentNumberOf, LINES_MAX, markOf, RECEIPT, refusal } from './words.js';

/** A line to come: a share of an invoice, or cash on account. */
interface Line {
  readonly invoice: DocumentShare | null;
  readonly amount: Money;
}

/**
 * One customer's cash as lines of the dedicated journal batch, pure: one line for each invoice, one for what stays on account, all under one
 * document number and one external document number. More than {@link LINES_MAX} lines become several steps.
 */
export function plan(intent: PostingIntent, tools: PlanTools): Plan {
  const config = configOrNull(tools.config);
  const refusals = config === null ? [refusal('other', 'config', '', 'The settings of the connection do not fit.', 'Correct the settings of the connection.')] : intentRefusals(intent, tools);
  const [first, ...rest] = refusals;
  if (first !== undefined || config === null) return { refusals: [first ?? UNPLANNABLE, ...rest] };
  const lines: Line[] = [
    ...mergedShares(intent.invoices).map((invoice) => ({ invoice, amount: invoice.amount })),
    ...(intent.onAccount.minor > 0n ? [{ invoice: null, amount: intent.onAccount }] : []),
  ];
  const steps = Array.from({ length: Math.ceil(lines.length / LINES_MAX) }, (_each, index) => (
    receiptStep(intent, tools, config, lines.slice(index * LINES_MAX, (index + 1) * LINES_MAX), index === 0 ? intent.idempotencyKey : stepKeyOf(intent.idempotencyKey, `part${index + 1}`))
  ));
  const [step, ...others] = steps;
  return step === undefined ? { refusals: [UNPLANNABLE] } : { steps: [step, ...others] };
}

const UNPLANNABLE = refusal('other', 'intent', '', 'The posting moves no cash.', 'Give it an amount.');

function intentRefusals(intent: PostingIntent, { probe }: PlanTools): readonly Refusal[] {
  const problems = intentProblems(intent).map((problem) => refusal('other', 'intent', intent.idempotencyKey, problem, 'Correct the posting and finalize it again.'));
  if (problems.length > 0) return problems;
  const found: Refusal[] = [];
  if (intent.credits.length > 0) found.push(notOffered('apply', 'intent.credits', 'Apply the credit memo in Business Central (Customer Ledger Entries, Apply Entries), then post the cash alone.'));
  if (intent.writeOffs.length > 0) found.push(notOffered('writeOff', 'intent.writeOffs', 'Leave the difference open here and write it off in Business Central.'));
  found.push(...mergedShares(intent.invoices).flatMap((share) => discountRefusal(share, intent.postedOn)));
  if (probe?.capabilities.operations.post.by === 'manual' || probe?.capabilities.operations.post.by === 'none') {
    found.push(refusal('notSupported', 'intent', '', probe.capabilities.operations.post.because, 'Set up what the test of the connection names, and test it again.'));
  }
  return found;
}

function notOffered(operation: OperationName, path: string, cure: string): Refusal {
  const capability = BUSINESS_CENTRAL_CAPABILITIES.operations[operation];
  return refusal('notSupported', path, '', 'because' in capability ? capability.because : `${operation} is not offered`, cure);
}

/** Instalments are not Business Central's: an invoice has one ledger entry, and two lines against it would be two payments. */
function mergedShares(shares: readonly DocumentShare[]): readonly DocumentShare[] {
  const merged = new Map<string, DocumentShare>();
  for (const share of shares) {
    const other = merged.get(share.externalId);
    merged.set(share.externalId, other === undefined ? share : { ...other, amount: { ...other.amount, minor: other.amount.minor + share.amount.minor } });
  }
  return [...merged.values()];
}

function receiptStep(intent: PostingIntent, tools: PlanTools, config: BusinessCentralConfig, lines: readonly Line[], stepKey: string): PlannedStep {
  const { currency } = intent.amount;
  const total: Money = { minor: lines.reduce((sum, line) => sum + line.amount.minor, 0n), currency };
  const onAccount: Money = { minor: lines.reduce((sum, line) => sum + (line.invoice === null ? line.amount.minor : 0n), 0n), currency };
  const journal = config.journalCodesByBank[intent.bankAccountExternalId ?? ''] ?? config.journalCode;
  const invoices = lines.flatMap((line) => (line.invoice === null ? [] : [{ ...line.invoice, amount: line.amount }]));
  return {
    stepKey, operation: 'post', action: 'create', recordType: RECEIPT, target: null,
    body: tools.render('payment.post', { journal, lines: lines.map((line) => lineValue(intent, stepKey, line)) }),
    expected: {
      fields: { customer: intent.customerExternalId, amount: formatMoney(total), currency, postedOn: intent.postedOn, unapplied: formatMoney(onAccount), key: stepKey },
      applications: invoices.map((share) => ({ externalId: share.externalId, amount: formatMoney(share.amount) })),
    },
    effects: invoices.map((share) => effectOf(share, intent.postedOn)),
    says: `Post ${formatMoney(total)} ${currency} on ${intent.postedOn} through journal ${journal}${invoices.length === 0 ? ', on account' : `: ${invoices.map((share) => sayShare(share, intent.postedOn)).join(', ')}`}${onAccount.minor > 0n && invoices.length > 0 ? `, on account ${formatMoney(onAccount)}` : ''}.`,
  };
}

/**
 * Amounts are negative: money in is a credit of the customer (reference, 2.8; the vendor's own sample has it wrong). An invoice that only the
 * ledger shows has no id of the API's; it is named by its number.
 */
function lineValue(intent: PostingIntent, stepKey: string, { invoice, amount }: Line): JsonObject {
  const byNumber = invoice !== null && entryNumberIn(invoice.externalId) !== null;
  return {
    customer: intent.customerExternalId, postedOn: intent.postedOn, documentNumber: documentNumberOf(stepKey), mark: markOf(stepKey), amount: formatMoney(negateMoney(amount)),
    invoice: byNumber ? null : invoice?.externalId ?? null, invoiceNumber: byNumber ? invoice.number : null, description: descriptionOf(stepKey, invoice?.number ?? null), comment: [intent.reference, intent.memo].filter(Boolean).join(' · ') || null,
  };
}

function sayShare(share: DocumentShare, postedOn: LocalDate): string {
  const discount = discountTaken(share, postedOn);
  return `${share.number} ${formatMoney(share.amount)}${discount === null ? '' : ` (and its early-payment discount of ${formatMoney(discount)})`}`;
}

/** The early-payment discount Business Central takes by itself on a share; null when it takes none. */
export function discountTaken({ amount, openBefore, earlyDiscount }: DocumentShare, postedOn: LocalDate): Money | null {
  if (earlyDiscount === undefined || postedOn > earlyDiscount.until) return null;
  const { minor } = earlyDiscount.amount;
  return minor > 0n && minor < openBefore.minor && amount.minor >= openBefore.minor - minor ? earlyDiscount.amount : null;
}

/** More than the rest after the discount would stay open on the payment: booked otherwise than planned, so it is said before. */
function discountRefusal(share: DocumentShare, postedOn: LocalDate): readonly Refusal[] {
  const discount = discountTaken(share, postedOn);
  if (discount === null || share.earlyDiscount === undefined) return [];
  const due = subtractMoney(share.openBefore, discount);
  if (share.amount.minor <= due.minor) return [];
  const problem = `Business Central takes an early-payment discount of ${formatMoney(discount)} ${discount.currency} on invoice ${share.number} by itself until ${share.earlyDiscount.until}, so ${formatMoney(due)} pay it and ${formatMoney(subtractMoney(share.amount, due))} would stay open on the payment.`;
  return [refusal('overApplied', 'intent.invoices', formatMoney(share.amount), problem, `Give the invoice ${formatMoney(due)} and leave the rest on account, or post after ${share.earlyDiscount.until}.`)];
}

function effectOf(share: DocumentShare, postedOn: LocalDate): OpenAmountChange {
  const { currency } = share.amount;
  const taken = share.amount.minor + (discountTaken(share, postedOn)?.minor ?? 0n);
  return {
    document: 'invoice', externalId: share.externalId, number: share.number, currency,
    before: formatMoney(share.openBefore), after: formatMoney({ minor: share.openBefore.minor - taken, currency }),
  };
}
