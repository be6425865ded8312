import {
  formatMoney, intentProblems, subtractMoney, sumMoney, type CurrencyCode, type DocumentShare, type Json, type JsonObject, type Money, type OpenAmountChange, type PostingIntent, type Refusal,
} from '#canonical';
import { stepKeyOf, type Plan, type PlanTools, type ReversalRequest } from '#connector-kit';
import type { OutboundSettings } from '../flat-file-settings.js';

/** A part of one invoice, settled by cash or by one credit. */
interface Application {
  readonly share: DocumentShare;
  readonly amount: Money;
  readonly credit: DocumentShare | null;
}

/**
 * One step per posting: its detail group. The body is what a layout may take values from; README.md lists its names. Pure.
 * What the layout has no fields for is refused: left out of the file, it would be lost without a word.
 */
export function planPosting(intent: PostingIntent, tools: PlanTools, outbound: OutboundSettings | null): Plan {
  const problems = intentProblems(intent).map((problem) => refusal('other', intent, problem, 'Correct the allocation and finalize again.'));
  const [first, ...rest] = [...problems, ...outbound === null ? [refusal('notSupported', intent, 'this connection sends no postings: no outbound folder and layout are set', 'Set them, or post by hand.')] : uncarried(intent, outbound)];
  if (first !== undefined) return { refusals: [first, ...rest] };
  const applications = applicationsOf(intent);
  const stepKey = stepKeyOf(intent.idempotencyKey, 'file');
  return { steps: [{
    stepKey, operation: 'post', action: 'create', recordType: 'posting', target: null, body: bodyOf(intent, stepKey, applications),
    expected: {
      fields: { customerExternalId: intent.customerExternalId, currency: intent.amount.currency, total: formatMoney(intent.amount), receivedOn: intent.postedOn, unapplied: formatMoney(intent.onAccount), idempotencyKey: stepKey },
      applications: applications.map(({ share, amount }) => ({ externalId: share.externalId, amount: formatMoney(amount) })),
    },
    effects: effectsOf(intent, applications),
    says: `Write a posting of ${formatMoney(intent.amount)} ${intent.amount.currency} for ${intent.invoices.length} invoices into the next file (${tools.today}).`,
  }] };
}

/** Files take nothing back: the person is told what was booked and where to undo it. */
export function planFileReversal({ intent, booked }: ReversalRequest): Plan {
  const ids = booked.map(({ externalId }) => externalId).join(', ');
  return { refusals: [refusal('notSupported', intent, 'a file the target has taken cannot be taken back', `Reverse ${ids === '' ? 'the posting' : ids} in the target; the next files show it.`)] };
}

function refusal(code: Refusal['code'], intent: PostingIntent, problem: string, cure: string): Refusal {
  return { code, path: 'intent', value: intent.idempotencyKey, problem, cure };
}

function uncarried(intent: PostingIntent, { carries, layout }: OutboundSettings): readonly Refusal[] {
  const has = { credits: intent.credits.length > 0, writeOffs: intent.writeOffs.length > 0, onAccount: intent.onAccount.minor > 0n };
  const words = { credits: 'credits', writeOffs: 'write-offs', onAccount: 'an amount on account' };
  return (['credits', 'writeOffs', 'onAccount'] as const).filter((part) => has[part] && !carries.includes(part))
    .map((part) => refusal('notSupported', intent, `the posting has ${words[part]}, for which the layout "${layout}" has no fields by the settings`, `Post it by hand, or use a layout that has them and name "${part}" in outbound.carries.`));
}

/** Credits fill the invoices in their order, cash the rest: the target then needs no rule of its own. */
function applicationsOf({ invoices, credits, amount }: PostingIntent): readonly Application[] {
  const left = invoices.map((share) => ({ share, minor: share.amount.minor }));
  const applications: Application[] = [];
  const take = (wanted: bigint, credit: DocumentShare | null): void => {
    let rest = wanted;
    for (const entry of left) {
      const minor = entry.minor < rest ? entry.minor : rest;
      if (minor === 0n) continue;
      entry.minor -= minor;
      rest -= minor;
      applications.push({ share: entry.share, amount: { minor, currency: amount.currency }, credit });
    }
  };
  for (const credit of credits) take(credit.amount.minor, credit);
  take(amount.minor, null);
  return applications;
}

function bodyOf(intent: PostingIntent, stepKey: string, applications: readonly Application[]): JsonObject {
  const cash = applications.filter(({ credit }) => credit === null);
  return {
    stepKey, idempotencyKey: intent.idempotencyKey, customerExternalId: intent.customerExternalId, companyExternalId: intent.companyExternalId,
    currency: intent.amount.currency, amount: formatMoney(intent.amount), postedOn: intent.postedOn,
    bankAccountExternalId: intent.bankAccountExternalId, receivablesAccountExternalId: intent.receivablesAccountExternalId,
    reference: intent.reference, memo: intent.memo, onAccount: formatMoney(intent.onAccount), applied: formatMoney(sumMoney(cash.map(({ amount }) => amount), intent.amount.currency)),
    invoices: cash.map(asJson), credits: intent.credits.map(shareJson),
    creditApplications: applications.filter(({ credit }) => credit !== null).map(asJson),
    writeOffs: intent.writeOffs.map((share) => ({ ...shareJson(share), accountExternalId: share.accountExternalId, reasonCode: share.reasonCode })),
  };
}

function shareJson({ externalId, number, lineExternalId, amount, openBefore }: DocumentShare): JsonObject {
  return { externalId, number, lineExternalId, amount: formatMoney(amount), openBefore: formatMoney(openBefore) };
}

function asJson({ share, amount, credit }: Application): Json {
  return { ...shareJson(share), amount: formatMoney(amount), ...credit === null ? {} : { creditExternalId: credit.externalId, creditNumber: credit.number } };
}

/** How open amounts move, in the order the target works: credits, cash, write-offs. */
function effectsOf(intent: PostingIntent, applications: readonly Application[]): readonly OpenAmountChange[] {
  const open = new Map([...intent.invoices, ...intent.credits, ...intent.writeOffs].map((share) => [share.externalId, share.openBefore]));
  const move = (document: OpenAmountChange['document'], share: DocumentShare, amount: Money): OpenAmountChange => {
    const before = open.get(share.externalId) ?? share.openBefore;
    const after = subtractMoney(before, amount);
    open.set(share.externalId, after);
    return { document, externalId: share.externalId, number: share.number, currency: amount.currency as CurrencyCode, before: formatMoney(before), after: formatMoney(after) };
  };
  return [
    ...intent.credits.map((credit) => move('creditMemo', credit, credit.amount)),
    ...applications.map(({ share, amount }) => move('invoice', share, amount)),
    ...intent.writeOffs.map((share) => move('invoice', share, share.amount)),
  ];
}
