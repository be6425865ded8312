import { type CurrencyCode, type Finding, formatMoney, type Money, subtractMoney, sumMoney, zeroMoney } from '#canonical';

export interface CheckedLine {
  readonly reference: string;
  readonly paid: Money;
  readonly gross: Money | null;
  readonly discount: Money | null;
  readonly deduction: Money | null;
  readonly deductionCode: string | null;
}

/** What the stated total leaves unexplained: total less the sum of the lines; null without a total. */
export function totalDifference(total: Money | null, lines: readonly CheckedLine[]): Money | null {
  return total === null ? null : subtractMoney(total, sumMoney(lines.map((line) => line.paid), total.currency));
}

/**
 * Compares a remittance with itself: lines against the total, and within each line gross less discount less deduction against paid.
 * Differences are warnings with both figures: a payer's wrong sum is still what the payer says.
 */
export function checkRemittance(total: Money | null, lines: readonly CheckedLine[], currency: CurrencyCode): Finding[] {
  const findings: Finding[] = [];
  const difference = totalDifference(total, lines);
  if (total !== null && difference !== null && difference.minor !== 0n && lines.length > 0) {
    const sum = subtractMoney(total, difference);
    findings.push(finding(null, formatMoney(total), `the total is ${formatMoney(total)} ${currency}, the lines add up to ${formatMoney(sum)}: ${formatMoney(difference)} is not explained`));
  }
  lines.forEach((line, index) => {
    const problem = lineProblem(line, currency);
    if (problem !== null) findings.push(finding(index + 1, line.reference, problem));
  });
  return findings;
}

function lineProblem({ paid, gross, discount, deduction, deductionCode }: CheckedLine, currency: CurrencyCode): string | null {
  if (deductionCode !== null && deduction === null) return `there is a deduction code "${deductionCode}" without a deduction`;
  if (gross === null) return null;
  const zero = zeroMoney(currency);
  const expected = subtractMoney(subtractMoney(gross, discount ?? zero), deduction ?? zero);
  if (expected.minor === paid.minor) return null;
  return `gross ${formatMoney(gross)} less discount ${formatMoney(discount ?? zero)} less deduction ${formatMoney(deduction ?? zero)} is ${formatMoney(expected)}, paid says ${formatMoney(paid)}`;
}

function finding(line: number | null, value: string, problem: string): Finding {
  return { severity: 'warning', where: { line, column: null, record: line === null ? 'total' : 'line', page: null }, value, problem };
}
