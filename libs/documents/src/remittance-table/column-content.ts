import { decimalEvidence } from '../csv/csv-amounts.js';
import { parseCsvDate } from '../csv/csv-dates.js';
import type { DecimalMark } from '../csv/csv-layout.js';
import type { TableRow } from '../table/table-row.js';
import { cellAmount, UnreadableRemittanceCell } from './cell-amount.js';
import { AMOUNT_COLUMNS_MAX } from './limits.js';
import { NO_COLUMNS } from './remittance-columns.js';
import type { RemittanceColumns } from './remittance-layout.js';
import { totalWord } from './remittance-words.js';

/** Share of a column's cells that must look alike, in percent. */
const ALIKE_PERCENT = 80;
/** Rows at least before content alone is believed. */
const ROWS_MIN = 2;
/** Amounts are compared in the finest unit of any currency, four decimals. */
const COMPARED_IN = 'CLF';
const REFERENCE = /^(?=.*\d)[\p{L}\p{N}][\p{L}\p{N} ./_#-]{1,39}$/u;
const IBAN = /^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/;
const NAMED_REFERENCE = /^(?:inv|re|rg|rn|fa|fac|fv|cm|cn|gs|doc|bill|si)[-\s./#]?\d/iu;

/** Columns of a table without a header, as `#1`, `#2`; `sure` when its content leaves one reading only. */
export interface ColumnsByContent {
  readonly columns: RemittanceColumns;
  readonly sure: boolean;
}

/** Finds an item column and amount columns by what stands in them, and tells the amounts apart by arithmetic. Null when it is no such table. */
export function columnsByContent(rows: readonly TableRow[], decimalMark: DecimalMark): ColumnsByContent | null {
  const data = rows.filter((row) => row.length > 1 && totalWord(row.cell(0)) === null);
  if (data.length < ROWS_MIN) return null;
  const width = Math.max(...data.map(({ length }) => length));
  const columns = Array.from({ length: width }, (_, index) => index);
  const amounts = columns.filter((index) => alike(data, index, isAmount));
  const items = columns.filter((index) => !amounts.includes(index) && alike(data, index, isReference));
  if (amounts.length === 0 || items.length === 0 || amounts.length > AMOUNT_COLUMNS_MAX) return null;
  const named = items.filter((index) => alike(data, index, (row, at) => NAMED_REFERENCE.test(row.cell(at))));
  const item = named[0] ?? items[0] ?? 0;
  const roles = amountRoles(data, amounts, decimalMark);
  const days = columns.filter((index) => alike(data, index, isDay));
  const name = (index: number | undefined): string | null => (index === undefined ? null : `#${index + 1}`);
  const used = new Set([item, ...amounts]);
  const memo = columns.filter((index) => !used.has(index) && !days.includes(index)).map((index) => `#${index + 1}`);
  return {
    columns: { ...NO_COLUMNS, reference: name(item), paid: name(roles?.paid ?? amounts[0]), gross: name(roles?.gross), discount: name(roles?.discount), deduction: name(roles?.deduction), memo },
    // Days, numbers and amounts without a word on them may be a bank's as well.
    sure: roles !== null && (named.length === 1 || (items.length === 1 && days.length === 0)),
  };
}

interface AmountRoles {
  readonly paid: number;
  readonly gross?: number;
  readonly discount?: number;
  readonly deduction?: number;
}

/** One amount is what is paid; several must come out as gross - discount (- deduction) = paid in every row, in one way only. */
function amountRoles(rows: readonly TableRow[], amounts: readonly number[], decimalMark: DecimalMark): AmountRoles | null {
  const [only] = amounts;
  if (amounts.length === 1 && only !== undefined) return { paid: only };
  const values = rows.map((row) => new Map(amounts.map((index) => [index, minorOf(row, index, decimalMark)])));
  const valueOf = (row: ReadonlyMap<number, bigint>, index: number): bigint => row.get(index) ?? 0n;
  const fits = arrangements(amounts).filter(({ paid, gross, discount, deduction }) => values.every((row) => {
    const off = (discount === undefined ? 0n : magnitude(valueOf(row, discount))) + (deduction === undefined ? 0n : magnitude(valueOf(row, deduction)));
    const whole = valueOf(row, gross ?? paid);
    return valueOf(row, paid) === (whole < 0n ? whole + off : whole - off);
  })).filter(({ paid, discount, deduction }) => {
    // What is taken off and what is paid could change places in every row; a payer takes off the smaller part.
    const sum = (index: number): bigint => values.reduce((total, row) => total + magnitude(valueOf(row, index)), 0n);
    return (discount === undefined || sum(discount) < sum(paid)) && (deduction === undefined || sum(deduction) < sum(paid));
  });
  const [first] = fits;
  if (first === undefined) return null;
  // Two columns with the same amounts throughout may be called either way.
  const same = fits.length === 1 || (amounts.length === 2 && first.discount === undefined);
  return same ? first : null;
}

/** Ways to call two to four amount columns; in four the discount stands before the deduction, as payers write them. */
function arrangements(amounts: readonly number[]): AmountRoles[] {
  if (amounts.length === 2) return amounts.map((gross) => ({ gross, paid: amounts.find((index) => index !== gross) ?? gross }));
  if (amounts.length > 4) return [];
  return amounts.flatMap((gross) => amounts.filter((paid) => paid !== gross).map((paid) => {
    const [discount, deduction] = amounts.filter((index) => index !== gross && index !== paid);
    return { gross, paid, ...(discount === undefined ? {} : { discount }), ...(deduction === undefined ? {} : { deduction }) };
  }));
}

function alike(rows: readonly TableRow[], index: number, test: (row: TableRow, index: number) => boolean): boolean {
  const filled = rows.filter((row) => row.cell(index) !== '');
  return filled.length * 2 > rows.length && filled.filter((row) => test(row, index)).length * 100 >= filled.length * ALIKE_PERCENT;
}

function isAmount(row: TableRow, index: number): boolean {
  const cell = row.cell(index);
  if (isDay(row, index)) return false;
  return decimalEvidence(cell) !== 'none' || (/^0+$/.test(cell) && cell.length === 1) || /^[-+(]?[$€£]\s?\d+\)?$/u.test(cell);
}

function isReference(row: TableRow, index: number): boolean {
  const cell = row.cell(index);
  return REFERENCE.test(cell) && !IBAN.test(cell.replaceAll(' ', '')) && !isDay(row, index);
}

function isDay(row: TableRow, index: number): boolean {
  const cell = row.cell(index);
  return /[-/. \p{L}]/u.test(cell) && (parseCsvDate(cell, 'dayMonthYear') !== null || parseCsvDate(cell, 'monthDayYear') !== null);
}

function minorOf(row: TableRow, index: number, decimalMark: DecimalMark): bigint {
  try {
    return cellAmount({ ...shown(row), cell: () => row.cell(index).replace(/[A-Z]{3}|[$€£¥]/gu, '').trim() }, 0, decimalMark, COMPARED_IN)?.minor ?? 0n;
  } catch (error) {
    if (error instanceof UnreadableRemittanceCell) return 0n;
    throw error;
  }
}

function shown(row: TableRow): Omit<TableRow, 'cell'> {
  return { line: row.line, record: row.record, length: 1, problem: null, isNumber: () => false, columnOf: () => 1 };
}

function magnitude(minor: bigint): bigint {
  return minor < 0n ? -minor : minor;
}
