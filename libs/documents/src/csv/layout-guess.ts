import type { CurrencyCode } from '#canonical';
import type { TableRow } from '../table/table-row.js';
import { WritingEvidence } from '../table/writing-evidence.js';
import { isBareNumber } from './csv-amounts.js';
import { columnIndex, type ColumnRole, type CsvColumns, type Delimiter, headerKey, type LayoutGuess, type LayoutQuestion } from './csv-layout.js';
import { directionOf, headerMeaning, IBAN_HEADER } from './header-words.js';

export const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];
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

/** How many columns of a statement a row names; 0 when a day or an amount is not among them. */
export function statementHeaderScore(cells: readonly string[]): number {
  const roles = new Set<ColumnRole>();
  for (const cell of cells) {
    const { role } = headerMeaning(cell);
    if (role !== null) roles.add(role);
  }
  const money = roles.has('amount') || roles.has('credit') || roles.has('debit');
  return roles.has('bookedOn') && money ? roles.size : 0;
}

/** True for the row that holds the headers themselves, wherever it stands. */
export function isHeaderRow(row: TableRow, headers: readonly string[]): boolean {
  return row.length === headers.length && headers.every((header, index) => row.cell(index) === header);
}

/** Settles how a table of transactions is written by all its rows, or asks. Nothing is assumed that a wrong assumption would change money or days by. */
export class StatementLayoutEvidence {
  readonly #columns: CsvColumns;
  readonly #amounts: readonly number[];
  readonly #days: readonly number[];
  readonly #iban: number;
  readonly #signed: number;
  readonly #type: number;
  readonly #style = new WritingEvidence();
  readonly #ibans = new Set<string>();
  #negatives = 0;
  #rows = 0;
  /** Values of the type column that say money in or out. */
  #directions = 0;

  constructor(readonly header: HeaderRow, readonly known: KnownOfSource) {
    const { headers } = header;
    const columns = columnsOf(headers);
    const at = (name: string | null): number => columnIndex(name, headers);
    this.#columns = columns;
    this.#amounts = [columns.amount, columns.credit, columns.debit, columns.balance].map(at).filter((index) => index >= 0);
    this.#days = [columns.bookedOn, columns.valueOn].map(at).filter((index) => index >= 0);
    this.#iban = headers.findIndex((cell) => headerKey(cell) === IBAN_HEADER);
    this.#signed = at(columns.amount);
    this.#type = at(columns.type);
  }

  /** A row of the table, the header not among them. */
  add(row: TableRow): void {
    this.#rows += 1;
    for (const index of this.#amounts) this.#style.addAmount(row, index);
    for (const index of this.#days) this.#style.addDay(row.cell(index));
    if (this.#iban >= 0 && this.#ibans.size < 2) this.#ibans.add(row.cell(this.#iban));
    if (this.#signed >= 0 && this.#negatives === 0 && looksNegative(row.cell(this.#signed))) this.#negatives += 1;
    if (this.#type >= 0 && this.#directions === this.#rows - 1 && directionOf(row.cell(this.#type)) !== null) this.#directions += 1;
  }

  guess(): LayoutGuess {
    const { header: { delimiter, headers }, known } = this;
    const questions: LayoutQuestion[] = [];
    const decimalMark = this.#style.decimalMark(questions);
    const dateOrder = this.#style.dateOrder(questions);
    const named = headers.map((cell) => headerMeaning(cell).currency).find((currency) => currency !== null) ?? null;
    const currency = known.currency ?? (this.#columns.currency === null ? named ?? this.#style.currency() : null);
    if (currency === null && this.#columns.currency === null) questions.push('currency');
    const columns = this.#withDirection(this.#withIban());
    return { layout: { delimiter, hasHeader: true, columns, decimalMark, dateOrder, signs: 'asWritten', currency, account: known.account }, questions };
  }

  /** A bare IBAN column with one value throughout is our own account; with several it is the other side's. */
  #withIban(): CsvColumns {
    const columns = this.#columns;
    const iban = this.header.headers[this.#iban];
    if (iban === undefined) return columns;
    if (columns.account === null && this.#ibans.size === 1 && !this.#ibans.has('')) return { ...columns, account: iban };
    return columns.payerAccount === null ? { ...columns, payerAccount: iban } : columns;
  }

  /** Without any minus in the file, a type column that says credit or debit in every row is the direction. */
  #withDirection(columns: CsvColumns): CsvColumns {
    const fits = columns.direction === null && columns.amount !== null && this.#rows > 0 && this.#directions === this.#rows && this.#negatives === 0;
    return fits ? { ...columns, direction: columns.type } : columns;
  }
}

function looksNegative(text: string): boolean {
  return isBareNumber(text) ? text.startsWith('-') : /[-\u2212(]|DR$/i.test(text);
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
