import { type CurrencyCode, formatMoney, type LocalDate, type Money, type Remittance, type RemittanceLine, sumMoney, type Where } from '#canonical';
import type { FindingList } from '../finding-list.js';
import { remittanceSums } from '../remittance-sums.js';
import type { PaymentOfRow } from './remittance-row-reader.js';

/** The rows of one payment. */
export class PaymentGroup {
  readonly lines: RemittanceLine[] = [];
  readonly currency: CurrencyCode;
  readonly payment: string;
  #payerName: string | null;
  #customer: string | null;
  #paidOn: LocalDate | null;
  #total: Money | null = null;
  #gross = 0n;
  #discount = 0n;
  #customersDiffer = false;

  constructor(of: PaymentOfRow, readonly where: Where) {
    this.currency = of.currency;
    this.payment = of.payment;
    this.#payerName = of.payerName;
    this.#customer = of.customer;
    this.#paidOn = of.paidOn;
  }

  get payerName(): string | null {
    return this.#payerName;
  }

  get paidOn(): LocalDate | null {
    return this.#paidOn;
  }

  get total(): Money | null {
    return this.#total;
  }

  add(line: RemittanceLine, of: PaymentOfRow, findings: FindingList): void {
    this.lines.push(line);
    this.#gross += line.gross?.minor ?? 0n;
    this.#discount += line.discount?.minor ?? 0n;
    this.#payerName ??= of.payerName;
    this.#customer ??= of.customer;
    this.#customersDiffer ||= of.customer !== null && of.customer !== this.#customer;
    this.#paidOn ??= of.paidOn;
    if (of.amount !== null) this.declare(of.amount, line.where, findings);
  }

  /** Facts from above the table, where no row says them. */
  complete(payerName: string | null, customer: string | null, paidOn: LocalDate | null): void {
    this.#payerName ??= payerName;
    this.#customer ??= customer;
    this.#paidOn ??= paidOn;
  }

  /** States the total; two that differ are said, the first one stands. */
  declare(total: Money, where: Where, findings: FindingList): void {
    if (this.#total === null) this.#total = total;
    else if (this.#total.minor !== total.minor) findings.warning(where, formatMoney(total), `the payment's total is ${formatMoney(this.#total)} elsewhere in the file, and ${formatMoney(total)} here`);
  }

  /** Compares what a totals row says of gross and discount. */
  checkColumns(gross: Money | null, discount: Money | null, where: Where, findings: FindingList): void {
    for (const [name, declared, computed] of [['gross', gross?.minor ?? null, this.#gross], ['discount', discount === null ? null : magnitude(discount.minor), magnitude(this.#discount)]] as const) {
      if (declared === null || declared === computed) continue;
      const [said, found] = [declared, computed].map((minor) => formatMoney({ minor, currency: this.currency }));
      findings.warning(where, said ?? '', `the total of the ${name} column: declared ${said}, computed ${found}`);
    }
  }

  sum(): Money {
    return sumMoney(this.lines.flatMap(({ paid }) => (paid === null ? [] : [paid])), this.currency);
  }

  remittance(findings: FindingList): Remittance {
    const total = this.#total;
    const sums = remittanceSums(this.lines, total, this.currency);
    const { difference } = sums;
    if (total !== null && difference !== null && difference.minor !== 0n) {
      findings.warning(this.where, formatMoney(total), `the payment's total is ${formatMoney(total)}, its lines come to ${formatMoney(this.sum())}: a gap of ${formatMoney(difference)}`);
    }
    if (this.#customersDiffer) findings.warning(this.where, this.#customer ?? '', 'one payment, and rows that name several customers: none of them was taken as its payer');
    return {
      payer: { name: this.#payerName, id: this.#customersDiffer ? null : this.#customer }, payee: null, reference: this.payment || null, method: null, total, currency: this.currency, paidOn: this.#paidOn,
      lines: this.lines, sums, where: this.where,
    };
  }
}

function magnitude(minor: bigint): bigint {
  return minor < 0n ? -minor : minor;
}
