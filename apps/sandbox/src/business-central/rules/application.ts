/** An open item as the application rules see it. Amounts in 10^-4 units, signed: invoices positive, payments and credit memos negative (2.6). */
export interface OpenItem {
  readonly remaining: bigint;
  /** The same in local currency, at the rate of the entry's own day. */
  readonly remainingLocal: bigint;
  /** Discount still possible on an invoice, positive; 0 when none. */
  readonly discountPossible: bigint;
  /** Last day of the discount. */
  readonly discountDay: string;
}

/** What one application does to the two entries. All amounts are to be added to the entries' remaining amounts. */
export interface ApplicationEffect {
  /** Change of the newer entry (the payment): towards zero. */
  readonly newer: { readonly amount: bigint; readonly local: bigint };
  /** Change of the older entry by the application itself; `local` mirrors the newer entry's. */
  readonly older: { readonly amount: bigint; readonly local: bigint };
  /** Discount row on the older entry, negative on an invoice; zero when none was taken. */
  readonly discount: { readonly amount: bigint; readonly local: bigint };
  /** Realized gain (positive) or loss (negative) row on the older entry, local currency alone. */
  readonly realized: bigint;
}

const magnitude = (amount: bigint): bigint => (amount < 0n ? -amount : amount);

/** Half away from zero; the whole of `local` when the whole of `whole` is taken, so nothing is left behind. */
function proportion(local: bigint, part: bigint, whole: bigint, unit: bigint): bigint {
  if (part === whole) return local;
  const exact = local * part;
  const divisor = whole * unit;
  const half = magnitude(divisor) / 2n;
  const negative = exact < 0n !== divisor < 0n;
  const rounded = (magnitude(exact) + half) / magnitude(divisor);
  return (negative ? -rounded : rounded) * unit;
}

/** Whether two entries can be applied at all: both open, opposite signs. */
export function canApply(newer: OpenItem, older: OpenItem): boolean {
  return newer.remaining !== 0n && older.remaining !== 0n && newer.remaining < 0n !== older.remaining < 0n;
}

/**
 * Applies the newer entry to the older one, as far as both go. A payment that covers an invoice less its discount within the discount day closes it, the
 * discount making up the rest (2.8.3).
 * @param postingDay day of the newer entry
 * @param unit smallest unit of the local currency in 10^-4
 * @throws RangeError when {@link canApply} is false
 */
export function applyEntries(newer: OpenItem, older: OpenItem, postingDay: string, unit = 100n): ApplicationEffect {
  if (!canApply(newer, older)) throw new RangeError(`cannot apply ${newer.remaining} to ${older.remaining}`);
  const available = magnitude(newer.remaining);
  const due = magnitude(older.remaining);
  const discount = discountTaken(available, older, postingDay);
  const taken = available < due - discount ? available : due - discount;
  const direction = older.remaining > 0n ? 1n : -1n;
  const olderAmount = -direction * taken;
  const discountAmount = -direction * discount;
  const newerLocal = -proportion(newer.remainingLocal, direction * -taken, newer.remaining, unit);
  const closing = olderAmount + discountAmount;
  const closingLocal = -proportion(older.remainingLocal, -closing, older.remaining, unit);
  const discountLocal = discount === 0n ? 0n : -proportion(older.remainingLocal, -discountAmount, older.remaining, unit);
  return {
    newer: { amount: direction * taken, local: newerLocal },
    older: { amount: olderAmount, local: -newerLocal },
    discount: { amount: discountAmount, local: discountLocal },
    realized: closingLocal - discountLocal + newerLocal,
  };
}

function discountTaken(available: bigint, older: OpenItem, postingDay: string): bigint {
  if (older.remaining <= 0n || older.discountPossible <= 0n || postingDay > older.discountDay) return 0n;
  return older.discountPossible < older.remaining && available >= older.remaining - older.discountPossible ? older.discountPossible : 0n;
}
