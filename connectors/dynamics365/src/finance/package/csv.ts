/** A table of one data entity: texts by column, in the order of `columns`. */
export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

const LINE_END = '\r\n';

/** RFC 4180: commas, quotes and line ends in a value are quoted; every line ends. UTF-8 without a mark. */
export function csvText({ columns, rows }: CsvTable): string {
  return [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))].map((cells) => `${cells.map(cell).join(',')}${LINE_END}`).join('');
}

function cell(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/**
 * The way back of {@link csvText}. @throws RangeError for a quote that is never closed.
 */
export function csvTable(text: string): CsvTable {
  const [columns = [], ...rows] = records(text);
  return { columns, rows: rows.map((cells) => Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']))) };
}

function records(text: string): string[][] {
  const found: string[][] = [];
  let cells: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw new RangeError(`a quote opened at character ${at} is not closed, or something follows one`);
    cells.push(match[1] === undefined ? match[2] ?? '' : match[1].replaceAll('""', '"'));
    if (match[3] === ',') continue;
    found.push(cells);
    cells = [];
  }
  return found;
}
