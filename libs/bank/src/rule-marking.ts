import { decideBankTransactions, insertNonPaymentRule, lockUndecidedLines, type NonPaymentRuleRecord, readNonPaymentRules, recordBankEvents, type Transaction } from '#storage';
import { type BankProblem, checkText, conflicting, refuseIfAny } from './bank-error.js';
import { NON_PAYMENT_RULES_MAX, REASON_LENGTH_MAX, RULE_BATCH_LINES, RULE_CONTAINS_LENGTH_MIN, RULE_VALUE_LENGTH_MAX } from './bank-limits.js';
import { ruleBecause } from './rules/first-status.js';
import { type NonPaymentRule, nonPaymentMatcher, ruleText } from './rules/non-payment-rules.js';

/**
 * Stores a rule. @throws BankError invalid for a value that is blank, too long or, with `contains`, too short; conflict when the rule is known.
 */
export async function makeRule(transaction: Transaction, rule: NonPaymentRule, by: string): Promise<NonPaymentRuleRecord> {
  const problems: BankProblem[] = [];
  checkText('value', rule.value, RULE_VALUE_LENGTH_MAX, problems);
  checkText('because', rule.because, REASON_LENGTH_MAX, problems);
  if (rule.operator === 'contains' && ruleText(rule.value).length < RULE_CONTAINS_LENGTH_MIN) {
    problems.push({ field: 'value', problem: `needs at least ${RULE_CONTAINS_LENGTH_MIN} characters to be looked for inside a text: a shorter one takes away too much`, value: rule.value });
  }
  refuseIfAny(problems);
  const count = (await readNonPaymentRules(transaction)).length;
  if (count >= NON_PAYMENT_RULES_MAX) throw conflicting(`there are ${count} rules, ${NON_PAYMENT_RULES_MAX} are allowed: delete some that no line fits any more`);
  const made = await insertNonPaymentRule(transaction, { ...rule, createdBy: by });
  if (made === null) throw conflicting(`there is a rule "${rule.field} ${rule.operator} ${rule.value}" already`);
  await recordBankEvents(transaction, 'nonPaymentRule', 'created', [made.id]);
  return made;
}

/** Marks every undecided line a rule fits; gives their ids. Judged here, not in SQL, so that old and new lines are judged by the same words. */
export async function applyRule(transaction: Transaction, rule: NonPaymentRule): Promise<readonly string[]> {
  const fits = nonPaymentMatcher([rule]);
  const marked: string[] = [];
  let after = '0';
  for (;;) {
    const lines = await lockUndecidedLines(transaction, after, RULE_BATCH_LINES);
    const ids = lines.filter((line) => fits(line) !== null).map(({ id }) => id);
    await decideBankTransactions(transaction, ids, { status: 'notPayment', because: ruleBecause(rule), decidedBy: null });
    marked.push(...ids);
    after = lines.at(-1)?.id ?? after;
    if (lines.length < RULE_BATCH_LINES) return marked;
  }
}
