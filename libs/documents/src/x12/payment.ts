import { currencyExponent, type CurrencyCode, isCurrencyCode, type LocalDate, type Money, type Remittance, type Where } from '#canonical';
import type { FindingList } from '../finding-list.js';
import type { Segment } from './segment.js';
import { parseX12Amount, parseX12Date } from './x12-values.js';

const DEFAULT_CURRENCY = 'USD';

/** Elements of the segment that begins a payment: BPR, and BPS of versions before 003020. Zero: it has none. */
interface Beginning {
  readonly method: number;
  readonly amount: number;
  readonly direction: number;
  readonly originator: number;
  readonly effectiveOn: number;
}
const BEGINNINGS: Readonly<Record<string, Beginning>> = {
  BPR: { amount: 2, direction: 3, method: 4, originator: 10, effectiveOn: 16 },
  BPS: { method: 1, amount: 2, direction: 0, originator: 7, effectiveOn: 12 },
};

/** The head of a payment: everything of a {@link Remittance} but its items. Amounts wait until the currency is known. */
export class Payment {
  currency: CurrencyCode = DEFAULT_CURRENCY;
  exponent = 2;
  /** Set when the currency is none: no amount of the payment can then be read. */
  unreadable = false;
  readonly where: Where;
  #total: { readonly text: string; readonly where: Where };
  #payerName: string | null = null;
  #payerId: string | null = null;
  #remitterName: string | null = null;
  #payee: string | null;
  #reference: string | null = null;
  #originator: string | null;
  readonly #method: string | null;
  #paidOn: LocalDate | null;

  /** @param begin BPR or BPS */
  constructor(begin: Segment, private readonly findings: FindingList, inherited: { readonly currency: CurrencyCode | null; readonly payee: string | null; readonly paidOn: LocalDate | null }) {
    const elements = BEGINNINGS[begin.id] ?? { method: 4, amount: 2, direction: 3, originator: 10, effectiveOn: 16 };
    this.where = begin.where();
    this.#total = { text: begin.at(elements.amount), where: begin.where(elements.amount) };
    this.#method = begin.at(elements.method) || null;
    this.#originator = begin.at(elements.originator) || null;
    this.#payee = inherited.payee;
    this.#paidOn = readDay(begin, elements.effectiveOn, findings) ?? inherited.paidOn;
    if (inherited.currency !== null) this.#useCurrency(inherited.currency);
    if (elements.direction > 0 && begin.at(elements.direction) === 'D') findings.warning(begin.where(elements.direction), 'D', 'the payment is a debit: its receiver draws the money; the amount keeps the sign it is written with');
  }

  /** A segment between the beginning and the first item. */
  head(segment: Segment): void {
    if (segment.id === 'TRN') this.#trace(segment);
    else if (segment.id === 'CUR') this.#readCurrency(segment);
    else if (segment.id === 'N1') this.#party(segment);
    else if (segment.id === 'DTM' && PAYMENT_DAYS.has(segment.at(1)) && this.#paidOn === null) this.#paidOn = readDay(segment, 2, this.findings);
  }

  total(): Money | null {
    const { text, where } = this.#total;
    if (text === '' || this.unreadable) return null;
    const minor = parseX12Amount(text, this.exponent);
    if (typeof minor === 'bigint') return { minor, currency: this.currency };
    this.findings.error(where, text, `the amount of the payment cannot be read: ${minor}`);
    this.#total = { text: '', where };
    return null;
  }

  remittance(total: Money | null, lines: Remittance['lines'], sums: Remittance['sums']): Remittance {
    return {
      payer: { name: this.#payerName ?? this.#remitterName, id: this.#originator ?? this.#payerId }, payee: this.#payee, reference: this.#reference,
      method: this.#method, total, currency: this.currency, paidOn: this.#paidOn, lines, sums, where: this.where,
    };
  }

  #trace(segment: Segment): void {
    this.#reference ??= segment.at(2) || null;
    this.#originator ??= segment.at(3) || null;
  }

  #readCurrency(segment: Segment): void {
    const code = segment.at(2);
    if (isCurrencyCode(code)) return this.#useCurrency(code);
    this.unreadable = true;
    this.findings.error(segment.where(2), code, 'the currency is no ISO 4217 code, so no amount of this payment can be read; the payment was not taken');
  }

  #useCurrency(code: CurrencyCode): void {
    this.currency = code;
    this.exponent = currencyExponent(code);
  }

  #party(segment: Segment): void {
    const role = segment.at(1);
    const name = segment.at(2) || null;
    if (role === 'PE') this.#payee = name ?? this.#payee;
    else if (role === 'PR') {
      this.#payerName ??= name;
      this.#payerId ??= segment.at(4) || null;
    } else if (role === 'RM') this.#remitterName ??= name;
  }
}

/** Qualifiers of DTM that say when a payment is made: check date, effective date. */
const PAYMENT_DAYS: ReadonlySet<string> = new Set(['020', '007']);

/** A day, or null with a warning where something else is written. */
export function readDay(segment: Segment, element: number, findings: FindingList): LocalDate | null {
  const text = segment.at(element);
  if (text === '') return null;
  const day = parseX12Date(text);
  if (day === null) findings.warning(segment.where(element), text, 'is no day (CCYYMMDD or YYMMDD); it was left out');
  return day;
}
