import type { Json, JsonObject, Money } from '#canonical';
import { formatMoney } from '#canonical';
import { newRun, placeOf, sourceText, type Run } from './compile-field.js';
import { collectExtras } from './extras.js';
import type { CompiledField, CompiledMapping, CompiledRule } from './compile.js';

/** Where one canonical value comes from. Static but for `value` and `problem`: it is known without running anything else. */
export interface LineageRow {
  /** `lines[1].amount` */
  readonly field: string;
  /** `item.items[1].amount`; `(constant)`; several are joined by a comma. */
  readonly from: string;
  readonly via: string;
  /** The canonical value as text; null where the record has none, or has a problem. */
  readonly value: string | null;
  /** Null when the value is sound. */
  readonly problem: string | null;
  /** The mapping file, or the overlay's own. */
  readonly file: string;
  readonly line: number;
}

/** Every target value of a record with its source, also for records that cannot be mapped. */
export function explain(compiled: CompiledMapping, record: JsonObject): readonly LineageRow[] {
  const run = newRun(record);
  const currency = compiled.fields.find((field) => field.name === 'currency')?.read(record, newRun(record));
  run.currency = typeof currency === 'string' ? currency : null;
  const rows = compiled.fields.flatMap((field) => explainRule(field, record, run));
  const named = compiled.extras.named.flatMap((field) => explainField(field, record, run));
  return [...rows, ...named, ...explainRest(compiled, record)];
}

function explainRule(compiled: CompiledRule, row: Json, run: Run): readonly LineageRow[] {
  if (!('walk' in compiled)) return explainField(compiled, row, run);
  const before = run.problems.length;
  const found: LineageRow[] = [];
  compiled.walk(row, run, (item) => {
    for (const field of compiled.fields) found.push(...explainRule(field, item, run));
  });
  const problem = run.problems.slice(before).find((entry) => entry.via === 'each' && entry.field === compiled.rule.field);
  if (problem === undefined) return found;
  return [{ field: problem.field, from: problem.from, via: 'each', value: null, problem: problem.problem, file: problem.file, line: problem.line }];
}

function explainField(compiled: CompiledField, row: Json, run: Run): readonly LineageRow[] {
  const { rule } = compiled;
  const place = placeOf(run);
  const own: Run = { ...run, problems: [], problemCount: 0 };
  const value = compiled.read(row, own);
  const field = rule.field === '' ? place.field.slice(0, -1) : place.field + rule.field;
  const problem = own.problems[0]?.problem ?? null;
  return [{ field, from: sourceText(rule, place.source), via: rule.via, value: problem === null ? valueText(value) : null, problem, file: rule.file, line: rule.line }];
}

function explainRest(compiled: CompiledMapping, record: JsonObject): readonly LineageRow[] {
  const { claimed, restAt } = compiled.extras;
  if (claimed === null) return [];
  return Object.entries(collectExtras(record, claimed)).map(([path, value]) => (
    { field: `extras.${path}`, from: path, via: 'rest', value, problem: null, ...restAt }));
}

function valueText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(String).join(', ');
  if (typeof value === 'object' && 'minor' in value) return formatMoney(value as Money);
  return String(value);
}

/** Columns a person can read: target, source, transform, value, and the line that says so. */
export function formatLineage(rows: readonly LineageRow[]): string {
  const width = (pick: (row: LineageRow) => string): number => Math.max(0, ...rows.map((row) => pick(row).length));
  const fieldWidth = width((row) => row.field);
  const fromWidth = width((row) => row.from);
  const viaWidth = width((row) => row.via);
  const valueWidth = width((row) => shown(row));
  return rows.map((row) => (
    `${row.field.padEnd(fieldWidth)} <- ${row.from.padEnd(fromWidth)} ${row.via.padEnd(viaWidth)} ${shown(row).padEnd(valueWidth)} ${row.file}:${row.line}`)).join('\n');
}

function shown(row: LineageRow): string {
  return row.problem === null ? row.value ?? '(none)' : `! ${row.problem}`;
}
