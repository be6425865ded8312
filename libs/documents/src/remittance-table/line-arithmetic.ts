import type { Money } from '#canonical';

/** The amounts of one row as written; null where the row has none. */
export interface WrittenAmounts {
  readonly paid: Money | null;
  readonly gross: Money | null;
  readonly discount: Money | null;
  readonly deduction: Money | null;
}

/** The same with their signs settled: `paid = gross - discount + deduction`. */
export interface SettledAmounts extends WrittenAmounts {
  /** What `paid` comes to by the others where the row says another; null where it agrees or nothing can be said. */
  readonly computed: Money | null;
}

/**
 * Discounts and deductions are written with a minus by some payers and without by others: the row's own arithmetic tells. Where it does not
 * come out either way, both are taken as taken off. An absent `paid` is what the others come to; a paid amount that is there is never changed.
 */
export function settleAmounts(written: WrittenAmounts): SettledAmounts {
  const { paid, gross } = written;
  if (gross === null) return { ...written, discount: magnitude(written.discount), deduction: takenOff(written.deduction), computed: null };
  const discount = written.discount?.minor ?? 0n;
  const deduction = written.deduction?.minor ?? 0n;
  const { currency } = gross;
  if (paid !== null) {
    for (const [off, on] of [[discount, -deduction], [discount, deduction], [-discount, deduction], [-discount, -deduction]] as const) {
      if (gross.minor - off + on === paid.minor) return { paid, gross, ...signed(written, off, on, currency), computed: null };
    }
  }
  const turn = gross.minor < 0n ? -1n : 1n;
  const off = turn * absolute(discount);
  const on = -turn * absolute(deduction);
  const computed = { minor: gross.minor - off + on, currency };
  // A gross beside a smaller paid amount, and nothing that explains it, is a part payment.
  const silent = written.discount === null && written.deduction === null && (paid === null || absolute(paid.minor) < absolute(gross.minor));
  return { paid: paid ?? computed, gross, ...signed(written, off, on, currency), computed: paid === null || silent ? null : computed };
}

function signed(written: WrittenAmounts, off: bigint, on: bigint, currency: string): Pick<SettledAmounts, 'discount' | 'deduction'> {
  return { discount: written.discount === null ? null : { minor: off, currency }, deduction: written.deduction === null ? null : { minor: on, currency } };
}

function magnitude(money: Money | null): Money | null {
  return money === null ? null : { minor: absolute(money.minor), currency: money.currency };
}

function takenOff(money: Money | null): Money | null {
  return money === null ? null : { minor: -absolute(money.minor), currency: money.currency };
}

function absolute(minor: bigint): bigint {
  return minor < 0n ? -minor : minor;
}
