import type { CurrencyCode } from '#canonical';
import type { Delimiter } from '../csv/csv-layout.js';
import { CsvRowReader } from '../csv/csv-row-reader.js';
import { type KnownOfSource, statementHeaderScore } from '../csv/layout-guess.js';
import { headerMeaning } from '../csv/header-words.js';
import { StatementPlan } from '../csv/statement-plan.js';
import type { ReadOptions } from '../document-reader.js';
import { findRemittanceHeader, type RemittanceHeader, remittanceHeaderOf } from '../remittance-table/remittance-header.js';
import { headerlessPlan, RemittancePlan } from '../remittance-table/remittance-plan.js';
import { HEADER_ROWS_MAX } from '../limits.js';
import type { TablePlan } from './table-reading.js';
import { cellsOf, type TableRow } from './table-row.js';

/** The first rows of a table, cut by one delimiter. */
export interface TableStart {
  readonly delimiter: Delimiter;
  readonly rows: readonly TableRow[];
}

interface StatementHeader {
  readonly delimiter: Delimiter;
  readonly headers: readonly string[];
  readonly score: number;
}

/** Words that only a bank's own table has. */
const BANK_ROLES: ReadonlySet<string> = new Set(['valueOn', 'balance', 'credit', 'debit', 'direction', 'payerAccount']);

/**
 * What a table is and where its header stands, by the first rows and by what the caller knows; null when nothing of it is known to be a
 * table. Headers decide; a table without one can only be a payer's, because a bank's days and signs need words.
 */
export function planRows(starts: readonly TableStart[], options: ReadOptions): TablePlan | null {
  const known: KnownOfSource = { account: options.account ?? null, currency: options.currency ?? null };
  if (options.layout !== undefined || options.remittanceLayout !== undefined) return planByLayout(starts, options, known);
  const remittance = options.table === 'statement' ? null : bestRemittance(starts);
  const statement = options.table === 'remittance' ? null : bestStatement(starts);
  if (remittance !== null && (statement === null || isPayers(statement, remittance))) return new RemittancePlan(remittance, null, known.currency);
  if (statement !== null) return new StatementPlan(statement, null, known);
  return options.table === 'statement' ? null : firstHeaderless(starts, known.currency);
}

/** A table that fits both: invoices, discounts and deductions are a payer's words, unless a balance or value days are there too. */
function isPayers(statement: StatementHeader, remittance: RemittanceHeader): boolean {
  const ofBank = statement.headers.filter((header) => BANK_ROLES.has(headerMeaning(header).role ?? '')).length;
  return remittance.named && ofBank === 0;
}

function planByLayout(starts: readonly TableStart[], { layout, remittanceLayout, table }: ReadOptions, known: KnownOfSource): TablePlan | null {
  if (layout !== undefined && table !== 'remittance') {
    const { delimiter, hasHeader } = layout;
    if (!hasHeader) return new StatementPlan({ delimiter, headers: [] }, layout, known);
    const headers = rowsCutBy(starts, delimiter).map(cellsOf).find((cells) => CsvRowReader.missingColumns(layout.columns, cells).length === 0);
    if (headers !== undefined) return new StatementPlan({ delimiter, headers }, layout, known);
  }
  if (remittanceLayout === undefined || table === 'statement') return null;
  const { delimiter, hasHeader, columns } = remittanceLayout;
  const header = hasHeader ? remittanceHeaderOf(rowsCutBy(starts, delimiter).map(cellsOf), columns, delimiter) : { delimiter, headers: [], lastRow: [], score: 0, named: false };
  return header === null ? null : new RemittancePlan(header, remittanceLayout, known.currency);
}

/** A table that is not text has one cut only, whatever the layout says. */
function rowsCutBy(starts: readonly TableStart[], delimiter: Delimiter): readonly TableRow[] {
  return (starts.find((start) => start.delimiter === delimiter) ?? starts[0])?.rows ?? [];
}

function bestRemittance(starts: readonly TableStart[]): RemittanceHeader | null {
  return starts.map(({ delimiter, rows }) => findRemittanceHeader(rows.slice(0, HEADER_ROWS_MAX).map(cellsOf), delimiter)).reduce((best, found) => ((found?.score ?? 0) > (best?.score ?? 0) ? found : best), null);
}

/** The row with the most known words, a day and an amount among them. */
export function bestStatement(starts: readonly TableStart[]): StatementHeader | null {
  let best: StatementHeader | null = null;
  for (const { delimiter, rows } of starts) {
    for (const row of rows.slice(0, HEADER_ROWS_MAX)) {
      const headers = cellsOf(row);
      const score = statementHeaderScore(headers);
      if (score > (best?.score ?? 0)) best = { delimiter, headers, score };
    }
  }
  return best;
}

function firstHeaderless(starts: readonly TableStart[], currency: CurrencyCode | null): TablePlan | null {
  for (const { delimiter, rows } of starts) {
    const plan = headerlessPlan(rows, delimiter, currency);
    if (plan !== null) return plan;
  }
  return null;
}
