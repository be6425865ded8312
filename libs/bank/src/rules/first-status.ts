import type { StatementTransaction } from '#canonical';
import type { NonPaymentRule, RuleFacts } from './non-payment-rules.js';

/** The status a bank line starts with, and why it is no payment when it is none. */
export interface FirstStatus {
  readonly status: 'potentialPayment' | 'notPayment';
  readonly because: string | null;
}

/** How the reason of a line that waits for the bank begins. */
export const PENDING_BECAUSE = 'pending at the bank: it waits here until the bank books it, and is judged then';

/**
 * Whether a line can be a customer's payment at all (capability 24). What the bank's own data settles comes first, then the tenant's rules;
 * everything else is potentially a payment, because a payment put aside wrongly is money nobody looks for.
 */
export function firstStatus(transaction: StatementTransaction, matchRule: (facts: RuleFacts) => NonPaymentRule | null): FirstStatus {
  const because = bankReason(transaction) ?? ruleReason(transaction, matchRule);
  return because === null ? { status: 'potentialPayment', because: null } : { status: 'notPayment', because };
}

function bankReason(transaction: StatementTransaction): string | null {
  if (transaction.amount.minor === 0n) return 'the amount is zero';
  if (transaction.reversal) return withCode('the bank takes back an earlier entry', transaction.code);
  if (transaction.amount.minor < 0n) return 'money out';
  if (transaction.kind === 'fee') return withCode('a bank fee or its refund', transaction.code);
  if (transaction.kind === 'interest') return withCode('interest', transaction.code);
  return transaction.pending ? PENDING_BECAUSE : null;
}

function ruleReason({ memo, payer, code }: StatementTransaction, matchRule: (facts: RuleFacts) => NonPaymentRule | null): string | null {
  const rule = matchRule({ memo, payerName: payer.name, payerId: payer.id, code });
  return rule === null ? null : ruleBecause(rule);
}

/** The reason a rule leaves on a line: its own words, and what in the line made it fit. */
export function ruleBecause(rule: NonPaymentRule): string {
  return `${rule.because} (rule: ${rule.field} ${rule.operator} "${rule.value}")`;
}

function withCode(reason: string, code: string | null): string {
  return code === null ? reason : `${reason} (type ${code})`;
}
