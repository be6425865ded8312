import { formatMoney, type Remittance, sumMoney } from '#canonical';
import type { FindingList } from '../finding-list.js';
import { mergeRemittances, samePayment, type ToldRemittance } from './merge-remittances.js';

/**
 * What a message's attachments and its body tell, each payment once. Attachments come first: they are the advice, the body speaks of it.
 * The same payment told twice is merged; a body that contradicts the only advice is too, its differences said; other payments stay apart.
 */
export function reconcile(attached: readonly ToldRemittance[], body: readonly ToldRemittance[], findings: FindingList): Remittance[] {
  const payments: ToldRemittance[] = [];
  for (const told of attached) {
    // One file states each of its payments once, twins included; another file may repeat them.
    const index = payments.findIndex((payment) => payment.part !== told.part && samePayment(payment.remittance, told.remittance));
    const payment = payments[index];
    if (payment === undefined) payments.push(told);
    else payments[index] = mergeRemittances(payment, told, findings);
  }
  for (const told of body) {
    if (payments.length > 1 && isSumOf(told.remittance, payments)) continue;
    const match = payments.findIndex(({ remittance }) => samePayment(remittance, told.remittance));
    const index = match === -1 && attached.length > 0 && payments.length === 1 ? 0 : match;
    const payment = payments[index];
    if (payment !== undefined && payment.remittance.currency === told.remittance.currency) payments[index] = mergeRemittances(payment, told, findings);
    else {
      if (attached.length > 0) findings.warning(told.remittance.where, told.remittance.total === null ? '' : formatMoney(told.remittance.total), 'the text tells a payment that no table or attachment tells; it was taken as a payment of its own');
      payments.push(told);
    }
  }
  return payments.map(({ remittance }) => remittance);
}

/** The body only sums up what several attachments tell. */
function isSumOf({ total, lines, currency }: Remittance, payments: readonly ToldRemittance[]): boolean {
  if (total === null || lines.length > 0) return false;
  const totals = payments.flatMap(({ remittance }) => (remittance.currency === currency && remittance.total !== null ? [remittance.total] : []));
  return totals.length === payments.length && sumMoney(totals, currency).minor === total.minor;
}
