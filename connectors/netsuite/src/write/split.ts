import type { DocumentShare, Money } from '#canonical';

/** Part of an invoice that one source of money settles. */
export interface InvoicePart {
  readonly invoice: DocumentShare;
  readonly amount: Money;
}

export interface Split {
  /** What cash settles, in the order of the invoices. */
  readonly cash: readonly InvoicePart[];
  /** What each credit settles. */
  readonly credits: readonly { readonly credit: DocumentShare; readonly parts: readonly InvoicePart[] }[];
  /** Credit that no invoice takes. */
  readonly creditLeft: bigint;
}

/**
 * Which credit and how much cash settles which invoice. Credits go first, each to the first invoices that still want money:
 * the same intent always gives the same split, so what NetSuite holds afterwards can be compared line by line.
 */
export function splitByInvoice(invoices: readonly DocumentShare[], credits: readonly DocumentShare[]): Split {
  const wanted = invoices.map((invoice) => ({ invoice, left: invoice.amount.minor }));
  let creditLeft = 0n;
  const byCredit = credits.map((credit) => {
    const { parts, left } = take(wanted, credit.amount);
    creditLeft += left;
    return { credit, parts };
  });
  const cash = wanted.filter((entry) => entry.left > 0n).map(({ invoice, left }) => ({ invoice, amount: { ...invoice.amount, minor: left } }));
  return { cash, credits: byCredit, creditLeft };
}

function take(wanted: { readonly invoice: DocumentShare; left: bigint }[], money: Money): { readonly parts: InvoicePart[]; readonly left: bigint } {
  const parts: InvoicePart[] = [];
  let left = money.minor;
  for (const entry of wanted) {
    const minor = entry.left < left ? entry.left : left;
    if (minor === 0n) continue;
    parts.push({ invoice: entry.invoice, amount: { minor, currency: money.currency } });
    entry.left -= minor;
    left -= minor;
  }
  return { parts, left };
}
