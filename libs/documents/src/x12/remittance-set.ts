import type { Remittance } from '#canonical';
import type { FindingList } from '../finding-list.js';
import { Payment } from './payment.js';
import { PaymentItems } from './payment-items.js';
import { closePayment } from './remittance-closing.js';
import type { Segment } from './segment.js';

/** Reads the segments between ST and SE of one transaction set. */
export interface SetReader {
  segment(segment: Segment): void;
  /** At SE, or where the set breaks off. */
  end(): void;
}

export type TakeRemittance = (remittance: Remittance) => void;

/** Transaction set 820, payment order or remittance advice: one payment (reference 4.2). */
export class RemittanceSet implements SetReader {
  #payment: Payment | null = null;
  #items: PaymentItems | null = null;
  #itemsBegun = false;

  constructor(private readonly start: Segment['where'], private readonly take: TakeRemittance, private readonly findings: FindingList) {}

  segment(segment: Segment): void {
    const { id } = segment;
    const items = this.#items;
    if (items === null || this.#payment === null) return this.#beforePayment(segment);
    switch (id) {
      case 'RMR': case 'RMT': this.#itemsBegun = true; return items.item(segment);
      case 'ADX': this.#itemsBegun = true; return items.adjustment(segment);
      case 'ENT': this.#itemsBegun = true; return items.entity(segment);
      case 'BPR': case 'BPS': return this.#nextPayment(segment);
      default:
    }
    if (this.#itemsBegun) items.detail(segment);
    else this.#payment.head(segment);
  }

  end(): void {
    if (this.#payment === null || this.#items === null) {
      this.findings.error(this.start(), '', 'the 820 has neither BPR nor BPS, so there is no payment; it was not taken');
      return;
    }
    const remittance = closePayment(this.#payment, this.#items, this.findings);
    if (remittance !== null) this.take(remittance);
  }

  #beforePayment(segment: Segment): void {
    if (segment.id === 'BPR' || segment.id === 'BPS') this.#nextPayment(segment);
    else if (segment.id === 'RMR' || segment.id === 'RMT') this.findings.error(segment.where(), segment.text(), 'the item stands before any payment (BPR); it was not taken');
  }

  #nextPayment(segment: Segment): void {
    if (this.#payment !== null) {
      this.findings.warning(segment.where(), segment.text(), 'a second payment begins in the same set; it is read as one of its own');
      this.end();
    }
    this.#payment = new Payment(segment, this.findings, { currency: null, payee: null, paidOn: null });
    this.#items = new PaymentItems(this.#payment, this.findings);
    this.#itemsBegun = false;
  }
}
