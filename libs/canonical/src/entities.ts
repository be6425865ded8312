import { z } from 'zod';
import { isCurrencyCode } from './currency.js';
import { isLocalDate, type LocalDate } from './local-date.js';
import type { Money } from './money.js';

/**
 * What a connection's mapping makes of one source record. References to other records are the source's own ids
 * (`…ExternalId`): a referenced record may arrive later, so nothing here needs it to exist.
 * Absent is `null`, never `undefined`, `''` or "Unknown". Amounts are in the document's currency.
 * Lineage (connection, raw record, mapping version, sync run) is added when the record is stored.
 */

const externalId = z.string().min(1).max(200);
const text = z.string().min(1).max(4000);
export const localDate = z.custom<LocalDate>((value) => typeof value === 'string' && isLocalDate(value), 'is not a calendar day (YYYY-MM-DD)');
export const currencyCode = z.string().refine(isCurrencyCode, 'is not an ISO 4217 currency code');
export const money = z.custom<Money>(
  (value) => typeof value === 'object' && value !== null && typeof (value as Money).minor === 'bigint' && isCurrencyCode((value as Money).currency),
  'is not money',
);
/** Source fields that no mapping line claims, as text, so that nothing a vendor sends is lost. */
const extras = z.record(z.string(), z.string());

/** A legal entity that keeps books: NetSuite's subsidiary, Business Central's company. */
export const company = z.strictObject({
  externalId,
  name: text,
  parentExternalId: externalId.nullable(),
  /** Currency of its books. */
  currency: currencyCode,
  active: z.boolean(),
  extras,
});

/** An account of the general ledger that postings may name: bank, receivables, write-off. */
export const ledgerAccount = z.strictObject({
  externalId,
  number: text.nullable(),
  name: text,
  kind: z.enum(['bank', 'receivable', 'income', 'expense', 'other']),
  /** Null when it takes any currency. */
  currency: currencyCode.nullable(),
  companyExternalId: externalId.nullable(),
  active: z.boolean(),
  extras,
});

export const customer = z.strictObject({
  externalId,
  number: text.nullable(),
  name: text,
  /** Legal name, trade name, former names: whatever else a payer may write. */
  otherNames: z.array(text),
  parentExternalId: externalId.nullable(),
  companyExternalId: externalId.nullable(),
  currency: currencyCode.nullable(),
  email: text.nullable(),
  phone: text.nullable(),
  active: z.boolean(),
  extras,
});

export const contact = z.strictObject({
  externalId,
  customerExternalId: externalId.nullable(),
  name: text,
  role: text.nullable(),
  email: text.nullable(),
  phone: text.nullable(),
  primary: z.boolean(),
  active: z.boolean(),
  extras,
});

/** Part of an invoice with its own due day. Where the source has none, an invoice has no instalments. */
export const instalment = z.strictObject({
  number: z.string().min(1),
  dueOn: localDate,
  total: money,
  open: money,
});

/** What a customer owes for one delivery, as the source states it. */
export const invoice = z.strictObject({
  externalId,
  number: text,
  customerExternalId: externalId,
  companyExternalId: externalId.nullable(),
  currency: currencyCode,
  issuedOn: localDate,
  dueOn: localDate.nullable(),
  total: money,
  /** What the source says is still unpaid. Never computed here: the ERP is the book of record. */
  open: money,
  status: z.enum(['draft', 'open', 'paid', 'void']),
  purchaseOrder: text.nullable(),
  memo: text.nullable(),
  instalments: z.array(instalment),
  extras,
});

/** A payment's or a credit memo's share that settles one invoice. The whole set of a document is replaced when the document changes. */
export const allocation = z.strictObject({
  invoiceExternalId: externalId,
  /** The source's line or instalment it targets, where it has one. */
  lineExternalId: z.string().nullable(),
  amount: money,
  discount: money.nullable(),
  appliedOn: localDate.nullable(),
});

export const creditMemo = z.strictObject({
  externalId,
  number: text,
  customerExternalId: externalId,
  companyExternalId: externalId.nullable(),
  currency: currencyCode,
  issuedOn: localDate,
  total: money,
  /** Not yet applied to any invoice. */
  open: money,
  status: z.enum(['draft', 'open', 'applied', 'void']),
  memo: text.nullable(),
  allocations: z.array(allocation),
  extras,
});

/** Money received, as booked in the ERP. A deposit is one that is no receivable until it is applied. */
export const payment = z.strictObject({
  externalId,
  number: text,
  kind: z.enum(['payment', 'deposit', 'journal']),
  customerExternalId: externalId,
  companyExternalId: externalId.nullable(),
  currency: currencyCode,
  receivedOn: localDate,
  total: money,
  /** On account: received and not yet applied. */
  unapplied: money,
  status: z.enum(['draft', 'undeposited', 'deposited', 'void']),
  /** Cheque number, bank reference: what the payer's bank would call it. */
  reference: text.nullable(),
  /** The idempotency key a hub wrote into it; this is how an own posting is recognised. */
  idempotencyKey: text.nullable(),
  memo: text.nullable(),
  allocations: z.array(allocation),
  extras,
});

/** Every synced record type, by its canonical name. The order is the order of a full sync: what is referred to comes first. */
export const ENTITY_SCHEMAS = { company, ledgerAccount, customer, contact, invoice, creditMemo, payment } as const;

export type EntityName = keyof typeof ENTITY_SCHEMAS;
export const ENTITY_NAMES = Object.keys(ENTITY_SCHEMAS) as readonly EntityName[];

export type Company = z.infer<typeof company>;
export type LedgerAccount = z.infer<typeof ledgerAccount>;
export type Customer = z.infer<typeof customer>;
export type Contact = z.infer<typeof contact>;
export type Instalment = z.infer<typeof instalment>;
export type Invoice = z.infer<typeof invoice>;
export type Allocation = z.infer<typeof allocation>;
export type CreditMemo = z.infer<typeof creditMemo>;
export type Payment = z.infer<typeof payment>;

export interface EntityRecords {
  readonly company: Company;
  readonly ledgerAccount: LedgerAccount;
  readonly customer: Customer;
  readonly contact: Contact;
  readonly invoice: Invoice;
  readonly creditMemo: CreditMemo;
  readonly payment: Payment;
}
