import type { CurrencyCode, Finding, Remittance } from '#canonical';
import { CollectingSink } from '../document-sink.js';
import { FindingList, whereAt } from '../finding-list.js';
import type { RemittanceLayout, RemittanceLayoutGuess } from '../remittance-table/remittance-layout.js';
import { PASTED_LINES_MAX } from '../remittance-table/limits.js';
import { planRows } from '../table/plan-rows.js';
import { QUESTIONS } from '../table/layout-questions.js';
import type { SettledTable, TablePlan } from '../table/table-reading.js';
import type { CellRow } from '../table/table-row.js';
import { cuttings, type PastedLine } from './pasted-cells.js';

export interface PastedTableOptions {
  /** Currency of a table that does not name it. */
  readonly currency?: CurrencyCode;
  /** The remembered layout of this payer's tables. */
  readonly layout?: RemittanceLayout;
  /** What the place of a line is called in findings: `body`; `row` by default. */
  readonly record?: string;
}

/** A table found among lines of prose. */
export interface PastedTable {
  /** Empty while the layout has questions. */
  readonly remittances: readonly Remittance[];
  readonly findings: readonly Finding[];
  readonly layout: RemittanceLayoutGuess;
  /** First and last line of the table; what stands around it is prose. */
  readonly firstLine: number;
  readonly lastLine: number;
}

/**
 * Reads the table a payer pasted into a text: columns cut by tabs, pipes or two blanks, or one cell a line as mail programs leave them,
 * rows broken over two lines put together. Null when the lines hold none: at least two items under no header, or one under a header.
 */
export function readPastedTable(lines: readonly PastedLine[], options: PastedTableOptions = {}): PastedTable | null {
  const known = lines.slice(0, PASTED_LINES_MAX);
  let best: PastedTable | null = null;
  for (const rows of cuttings(known, options.record ?? 'row')) {
    const table = readCut(rows, options);
    if (table !== null && (best === null || itemsOf(table) > itemsOf(best))) best = table;
  }
  return best;
}

function itemsOf({ remittances, layout }: PastedTable): number {
  return layout.questions.length > 0 ? 0 : remittances.reduce((sum, { lines }) => sum + lines.length, 0);
}

function readCut(rows: readonly CellRow[], { currency, layout }: PastedTableOptions): PastedTable | null {
  const known = currency === undefined ? {} : { currency };
  const plan = planRows([{ delimiter: '\t', rows }], { table: 'remittance', ...known, ...(layout === undefined ? {} : { remittanceLayout: layout }) });
  if (plan === null) return null;
  for (const row of rows) plan.prove(row);
  return readPlanned(rows, plan, plan.settle());
}

function readPlanned(rows: readonly CellRow[], plan: TablePlan, settled: SettledTable): PastedTable | null {
  const { remittance } = settled;
  if (remittance === null) return null;
  const findings = new FindingList();
  const sink = new CollectingSink();
  if (settled.questions.length > 0) for (const question of settled.questions) findings.error(whereAt(rows[0]?.line ?? null, null, 'header'), question, QUESTIONS[question]);
  else {
    const reading = settled.open(sink, findings);
    for (const row of rows) reading.take(row);
    reading.end();
    if (sink.remittances.length === 0) return null;
  }
  const items = sink.remittances.flatMap(({ lines }) => lines.map(({ where }) => where.line ?? 0));
  const header = plan.headerLine ?? items[0] ?? rows[0]?.line ?? 0;
  return { remittances: sink.remittances, findings: findings.all(), layout: remittance, firstLine: header, lastLine: Math.max(header, ...items.slice(-1), lastTableLine(rows, items.at(-1) ?? header)) };
}

/** A totals row right behind the last item belongs to the table. */
function lastTableLine(rows: readonly CellRow[], lastItem: number): number {
  const next = rows.find(({ line }) => line > lastItem);
  return next !== undefined && next.length > 1 && next.cells.some((cell) => /\d/.test(cell)) ? next.line : lastItem;
}
