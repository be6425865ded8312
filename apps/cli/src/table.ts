export interface TableColumn<R> {
  readonly title: string;
  readonly text: (row: R) => string;
  /** Amounts stand on the right, so that their points align. */
  readonly right?: boolean;
  /** Never shortened: what it says is what the command was run for. Last in its row. */
  readonly whole?: boolean;
}

/** Texts of other people's systems stay on one line and carry no control characters to the terminal. */
const CONTROL = /\p{Cc}+/gu;
const CELL_WIDTH_MAX = 60;

/** Rows under their titles, two blanks apart. */
export function formatTable<R>(columns: readonly TableColumn<R>[], rows: readonly R[]): string {
  const cells = rows.map((row) => columns.map((column) => shorten(column.text(row).replaceAll(CONTROL, ' ').trim(), column.whole === true)));
  const widths = columns.map((column, index) => Math.max(column.title.length, ...cells.map((row) => row[index]?.length ?? 0)));
  const line = (texts: readonly string[]): string => texts.map((text, index) => {
    const width = widths[index] ?? 0;
    return columns[index]?.right === true ? text.padStart(width) : text.padEnd(width);
  }).join('  ').trimEnd();
  return [line(columns.map((column) => column.title)), ...cells.map(line)].join('\n');
}

function shorten(text: string, whole: boolean): string {
  return text.length > CELL_WIDTH_MAX && !whole ? `${text.slice(0, CELL_WIDTH_MAX - 1)}…` : text;
}
