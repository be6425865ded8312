/** One measured figure beside the one to reach. `target: null` is reported only. */
export interface BenchFigure {
  readonly name: string;
  readonly figure: number;
  readonly unit: string;
  readonly target: number | null;
  /** Which way is better; null where the figure is told for its own sake. */
  readonly wanted: 'more' | 'less' | null;
  /** Null where nothing is to be reached. */
  readonly met: boolean | null;
  /** What it was measured on, and the physical limit it is held against. */
  readonly note?: string;
}

export interface BenchOptions {
  /** Size of the main table of the bench; null takes the size its target is stated for. */
  readonly rows: number | null;
}

/** A bench throws {@link WrongResult} when what it measured is not right; being slow is a figure, not an error. */
export interface BenchModule {
  run(options: BenchOptions): Promise<readonly BenchFigure[]>;
}

/** What was measured came out wrong, so its speed says nothing. */
export class WrongResult extends Error {
  override readonly name = 'WrongResult';
}

export function expectEqual(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new WrongResult(`${what}: ${String(found)}, expected ${String(expected)}`);
}

export function atLeast(name: string, figure: number, unit: string, target: number, note?: string): BenchFigure {
  return { name, figure: rounded(figure), unit, target, wanted: 'more', met: figure >= target, ...(note === undefined ? {} : { note }) };
}

export function atMost(name: string, figure: number, unit: string, target: number, note?: string): BenchFigure {
  return { name, figure: rounded(figure), unit, target, wanted: 'less', met: figure <= target, ...(note === undefined ? {} : { note }) };
}

export function reported(name: string, figure: number, unit: string, note?: string): BenchFigure {
  return { name, figure: rounded(figure), unit, target: null, wanted: null, met: null, ...(note === undefined ? {} : { note }) };
}

/** Three digits are more than any repetition agrees on; counts stay whole. */
function rounded(value: number): number {
  if (Number.isInteger(value) || !Number.isFinite(value)) return value;
  if (Math.abs(value) >= 100) return Math.round(value);
  return Number(value.toPrecision(3));
}
