import { type CurrencyCode, type Money, type RemittanceLine, type RemittanceSums, subtractMoney, sumMoney } from '#canonical';

/** What the lines of a remittance come to, and the gap to its total. Lines without an amount count nothing; their gap then says little. */
export function remittanceSums(lines: readonly Pick<RemittanceLine, 'kind' | 'paid'>[], total: Money | null, currency: CurrencyCode): RemittanceSums {
  const paidOf = (adjustments: boolean): Money => sumMoney(lines.flatMap(({ kind, paid }) => (paid !== null && (kind === 'adjustment') === adjustments ? [paid] : [])), currency);
  const items = paidOf(false);
  const adjustments = paidOf(true);
  return { lines: items, adjustments, difference: total === null ? null : subtractMoney(subtractMoney(total, items), adjustments) };
}
