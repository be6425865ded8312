import { type CurrencyCode, currencyExponent, formatMinorUnits, isCurrencyCode, type LocalDate, type Where } from '#canonical';
import type { FindingList } from '../finding-list.js';
import { Payment, readDay } from './payment.js';
import { PaymentItems } from './payment-items.js';
import { closePayment } from './remittance-closing.js';
import type { SetReader, TakeRemittance } from './remittance-set.js';
import type { Segment } from './segment.js';
import { parseX12Amount, parseX12Count } from './x12-values.js';

/** What a deposit or batch says of itself, and what was really in it. */
interface Control {
  readonly name: 'deposit' | 'batch';
  readonly where: Where;
  amount: { readonly text: string; readonly where: Where } | null;
  readonly quantities: { readonly text: string; readonly where: Where }[];
  minor: bigint;
  cheques: number;
  batches: number;
}

/** Transaction set 823, lockbox: deposits of batches of cheques; every cheque (BPR) is a remittance (reference 4.3). */
export class LockboxSet implements SetReader {
  #payment: Payment | null = null;
  #items: PaymentItems | null = null;
  #itemsBegun = false;
  #deposit: Control | null = null;
  #batch: Control | null = null;
  #depositedOn: LocalDate | null = null;
  #currency: CurrencyCode | null = null;
  #payee: string | null = null;
  #cheques = 0;

  constructor(private readonly start: Segment['where'], private readonly take: TakeRemittance, private readonly findings: FindingList) {}

  segment(segment: Segment): void {
    switch (segment.id) {
      case 'DEP': return this.#openDeposit(segment);
      case 'BAT': return this.#openBatch(segment);
      case 'BPR': case 'BPS': return this.#openCheque(segment);
      default:
    }
    if (this.#payment !== null && this.#items !== null) this.#ofCheque(segment, this.#payment, this.#items);
    else this.#ofControl(segment, this.#batch ?? this.#deposit);
  }

  end(): void {
    this.#closeDeposit();
    if (this.#cheques === 0) this.findings.warning(this.start(), '', 'the 823 holds no cheques (BPR)');
  }

  #ofCheque(segment: Segment, payment: Payment, items: PaymentItems): void {
    const { id } = segment;
    if (id === 'RMR' || id === 'RMT') items.item(segment);
    else if (id === 'ADX') items.adjustment(segment);
    else if (this.#itemsBegun) return items.detail(segment);
    else return payment.head(segment);
    this.#itemsBegun = true;
  }

  #ofControl(segment: Segment, control: Control | null): void {
    if (segment.id === 'N1' && segment.at(1) === 'PE') this.#payee = segment.at(2) || null;
    else if (segment.id === 'CUR' && isCurrencyCode(segment.at(2))) this.#currency = segment.at(2);
    else if (segment.id === 'RMR' || segment.id === 'RMT') this.findings.error(segment.where(), segment.text(), 'the item stands before any cheque (BPR); it was not taken');
    else if (control === null) return;
    else if (segment.id === 'AMT') control.amount ??= { text: segment.at(2), where: segment.where(2) };
    else if (segment.id === 'QTY') control.quantities.push({ text: segment.at(2), where: segment.where(2) });
  }

  #openDeposit(segment: Segment): void {
    this.#closeDeposit();
    this.#deposit = control('deposit', segment);
    this.#depositedOn = readDay(segment, 2, this.findings);
  }

  #openBatch(segment: Segment): void {
    this.#closeBatch();
    this.#batch = control('batch', segment);
    if (this.#deposit !== null) this.#deposit.batches += 1;
    this.#depositedOn = readDay(segment, 1, this.findings) ?? this.#depositedOn;
  }

  #openCheque(segment: Segment): void {
    this.#closeCheque();
    this.#cheques += 1;
    this.#payment = new Payment(segment, this.findings, { currency: this.#currency, payee: this.#payee, paidOn: this.#depositedOn });
    this.#items = new PaymentItems(this.#payment, this.findings);
    this.#itemsBegun = false;
  }

  #closeCheque(): void {
    const payment = this.#payment;
    if (payment === null || this.#items === null) return;
    this.#payment = null;
    const remittance = closePayment(payment, this.#items, this.findings);
    for (const control of [this.#batch, this.#deposit]) {
      if (control === null) continue;
      control.cheques += 1;
      control.minor += remittance?.total?.minor ?? 0n;
    }
    if (remittance !== null) this.take(remittance);
  }

  #closeBatch(): void {
    this.#closeCheque();
    if (this.#batch !== null) this.#compare(this.#batch);
    this.#batch = null;
  }

  #closeDeposit(): void {
    this.#closeBatch();
    if (this.#deposit !== null) this.#compare(this.#deposit);
    this.#deposit = null;
  }

  /**
   * AMT is the total of the cheques. A QTY of a batch counts cheques; the two of a deposit count batches and cheques, and as banks do not
   * agree on their qualifiers a count is right when it is one of the two.
   */
  #compare({ name, amount, quantities, minor, cheques, batches }: Control): void {
    const exponent = currencyExponent(this.#currency ?? 'USD');
    if (amount !== null && parseX12Amount(amount.text, exponent) !== minor) {
      this.findings.warning(amount.where, amount.text, `the ${name} declares ${amount.text === '' ? 'no amount' : amount.text}, its cheques come to ${formatMinorUnits(minor, exponent)}`);
    }
    for (const { text, where } of quantities) {
      const count = parseX12Count(text);
      if (count === cheques || (name === 'deposit' && count === batches)) continue;
      this.findings.warning(where, text, `the ${name} declares ${text === '' ? 'no quantity' : text}, there are ${cheques} cheques${name === 'deposit' ? ` in ${batches} batches` : ''}`);
    }
  }
}

function control(name: Control['name'], segment: Segment): Control {
  return { name, where: segment.where(), amount: null, quantities: [], minor: 0n, cheques: 0, batches: 0 };
}
