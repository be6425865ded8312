import { columnIndex, type Delimiter } from '../csv/csv-layout.js';
import { HEADER_ROWS_MAX } from '../limits.js';
import { cellsOf, type TableRow } from '../table/table-row.js';
import { remittanceHeaderScore } from './remittance-columns.js';
import type { RemittanceColumns } from './remittance-layout.js';

/** The row that names the columns of a payer's table, or the two rows that do together. */
export interface RemittanceHeader {
  readonly delimiter: Delimiter;
  readonly headers: readonly string[];
  /** The cells of the row behind which the data begins. */
  readonly lastRow: readonly string[];
  readonly score: number;
  /** It says invoice, discount or deduction, not just reference and amount. */
  readonly named: boolean;
}

/** The best header among the first rows; null when none names an item and an amount. */
export function findRemittanceHeader(rows: readonly (readonly string[])[], delimiter: Delimiter): RemittanceHeader | null {
  let best: RemittanceHeader | null = null;
  for (const { headers, lastRow } of headerCandidates(rows)) {
    const { score, named } = remittanceHeaderScore(headers);
    if (score > (best?.score ?? 0)) best = { delimiter, headers, lastRow, score, named };
  }
  return best;
}

/** The header that has every column of a given layout. */
export function remittanceHeaderOf(rows: readonly (readonly string[])[], columns: RemittanceColumns, delimiter: Delimiter): RemittanceHeader | null {
  const { memo, ...single } = columns;
  const names = [...Object.values(single), ...memo].filter((name): name is string => name !== null);
  const found = headerCandidates(rows).find(({ headers }) => names.every((name) => columnIndex(name, headers) !== -1));
  return found === undefined ? null : { delimiter, ...found, score: names.length, named: true };
}

/** True for the row behind which data begins. */
export function isRemittanceHeader(row: TableRow, { lastRow }: RemittanceHeader): boolean {
  return row.length >= lastRow.length && lastRow.every((cell, index) => row.cell(index) === cell) && cellsOf(row).slice(lastRow.length).every((cell) => cell === '');
}

/** Single rows first, then two rows read as one: `Invoice` above `Number`, as merged cells make them. */
function headerCandidates(rows: readonly (readonly string[])[]): { readonly headers: readonly string[]; readonly lastRow: readonly string[] }[] {
  const first = rows.slice(0, HEADER_ROWS_MAX);
  const pairs = first.slice(1).map((lower, index) => ({ headers: together(first[index] ?? [], lower), lastRow: lower }));
  return [...first.map((cells) => ({ headers: cells, lastRow: cells })), ...pairs];
}

function together(upper: readonly string[], lower: readonly string[]): string[] {
  return Array.from({ length: Math.max(upper.length, lower.length) }, (_, index) => {
    const [above, below] = [upper[index] ?? '', lower[index] ?? ''];
    return above === below ? above : `${above} ${below}`.trim();
  });
}
