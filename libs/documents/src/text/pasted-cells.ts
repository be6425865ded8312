import { remittanceHeaderMeaning } from '../remittance-table/remittance-words.js';
import { CellRow } from '../table/table-row.js';

/** A line of a text, with the place it stands at. */
export interface PastedLine {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** Marks of a quoted mail in front of a line. */
const QUOTED = /^\s*(?:>\s?)+/;
/** A rule drawn with characters. */
const RULE = /^[\s|+:=_-]*$/;
/** Two blanks, or a tab, part cells in aligned text. */
const ALIGNED = /\s{2,}|\t/;
/** Header words that must follow each other, a line each, before lines are believed to be cells. */
const STACKED_MIN = 2;
/** Lines a broken row is put together from. */
const BROKEN_LINES_MAX = 3;

/** Every way of cutting the lines that makes a table of them. */
export function cuttings(lines: readonly PastedLine[], record: string): CellRow[][] {
  const clean = lines.map(({ text, line }) => ({ text: text.replace(QUOTED, '').replaceAll('\u00a0', ' '), line }));
  const found: CellRow[][] = [];
  for (const cut of [byPipe, byTab, byBlanks]) {
    const rows = clean.filter(({ text }) => !RULE.test(text)).map(({ text, line }) => ({ line, cells: cut(text) }));
    if (rows.filter(({ cells }) => cells.length > 1).length > 1) found.push(mended(rows, record));
  }
  const stacked = fromStack(clean, record);
  return stacked === null ? found : [...found, stacked];
}

function byPipe(text: string): string[] {
  return text.trim().replace(/^\|/, '').replace(/\|$/, '').split('|').map((cell) => cell.trim());
}

function byTab(text: string): string[] {
  return text.split('\t').map((cell) => cell.trim());
}

function byBlanks(text: string): string[] {
  return text.trim().split(ALIGNED).map((cell) => cell.trim());
}

interface CutLine {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A row that mail broke: too few cells, and the lines below have just those that are missing. */
function mended(rows: readonly CutLine[], record: string): CellRow[] {
  const width = usualWidth(rows);
  const result: CellRow[] = [];
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index];
    if (row === undefined) continue;
    const { cells, used } = row.cells.length > 1 && row.cells.length < width ? together(rows, index, width) : { cells: row.cells, used: 1 };
    result.push(new CellRow(row.line, cells, record));
    index += used - 1;
  }
  return result;
}

function together(rows: readonly CutLine[], index: number, width: number): { readonly cells: readonly string[]; readonly used: number } {
  const cells = [...rows[index]?.cells ?? []];
  for (let used = 1; used < BROKEN_LINES_MAX; used += 1) {
    const next = rows[index + used];
    if (next === undefined || next.line > (rows[index + used - 1]?.line ?? 0) + 1) break;
    cells.push(...next.cells);
    if (cells.length === width) return { cells, used: used + 1 };
    if (cells.length > width) break;
  }
  return { cells: rows[index]?.cells ?? [], used: 1 };
}

function usualWidth(rows: readonly CutLine[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of rows) if (cells.length > 1) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  return [...counts].toSorted(([leftWidth, left], [rightWidth, right]) => right - left || rightWidth - leftWidth)[0]?.[0] ?? 0;
}

/** Cells one below the other: as many header words as the table has columns, then its values in the same order. */
function fromStack(lines: readonly PastedLine[], record: string): CellRow[] | null {
  const filled = lines.filter(({ text }) => text.trim() !== '').map(({ text, line }) => ({ text: text.trim(), line }));
  const isHeader = (index: number): boolean => filled[index] !== undefined && remittanceHeaderMeaning(filled[index].text).role !== null;
  const first = filled.findIndex((_, index) => isHeader(index) && isHeader(index + 1));
  if (first === -1) return null;
  let width = STACKED_MIN;
  while (isHeader(first + width)) width += 1;
  const rows: CellRow[] = filled.slice(0, first).map(({ text, line }) => new CellRow(line, [text], record));
  for (let index = first; index + width <= filled.length; index += width) {
    const cells = filled.slice(index, index + width);
    if (index > first && !cells.some(({ text }) => /\d/.test(text))) break;
    rows.push(new CellRow(cells[0]?.line ?? 0, cells.map(({ text }) => text), record));
  }
  return rows;
}
