import { formatMoney, parseLocalDate, parseMoney, type DocumentShare, type JsonObject, type Money, type PostingIntent, type WriteOffShare } from '#canonical';

/** An intent as it is stored: amounts as decimal text, the currency once. */
export function intentToJson(intent: PostingIntent): JsonObject {
  const share = (entry: DocumentShare): JsonObject => ({
    externalId: entry.externalId, number: entry.number, lineExternalId: entry.lineExternalId, amount: formatMoney(entry.amount), openBefore: formatMoney(entry.openBefore),
    ...(entry.earlyDiscount === undefined ? {} : { earlyDiscount: { amount: formatMoney(entry.earlyDiscount.amount), until: entry.earlyDiscount.until } }),
  });
  return {
    idempotencyKey: intent.idempotencyKey,
    customerExternalId: intent.customerExternalId,
    companyExternalId: intent.companyExternalId,
    postedOn: intent.postedOn,
    currency: intent.amount.currency,
    amount: formatMoney(intent.amount),
    bankAccountExternalId: intent.bankAccountExternalId,
    receivablesAccountExternalId: intent.receivablesAccountExternalId,
    reference: intent.reference,
    memo: intent.memo,
    invoices: intent.invoices.map(share),
    credits: intent.credits.map(share),
    writeOffs: intent.writeOffs.map((entry) => ({ ...share(entry), accountExternalId: entry.accountExternalId, reasonCode: entry.reasonCode })),
    onAccount: formatMoney(intent.onAccount),
  };
}

/** The stored form, as {@link intentToJson} wrote it. */
export interface StoredIntent {
  readonly idempotencyKey: string;
  readonly customerExternalId: string;
  readonly companyExternalId: string | null;
  readonly postedOn: string;
  readonly currency: string;
  readonly amount: string;
  readonly bankAccountExternalId: string | null;
  readonly receivablesAccountExternalId: string | null;
  readonly reference: string | null;
  readonly memo: string | null;
  readonly invoices: readonly StoredShare[];
  readonly credits: readonly StoredShare[];
  readonly writeOffs: readonly (StoredShare & { readonly accountExternalId: string; readonly reasonCode: string })[];
  readonly onAccount: string;
}
interface StoredShare {
  readonly externalId: string;
  readonly number: string;
  readonly lineExternalId: string | null;
  readonly amount: string;
  readonly openBefore: string;
  readonly earlyDiscount?: { readonly amount: string; readonly until: string };
}

/** @throws MoneyError or LocalDateError when a stored value was tampered with. */
export function intentFromJson(stored: StoredIntent): PostingIntent {
  const money = (text: string): Money => parseMoney(text, stored.currency);
  const share = (entry: StoredShare): DocumentShare => ({
    externalId: entry.externalId, number: entry.number, lineExternalId: entry.lineExternalId, amount: money(entry.amount), openBefore: money(entry.openBefore),
    ...(entry.earlyDiscount === undefined ? {} : { earlyDiscount: { amount: money(entry.earlyDiscount.amount), until: parseLocalDate(entry.earlyDiscount.until) } }),
  });
  return {
    idempotencyKey: stored.idempotencyKey,
    customerExternalId: stored.customerExternalId,
    companyExternalId: stored.companyExternalId,
    postedOn: parseLocalDate(stored.postedOn),
    amount: money(stored.amount),
    bankAccountExternalId: stored.bankAccountExternalId,
    receivablesAccountExternalId: stored.receivablesAccountExternalId,
    reference: stored.reference,
    memo: stored.memo,
    invoices: stored.invoices.map(share),
    credits: stored.credits.map(share),
    writeOffs: stored.writeOffs.map((entry): WriteOffShare => ({ ...share(entry), accountExternalId: entry.accountExternalId, reasonCode: entry.reasonCode })),
    onAccount: money(stored.onAccount),
  };
}
