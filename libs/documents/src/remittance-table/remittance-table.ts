import { type CurrencyCode, formatMoney, isCurrencyCode, type LocalDate, type Money, type RemittanceLineKind, sumMoney } from '#canonical';
import { parseCsvDate } from '../csv/csv-dates.js';
import type { DocumentSink } from '../document-sink.js';
import { type FindingList, whereAt } from '../finding-list.js';
import { RECORDS_MAX } from '../limits.js';
import type { TableEnd, TableReading } from '../table/table-reading.js';
import { cellsOf, type TableRow } from '../table/table-row.js';
import { cellAmount, UnreadableRemittanceCell } from './cell-amount.js';
import { LINES_HELD_MAX, PAYMENTS_REMEMBERED_MAX } from './limits.js';
import { paymentFacts } from './payment-facts.js';
import { PaymentGroup } from './payment-group.js';
import { isRemittanceHeader, type RemittanceHeader } from './remittance-header.js';
import type { RemittanceLayout } from './remittance-layout.js';
import { type PaymentOfRow, RemittanceRowReader } from './remittance-row-reader.js';
import { kindOf, totalWord } from './remittance-words.js';

/**
 * Reads a payer's table: one remittance per payment number, payer and currency; without a number, per day of payment too. A totals row is recognised and checked, never taken as an item; a
 * heading of a section names the kind of the items below it. Payments that ended are handed on once many lines are held.
 */
export class RemittanceTable implements TableReading {
  readonly #reader: RemittanceRowReader;
  readonly #groups = new Map<string, PaymentGroup>();
  /** Groups by number and currency alone, as a totals row names them; null where several payers share a number. */
  readonly #named = new Map<string, PaymentGroup | null>();
  /** Payments handed on already. */
  readonly #gone = new Set<string>();
  #facts: { payment: string; payerName: string | null; customer: string | null; paidOn: LocalDate | null; amount: (() => Money | null) | null } = { payment: '', payerName: null, customer: null, paidOn: null, amount: null };
  #last: PaymentGroup | null = null;
  /** Groups since the last totals row. */
  #unsummed = new Set<PaymentGroup>();
  #subtotalFrom = 0;
  #section: RemittanceLineKind | null = null;
  #inData: boolean;
  #heldLines = 0;
  #count = 0;
  #given = 0;
  #beyond: TableEnd['refused'] = null;

  constructor(readonly header: RemittanceHeader, readonly layout: RemittanceLayout, readonly sink: DocumentSink, readonly findings: FindingList) {
    this.#reader = new RemittanceRowReader(layout, header.headers, layout.currency, findings);
    this.#inData = !layout.hasHeader;
  }

