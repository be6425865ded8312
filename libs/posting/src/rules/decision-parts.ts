import { addMoney, compareMoney, formatMoney, negateMoney, subtractMoney, zeroMoney, type CurrencyCode, type DocumentShare, type LocalDate, type Money, type PostingIntent, type WriteOffShare } from '#canonical';
import { cleanText, cutText } from './clean-text.js';

/** What a person or the matcher decided about one bank transaction. Amounts are in the transaction's currency. */
export interface Decision {
  /** Whose money it is; what is left over goes on this customer's account. */
  readonly customerId: string;
  readonly invoices: readonly { readonly invoiceId: string; readonly amount: Money }[];
  /** Credit memos, or payments on account, that are used up along with the cash. */
  readonly credits: readonly { readonly creditId: string; readonly kind: 'creditMemo' | 'payment'; readonly amount: Money }[];
  readonly writeOffs: readonly { readonly invoiceId: string; readonly amount: Money; readonly accountExternalId: string; readonly reasonCode: string }[];
  /** What stays on account. Said, not derived: a decision that forgets part of the money is refused. */
  readonly onAccount: Money;
  /** Null books on the day the bank booked. */
  readonly postedOn: LocalDate | null;
  readonly memo: string | null;
}

/** A document as the hub has it. */
export interface DecidedDocument {
  readonly id: string;
  readonly externalId: string;
  readonly number: string;
  readonly customerId: string;
  readonly companyExternalId: string | null;
  readonly open: Money;
  readonly earlyDiscount?: DocumentShare['earlyDiscount'];
}

/** What a decision is about, read in one transaction. */
export interface DecisionFacts {
  readonly amount: Money;
  readonly bookedOn: LocalDate;
  readonly reference: string | null;
  readonly memo: string | null;
  readonly bankAccountExternalId: string | null;
  readonly receivablesAccountExternalId: string | null;
  /** Company of the bank account, for money that no document places. */
  readonly companyExternalId: string | null;
  /** By customer id: the source's id, and the company it belongs to. */
  readonly customers: ReadonlyMap<string, { readonly externalId: string; readonly companyExternalId: string | null }>;
  readonly invoices: ReadonlyMap<string, DecidedDocument>;
  readonly credits: ReadonlyMap<string, DecidedDocument>;
}

export interface DecisionPart {
  readonly customerId: string;
  readonly intent: Omit<PostingIntent, 'idempotencyKey'>;
}

/** One thing wrong with a decision: `field` is its path. */
export interface DecisionProblem {
  readonly field: string;
  readonly problem: string;
}

export type DecisionOutcome = { readonly parts: readonly DecisionPart[] } | { readonly problems: readonly DecisionProblem[] };

/** Memo lines of ERPs are short; what does not fit stays with the bank transaction. */
const MEMO_LENGTH_MAX = 300;

/**
 * Splits a decision into what the ERP takes as one payment each: one per customer and company (reference: a payment is applied to
 * invoices of one customer; payments of several are one payment each). Together the parts use up the bank transaction to the cent.
 */
export function partsOf(decision: Decision, facts: DecisionFacts): DecisionOutcome {
  const problems = decisionProblems(decision, facts);
  if (problems.length > 0) return { problems };
  const groups = groupDocuments(decision, facts);
  const parts = [...groups.values()].map((group) => partOf(group, decision, facts));
  const negative = parts.filter((part) => part.intent.amount.minor < 0n);
  if (negative.length > 0) return { problems: [{ field: 'credits', problem: 'a customer\'s credits exceed what they settle: cash cannot be negative' }] };
  return { parts };
}

function decisionProblems(decision: Decision, facts: DecisionFacts): DecisionProblem[] {
  const problems: DecisionProblem[] = [];
  const { currency } = facts.amount;
  if (!facts.customers.has(decision.customerId)) problems.push({ field: 'customerId', problem: `there is no customer ${decision.customerId} in this connection` });
  decision.invoices.forEach(({ invoiceId, amount }, index) => { checkShare(`invoices[${index}]`, facts.invoices.get(invoiceId), amount, currency, problems); });
  decision.credits.forEach(({ creditId, amount }, index) => { checkShare(`credits[${index}]`, facts.credits.get(creditId), amount, currency, problems); });
  decision.writeOffs.forEach(({ invoiceId, amount }, index) => { checkShare(`writeOffs[${index}]`, facts.invoices.get(invoiceId), amount, currency, problems); });
  if (decision.onAccount.currency !== currency) problems.push({ field: 'onAccount', problem: `is in ${decision.onAccount.currency}, the transaction in ${currency}` });
  if (problems.length > 0) return problems;
  const settled = total(decision.invoices.map(({ amount }) => amount), currency);
  const given = addMoney(facts.amount, total(decision.credits.map(({ amount }) => amount), currency));
  const gap = subtractMoney(given, addMoney(settled, decision.onAccount));
  if (gap.minor !== 0n) {
    problems.push({ field: '', problem: `${formatMoney(gap)} ${currency} of the transaction ${gap.minor > 0n ? 'is not used: allocate it or put it on account' : 'is used twice: allocate less'}` });
  }
  return problems;
}

