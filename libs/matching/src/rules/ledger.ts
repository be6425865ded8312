import type { CurrencyCode, LocalDate } from '#canonical';
import type { OpenCredit, OpenInvoice, OpenItems } from './types.js';

/** An open document as the search sees it: one integer, the days that order it, and nothing to look up. */
export interface LedgerDocument {
  readonly kind: 'invoice' | 'credit';
  readonly id: string;
  readonly number: string;
  readonly customerId: string;
  readonly companyId: string | null;
  readonly currency: CurrencyCode;
  /** Positive minor units, on a credit too. */
  readonly open: bigint;
  readonly issuedOn: LocalDate;
  /** The day that orders it: due, or issued where nothing is due. */
  readonly dueOn: LocalDate;
  /** What may be deducted until `discountUntil`; zero when the document has been paid in part. */
  readonly discount: bigint;
  readonly discountUntil: LocalDate | null;
  readonly disputed: boolean;
}

/** The open documents one payment may settle: of some customers, in one currency, of one company. Oldest first. */
export interface Ledger {
  readonly customerIds: readonly string[];
  readonly invoices: readonly LedgerDocument[];
  readonly credits: readonly LedgerDocument[];
  readonly byId: ReadonlyMap<string, LedgerDocument>;
}

/** Minor units of a document already promised to another payment of the same batch, by document id. */
export type Promises = ReadonlyMap<string, bigint>;

export const NO_PROMISES: Promises = new Map();

export function invoiceDocument(invoice: OpenInvoice): LedgerDocument {
  const whole = invoice.open.minor === invoice.total.minor;
  return {
    kind: 'invoice', id: invoice.id, number: invoice.number, customerId: invoice.customerId, companyId: invoice.companyId,
    currency: invoice.open.currency, open: invoice.open.minor, issuedOn: invoice.issuedOn, dueOn: invoice.dueOn ?? invoice.issuedOn,
    discount: whole ? invoice.discount?.amount.minor ?? 0n : 0n, discountUntil: invoice.discount?.until ?? null, disputed: invoice.disputed,
  };
}

export function creditDocument(credit: OpenCredit): LedgerDocument {
  return {
    kind: 'credit', id: credit.id, number: credit.number, customerId: credit.customerId, companyId: credit.companyId,
    currency: credit.open.currency, open: credit.open.minor, issuedOn: credit.issuedOn, dueOn: credit.issuedOn,
    discount: 0n, discountUntil: null, disputed: false,
  };
}

/** The documents of a customer that have something open, oldest first. Zero and negative balances take part in nothing. */
export function ledgerDocuments(items: OpenItems): LedgerDocument[] {
  return [...items.invoices.map(invoiceDocument), ...items.credits.map(creditDocument)].filter((document) => document.open > 0n);
}

export function makeLedger(customerIds: readonly string[], documents: readonly LedgerDocument[]): Ledger {
  const ordered = documents.toSorted(byDueDay);
  return {
    customerIds,
    invoices: ordered.filter((document) => document.kind === 'invoice'),
    credits: ordered.filter((document) => document.kind === 'credit'),
    byId: new Map(ordered.map((document) => [document.id, document])),
  };
}

/** The ledger without what is promised or refused; the same object when nothing of it is touched. */
export function withoutPromised(ledger: Ledger, promises: Promises, refused: ReadonlySet<string>): Ledger {
  const touched = (document: LedgerDocument): boolean => promises.has(document.id) || refused.has(document.id);
  if ((promises.size === 0 && refused.size === 0) || ![...ledger.byId.values()].some(touched)) return ledger;
  const left = [...ledger.byId.values()].flatMap((document) => {
    const open = document.open - (promises.get(document.id) ?? 0n);
    if (refused.has(document.id) || open <= 0n) return [];
    return [open === document.open ? document : { ...document, open, discount: 0n }];
  });
  return makeLedger(ledger.customerIds, left);
}

/** Oldest due day first, then oldest issued, then number: the order in which a payer's own list runs. */
function byDueDay(left: LedgerDocument, right: LedgerDocument): number {
  return compareText(left.dueOn, right.dueOn) || byIssueDay(left, right);
}

export function byIssueDay(left: LedgerDocument, right: LedgerDocument): number {
  return compareText(left.issuedOn, right.issuedOn) || compareText(left.number, right.number) || compareText(left.id, right.id);
}

export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

export function sumOpen(documents: readonly LedgerDocument[]): bigint {
  return documents.reduce((sum, document) => sum + document.open, 0n);
}
