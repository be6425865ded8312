/** A line's texts a rule may look at. */
export interface RuleFacts {
  readonly memo: string;
  readonly payerName: string | null;
  readonly payerId: string | null;
  readonly code: string | null;
}

/** "Lines like this are no customer payments" (capability 41). */
export interface NonPaymentRule {
  readonly field: keyof RuleFacts;
  readonly operator: 'contains' | 'equals';
  readonly value: string;
  readonly because: string;
}

/**
 * Text as rules compare it: case, compatibility forms and runs of blanks do not count, because banks wrap and capitalise the same text
 * differently from one file to the next. Punctuation counts: `4711-1` is not `47111`.
 */
export function ruleText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/**
 * Makes ready to try many lines: gives the first rule that fits, or null. No patterns, so the time per line is bounded by text length
 * times rules. A rule whose value is blank fits nothing.
 */
export function nonPaymentMatcher<Rule extends NonPaymentRule>(rules: readonly Rule[]): (facts: RuleFacts) => Rule | null {
  const ready = rules.map((rule) => ({ rule, value: ruleText(rule.value) })).filter(({ value }) => value !== '');
  const fields = [...new Set(ready.map(({ rule }) => rule.field))];
  return (facts) => {
    const texts = new Map(fields.map((field) => [field, facts[field] === null ? null : ruleText(facts[field])]));
    const found = ready.find(({ rule, value }) => {
      const text = texts.get(rule.field) ?? null;
      return text !== null && (rule.operator === 'equals' ? text === value : text.includes(value));
    });
    return found?.rule ?? null;
  };
}
