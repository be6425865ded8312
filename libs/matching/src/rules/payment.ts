import { traitsOf, type MatchingIndex } from './facts-index.js';
import { signal } from './hypothesis.js';
import { foldText } from './text.js';
import type { MatchProposal, MatchTransaction, Signal, TenantRule } from './types.js';

/** Step one: is it money of a customer? */
export interface PaymentJudgement {
  readonly probability: number;
  readonly verdict: MatchProposal['paymentVerdict'];
  readonly signals: readonly Signal[];
  /** A tenant's rule names the customer. */
  readonly ruledCustomerId: string | null;
}

/** Credits on a receivables account that are customer money, before anything is known: 3-7 % are not (section 8.5). */
const PRIOR = 0.95;
const YES_AT = 0.8;
const NO_AT = 0.2;
const RULED = { yes: 0.999, no: 0.001 } as const;
/** Odds each piece of evidence multiplies. A mark weighs the more often it was made. */
const ODDS = { feeOrInterest: 0.005, bankWords: 0.02, mark: 0.01, knownPayer: 20, namesDocuments: 60 } as const;
const MARKS_COUNTED_MAX = 3;

/** Words banks and authorities use for money that no customer sent. */
const BANK_WORDS = [
  'INTEREST PAYMENT', 'INTEREST CREDIT', 'INTEREST EARNED', 'CREDIT INTEREST', 'SWEEP', 'TAX REFUND', 'IRS TREAS', 'TREAS 310', 'PAYROLL', 'BOOK TRANSFER',
  'ACCOUNT TRANSFER', 'FUNDS TRANSFER FROM', 'INTERNAL TRANSFER', 'TRANSFER FROM SAVINGS', 'LOAN PROCEEDS', 'LOAN ADVANCE', 'FEE REVERSAL', 'FEE REFUND',
  'RETURNED ITEM', 'CASH CONCENTRATION', 'INSURANCE CLAIM', 'VAT REFUND', 'DIVIDEND',
];

/** What the bank line itself says. {@link withPayerEvidence} adds what is known about its payer. */
export function judgePayment(index: MatchingIndex, transaction: MatchTransaction): PaymentJudgement {
  if (transaction.amount.minor <= 0n) return ruled(0, signal('moneyOut', -1, 'no money came in'), null);
  const rule = index.facts.rules.find((candidate) => applies(candidate, transaction));
  if (rule?.means.kind === 'notPayment') return ruled(RULED.no, signal('tenantRule', -1, `rule ${rule.id} says it is no customer payment`, ruleQuote(rule, transaction)), null);
  if (rule !== undefined) {
    return ruled(RULED.yes, signal('tenantRule', 1, `rule ${rule.id} names the customer`, ruleQuote(rule, transaction)), rule.means.kind === 'customer' ? rule.means.customerId : null);
  }
  let odds = PRIOR / (1 - PRIOR);
  const signals: Signal[] = [];
  if (transaction.kind === 'fee' || transaction.kind === 'interest') {
    odds *= ODDS.feeOrInterest;
    signals.push(signal('bankType', -0.9, `the bank books it as ${transaction.kind}`));
  }
  const words = bankWords(transaction);
  if (words !== null) {
    odds *= ODDS.bankWords;
    signals.push(signal('bankWords', -0.7, 'these words stand on money that no customer sent', words));
  }
  for (const { key, value } of traitsOf(transaction)) {
    const count = index.notPayments.get(key) ?? 0;
    if (count === 0) continue;
    odds *= ODDS.mark ** Math.min(count, MARKS_COUNTED_MAX);
    signals.push(signal('markedNotPayment', -0.9, `money of this payer was marked as no customer payment ${count} times`, value));
    break;
  }
  return judged(odds, signals);
}

/** A payer that is known, or documents that are named, speak for customer money. */
export function withPayerEvidence(judgement: PaymentJudgement, knownPayer: boolean, namesDocuments: boolean): PaymentJudgement {
  const { probability } = judgement;
  if (probability <= RULED.no || probability >= RULED.yes) return judgement;
  const odds = (probability / (1 - probability)) * (knownPayer ? ODDS.knownPayer : 1) * (namesDocuments ? ODDS.namesDocuments : 1);
  return judged(odds, judgement.signals);
}

function judged(odds: number, signals: readonly Signal[]): PaymentJudgement {
  const probability = odds / (1 + odds);
  return { probability, verdict: verdictOf(probability), signals, ruledCustomerId: null };
}

function ruled(probability: number, because: Signal, ruledCustomerId: string | null): PaymentJudgement {
  return { probability, verdict: verdictOf(probability), signals: [because], ruledCustomerId };
}

function verdictOf(probability: number): PaymentJudgement['verdict'] {
  return probability >= YES_AT ? 'yes' : probability <= NO_AT ? 'no' : 'unsure';
}

function fieldOf(rule: TenantRule, transaction: MatchTransaction): string | null {
  const fields = {
    memo: transaction.memo, payerName: transaction.payer.name, payerAccount: transaction.payer.account, payerId: transaction.payer.id, kind: transaction.kind,
  };
  return fields[rule.field];
}

function applies(rule: TenantRule, transaction: MatchTransaction): boolean {
  const field = fieldOf(rule, transaction);
  const wanted = foldText(rule.text.trim());
  if (field === null || wanted === '') return false;
  return rule.test === 'equals' ? foldText(field).trim() === wanted : foldText(field).includes(wanted);
}

function ruleQuote(rule: TenantRule, transaction: MatchTransaction): string | null {
  const field = fieldOf(rule, transaction) ?? '';
  const at = field.toUpperCase().indexOf(rule.text.trim().toUpperCase());
  return at < 0 || rule.field === 'kind' ? null : field.slice(at, at + rule.text.trim().length);
}

function bankWords(transaction: MatchTransaction): string | null {
  const upper = transaction.memo.toUpperCase();
  const found = BANK_WORDS.find((words) => upper.includes(words));
  if (found === undefined) return null;
  const at = upper.indexOf(found);
  const quote = transaction.memo.slice(at, at + found.length);
  return quote.toUpperCase() === found ? quote : null;
}
