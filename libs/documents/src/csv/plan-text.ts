import type { ReadOptions } from '../document-reader.js';
import type { TablePlan } from '../table/table-reading.js';
import { cellsOf } from '../table/table-row.js';
import type { CsvLayout } from './csv-layout.js';
import { CsvRowReader } from './csv-row-reader.js';
import { CsvRowScanner } from './csv-rows.js';
import { findHeader, type HeaderRow, type KnownOfSource } from './layout-guess.js';
import { StatementPlan } from './statement-plan.js';

/** The table in a text that may be a file's beginning only, its rows proved; null when there is none. */
export function planText(text: string, complete: boolean, options: ReadOptions): TablePlan | null {
  const known: KnownOfSource = { account: options.account ?? null, currency: options.currency ?? null };
  const layout = options.layout ?? null;
  const header = layout === null ? findHeader(text) : headerOf(text, layout);
  const plan = header === null ? null : new StatementPlan(header, layout, known);
  if (plan !== null && layout === null) proveAll(plan, text, complete);
  return plan;
}

function proveAll(plan: TablePlan, text: string, complete: boolean): void {
  const scanner = new CsvRowScanner(plan.delimiter ?? ',');
  scanner.feed(text, complete);
  while (scanner.next()) plan.prove(scanner);
}

function headerOf(text: string, layout: CsvLayout): HeaderRow | null {
  const { delimiter } = layout;
  if (!layout.hasHeader) return { delimiter, headers: [] };
  const scanner = new CsvRowScanner(delimiter, text);
  while (scanner.next()) {
    const headers = cellsOf(scanner);
    if (CsvRowReader.missingColumns(layout.columns, headers).length === 0) return { delimiter, headers };
  }
  return null;
}
