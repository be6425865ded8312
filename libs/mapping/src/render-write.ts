import type { Json, JsonObject } from '#canonical';
import { mergeRules } from './compile.js';
import {
  customOptions, customTransform, firstPresent, joined, newRun, report, startRows, type Run,
} from './compile-field.js';
import { LIST_ROWS_MAX } from './limits.js';
import type { FieldRule, ListRule, Rule, WriteMapping } from './mapping.js';
import { MappingFileError } from './mistakes.js';
import { compilePath, parsePath, type PathReader } from './path.js';
import { MappingProblemsError, ValueRefused } from './problem.js';
import { CUSTOM_PREFIX, type CustomTransforms } from './transform.js';
import { WRITE_TRANSFORMS, type ValueWriter, type WriteTransform } from './write-transforms.js';

export interface WriteOptions {
  readonly transforms?: CustomTransforms;
  readonly overlay?: WriteMapping | null;
}

/** A write mapping ready to run. */
export interface CompiledWriteMapping {
  readonly mapping: WriteMapping;
  readonly overlay: WriteMapping | null;
  /**
   * The body of one request. Amounts are exact decimal text, or `{ "$number": "12.30" }` where the target wants JSON numbers
   * (`stringifyKeepingNumberText` writes those out).
   * @throws MappingProblemsError with every problem of the value: a plan that cannot be rendered must not be sent in part.
   */
  render(value: Json): JsonObject;
}

/** A row's output before it is known to be whole. */
type Output = Record<string, Json>;
type RowWriter = (row: Json, run: Run, into: Output) => void;

/** @throws MappingFileError when the overlay is of another mapping, or a custom transform is not there. */
export function compileWriteMapping(mapping: WriteMapping, options: WriteOptions = {}): CompiledWriteMapping {
  const overlay = options.overlay ?? null;
  if (mapping.overlay || (overlay !== null && (!overlay.overlay || overlay.name !== mapping.name))) {
    const wrong = overlay ?? mapping;
    throw new MappingFileError([{ file: wrong.file, line: 1, path: '', problem: `does not overlay ${mapping.name}`, cure: `write "overlays: ${mapping.name}" in the connection's own file` }]);
  }
  const write = compileRows(mergeRules(mapping.rules, overlay?.rules ?? []), options.transforms ?? {});
  const render = (value: Json): JsonObject => {
    const run = newRun(value);
    const body: Output = {};
    write(value, run, body);
    if (run.problemCount > 0) throw new MappingProblemsError(run.problems);
    return body;
  };
  return { mapping, overlay, render };
}

/** Compiles and renders in one go, for a single value. See {@link CompiledWriteMapping.render}. */
export function renderWrite(mapping: WriteMapping, value: Json, options: WriteOptions = {}): JsonObject {
  return compileWriteMapping(mapping, options).render(value);
}

function compileRows(rules: readonly Rule[], transforms: CustomTransforms): RowWriter {
  const writers = rules.map((rule) => (rule.kind === 'list' ? compileListWriter(rule, transforms) : compileFieldWriter(rule, transforms)));
  return (row, run, into) => { for (const write of writers) write(row, run, into); };
}

function compileFieldWriter(rule: FieldRule, transforms: CustomTransforms): RowWriter {
  const value = compileValue(rule, transforms);
  const put = compileOutput(rule.field);
  return (row, run, into) => {
    const written = value(row, run);
    if (written !== undefined) put(into, written);
  };
}

