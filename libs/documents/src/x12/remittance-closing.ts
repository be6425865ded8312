import { formatMinorUnits, type Money, type Remittance } from '#canonical';
import type { FindingList } from '../finding-list.js';
import type { Payment } from './payment.js';
import type { PaymentItems } from './payment-items.js';

/**
 * The payment with its sums (reference 4.2): its amount is the sum of the items' net plus the adjustments that stand beside them. A gap is a
 * finding and stays in `sums.difference`.
 * @returns null when nothing of the payment can be read; the finding is there then.
 */
export function closePayment(payment: Payment, items: PaymentItems, findings: FindingList): Remittance | null {
  items.end();
  if (payment.unreadable) return null;
  const { currency, exponent } = payment;
  const total = payment.total();
  const difference = total === null ? null : total.minor - items.itemsMinor - items.adjustmentsMinor;
  const money = (minor: bigint): Money => ({ minor, currency });
  if (items.lines.length === 0) {
    findings.warning(payment.where, '', items.complete ? 'the payment names no items' : 'no item of the payment could be read');
  } else if (total === null) {
    findings.warning(payment.where, '', 'the payment states no readable total to compare its items with');
  } else if (difference !== null && difference !== 0n) {
    const [stated, lines, beside, gap] = [total.minor, items.itemsMinor, items.adjustmentsMinor, difference].map((minor) => formatMinorUnits(minor, exponent));
    const hint = items.complete ? '' : '; an amount could not be read';
    findings.warning(payment.where, stated ?? '', `out of balance: the payment is ${stated}, its items ${lines} and its other adjustments ${beside}, a gap of ${gap}${hint}`);
  }
  return payment.remittance(total, items.lines, { lines: money(items.itemsMinor), adjustments: money(items.adjustmentsMinor), difference: difference === null ? null : money(difference) });
}
