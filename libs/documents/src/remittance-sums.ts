import { addMoney, type CurrencyCode, type Money, type RemittanceLine, type RemittanceSums, subtractMoney, zeroMoney } from '#canonical';

/** What the lines of a remittance come to, and the gap to its total. Lines without an amount count nothing; their gap then says little. */
export function remittanceSums(lines: readonly Pick<RemittanceLine, 'kind' | 'paid'>[], total: Money | null, currency: CurrencyCode): RemittanceSums {
  let items = zeroMoney(currency);
  let adjustments = zeroMoney(currency);
  for (const { kind, paid } of lines) {
    if (paid === null) continue;
    if (kind === 'adjustment') adjustments = addMoney(adjustments, paid);
    else items = addMoney(items, paid);
  }
  return { lines: items, adjustments, difference: total === null ? null : subtractMoney(subtractMoney(total, items), adjustments) };
}
