import type { Where } from '#canonical';
import type { PlacedLine } from '../text/text-place.js';
import type { TextRun } from './page-text.js';

/** Text that stands together on a page. */
export interface PageCell {
  readonly text: string;
  readonly x: number;
  readonly right: number;
  /** Of its least sure word; 100 where it was not read from a picture. */
  readonly confidence: number;
}

/** A line of a page. */
export interface PageRow {
  readonly page: number;
  /** 1-based place of the row on its page. */
  readonly line: number;
  /** Of the baseline, in points from the upper edge. */
  readonly y: number;
  readonly cells: readonly PageCell[];
}

/** The place of a cell: row of the page, points from the left edge, and both as `x,y pt` from the upper left corner. */
export function whereOf(row: PageRow, cell: PageCell | undefined): Where {
  const x = Math.max(1, Math.round(cell?.x ?? 1));
  return { line: row.line, column: x, record: `${x},${Math.round(row.y)} pt`, page: row.page };
}

/** Share of the text's height by which baselines of one row may differ. */
const ROW_TOLERANCE = 0.4;
/** Share of the text's height that parts two words of a cell. */
const WORD_GAP = 0.15;
/** Share of the text's height that parts two cells: three blanks are about one. */
const CELL_GAP = 0.9;

/** Puts the text of a page into rows from top to bottom, and a row's into cells from left to right. */
export function pageRows(page: number, runs: readonly TextRun[]): PageRow[] {
  const rows: TextRun[][] = [];
  let baseline = Number.NaN;
  let height = 0;
  for (const run of [...runs].toSorted((left, right) => left.y - right.y || left.x - right.x)) {
    const last = rows.at(-1);
    if (last !== undefined && Math.abs(run.y - baseline) <= ROW_TOLERANCE * Math.min(height, run.height || height)) last.push(run);
    else {
      rows.push([run]);
      baseline = run.y;
      height = run.height || 10;
    }
  }
  return rows.map((row, index) => ({ page, line: index + 1, y: row[0]?.y ?? 0, cells: cellsOf(row) }));
}

function cellsOf(row: readonly TextRun[]): PageCell[] {
  const cells: { text: string; x: number; right: number; confidence: number }[] = [];
  for (const { text, x, width, height, confidence = 100 } of [...row].toSorted((left, right) => left.x - right.x)) {
    const last = cells.at(-1);
    const gap = last === undefined ? Number.POSITIVE_INFINITY : x - last.right;
    const right = x + width;
    if (last === undefined || gap > CELL_GAP * height) cells.push({ text: text.trim(), x, right, confidence });
    // Bold print is often the same text twice, a hair apart.
    else if (gap < -width / 2 && last.text.endsWith(text.trim())) last.right = Math.max(last.right, right);
    else {
      last.text += `${gap > WORD_GAP * height && !last.text.endsWith(' ') ? ' ' : ''}${text.trim()}`;
      last.right = Math.max(last.right, right);
      last.confidence = Math.min(last.confidence, confidence);
    }
  }
  return cells;
}

/**
 * Puts the cells of rows under the columns of a header: a cell belongs to the column it overlaps most, or stands nearest to. A column with
 * two cells in one row gets both, parted by a blank.
 */
export function underHeader(header: readonly PageCell[], row: readonly PageCell[]): string[] {
  const columns = header.map(() => '');
  for (const cell of row) {
    let best = 0;
    let bestFit = Number.NEGATIVE_INFINITY;
    for (const [index, column] of header.entries()) {
      const fit = Math.min(cell.right, column.right) - Math.max(cell.x, column.x);
      if (fit > bestFit) [best, bestFit] = [index, fit];
    }
    columns[best] = columns[best] === '' ? cell.text : `${columns[best] ?? ''} ${cell.text}`;
  }
  return columns;
}

/** Rows as lines of text, cells parted by three blanks. */
export function rowLines(rows: readonly PageRow[]): PlacedLine[] {
  return rows.map(({ cells, line, page }) => ({ text: cells.map(({ text }) => text).join('   '), line, column: 1, page }));
}
