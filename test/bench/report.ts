import type { BenchFigure } from './figure.js';

/** One run of a bench, with what its own process used. Processes it started say theirs in the notes. */
export interface Repetition {
  readonly figures: readonly BenchFigure[];
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
  /** Of the last minute, when it ended: above the number of cores, others were in the way. */
  readonly loadAverage: number;
}

/** A figure over all repetitions. `worst` is on the side away from the target. */
export interface SummarisedFigure extends BenchFigure {
  readonly worst: number;
}

export interface Summary {
  readonly bench: string;
  readonly repetitions: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
  readonly loadAverage: number;
  readonly figures: readonly SummarisedFigure[];
}

export function summarise(bench: string, repetitions: readonly Repetition[]): Summary {
  const [first] = repetitions;
  if (first === undefined) throw new RangeError(`bench ${bench} was not run`);
  const most = (of: (repetition: Repetition) => number): number => Math.max(...repetitions.map(of));
  return {
    bench, repetitions: repetitions.length, wallSeconds: most((one) => one.wallSeconds), cpuSeconds: most((one) => one.cpuSeconds), peakMb: most((one) => one.peakMb),
    loadAverage: most((one) => one.loadAverage), figures: first.figures.map((figure, at) => overAll(repetitions.flatMap((one) => one.figures[at] ?? []), figure)),
  };
}

/** The median repetition stands for all; met is what the median is. */
function overAll(repeated: readonly BenchFigure[], first: BenchFigure): SummarisedFigure {
  const sorted = repeated.toSorted((left, right) => left.figure - right.figure);
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? first;
  return { ...median, worst: (median.wanted === 'more' ? sorted[0] : sorted.at(-1))?.figure ?? median.figure };
}

/** A table for people. */
export function table(summary: Summary): string {
  const { bench, repetitions, wallSeconds, cpuSeconds, peakMb, loadAverage } = summary;
  const head = `${bench}: ${repetitions} run${repetitions === 1 ? '' : 's'}, ${wallSeconds.toFixed(1)} s, CPU ${cpuSeconds.toFixed(1)} s, peak ${peakMb.toFixed(0)} MB, load ${loadAverage.toFixed(1)}`;
  const rows = [['figure', 'median', 'worst', 'target', '', 'note'], ...summary.figures.map((figure) => [
    figure.name, `${number(figure.figure)} ${figure.unit}`.trim(), repetitions === 1 ? '' : number(figure.worst), figure.target === null ? '' : number(figure.target), verdict(figure.met), figure.note ?? '',
  ])];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows.map((row) => `  ${row.map((cell, column) => (column === 1 || column === 2 || column === 3 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd()}`)].join('\n');
}

function verdict(met: boolean | null): string {
  if (met === null) return '';
  return met ? 'met' : 'MISSED';
}

function number(value: number): string {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(value);
}