  take(row: TableRow): boolean {
    this.#count += 1;
    if (this.#count > RECORDS_MAX) {
      this.#beyond = { problem: `the file has more than ${RECORDS_MAX} rows`, where: whereAt(row.line, 1, null) };
      return false;
    }
    try {
      this.#takeRow(row);
    } catch (error) {
      if (!(error instanceof UnreadableRemittanceCell)) throw error;
      this.findings.error(this.#reader.where(row, error.index), error.value, `${error.message}; the row was not taken`);
    }
    return true;
  }

  end(): TableEnd {
    if (this.#beyond !== null) return { refused: this.#beyond, questions: [] };
    for (const group of this.#groups.values()) this.#giveOn(group);
    if (this.#given === 0) this.findings.warning(whereAt(null, null, null), '', 'the table holds no item that is paid');
    return { refused: null, questions: [] };
  }

  #takeRow(row: TableRow): void {
    if (this.layout.hasHeader && isRemittanceHeader(row, this.header)) {
      this.#inData = true;
      return;
    }
    if (!this.#inData) return this.#takeFacts(row);
    const cells = cellsOf(row).filter((cell) => cell !== '');
    if (cells.every((cell) => !/[\p{L}\p{N}]/u.test(cell))) return;
    if (row.problem !== null) this.findings.warning(whereAt(row.line, 1, row.record), cells.join(' '), row.problem);
    const sums = this.#sumWord(row);
    if (sums !== null) return this.#takeTotal(row, sums);
    if (this.#reader.hasNoAmount(row)) return this.#takeWordless(row, cells);
    this.#takeItem(row);
  }

  #takeItem(row: TableRow): void {
    const of = this.#reader.payment(row);
    const line = this.#reader.line(row, of.currency, this.#section);
    if (line.reference === '' && line.memo === null && this.#isUnlabelledTotal(line.paid)) return this.#takeTotal(row, 'total');
    if (line.reference === '' && line.kind === 'other') {
      this.findings.warning(line.where, cellsOf(row).filter((cell) => cell !== '').join(' '), 'the row has an amount and names no item; it was taken as an item without a number');
    }
    const group = this.#groupOf(of, row);
    group.add(line, of, this.findings);
    this.#heldLines += 1;
    this.#unsummed.add(group);
    this.#last = group;
  }

  /** The last amounts of many tables stand under the columns without a word. */
  #isUnlabelledTotal(paid: Money | null): boolean {
    const last = this.#last;
    return paid !== null && last !== null && last.lines.length > 1 && last.currency === paid.currency && last.sum().minor === paid.minor;
  }

  #groupOf(of: PaymentOfRow, row: TableRow): PaymentGroup {
    const key = this.#keyOf(of);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#gone.has(key)) this.findings.warning(whereAt(row.line, 1, row.record), of.payment, 'rows of this payment stand apart in the file; they became two remittances');
    if (this.#heldLines > LINES_HELD_MAX) this.#giveEnded();
    const group = new PaymentGroup(of, whereAt(row.line, 1, row.record));
    this.#groups.set(key, group);
    const name = `${of.payment}\n${of.currency}`;
    this.#named.set(name, this.#named.has(name) ? null : group);
    return group;
  }

  /** A portal's list names many payers, whose cheque numbers may be alike. A cell left empty says the same as the row above. */
  #keyOf({ payment, currency, payerName, paidOn }: PaymentOfRow): string {
    const last = this.#last?.payment === payment && this.#last.currency === currency ? this.#last : null;
    const payer = payerName ?? last?.payerName ?? '';
    const day = payment === '' && this.#facts.payment === '' ? paidOn ?? last?.paidOn ?? '' : '';
    return [payment, currency, payer.toUpperCase().replace(/[^\p{L}\p{N}]/gu, ''), day].join('\n');
  }

  #giveEnded(): void {
    for (const [key, group] of this.#groups) {
      this.#giveOn(group);
      if (this.#gone.size < PAYMENTS_REMEMBERED_MAX) this.#gone.add(key);
    }
    this.#groups.clear();
    this.#named.clear();
    this.#unsummed = new Set();
    this.#heldLines = 0;
    this.#subtotalFrom = 0;
  }

  #giveOn(group: PaymentGroup): void {
    const { payerName, customer, paidOn, amount } = this.#facts;
    group.complete(payerName, customer, paidOn);
    const stated = this.#groups.size === 1 && this.#given === 0 ? amount?.() ?? null : null;
    if (stated !== null && stated.currency === group.currency) group.declare(stated, group.where, this.findings);
    const remittance = group.remittance(this.findings);
    this.sink.remittance(remittance.reference === null && this.#facts.payment !== '' ? { ...remittance, reference: this.#facts.payment } : remittance);
    this.#given += 1;
  }

  /** Words and no amount: an item he names without one, a heading, or a fact of the payment. */
  #takeWordless(row: TableRow, cells: readonly string[]): void {
    const reference = this.#reader.text(row, 'reference');
    if (/\d/.test(reference) && cells.length > 1) {
      this.#takeItem(row);
      return this.findings.warning(whereAt(row.line, 1, row.record), reference, 'the item has no amount; it was taken without one');
    }
    const kind = cells.length <= 2 ? kindOf(cells[0] ?? '') : null;
    if (kind !== null) this.#section = kind === 'invoice' ? null : kind;
    else if (cells.some((cell) => /\d/.test(cell)) && paymentFacts(row).length === 0) {
      this.findings.warning(whereAt(row.line, 1, row.record), cells.join(' '), 'the row has no amount in the columns of the table: it is no item');
    }
  }

  #takeFacts(row: TableRow): void {
    for (const { fact, value, index } of paymentFacts(row)) {
      if (fact === 'payment' && this.#facts.payment === '') this.#facts.payment = value;
      else if (fact === 'payerName') this.#facts.payerName ??= value;
      else if (fact === 'customer') this.#facts.customer ??= value;
      else if (fact === 'paidOn') this.#facts.paidOn ??= parseCsvDate(value, this.layout.dateOrder);
      else if (fact === 'paymentAmount') this.#facts.amount ??= this.#statedAmount(row, index, value);
    }
  }

  #statedAmount(row: TableRow, index: number, value: string): () => Money | null {
    const { line, record } = row;
    const number = row.isNumber(index);
    const cell = { line, record, length: 1, problem: null, cell: () => value, isNumber: () => number, columnOf: () => row.columnOf(index) };
    const place = whereAt(line, row.columnOf(index), record);
    return () => {
      const currency: CurrencyCode | undefined = [...this.#groups.values()][0]?.currency;
      if (currency === undefined || !isCurrencyCode(currency)) return null;
      try {
        return cellAmount(cell, 0, this.layout.decimalMark, currency);
      } catch (error) {
        if (!(error instanceof UnreadableRemittanceCell)) throw error;
        this.findings.warning(place, value, `the payment's amount was left out: ${error.message}`);
        return null;
      }
    };
  }

  /** A totals row says so in its first words; an item whose text begins so has a number of its own. */
  #sumWord(row: TableRow): 'total' | 'subtotal' | null {
    const reference = this.#reader.text(row, 'reference');
    if (reference !== '') return totalWord(reference);
    for (let index = 0; index < row.length; index += 1) {
      const word = totalWord(row.cell(index));
      if (word !== null) return word;
    }
    return null;
  }

  #takeTotal(row: TableRow, word: 'total' | 'subtotal'): void {
    const where = whereAt(row.line, 1, row.record);
    const payment = this.#reader.text(row, 'payment');
    const currency = this.#reader.text(row, 'currency') === '' ? this.#last?.currency ?? this.#reader.currencyOf(row) : this.#reader.currencyOf(row);
    const { paid, gross, discount } = this.#reader.amounts(row, currency);
    const own = this.#named.get(`${payment}\n${currency}`) ?? (this.#unsummed.size === 1 ? this.#last : null);
    if (word === 'subtotal') return this.#checkSubtotal(row, paid ?? gross);
    if (own !== null && own.total === null) {
      if (paid !== null) own.declare(paid, where, this.findings);
      own.checkColumns(gross, discount, where, this.findings);
    } else if (paid !== null) this.#checkGrandTotal(paid, where);
    this.#unsummed = new Set();
    this.#section = null;
  }

  #checkSubtotal(row: TableRow, declared: Money | null): void {
    const lines = this.#last?.lines ?? [];
    const computed = sumMoney(lines.slice(this.#subtotalFrom).flatMap(({ paid }) => (paid === null ? [] : [paid])), this.#last?.currency ?? declared?.currency ?? '');
    this.#subtotalFrom = lines.length;
    if (declared === null || declared.minor === computed.minor) return;
    this.findings.warning(whereAt(row.line, 1, row.record), formatMoney(declared), `the subtotal does not agree: declared ${formatMoney(declared)}, computed ${formatMoney(computed)}`);
  }

  #checkGrandTotal(declared: Money, where: ReturnType<typeof whereAt>): void {
    const sums = [...this.#groups.values()].filter(({ currency }) => currency === declared.currency).map((group) => group.sum());
    const computed = sumMoney(sums, declared.currency);
    if (this.#gone.size > 0 || computed.minor === declared.minor) return;
    this.findings.warning(where, formatMoney(declared), `the total of all payments does not agree: declared ${formatMoney(declared)}, computed ${formatMoney(computed)}`);
  }
}
