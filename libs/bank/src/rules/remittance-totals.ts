import { addMoney, type CurrencyCode, type Finding, formatMoney, type Money, type RemittanceLine, subtractMoney, sumMoney, zeroMoney } from '#canonical';

/** What is compared of a line. */
export type CheckedLine = Pick<RemittanceLine, 'reference' | 'paid' | 'gross' | 'discount' | 'adjustments'>;

/** What the stated total leaves unexplained: total less what the lines say is paid; null without a total. */
export function totalDifference(total: Money | null, lines: readonly CheckedLine[]): Money | null {
  return total === null ? null : subtractMoney(total, sumMoney(lines.flatMap(({ paid }) => (paid === null ? [] : [paid])), total.currency));
}

/**
 * Compares a remittance with itself: lines against the total, and within each line gross less discount and adjustments against paid.
 * A remittance with a line that names no amount is not compared with its total: the payer leaves the split to us.
 * Differences are warnings with both figures: a payer's wrong sum is still what the payer says.
 */
export function checkRemittance(total: Money | null, lines: readonly CheckedLine[], currency: CurrencyCode): Finding[] {
  const findings: Finding[] = [];
  const difference = totalDifference(total, lines);
  if (total !== null && difference !== null && difference.minor !== 0n && lines.length > 0 && lines.every(({ paid }) => paid !== null)) {
    const sum = subtractMoney(total, difference);
    findings.push(finding(null, formatMoney(total), `the total is ${formatMoney(total)} ${currency}, the lines add up to ${formatMoney(sum)}: ${formatMoney(difference)} is not explained`));
  }
  lines.forEach((line, index) => {
    const problem = lineProblem(line, currency);
    if (problem !== null) findings.push(finding(index + 1, line.reference, problem));
  });
  return findings;
}

function lineProblem({ paid, gross, discount, adjustments }: CheckedLine, currency: CurrencyCode): string | null {
  if (gross === null || paid === null) return null;
  const taken = discount ?? zeroMoney(currency);
  const adjusted = sumMoney(adjustments.map(({ amount }) => amount), currency);
  const expected = addMoney(subtractMoney(gross, taken), adjusted);
  if (expected.minor === paid.minor) return null;
  return `gross ${formatMoney(gross)} less discount ${formatMoney(taken)} with adjustments of ${formatMoney(adjusted)} is ${formatMoney(expected)}, paid says ${formatMoney(paid)}`;
}

function finding(line: number | null, value: string, problem: string): Finding {
  return { severity: 'warning', where: { line, column: null, record: line === null ? 'total' : 'line', page: null }, value, problem };
}
