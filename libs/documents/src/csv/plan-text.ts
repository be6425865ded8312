import type { ReadOptions } from '../document-reader.js';
import { HEADER_ROWS_MAX, RECORDS_MAX } from '../limits.js';
import { planRows, type TableStart } from '../table/plan-rows.js';
import type { TablePlan } from '../table/table-reading.js';
import { CellRow, cellsOf, ownText } from '../table/table-row.js';
import type { Delimiter } from './csv-layout.js';
import { CsvRowScanner } from './csv-rows.js';
import { DELIMITERS } from './layout-guess.js';

/** The table in a text that may be a file's beginning only, its rows proved; null when there is none. */
export function planText(text: string, complete: boolean, options: ReadOptions): TablePlan | null {
  const given = options.layout?.delimiter ?? options.remittanceLayout?.delimiter ?? null;
  const starts = (rowsMax: number): TableStart[] => (given === null ? DELIMITERS : [given]).map((delimiter) => startOf(text, delimiter, complete, rowsMax));
  // The columns of a given layout are looked for in the whole text, should they not stand where headers do.
  const plan = planRows(starts(HEADER_ROWS_MAX), options) ?? (given === null ? null : planRows(starts(RECORDS_MAX), options));
  if (plan !== null && given === null) proveAll(plan, text, complete);
  return plan;
}

/** True for a text with a table that some header names, of a bank or of a payer, or that its content shows to be a payer's. */
export function hasTable(text: string, complete: boolean): boolean {
  return planRows(DELIMITERS.map((delimiter) => startOf(text, delimiter, complete, HEADER_ROWS_MAX)), {}) !== null;
}

function startOf(text: string, delimiter: Delimiter, complete: boolean, rowsMax: number): TableStart {
  const scanner = new CsvRowScanner(delimiter);
  scanner.feed(text, complete);
  const rows: CellRow[] = [];
  while (rows.length < rowsMax && scanner.next()) rows.push(new CellRow(scanner.line, cellsOf(scanner).map(ownText)));
  return { delimiter, rows };
}

function proveAll(plan: TablePlan, text: string, complete: boolean): void {
  const scanner = new CsvRowScanner(plan.delimiter ?? ',');
  scanner.feed(text, complete);
  while (scanner.next()) plan.prove(scanner);
}