function checkShare(field: string, document: DecidedDocument | undefined, amount: Money, currency: CurrencyCode, problems: DecisionProblem[]): void {
  if (document === undefined) {
    problems.push({ field, problem: 'names a document this connection does not have' });
    return;
  }
  if (amount.currency !== currency || document.open.currency !== currency) problems.push({ field: `${field}.amount`, problem: `${document.number} is in ${document.open.currency}, the transaction in ${currency}` });
  else if (amount.minor <= 0n) problems.push({ field: `${field}.amount`, problem: 'must be positive' });
  else if (compareMoney(amount, document.open) > 0) problems.push({ field: `${field}.amount`, problem: `${formatMoney(amount)} is more than the ${formatMoney(document.open)} open on ${document.number}` });
}

interface Group {
  readonly customerId: string;
  readonly companyExternalId: string | null;
  readonly invoices: DocumentShare[];
  readonly credits: DocumentShare[];
  readonly writeOffs: WriteOffShare[];
}

function groupDocuments(decision: Decision, facts: DecisionFacts): Map<string, Group> {
  const groups = new Map<string, Group>();
  const groupOf = (customerId: string, companyExternalId: string | null): Group => {
    const key = JSON.stringify([customerId, companyExternalId]);
    const group = groups.get(key) ?? { customerId, companyExternalId, invoices: [], credits: [], writeOffs: [] };
    groups.set(key, group);
    return group;
  };
  for (const { invoiceId, amount } of decision.invoices) withDocument(facts.invoices, invoiceId, (document) => { groupOf(document.customerId, document.companyExternalId).invoices.push(shareOf(document, amount)); });
  for (const { creditId, amount } of decision.credits) withDocument(facts.credits, creditId, (document) => { groupOf(document.customerId, document.companyExternalId).credits.push(shareOf(document, amount)); });
  for (const { invoiceId, amount, accountExternalId, reasonCode } of decision.writeOffs) {
    withDocument(facts.invoices, invoiceId, (document) => { groupOf(document.customerId, document.companyExternalId).writeOffs.push({ ...shareOf(document, amount), accountExternalId, reasonCode }); });
  }
  const holdsPayer = [...groups.values()].some((group) => group.customerId === decision.customerId);
  if (decision.onAccount.minor > 0n && !holdsPayer) groupOf(decision.customerId, facts.companyExternalId ?? facts.customers.get(decision.customerId)?.companyExternalId ?? null);
  return groups;
}

function withDocument(documents: ReadonlyMap<string, DecidedDocument>, id: string, use: (document: DecidedDocument) => void): void {
  const document = documents.get(id);
  if (document !== undefined) use(document);
}

function partOf(group: Group, decision: Decision, facts: DecisionFacts): DecisionPart {
  const { currency } = facts.amount;
  const takesRest = group.customerId === decision.customerId && isFirstOfPayer(group, decision, facts);
  const onAccount = takesRest ? decision.onAccount : zeroMoney(currency);
  const settled = total(group.invoices.map((share) => share.amount), currency);
  const amount = addMoney(addMoney(settled, onAccount), negateMoney(total(group.credits.map((share) => share.amount), currency)));
  return {
    customerId: group.customerId,
    intent: {
      customerExternalId: facts.customers.get(group.customerId)?.externalId ?? '', companyExternalId: group.companyExternalId ?? facts.companyExternalId,
      postedOn: decision.postedOn ?? facts.bookedOn, amount,
      bankAccountExternalId: facts.bankAccountExternalId, receivablesAccountExternalId: facts.receivablesAccountExternalId,
      reference: facts.reference === null ? null : cleanText(facts.reference), memo: memoOf(decision, facts),
      invoices: group.invoices, credits: group.credits, writeOffs: group.writeOffs, onAccount,
    },
  };
}

function memoOf(decision: Decision, facts: DecisionFacts): string | null {
  const memo = decision.memo ?? facts.memo;
  return memo === null ? null : cutText(memo, MEMO_LENGTH_MAX);
}

/** The payer's documents may stand in two companies; what is left over goes to the first of them, once. */
function isFirstOfPayer(group: Group, decision: Decision, facts: DecisionFacts): boolean {
  const firstId = [...decision.invoices.map(({ invoiceId }) => facts.invoices.get(invoiceId)), ...decision.credits.map(({ creditId }) => facts.credits.get(creditId))]
    .find((document) => document?.customerId === decision.customerId);
  return firstId === undefined || firstId.companyExternalId === group.companyExternalId;
}

function shareOf(document: DecidedDocument, amount: Money): DocumentShare {
  return { externalId: document.externalId, number: document.number, lineExternalId: null, amount, openBefore: document.open, ...(document.earlyDiscount === undefined ? {} : { earlyDiscount: document.earlyDiscount }) };
}

function total(amounts: readonly Money[], currency: CurrencyCode): Money {
  return amounts.reduce((sum, amount) => addMoney(sum, amount), zeroMoney(currency));
}
