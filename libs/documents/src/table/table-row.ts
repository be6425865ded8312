/** One row of a table, whatever held it: a CSV file, a sheet, lines of a mail. Lines and columns count from 1. */
export interface TableRow {
  /** Line of a text, row number of a sheet. */
  readonly line: number;
  /** What a place in it is called: `row`, or the sheet's name. */
  readonly record: string;
  /** Number of cells. */
  readonly length: number;
  /** What is wrong with the quotes or the number of columns; null when nothing is. */
  readonly problem: string | null;
  /** Without the blanks around it; empty where the row has no such cell. */
  cell(index: number): string;
  /** True where the file itself says that the cell is a number: it is then plain decimal text with ".", whatever the layout's decimal mark. */
  isNumber(index: number): boolean;
  /** Column at which a cell stands. */
  columnOf(index: number): number;
}

/** A row whose cells were cut out already. */
export class CellRow implements TableRow {
  readonly problem = null;

  readonly length: number;

  /** @param width cells at least; those that are missing are empty */
  constructor(readonly line: number, readonly cells: readonly string[], readonly record = 'row', readonly numbers: ReadonlySet<number> | null = null, width = 0) {
    this.length = Math.max(width, cells.length);
  }

  cell(index: number): string {
    return this.cells[index] ?? '';
  }

  isNumber(index: number): boolean {
    return this.numbers !== null && this.numbers.has(index);
  }

  columnOf(index: number): number {
    return index + 1;
  }
}

export function cellsOf(row: TableRow): string[] {
  return Array.from({ length: row.length }, (_, index) => row.cell(index));
}

/** Longest part of a string that is a copy; a longer one keeps all of the text it was cut from in memory. */
export const COPIED_LENGTH_MAX = 12;

/** The text as a string of its own, for what is kept longer than the piece it was cut from. */
export function ownText(text: string): string {
  return text.length <= COPIED_LENGTH_MAX ? text : Buffer.from(text).toString();
}
