import { type CurrencyCode, formatMoney, isCurrencyCode, type LocalDate, type Money, type RemittanceLine, type RemittanceLineKind, type Where } from '#canonical';
import { parseCsvDate } from '../csv/csv-dates.js';
import { columnIndex } from '../csv/csv-layout.js';
import { type FindingList, whereAt } from '../finding-list.js';
import { MEMO_LENGTH_MAX } from '../limits.js';
import type { TableRow } from '../table/table-row.js';
import { cellAmount, UnreadableRemittanceCell } from './cell-amount.js';
import { settleAmounts, type WrittenAmounts } from './line-arithmetic.js';
import type { RemittanceLayout, RemittanceRole } from './remittance-layout.js';
import { kindOf } from './remittance-words.js';

type SingleRole = Exclude<RemittanceRole, 'memo'>;
type AmountRole = 'paid' | 'gross' | 'discount' | 'deduction' | 'paymentAmount';

/** What a row says of the payment it belongs to. */
export interface PaymentOfRow {
  readonly payment: string;
  readonly currency: CurrencyCode;
  readonly payerName: string | null;
  readonly customer: string | null;
  readonly paidOn: LocalDate | null;
  readonly amount: Money | null;
}

/** Cuts one row of a payer's table by a settled layout. */
export class RemittanceRowReader {
  readonly #index: Readonly<Record<SingleRole, number>>;
  readonly #memo: readonly number[];

  constructor(readonly layout: RemittanceLayout, headers: readonly string[], readonly currency: CurrencyCode | null, readonly findings: FindingList) {
    const { memo, ...single } = layout.columns;
    this.#index = Object.fromEntries(Object.entries(single).map(([role, name]) => [role, columnIndex(name, headers)])) as Record<SingleRole, number>;
    this.#memo = memo.map((name) => columnIndex(name, headers)).filter((index) => index >= 0);
  }

  text(row: TableRow, role: SingleRole): string {
    return row.cell(this.#index[role]);
  }

  /** The amounts a row has. @throws UnreadableRemittanceCell */
  amounts(row: TableRow, currency: CurrencyCode): WrittenAmounts {
    const [paid, gross, discount, deduction] = (['paid', 'gross', 'discount', 'deduction'] as const).map((role) => this.#amount(row, role, currency));
    return { paid: paid ?? null, gross: gross ?? null, discount: discount ?? null, deduction: deduction ?? null };
  }

  /** True where none of the amount columns has anything. */
  hasNoAmount(row: TableRow): boolean {
    return (['paid', 'gross', 'discount', 'deduction'] as const).every((role) => !/\d/.test(this.text(row, role)));
  }

  /** @throws UnreadableRemittanceCell for a currency that is none and a day that is none */
  payment(row: TableRow): PaymentOfRow {
    const currency = this.currencyOf(row);
    return {
      payment: this.text(row, 'payment'), currency, payerName: this.text(row, 'payerName') || null, customer: this.text(row, 'customer') || null,
      paidOn: this.#day(row), amount: this.#amount(row, 'paymentAmount', currency),
    };
  }

  currencyOf(row: TableRow): CurrencyCode {
    const written = this.text(row, 'currency').toUpperCase();
    const currency = written === '' ? this.layout.currency ?? this.currency : written;
    if (currency === null || !isCurrencyCode(currency)) throw new UnreadableRemittanceCell(this.#index.currency, written, `"${written}" is no ISO 4217 currency code`);
    return currency;
  }

  /** @param section the kind that the section's heading names. @throws UnreadableRemittanceCell */
  line(row: TableRow, currency: CurrencyCode, section: RemittanceLineKind | null): RemittanceLine {
    const where = whereAt(row.line, row.columnOf(Math.max(0, this.#index.reference)), row.record);
    const { paid, gross, discount, deduction, computed } = settleAmounts(this.amounts(row, currency));
    if (computed !== null && paid !== null) {
      this.findings.warning(this.where(row, this.#index.paid), this.text(row, 'paid'), `the row does not add up: paid ${formatMoney(paid)}, its gross, discount and deduction come to ${formatMoney(computed)}`);
    }
    const reference = this.text(row, 'reference');
    const order = this.text(row, 'purchaseOrder');
    const code = this.text(row, 'deductionCode') || null;
    const reason = this.text(row, 'deductionReason') || null;
    const kind = this.#kind(row, reference, order, code !== null || reason !== null, paid, section);
    const adjustment = kind === 'adjustment' ? paid : deduction;
    return {
      reference: reference || order, kind, paid, gross, discount,
      adjustments: adjustment === null || adjustment.minor === 0n ? [] : [{ amount: adjustment, code, text: reason, reference: kind === 'adjustment' && reference !== '' ? reference : null }],
      memo: this.#memoOf(row, adjustment === null ? [code, reason] : []), where,
    };
  }

  where(row: TableRow, index: number): Where {
    return whereAt(row.line, index >= 0 && index < row.length ? row.columnOf(index) : 1, row.record);
  }

  #kind(row: TableRow, reference: string, order: string, reasoned: boolean, paid: Money | null, section: RemittanceLineKind | null): RemittanceLineKind {
    const named = kindOf(this.text(row, 'kind')) ?? section;
    if (named !== null && named !== 'invoice') return named;
    if (reference === '' && order === '') return reasoned ? 'adjustment' : kindOf(this.#memoOf(row, []) ?? '') ?? 'other';
    if (reference === '') return 'purchaseOrder';
    return paid !== null && paid.minor < 0n ? 'credit' : 'invoice';
  }

  #amount(row: TableRow, role: AmountRole, currency: CurrencyCode): Money | null {
    return cellAmount(row, this.#index[role], this.layout.decimalMark, currency);
  }

  #day(row: TableRow): LocalDate | null {
    const text = this.text(row, 'paidOn');
    if (text === '') return null;
    const day = parseCsvDate(text, this.layout.dateOrder);
    if (day === null) throw new UnreadableRemittanceCell(this.#index.paidOn, text, `"${text}" is no day in the order ${this.layout.dateOrder}`);
    return day;
  }

  #memoOf(row: TableRow, further: readonly (string | null)[]): string | null {
    const memo = [...this.#memo.map((index) => row.cell(index)), ...further].filter((cell) => cell !== null && cell !== '').join(' ');
    if (memo.length <= MEMO_LENGTH_MAX) return memo || null;
    this.findings.warning(whereAt(row.line, 1, row.record), memo, `the text has ${memo.length} characters; the first ${MEMO_LENGTH_MAX} were kept`);
    return memo.slice(0, MEMO_LENGTH_MAX);
  }
}
