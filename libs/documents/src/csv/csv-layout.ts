import type { CurrencyCode } from '#canonical';

export type Delimiter = ',' | ';' | '\t' | '|';
export type DecimalMark = '.' | ',';
/** Order of a numeric date's parts. Dates that begin with a four-digit year or spell the month out are read whatever this says. */
export type DateOrder = 'dayMonthYear' | 'monthDayYear';

/** What a column can mean. `memo` may name several columns, joined by a blank. */
export interface CsvColumns {
  readonly bookedOn: string;
  readonly valueOn: string | null;
  /** One signed column, or one unsigned with `direction`; null when `credit` and `debit` are split. */
  readonly amount: string | null;
  readonly credit: string | null;
  readonly debit: string | null;
  /** Says money in or out beside an unsigned amount: `C`/`D`, `Soll`/`Haben`, `Af`/`Bij`. */
  readonly direction: string | null;
  readonly currency: string | null;
  readonly balance: string | null;
  /** Our own account. */
  readonly account: string | null;
  readonly payerName: string | null;
  readonly payerAccount: string | null;
  readonly reference: string | null;
  readonly customerReference: string | null;
  readonly checkNumber: string | null;
  readonly type: string | null;
  readonly memo: readonly string[];
}

export type ColumnRole = keyof CsvColumns;

/**
 * How one source writes its CSV files: guessed once, confirmed by a person, remembered per source and handed back with every later file.
 * Columns are named by their header text, so that a bank may add or move columns; `#3` is the third column of a file without a header.
 */
export interface CsvLayout {
  readonly delimiter: Delimiter;
  /** False when the first row is data; every column is then named `#1`, `#2`, ... */
  readonly hasHeader: boolean;
  readonly columns: CsvColumns;
  readonly decimalMark: DecimalMark;
  readonly dateOrder: DateOrder;
  /** `inverted`: the file writes money in as negative, as card issuers do. */
  readonly signs: 'asWritten' | 'inverted';
  /** Where no column says it. */
  readonly currency: CurrencyCode | null;
  readonly account: string | null;
}

/** A part of the layout the file itself does not settle. Rows are not taken before somebody states it. */
export type LayoutQuestion = 'columns' | 'decimalMark' | 'dateOrder' | 'signs' | 'currency';

/** What was used, or would be once the questions are answered. */
export interface LayoutGuess {
  readonly layout: CsvLayout;
  readonly questions: readonly LayoutQuestion[];
}

/** The column a name means in a header row; -1 when it is not there. */
export function columnIndex(name: string | null, headers: readonly string[]): number {
  if (name === null) return -1;
  const position = /^#([1-9]\d{0,2})$/.exec(name);
  if (position !== null && !headers.includes(name)) return Number(position[1]) - 1;
  const wanted = headerKey(name);
  return headers.findIndex((header) => headerKey(header) === wanted);
}

/** Header text without case, accents, punctuation and blanks: `Buchungs-Tag` is `buchungstag`. */
export function headerKey(text: string): string {
  return text.toLowerCase().replaceAll('ß', 'ss').normalize('NFD').replace(/[^\p{L}\p{N}#]/gu, '');
}
