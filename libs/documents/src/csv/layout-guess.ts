import type { CurrencyCode } from '#canonical';
import { HEADER_ROWS_MAX } from '../limits.js';
import { currencyBeside, decimalEvidence } from './csv-amounts.js';
import { dateEvidence } from './csv-dates.js';
import { columnIndex, type ColumnRole, type CsvColumns, type CsvLayout, type DateOrder, type DecimalMark, type Delimiter, headerKey, type LayoutGuess, type LayoutQuestion } from './csv-layout.js';
import { type CsvRow, CsvRowScanner } from './csv-rows.js';
import { directionOf, headerMeaning, IBAN_HEADER } from './header-words.js';

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];
/** One contradicting value in so many does not make a question of a settled one; its row becomes a finding. */
const OUTLIER_SHARE = 20;

/** The row that names the columns. */
export interface HeaderRow {
  readonly delimiter: Delimiter;
  readonly headers: readonly string[];
}

/** What the caller already knows of the source. */
export interface KnownOfSource {
  readonly account: string | null;
  readonly currency: CurrencyCode | null;
}

/** Finds the header below any preamble: the row with the most known words, a day and an amount among them. Null when there is none. */
export function findHeader(text: string): HeaderRow | null {
  let best: HeaderRow | null = null;
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const scanner = new CsvRowScanner(text, delimiter);
    for (let count = 0; count < HEADER_ROWS_MAX; count += 1) {
      const row = scanner.next();
      if (row === null) break;
      const score = headerScore(row.cells);
      if (score > bestScore) [best, bestScore] = [{ delimiter, headers: row.cells }, score];
    }
  }
  return best;
}

function headerScore(cells: readonly string[]): number {
  const roles = new Set<ColumnRole>();
  for (const cell of cells) {
    const { role } = headerMeaning(cell);
    if (role !== null) roles.add(role);
  }
  const money = roles.has('amount') || roles.has('credit') || roles.has('debit');
  return roles.has('bookedOn') && money ? roles.size : 0;
}

/** True for the row that holds the headers themselves, wherever it stands. */
export function isHeaderRow(row: CsvRow, headers: readonly string[]): boolean {
  return row.cells.length === headers.length && row.cells.every((cell, index) => cell === headers[index]);
}

/** Everything the values of a file prove about how it is written. */
class Evidence {
  readonly marks = { '.': 0, ',': 0, undecided: 0, none: 0 };
  readonly orders = { dayMonthYear: 0, monthDayYear: 0, undecided: 0, none: 0 };
  readonly currencies = new Set<CurrencyCode>();
  readonly ibans = new Set<string>();
  negatives = 0;
  rows = 0;
  /** Values of the type column that say money in or out. */
  directions = 0;
}

/** Reads the whole file once and settles the layout, or asks. Nothing is assumed that a wrong assumption would change money or days by. */
export function guessLayout(text: string, header: HeaderRow, known: KnownOfSource): LayoutGuess {
  const columns = columnsOf(header.headers);
  const evidence = gather(text, header, columns);
  const questions: LayoutQuestion[] = [];
  const decimalMark = settle<DecimalMark>(evidence.marks, '.', ',', 'decimalMark', questions);
  const dateOrder = settle<DateOrder>(evidence.orders, 'dayMonthYear', 'monthDayYear', 'dateOrder', questions);
  const named = header.headers.map((cell) => headerMeaning(cell).currency).find((currency) => currency !== null) ?? null;
  const beside = evidence.currencies.size === 1 ? [...evidence.currencies][0] ?? null : null;
  const currency = known.currency ?? (columns.currency === null ? named ?? beside : null);
  if (currency === null && columns.currency === null) questions.push('currency');
  const complete = withDirection(withIban(columns, header.headers, evidence), evidence);
  const layout: CsvLayout = { delimiter: header.delimiter, hasHeader: true, columns: complete, decimalMark, dateOrder, signs: 'asWritten', currency, account: known.account };
  return { layout, questions };
}

function columnsOf(headers: readonly string[]): CsvColumns {
  const found = new Map<ColumnRole, string>();
  const memo: string[] = [];
  for (const header of headers) {
    const { role } = headerMeaning(header);
    if (role === 'memo') memo.push(header);
    else if (role !== null && !found.has(role)) found.set(role, header);
  }
  const column = (role: ColumnRole): string | null => found.get(role) ?? null;
  const split = column('amount') === null;
  return {
    bookedOn: column('bookedOn') ?? '', valueOn: column('valueOn'), amount: column('amount'), credit: split ? column('credit') : null, debit: split ? column('debit') : null,
    direction: column('direction'), currency: column('currency'), balance: column('balance'), account: column('account'), payerName: column('payerName'),
    payerAccount: column('payerAccount'), reference: column('reference'), customerReference: column('customerReference'), checkNumber: column('checkNumber'), type: column('type'), memo,
  };
}

function gather(text: string, header: HeaderRow, columns: CsvColumns): Evidence {
  const evidence = new Evidence();
  const at = (name: string | null): number => columnIndex(name, header.headers);
  const amounts = [columns.amount, columns.credit, columns.debit, columns.balance].map(at).filter((index) => index >= 0);
  const days = [columns.bookedOn, columns.valueOn].map(at).filter((index) => index >= 0);
  const iban = header.headers.findIndex((cell) => headerKey(cell) === IBAN_HEADER);
  const signed = at(columns.amount);
  const type = at(columns.type);
  const scanner = new CsvRowScanner(text, header.delimiter);
  let inData = false;
  for (let row = scanner.next(); row !== null; row = scanner.next()) {
    if (isHeaderRow(row, header.headers)) { inData = true; continue; }
    if (!inData) continue;
    evidence.rows += 1;
    for (const index of amounts) {
      const cell = row.cells[index] ?? '';
      if (cell === '') continue;
      evidence.marks[decimalEvidence(cell)] += 1;
      const currency = /\p{L}|[€£]/u.test(cell) ? currencyBeside(cell) : null;
      if (currency !== null) evidence.currencies.add(currency);
    }
    for (const index of days) evidence.orders[dateEvidence(row.cells[index] ?? '')] += 1;
    if (iban >= 0 && evidence.ibans.size < 2) evidence.ibans.add(row.cells[iban] ?? '');
    if (/[-\u2212(]|DR$/i.test(row.cells[signed] ?? '')) evidence.negatives += 1;
    if (type >= 0 && directionOf(row.cells[type] ?? '') !== null) evidence.directions += 1;
  }
  return evidence;
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

/** A bare IBAN column with one value throughout is our own account; with several it is the other side's. */
function withIban(columns: CsvColumns, headers: readonly string[], evidence: Evidence): CsvColumns {
  const iban = headers.find((cell) => headerKey(cell) === IBAN_HEADER);
  if (iban === undefined) return columns;
  if (columns.account === null && evidence.ibans.size === 1 && !evidence.ibans.has('')) return { ...columns, account: iban };
  return columns.payerAccount === null ? { ...columns, payerAccount: iban } : columns;
}

/** Without any minus in the file, a type column that says credit or debit in every row is the direction. */
function withDirection(columns: CsvColumns, evidence: Evidence): CsvColumns {
  const fits = columns.direction === null && columns.amount !== null && evidence.rows > 0 && evidence.directions === evidence.rows && evidence.negatives === 0;
  return fits ? { ...columns, direction: columns.type } : columns;
}
