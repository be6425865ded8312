/** Prints the demo as a story: chapters, sentences, small tables. Everything goes to stdout; logs of the processes go to files. */
export class Story {
  readonly #startedAt = performance.now();
  #chapter = 0;

  constructor(private readonly write: (text: string) => void) {}

  chapter(title: string): void {
    this.#chapter += 1;
    this.write(`\n${String(this.#chapter).padStart(2)}. ${title}  (${this.seconds().toFixed(1)} s)\n`);
  }

  say(sentence: string): void {
    this.write(`    ${sentence}\n`);
  }

  table(rows: readonly (readonly string[])[]): void {
    const widths: number[] = [];
    for (const row of rows) row.forEach((cell, column) => { widths[column] = Math.max(widths[column] ?? 0, cell.length); });
    for (const row of rows) this.write(`      ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`);
  }

  seconds(): number {
    return (performance.now() - this.#startedAt) / 1_000;
  }
}
