import { field, member, type Row } from '../words.js';

/** What a customer transaction is to the hub: it follows from its type, its sign and whether it bears an invoice number. */
export type LedgerKind = 'invoice' | 'creditMemo' | 'payment';

const PAYMENT = member('LedgerTransType', 'Payment');

/**
 * Conditions on `CustTransactions`. A credit note is an invoice with a negative amount (reference 3.3). Money that came in through another
 * journal has no invoice number and a negative amount; a refund is a payment with a positive one and is nobody's debt. Exchange adjustments have
 * an amount of zero in the transaction's currency and are none of the three.
 */
export const KIND_FILTERS: Readonly<Record<LedgerKind, string>> = {
  invoice: `AmountCur gt 0 and TransType ne ${PAYMENT}`,
  creditMemo: `AmountCur lt 0 and TransType ne ${PAYMENT} and Invoice ne ''`,
  payment: `AmountCur lt 0 and (TransType eq ${PAYMENT} or Invoice eq '')`,
};

/** The same on a row that was read for another reason. */
export function kindOf(row: Row): LedgerKind | null {
  const isPayment = field(row, 'TransType') === 'Payment';
  const amount = field(row, 'AmountCur');
  if (/^[0.]*$/.test(amount)) return null;
  if (!amount.startsWith('-')) return isPayment ? null : 'invoice';
  return isPayment || field(row, 'Invoice') === '' ? 'payment' : 'creditMemo';
}
