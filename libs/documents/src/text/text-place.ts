import type { Where } from '#canonical';

/** A line of the original that is read, where it stands there. */
export interface PlacedLine {
  readonly text: string;
  /** 1-based line of the original. */
  readonly line: number;
  /** 1-based column the text begins at: not 1 where a quote mark was taken off. */
  readonly column: number;
  readonly page: number | null;
}

/** Every line of a text, in its place. */
export function placedLines(text: string): PlacedLine[] {
  return text.split('\n').map((line, index) => ({ text: line, line: index + 1, column: 1, page: null }));
}

/** Lines joined by line feeds, and the way back from a character to its place. */
export class PlacedText {
  readonly text: string;
  readonly #starts: number[] = [];

  constructor(private readonly lines: readonly PlacedLine[]) {
    let at = 0;
    for (const { text } of lines) {
      this.#starts.push(at);
      at += text.length + 1;
    }
    this.text = lines.map(({ text }) => text).join('\n');
  }

  whereAt(offset: number): Where {
    let low = 0;
    for (let high = this.#starts.length; high - low > 1;) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    const line = this.lines[low];
    if (line === undefined) return { line: null, column: null, record: null, page: null };
    return { line: line.line, column: line.column + offset - (this.#starts[low] ?? 0), record: null, page: line.page };
  }
}
