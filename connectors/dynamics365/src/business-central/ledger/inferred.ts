import type { DecimalText, Money } from '#canonical';
import { formatMoney } from '#canonical';

/** A receipt or credit of one customer. `closed`: all of it was applied to something. */
export interface InferableCredit {
  readonly key: string;
  readonly amount: Money;
  readonly closed: boolean;
}

export interface InferableInvoice {
  readonly id: string;
  /** Total less what is still open: what somebody settled. */
  readonly settled: Money;
}

export interface InferredShare {
  readonly invoiceId: string;
  readonly amount: DecimalText;
}

/**
 * Who settled what, from balances alone, of one customer and one currency: only where nothing else is possible by amounts.
 * A closed credit settles the one invoice that lost exactly its amount, when no other closed credit has that amount and no other invoice
 * lost it. A single closed credit settles everything that was settled, when the sums agree. Anything else stays without a share: a wrong
 * share is worse than none.
 */
export function inferredShares(credits: readonly InferableCredit[], invoices: readonly InferableInvoice[]): ReadonlyMap<string, readonly InferredShare[]> {
  const closed = credits.filter((credit) => credit.closed && credit.amount.minor > 0n);
  const settled = invoices.filter((invoice) => invoice.settled.minor > 0n);
  const shareOf = ({ id, settled: amount }: InferableInvoice): InferredShare => ({ invoiceId: id, amount: formatMoney(amount) });
  const [only] = closed;
  const total = settled.reduce((sum, invoice) => sum + invoice.settled.minor, 0n);
  if (credits.length === 1 && only !== undefined && total === only.amount.minor) return new Map([[only.key, settled.map(shareOf)]]);
  const shares = new Map<string, readonly InferredShare[]>();
  for (const credit of closed) {
    const rivals = credits.filter((other) => other.amount.minor === credit.amount.minor);
    const fitting = settled.filter((invoice) => invoice.settled.minor === credit.amount.minor);
    const [invoice] = fitting;
    if (rivals.length === 1 && fitting.length === 1 && invoice !== undefined) shares.set(credit.key, [shareOf(invoice)]);
  }
  return shares;
}