/** The value a rule writes; undefined when it is left out or refused. */
function compileValue(rule: FieldRule, transforms: CustomTransforms): (row: Json, run: Run) => Json | undefined {
  const get = compileSource(rule);
  const convert = compileWriter(rule, transforms);
  return (row, run) => {
    const found = get(row, run.record);
    const nothing = found === undefined || found === null || found === '' || (typeof found === 'string' && rule.absentWhen.includes(found));
    if (nothing && rule.fallback === null) {
      if (rule.whenMissing === 'refuse') report(run, rule, found, found === undefined ? 'is missing' : found === null ? 'is null' : 'is empty');
      return rule.whenMissing === 'null' ? null : undefined;
    }
    try {
      return convert(nothing ? rule.fallback?.value ?? null : found);
    } catch (error) {
      report(run, rule, found, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
}

function compileSource(rule: FieldRule): PathReader {
  const { source } = rule;
  if ('constant' in source) return () => source.constant;
  const readers = source.paths.map(compilePath);
  const [only = () => undefined] = readers;
  if (rule.via === 'concat') return (row, record) => joined(readers, row, record, rule.arguments.texts['separator'] ?? ' ');
  return rule.via === 'firstOf' ? (row, record) => firstPresent(readers, row, record, rule.absentWhen) : only;
}

function compileWriter(rule: FieldRule, transforms: CustomTransforms): ValueWriter {
  const table: Readonly<Record<string, WriteTransform>> = WRITE_TRANSFORMS;
  const transform: WriteTransform = table[rule.via] ?? WRITE_TRANSFORMS.asIs;
  if (!rule.via.startsWith(CUSTOM_PREFIX)) return transform.compile(rule.arguments);
  const custom = customTransform(rule, transforms);
  const options = customOptions(rule);
  return (value) => {
    if (typeof value !== 'string') throw new ValueRefused('is not a text');
    const answer: unknown = custom(value, options);
    if (typeof answer !== 'string') throw new ValueRefused(`${rule.via} gave no text`);
    return answer;
  };
}

function compileListWriter(rule: ListRule, transforms: CustomTransforms): RowWriter {
  const get = compilePath(rule.each);
  const filters = rule.only.map((filter) => ({ read: compilePath(filter.path), values: new Set(filter.values) }));
  const rowOf = compileRow(rule, transforms);
  const put = compileOutput(rule.field);
  return (row, run, into) => {
    const list = get(row, run.record);
    const refused = listProblem(list);
    if (refused !== null || !Array.isArray(list)) {
      const nothing = list === undefined || list === null;
      if (nothing && rule.whenMissing === 'null') put(into, null);
      else if (!nothing || rule.whenMissing === 'refuse') report(run, listAsField(rule), list, refused ?? 'is not a list');
      return;
    }
    const written: Json[] = [];
    const place = startRows(rule);
    run.rows.push(place);
    for (const item of list as readonly Json[]) {
      if (filters.every((filter) => filter.values.has(String(filter.read(item, run.record) ?? '')))) {
        const value = rowOf(item, run);
        if (value !== undefined) written.push(value);
      }
      place.index += 1;
    }
    run.rows.pop();
    if (written.length > 0 || !rule.omitWhenEmpty) put(into, written);
  };
}

function compileRow(rule: ListRule, transforms: CustomTransforms): (row: Json, run: Run) => Json | undefined {
  if ('text' in rule.rows) return compileValue(rule.rows.text, transforms);
  const write = compileRows(rule.rows.rules, transforms);
  return (row, run) => {
    const output: Output = {};
    write(row, run, output);
    return output;
  };
}

function listProblem(list: Json | undefined): string | null {
  if (list === undefined) return 'is missing';
  if (list === null) return 'is null';
  if (!Array.isArray(list)) return 'is not a list';
  return list.length > LIST_ROWS_MAX ? `has more than ${LIST_ROWS_MAX} rows` : null;
}

/** A list's own problem is reported like a field's. */
function listAsField(rule: ListRule): FieldRule {
  const { field, target, file, line, whenMissing } = rule;
  const none = { texts: {}, flags: {}, paths: {}, maps: {} };
  return { kind: 'field', field, target, file, line, whenMissing, source: { paths: [rule.each] }, via: 'each', arguments: none, absentWhen: [], fallback: null };
}

/** Puts a value at a dotted path, making the objects between. The path was checked at load: plain names, none inherited, none in conflict. */
function compileOutput(field: string): (into: Output, value: Json) => void {
  const path = parsePath(field);
  const steps = typeof path === 'string' ? [field] : path.steps.map(String);
  const last = steps[steps.length - 1] ?? field;
  const between = steps.slice(0, -1);
  return (into, value) => {
    let place = into;
    for (const step of between) {
      const next = Object.hasOwn(place, step) ? place[step] : undefined;
      const inner: Output = typeof next === 'object' && next !== null && !Array.isArray(next) ? next as Output : {};
      place[step] = inner;
      place = inner;
    }
    place[last] = value;
  };
}
