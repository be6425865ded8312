import type { CurrencyCode } from '#canonical';
import { currencyBeside, decimalEvidence, isBareNumber, plainEvidence } from '../csv/csv-amounts.js';
import { dateEvidence } from '../csv/csv-dates.js';
import type { DateOrder, DecimalMark, LayoutQuestion } from '../csv/csv-layout.js';
import { COPIED_LENGTH_MAX, type TableRow } from './table-row.js';

/** One contradicting value in so many does not make a question of a settled one; its row becomes a finding. */
const OUTLIER_SHARE = 20;
/** Different days remembered: files repeat them thousands of times. */
const DAYS_REMEMBERED_MAX = 4_096;
const ISO_DAY_LENGTH = 10;
const HYPHEN = 45;

/** What the amounts and days of a table prove about how it is written. */
export class WritingEvidence {
  readonly #marks = { '.': 0, ',': 0, undecided: 0, none: 0 };
  readonly #orders = { dayMonthYear: 0, monthDayYear: 0, undecided: 0, none: 0 };
  readonly #currencies = new Set<CurrencyCode>();
  readonly #days = new Map<string, DateOrder | 'undecided' | 'none'>();

  /** An empty cell proves nothing, and a number that the file itself marks as one needs no mark. */
  addAmount(row: TableRow, index: number): void {
    const cell = row.cell(index);
    if (cell === '' || row.isNumber(index)) return;
    const plain = plainEvidence(cell);
    this.#marks[plain ?? decimalEvidence(cell)] += 1;
    const currency = plain !== null || isBareNumber(cell) ? null : currencyBeside(cell);
    if (currency !== null) this.#currencies.add(currency);
  }

  addDay(cell: string): void {
    // Year, month and day as ISO 8601 has them prove nothing, and need no look-up to say so.
    if (cell.length === ISO_DAY_LENGTH && cell.charCodeAt(4) === HYPHEN && cell.charCodeAt(7) === HYPHEN) {
      this.#orders.none += 1;
      return;
    }
    let evidence = this.#days.get(cell);
    if (evidence === undefined) {
      evidence = dateEvidence(cell);
      if (this.#days.size < DAYS_REMEMBERED_MAX && cell.length <= COPIED_LENGTH_MAX) this.#days.set(cell, evidence);
    }
    this.#orders[evidence] += 1;
  }

  decimalMark(questions: LayoutQuestion[]): DecimalMark {
    return settle<DecimalMark>(this.#marks, '.', ',', 'decimalMark', questions);
  }

  dateOrder(questions: LayoutQuestion[]): DateOrder {
    return settle<DateOrder>(this.#orders, 'dayMonthYear', 'monthDayYear', 'dateOrder', questions);
  }

  /** The currency written beside the amounts, where it is one throughout. */
  currency(): CurrencyCode | null {
    return this.#currencies.size === 1 ? [...this.#currencies][0] ?? null : null;
  }
}

/** The option the values prove; a question when they prove both or, though they must be read one way or the other, neither. */
function settle<Option extends string>(
  counts: Readonly<Record<Option | 'undecided', number>>, first: Option, second: Option, question: LayoutQuestion, questions: LayoutQuestion[],
): Option {
  const least = Math.min(counts[first], counts[second]);
  const most = Math.max(counts[first], counts[second]);
  if (most === 0 ? counts.undecided > 0 : least * OUTLIER_SHARE > most) questions.push(question);
  return counts[second] > counts[first] ? second : first;
}
