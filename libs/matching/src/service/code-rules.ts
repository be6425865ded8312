import type { RuleRow, UndecidedRow } from '#storage';
import { signal } from '../rules/hypothesis.js';
import { writeRationale } from '../rules/rationale.js';
import type { MatchProposal, MatchTransaction } from '../rules/types.js';

/** A tenant's rule is nearly always right; nothing is certain. The engine gives its own rules the same. */
const RULED_OUT = 0.001;

/** The first rule on the bank's type code that this line meets: `equals` or `contains`, without case. */
export function codeRuleFor(rules: readonly RuleRow[], row: UndecidedRow): RuleRow | null {
  const code = row.code?.trim().toUpperCase() ?? '';
  return rules.find(({ operator, value }) => {
    const wanted = value.trim().toUpperCase();
    return wanted !== '' && (operator === 'equals' ? code === wanted : code.includes(wanted));
  }) ?? null;
}

/** The engine's answer for a line a rule takes out: the bank's type code is no field of it, the rest is the same. */
export function ruledOut(transaction: MatchTransaction, rule: RuleRow, code: string | null): MatchProposal {
  const zero = { minor: 0n, currency: transaction.amount.currency };
  const proposal: Omit<MatchProposal, 'rationale'> = {
    transactionId: transaction.id, isPayment: RULED_OUT, paymentVerdict: 'no', customerId: null, payerCustomerId: null, customerProbability: 0,
    allocations: [], onAccount: transaction.amount, shortBy: zero, probability: 0, unique: false, exact: false,
    alternatives: { count: 0, counted: 'exactly', distinguishingFact: null }, remittanceId: null, family: 'none',
    signals: [signal('tenantRule', -1, `rule ${rule.id} says it is no customer payment`, code)],
    autoApply: { allowed: false, because: ['it is no customer payment'] },
  };
  return { ...proposal, rationale: writeRationale(proposal, transaction.amount, null) };
}
